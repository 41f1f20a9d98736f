/* SPDX-License-Identifier: Apache-2.0 */

#include "sieve.h"

#include "apr_strings.h"

#include "core/cookies.h"
#include "log.h"
#include "track.h"

/* How many values are looked up in the store for one request: more are none of a
 * browser's. */
#define LOOK_UPS_MAX 16

/* Names that are kept, of which the browser is told: as many as a browser has
 * cookies of one site. */
#define DROPPED_MAX 180

typedef struct {
    request_rec *r;
    mss_state *state;
    session_rec *z; /* NULL: nothing is to stay */
    bool took;      /* something out */
} sifting;

static mss_sieve *sieve_of(mss_state *state, apr_pool_t *p)
{
    if (!state->sieve) {
        state->sieve = apr_pcalloc(p, sizeof(*state->sieve));
        state->sieve->bound = apr_array_make(p, 2, sizeof(mss_binding));
        state->sieve->dropped = apr_array_make(p, 2, sizeof(char *));
    }
    return state->sieve;
}

/* The same request comes by several times. */
static bool was_bound(const mss_sieve *sieve, const mss_cookies_pair *pair)
{
    int i;

    for (i = 0; i < sieve->bound->nelts; i++) {
        const mss_binding *b = &APR_ARRAY_IDX(sieve->bound, i, mss_binding);

        if (strcmp(b->name, pair->name) == 0
            && strcmp(b->value, pair->value) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_bound(sifting *s, const mss_cookies_pair *pair)
{
    mss_sieve *sieve = s->state->sieve;
    mss_binding b;

    if (was_bound(sieve, pair)) {
        return true;
    }
    if (sieve->asked >= LOOK_UPS_MAX) {
        return false;
    }
    sieve->asked++;
    b = mss_binding_make(mss_state_top(s->r)->pool, s->state, pair->name,
                         pair->value);
    if (!mss_binding_is_known(s->z, &b)) {
        return false;
    }
    APR_ARRAY_PUSH(sieve->bound, mss_binding) = b;
    return true;
}

static void note_dropped(sifting *s, const mss_cookies_pair *pair)
{
    apr_array_header_t *dropped = s->state->sieve->dropped;
    int i = 0;

    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, s->r,
                  "the cookie %s is not passed on: it %s", pair->name,
                  !pair->value ? "stands in the value of another one"
                  : s->z       ? "was not set in this session"
                               : "belongs to no session that lasts");
    while (i < dropped->nelts
           && strcmp(APR_ARRAY_IDX(dropped, i, const char *), pair->name)
                  != 0) {
        i++;
    }
    if (i == dropped->nelts && i < DROPPED_MAX && pair->value) {
        APR_ARRAY_PUSH(dropped, const char *) =
            apr_pstrdup(dropped->pool, pair->name);
    }
}

static bool may_stay(void *data, const mss_cookies_pair *pair)
{
    sifting *s = data;
    const session_rec *own = mss_state_view(s->r)->session;

    /* A pattern that mod_session's own cookie matches, too. */
    if (pair->value && own && mss_session_is_in(s->r, own, pair->name)) {
        return true;
    }
    if (s->z && pair->value && is_bound(s, pair)) {
        return true;
    }
    note_dropped(s, pair);
    s->took = true;
    return false;
}

/* @param z whose cookies stay, or NULL
 * @return whether something was taken out */
static bool sift(request_rec *r, mss_state *state, session_rec *z)
{
    const char *header = apr_table_getm(r->pool, r->headers_in, "Cookie");
    sifting s = {r, state, z, false};
    const char *kept;

    if (!header) {
        return false;
    }
    (void)sieve_of(state, mss_state_top(r)->pool);
    /* What is bound outlives a subrequest. */
    kept = mss_cookies_sift(mss_state_top(r)->pool, header,
                            mss_state_cookies(r), may_stay, &s);
    if (!kept) {
        apr_table_unset(r->headers_in, "Cookie");
    }
    else if (kept != header) {
        apr_table_setn(r->headers_in, "Cookie", kept);
    }
    if (s.took) {
        /* A page with <!--#include has it, and what it includes inherits it. */
        apr_table_unset(r->subprocess_env, "HTTP_COOKIE");
    }
    return s.took;
}

void mss_sieve_request(request_rec *r, mss_state *state)
{
    session_rec *z = mss_track_load(r);
    const bool live = z && state->decision.verdict == MSS_LIVE;

    const bool took = sift(r, state, live ? z : NULL);

    /* An internal redirect may lead to where there is one. */
    if (state->sieve) {
        state->sieve->unprotected = !z && (took || state->sieve->unprotected);
    }
}

bool mss_sieve_found(const mss_state *state)
{
    const mss_sieve *sieve = state->sieve;

    return sieve
           && (sieve->unprotected
               || (sieve->bound->nelts > 0
                   && state->decision.verdict == MSS_LIVE));
}

void mss_sieve_touch(const mss_state *state)
{
    const mss_sieve *sieve = state->sieve;
    int i;

    for (i = 0; sieve && i < sieve->bound->nelts; i++) {
        const mss_binding *b = &APR_ARRAY_IDX(sieve->bound, i, mss_binding);

        if (b->in_store) {
            mss_binding_touch(state, b);
        }
    }
}

/* The same cookies, for the id that the session has now. */
static void bind_again(request_rec *r, session_rec *z, mss_state *state)
{
    apr_array_header_t *bound = state->sieve->bound;
    int i;

    for (i = 0; i < bound->nelts; i++) {
        mss_binding *b = &APR_ARRAY_IDX(bound, i, mss_binding);

        *b = mss_binding_make(bound->pool, state, b->name, b->value);
    }
    mss_binding_note(r, z, state, bound, true);
}

void mss_sieve_renew(request_rec *r, session_rec *z, mss_state *state,
                     bool keep)
{
    if (keep && state->sieve) {
        bind_again(r, z, state);
        return;
    }
    mss_session_set_bound(z, NULL);
    if (state->sieve) {
        apr_array_clear(state->sieve->bound);
    }
    if (mss_state_cookies(r)) {
        (void)sift(r, state, NULL);
    }
}
