/* SPDX-License-Identifier: Apache-2.0
 * The module's table of contents: its hooks, in the order in which they happen.
 * What each of them does stands in the header that declares it. */

#include "httpd.h"
#include "http_config.h"
#include "http_protocol.h"
#include "http_request.h"

#include "admission.h"
#include "api.h"
#include "config.h"
#include "cookie.h"
#include "dump.h"
#include "endpage.h"
#include "endpoint.h"
#include "gate.h"
#include "guard.h"
#include "inject.h"
#include "intake.h"
#include "judge.h"
#include "notes.h"
#include "start.h"
#include "status.h"

static void on_start(void)
{
    ap_hook_pre_config(mss_start_pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(mss_start_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(mss_dump_print, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(mss_start_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(mss_start_child_init, NULL, NULL, APR_HOOK_MIDDLE);
}

static void on_request(void)
{
    static const char *const after_dir[] = {"mod_dir.c", NULL};
    static const char *const before_headers[] = {"mod_headers.c", NULL};
    static const char *const before_firewall[] = {"mod_security2.c", NULL};

    /* Our own URLs are claimed before mod_rewrite, mod_proxy and mod_alias can
     * translate them away. */
    ap_hook_translate_name(mss_endpoint_claim, NULL, NULL,
                           APR_HOOK_REALLY_FIRST);
    ap_hook_translate_name(mss_notes_follow, NULL, NULL, APR_HOOK_REALLY_FIRST);

    /* The session is judged before anybody is authenticated by it, and in each
     * of the ways that Satisfy knows. PER_CONF: a hook registered PER_URI
     * would make httpd authorize each subrequest of the server again. */
    ap_hook_check_access(mss_judge_enter, NULL, NULL, APR_HOOK_FIRST,
                         AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_access_ex(mss_endpoint_admit, NULL, NULL,
                            APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_access_ex(mss_gate_admit, NULL, NULL, APR_HOOK_REALLY_FIRST,
                            AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authn(mss_admission_ask, NULL, NULL, APR_HOOK_REALLY_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authn(mss_gate_authenticate, NULL, NULL,
                        APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);

    ap_hook_check_authz(mss_admission_give, NULL, NULL, APR_HOOK_REALLY_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_type_checker(mss_admission_give, NULL, NULL, APR_HOOK_REALLY_FIRST);

    /* Our own URLs are answered here, since the handlers of other modules come
     * before ours where they are configured, and so do redirects in fixups. */
    ap_hook_fixups(mss_endpoint_answer, NULL, NULL, APR_HOOK_REALLY_FIRST);

    /* Whose session it is has been seen, and nobody has read the body. */
    ap_hook_fixups(mss_intake_expect, NULL, before_firewall,
                   APR_HOOK_REALLY_FIRST);

    /* Nobody has looked at the cookies, or at what is in the session. */
    ap_hook_fixups(mss_judge_catch_up, NULL, NULL, APR_HOOK_FIRST);

    /* The user is final, and so is the section; the handler has not run, and
     * mod_headers can still tell the backend what we have to say. */
    ap_hook_fixups(mss_guard_stamp, after_dir, before_headers, APR_HOOK_LAST);
    ap_hook_fixups(mss_inject_prepare, NULL, NULL, APR_HOOK_REALLY_LAST);
}

/* The body comes in, the answer goes out: after mod_include, before mod_session
 * saves and mod_deflate compresses. */
static void on_content(void)
{
    ap_hook_insert_filter(mss_intake_insert, NULL, NULL, APR_HOOK_LAST);
    ap_hook_insert_filter(mss_inject_insert, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_insert_error_filter(mss_guard_report, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_insert_error_filter(mss_inject_insert_error, NULL, NULL,
                                APR_HOOK_REALLY_LAST);
    mss_intake_register();
    mss_inject_register();
    mss_cookie_register();
    mss_endpage_register();
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    on_start();
    on_request();
    on_content();

    /* Other modules ask, and somebody looks. */
    mss_api_register();
    mss_status_register();
}

/* Only this symbol leaves the module. */
extern module __attribute__((visibility("default"))) session_security_module;

/* clang-format off */
AP_DECLARE_MODULE(session_security) = {
    STANDARD20_MODULE_STUFF,
    mss_conf_create_dir,
    mss_conf_merge_dir,
    mss_conf_create_server,
    mss_conf_merge_server,
    mss_conf_commands,
    register_hooks
};
/* clang-format on */
