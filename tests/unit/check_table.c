/* SPDX-License-Identifier: Apache-2.0
 * Knows what a table of sessions has to keep, and for how long.
 * Must not know where in it. */

#include <string.h>

#include "suites.h"
#include "table_fixture.h"

START_TEST(sizes)
{
    const apr_size_t one = mss_table_size(1);

    ck_assert_uint_eq(mss_table_size(0), one);
    ck_assert_uint_eq(mss_table_size(WAYS), one);
    ck_assert_uint_eq(mss_table_size(WAYS + 1), mss_table_size(2 * WAYS));
    /* A slot is a cache line, and none lies across two. */
    ck_assert_uint_eq(mss_table_size(2 * WAYS) - one, WAYS * 64);
    ck_assert_uint_eq(one % 64, 0);
}
END_TEST

START_TEST(empty)
{
    expect(1, MSS_SOURCE_NONE);
    expect(0, MSS_SOURCE_NONE); /* a key of zeros is one, too */
    expect_usage(0, 0, 0);
}
END_TEST

START_TEST(a_stamp_moves_forward)
{
    ck_assert(touch(1, NOW - S(50)));
    expect_live(1, NOW - S(60), NOW - S(50));
    ck_assert(touch(1, NOW - S(20)));
    expect_live(1, NOW - S(60), NOW - S(20)); /* the login stays */
    ck_assert(touch(1, NOW - S(20) - 1));
    ck_assert(touch(1, 0));
    expect_live(1, NOW - S(60), NOW - S(20));
    ck_assert(touch(1, NOW));
    expect_live(1, NOW - S(60), NOW);
    expect_usage(1, 0, 0);
}
END_TEST

START_TEST(a_stamp_far_ahead_is_set_back)
{
    ck_assert(touch(1, NOW + MSS_SKEW));
    ck_assert(touch(1, NOW));
    expect_live(1, NOW + MSS_SKEW - S(10), NOW + MSS_SKEW);
    ck_assert(touch(2, NOW + MSS_SKEW + 1));
    ck_assert(touch(2, NOW));
    expect_live(2, NOW + MSS_SKEW + 1 - S(10), NOW);
}
END_TEST

START_TEST(a_login_far_ahead_is_set_back)
{
    ck_assert(touch(1, NOW + MSS_SKEW + S(10)));
    ck_assert(touch(1, NOW));
    expect_live(1, NOW + MSS_SKEW, NOW);
    ck_assert(touch(2, NOW + MSS_SKEW + S(10) + 1));
    ck_assert(touch(2, NOW));
    expect_live(2, NOW - S(10), NOW);
}
END_TEST

START_TEST(keys_differ_in_any_byte)
{
    mss_key k = key(1);
    mss_record record;
    int i;

    ck_assert(touch(1, NOW));
    for (i = 0; i < MSS_KEY_BYTES; i++) {
        k.bytes[i] ^= 0x40;
        mss_table_get(table, &k, &record);
        ck_assert_int_eq(record.source, MSS_SOURCE_NONE);
        k.bytes[i] ^= 0x40;
    }
    expect(1, MSS_SOURCE_STORE);
}
END_TEST

START_TEST(revoked_for_good)
{
    const mss_key k = key(1);

    ck_assert(touch(1, NOW));
    ck_assert(mss_table_revoke(table, &k, LATER, (mss_end)_i, STALE, NOW));
    expect(1, MSS_SOURCE_REVOKED);
    ck_assert_int_eq(get(1).reason, _i);
    ck_assert(!touch(1, NOW + S(1)));
    /* The first counts. */
    ck_assert(!mss_table_revoke(table, &k, LATER, MSS_END_RELOGIN, STALE, NOW));
    ck_assert_int_eq(get(1).reason, _i);
    expect_usage(1, 1, 0);
}
END_TEST

START_TEST(revoked_before_it_was_known)
{
    ck_assert(end(1, LATER));
    ck_assert(!end(1, LATER));
    ck_assert(!touch(1, NOW));
    expect(1, MSS_SOURCE_REVOKED);
    expect(5, MSS_SOURCE_NONE);
}
END_TEST

/* Its time over, it holds until its slot is taken, which comes after free ones
 * and those of sessions that are over. */
