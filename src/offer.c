/* SPDX-License-Identifier: Apache-2.0 */

#include "offer.h"

#include "apr_strings.h"

#include "config.h"
#include "state.h"

typedef struct {
    request_rec *r;
    const session_rec *z;
    const apr_array_header_t *names;
    apr_array_header_t *offers;
} collection;

const char *mss_offer_asked_path(request_rec *r)
{
    const char *path = mss_state_top(r)->parsed_uri.path;

    return path ? path : "/";
}

static int add(void *v, const char *key, const char *line)
{
    const collection *c = v;
    apr_pool_t *p = c->r->pool;
    mss_offer o = {.line = line,
                   .set = mss_cookies_read(p, line, apr_time_now())};

    (void)key;
    if (!mss_cookies_is_any(c->names, o.set.name)
        || (c->z && mss_session_is_in(c->r, c->z, o.set.name))) {
        return 1;
    }
    o.place = (mss_place){o.set.path, o.set.domain};
    if (!o.place.path) {
        o.place.path = mss_cookies_default_path(p, mss_offer_asked_path(c->r));
    }
    APR_ARRAY_PUSH(c->offers, mss_offer) = o;
    return 1;
}

/* In the order in which httpd sends them. */
static apr_array_header_t *collect(request_rec *r, const session_rec *z)
{
    collection c = {r, z, mss_state_cookies(r),
                    apr_array_make(r->pool, 2, sizeof(mss_offer))};

    apr_table_do(add, &c, r->err_headers_out, "Set-Cookie", NULL);
    apr_table_do(add, &c, r->headers_out, "Set-Cookie", NULL);
    return c.offers;
}

/* RFC 6265, 5.3. */
static bool is_replaced(const apr_array_header_t *offers, int n)
{
    const mss_offer *o = &APR_ARRAY_IDX(offers, n, mss_offer);
    int i;

    for (i = n + 1; i < offers->nelts; i++) {
        const mss_offer *later = &APR_ARRAY_IDX(offers, i, mss_offer);

        if (strcmp(o->set.name, later->set.name) == 0
            && mss_places_is_same(&o->place, &later->place)) {
            return true;
        }
    }
    return false;
}

apr_array_header_t *mss_offer_all(request_rec *r, const session_rec *z)
{
    const apr_array_header_t *offers = collect(r, z);
    apr_array_header_t *last = apr_array_make(r->pool, 2, sizeof(mss_offer));
    int i;

    for (i = 0; i < offers->nelts; i++) {
        if (!is_replaced(offers, i)) {
            APR_ARRAY_PUSH(last, mss_offer) =
                APR_ARRAY_IDX(offers, i, mss_offer);
        }
    }
    return last;
}

static bool is_withdrawn(const apr_array_header_t *offers, const char *line)
{
    int i;

    for (i = 0; i < offers->nelts; i++) {
        const mss_offer *o = &APR_ARRAY_IDX(offers, i, mss_offer);

        if (o->line == line && !o->set.deletes) {
            return true;
        }
    }
    return false;
}

static void withdraw(apr_pool_t *p, apr_table_t *headers,
                     const apr_array_header_t *offers)
{
    const apr_array_header_t *all = apr_array_copy(p, apr_table_elts(headers));
    int i;

    apr_table_unset(headers, "Set-Cookie");
    for (i = 0; i < all->nelts; i++) {
        const apr_table_entry_t *e = &APR_ARRAY_IDX(all, i, apr_table_entry_t);

        if (ap_cstr_casecmp(e->key, "Set-Cookie") == 0
            && !is_withdrawn(offers, e->val)) {
            apr_table_addn(headers, e->key, e->val);
        }
    }
}

void mss_offer_withdraw(request_rec *r, const session_rec *z)
{
    const apr_array_header_t *offers = collect(r, z);

    withdraw(r->pool, r->headers_out, offers);
    withdraw(r->pool, r->err_headers_out, offers);
}
