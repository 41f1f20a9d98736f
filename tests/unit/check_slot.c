/* SPDX-License-Identifier: Apache-2.0
 * Knows what is kept beside a record, and how those of applications' cookies
 * differ from those of sessions.
 * Must not know where in the table they are. */

#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "table_fixture.h"

/* What a store of several machines notes here. */
START_TEST(sync_is_kept_with_the_record)
{
    const mss_key k = key(1);
    mss_sync *sync;

    ck_assert_ptr_null(mss_table_sync(table, &k));
    touch(1, NOW);
    sync = mss_table_sync(table, &k);
    ck_assert_int_eq(sync->asked, 0);
    ck_assert_int_eq(sync->told, 0);
    sync->asked = NOW;
    sync->told = NOW - 1;
    touch(1, NOW + 1);
    sync = mss_table_sync(table, &k);
    ck_assert_int_eq(sync->asked, NOW);
    ck_assert_int_eq(sync->told, NOW - 1);
    end(1, LATER);
    ck_assert_int_eq(mss_table_sync(table, &k)->told, 0);
}
END_TEST

START_TEST(sync_goes_with_the_record)
{
    const mss_key ended = key(4);
    const mss_key next = key(4 * WAYS);

    for (apr_uint32_t n = 0; n < WAYS; n++) {
        end(4 * n, n == 1 ? NOW - 1 : LATER);
    }
    *mss_table_sync(table, &ended) = (mss_sync){.asked = NOW, .told = 1};
    end(4 * WAYS, LATER);
    ck_assert_ptr_null(mss_table_sync(table, &ended));
    ck_assert_int_eq(mss_table_sync(table, &next)->asked, 0);
    ck_assert_int_eq(mss_table_sync(table, &next)->told, 0);
}
END_TEST

START_TEST(a_choice_is_kept_with_the_record)
{
    const mss_key k = key(3);
    const mss_key none = key(4);

    mss_table_choose(table, &none, 7);
    touch(3, NOW);
    ck_assert_uint_eq(get(3).choice, 0);
    mss_table_choose(table, &k, 7);
    touch(3, NOW + 1);
    ck_assert_uint_eq(get(3).choice, 7);
    move_to(4 * ENTRIES);
    ck_assert_uint_eq(get(3).choice, 7);
    move_to(WAYS);
    /* Who gets the slot next begins without. */
    for (apr_uint32_t n = 4; get(3).source != MSS_SOURCE_NONE; n++) {
        touch(n, NOW + 2);
        ck_assert_uint_eq(get(n).choice, 0);
    }
}
END_TEST

/* --- cookies ------------------------------------------------------------------ */

#define SESSION 1 /* whose cookies they are; in a set that they are not in */

static bool bind_to(apr_uint32_t session, apr_uint32_t n, apr_time_t at)
{
    const mss_key k = key(n);
    const mss_key of = key(session);
    const mss_visit visit = {.created = at, .at = at, .session = &of};

    return mss_table_touch(table, &k, &visit, STALE, NOW) == MSS_TOUCH_NOTED;
}

static bool bind_cookie(apr_uint32_t n, apr_time_t at)
{
    return bind_to(SESSION, n, at);
}

#define NOBODY 0xffffffff

/* @return the number of another value that is taken for replaced, or 0 */
static apr_uint32_t replace_at(apr_uint32_t n, apr_uint32_t by, apr_time_t now)
{
    const mss_key k = key(n);
    const mss_key successor = key(by);
    mss_key other = key(NOBODY);
    apr_uint32_t found;

    if (!mss_table_replace(table, &k, &successor, now, &other)) {
        ck_assert_mem_eq(other.bytes, key(NOBODY).bytes, MSS_KEY_BYTES);
        return 0;
    }
    memcpy(&found, other.bytes, sizeof(found));
    ck_assert_mem_eq(other.bytes, key(found).bytes, MSS_KEY_BYTES);
    return found;
}

static void expect_cookies(apr_size_t live, apr_size_t cookies,
                           apr_uint64_t evictions)
{
    const mss_table_usage u = usage_at(NOW);

    ck_assert_uint_eq(u.live, live);
    ck_assert_uint_eq(u.cookies, cookies);
    ck_assert_uint_eq(mss_table_evictions(table), evictions);
}

