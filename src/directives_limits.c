/* SPDX-License-Identifier: Apache-2.0 */

#include <string.h>

#include "apr_siphash.h"
#include "apr_strings.h"

#include "core/parse.h"
#include "directives.h"
#include "log.h"
#include "rules.h"

const char *mss_directives_read_time(cmd_parms *cmd, const char *value,
                                     apr_interval_time_t *time)
{
    apr_interval_time_t parsed = 0;
    bool read = ap_timeout_parameter_parse(value, &parsed, "s") == APR_SUCCESS;
    const char *why = mss_parse_time_fault(value, read, parsed);

    if (why) {
        return mss_directives_fault(cmd, value, why);
    }
    *time = parsed;
    return NULL;
}

static const char *parse_condition(cmd_parms *cmd, const char *text,
                                   mss_rule *rule)
{
    static const char prefix[] = "expr=";
    const char *why = NULL;

    if (strncmp(text, prefix, strlen(prefix)) != 0) {
        return mss_directives_fault(
            cmd, text,
            "is not a condition; write one such as \"expr=%{REMOTE_USER} in "
            "{ 'alice', 'bob' }\", and a time as one word, such as 9min");
    }
    rule->written = text + strlen(prefix);
    /* The page is the same for all of them. */
    rule->condition = ap_expr_parse_cmd(cmd, rule->written,
                                        AP_EXPR_FLAG_DONT_VARY, &why, NULL);
    return why ? mss_directives_fault(cmd, text, why) : NULL;
}

/* Another time or condition, or another order of them, makes another hash. */
static apr_uint64_t hash(apr_pool_t *p, apr_uint64_t before,
                         const mss_rule *rule)
{
    static const unsigned char key[APR_SIPHASH_KSIZE] = "any fixed bytes";
    const char *text =
        apr_psprintf(p, "%" APR_UINT64_T_HEX_FMT " %" APR_TIME_T_FMT " %s",
                     before, rule->time, rule->written);

    return apr_siphash24(text, strlen(text), key) | 1;
}

static const char *add_rule(cmd_parms *cmd, mss_rule_list *rules,
                            const mss_rule *rule)
{
    if (!rules->list) {
        rules->list = apr_array_make(cmd->pool, 2, sizeof(mss_rule));
    }
    if (rules->list->nelts >= MSS_RULES_MAX) {
        return apr_psprintf(cmd->pool, "%s: more than %d conditions",
                            cmd->cmd->name, MSS_RULES_MAX);
    }
    rules->hash = hash(cmd->temp_pool, rules->hash, rule);
    APR_ARRAY_PUSH(rules->list, mss_rule) = *rule;
    return NULL;
}

static const char *set_limit(cmd_parms *cmd, mss_conf *c, mss_limit which,
                             apr_interval_time_t time, const char *condition)
{
    apr_interval_time_t *const unconditional[] = {
        [MSS_WARN] = &c->warn_after,
        [MSS_EXPIRE] = &c->expire_after,
        [MSS_LIFETIME] = &c->max_lifetime,
    };
    mss_rule rule = {.time = time};
    const char *why;

    if (!condition) {
        *unconditional[which] = time;
        return NULL;
    }
    if (!c->rules) {
        c->rules = apr_pcalloc(cmd->pool, sizeof(*c->rules));
    }
    why = parse_condition(cmd, condition, &rule);
    return why ? why : add_rule(cmd, &c->rules->of[which], &rule);
}

const char *mss_directives_set_warn_after(cmd_parms *cmd, void *dir,
                                          const char *value,
                                          const char *condition)
{
    apr_interval_time_t time = 0;
    const char *why = mss_directives_read_time(cmd, value, &time);

    return why ? why : set_limit(cmd, dir, MSS_WARN, time, condition);
}

const char *mss_directives_set_expire_after(cmd_parms *cmd, void *dir,
                                            const char *value,
                                            const char *condition)
{
    apr_interval_time_t time = 0;
    const char *why = mss_directives_read_time(cmd, value, &time);

    if (!why) {
        mss_conf_note_expiry(time);
        why = set_limit(cmd, dir, MSS_EXPIRE, time, condition);
    }
    return why;
}

const char *mss_directives_set_max_lifetime(cmd_parms *cmd, void *dir,
                                            const char *value,
                                            const char *condition)
{
    apr_interval_time_t time = 0;
    const char *why = mss_directives_is_word(value, "Off")
                          ? NULL
                          : mss_directives_read_time(cmd, value, &time);

    return why ? why : set_limit(cmd, dir, MSS_LIFETIME, time, condition);
}
