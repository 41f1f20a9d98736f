/* SPDX-License-Identifier: Apache-2.0 */

#include "httpd.h"

#include "api.h"

#include "mod_session_security.h"
#include "state.h"
#include "store.h"
#include "track.h"

/* The session as it was when the request came, or NULL. */
static mss_state *live(request_rec *r)
{
    mss_state *state = mss_state_peek(r);

    return state && state->loaded && state->decision.verdict == MSS_LIVE
                   && mss_state_goes_on(state)
               ? state
               : NULL;
}

/* How it is by now. @return NULL when it has ended since */
static mss_state *live_now(request_rec *r, mss_decision *now)
{
    mss_state *state = live(r);
    mss_limits limits;
    mss_record record;

    if (!state) {
        return NULL;
    }
    limits = mss_state_limits(r, state);
    record = state->record;
    mss_store_get(&state->key, &record);
    if (record.source == MSS_SOURCE_NONE) {
        record = state->record;
    }
    *now = mss_clock_decide(&limits, &record, apr_time_now(), MSS_KIND_PASSIVE,
                            MSS_IDLE_UNKNOWN);
    return now->verdict == MSS_LIVE ? state : NULL;
}

static apr_interval_time_t session_security_idle(request_rec *r)
{
    mss_decision now;

    return live_now(r, &now) ? now.idle : -1;
}

static int session_security_activity(request_rec *r)
{
    mss_decision now;
    const mss_state *state = live_now(r, &now);

    return state && mss_track_touch(state, apr_time_now());
}

static int session_security_end(request_rec *r, session_security_reason reason)
{
    mss_decision now;
    mss_state *state = live_now(r, &now);
    session_rec *z = state && !state->left ? mss_track_load(r, state) : NULL;
    mss_end end =
        reason == SESSION_SECURITY_LOGOUT ? MSS_END_LOGOUT : MSS_END_REVOKED;

    /* Another session may have been loaded for an internal redirect. */
    if (!z || !live(r)) {
        return 0;
    }
    state->decision = now;
    mss_track_finish(r, z, state, end);
    state->decision.verdict = MSS_REVOKED;
    state->decision.reason = end;
    state->challenge = true;
    state->tracked = false;
    return 1;
}

void mss_api_register(void)
{
    APR_REGISTER_OPTIONAL_FN(session_security_idle);
    APR_REGISTER_OPTIONAL_FN(session_security_activity);
    APR_REGISTER_OPTIONAL_FN(session_security_end);
}
