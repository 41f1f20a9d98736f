/* SPDX-License-Identifier: Apache-2.0
 * Knows what has to be decided about a session, as a table.
 * Must not know how. */

#include "core/clock.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define S(n) apr_time_from_sec(n)
#define NOW S(1700000000)
#define WARN S(60)
#define LIMIT S(100)
#define STAYS APR_INT64_MIN /* the stamp is not moved */
#define NO_IDLE MSS_IDLE_UNKNOWN

#define STORE MSS_SOURCE_STORE
#define COPY MSS_SOURCE_COPY
#define ACT MSS_KIND_ACTIVITY
#define PASS MSS_KIND_PASSIVE
#define TELL MSS_KIND_REPORT
#define LIVE MSS_LIVE
#define OVER MSS_EXPIRED
#define IDLE MSS_END_IDLE
#define LIFE MSS_END_LIFETIME

/* Times are told by how long ago they were: below 0 is the future. */
typedef struct {
    const char *what;
    mss_source source;
    mss_kind kind;
    apr_interval_time_t last_ago;
    apr_interval_time_t created_ago;
    apr_interval_time_t max_lifetime;
    apr_int64_t client_idle;
    mss_verdict verdict;
    mss_end reason;
    apr_interval_time_t idle;
    apr_interval_time_t limit;
    apr_interval_time_t left;
    apr_interval_time_t stamp_ago;
    bool skewed;
} judgement;

