/* SPDX-License-Identifier: Apache-2.0 */

#include "dismiss.h"

#include "apr_strings.h"

#include "core/cookies.h"
#include "offer.h"
#include "places.h"
#include "sieve.h"
#include "store.h"

/* Lines of Set-Cookie. */
#define DELETIONS_MAX 32

/* For longer than answers are on their way. */
#define OVERTAKING apr_time_from_sec(60)

/* --- who is first -------------------------------------------------------------------- */

/* Marks have no id, but a time in microseconds. Where two are the same, one of
 * them stays in its browser for longer. */
static mss_key key_of_mark(char what, apr_time_t since)
{
    unsigned char id[MSS_ID_BYTES] = {1, (unsigned char)what};

    memcpy(id + MSS_ID_BYTES - sizeof(since), &since, sizeof(since));
    return mss_store_key(id);
}

static bool is_used(const mss_state *state)
{
    const mss_key key = key_of_mark('m', state->stamp.last);
    mss_record record = {.source = MSS_SOURCE_NONE};

    mss_store_get(&key, &record);
    return record.source == MSS_SOURCE_REVOKED;
}

void mss_dismiss_note(const mss_state *state)
{
    if (state->record.source == MSS_SOURCE_ENDED) {
        const mss_key key = key_of_mark('m', state->stamp.last);

        (void)mss_store_revoke(&key, apr_time_now() + OVERTAKING,
                               MSS_END_RELOGIN);
    }
}

bool mss_dismiss_may(request_rec *r, const mss_state *state)
{
    const mss_headers *h = mss_state_headers(r);

    if (!mss_state_asks_page(r) || mss_kind_is_prefetch(h)) {
        return false;
    }
    if (state->decision.verdict != MSS_REVOKED) {
        return true;
    }
    return state->record.source == MSS_SOURCE_ENDED && !is_used(state);
}

/* --- cookies ------------------------------------------------------------------------- */

/* Whether the answer sets, or deletes, the very cookie. */
static bool is_offered(const apr_array_header_t *offers, const char *name,
                       const mss_place *place)
{
    int i;

    for (i = 0; i < offers->nelts; i++) {
        const mss_offer *o = &APR_ARRAY_IDX(offers, i, mss_offer);

        if (strcmp(o->set.name, name) == 0
            && mss_places_is_same(&o->place, place)) {
            return true;
        }
    }
    return false;
}

/* Where it can be, if that has not been learnt. */
static apr_array_header_t *guess(request_rec *r, const char *name)
{
    apr_array_header_t *places =
        apr_array_make(r->pool, MSS_COOKIES_PREFIXES, sizeof(mss_place));
    const char *path =
        mss_cookies_is_of_host(name) ? "/" : mss_offer_asked_path(r);
    const apr_array_header_t *prefixes = mss_cookies_prefixes(r->pool, path);
    int i;

    for (i = 0; i < prefixes->nelts; i++) {
        APR_ARRAY_PUSH(places, mss_place) =
            (mss_place){APR_ARRAY_IDX(prefixes, i, const char *), NULL};
    }
    return places;
}

static int delete_one(request_rec *r, const char *name,
                      const apr_array_header_t *offers, int left)
{
    const apr_array_header_t *places =
        mss_places_find(r, name, mss_offer_asked_path(r));
    int i;

    if (places->nelts == 0) {
        places = guess(r, name);
    }
    for (i = 0; i < places->nelts && left > 0; i++) {
        const mss_place *place = &APR_ARRAY_IDX(places, i, mss_place);

        if (!is_offered(offers, name, place)) {
            left--;
            apr_table_addn(
                r->err_headers_out, "Set-Cookie",
                mss_cookies_forget(r->pool, name, place->path, place->domain));
        }
    }
    return left;
}

/* Beside one of the same name that passed: where either is, is not known. */
static bool has_twin(const mss_state *state, const char *name)
{
    const apr_array_header_t *bound = state->sieve->bound;
    int i = 0;

    while (i < bound->nelts
           && strcmp(APR_ARRAY_IDX(bound, i, mss_binding).name, name) != 0) {
        i++;
    }
    return i < bound->nelts;
}

void mss_dismiss_cookies(request_rec *r, const mss_state *state,
                         const apr_array_header_t *offers)
{
    const mss_sieve *sieve = state->sieve;
    int left = DELETIONS_MAX;
    int i;

    for (i = 0; sieve && i < sieve->dropped->nelts; i++) {
        const char *name = APR_ARRAY_IDX(sieve->dropped, i, const char *);

        if (mss_cookies_can_name(name)
            && (mss_state_is_over(state) || !has_twin(state, name))) {
            left = delete_one(r, name, offers, left);
        }
    }
}

/* --- what else there is ---------------------------------------------------------------- */

/* The mark that the request came with, or has got. @return false: none */
static bool find_mark(const session_rec *z, const mss_state *state,
                      apr_time_t *since)
{
    const char *text = z ? mss_session_get(z) : NULL;
    mss_stamp mark = state->stamp;

    if (state->record.source != MSS_SOURCE_ENDED
        && !(text && mss_stamp_parse(text, &mark) && mark.ended)) {
        return false;
    }
    *since = mark.last;
    return true;
}

/* Most ends are found by a ping, whose answer is no page's. */
static bool is_first(const session_rec *z, const mss_state *state)
{
    apr_time_t since;
    mss_key key;

    if (!find_mark(z, state, &since)) {
        return state->challenge;
    }
    key = key_of_mark('d', since);
    return mss_store_revoke(&key, apr_time_now() + mss_conf_longest(),
                            MSS_END_LOGOUT);
}

void mss_dismiss_site_data(request_rec *r, const session_rec *z,
                           const mss_state *state)
{
    const char *clear = mss_conf_clear_site_data(mss_conf_of(r));

    if (clear && is_first(z, state)) {
        apr_table_setn(r->headers_out, "Clear-Site-Data", clear);
    }
}
