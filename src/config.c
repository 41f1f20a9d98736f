/* SPDX-License-Identifier: Apache-2.0 */

#include "config.h"

#include "apr_strings.h"
#include "http_core.h"

#include "assets.h"
#include "core/match.h"
#include "core/parse.h"
#include "core/url.h"
#include "directives.h"
#include "log.h"

/* The defaults stand here alone: no slot ever holds one that nobody wrote. */
#define WARN_AFTER apr_time_from_sec(540)
#define EXPIRE_AFTER apr_time_from_sec(600)
#define UPDATES_PER_EXPIRY 10
#define PATH "/session_security"

/* What a former reading must not leave behind: mss_conf_reset. */
static apr_interval_time_t longest = EXPIRE_AFTER;
static mss_limits loosest;

void mss_conf_reset(void)
{
    longest = EXPIRE_AFTER;
    loosest = (mss_limits){0};
    mss_directives_reset();
}

void mss_conf_note_expiry(apr_interval_time_t expire_after)
{
    if (expire_after > longest) {
        longest = expire_after;
    }
}

apr_interval_time_t mss_conf_longest(void)
{
    return longest;
}

void mss_conf_note_force(const mss_limits *limits)
{
    const bool first = loosest.expire_after == 0;

    if (limits->expire_after > loosest.expire_after) {
        loosest.expire_after = limits->expire_after;
    }
    /* 0: no limit. */
    if (first || !limits->max_lifetime
        || (loosest.max_lifetime
            && limits->max_lifetime > loosest.max_lifetime)) {
        loosest.max_lifetime = limits->max_lifetime;
    }
}

mss_limits mss_conf_loosest(void)
{
    return loosest.expire_after ? loosest
                                : (mss_limits){.expire_after = longest};
}

/* --- create and merge ------------------------------------------------------ */

void *mss_conf_create_dir(apr_pool_t *p, char *dir)
{
    mss_conf *c = apr_pcalloc(p, sizeof(*c));

    (void)dir;
#define CREATE(type, field) c->field = MSS_UNSET;
    MSS_SCALARS(CREATE)
#undef CREATE
    c->activity = MSS_ACTIVITY_UNSET;
    c->csp = MSS_CSP_UNSET;
    return c;
}

static apr_array_header_t *append(apr_pool_t *p, apr_array_header_t *base,
                                  apr_array_header_t *add)
{
    if (!base || !add) {
        return add ? add : base;
    }
    return apr_array_append(p, base, add);
}

void *mss_conf_merge_dir(apr_pool_t *p, void *base_v, void *add_v)
{
    const mss_conf *base = base_v;
    const mss_conf *add = add_v;
    mss_conf *c = apr_pmemdup(p, base, sizeof(*c));

#define MERGE(type, field)                                                     \
    if (add->field != MSS_UNSET) {                                             \
        c->field = add->field;                                                 \
    }
    MSS_SCALARS(MERGE)
#undef MERGE
#define MERGE(type, field)                                                     \
    if (add->field) {                                                          \
        c->field = add->field;                                                 \
    }
    MSS_POINTERS(MERGE)
#undef MERGE
    if (add->activity != MSS_ACTIVITY_UNSET) {
        c->activity = add->activity;
    }
    if (add->csp != MSS_CSP_UNSET) {
        c->csp = add->csp;
    }
    if (base->rules || add->rules) {
        c->rules = mss_rules_merge(p, base, add);
    }
    c->crypto = mss_directives_merge_crypto(base->crypto, add->crypto);
    c->passive_urls = add->passive_urls_reset
                          ? add->passive_urls
                          : append(p, base->passive_urls, add->passive_urls);
    c->passive_urls_reset = base->passive_urls_reset || add->passive_urls_reset;
    c->cookies = add->cookies_reset ? add->cookies
                                    : append(p, base->cookies, add->cookies);
    c->cookies_reset = base->cookies_reset || add->cookies_reset;
    if (base->messages && add->messages) {
        c->messages = apr_table_overlay(p, base->messages, add->messages);
        apr_table_compress(c->messages, APR_OVERLAP_TABLES_SET);
    }
    else if (add->messages) {
        c->messages = add->messages;
    }
    return c;
}

void *mss_conf_create_server(apr_pool_t *p, server_rec *s)
{
    (void)s;
    return apr_pcalloc(p, sizeof(mss_server_conf));
}

void *mss_conf_merge_server(apr_pool_t *p, void *base_v, void *add_v)
{
    const mss_server_conf *base = base_v;
    const mss_server_conf *add = add_v;
    mss_server_conf *c = apr_pmemdup(p, add, sizeof(*c));

    c->armed = base->armed || add->armed;
    if (!add->path) {
        c->path = base->path;
    }
    return c;
}

/* --- what is in force ------------------------------------------------------- */

const mss_conf *mss_conf_of(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &session_security_module);
}

bool mss_conf_enabled(const mss_conf *c)
{
    return c->enabled == 1;
}

bool mss_conf_passive(const mss_conf *c)
{
    return c->passive == 1;
}

bool mss_conf_inject(const mss_conf *c)
{
    return c->inject != 0;
}

bool mss_conf_confirm_form_discard(const mss_conf *c)
{
    return c->confirm_form_discard == 1;
}