START_TEST(revocation_past_its_time)
{
    apr_uint32_t n;

    end(4, NOW);
    end(0, NOW - 1);
    expect_usage(1, 1, 0);
    ck_assert(!touch(0, NOW));
    for (n = 2; n < WAYS; n++) {
        ck_assert(touch(4 * n, n == 9 ? STALE - 1 : NOW));
    }
    expect(0, MSS_SOURCE_REVOKED);
    ck_assert(touch(4 * WAYS, NOW));
    expect(4 * 9, MSS_SOURCE_NONE);
    expect(0, MSS_SOURCE_REVOKED);
    ck_assert(touch(4 * WAYS + 4, NOW));
    expect(0, MSS_SOURCE_NONE);
    expect(4, MSS_SOURCE_REVOKED);
    expect_usage(WAYS, 1, 0);
}
END_TEST

/* Copies that may live for longer have to be outlasted for longer. */
START_TEST(revocations_outlast_longer_limits)
{
    mss_table_outlast(table, ENTRIES, S(600));
    end(0, NOW - 1);
    ck_assert(touch(1, NOW));
    mss_table_outlast(table, ENTRIES, S(300));
    mss_table_outlast(table, ENTRIES, S(600));
    expect_usage(2, 1, 0);
    mss_table_outlast(table, ENTRIES, S(600));
    move_to(2 * ENTRIES);
    mss_table_outlast(table, 2 * ENTRIES, S(900));
    expect_live(1, NOW - S(10), NOW);
    ck_assert_uint_eq(usage_at(NOW + S(599)).revocations, 1);
    ck_assert_uint_eq(usage_at(NOW + S(600)).revocations, 0);
}
END_TEST

/* --- full sets -------------------------------------------------------------- */

/* The live record that is idle for longest goes, wherever it stands. */
START_TEST(longest_idle_goes)
{
    apr_uint32_t n;

    for (n = 0; n < WAYS; n++) {
        const apr_uint32_t rank = (n + (apr_uint32_t)_i) % WAYS;

        ck_assert(touch(4 * n, NOW - S(100) + S(rank)));
        ck_assert(touch(4 * n + 1, NOW - S(500))); /* another set */
    }
    for (n = 0; n < WAYS; n++) {
        const apr_uint32_t oldest = (n + WAYS - (apr_uint32_t)_i) % WAYS;

        expect(4 * oldest, MSS_SOURCE_STORE);
        ck_assert(touch(4 * (WAYS + n), NOW));
        expect(4 * oldest, MSS_SOURCE_NONE);
        expect(4 * (WAYS + n), MSS_SOURCE_STORE);
        expect_usage(2 * WAYS, 0, n + 1);
    }
    for (n = 0; n < WAYS; n++) {
        expect(4 * n + 1, MSS_SOURCE_STORE);
    }
}
END_TEST

/* A record that no limit lets live on is no loss. */
START_TEST(stale_goes_first)
{
    apr_uint32_t n;

    for (n = 0; n < WAYS; n++) {
        touch(4 * n, n == 7 ? STALE - 1 : STALE);
    }
    expect_usage(WAYS - 1, 0, 0);
    ck_assert(touch(4 * WAYS, NOW));
    expect(4 * 7, MSS_SOURCE_NONE);
    expect_usage(WAYS, 0, 0);
}
END_TEST

START_TEST(live_goes_before_revoked)
{
    apr_uint32_t n;

    for (n = 0; n < WAYS - 1; n++) {
        end(4 * n, NOW + S(1));
    }
    touch(4 * n, NOW + S(2)); /* later than any of them */
    ck_assert(touch(4 * WAYS, NOW));
    expect(4 * (WAYS - 1), MSS_SOURCE_NONE);
    expect_usage(WAYS, WAYS - 1, 1);
    ck_assert(end(4 * (WAYS + 1), NOW));
    expect(4 * WAYS, MSS_SOURCE_NONE);
    expect_usage(WAYS, WAYS, 2);
}
END_TEST

START_TEST(revoked_stay_in_a_full_set)
{
    apr_uint32_t n;

    for (n = 0; n < WAYS; n++) {
        end(4 * n, NOW + S(n));
    }
    for (n = WAYS; n < 4 * WAYS; n++) {
        const mss_key k = key(4 * n);
        const mss_visit visit = {.created = NOW, .at = NOW};

        /* Who touches it is told; and so is who looks after the table. */
        ck_assert_int_eq(mss_table_touch(table, &k, &visit, STALE, NOW),
                         MSS_TOUCH_NO_ROOM);
        expect(4 * n, MSS_SOURCE_NONE);
    }
    for (n = 0; n < WAYS; n++) {
        expect(4 * n, MSS_SOURCE_REVOKED);
    }
    expect_usage(WAYS, WAYS, 3 * WAYS);
}
END_TEST

