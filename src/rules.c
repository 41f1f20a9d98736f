/* SPDX-License-Identifier: Apache-2.0 */

#include "rules.h"

#include "directives.h"
#include "log.h"

#define STRICTEST 255u
#define ALL_STRICTEST 0xffffffu

typedef enum {
    LONGEST,
    SHORTEST
} extremity;

static int count(const mss_rule_list *rules)
{
    return rules->list ? rules->list->nelts : 0;
}

static const mss_rule *rule_at(const mss_rule_list *rules, int i)
{
    return &APR_ARRAY_IDX(rules->list, i, mss_rule);
}

mss_rules *mss_rules_merge(apr_pool_t *p, const mss_conf *base,
                           const mss_conf *add)
{
    static const mss_rules none;
    const mss_rules *outer = base->rules ? base->rules : &none;
    const mss_rules *inner = add->rules ? add->rules : &none;
    const apr_interval_time_t unconditional[] = {
        [MSS_WARN] = add->warn_after,
        [MSS_EXPIRE] = add->expire_after,
        [MSS_LIFETIME] = add->max_lifetime,
    };
    mss_rules *merged = apr_pcalloc(p, sizeof(*merged));
    bool some = false;

    for (int i = 0; i < MSS_LIMITS; i++) {
        if (inner->of[i].hash) {
            merged->of[i] = inner->of[i];
        }
        else if (unconditional[i] == MSS_UNSET) {
            merged->of[i] = outer->of[i];
        }
        some = some || merged->of[i].hash;
    }
    return some ? merged : NULL;
}

/* --- choices ---------------------------------------------------------------------- */

bool mss_rules_exist(const mss_conf *c)
{
    return c->rules != NULL;
}

/* Never 0. */
static apr_uint64_t tag(const mss_rules *rules)
{
    apr_uint64_t mixed = 0;

    for (int i = 0; i < MSS_LIMITS; i++) {
        mixed = mixed * 31 + rules->of[i].hash;
    }
    return (mixed << 24) | (APR_UINT64_C(1) << 24);
}

/* @return the number of the first condition that applies, 0 for none */
static unsigned first(request_rec *r, const mss_rule_list *rules, bool *failed)
{
    for (int i = 0; i < count(rules) && !*failed; i++) {
        const mss_rule *rule = rule_at(rules, i);
        const char *fault = NULL;
        int applies = ap_expr_exec(r, rule->condition, &fault);

        if (applies < 0 || fault) {
            *failed = true;
            ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                          "MSS0052: the condition '%s' cannot be answered, so "
                          "the strictest limits apply: %s",
                          rule->written, fault ? fault : "no reason is given");
        }
        else if (applies) {
            return (unsigned)i + 1;
        }
    }
    return 0;
}

/* Where the number of a directive stands in a choice. */
static int shift(int which)
{
    return 8 * (MSS_LIMITS - 1 - which);
}

apr_uint64_t mss_rules_choose(request_rec *r, const mss_conf *c)
{
    apr_uint64_t choice = tag(c->rules);
    bool failed = false;

    for (int i = 0; i < MSS_LIMITS; i++) {
        choice |= (apr_uint64_t)first(r, &c->rules->of[i], &failed) << shift(i);
    }
    return failed ? tag(c->rules) | ALL_STRICTEST : choice;
}

bool mss_rules_decide(const mss_conf *c, apr_uint64_t choice)
{
    return !c->rules || choice >> 24 == tag(c->rules) >> 24;
}

/* --- times ------------------------------------------------------------------------ */

/* No limit is longer than any. */
static bool is_longer(apr_interval_time_t a, apr_interval_time_t b)
{
    return b != 0 && (a == 0 || a > b);
}

static apr_interval_time_t extreme(const mss_rule_list *rules,
                                   apr_interval_time_t time, extremity wanted)
{
    for (int i = 0; i < count(rules); i++) {
        apr_interval_time_t other = rule_at(rules, i)->time;

        if (wanted == LONGEST ? is_longer(other, time)
                              : is_longer(time, other)) {
            time = other;
        }
    }
    return time;
}

static apr_interval_time_t pick(const mss_rule_list *rules, unsigned n,
                                apr_interval_time_t unconditional)
{
    if (n == STRICTEST) {
        return extreme(rules, unconditional, SHORTEST);
    }
    return n > 0 && (int)n <= count(rules) ? rule_at(rules, (int)n - 1)->time
                                           : unconditional;
}

static mss_limits chosen(const mss_conf *c, apr_uint64_t choice)
{
    mss_limits l = mss_conf_limits(c);
    apr_interval_time_t *const times[] = {
        [MSS_WARN] = &l.warn_after,
        [MSS_EXPIRE] = &l.expire_after,
        [MSS_LIFETIME] = &l.max_lifetime,
    };
    bool known = mss_rules_decide(c, choice);

    for (int i = 0; i < MSS_LIMITS; i++) {
        const mss_rule_list *rules = &c->rules->of[i];
        unsigned n = choice >> shift(i) & 255;

        *times[i] = known ? pick(rules, n, *times[i])
                          : extreme(rules, *times[i], LONGEST);
    }
    return l;
}

/* Mostly there are none, and it is asked several times for each request. */
mss_limits mss_rules_limits(const mss_conf *c, apr_uint64_t choice)
{
    return c->rules ? chosen(c, choice) : mss_conf_limits(c);
}

/* --- what can contradict ------------------------------------------------------------ */

/* The time for those to whom that condition applies. Of others than those
 * conditions nothing is known. @return false: it cannot be told */
static bool time_for(const mss_rule_list *rules, const char *written,
                     apr_interval_time_t *time)
{
    for (int i = 0; i < count(rules); i++) {
        if (strcmp(rule_at(rules, i)->written, written) == 0) {
            *time = rule_at(rules, i)->time;
            return true;
        }
    }
    return count(rules) == 0;
}

/* For those to whom the condition of a rule of one directive applies.
 * @return false: what the other is for them cannot be told */
static bool meet(const mss_rule *rule, apr_interval_time_t *time,
                 const mss_rule_list *others, apr_interval_time_t *other)
{
    *time = rule->time;
    return time_for(others, rule->written, other);
}

bool mss_rules_meet(const mss_conf *c, int n, mss_limits *limits)
{
    const mss_rule_list *warns, *expires;
    mss_limits l = mss_conf_limits(c);

    *limits = l;
    if (n == 0 || !c->rules) {
        return n == 0;
    }
    warns = &c->rules->of[MSS_WARN];
    expires = &c->rules->of[MSS_EXPIRE];
    n--;
    if (n < count(warns)) {
        if (meet(rule_at(warns, n), &l.warn_after, expires, &l.expire_after)) {
            *limits = l;
        }
        return true;
    }
    n -= count(warns);
    if (n < count(expires)) {
        if (meet(rule_at(expires, n), &l.expire_after, warns, &l.warn_after)) {
            *limits = l;
        }
        return true;
    }
    return false;
}
