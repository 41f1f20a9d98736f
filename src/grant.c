/* SPDX-License-Identifier: Apache-2.0 */

#include "grant.h"

#include "admission.h"
#include "dismiss.h"
#include "log.h"
#include "mark.h"
#include "offer.h"
#include "places.h"
#include "recheck.h"
#include "rules.h"
#include "sieve.h"
#include "track.h"

typedef struct {
    request_rec *r;
    session_rec *z; /* NULL: none */
    mss_state *state;
    const apr_array_header_t *offers;
} answer;

/* --- the session that they are bound to -------------------------------------------- */

/* Also one who was refused. */
static bool has_user(const answer *a)
{
    return mss_state_user(a->r) || mss_admission_was_withdrawn(a->r);
}

/* Whether a user's session ended before, or one comes with a session that is
 * over, and nobody has asked the person since for what comes by itself. */
static bool is_pending(const answer *a)
{
    switch (a->state->record.source) {
    case MSS_SOURCE_REVOKED:
        return has_user(a) || !mss_track_is_visitors(a->state);
    case MSS_SOURCE_ENDED:
        return !mss_state_was_asked(a->state, MSS_ASKED_CLICK)
               && (has_user(a)
                   || !mss_state_was_asked(a->state, MSS_ASKED_NEEDLESS));
    default:
        return false;
    }
}

/* What is begun meanwhile remembers that. */
static mss_owner owner_of(const answer *a)
{
    if (is_pending(a)) {
        return mss_track_nobody_yet;
    }
    if (mss_state_user(a->r)) {
        return mss_track_owner(a->r);
    }
    return mss_state_was_asked(a->state, MSS_ASKED_CLICK)
               ? mss_track_nobody_clicked
               : mss_track_nobody;
}

/* A program that is no browser logs in again: neither its kind of request nor
 * its headers are those of a page's image or poll. */
static bool is_program(request_rec *r)
{
    const mss_headers *h = mss_state_headers(r);

    return r->method_number == M_POST && !h->fetch_mode
           && !mss_kind_is_script(h);
}

/* An image or a poll of a page whose session is over must not begin the next
 * one: meanwhile its browser may have logged in again. Nor do clients begin one
 * that send a password with each request. */
static bool may_begin(const answer *a)
{
    if (mss_state_browses(a->r)) {
        return true;
    }
    return !has_user(a) && (!mss_state_is_over(a->state) || is_program(a->r));
}

static bool begin(const answer *a)
{
    const mss_conf *c = mss_conf_of(a->r);
    const mss_owner owner = owner_of(a);
    mss_limits limits;

    if (!may_begin(a)) {
        return false;
    }
    mss_dismiss_note(a->state);
    if (is_pending(a)) {
        mss_mark_retire(a->z, a->state);
    }
    if (!mss_track_begin(a->r, a->z, a->state, &owner)) {
        return false;
    }
    mss_session_set_bound(a->z, NULL);
    mss_session_keep_saved(a->z);
    if (a->state->sieve) {
        apr_array_clear(a->state->sieve->bound);
    }
    mss_state_choose(a->r, a->state);
    mss_track_keep_choice(a->state);
    limits = mss_rules_limits(c, a->state->choice);
    mss_track_decide(a->r, a->state, &limits, MSS_KIND_PASSIVE,
                     MSS_IDLE_UNKNOWN);
    a->state->stamped = true;
    return true;
}

/* Whether there is a session that cookies can be bound to. */
static bool has_session(const answer *a)
{
    if (!a->z || !a->state->entered) {
        return false;
    }
    if (!mss_state_goes_on(a->state)) {
        return begin(a);
    }
    /* Ended by another request, whose answer may have led to a new login. */
    return !mss_recheck_is_revoked(a->state);
}

/* What the request has brought under that name, and no other value beside it:
 * cookies with other paths can have the same. */
static const mss_binding *find_brought(const answer *a, const char *name,
                                       int *count)
{
    const apr_array_header_t *bound = a->state->sieve->bound;
    const mss_binding *found = NULL;
    int i;

    for (i = *count = 0; i < bound->nelts; i++) {
        const mss_binding *b = &APR_ARRAY_IDX(bound, i, mss_binding);

        if (strcmp(b->name, name) == 0) {
            found = b;
            ++*count;
        }
    }
    return found;
}

static mss_binding tie(const answer *a, const mss_offer *o)
{
    mss_binding b =
        mss_binding_make(a->r->pool, a->state, o->set.name, o->set.value);
    const mss_binding *before = NULL;
    int count = 0;

    if (a->state->sieve) {
        before = find_brought(a, b.name, &count);
    }
    b.renews = count > 0;
    if (count == 1 && strcmp(before->value, b.value) != 0) {
        b.replaces = &before->key;
    }
    return b;
}

