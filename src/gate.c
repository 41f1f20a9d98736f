/* SPDX-License-Identifier: Apache-2.0 */

#include "gate.h"

#include "http_core.h"
#include "http_protocol.h"

#include "admission.h"
#include "attempt.h"
#include "config.h"
#include "endpage.h"
#include "mark.h"
#include "reply.h"
#include "session.h"
#include "track.h"

/* Longer than a browser takes, and shorter than a person. */
#define AT_ONCE apr_time_from_sec(2)
/* Shorter than a person takes to press Enter. */
#define PREFILLED apr_time_from_sec(1)

/* --- who asks for the login ------------------------------------------------------- */

static bool is_type(const char *type, const char *name)
{
    return ap_cstr_casecmp(type, name) == 0;
}

/* Whether the browser is asked for a password, by its own prompt. */
static bool is_prompted(request_rec *r)
{
    const char *type = ap_auth_type(r);

    return type && (is_type(type, "Basic") || is_type(type, "Digest"));
}

/* Whether the client's request carries one: the browser resends it without its
 * user. What another module has made up (FakeBasicAuth) is none. */
static bool resends_credentials(request_rec *r)
{
    return is_prompted(r) && apr_table_get(r->headers_in, "Authorization")
           && !mss_state_get(r)->without_password;
}

/* Whether another module will authenticate, which may not ask the user. */
static bool is_sign_on(request_rec *r)
{
    const char *type = ap_auth_type(r);

    return type && !is_type(type, "None") && !is_type(type, "form")
           && !is_prompted(r);
}

/* Whether a password that comes now has been typed. Browsers drop theirs with a
 * 401 to a request that had it; to one that had none they repeat the request at
 * once with what they remember, and ask nobody. A page comes first, and begins
 * the session: what else has the mark would get in without one, for ever. */
static bool was_prompted(request_rec *r, const mss_state *state)
{
    return mss_state_asks_page(r)
           && (mss_mark_asks(r, state, MSS_ASKED_PASSWORD)
               || (mss_mark_asks(r, state, MSS_ASKED_UNPROVOKED)
                   && apr_time_now() - state->stamp.last > AT_ONCE));
}

/* By mod_auth_form: in this request, or in one that this session is from. */
static bool by_form(const session_rec *z, const mss_state *state)
{
    mss_user login;

    return mss_session_user(&state->logins)
           || mss_session_login(z, &state->logins, &login) == MSS_LOGIN_NEW;
}

/* --- what a refused request gets -------------------------------------------------- */

static void mark(request_rec *r, mss_state *state, mss_asked asked)
{
    session_rec *z = mss_track_load(r);

    if (z) {
        mss_mark_put(r, z, state, asked);
    }
}

/* Whether the page that a password has been typed for may be under way. As far as
 * the mark tells: nobody types at once, and a page that is given up leaves a
 * password behind that should not be kept for longer than a session. */
static bool may_be_typed(request_rec *r, const mss_state *state)
{
    const apr_interval_time_t age = apr_time_now() - state->stamp.last;

    return age < mss_state_limits(r, state).expire_after
           && ((mss_mark_asks(r, state, MSS_ASKED_PASSWORD) && age > PREFILLED)
               || (mss_mark_asks(r, state, MSS_ASKED_UNPROVOKED)
                   && age > AT_ONCE));
}

/* For what is no page: at a 401 Chromium would forget the password, typed or not
 * (net/http/http_auth_controller.cc), and ask for it again. */
static int refusal(request_rec *r, const mss_state *state)
{
    return resends_credentials(r) && may_be_typed(r, state) ? HTTP_FORBIDDEN
                                                            : HTTP_UNAUTHORIZED;
}

/* Credentials that do not count any more, or none. The answer to a page asks for
 * them, and carries the mark: what comes with that has been given by a person
 * since. To what is no page a challenge would be a prompt for each image. */
static int challenge(request_rec *r, mss_state *state)
{
    if (!mss_state_asks_page(r)) {
        return refusal(r, state);
    }
    mark(r, state, MSS_ASKED_PASSWORD);
    ap_note_auth_failure(r);
    mss_endpage_offer(r, state->decision.reason, true);
    return HTTP_UNAUTHORIZED;
}

/* What has a button, where there is somebody to click. */
static int show(request_rec *r, const mss_state *state)
{
    if (r->main) {
        return HTTP_UNAUTHORIZED;
    }
    if (mss_kind_is_script(mss_state_headers(r))) {
        return mss_reply_expired(r, HTTP_UNAUTHORIZED, state->decision.reason);
    }
    return mss_state_asks_page(r)
               ? mss_endpage_answer(r, state->decision.reason)
               : HTTP_UNAUTHORIZED;
}

/* What needs no person to log in: not before one has clicked. */
static int hold(request_rec *r, mss_state *state)
{
    /* Once: the mark of a tab must not overwrite the login of another. A
     * visitor's would not last until somebody clicks. */
    if (!r->main && mss_state_asks_page(r)
        && (state->record.source != MSS_SOURCE_ENDED
            || mss_state_was_asked(state, MSS_ASKED_NEEDLESS))) {
        mark(r, state, MSS_ASKED_NONE);
    }
    return show(r, state);
}

