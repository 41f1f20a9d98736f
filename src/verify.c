/* SPDX-License-Identifier: Apache-2.0 */

#include "verify.h"

#include "config.h"
#include "log.h"
#include "rules.h"
#include "sections.h"

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

int mss_verify_config(apr_pool_t *ptemp, server_rec *s)
{
    verification x = {ptemp, 0};

    for (; s; s = s->next) {
        mss_sections_walk(ptemp, s, check_section, &x);
    }
    return x.faults ? HTTP_INTERNAL_SERVER_ERROR : OK;
}
