/* SPDX-License-Identifier: Apache-2.0 */

#include "leave.h"

#include "config.h"
#include "dismiss.h"
#include "grant.h"
#include "notes.h"
#include "recheck.h"
#include "renewal.h"
#include "session.h"
#include "state.h"
#include "track.h"

static void logged_in(request_rec *r, session_rec *z, mss_state *state,
                      const mss_user *login)
{
    const mss_owner owner = {mss_session_realm(z->pool, login), login->user};

    if (!mss_renewal_login(r, z, state, &owner)) {
        mss_session_keep_unsaved(z);
    }
}

/* Of one realm of several: its cookie must not come back. */
static void logged_out(request_rec *r, session_rec *z, mss_state *state,
                       const mss_user *left)
{
    const mss_owner owner = {mss_session_realm(z->pool, left), left->user};

    if (!mss_renewal_logout(r, z, state, &owner)) {
        mss_session_keep_unsaved(z);
    }
}

/* Whether the session was live when the request came and is not any more. */
static bool is_late(const mss_state *state)
{
    return mss_state_goes_on(state) && mss_recheck_is_revoked(state);
}

static void settle(request_rec *r, session_rec *z, mss_state *state)
{
    mss_user login;

    switch (mss_session_login(z, &state->logins, &login)) {
    case MSS_LOGIN_NEW:
        logged_in(r, z, state, &login);
        return;
    case MSS_LOGIN_LESS:
        if (state->record.source != MSS_SOURCE_NONE) {
            logged_out(r, z, state, &login);
        }
        return;
    case MSS_LOGIN_GONE:
        if (state->record.source != MSS_SOURCE_NONE) {
            mss_track_finish(r, z, state, MSS_END_LOGOUT);
        }
        return;
    case MSS_LOGIN_SAME:
        break;
    }
    /* A session that ended while the request was on its way, or before it:
     * saving it now would bring it back, or overwrite a new login's cookie. */
    if (mss_session_may_save(r, z)
        && (state->record.source == MSS_SOURCE_REVOKED ? !z->dirty
                                                       : is_late(state))) {
        mss_session_keep_unsaved(z);
    }
}

/* Of an upload, or of what another module has marked. */
static void note_activity(session_rec *z, mss_state *state)
{
    if (state->unnoted && mss_state_goes_on(state)) {
        (void)mss_track_report(z, state, state->record.last);
    }
}

/* What the answer tells the browser of an end: once that the data of the
 * application can go, and with each refusal that there is no point in trying
 * again without a person. */
static void tell(request_rec *r, const session_rec *z, const mss_state *state)
{
    if (mss_state_asks_page(r)) {
        mss_dismiss_site_data(r, z, state);
    }
    if (r->status == HTTP_UNAUTHORIZED) {
        apr_table_setn(r->headers_out, "Session-Security", "expired");
    }
    if (r->status == HTTP_UNAUTHORIZED || ap_is_HTTP_REDIRECT(r->status)) {
        /* mod_auth_form has some of its own there. */
        apr_table_unset(r->err_headers_out, "Cache-Control");
        apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    }
}

/* Once for each request, whose answer can come by again after a redirect. */
static void act(request_rec *r, session_rec *z, mss_state *state)
{
    if (z) {
        settle(r, z, state);
        note_activity(z, state);
    }
    if (mss_state_cookies(r)) {
        mss_grant_answer(r, z, state);
    }
    if (z) {
        mss_session_set_cookie_once(r, z);
    }
}

/* It could have been some, but needed no login, or was refused. */
static bool is_no_activity(const mss_state *state)
{
    return state->decision.verdict == MSS_LIVE && !state->tracked
           && state->kind == MSS_KIND_ACTIVITY;
}

bool mss_leave(request_rec *r)
{
    mss_state *state = mss_state_get(r);
    session_rec *z = state->loaded ? mss_track_load(r) : NULL;

    if (!state->left) {
        if (is_no_activity(state)) {
            mss_notes_log(r, state);
        }
        act(r, z, state);
    }
    if (mss_state_is_over(state)) {
        tell(r, z, state);
    }
    state->left = true;
    state->expectant = false;
    return state->tracked || (z && mss_session_will_save(z));
}
