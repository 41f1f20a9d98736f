/* SPDX-License-Identifier: Apache-2.0 */

#include "judge.h"

#include "apr_atomic.h"

#include "admission.h"
#include "config.h"
#include "log.h"
#include "notes.h"
#include "sieve.h"
#include "track.h"

/* --- the decision ------------------------------------------------------------- */

static mss_kind kind_of(request_rec *r, mss_state *state, const mss_conf *c)
{
    const char *path = state->path ? state->path : mss_state_top(r)->uri;

    state->passive = mss_admission_has_failed(r) || mss_conf_passive(c)
                     || mss_conf_path_is_passive(c, path);
    if (!state->passive
        && mss_kind_is_activity(mss_state_headers(r), mss_conf_activity(c))) {
        return MSS_KIND_ACTIVITY;
    }
    return MSS_KIND_PASSIVE;
}

void mss_judge_again(request_rec *r, mss_state *state)
{
    mss_limits limits = mss_state_limits(r, state);

    mss_track_decide(r, state, &limits, state->kind, MSS_IDLE_UNKNOWN);
}

void mss_judge_anew(request_rec *r, mss_state *state)
{
    state->kind = kind_of(r, state, mss_conf_of(r));
    mss_judge_again(r, state);
}

/* The log is told of the client's request, not of parts with other sessions. */
static void note(request_rec *r, const mss_state *state)
{
    if (mss_state_is_clients(r, state)) {
        mss_notes_log(r, state);
    }
}

void mss_judge_act(request_rec *r, session_rec *z, mss_state *state)
{
    if (mss_state_is_over(state) && state->record.source != MSS_SOURCE_ENDED) {
        state->challenge = true;
        if (state->decision.verdict == MSS_EXPIRED) {
            mss_track_finish(r, z, state, state->decision.reason);
        }
        else {
            /* An id that is dead already: whatever its browser holds by now,
             * this answer must not overwrite it. */
            mss_track_clear(r, z, state);
        }
    }
    /* What may be activity is none before it has been let in. */
    if (state->decision.verdict != MSS_LIVE
        || state->kind != MSS_KIND_ACTIVITY) {
        note(r, state);
    }
}

/* --- the request ---------------------------------------------------------------- */

static void warn_of_plain_cookie(request_rec *r)
{
    static apr_uint32_t warned;
    const char *cookies;

    if (apr_atomic_read32(&warned)) {
        return;
    }
    cookies = apr_table_get(r->headers_in, "Cookie");
    if (cookies && ap_strstr_c(cookies, MSS_STAMP_KEY "=")
        && apr_atomic_cas32(&warned, 1, 0) == 0) {
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                      "MSS0014: the session cookie is not encrypted, so "
                      "browsers can read and forge what is in it, passwords "
                      "included; load mod_session_crypto and set "
                      "SessionCryptoPassphrase");
    }
}

static void enter_first(request_rec *r, session_rec *z, mss_state *state)
{
    state->entered = true;
    if (state->record.source == MSS_SOURCE_NONE) {
        return; /* nobody who could have been idle */
    }
    warn_of_plain_cookie(r);
    /* Before another module makes one up. */
    if (!apr_table_get(r->headers_in, "Authorization")) {
        state->without_password = true;
    }
    mss_judge_anew(r, state);
    mss_judge_act(r, z, state);
}

/* Whether r tells that the request was refused which might have been activity. */
static bool tells_failure(const request_rec *r, const mss_state *state)
{
    return !state->stamped && mss_admission_has_failed(r);
}

/* An internal redirect or a subrequest can lead to a section with shorter
 * limits than those of the URL that the client asked for.
 *
 * @param asked whether r is for that URL: a look-up may have come before it */
static void enter_again(request_rec *r, session_rec *z, mss_state *state,
                        bool asked)
{
    const bool failed = tells_failure(r, state);

    if (state->decision.verdict == MSS_LIVE) {
        if (asked || failed) {
            mss_judge_anew(r, state);
        }
        else {
            mss_judge_again(r, state);
        }
        if (failed || mss_state_is_over(state)) {
            mss_judge_act(r, z, state);
        }
        return;
    }
    /* mod_session_dbd reads the session anew for an internal redirect. */
    if (state->challenge && z != state->logins.session) {
        mss_track_clear(r, z, state);
    }
    note(r, state); /* a subrequest may have found it */
}

/* In r's section, whatever has been found in another one. */
static void judge(request_rec *r, mss_view *view)
{
    const mss_conf *c = mss_conf_of(r);
    session_rec *z;
    mss_state *state;
    bool asked;

    view->judged = r->per_dir_config;
    /* Who logs in or out where it is Off does so for protected sections too. */
    z = mss_track_load(r);
    state = view->state;
    asked = !r->main && !state->asked;
    if (asked) {
        state->asked = c;
    }
    if (!mss_conf_enabled(c)) {
        return;
    }
    /* An internal redirect may lead to where there is one: judged there. */
    if (z && state->entered) {
        enter_again(r, z, state, asked);
    }
    else if (z) {
        enter_first(r, z, state);
    }
    /* The URL that was asked for may have had names where this has none. */
    if (mss_conf_cookies(c) || state->sieve) {
        mss_sieve_request(r, state);
    }
}

int mss_judge_enter(request_rec *r)
{
    if (mss_conf_armed(r->server)
        && mss_state_endpoint(r) == MSS_ENDPOINT_NONE) {
        judge(r, mss_state_view(r));
    }
    return DECLINED;
}

/* Whether r has its headers, and its section, from one that has been judged there:
 * httpd does not check the access again either. */
static bool is_judged_above(const request_rec *r)
{
    const request_rec *above = r->prev ? r->prev : r->main;

    return above && above->per_dir_config == r->per_dir_config
           && mss_state_is_judged(above);
}

int mss_judge_catch_up(request_rec *r)
{
    mss_view *view;

    if (mss_state_is_judged(r) || !mss_conf_armed(r->server)) {
        return DECLINED;
    }
    view = mss_state_view(r);
    if (is_judged_above(r) && !tells_failure(r, view->state)) {
        view->judged = r->per_dir_config;
    }
    else {
        judge(r, view);
    }
    return DECLINED;
}
