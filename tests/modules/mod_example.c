/* SPDX-License-Identifier: Apache-2.0
 * An example of a module that uses mod_session_security.h: it logs each end of a
 * session, and its handler asks, marks activity and ends. Knows httpd and that
 * header alone. */

#include "httpd.h"
#include "apr_strings.h"
#include "http_config.h"
#include "http_log.h"
#include "http_protocol.h"
#include "http_request.h"

#include "mod_session_security.h"

/* It also says whose log level counts, so it comes first. */
static void register_hooks(apr_pool_t *p);

/* clang-format off */
AP_DECLARE_MODULE(session_security_example) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks
};
/* clang-format on */

static APR_OPTIONAL_FN_TYPE(session_security_idle) * idle_of;
static APR_OPTIONAL_FN_TYPE(session_security_activity) * mark_activity;
static APR_OPTIONAL_FN_TYPE(session_security_end) * end_session;

static void find_functions(void)
{
    idle_of = APR_RETRIEVE_OPTIONAL_FN(session_security_idle);
    mark_activity = APR_RETRIEVE_OPTIONAL_FN(session_security_activity);
    end_session = APR_RETRIEVE_OPTIONAL_FN(session_security_end);
}

static int on_end(request_rec *r, const char *user,
                  session_security_reason reason, apr_interval_time_t idle)
{
    ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                  "example: ended: user=%s reason=%d idle=%" APR_TIME_T_FMT,
                  user ? user : "-", (int)reason, apr_time_sec(idle));
    return OK;
}

static const char *answer(request_rec *r, const char *wanted)
{
    if (!idle_of) {
        return "not loaded";
    }
    if (strcmp(wanted, "activity") == 0) {
        return mark_activity(r) ? "marked" : "no session";
    }
    if (strcmp(wanted, "end") == 0) {
        return end_session(r, SESSION_SECURITY_LOGOUT) ? "ended" : "no session";
    }
    return apr_psprintf(r->pool, "%" APR_TIME_T_FMT,
                        idle_of(r) < 0 ? -1 : apr_time_sec(idle_of(r)));
}

static int handle(request_rec *r)
{
    if (!r->handler || strcmp(r->handler, "session-security-example") != 0) {
        return DECLINED;
    }
    ap_set_content_type(r, "text/plain");
    ap_rputs(answer(r, r->args ? r->args : "idle"), r);
    return OK;
}

/* A rule of its own: ends the session in the phase that the request names. */
static int rule(request_rec *r, const char *phase)
{
    const char *wanted = apr_table_get(r->headers_in, "X-Example-Revoke");

    if (end_session && wanted && strcmp(wanted, phase) == 0) {
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r, "example: %s: %s", phase,
                      end_session(r, SESSION_SECURITY_REVOKED) ? "ended"
                                                               : "no session");
    }
    return DECLINED;
}

static int check_access(request_rec *r)
{
    return rule(r, "access");
}

static int check_user(request_rec *r)
{
    return rule(r, "user");
}

static int fix(request_rec *r)
{
    return rule(r, "fixups");
}

static int fix_last(request_rec *r)
{
    return rule(r, "last");
}

static int log_request(request_rec *r)
{
    return rule(r, "log");
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    ap_hook_optional_fn_retrieve(find_functions, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_access(check_access, NULL, NULL, APR_HOOK_MIDDLE,
                         AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authz(check_user, NULL, NULL, APR_HOOK_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_fixups(fix, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_fixups(fix_last, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_log_transaction(log_request, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(session_security, ended, on_end, NULL, NULL,
                      APR_HOOK_MIDDLE);
}