static void bind_all(const answer *a)
{
    apr_array_header_t *all =
        apr_array_make(a->r->pool, 4, sizeof(mss_binding));
    int i;

    for (i = 0; i < a->offers->nelts; i++) {
        const mss_offer *o = &APR_ARRAY_IDX(a->offers, i, mss_offer);

        if (!o->set.deletes) {
            APR_ARRAY_PUSH(all, mss_binding) = tie(a, o);
            mss_places_learn(a->r->server, o->set.name, &o->place);
        }
    }
    mss_binding_note(a->r, a->z, a->state, all, false);
    if (!a->state->stamped) {
        a->state->stamped = true;
        (void)mss_track_move(a->r, a->z, a->state);
    }
    a->state->tracked = true;
}

static bool is_offered(const answer *a, const char *name)
{
    int i = 0;

    while (i < a->offers->nelts
           && strcmp(APR_ARRAY_IDX(a->offers, i, mss_offer).set.name, name)
                  != 0) {
        i++;
    }
    return i < a->offers->nelts;
}

/* An answer with another value may not have arrived: what is in use still must not
 * be the first to give way. */
static void keep_brought(const answer *a)
{
    const apr_array_header_t *bound = a->state->sieve->bound;
    int i;

    if (a->z->dirty) {
        mss_binding_keep(a->z, bound);
    }
    for (i = 0; i < bound->nelts; i++) {
        const mss_binding *b = &APR_ARRAY_IDX(bound, i, mss_binding);

        if (b->replaced && !is_offered(a, b->name)) {
            (void)mss_binding_touch(a->state, b);
        }
    }
}

/* --- the application's logout ------------------------------------------------------- */

/* Applications also clear away what they have set elsewhere in the past. */
static bool reaches(const answer *a, const mss_offer *o)
{
    const apr_array_header_t *places =
        mss_places_find(a->r, o->set.name, mss_offer_asked_path(a->r));
    int i;

    for (i = 0; i < places->nelts; i++) {
        if (mss_places_is_same(&o->place,
                               &APR_ARRAY_IDX(places, i, mss_place))) {
            return true;
        }
    }
    return places->nelts == 0;
}

static bool is_deleted(const answer *a, const char *name)
{
    int i;

    for (i = 0; i < a->offers->nelts; i++) {
        const mss_offer *o = &APR_ARRAY_IDX(a->offers, i, mss_offer);

        if (o->set.deletes && strcmp(o->set.name, name) == 0 && reaches(a, o)) {
            return true;
        }
    }
    return false;
}

/* Whether the last cookie of a visitor goes whom only cookies let in. */
static bool is_logout(const answer *a)
{
    const mss_sieve *sieve = a->state->sieve;
    int i;

    if (mss_state_user(a->r) || !a->state->tracked
        || !mss_state_goes_on(a->state) || !mss_track_is_nobodys(a->state)) {
        return false;
    }
    for (i = 0; sieve && i < sieve->bound->nelts; i++) {
        if (!is_deleted(a, APR_ARRAY_IDX(sieve->bound, i, mss_binding).name)) {
            return false;
        }
    }
    return sieve && sieve->bound->nelts > 0;
}

/* Without the mark: a page without page loads would have its next login
 * refused. */
static void log_out(const answer *a)
{
    mss_track_finish(a->r, a->z, a->state, MSS_END_LOGOUT);
    mss_mark_lift(a->z);
    a->state->tracked = false;
}

/* --- all of it ----------------------------------------------------------------------- */

static void refuse(const answer *a)
{
    if (a->z) {
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, a->r,
                      "the application's cookie is not passed on: this answer "
                      "can begin no session");
    }
    else {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, a->r,
                      "MSS0040: the application's cookie is not passed on: %s "
                      "is in a section with SessionSecurityCookies, but "
                      "has no session; add 'Session On' and "
                      "'SessionCookieName httpd_session path=/', and "
                      "'SessionCryptoPassphrase' to encrypt it",
                      a->r->uri);
    }
    mss_offer_withdraw(a->r, a->z);
}

static bool sets_any(const answer *a)
{
    int i = 0;

    while (i < a->offers->nelts
           && APR_ARRAY_IDX(a->offers, i, mss_offer).set.deletes) {
        i++;
    }
    return i < a->offers->nelts;
}

void mss_grant_answer(request_rec *r, session_rec *z, mss_state *state)
{
    answer a = {r, z, state, mss_offer_all(r, z)};
    const bool sets = sets_any(&a);
    const bool dismisses =
        z
        && (mss_state_is_over(state)
            || (state->sieve && state->sieve->dropped->nelts > 0))
        && mss_dismiss_may(r, state);

    if (z && state->tracked && state->sieve) {
        keep_brought(&a);
    }
    if (sets && has_session(&a)) {
        bind_all(&a);
    }
    else if (sets) {
        refuse(&a);
    }
    else if (z && is_logout(&a)) {
        log_out(&a);
    }
    if (dismisses) {
        mss_dismiss_cookies(r, state, a.offers);
    }
    if (dismisses && !mss_state_goes_on(state)) {
        mss_mark_lift(z);
    }
}
