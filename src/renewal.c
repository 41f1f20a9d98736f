/* SPDX-License-Identifier: Apache-2.0 */

#include "renewal.h"

#include "config.h"
#include "sieve.h"

/* Whether it was over when the request came, which nobody has seen where
 * SessionSecurity is Off. The mark of one that has ended holds no logins. */
static bool was_over(request_rec *r, mss_state *state)
{
    const mss_decision none = state->decision;
    const mss_limits limits = mss_conf_loosest();

    if (state->entered || state->record.source == MSS_SOURCE_NONE
        || state->record.source == MSS_SOURCE_ENDED) {
        return false;
    }
    mss_track_decide(r, state, &limits, MSS_KIND_PASSIVE, MSS_IDLE_UNKNOWN);
    if (mss_state_is_over(state)) {
        return true;
    }
    state->decision = none;
    return false;
}

/* Revokes it, if it goes on. @return false: it was over before, and what is in z of
 * it must not stay */
static bool retire(request_rec *r, const session_rec *z, mss_state *state,
                   mss_end reason)
{
    const bool over = was_over(r, state);

    if (!mss_state_goes_on(state)) {
        return !over;
    }
    return mss_track_revoke(r, z, state, over ? state->decision.reason : reason)
           && !over;
}

/* All but the login that is new. */
static void strip(session_rec *z, const mss_state *state)
{
    mss_user login;

    mss_session_keep_login(z, mss_session_login(z, &state->logins, &login)
                                      == MSS_LOGIN_NEW
                                  ? &login
                                  : NULL);
}

bool mss_renewal_login(request_rec *r, session_rec *z, mss_state *state,
                       const mss_owner *owner)
{
    /* A visitor's who logs in now; other cookies were somebody else's. */
    const bool inherits =
        mss_state_goes_on(state) && mss_track_is_nobodys(state);
    const bool lived = retire(r, z, state, MSS_END_RELOGIN);

    if (!lived) {
        strip(z, state);
    }
    if (!mss_track_begin(r, z, state, owner)) {
        return false;
    }
    mss_sieve_renew(r, z, state, inherits && lived);
    return true;
}

bool mss_renewal_logout(request_rec *r, session_rec *z, mss_state *state,
                        const mss_owner *owner)
{
    const bool goes_on = mss_state_goes_on(state);

    if (!retire(r, z, state, MSS_END_LOGOUT)) {
        mss_track_finish(r, z, state,
                         mss_state_is_over(state) ? state->decision.reason
                                                  : MSS_END_LOGOUT);
        return true;
    }
    if (!(goes_on ? mss_track_rename(r, z, state, owner)
                  : mss_track_begin(r, z, state, owner))) {
        return false;
    }
    mss_sieve_renew(r, z, state, false);
    return true;
}
