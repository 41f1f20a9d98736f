/* SPDX-License-Identifier: Apache-2.0
 * Knows the text of a stamp, and that there is one for each.
 * Must not know how it is read. */

#include <stdlib.h>
#include <string.h>

#include "apr_strings.h"

#include "core/stamp.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

#define BYTES                                                                  \
    {                                                                          \
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa,      \
            0xbb, 0xcc, 0xdd, 0xee, 0xff                                       \
    }
#define ONES                                                                   \
    {                                                                          \
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,      \
            0xff, 0xff, 0xff, 0xff, 0xff                                       \
    }
/* BYTES in base64url but for its last byte, which goes with what follows. */
#define ID "ABEiM0RVZneImaq7zN3u"
#define MS APR_TIME_C(1000)
#define DAY (APR_TIME_C(1700000000000) * MS)
#define LAST (APR_INT64_C(0xffffffffffff) * MS)

static const struct {
    const char *text;
    mss_stamp stamp;
} stamps[] = {
    {"1" ID "_wq8AAAAAA3vAYvP5WgAAYvP5WgB",
     {false, MSS_END_NONE, MSS_ASKED_NONE, BYTES, 0xabc, 0xdef, DAY, DAY + MS,
      0}},
    {"1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA",
     {false, MSS_END_NONE, MSS_ASKED_NONE, BYTES, 0, 0, 0, 0, 0}},
    {"1AAAAAAAAAAAAAAAAAAAAAAABAAAAAAAQAAAAAAEAAAAAABAA",
     {false,
      MSS_END_NONE,
      MSS_ASKED_NONE,
      {0},
      0x1,
      0x10,
      0x100 * MS,
      0x1000 * MS,
      0}},
    {"1________________________________________________",
     {false, MSS_END_NONE, MSS_ASKED_NONE, ONES, 0xffff,
      APR_UINT64_C(0xffffffffffff), LAST, LAST, 0}},
    {"1" ID "_4AAgAAAAAAAAAAAAAAAAAAAAAAB",
     {false, MSS_END_NONE, MSS_ASKED_NONE, BYTES, 0x8000, APR_UINT64_C(1) << 47,
      0, MS, 0}},
    {"1.ended.1.60a2b5b3a1c00",
     {.ended = true,
      .reason = MSS_END_IDLE,
      .asked = MSS_ASKED_NONE,
      .last = 0x60a2b5b3a1c00}},
    {"1.ended.5.0",
     {.ended = true,
      .reason = MSS_END_UNREADABLE,
      .asked = MSS_ASKED_NONE,
      .last = 0}},
    {"1.ended.3.7fffffffffffffff",
     {.ended = true,
      .reason = MSS_END_LOGOUT,
      .asked = MSS_ASKED_NONE,
      .last = APR_INT64_MAX}},
    {"1.ended.2.1f.1",
     {.ended = true,
      .reason = MSS_END_LIFETIME,
      .asked = MSS_ASKED_PASSWORD,
      .last = 0x1f}},
    {"1.ended.3.0.2",
     {.ended = true,
      .reason = MSS_END_LOGOUT,
      .asked = MSS_ASKED_CLICK,
      .last = 0}},
    {"1.ended.1.2.3",
     {.ended = true,
      .reason = MSS_END_IDLE,
      .asked = MSS_ASKED_UNPROVOKED,
      .last = 2}},
    {"1.ended.1.2.1.b",
     {.ended = true,
      .reason = MSS_END_IDLE,
      .asked = MSS_ASKED_PASSWORD,
      .last = 2,
      .realms = 0xb}},
    {"1.ended.1.2.3.ffff000100020003",
     {.ended = true,
      .reason = MSS_END_IDLE,
      .asked = MSS_ASKED_UNPROVOKED,
      .last = 2,
      .realms = APR_UINT64_C(0xffff000100020003)}},
    {"1.ended.1.2.4",
     {.ended = true,
      .reason = MSS_END_IDLE,
      .asked = MSS_ASKED_NEEDLESS,
      .last = 2}},
};