/* The same where a visitor's session has begun meanwhile. */
static int ask_first(request_rec *r, session_rec *z, mss_state *state)
{
    if (!resends_credentials(r)) {
        return show(r, state);
    }
    if (mss_state_asks_page(r)) {
        mss_track_settle(r, z, state, MSS_ASKED_PASSWORD);
        ap_note_auth_failure(r);
    }
    return HTTP_UNAUTHORIZED;
}

int mss_gate_refuse(request_rec *r, session_rec *z, mss_state *state)
{
    mss_admission_withdraw(r);
    if (!mss_state_is_over(state)) {
        return ask_first(r, z, state);
    }
    return resends_credentials(r) ? challenge(r, state) : hold(r, state);
}

/* --- in place of authentication --------------------------------------------------- */

/* The answer to the challenge that came with the mark. */
static bool brings_password(request_rec *r, const mss_state *state)
{
    return resends_credentials(r) && was_prompted(r, state);
}

static int refuse_script(request_rec *r, mss_state *state)
{
    if (brings_password(r, state)) {
        return DECLINED;
    }
    if (mss_attempt_is_possible(r)) {
        return mss_attempt_login(r, state);
    }
    return r->main ? HTTP_UNAUTHORIZED
                   : mss_reply_expired(r, refusal(r, state),
                                       state->decision.reason);
}

static bool was_asked_for_password(request_rec *r, const mss_state *state)
{
    return mss_mark_asks(r, state, MSS_ASKED_PASSWORD)
           || mss_mark_asks(r, state, MSS_ASKED_UNPROVOKED);
}

static bool lacks_click(request_rec *r, const mss_state *state)
{
    if (mss_state_is_over(state)) {
        return !mss_state_was_asked(state, MSS_ASKED_CLICK);
    }
    return state->decision.verdict == MSS_LIVE && mss_track_is_nobodys(state)
           && !mss_track_is_visitors(state)
           && !mss_track_is_settled(r, state, MSS_ASKED_CLICK);
}

int mss_gate_authenticate(request_rec *r)
{
    mss_state *state = mss_state_peek(r);
    bool is_page;

    if (!state || !mss_conf_enabled(mss_conf_of(r)) || state->trying) {
        return DECLINED;
    }
    /* Here, so that nobody is sent to log in elsewhere before the click. */
    if (is_sign_on(r) && lacks_click(r, state)) {
        return mss_state_is_over(state) ? hold(r, state) : show(r, state);
    }
    if (!mss_state_is_over(state)) {
        return DECLINED;
    }
    if (mss_kind_is_script(mss_state_headers(r))) {
        return refuse_script(r, state);
    }
    is_page = mss_state_asks_page(r);
    if (is_prompted(r) && !brings_password(r, state)
        && (!is_page || resends_credentials(r))) {
        return challenge(r, state);
    }
    if (is_page) {
        if (is_prompted(r) && !was_asked_for_password(r, state)) {
            mark(r, state, MSS_ASKED_UNPROVOKED);
        }
        mss_endpage_offer(r, state->decision.reason, is_prompted(r));
    }
    return DECLINED;
}

/* --- after it --------------------------------------------------------------------- */

/* Whether he has logged in since the end. */
static bool is_open(request_rec *r, const session_rec *z,
                    const mss_state *state)
{
    if (resends_credentials(r)) {
        return was_prompted(r, state);
    }
    return by_form(z, state) || mss_state_was_asked(state, MSS_ASKED_CLICK);
}

/* Whether he may take a visitor's session over. */
static bool lets_over(request_rec *r, const session_rec *z,
                      const mss_state *state)
{
    mss_user login;

    return mss_track_is_visitors(state)
           || mss_session_login(z, &state->logins, &login) == MSS_LOGIN_NEW
           || mss_track_is_settled(r, state,
                                   resends_credentials(r) ? MSS_ASKED_PASSWORD
                                                          : MSS_ASKED_CLICK);
}

bool mss_gate_holds(request_rec *r, const session_rec *z,
                    const mss_state *state)
{
    if (mss_state_is_over(state)) {
        return !is_open(r, z, state);
    }
    return mss_state_user(r) && state->decision.verdict == MSS_LIVE
           && mss_track_is_nobodys(state) && !lets_over(r, z, state);
}

int mss_gate_admit(request_rec *r)
{
    mss_state *state = mss_state_peek(r);
    session_rec *z;

    if (!mss_state_user(r) || r->main || !state
        || mss_state_endpoint(r) != MSS_ENDPOINT_NONE
        || !mss_conf_enabled(mss_conf_of(r))) {
        return DECLINED;
    }
    z = mss_track_load(r);
    return z && mss_gate_holds(r, z, state) ? mss_gate_refuse(r, z, state)
                                            : DECLINED;
}

/* Clients without cookies bring their password or certificate with each
 * request, and would get a session for each: only a page begins one then. */
bool mss_gate_may_begin(request_rec *r, const session_rec *z,
                        const mss_state *state)
{
    return by_form(z, state) || mss_state_browses(r)
           || (!resends_credentials(r)
               && apr_table_get(r->headers_in, "Cookie"));
}
