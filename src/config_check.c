/* SPDX-License-Identifier: Apache-2.0 */

#include "http_core.h"

#include "directives.h"
#include "log.h"

/* WCAG 2.2, success criterion 2.2.1: time enough to extend. */
#define LONG_ENOUGH_TO_EXTEND apr_time_from_sec(20)

typedef struct {
    apr_pool_t *p;
    server_rec *s;
    int faults;
} check_context;

static void check_sections(check_context *x, apr_array_header_t *sections,
                           const mss_conf *outer);

/* Whether a section says something that could contradict what it inherits. */
static bool has_limits(const mss_conf *c)
{
    return c->enabled == 1 || c->warn_after != MSS_UNSET
           || c->expire_after != MSS_UNSET;
}

static void check_conf(check_context *x, const mss_conf *own,
                       const mss_conf *merged, const char *where)
{
    const char *fault = mss_conf_contradiction(x->p, merged);
    mss_limits l = mss_conf_limits(merged);

    if (!has_limits(own)) {
        return;
    }
    if (fault) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, x->s,
                     "MSS0001: %s: %s", where, fault);
        x->faults++;
    }
    else if (l.expire_after - l.warn_after < LONG_ENOUGH_TO_EXTEND) {
        ap_log_error(APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0, x->s,
                     "MSS0002: %s: less than 20 s between "
                     "SessionSecurityWarnAfter and SessionSecurityExpireAfter "
                     "is too short for some people (WCAG 2.2, 2.2.1)",
                     where);
    }
}

static void check_section(check_context *x, ap_conf_vector_t *section,
                          const mss_conf *outer)
{
    core_dir_config *core = ap_get_core_module_config(section);
    mss_conf *own = ap_get_module_config(section, &session_security_module);
    const mss_conf *merged = outer;

    if (own) {
        merged = mss_conf_merge_dir(x->p, (void *)outer, own);
        check_conf(x, own, merged,
                   core && core->d ? core->d : "<Files> or <If>");
    }
    if (core) {
        check_sections(x, core->sec_file, merged);
        check_sections(x, core->sec_if, merged);
    }
}

static void check_sections(check_context *x, apr_array_header_t *sections,
                           const mss_conf *outer)
{
    for (int i = 0; sections && i < sections->nelts; i++) {
        check_section(x, APR_ARRAY_IDX(sections, i, ap_conf_vector_t *), outer);
    }
}

static void check_server(check_context *x)
{
    core_server_config *core = ap_get_core_module_config(x->s->module_config);
    core_dir_config *defaults =
        ap_get_core_module_config(x->s->lookup_defaults);
    const mss_conf *c =
        ap_get_module_config(x->s->lookup_defaults, &session_security_module);

    check_conf(x, c, c, "server config");
    check_sections(x, core->sec_dir, c);
    check_sections(x, core->sec_url, c);
    check_sections(x, defaults->sec_file, c);
    check_sections(x, defaults->sec_if, c);
}

int mss_conf_check(apr_pool_t *ptemp, server_rec *s)
{
    check_context x = {ptemp, NULL, 0};

    for (x.s = s; x.s; x.s = x.s->next) {
        check_server(&x);
    }
    return x.faults ? HTTP_INTERNAL_SERVER_ERROR : OK;
}