START_TEST(cookies_are_no_sessions)
{
    ck_assert(touch(SESSION, NOW));
    ck_assert(bind_cookie(4, NOW));
    ck_assert(bind_cookie(8, NOW));
    expect_cookies(1, 2, 0);
    expect_live(4, NOW, NOW);
    /* Whoever finds it in a store that is shared does not know. */
    ck_assert(touch(4, NOW));
    expect_cookies(1, 2, 0);
    ck_assert(touch(12, NOW));
    expect_cookies(2, 2, 0);
    ck_assert(bind_cookie(12, NOW));
    expect_cookies(1, 3, 0);
    move_to(4 * ENTRIES);
    expect_cookies(1, 3, 0);
    ck_assert(end(4, LATER));
    expect_cookies(1, 2, 0);
    ck_assert_uint_eq(usage_at(NOW).revocations, 1);
}
END_TEST

START_TEST(a_replaced_cookie_is_known)
{
    ck_assert(bind_cookie(4, NOW - S(5)));
    ck_assert(bind_cookie(8, NOW));
    ck_assert_uint_eq(replace_at(4, 8, NOW), 0);
    expect(4, MSS_SOURCE_STORE);
    ck_assert(get(4).replaced);
    ck_assert(!get(8).replaced);
    move_to(2 * ENTRIES);
    ck_assert(get(4).replaced);
    expect_cookies(0, 2, 0);
    /* The other value has not arrived. */
    ck_assert(bind_cookie(4, NOW - S(5)));
    ck_assert(!get(4).replaced);
}
END_TEST

START_TEST(only_what_is_live_is_replaced)
{
    ck_assert(end(4, LATER));
    ck_assert_uint_eq(replace_at(4, 8, NOW), 0);
    ck_assert_uint_eq(replace_at(12, 8, NOW), 0);
    expect(4, MSS_SOURCE_REVOKED);
    expect(12, MSS_SOURCE_NONE);
    expect_usage(1, 1, 0);
}
END_TEST

/* Answers to requests at one time: the browser keeps the last of their values. */
START_TEST(one_value_of_several_answers)
{
    ck_assert(bind_cookie(4, NOW));
    ck_assert(bind_cookie(8, NOW));
    ck_assert(bind_cookie(12, NOW));
    ck_assert_uint_eq(replace_at(4, 8, NOW), 0);
    ck_assert_uint_eq(replace_at(4, 8, NOW), 0);
    ck_assert_uint_eq(replace_at(4, 12, NOW), 8);
    ck_assert(get(4).replaced);
    ck_assert(get(8).replaced);
    ck_assert(!get(12).replaced);
    /* It comes all the same, and is in use from then on. */
    ck_assert(bind_cookie(8, NOW));
    ck_assert_uint_eq(replace_at(4, 16, NOW), 12);
    ck_assert(!get(8).replaced);
    /* Only a cookie that is in use can be taken for replaced. */
    ck_assert(end(16, LATER));
    ck_assert_uint_eq(replace_at(4, 20, NOW), 0);
    expect(16, MSS_SOURCE_REVOKED);
    ck_assert(touch(20, NOW));
    ck_assert_uint_eq(replace_at(4, 24, NOW), 0);
    ck_assert(!get(20).replaced);
}
END_TEST

/* After what harms nobody, before what is in use. For a minute it is a loss. */
START_TEST(replaced_go_before_live)
{
    apr_uint32_t n;

    for (n = 0; n < WAYS; n++) {
        ck_assert(n % 2 ? touch(4 * n, n == 1 ? STALE - 1 : STALE)
                        : bind_cookie(4 * n, NOW));
    }
    (void)replace_at(4 * 2, 4 * 4, NOW - S(60));
    (void)replace_at(4 * 6, 4 * 4, NOW - S(60) - 1);
    (void)replace_at(4 * 8, 4 * 4, NOW);
    expect_cookies(WAYS / 2 - 1, WAYS / 2 - 1, 0);
    ck_assert(touch(4 * WAYS, NOW));
    expect(4, MSS_SOURCE_NONE);
    ck_assert(touch(4 * WAYS + 4, NOW));
    expect(4 * 6, MSS_SOURCE_NONE);
    expect_cookies(WAYS / 2 + 1, WAYS / 2 - 1, 0);
    ck_assert(touch(4 * WAYS + 8, NOW));
    expect(4 * 2, MSS_SOURCE_NONE);
    ck_assert(touch(4 * WAYS + 12, NOW));
    expect(4 * 8, MSS_SOURCE_NONE);
    expect_cookies(WAYS / 2 + 3, WAYS / 2 - 3, 2);
}
END_TEST

