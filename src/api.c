/* SPDX-License-Identifier: Apache-2.0 */

#include "httpd.h"

#include "api.h"

#include "mod_session_security.h"
#include "recheck.h"
#include "sieve.h"
#include "track.h"

static apr_interval_time_t session_security_idle(request_rec *r)
{
    mss_decision now;

    return mss_recheck(r, mss_state_peek(r), &now) ? now.idle : -1;
}

static int session_security_activity(request_rec *r)
{
    mss_decision now;
    mss_state *state = mss_state_peek(r);

    return mss_recheck(r, state, &now)
           && mss_track_touch(state, apr_time_now());
}

/* What the application's cookies let in, no part of this request may have any
 * more. */
static void take_cookies(request_rec *r, mss_state *state)
{
    for (; r && mss_state_get(r) == state; r = r->main) {
        if (mss_state_cookies(r)) {
            mss_sieve_request(r, state);
        }
    }
}

static int session_security_end(request_rec *r, session_security_reason reason)
{
    mss_decision now;
    mss_state *state = mss_state_peek(r);
    session_rec *z =
        mss_recheck(r, state, &now) && !state->left ? mss_track_load(r) : NULL;
    mss_end end =
        reason == SESSION_SECURITY_LOGOUT ? MSS_END_LOGOUT : MSS_END_REVOKED;

    /* Another session may have been loaded for an internal redirect. */
    if (!z || !mss_recheck(r, state, &now)) {
        return 0;
    }
    state->decision = now;
    mss_track_finish(r, z, state, end);
    state->decision.verdict = MSS_REVOKED;
    state->decision.reason = end;
    state->challenge = true;
    state->tracked = false;
    take_cookies(r, state);
    return 1;
}

void mss_api_register(void)
{
    APR_REGISTER_OPTIONAL_FN(session_security_idle);
    APR_REGISTER_OPTIONAL_FN(session_security_activity);
    APR_REGISTER_OPTIONAL_FN(session_security_end);
}
