/* SPDX-License-Identifier: Apache-2.0 */

#include "attempt.h"

#include "http_core.h"
#include "http_request.h"

#include "reply.h"
#include "track.h"

#define FIELDS "application/x-www-form-urlencoded"

bool mss_attempt_is_possible(request_rec *r)
{
    const char *auth = ap_auth_type(r);
    const char *type = apr_table_get(r->headers_in, "Content-Type");

    return !r->main && r->method_number == M_POST && auth && type
           && ap_cstr_casecmp(auth, "form") == 0
           && ap_cstr_casecmpn(type, FIELDS, sizeof(FIELDS) - 1) == 0;
}

/* Much more often than a login, what scripts post is data for the application;
 * but only mod_auth_form, which reads it, can tell. */
int mss_attempt_login(request_rec *r, mss_state *state)
{
    const session_rec *z = mss_track_load(r);
    mss_user login;
    int rc;

    state->trying = true;
    rc = ap_run_check_user_id(r);
    state->trying = false;
    /* Not by the status: a login can be answered by a redirect, too. */
    if (z && mss_session_login(z, &state->logins, &login) == MSS_LOGIN_NEW) {
        return rc;
    }
    apr_table_unset(r->headers_out, "Location");
    return mss_reply_expired(r, HTTP_UNAUTHORIZED, state->decision.reason);
}