static void expect_same(const mss_stamp *a, const mss_stamp *b)
{
    ck_assert(a->ended == b->ended);
    ck_assert_int_eq(a->reason, b->reason);
    ck_assert_int_eq(a->asked, b->asked);
    ck_assert_mem_eq(a->id, b->id, MSS_ID_BYTES);
    ck_assert_uint_eq(a->realm, b->realm);
    ck_assert_uint_eq(a->user, b->user);
    ck_assert_int_eq(a->created, b->created);
    ck_assert_int_eq(a->last, b->last);
    ck_assert_uint_eq(a->realms, b->realms);
}

START_TEST(round_trip)
{
    mss_stamp read;

    ck_assert_str_eq(mss_stamp_format(mss_pool, &stamps[_i].stamp),
                     stamps[_i].text);
    ck_assert(mss_stamp_parse(stamps[_i].text, &read));
    expect_same(&read, &stamps[_i].stamp);
}
END_TEST

/* Reads n bytes and an end from a block of their own. What can be read is the
 * text of what has been read, to the letter; else nothing is left of it. */
static bool reads_as_itself(const char *bytes, size_t n)
{
    static const mss_stamp nothing;
    char *text = malloc(n + 1);
    mss_stamp read;
    bool is;

    memcpy(text, bytes, n);
    text[n] = '\0';
    memset(&read, 0xa5, sizeof(read));
    is = mss_stamp_parse(text, &read);
    if (is) {
        ck_assert_str_eq(mss_stamp_format(mss_pool, &read), text);
    }
    else {
        ck_assert_msg(!memcmp(&read, &nothing, sizeof(read)), "%s", text);
    }
    free(text);
    return is;
}

START_TEST(every_byte_changed)
{
    const size_t n = strlen(stamps[_i].text);
    size_t i;
    int c;

    for (i = 0; i < n; i++) {
        for (c = 0; c < 256; c++) {
            char *text = apr_pstrmemdup(mss_pool, stamps[_i].text, n);

            text[i] = (char)c;
            reads_as_itself(text, n);
        }
        apr_pool_clear(mss_pool);
    }
}
END_TEST

START_TEST(every_byte_left_out_or_put_in)
{
    static const char put[] = "0af.-+ xG\n%";
    const char *whole = stamps[_i].text;
    const size_t n = strlen(whole);
    size_t i;
    size_t k;

    for (i = 0; i < n; i++) {
        const char *head = apr_pstrmemdup(mss_pool, whole, i);
        const char *less = apr_pstrcat(mss_pool, head, whole + i + 1, NULL);

        reads_as_itself(less, n - 1);
        for (k = 0; k < sizeof(put) - 1; k++) {
            const char *more =
                apr_psprintf(mss_pool, "%s%c%s", head, put[k], whole + i);

            reads_as_itself(more, n + 1);
        }
    }
}
END_TEST

/* A live stamp has one length. A mark that is cut short before its time's first
 * digit is none, nor is one that ends in a dot; else it is another one. */
START_TEST(every_length)
{
    const char *whole = stamps[_i].text;
    const size_t least =
        strchr(whole, '.') ? strlen("1.ended.1.") + 1 : strlen(whole);
    size_t n;

    for (n = 0; n <= strlen(whole); n++) {
        ck_assert_msg(reads_as_itself(whole, n)
                          == (n >= least && whole[n - 1] != '.'),
                      "%.*s", (int)n, whole);
    }
}
END_TEST

static const char *const refused[] = {
    "",
    "1",
    "1.",
    "0" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "2" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "01" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    " 1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "1." ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAA",
    "1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAA==",
    "1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
    "1" ID "/wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "1" ID "+wAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "1" ID "%2fwAAAAAAAAAAAAAAAAAAAAAAAA",
    "1" ID "_wAAAAAAAAAAAAAAAAAAAAAAAAA\x80",
    "1.ended",
    "1.ended.",
    "1.ended.1",
    "1.ended.1.",
    "1.ended.7.1",
    "1.ended.01.1",
    "1.ended.ffffffff.1",
    "1.ended.100000000.1",
    "1.ended.-1.1",
    "1.ended.1.1.0",
    "1.ended.1.1.5",
    "1.ended.1.1.11",
    "1.ended.1.1.1.",
    "1.ended.1.1.1.0",
    "1.ended.1.1.1.0b",
    "1.ended.1.1.3.10000000000000000",
    "1.ended.1.1.2.b",
    "1.ended.1.1.4.b",
    "1.ended.1.1..b",
    "1.ended.1.1.1.b.c",
    "1.ended.1.8000000000000000",
    "1.Ended.1.1",
    "1.ended.1.00112233445566778899aabbccddeeff",
    "1700000000",
    "2023-11-14T22:13:20Z",
};

