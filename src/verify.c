/* SPDX-License-Identifier: Apache-2.0 */

#include "verify.h"

#include "config.h"
#include "log.h"
#include "sections.h"

/* WCAG 2.2, success criterion 2.2.1: time enough to extend. */
#define LONG_ENOUGH_TO_EXTEND apr_time_from_sec(20)

typedef struct {
    apr_pool_t *p;
    int faults;
} verification;

static void check_section(void *data, const mss_section *section)
{
    verification *x = data;
    const char *fault = mss_conf_contradiction(x->p, section->merged);
    mss_limits l = mss_conf_limits(section->merged);

    if (!mss_conf_sets_limits(section->own)) {
        return;
    }
    if (fault) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0,
                     section->server, "MSS0001: %s: %s", section->name, fault);
        x->faults++;
    }
    else if (l.expire_after - l.warn_after < LONG_ENOUGH_TO_EXTEND) {
        ap_log_error(APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0,
                     section->server,
                     "MSS0002: %s: less than 20 s between "
                     "SessionSecurityWarnAfter and SessionSecurityExpireAfter "
                     "is too short for some people (WCAG 2.2, 2.2.1)",
                     section->name);
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
