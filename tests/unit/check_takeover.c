/* SPDX-License-Identifier: Apache-2.0
 * Knows when a table's memory may be used by the next generation of a server,
 * and what a table of another size must take over. Must not know its layout,
 * but for the bytes that tell it. */

#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "table_fixture.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

START_TEST(adopted)
{
    const apr_size_t size = mss_table_size(ENTRIES);
    void *elsewhere;

    touch(1, NOW);
    end(2, LATER);
    elsewhere = mss_exact((const char *)table, size);
    free(table);
    table = mss_table_adopt(elsewhere, size, ENTRIES);
    ck_assert_ptr_eq(table, elsewhere);
    expect_live(1, NOW - S(10), NOW);
    expect(2, MSS_SOURCE_REVOKED);
    /* The same number of sets. */
    ck_assert_ptr_nonnull(mss_table_adopt(table, size, ENTRIES - WAYS + 1));
    ck_assert_ptr_null(mss_table_adopt(table, size, ENTRIES + 1));
    ck_assert_ptr_null(mss_table_adopt(table, size, ENTRIES - WAYS));
    ck_assert_ptr_null(mss_table_adopt(table, size - 1, ENTRIES));
    ck_assert_ptr_null(mss_table_adopt(table, 0, ENTRIES));
}
END_TEST

/* Every byte that says what the table is. */
#define IDENTITY 24

START_TEST(not_adopted)
{
    char *memory = (char *)table;
    const apr_size_t size = mss_table_size(ENTRIES);

    memory[_i] ^= 0x10;
    ck_assert_ptr_null(mss_table_adopt(memory, size, ENTRIES));
    memory[_i] ^= 0x10;
    ck_assert_ptr_nonnull(mss_table_adopt(memory, size, ENTRIES));
    memset(memory, 0, size);
    ck_assert_ptr_null(mss_table_adopt(memory, size, ENTRIES));
}
END_TEST

START_TEST(copied_to_more_room_and_back)
{
    static const apr_size_t entries[] = {64 * ENTRIES, 3 * ENTRIES, ENTRIES};
    apr_uint32_t n;
    int i;

    for (n = 0; n < ENTRIES; n++) {
        ck_assert(n % 3 ? touch(n, NOW - S(n)) : end(n, LATER));
    }
    for (i = 0; i < COUNT(entries); i++) {
        move_to(entries[i]);
        for (n = 0; n < ENTRIES; n++) {
            if (n % 3) {
                expect_live(n, NOW - S(n) - S(10), NOW - S(n));
            }
            else {
                expect(n, MSS_SOURCE_REVOKED);
                ck_assert_int_eq(get(n).reason, MSS_END_LOGOUT);
            }
        }
    }
}
END_TEST

/* A set of revocations and one of live records become one set, in this order
 * and in the other. */
START_TEST(revocations_survive_less_room)
{
    const apr_uint32_t revoked = (apr_uint32_t)_i;
    const apr_uint32_t live = 1 - revoked;
    apr_uint32_t n;

    for (n = 0; n < WAYS; n++) {
        ck_assert(end(4 * n + revoked, NOW + S(1)));
        ck_assert(touch(4 * n + live, NOW + S(2)));
    }
    move_to(WAYS);
    for (n = 0; n < WAYS; n++) {
        expect(4 * n + revoked, MSS_SOURCE_REVOKED);
        expect(4 * n + live, MSS_SOURCE_NONE);
    }
    expect_usage(WAYS, WAYS, WAYS);
}
END_TEST

/* The newest are taken over, whatever stood first. */
START_TEST(copied_newest_first)
{
    apr_uint32_t n;

    for (n = 0; n < ENTRIES; n++) {
        touch(n, NOW - S(n * 29 % ENTRIES));
    }
    move_to(WAYS);
    for (n = 0; n < ENTRIES; n++) {
        expect(n, n * 29 % ENTRIES < WAYS ? MSS_SOURCE_STORE : MSS_SOURCE_NONE);
    }
    expect_usage(WAYS, 0, ENTRIES - WAYS);
    move_to(ENTRIES);
    expect_usage(WAYS, 0, ENTRIES - WAYS); /* counted on */
}
END_TEST

/* The parent, which is root, goes by its own number of entries: a child that has
 * been taken over can write to the table. */
START_TEST(nothing_beyond_what_the_caller_knows)
{
    apr_uint32_t n;

    move_to(2 * ENTRIES);
    for (n = 0; n < 2 * ENTRIES; n++) {
        ck_assert(end(n, NOW - 1));
    }
    mss_table_outlast(table, ENTRIES, S(600));
    ck_assert_uint_eq(usage_at(NOW).revocations, ENTRIES);
    {
        mss_table *to = make(2 * ENTRIES);

        mss_table_copy(table, ENTRIES, to);
        free(table);
        table = to;
    }
    ck_assert_uint_eq(usage_at(0).revocations, ENTRIES);
}
END_TEST

/* The word of the header in which the table keeps it. */
START_TEST(no_time_that_was_never_told)
{
    static const apr_int64_t wrong[] = {APR_INT64_MIN, -1, APR_INT64_MAX};

    ck_assert(end(0, NOW));
    ((apr_int64_t *)(void *)table)[5] = wrong[_i];
    mss_table_outlast(table, ENTRIES, S(600));
    ck_assert_uint_eq(usage_at(NOW).revocations, 1);
    ck_assert_uint_eq(usage_at(NOW + 1).revocations, 0);
    mss_table_outlast(table, ENTRIES, S(601));
    ck_assert_uint_eq(usage_at(NOW + S(1)).revocations, 1);
}
END_TEST

START_TEST(more_than_too_few)
{
    ck_assert_uint_eq(mss_table_more(64), 128);
    ck_assert_uint_eq(mss_table_more(MSS_TABLE_MOST / 2 - 1),
                      MSS_TABLE_MOST - 2);
    ck_assert_uint_eq(mss_table_more(MSS_TABLE_MOST / 2 + 1), MSS_TABLE_MOST);
    ck_assert_uint_eq(mss_table_more(MSS_TABLE_MOST), MSS_TABLE_MOST);
}
END_TEST

Suite *mss_suite_takeover(void)
{
    Suite *suite = suite_create("takeover");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, table_setup, table_teardown);
    tcase_add_test(tc, adopted);
    tcase_add_loop_test(tc, not_adopted, 0, IDENTITY);
    tcase_add_test(tc, copied_to_more_room_and_back);
    tcase_add_loop_test(tc, revocations_survive_less_room, 0, 2);
    tcase_add_test(tc, copied_newest_first);
    tcase_add_test(tc, nothing_beyond_what_the_caller_knows);
    tcase_add_loop_test(tc, no_time_that_was_never_told, 0, 3);
    tcase_add_test(tc, more_than_too_few);
    suite_add_tcase(suite, tc);
    return suite;
}
