/* SPDX-License-Identifier: Apache-2.0 */

#include "guard.h"

#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"

#include "admission.h"
#include "config.h"
#include "gate.h"
#include "judge.h"
#include "log.h"
#include "notes.h"
#include "renewal.h"
#include "reply.h"
#include "rules.h"
#include "sieve.h"
#include "state.h"
#include "track.h"
#include "visitor.h"

static void log_no_session(request_rec *r)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  "MSS0016: SessionSecurity is On for %s, but %s", r->uri,
                  mss_session_enabled(r)
                      ? "its session cannot be loaded; add the "
                        "SessionCookieName that it lacks, or take the URL out "
                        "of SessionExclude or into SessionInclude; a line of "
                        "mod_session before this one may tell"
                      : "no session is configured there; add 'Session On' "
                        "and 'SessionCookieName httpd_session path=/', and "
                        "'SessionCryptoPassphrase' to encrypt it");
}

/* One of two cookies of the same name gets lost, and the application's could not
 * be told from the session's. */
static bool has_own_name(request_rec *r, const session_rec *z,
                         const apr_array_header_t *names)
{
    int i;

    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);

        if (mss_session_is_in(r, z, name)) {
            ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                          "MSS0057: %s: SessionSecurityCookies and "
                          "SessionCookieName both name %s; give the session "
                          "another name, such as 'SessionCookieName "
                          "httpd_session path=/'",
                          r->uri, name);
            return true;
        }
    }
    return false;
}

/* Answers 500 rather than a page without protection. */
static bool protects(request_rec *r, const mss_conf *c, const mss_state *state,
                     const session_rec *z)
{
    mss_limits limits = mss_rules_limits(c, state->choice);
    const char *fault = mss_conf_contradiction(r->pool, &limits);

    if (fault) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "MSS0015: %s: %s", r->uri,
                      fault);
        return false;
    }
    /* One that came only with the login (SessionDBDPerUser) nobody has judged. */
    if (!z || !state->entered) {
        log_no_session(r);
        return false;
    }
    return true;
}

static int begin(request_rec *r, session_rec *z, mss_state *state)
{
    const mss_owner owner = mss_track_owner(r);

    if (!mss_renewal_login(r, z, state, &owner)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mss_track_keep_choice(state);
    mss_judge_anew(r, state);
    state->tracked = true;
    return DECLINED;
}

/* Whether the session has outlived limits that are its user's alone. He who has
 * just logged in has a new one, whatever the old one was. */
static bool outlives(request_rec *r, const session_rec *z, mss_state *state)
{
    mss_user login;

    if (state->choice == state->record.choice
        || mss_session_login(z, &state->logins, &login) == MSS_LOGIN_NEW) {
        return false;
    }
    mss_judge_again(r, state);
    return mss_state_is_over(state);
}

/* The request was let in already, so it is answered as if it had not been; a
 * page is asked for once more, and then refused in the way configured. */
static int end_late(request_rec *r, session_rec *z, mss_state *state)
{
    int rc;

    mss_judge_act(r, z, state);
    if (mss_state_cookies(r)) {
        mss_sieve_request(r, state);
    }
    mss_admission_withdraw(r);
    state->tracked = false;
    rc = mss_gate_authenticate(r);
    return rc == DECLINED ? mss_reply_ask_again(r, mss_state_top(r)) : rc;
}

static int move(request_rec *r, session_rec *z, mss_state *state)
{
    if (outlives(r, z, state)) {
        return end_late(r, z, state);
    }
    /* Ended by another request since this one was let in: what it was let in
     * for, it may get, but it tracks nothing any more. */
    state->tracked = mss_track_move(r, z, state);
    if (state->tracked) {
        mss_track_keep_choice(state);
    }
    if (state->tracked && state->decision.stamp) {
        mss_sieve_touch(state);
    }
    if (state->tracked && state->kind == MSS_KIND_ACTIVITY) {
        mss_notes_active(r);
    }
    return DECLINED;
}

/* A visitor whom the application has logged in may have been authenticated by httpd:
 * another id then, so that nobody else knows it. */
static int go_on(request_rec *r, session_rec *z, mss_state *state)
{
    if (!mss_state_user(r)) {
        return move(r, z, state);
    }
    if (mss_gate_may_begin(r, z, state)) {
        return begin(r, z, state);
    }
    if (mss_track_is_nobodys(state)) {
        return move(r, z, state);
    }
    (void)mss_track_revoke(r, z, state, MSS_END_RELOGIN);
    return DECLINED;
}

static int stamp(request_rec *r, session_rec *z, mss_state *state)
{
    const bool live = state->decision.verdict == MSS_LIVE;

    /* The usual case, which nothing holds. */
    if (live && mss_state_user(r) && mss_track_is_owner(r, state)) {
        return move(r, z, state);
    }
    if (mss_gate_holds(r, z, state)) {
        return mss_gate_refuse(r, z, state);
    }
    if (live) {
        return go_on(r, z, state);
    }
    return mss_gate_may_begin(r, z, state) ? begin(r, z, state) : DECLINED;
}

/* An internal redirect to a section with users or limits of its own. */
static int stamp_again(request_rec *r, session_rec *z, mss_state *state)
{
    if (mss_gate_holds(r, z, state)) {
        state->tracked = false;
        return mss_gate_refuse(r, z, state);
    }
    return outlives(r, z, state) ? end_late(r, z, state) : DECLINED;
}

int mss_guard_stamp(request_rec *r)
{
    const mss_conf *c = mss_conf_of(r);
    const apr_array_header_t *names;
    const char *user;
    mss_state *client;
    mss_state *state;
    session_rec *z;
    int rc = DECLINED;

    if (!mss_conf_armed(r->server)) {
        return DECLINED;
    }
    if (!mss_state_is_judged(r)) {
        (void)mss_judge_catch_up(r);
    }
    client = mss_state_get(mss_state_top(r));
    mss_admission_settle(r);
    user = mss_state_user(r);
    names = mss_state_cookies(r);
    client->let_in = client->let_in || !r->main;
    if (!mss_conf_enabled(c) || (!user && !names)) {
        return DECLINED;
    }
    z = mss_track_load(r);
    state = mss_state_get(r);
    if (z && names && has_own_name(r, z, names)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!user && !mss_sieve_found(state)) {
        /* What DirectoryIndex looks up, it takes for the answer's status. */
        return client->let_in ? mss_visitor_admit(r, state) : DECLINED;
    }
    if (!r->main) {
        mss_state_choose(r, state);
    }
    if (!protects(r, c, state, z)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    /* Before the handler, since a CACHE filter of a chain of one's own and the
     * answers of subrequests do not come by mss_leave. */
    mss_reply_keep_uncached(r);
    /* What a subrequest includes is part of the client's request, but not where
     * that is of no user. DirectoryIndex looks before this has been judged. */
    if (r->main) {
        rc = client->let_in && mss_gate_holds(r, z, state) ? HTTP_UNAUTHORIZED
                                                           : DECLINED;
    }
    else if (!state->stamped) {
        state->stamped = true;
        rc = stamp(r, z, state);
    }
    else if (state->tracked) {
        rc = stamp_again(r, z, state);
    }
    if (state->tracked) {
        mss_notes_backend(r, state);
    }
    return rc;
}

/* mod_auth_form answers a login by a redirect, before the fixups; without a
 * session the next page would ask for the login again, and nobody say why. */
void mss_guard_report(request_rec *r)
{
    if (r->user && ap_is_HTTP_REDIRECT(r->status) && !mss_session_enabled(r)
        && mss_conf_enabled(mss_conf_of(r))) {
        log_no_session(r);
    }
}
