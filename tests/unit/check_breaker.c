/* SPDX-License-Identifier: Apache-2.0
 * Knows when a service that failed may be asked again.
 * Must not know how the pauses are kept. */

#include "core/breaker.h"
#include "suites.h"

#define S(n) apr_time_from_sec(n)
#define NOW S(1700000000)

START_TEST(works_until_it_fails)
{
    mss_breaker b = {0};

    ck_assert_int_eq(mss_breaker_ask(&b, NOW), MSS_BREAKER_ASK);
    ck_assert_int_eq(mss_breaker_ask(&b, 0), MSS_BREAKER_ASK);
    ck_assert(!mss_breaker_work(&b));
    ck_assert(mss_breaker_fail(&b, NOW));
    ck_assert_int_eq(mss_breaker_ask(&b, NOW), MSS_BREAKER_LEAVE);
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(5) - 1), MSS_BREAKER_LEAVE);
}
END_TEST

START_TEST(one_probe_in_a_pause)
{
    mss_breaker b = {0};

    mss_breaker_fail(&b, NOW);
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(5)), MSS_BREAKER_PROBE);
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(5)), MSS_BREAKER_LEAVE);
    ck_assert(!mss_breaker_fail(&b, NOW + S(6)));
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(15) - 1), MSS_BREAKER_LEAVE);
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(15)), MSS_BREAKER_PROBE);
}
END_TEST

START_TEST(late_failures_are_no_news)
{
    mss_breaker b = {0};

    ck_assert(mss_breaker_fail(&b, NOW));
    ck_assert(!mss_breaker_fail(&b, NOW + S(1)));
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(5)), MSS_BREAKER_PROBE);
}
END_TEST

START_TEST(pauses_grow_to_the_longest)
{
    static const int pauses[] = {5, 10, 20, 40, 60, 60, 60};
    mss_breaker b = {0};
    apr_time_t now = NOW;

    mss_breaker_fail(&b, now);
    for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
        now += S(pauses[i]);
        ck_assert_int_eq(mss_breaker_ask(&b, now - 1), MSS_BREAKER_LEAVE);
        ck_assert_int_eq(mss_breaker_ask(&b, now), MSS_BREAKER_PROBE);
        mss_breaker_fail(&b, now + S(1));
    }
}
END_TEST

START_TEST(works_again)
{
    mss_breaker b = {0};

    mss_breaker_fail(&b, NOW);
    mss_breaker_ask(&b, NOW + S(5));
    ck_assert(mss_breaker_work(&b));
    ck_assert(!mss_breaker_work(&b));
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(5)), MSS_BREAKER_ASK);
    ck_assert(mss_breaker_fail(&b, NOW + S(6)));
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + S(11)), MSS_BREAKER_PROBE);
}
END_TEST

START_TEST(a_clock_set_back_ends_the_pause)
{
    mss_breaker b = {0};

    mss_breaker_fail(&b, NOW);
    ck_assert_int_eq(mss_breaker_ask(&b, NOW - S(3600)), MSS_BREAKER_PROBE);
    ck_assert_int_eq(mss_breaker_ask(&b, NOW - S(3600)), MSS_BREAKER_LEAVE);
}
END_TEST

START_TEST(slow_answers_in_a_row_are_a_failure)
{
    mss_breaker b = {0};

    for (int round = 0; round < 3; round++) {
        for (int i = 1; i < MSS_BREAKER_SLOW_ONES; i++) {
            ck_assert(!mss_breaker_answer(&b, MSS_BREAKER_SLOW, NOW));
        }
        ck_assert(
            !mss_breaker_answer(&b, round ? MSS_BREAKER_SLOW - 1 : -S(9), NOW));
    }
    for (int i = 1; i < MSS_BREAKER_SLOW_ONES; i++) {
        ck_assert(!mss_breaker_answer(&b, S(1), NOW));
    }
    ck_assert(mss_breaker_answer(&b, S(1), NOW));
    ck_assert_int_eq(mss_breaker_ask(&b, NOW + 1), MSS_BREAKER_LEAVE);
    /* What was on its way is no news. */
    for (int i = 0; i < 2 * MSS_BREAKER_SLOW_ONES; i++) {
        ck_assert(!mss_breaker_answer(&b, S(1), NOW));
    }
    ck_assert(mss_breaker_work(&b));
    ck_assert(!mss_breaker_answer(&b, S(1), NOW));
}
END_TEST

Suite *mss_suite_breaker(void)
{
    Suite *s = suite_create("breaker");
    TCase *t = tcase_create("breaker");

    tcase_add_test(t, works_until_it_fails);
    tcase_add_test(t, one_probe_in_a_pause);
    tcase_add_test(t, late_failures_are_no_news);
    tcase_add_test(t, pauses_grow_to_the_longest);
    tcase_add_test(t, works_again);
    tcase_add_test(t, a_clock_set_back_ends_the_pause);
    tcase_add_test(t, slow_answers_in_a_row_are_a_failure);
    suite_add_tcase(s, t);
    return s;
}