mss_activity mss_conf_activity(const mss_conf *c)
{
    return c->activity == MSS_ACTIVITY_UNSET ? MSS_ACTIVITY_NAVIGATIONS
                                             : c->activity;
}

mss_csp_mode mss_conf_csp(const mss_conf *c)
{
    return c->csp == MSS_CSP_UNSET ? MSS_CSP_AMEND : c->csp;
}

static apr_interval_time_t or_default(apr_interval_time_t set,
                                      apr_interval_time_t otherwise)
{
    return set == MSS_UNSET ? otherwise : set;
}

mss_limits mss_conf_limits(const mss_conf *c)
{
    return (mss_limits){
        .warn_after = or_default(c->warn_after, WARN_AFTER),
        .expire_after = or_default(c->expire_after, EXPIRE_AFTER),
        .max_lifetime = or_default(c->max_lifetime, 0),
    };
}

apr_interval_time_t mss_conf_update_interval(const mss_conf *c,
                                             apr_interval_time_t expire_after)
{
    return or_default(c->update_interval, expire_after / UPDATES_PER_EXPIRY);
}

apr_uint64_t mss_conf_crypto(const mss_conf *c)
{
    return c->crypto;
}

const char *mss_conf_language(const mss_conf *c)
{
    return c->language && *c->language ? c->language : NULL;
}

const char *mss_conf_stylesheet(const mss_conf *c)
{
    return c->stylesheet && *c->stylesheet ? c->stylesheet : NULL;
}

const char *mss_conf_clear_site_data(const mss_conf *c)
{
    return c->clear_site_data && *c->clear_site_data ? c->clear_site_data
                                                     : NULL;
}

const apr_array_header_t *mss_conf_events(const mss_conf *c)
{
    return c->events && c->events->nelts > 0 ? c->events : NULL;
}

const apr_table_t *mss_conf_messages(const mss_conf *c)
{
    return c->messages;
}

bool mss_conf_path_is_passive(const mss_conf *c, const char *path)
{
    for (int i = 0; c->passive_urls && i < c->passive_urls->nelts; i++) {
        if (mss_match_path(APR_ARRAY_IDX(c->passive_urls, i, const char *),
                           path)) {
            return true;
        }
    }
    return false;
}

const apr_array_header_t *mss_conf_cookies(const mss_conf *c)
{
    return c->enabled == 1 ? c->cookies : NULL;
}

const char *mss_conf_return_to(request_rec *r, const mss_conf *c)
{
    const mss_return_to *to = c->return_to;
    const char *fault = NULL;
    const char *target;

    if (!to || !to->written) {
        return NULL;
    }
    target = to->expr ? ap_expr_str_exec(r, to->expr, &fault) : to->written;
    if (fault || !target || !mss_url_may_go(to->written, target)) {
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r,
                      "SessionSecurityReturnTo does not lead to a path or to "
                      "the origin that is written there; the page is loaded "
                      "again instead: %s",
                      fault ? fault : target);
        return NULL;
    }
    return target;
}

const char *mss_conf_return_from(request_rec *r, const mss_conf *c,
                                 const char *path, const char *query)
{
    char *const own_path = r->uri;
    char *const own_query = r->args;
    const char *target;

    r->uri = apr_pstrdup(r->pool, path);
    r->args = query ? apr_pstrdup(r->pool, query) : NULL;
    target = mss_conf_return_to(r, c);
    r->uri = own_path;
    r->args = own_query;
    return target;
}

static const mss_server_conf *server_conf(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &session_security_module);
}

const char *mss_conf_path(const server_rec *s)
{
    const char *path = server_conf(s)->path;

    return path ? path : PATH;
}

void mss_conf_keep_opening(server_rec *s, const char *opening)
{
    mss_server_conf *c =
        ap_get_module_config(s->module_config, &session_security_module);

    c->opening = opening;
}

const char *mss_conf_opening(const server_rec *s)
{
    return server_conf(s)->opening;
}

bool mss_conf_armed(const server_rec *s)
{
    return server_conf(s)->armed;
}

bool mss_conf_any_armed(const server_rec *s)
{
    while (s && !mss_conf_armed(s)) {
        s = s->next;
    }
    return s != NULL;
}

bool mss_conf_sets_limits(const mss_conf *c)
{
    return c->enabled == 1 || c->rules || c->warn_after != MSS_UNSET
           || c->expire_after != MSS_UNSET;
}

const char *mss_conf_time(apr_pool_t *p, apr_interval_time_t t)
{
    apr_interval_time_t ms = apr_time_as_msec(t);

    return ms % 1000 ? apr_psprintf(p, "%" APR_TIME_T_FMT "ms", ms)
                     : apr_psprintf(p, "%" APR_TIME_T_FMT "s", ms / 1000);
}

const char *mss_conf_contradiction(apr_pool_t *p, const mss_limits *l)
{
    if (l->warn_after < l->expire_after) {
        return NULL;
    }
    return apr_psprintf(
        p,
        "SessionSecurityWarnAfter (%s) must be less than "
        "SessionSecurityExpireAfter (%s), as these are merged here; set both "
        "in the same section",
        mss_conf_time(p, l->warn_after), mss_conf_time(p, l->expire_after));
}