START_TEST(refused_texts)
{
    ck_assert_msg(!reads_as_itself(refused[_i], strlen(refused[_i])), "%s",
                  refused[_i]);
}
END_TEST

/* Each character costs each request. */
START_TEST(short_and_plain)
{
    mss_stamp stamp = {
        false, MSS_END_NONE, MSS_ASKED_NONE, ONES, 0xffff, 1, DAY, DAY, 0};
    const char *text = mss_stamp_format(mss_pool, &stamp);

    ck_assert_uint_eq(strlen(text), 49);
    ck_assert_uint_eq(strcspn(text, "+/=%&; "), strlen(text));
}
END_TEST

/* Four of them, each once; one whose hash is nought is one, too. */
START_TEST(realms_of_a_mark)
{
    apr_uint64_t realms = 0;
    int i;

    for (i = 0; i < 5; i++) {
        ck_assert(!mss_stamp_has_realm(realms, (apr_uint16_t)(i * 0x1000)));
        realms = mss_stamp_add_realm(realms, (apr_uint16_t)(i * 0x1000));
        ck_assert(mss_stamp_has_realm(realms, (apr_uint16_t)(i * 0x1000)));
        ck_assert_uint_eq(
            mss_stamp_add_realm(realms, (apr_uint16_t)(i * 0x1000)), realms);
    }
    ck_assert_uint_eq(realms, APR_UINT64_C(0x1000200030004000));
}
END_TEST

/* What there is no room for never makes a session younger than it is, nor
 * does it wrap around to another time. */
START_TEST(times_that_do_not_fit)
{
    static const struct {
        apr_time_t written, read;
    } times[] = {
        {DAY + MS - 1, DAY},
        {1, 0},
        {-1, 0},
        {-DAY, 0},
        {LAST, LAST},
        {LAST + MS, LAST},
        {APR_INT64_MAX, LAST},
    };
    mss_stamp read;
    int i;

    for (i = 0; i < COUNT(times); i++) {
        mss_stamp stamp = {false,
                           MSS_END_NONE,
                           MSS_ASKED_NONE,
                           BYTES,
                           1,
                           1,
                           times[i].written,
                           DAY,
                           0};

        ck_assert(mss_stamp_parse(mss_stamp_format(mss_pool, &stamp), &read));
        ck_assert_int_eq(read.created, times[i].read);
        ck_assert_int_eq(read.last, DAY);
        stamp.last = times[i].written;
        ck_assert(mss_stamp_parse(mss_stamp_format(mss_pool, &stamp), &read));
        ck_assert_int_eq(read.last, times[i].read);
    }
}
END_TEST

/* A time before 1970 can be written by nobody's clock, and is not read. */
START_TEST(negative_time_of_mark)
{
    mss_stamp stamp = {true, MSS_END_IDLE, MSS_ASKED_NONE, {0}, 0, 0, 0, -1};
    const char *text = mss_stamp_format(mss_pool, &stamp);

    ck_assert(!mss_stamp_parse(text, &stamp));
}
END_TEST

Suite *mss_suite_stamp(void)
{
    Suite *suite = suite_create("stamp");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_loop_test(tc, round_trip, 0, COUNT(stamps));
    tcase_add_loop_test(tc, every_byte_changed, 0, COUNT(stamps));
    tcase_add_loop_test(tc, every_byte_left_out_or_put_in, 0, COUNT(stamps));
    tcase_add_loop_test(tc, every_length, 0, COUNT(stamps));
    tcase_add_loop_test(tc, refused_texts, 0, COUNT(refused));
    tcase_add_test(tc, short_and_plain);
    tcase_add_test(tc, realms_of_a_mark);
    tcase_add_test(tc, times_that_do_not_fit);
    tcase_add_test(tc, negative_time_of_mark);
    suite_add_tcase(suite, tc);
    return suite;
}
