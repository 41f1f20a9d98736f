/* SPDX-License-Identifier: Apache-2.0
 * Knows which bodies are long in coming.
 * Must not know who reads them. */

#include "core/flow.h"
#include "suites.h"

#define S(n) apr_time_from_sec(n)
#define MS(n) apr_time_from_msec(n)
#define NOW S(1700000000)
#define NOTHING (-1)

START_TEST(what_is_waited_for_is_long)
{
    mss_flow f = {0};

    mss_flow_read(&f, NOW, NOW + S(1) - 1, 1);
    ck_assert(!mss_flow_is_long(&f, NOW + S(1) - 1));
    mss_flow_read(&f, NOW + S(2), NOW + S(2) + 1, 1);
    ck_assert(mss_flow_is_long(&f, NOW + S(2) + 1));
}
END_TEST

START_TEST(short_waits_add_up)
{
    mss_flow f = {0};
    apr_time_t now = NOW;

    for (int i = 0; i < 100; i++) {
        ck_assert(!mss_flow_is_long(&f, now));
        mss_flow_read(&f, now, now + MS(10), 1400);
        now += MS(10);
    }
    ck_assert(mss_flow_is_long(&f, now));
}
END_TEST

START_TEST(what_is_read_late_is_not)
{
    mss_flow f = {0};

    mss_flow_read(&f, NOW, NOW + MS(1), 10240);
    ck_assert(!mss_flow_is_long(&f, NOW + MS(1)));
    ck_assert(!mss_flow_is_long(&f, NOW + S(600)));
}
END_TEST

START_TEST(what_is_read_slowly_is_not)
{
    mss_flow f = {0};
    apr_time_t now = NOW;

    for (int i = 0; i < 10; i++) {
        mss_flow_read(&f, now, now + MS(5), 1024);
        now += S(60);
        ck_assert(!mss_flow_is_long(&f, now));
    }
}
END_TEST

START_TEST(unless_it_is_more_than_was_there)
{
    mss_flow f = {0};

    mss_flow_read(&f, NOW, NOW, MSS_FLOW_HELD);
    ck_assert(!mss_flow_is_long(&f, NOW + S(60)));
    mss_flow_read(&f, NOW + S(60), NOW + S(60), 1);
    ck_assert(mss_flow_is_long(&f, NOW + S(60)));
}
END_TEST

START_TEST(what_is_large_and_comes_at_once_is_not)
{
    mss_flow f = {0};

    mss_flow_read(&f, NOW, NOW + MS(100), MSS_FLOW_HELD * 2);
    ck_assert(!mss_flow_is_long(&f, NOW + S(1) - 1));
    ck_assert(mss_flow_is_long(&f, NOW + S(1)));
}
END_TEST

START_TEST(who_asks_again_and_again_waits)
{
    mss_flow f = {0};
    apr_time_t now;

    for (now = NOW; now <= NOW + S(1); now += MS(100)) {
        mss_flow_read(&f, now, now, 1400);
        ck_assert(!mss_flow_is_long(&f, now));
        mss_flow_read(&f, now, now, NOTHING);
    }
    mss_flow_read(&f, now, now, 1400);
    ck_assert(mss_flow_is_long(&f, now));
}
END_TEST

/* What comes a moment after the first attempt can be there for long. */
START_TEST(who_asks_and_does_something_else_does_not)
{
    mss_flow f = {0};

    mss_flow_read(&f, NOW, NOW, NOTHING);
    mss_flow_read(&f, NOW + S(60), NOW + S(60), 1);
    ck_assert(!mss_flow_is_long(&f, NOW + S(60)));
}
END_TEST

START_TEST(a_clock_set_back_takes_nothing_away)
{
    mss_flow f = {0};

    mss_flow_read(&f, NOW, NOW + MS(600), 1);
    mss_flow_read(&f, NOW, NOW - S(60), 1);
    ck_assert(!mss_flow_is_long(&f, NOW - S(60)));
    mss_flow_read(&f, NOW - S(60), NOW - S(60) + MS(400), 1);
    ck_assert(mss_flow_is_long(&f, NOW - S(59)));
}
END_TEST

Suite *mss_suite_flow(void)
{
    Suite *s = suite_create("flow");
    TCase *t = tcase_create("flow");

    tcase_add_test(t, what_is_waited_for_is_long);
    tcase_add_test(t, short_waits_add_up);
    tcase_add_test(t, what_is_read_late_is_not);
    tcase_add_test(t, what_is_read_slowly_is_not);
    tcase_add_test(t, unless_it_is_more_than_was_there);
    tcase_add_test(t, what_is_large_and_comes_at_once_is_not);
    tcase_add_test(t, who_asks_again_and_again_waits);
    tcase_add_test(t, who_asks_and_does_something_else_does_not);
    tcase_add_test(t, a_clock_set_back_takes_nothing_away);
    suite_add_tcase(s, t);
    return s;
}
