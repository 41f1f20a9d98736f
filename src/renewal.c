/* SPDX-License-Identifier: Apache-2.0 */

#include "renewal.h"

#include <string.h>

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

/* Revokes it, unless that has been done. @return false: it was over before, and what is
 * in z of it must not stay */
static bool retire(request_rec *r, const session_rec *z, mss_state *state,
                   mss_end reason)
{
    const bool over = was_over(r, state);

    if (!mss_state_goes_on(state)
        && state->record.source != MSS_SOURCE_UNREADABLE) {
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

/* The stamp has the user of the latest login alone. */
static bool replaces_login(const mss_state *state, const mss_owner *owner)
{
    const apr_array_header_t *users = state->logins.users;
    int i;

    for (i = 0; i < users->nelts; i++) {
        const mss_user *one = &APR_ARRAY_IDX(users, i, mss_user);
        const char *realm = mss_session_realm(users->pool, one);

        if (ap_cstr_casecmp(realm, owner->realm) == 0
            && strcmp(one->user, owner->user) != 0) {
            return true;
        }
    }
    return false;
}

/* Whether he who has logged in goes on with his own session: as a visitor whom httpd
 * did not know, once more, or to another realm as well. */
static bool is_his_own(const mss_state *state, const mss_owner *owner)
{
    return mss_track_is_nobodys(state)
           || (mss_track_takes(state, owner) && !replaces_login(state, owner));
}

bool mss_renewal_login(request_rec *r, session_rec *z, mss_state *state,
                       const mss_owner *owner)
{
    const bool inherits = mss_state_goes_on(state) && is_his_own(state, owner);
    const bool lived = retire(r, z, state, MSS_END_RELOGIN);

    if (!lived) {
        strip(z, state);
    }
    if (!mss_track_begin(r, z, state, owner)) {
        return false;
    }
    if (inherits && lived) {
        mss_session_set_former(z, state->former);
    }
    mss_sieve_renew(r, z, state, inherits && lived);
    return true;
}

bool mss_renewal_logout(request_rec *r, session_rec *z, mss_state *state,
                        const mss_owner *owner)
{
    const bool goes_on = mss_state_goes_on(state);

    if (!retire(r, z, state, MSS_END_LOGOUT)) {
        mss_track_mark_end(r, z, state);
        return true;
    }
    if (!(goes_on ? mss_track_rename(r, z, state, owner)
                  : mss_track_begin(r, z, state, owner))) {
        return false;
    }
    if (goes_on) {
        mss_session_set_former(z, state->former);
    }
    mss_sieve_renew(r, z, state, false);
    return true;
}
