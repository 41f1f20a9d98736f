/* SPDX-License-Identifier: Apache-2.0 */

#include "state.h"

#include "core/limits.h"
#include "log.h"
#include "rules.h"

request_rec *mss_state_top(request_rec *r)
{
    while (r->prev || r->main) {
        r = r->prev ? r->prev : r->main;
    }
    return r;
}

static mss_view *view_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &session_security_module);
}

mss_state *mss_state_peek(request_rec *r)
{
    const mss_view *view = view_of(r);

    while (!view && (r->prev || r->main)) {
        r = r->prev ? r->prev : r->main;
        view = view_of(r);
    }
    return view ? view->state : NULL;
}

static mss_view *make_view(request_rec *r, mss_state *state)
{
    mss_view *view = apr_pcalloc(r->pool, sizeof(*view));

    view->state = state;
    ap_set_module_config(r->request_config, &session_security_module, view);
    return view;
}

mss_view *mss_state_view(request_rec *r)
{
    mss_view *view = view_of(r);
    request_rec *top;
    mss_state *state;

    if (view) {
        return view;
    }
    state = mss_state_peek(r);
    if (state) {
        return make_view(r, state);
    }
    top = mss_state_top(r);
    state = apr_pcalloc(top->pool, sizeof(*state));
    view = make_view(top, state);
    return r == top ? view : make_view(r, state);
}

bool mss_state_is_judged(const request_rec *r)
{
    const mss_view *view = view_of(r);

    return view && view->judged == r->per_dir_config;
}

const char *mss_state_user(const request_rec *r)
{
    const mss_view *view = view_of(r);

    return view && view->admission == MSS_ADMISSION_ASKED ? NULL : r->user;
}

mss_endpoint mss_state_endpoint(const request_rec *r)
{
    const mss_view *view = view_of(r);

    return view ? view->endpoint : MSS_ENDPOINT_NONE;
}

mss_state *mss_state_get(request_rec *r)
{
    const mss_view *view = view_of(r);

    return (view ? view : mss_state_view(r))->state;
}

bool mss_state_is_clients(request_rec *r, const mss_state *state)
{
    return !r->main || state == mss_state_peek(mss_state_top(r));
}

const mss_headers *mss_state_headers(request_rec *r)
{
    mss_state *state = mss_state_get(r);

    if (!state->headers_known) {
        mss_kind_read(&state->headers, mss_state_top(r)->headers_in);
        state->is_page = mss_kind_is_page(&state->headers);
        state->headers_known = true;
    }
    return &state->headers;
}

bool mss_state_asks_page(request_rec *r)
{
    mss_state *state = mss_state_get(r);

    if (!state->headers_known) {
        (void)mss_state_headers(r);
    }
    return state->is_page;
}

bool mss_state_browses(request_rec *r)
{
    return (r->method_number == M_GET || r->method_number == M_POST)
           && mss_state_asks_page(r);
}

/* That of the URL that the client asked for, if it is On there and r is in another
 * section by now: by r->prev, or without it (ap_internal_fast_redirect). */
static const mss_conf *asked_of(const request_rec *r, const mss_state *state)
{
    const mss_conf *c = state ? state->asked : NULL;

    return c && c != mss_conf_of(r) && mss_conf_enabled(c) ? c : NULL;
}

mss_limits mss_state_limits(const request_rec *r, const mss_state *state)
{
    const mss_limits limits = mss_rules_limits(mss_conf_of(r), state->choice);
    const mss_conf *asked = asked_of(r, state);

    return asked ? mss_limits_strictest(limits,
                                        mss_rules_limits(asked, state->choice))
                 : limits;
}

const apr_array_header_t *mss_state_cookies(request_rec *r)
{
    const mss_conf *asked = asked_of(r, mss_state_peek(r));
    const apr_array_header_t *here = mss_conf_cookies(mss_conf_of(r));
    const apr_array_header_t *there = asked ? mss_conf_cookies(asked) : NULL;

    if (!here || !there || here == there) {
        return here ? here : there;
    }
    return apr_array_append(r->pool, here, there);
}

bool mss_state_injects(const request_rec *r, const mss_state *state)
{
    const mss_conf *asked = asked_of(r, state);

    return mss_conf_inject(mss_conf_of(r))
           && (!asked || mss_conf_inject(asked));
}

void mss_state_choose(request_rec *r, mss_state *state)
{
    const mss_conf *c = mss_conf_of(r);

    if (mss_rules_exist(c) && mss_state_user(r) == r->user) {
        state->choice = mss_rules_choose(r, c);
    }
}

bool mss_state_was_asked(const mss_state *state, mss_asked what)
{
    return state->record.source == MSS_SOURCE_ENDED
           && state->stamp.asked == what;
}

bool mss_state_goes_on(const mss_state *state)
{
    return state->record.source == MSS_SOURCE_STORE
           || state->record.source == MSS_SOURCE_COPY;
}

bool mss_state_is_over(const mss_state *state)
{
    return state->decision.verdict == MSS_EXPIRED
           || state->decision.verdict == MSS_REVOKED;
}
