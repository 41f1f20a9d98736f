/* SPDX-License-Identifier: Apache-2.0 */

#include "unpack.h"

#include "apr_cstr.h"
#include "util_filter.h"

#include "core/header.h"
#include "page.h"

typedef struct {
    const char *asked;       /* to be put back */
    apr_bucket_brigade *out; /* NULL: nothing is decoded */
} unpacking;

static ap_filter_rec_t *unpack_handle;
static ap_filter_rec_t *inflate_handle; /* NULL: no mod_deflate */

/* mod_deflate's INFLATE works on the client's own request alone. */
static bool can_inflate(const request_rec *r)
{
    return inflate_handle && !r->prev && !r->main;
}

static bool is_gzip(const char *encoding)
{
    return encoding
           && (!apr_cstr_casecmp(encoding, "gzip")
               || !apr_cstr_casecmp(encoding, "x-gzip"));
}

static apr_status_t step_aside(ap_filter_t *f, apr_bucket_brigade *bb)
{
    f->ctx = NULL; /* what a subrequest has to say may come by here even so */
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

/* --- to INFLATE ------------------------------------------------------------------- */

static apr_status_t send_out(ap_filter_t *f, unpacking *u, bool flush)
{
    apr_status_t rv;

    if (flush) {
        APR_BRIGADE_INSERT_TAIL(u->out,
                                apr_bucket_flush_create(f->c->bucket_alloc));
    }
    rv = ap_pass_brigade(f->next, u->out);
    apr_brigade_cleanup(u->out);
    if (rv != APR_SUCCESS) {
        /* INFLATE has kept the end to itself. Whoever waits for it sees that
         * the page is broken when the connection is closed. */
        f->c->keepalive = AP_CONN_CLOSE;
    }
    return rv;
}

/* INFLATE waits for all that a bucket will have, and a pipe's or a socket's has
 * the rest of the page. @return when there is something to read in it */
static apr_status_t wait_for(ap_filter_t *f, unpacking *u, apr_bucket *e)
{
    const char *data;
    apr_size_t n;
    apr_status_t rv = apr_bucket_read(e, &data, &n, APR_NONBLOCK_READ);

    if (APR_STATUS_IS_EAGAIN(rv)) {
        rv = send_out(f, u, true);
        if (rv == APR_SUCCESS) {
            rv = apr_bucket_read(e, &data, &n, APR_BLOCK_READ);
        }
    }
    return rv;
}

static apr_status_t feed(ap_filter_t *f, unpacking *u, apr_bucket_brigade *bb)
{
    while (!APR_BRIGADE_EMPTY(bb)) {
        apr_bucket *e = APR_BRIGADE_FIRST(bb);
        const bool is_endless = e->length == (apr_size_t)-1;
        apr_status_t rv = is_endless ? wait_for(f, u, e) : APR_SUCCESS;

        if (rv == APR_SUCCESS) {
            APR_BUCKET_REMOVE(e);
            APR_BRIGADE_INSERT_TAIL(u->out, e);
            /* So that no more than one reading is kept. */
            rv = is_endless ? send_out(f, u, false) : APR_SUCCESS;
        }
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    return send_out(f, u, false);
}

/* --- the filter ------------------------------------------------------------------- */

static bool has_body(const request_rec *r, const apr_bucket_brigade *bb)
{
    return !r->header_only && !APR_BRIGADE_EMPTY(bb)
           && !APR_BUCKET_IS_EOS(APR_BRIGADE_FIRST(bb));
}

/* The first of all filters, so that those between see text, too. HEAD has
 * nothing to decode, but the same headers. */
static apr_status_t unpack_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    request_rec *r = f->r;
    unpacking *u = f->ctx;

    if (!u) { /* named in httpd.conf */
        return step_aside(f, bb);
    }
    if (u->out) {
        return feed(f, u, bb);
    }
    if (u->asked) {
        apr_table_setn(r->headers_in, "Accept-Encoding", u->asked);
    }
    if (!can_inflate(r) || !is_gzip(mss_page_encoding(r)) || mss_page_unfit(r)
        || mss_page_is_fixed(r)) {
        return step_aside(f, bb);
    }
    if (!has_body(r, bb)) {
        if (r->header_only) {
            mss_page_unset_encoding(r);
        }
        return step_aside(f, bb);
    }
    ap_add_output_filter_handle(inflate_handle, NULL, r, r->connection);
    u->out = apr_brigade_create(r->pool, f->c->bucket_alloc);
    return feed(f, u, bb);
}

/* A page compressed by br or zstd could not get the element. The filter puts
 * the browser's own list back for mod_deflate and mod_brotli, which compress
 * the page with the element in it. */
void mss_unpack_insert(request_rec *r, const char *asked)
{
    unpacking *u = apr_pcalloc(r->pool, sizeof(*u));

    u->asked = asked;
    if (asked) {
        apr_table_setn(r->headers_in, "Accept-Encoding",
                       can_inflate(r) && mss_header_accepts_gzip(asked)
                           ? "gzip"
                           : "identity");
    }
    ap_add_output_filter_handle(unpack_handle, u, r, r->connection);
}

void mss_unpack_init(void)
{
    inflate_handle = ap_get_output_filter_handle("INFLATE");
}

/* INFLATE is at AP_FTYPE_RESOURCE - 1. */
void mss_unpack_register(void)
{
    unpack_handle = ap_register_output_filter(
        "SESSION_SECURITY_DECODE", unpack_filter, NULL, AP_FTYPE_RESOURCE - 2);
}
