/* SPDX-License-Identifier: Apache-2.0
 * Knows notes that other front ends, other versions or nobody sane has written.
 * Must not know where they are kept. */

#include "core/note.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static const mss_record live = {
    .source = MSS_SOURCE_STORE,
    .created = 0x0005f3b8a1c2d3e4,
    .last = 0x0005f3b8a1c2ffff,
};

START_TEST(activity)
{
    unsigned char note[MSS_NOTE_BYTES];
    mss_record read;
    unsigned n = mss_note_write(&live, note);

    ck_assert_uint_eq(n, 18);
    ck_assert_mem_eq(note,
                     "a\001\0\005\xf3\xb8\xa1\xc2\xd3\xe4"
                     "\0\005\xf3\xb8\xa1\xc2\xff\xff",
                     18);
    mss_note_read(MSS_NOTE_ACTIVITY, note, n, &read);
    ck_assert_int_eq(read.source, MSS_SOURCE_STORE);
    ck_assert_int_eq(read.created, live.created);
    ck_assert_int_eq(read.last, live.last);
}
END_TEST

START_TEST(end_with_each_reason)
{
    for (int reason = MSS_END_NONE; reason < MSS_ENDS; reason++) {
        mss_record ended = {.source = MSS_SOURCE_REVOKED,
                            .reason = (mss_end)reason};
        unsigned char note[MSS_NOTE_BYTES];
        mss_record read;
        unsigned n = mss_note_write(&ended, note);

        ck_assert_uint_eq(n, 3);
        mss_note_read(MSS_NOTE_END, note, n, &read);
        ck_assert_int_eq(read.source, MSS_SOURCE_REVOKED);
        ck_assert_int_eq(read.reason, reason);
    }
}
END_TEST

static mss_record read_record(mss_note kind, const char *bytes, size_t n)
{
    char *exact = mss_exact(bytes, n);
    mss_record read;

    mss_note_read(kind, (unsigned char *)exact, (unsigned)n, &read);
    free(exact);
    return read;
}

static mss_source read_as(mss_note kind, const char *bytes, size_t n)
{
    return read_record(kind, bytes, n).source;
}

/* Whatever is filed as the end of a session ends it, for no reason that is known. */
START_TEST(unreadable_end)
{
    static const char *const ends[] = {"",          "e",      "e\001",
                                       "e\002\001", "e\001z", "e\001\001x",
                                       "a\001\001", "x"};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const mss_record read =
            read_record(MSS_NOTE_END, ends[i], strlen(ends[i]));

        ck_assert_int_eq(read.source, MSS_SOURCE_REVOKED);
        ck_assert_int_eq(read.reason, MSS_END_NONE);
    }
}
END_TEST

START_TEST(unreadable_activity)
{
    unsigned char note[MSS_NOTE_BYTES + 1] = {0};
    unsigned n = mss_note_write(&live, note);

    for (unsigned cut = 0; cut < n; cut++) {
        ck_assert_int_eq(read_as(MSS_NOTE_ACTIVITY, (char *)note, cut),
                         MSS_SOURCE_NONE);
    }
    ck_assert_int_eq(read_as(MSS_NOTE_ACTIVITY, (char *)note, n + 1),
                     MSS_SOURCE_NONE);
    for (unsigned at = 0; at < n; at += 2) {
        unsigned char bad[MSS_NOTE_BYTES];

        memcpy(bad, note, n);
        /* kind; the sign of created; the sign of last */
        bad[at < 2 ? at : at < 10 ? 2 : 10] ^= 0x80;
        ck_assert_int_eq(read_as(MSS_NOTE_ACTIVITY, (char *)bad, n),
                         MSS_SOURCE_NONE);
    }
    note[1] = 2;
    ck_assert_int_eq(read_as(MSS_NOTE_ACTIVITY, (char *)note, n),
                     MSS_SOURCE_NONE);
}
END_TEST

Suite *mss_suite_note(void)
{
    Suite *s = suite_create("note");
    TCase *t = tcase_create("note");

    tcase_add_test(t, activity);
    tcase_add_test(t, end_with_each_reason);
    tcase_add_test(t, unreadable_end);
    tcase_add_test(t, unreadable_activity);
    suite_add_tcase(s, t);
    return s;
}
