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

/* --- places --------------------------------------------------------------------- */

static bool is_own(const char *directive)
{
    return ap_cstr_casecmpn(directive, PREFIX, sizeof(PREFIX) - 1) == 0;
}

static bool is_method_section(const ap_directive_t *d)
{
    return ap_cstr_casecmp(d->directive, "<Limit") == 0
           || ap_cstr_casecmp(d->directive, "<LimitExcept") == 0;
}

/* Such a section has no settings of its own: what stands in it would hold for
 * all methods. The core lets each directive look after itself. */
static void refuse_method(verification *x, const ap_directive_t *d)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, NULL,
                 "MSS0053: %s at %s:%d cannot be in <Limit> or "
                 "<LimitExcept>, where it would hold for all methods; "
                 "write <If \"%%{REQUEST_METHOD} == 'POST'\">",
                 d->directive, d->filename, d->line_num);
    x->faults++;
}

/* What it names may stand in .htaccess whatever a directive says of itself. That
 * would be read in a child, for one request: after all that is made for it at the
 * start, and with memory that ends with the request. */
static void check_override_list(verification *x, const ap_directive_t *d)
{
    const char *names = d->args;
    const char *name;

    while (*(name = ap_getword_conf(x->p, &names))) {
        if (is_own(name)) {
            ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, NULL,
                         "MSS0054: AllowOverrideList at %s:%d names %s, which "
                         "cannot be in .htaccess: an application could switch "
                         "its own protection off; take it out of the list",
                         d->filename, d->line_num, name);
            x->faults++;
        }
    }
}

static void check_places(verification *x, const ap_directive_t *d,
                         bool in_methods)
{
    for (; d; d = d->next) {
        if (in_methods && is_own(d->directive)) {
            refuse_method(x, d);
        }
        if (ap_cstr_casecmp(d->directive, "AllowOverrideList") == 0) {
            check_override_list(x, d);
        }
        check_places(x, d->first_child, in_methods || is_method_section(d));
    }
}

int mss_verify_config(apr_pool_t *ptemp, server_rec *s)
{
    verification x = {ptemp, 0};

    check_places(&x, ap_conftree, false);
    for (; s; s = s->next) {
        mss_sections_walk(ptemp, s, check_section, &x);
    }
    return x.faults ? HTTP_INTERNAL_SERVER_ERROR : OK;
}