/* Of too many revocations, the one whose time is over first. */
START_TEST(earliest_revocation_goes)
{
    apr_uint32_t n;

    for (n = 0; n < WAYS; n++) {
        end(4 * n, n == 3 ? NOW : LATER + S(n));
    }
    ck_assert(end(4 * WAYS, LATER));
    expect(4 * 3, MSS_SOURCE_NONE);
    expect(4 * WAYS, MSS_SOURCE_REVOKED);
    expect_usage(WAYS, WAYS, 1);
}
END_TEST

static int count_untold(apr_uint32_t *last)
{
    int found = 0;

    for (apr_size_t at = 0; at < mss_table_slots(table); at++) {
        mss_ending ending;
        mss_key k;

        if (mss_table_untold(table, at, NOW, &k, &ending)) {
            ck_assert_int_eq(ending.until, LATER);
            ck_assert_int_eq(ending.reason, MSS_END_LOGOUT);
            memcpy(last, k.bytes, sizeof(*last));
            found++;
        }
    }
    return found;
}

START_TEST(ends_that_have_not_been_told)
{
    const mss_key k = key(2);
    apr_uint32_t last = 0;

    ck_assert_uint_eq(mss_table_slots(table), ENTRIES);
    touch(1, NOW);
    ck_assert_int_eq(count_untold(&last), 0);
    end(2, LATER);
    end(3, NOW - 1); /* need not be kept any more */
    ck_assert_int_eq(count_untold(&last), 1);
    ck_assert_uint_eq(last, 2);
    end(7, LATER);
    mss_table_sync(table, &k)->told = 1;
    ck_assert_int_eq(count_untold(&last), 1);
    ck_assert_uint_eq(last, 7);
}
END_TEST

START_TEST(complains_once_a_minute)
{
    apr_uint64_t before = mss_table_evictions(table);

    for (apr_uint32_t n = 0; n <= WAYS; n++) {
        ck_assert(!mss_table_complain(table, before, NOW));
        touch(4 * n, NOW);
    }
    ck_assert_uint_eq(mss_table_evictions(table), before + 1);
    ck_assert(!mss_table_complain(table, before + 1, NOW));
    ck_assert(mss_table_complain(table, before, NOW));
    ck_assert(!mss_table_complain(table, before, NOW + S(60) - 1));
    ck_assert(mss_table_complain(table, before, NOW + S(60)));
    /* The clock was set back. */
    ck_assert(mss_table_complain(table, before, NOW));
}
END_TEST

START_TEST(more_sessions_than_slots)
{
    apr_uint32_t n;

    for (n = 0; n < 100 * ENTRIES; n++) {
        ck_assert(touch(n, NOW - S(500) + n));
    }
    expect_usage(ENTRIES, 0, 99 * ENTRIES);
    for (n = 99 * ENTRIES; n < 100 * ENTRIES; n++) {
        expect(n, MSS_SOURCE_STORE);
    }
}
END_TEST

static void add_records(TCase *tc)
{
    tcase_add_test(tc, sizes);
    tcase_add_test(tc, empty);
    tcase_add_test(tc, a_stamp_moves_forward);
    tcase_add_test(tc, a_stamp_far_ahead_is_set_back);
    tcase_add_test(tc, a_login_far_ahead_is_set_back);
    tcase_add_test(tc, keys_differ_in_any_byte);
    tcase_add_loop_test(tc, revoked_for_good, 0, MSS_ENDS);
    tcase_add_test(tc, revoked_before_it_was_known);
    tcase_add_test(tc, revocation_past_its_time);
    tcase_add_test(tc, revocations_outlast_longer_limits);
}

static void add_full(TCase *tc)
{
    tcase_add_loop_test(tc, longest_idle_goes, 0, WAYS);
    tcase_add_test(tc, stale_goes_first);
    tcase_add_test(tc, live_goes_before_revoked);
    tcase_add_test(tc, revoked_stay_in_a_full_set);
    tcase_add_test(tc, earliest_revocation_goes);
    tcase_add_test(tc, ends_that_have_not_been_told);
    tcase_add_test(tc, complains_once_a_minute);
    tcase_add_test(tc, more_sessions_than_slots);
}

Suite *mss_suite_table(void)
{
    Suite *suite = suite_create("table");
    TCase *records = tcase_create("records");
    TCase *full = tcase_create("full sets");

    tcase_add_checked_fixture(records, table_setup, table_teardown);
    add_records(records);
    suite_add_tcase(suite, records);
    tcase_add_checked_fixture(full, table_setup, table_teardown);
    add_full(full);
    suite_add_tcase(suite, full);
    return suite;
}