/* clang-format off */
static const judgement judgements[] = {
    /* ExpireAfter is 100 s: at exactly 100 s it is over. */
    {"just now", STORE, PASS, 0, S(5), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, STAYS},
    {"passive", STORE, PASS, S(30), S(50), 0, NO_IDLE, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"warned", STORE, PASS, S(60), S(60), 0, NO_IDLE, LIVE, 0, S(60), LIMIT, -1, STAYS},
    {"at the limit less 1", STORE, PASS, LIMIT - 1, LIMIT, 0, NO_IDLE, LIVE, 0, LIMIT - 1, LIMIT, -1, STAYS},
    {"at the limit", STORE, PASS, LIMIT, LIMIT, 0, NO_IDLE, OVER, IDLE, LIMIT, LIMIT, -1, STAYS},
    {"past the limit", STORE, PASS, LIMIT + 1, LIMIT + 1, 0, NO_IDLE, OVER, IDLE, LIMIT + 1, LIMIT, -1, STAYS},
    {"for years", STORE, PASS, NOW, NOW, 0, NO_IDLE, OVER, IDLE, NOW, LIMIT, -1, STAYS},
    {"copy, live", COPY, PASS, LIMIT - 1, LIMIT, 0, NO_IDLE, LIVE, 0, LIMIT - 1, LIMIT, -1, STAYS},
    {"copy, at the limit", COPY, PASS, LIMIT, LIMIT, 0, NO_IDLE, OVER, IDLE, LIMIT, LIMIT, -1, STAYS},

    {"activity", STORE, ACT, S(30), S(50), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, 0},
    {"activity, copy", COPY, ACT, S(30), S(50), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, 0},
    {"activity at once", STORE, ACT, 0, S(50), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, STAYS},
    {"activity, last moment", STORE, ACT, LIMIT - 1, LIMIT, 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, 0},
    {"activity, too late", STORE, ACT, LIMIT, LIMIT, 0, NO_IDLE, OVER, IDLE, LIMIT, LIMIT, -1, STAYS},
    {"activity ignores idleFor", STORE, ACT, S(30), S(50), 0, 20, LIVE, 0, 0, LIMIT, -1, 0},
    {"passive ignores idleFor", STORE, PASS, S(30), S(50), 0, 5, LIVE, 0, S(30), LIMIT, -1, STAYS},

    {"report: newer", STORE, TELL, S(30), S(50), 0, 20, LIVE, 0, S(20), LIMIT, -1, S(20)},
    {"report: now", STORE, TELL, S(30), S(50), 0, 0, LIVE, 0, 0, LIMIT, -1, 0},
    {"report: the same", STORE, TELL, S(30), S(50), 0, 30, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: newer by 1", STORE, TELL, S(30) + 1, S(50), 0, 30, LIVE, 0, S(30), LIMIT, -1, S(30)},
    {"report: older by 1", STORE, TELL, S(30) - 1, S(50), 0, 30, LIVE, 0, S(30) - 1, LIMIT, -1, STAYS},
    {"report: older", STORE, TELL, S(30), S(50), 0, 31, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: over the limit", STORE, TELL, S(30), S(50), 0, 100, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: to 1970", STORE, TELL, S(30), S(50), 0, 1700000000, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: before 1970", STORE, TELL, S(30), S(50), 0, 1700000001, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: product wraps", STORE, TELL, S(30), S(50), 0, APR_INT64_MAX / 1000000 + 2, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: wraps to now", STORE, TELL, S(30), S(50), 0, APR_INT64_C(1) << 58, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: largest", STORE, TELL, S(30), S(50), 0, APR_INT64_MAX, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: negative", STORE, TELL, S(30), S(50), 0, -2, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: smallest", STORE, TELL, S(30), S(50), 0, APR_INT64_MIN, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: unknown", STORE, TELL, S(30), S(50), 0, NO_IDLE, LIVE, 0, S(30), LIMIT, -1, STAYS},
    {"report: copy", COPY, TELL, S(30), S(50), 0, 10, LIVE, 0, S(10), LIMIT, -1, S(10)},
    {"report: too late", STORE, TELL, LIMIT, LIMIT, 0, 0, OVER, IDLE, LIMIT, LIMIT, -1, STAYS},
    {"report: copy, too late", COPY, TELL, LIMIT + 5, LIMIT, 0, 1, OVER, IDLE, LIMIT + 5, LIMIT, -1, STAYS},

    /* However active: MaxLifetime is 200 s. */
    {"lifetime", STORE, PASS, S(10), S(150), S(200), NO_IDLE, LIVE, 0, S(10), LIMIT, S(50), STAYS},
    {"lifetime, last moment", STORE, ACT, 1, S(200) - 1, S(200), NO_IDLE, LIVE, 0, 0, LIMIT, 1, 0},
    {"lifetime over", STORE, ACT, S(10), S(200), S(200), NO_IDLE, OVER, LIFE, S(10), S(200), 0, STAYS},
    {"lifetime long over", COPY, TELL, S(10), S(999), S(200), 0, OVER, LIFE, S(10), S(200), 0, STAYS},
    {"both over: idle", STORE, PASS, LIMIT, S(200), S(200), NO_IDLE, OVER, IDLE, LIMIT, LIMIT, 0, STAYS},
    {"idle, lifetime left", STORE, PASS, LIMIT, S(150), S(200), NO_IDLE, OVER, IDLE, LIMIT, LIMIT, S(50), STAYS},
    {"logged in ahead", STORE, PASS, S(10), -S(99), S(200), NO_IDLE, LIVE, 0, S(10), LIMIT, S(200), STAYS},
    {"set back", STORE, PASS, -S(3700), -S(3600), S(200), NO_IDLE, LIVE, 0, 0, LIMIT, S(100), 0, true},
    {"set back, copy", COPY, ACT, -S(3799), -S(3600), S(200), NO_IDLE, LIVE, 0, 0, LIMIT, S(1), 0, true},
    {"set back, lifetime over", STORE, PASS, -S(3800), -S(3600), S(200), NO_IDLE, OVER, LIFE, 0, S(200), 0, STAYS, true},
    {"set back, for ever", STORE, PASS, NOW - APR_INT64_MAX, -S(3600), S(200), NO_IDLE, OVER, LIFE, 0, S(200), 0, STAYS, true},
    {"no lifetime, old", STORE, PASS, S(10), NOW, 0, NO_IDLE, LIVE, 0, S(10), LIMIT, -1, STAYS},

    /* A stamp ahead of now counts as now. */
    {"ahead by 1", STORE, PASS, -1, S(9), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, STAYS},
    {"ahead by 5 s", STORE, PASS, -MSS_SKEW, S(9), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, STAYS},
    {"ahead, activity", STORE, ACT, -MSS_SKEW, S(9), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, STAYS},
    {"ahead, report", STORE, TELL, -MSS_SKEW, S(9), 0, 3, LIVE, 0, 0, LIMIT, -1, STAYS},
    {"skewed", STORE, PASS, -MSS_SKEW - 1, S(9), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, 0, true},
    {"skewed, copy", COPY, PASS, -S(86400), S(9), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, 0, true},
    {"skewed, activity", STORE, ACT, -S(86400), S(9), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, 0, true},
    {"skewed, report", STORE, TELL, -S(86400), S(9), 0, 50, LIVE, 0, 0, LIMIT, -1, 0, true},
    {"skewed for ever", STORE, PASS, NOW - APR_INT64_MAX, S(9), 0, NO_IDLE, LIVE, 0, 0, LIMIT, -1, 0, true},
    {"skewed, lifetime over", STORE, PASS, -S(99), S(200), S(200), NO_IDLE, OVER, LIFE, 0, S(200), 0, STAYS, true},
};
/* clang-format on */

static mss_decision decide(const judgement *j)
{
    const mss_limits limits = {WARN, LIMIT, j->max_lifetime};
    const mss_record record = {.source = j->source,
                               .last = NOW - j->last_ago,
                               .created = NOW - j->created_ago};

    return mss_clock_decide(&limits, &record, NOW, j->kind, j->client_idle);
}

START_TEST(decisions)
{
    const judgement *j = &judgements[_i];
    const mss_decision d = decide(j);
    const apr_time_t stamp = j->stamp_ago == STAYS ? 0 : NOW - j->stamp_ago;

    ck_assert_msg(d.verdict == j->verdict, "%s: verdict", j->what);
    ck_assert_msg(d.reason == j->reason, "%s: reason", j->what);
    ck_assert_msg(d.idle == j->idle, "%s: idle %ld", j->what, (long)d.idle);
    ck_assert_msg(d.limit == j->limit, "%s: limit", j->what);
    ck_assert_msg(d.lifetime == j->left, "%s: %ld left", j->what,
                  (long)d.lifetime);
    ck_assert_msg(d.stamp == stamp, "%s: stamp %ld", j->what, (long)d.stamp);
    ck_assert_msg(d.skewed == j->skewed, "%s: skewed", j->what);
}
END_TEST

/* A time of the login that lies far ahead would be ahead for as long. */
START_TEST(logins_far_ahead)
{
    static const struct {
        apr_interval_time_t last_ago;
        apr_interval_time_t created_ago;
        apr_time_t created;
    } cases[] = {
        {0, 0, 0},
        {0, -MSS_SKEW, 0},
        {0, -MSS_SKEW - 1, NOW},
        {-S(86400), -S(86400), NOW},
        {0, NOW - APR_INT64_MAX, NOW},
        {-S(86430), -S(86400), NOW - S(30)},
        {LIMIT, -S(86400), 0}, /* over */
        {-S(86600), -S(86400), 0},
    };
    const mss_limits limits = {WARN, LIMIT, S(200)};
    int i;

    for (i = 0; i < COUNT(cases); i++) {
        const mss_record record = {.source = STORE,
                                   .last = NOW - cases[i].last_ago,
                                   .created = NOW - cases[i].created_ago};
        const mss_decision d =
            mss_clock_decide(&limits, &record, NOW, PASS, NO_IDLE);

        ck_assert_int_eq(d.created, cases[i].created);
    }
}
END_TEST

/* Sources that leave nothing to judge by time: the same whatever the kind of
 * request, the stamp and the report. */
static const struct {
    mss_source source;
    mss_end noted;
    mss_verdict verdict;
    mss_end reason;
} settled[] = {
    {MSS_SOURCE_NONE, MSS_END_LOGOUT, MSS_UNTRACKED, MSS_END_NONE},
    {MSS_SOURCE_UNREADABLE, MSS_END_LOGOUT, MSS_EXPIRED, MSS_END_UNREADABLE},
    {MSS_SOURCE_REVOKED, MSS_END_LOGOUT, MSS_REVOKED, MSS_END_LOGOUT},
    {MSS_SOURCE_REVOKED, MSS_END_RELOGIN, MSS_REVOKED, MSS_END_RELOGIN},
    {MSS_SOURCE_ENDED, MSS_END_IDLE, MSS_REVOKED, MSS_END_IDLE},
    {MSS_SOURCE_ENDED, MSS_END_LIFETIME, MSS_REVOKED, MSS_END_LIFETIME},
};

START_TEST(settled_sources)
{
    static const apr_interval_time_t agos[] = {0, LIMIT, NOW, -S(86400)};
    const mss_limits limits = {WARN, LIMIT, S(200)};
    int i;

    for (i = 0; i < COUNT(agos) * 3; i++) {
        const mss_record record = {settled[_i].source, NOW - agos[i / 3],
                                   NOW - agos[i / 3], settled[_i].noted};
        const mss_decision d =
            mss_clock_decide(&limits, &record, NOW, (mss_kind)(i % 3), 0);

        ck_assert_int_eq(d.verdict, settled[_i].verdict);
        ck_assert_int_eq(d.reason, settled[_i].reason);
        ck_assert_int_eq(d.stamp, 0);
        ck_assert_int_eq(d.created, 0);
        ck_assert_int_eq(d.idle, 0);
        ck_assert_int_eq(d.limit, LIMIT);
        ck_assert_int_eq(d.lifetime, -1);
        ck_assert(!d.skewed);
    }
}
END_TEST

/* Any order of reports leaves the newest, and none takes time back. */
START_TEST(reports_only_move_forward)
{
    static const apr_int64_t told[] = {90, 20, 70, 3, 3, 99, 0, 50, 1};
    const mss_limits limits = {WARN, LIMIT, 0};
    mss_record record = {.source = STORE, .last = NOW - S(95), .created = NOW};
    apr_time_t newest = record.last;
    int i;

    for (i = 0; i < COUNT(told); i++) {
        const mss_decision d =
            mss_clock_decide(&limits, &record, NOW, TELL, told[i]);

        if (NOW - S(told[i]) > newest) {
            newest = NOW - S(told[i]);
            ck_assert_int_eq(d.stamp, newest);
            record.last = d.stamp;
        }
        else {
            ck_assert_int_eq(d.stamp, 0);
        }
        ck_assert_int_eq(d.idle, NOW - newest);
    }
    ck_assert_int_eq(record.last, NOW);
}
END_TEST

START_TEST(reasons)
{
    static const char *const words[] = {"none",   "idle",    "lifetime",
                                        "logout", "relogin", "unreadable",
                                        "revoked"};
    int i;

    for (i = 0; i < COUNT(words); i++) {
        ck_assert_str_eq(mss_clock_reason((mss_end)i), words[i]);
    }
    ck_assert_str_eq(mss_clock_reason((mss_end)99), "none");
}
END_TEST

Suite *mss_suite_clock(void)
{
    Suite *suite = suite_create("clock");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, decisions, 0, COUNT(judgements));
    tcase_add_test(tc, logins_far_ahead);
    tcase_add_loop_test(tc, settled_sources, 0, COUNT(settled));
    tcase_add_test(tc, reports_only_move_forward);
    tcase_add_test(tc, reasons);
    suite_add_tcase(suite, tc);
    return suite;
}