/* Pings keep a session alive without its cookies. */
START_TEST(a_cookie_lasts_as_long_as_its_session)
{
    apr_uint32_t n;

    ck_assert(touch(SESSION, NOW));
    ck_assert(bind_cookie(0, STALE - S(100)));
    ck_assert(
        bind_to(SESSION + 4, 4, STALE - 1)); /* its session is not known */
    for (n = 2; n < WAYS; n++) {
        ck_assert(touch(4 * n, STALE));
    }
    expect_cookies(WAYS - 1, 1, 0);
    ck_assert(touch(4 * WAYS, NOW));
    expect(4, MSS_SOURCE_NONE);
    ck_assert(touch(4 * WAYS + 4, NOW));
    expect(0, MSS_SOURCE_STORE);
    expect_cookies(WAYS, 1, 1);
    ck_assert(end(SESSION, LATER));
    expect_cookies(WAYS - 1, 0, 1);
    ck_assert(touch(4 * WAYS + 8, NOW));
    expect(0, MSS_SOURCE_NONE);
    expect_cookies(WAYS, 0, 1);
}
END_TEST

/* By a table of another size, in which it is not yet. */
START_TEST(a_cookie_is_taken_over_as_one)
{
    const mss_key k = key(4);
    const mss_key of = key(SESSION);
    mss_table *from = table;

    ck_assert(bind_cookie(4, NOW - S(5)));
    ck_assert(touch(SESSION, NOW - S(5)));
    mss_table_choose(table, &of, 7);
    table = make(2 * ENTRIES);
    mss_table_take(table, from, &k, STALE, NOW);
    mss_table_take(table, from, &of, STALE, NOW);
    expect_live(4, NOW - S(5), NOW - S(5));
    expect_cookies(1, 1, 0);
    ck_assert_uint_eq(get(SESSION).choice, 7);
    /* What is known here is newer. */
    mss_table_choose(table, &of, 8);
    (void)replace_at(4, 8, NOW);
    mss_table_take(table, from, &k, STALE, NOW);
    mss_table_take(table, from, &of, STALE, NOW);
    ck_assert(get(4).replaced);
    ck_assert_uint_eq(get(SESSION).choice, 8);
    free(from);
}
END_TEST

/* A version that knows no cookies puts a session in the place of one. */
START_TEST(a_mark_is_of_one_key_alone)
{
    const mss_key was = key(4);
    const mss_key is = key(8);
    unsigned char *memory = (unsigned char *)table;
    apr_size_t at = 0;

    ck_assert(bind_cookie(4, NOW));
    (void)replace_at(4, 12, NOW);
    while (memcmp(memory + at, was.bytes, MSS_KEY_BYTES) != 0) {
        at++;
    }
    memcpy(memory + at, is.bytes, MSS_KEY_BYTES);
    expect_live(8, NOW, NOW);
    ck_assert(!get(8).replaced);
    expect_cookies(1, 0, 0);
}
END_TEST

Suite *mss_suite_slot(void)
{
    Suite *suite = suite_create("slot");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, table_setup, table_teardown);
    tcase_add_test(tc, sync_is_kept_with_the_record);
    tcase_add_test(tc, sync_goes_with_the_record);
    tcase_add_test(tc, a_choice_is_kept_with_the_record);
    tcase_add_test(tc, cookies_are_no_sessions);
    tcase_add_test(tc, a_replaced_cookie_is_known);
    tcase_add_test(tc, only_what_is_live_is_replaced);
    tcase_add_test(tc, one_value_of_several_answers);
    tcase_add_test(tc, replaced_go_before_live);
    tcase_add_test(tc, a_cookie_lasts_as_long_as_its_session);
    tcase_add_test(tc, a_cookie_is_taken_over_as_one);
    tcase_add_test(tc, a_mark_is_of_one_key_alone);
    suite_add_tcase(suite, tc);
    return suite;
}
