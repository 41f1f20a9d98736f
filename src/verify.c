/* SPDX-License-Identifier: Apache-2.0 */

#include "verify.h"

#include "util_cfgtree.h"

#include "config.h"
#include "log.h"
#include "rules.h"
#include "sections.h"

/* Of all directives of the module. */
#define PREFIX "SessionSecurity"

/* WCAG 2.2, success criterion 2.2.1: time enough to extend. */
#define LONG_ENOUGH_TO_EXTEND apr_time_from_sec(20)

typedef struct {
    apr_pool_t *p;
    int faults;
} verification;

/* @return whether there is something to say of them */
static bool check_limits(verification *x, const mss_section *section,
                         const mss_limits *l)
{
    const char *fault = mss_conf_contradiction(x->p, l);

    if (fault) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0,
                     section->server, "MSS0001: %s: %s", section->name, fault);
        x->faults++;
    }
    else if (l->expire_after - l->warn_after < LONG_ENOUGH_TO_EXTEND) {
        ap_log_error(APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0,
                     section->server,
                     "MSS0002: %s: less than 20 s between "
                     "SessionSecurityWarnAfter and SessionSecurityExpireAfter "
                     "is too short for some people (WCAG 2.2, 2.2.1)",
                     section->name);
    }
    else {
        return false;
    }
    return true;
}

static void check_section(void *data, const mss_section *section)
{
    bool said = !mss_conf_sets_limits(section->own);
    mss_limits l;

    for (int n = 0; !said && mss_rules_meet(section->merged, n, &l); n++) {
        said = check_limits(data, section, &l);
    }
}

/* --- methods ------------------------------------------------------------------ */

static bool is_method_section(const ap_directive_t *d)
{
    return ap_cstr_casecmp(d->directive, "<Limit") == 0
           || ap_cstr_casecmp(d->directive, "<LimitExcept") == 0;
}

/* Such a section has no settings of its own: what stands in it would hold for
 * all methods. The core lets each directive look after itself. */
static void check_methods(verification *x, const ap_directive_t *d, bool inside)
{
    for (; d; d = d->next) {
        if (inside
            && ap_cstr_casecmpn(d->directive, PREFIX, sizeof(PREFIX) - 1)
                   == 0) {
            ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, NULL,
                         "MSS0053: %s at %s:%d cannot be in <Limit> or "
                         "<LimitExcept>, where it would hold for all methods; "
                         "write <If \"%%{REQUEST_METHOD} == 'POST'\">",
                         d->directive, d->filename, d->line_num);
            x->faults++;
        }
        check_methods(x, d->first_child, inside || is_method_section(d));
    }
}

int mss_verify_config(apr_pool_t *ptemp, server_rec *s)
{
    verification x = {ptemp, 0};

    check_methods(&x, ap_conftree, false);
    for (; s; s = s->next) {
        mss_sections_walk(ptemp, s, check_section, &x);
    }
    return x.faults ? HTTP_INTERNAL_SERVER_ERROR : OK;
}
