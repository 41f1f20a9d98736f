/* SPDX-License-Identifier: Apache-2.0 */

#include "unpack.h"

#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "apr_cstr.h"
#include "util_filter.h"

#include "core/header.h"
#include "log.h"
#include "page.h"

/* What comes out of zlib at a time. */
#define PIECE 8192

typedef struct {
    int place;         /* of Accept-Encoding in r->headers_in */
    const char *name;  /* as it is written there */
    const char *asked; /* to be put back there; NULL: nothing */
    bool is_deflate;   /* not gzip */
    bool has_begun;    /* the first byte has come */
    bool is_over;      /* a member has ended, and no other has begun */
    bool has_failed;   /* what comes now was cut off by this side */
    z_stream z;
    apr_bucket_brigade *out; /* NULL: nothing is decoded */
} unpacking;

static ap_filter_rec_t *unpack_handle;

static bool can_undo(unpacking *u, const char *encoding)
{
    u->is_deflate = encoding && !apr_cstr_casecmp(encoding, "deflate");
    return u->is_deflate
           || (encoding
               && (!apr_cstr_casecmp(encoding, "gzip")
                   || !apr_cstr_casecmp(encoding, "x-gzip")));
}

static apr_status_t step_aside(ap_filter_t *f, apr_bucket_brigade *bb)
{
    f->ctx = NULL; /* what a subrequest has to say may come by here even so */
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

/* --- zlib -------------------------------------------------------------------------- */

static apr_status_t send_out(ap_filter_t *f, unpacking *u)
{
    apr_status_t rv = APR_BRIGADE_EMPTY(u->out)
                          ? APR_SUCCESS
                          : ap_pass_brigade(f->next, u->out);

    apr_brigade_cleanup(u->out);
    return rv;
}

/* The end is lost: whoever waits for it sees that the page is broken when the
 * connection is closed. */
static apr_status_t fail(ap_filter_t *f, const char *what)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, f->r,
                  "MSS0037: a compressed page is broken: %s", what);
    return APR_EGENERAL;
}

/* One piece. Files of several members are one text; what is behind the last
 * is not looked at, as in browsers. @return false: nothing more comes of it */
static bool inflate_piece(ap_filter_t *f, unpacking *u, apr_status_t *rv)
{
    char *piece = apr_bucket_alloc(PIECE, f->c->bucket_alloc);
    apr_size_t n;
    int done;

    if (u->is_over && !u->is_deflate && u->z.avail_in > 0
        && *u->z.next_in == 0x1f) {
        inflateReset(&u->z);
        u->is_over = false;
    }
    u->z.next_out = (Bytef *)piece;
    u->z.avail_out = PIECE;
    done = u->is_over ? Z_BUF_ERROR : inflate(&u->z, Z_SYNC_FLUSH);
    n = PIECE - u->z.avail_out;
    if (n > 0) {
        APR_BRIGADE_INSERT_TAIL(
            u->out, apr_bucket_heap_create(piece, n, apr_bucket_free,
                                           f->c->bucket_alloc));
    }
    else {
        apr_bucket_free(piece);
    }
    if (done == Z_STREAM_END) {
        u->is_over = true;
        return u->z.avail_in > 0;
    }
    if (done != Z_OK && done != Z_BUF_ERROR) {
        *rv = fail(f, u->z.msg ? u->z.msg : "zlib");
        return false;
    }
    return done == Z_OK && (u->z.avail_in > 0 || u->z.avail_out == 0);
}

static voidpf z_alloc(voidpf pool, uInt items, uInt size)
{
    return apr_palloc(pool, (apr_size_t)items * size);
}

static void z_free(voidpf pool, voidpf address)
{
    (void)pool;
    (void)address;
}

/* "deflate" is the format of zlib (RFC 9110, 8.4.1.2), but some send what is in
 * it alone, and browsers take both. Its first byte names the method, 8. */
static int window_bits(const unpacking *u, unsigned char first)
{
    if (!u->is_deflate) {
        return MAX_WBITS + 16;
    }
    return (first & 15) == 8 ? MAX_WBITS : -MAX_WBITS;
}

/* All memory is of the request. */
static bool begin(request_rec *r, unpacking *u, unsigned char first)
{
    u->has_begun = true;
    u->z.zalloc = z_alloc;
    u->z.zfree = z_free;
    u->z.opaque = r->pool;
    return inflateInit2(&u->z, window_bits(u, first)) == Z_OK;
}

static apr_status_t inflate_bytes(ap_filter_t *f, unpacking *u,
                                  const char *data, apr_size_t n)
{
    apr_status_t rv = APR_SUCCESS;

    if (n > 0 && !u->has_begun && !begin(f->r, u, (unsigned char)*data)) {
        return fail(f, "zlib has no memory");
    }
    u->z.next_in = (Bytef *)(void *)data;
    u->z.avail_in = (uInt)n;
    while (n > 0 && rv == APR_SUCCESS && inflate_piece(f, u, &rv)) {
        rv = send_out(f, u);
    }
    return rv;
}

/* What is there goes on before the rest is waited for. */
static apr_status_t read_bucket(ap_filter_t *f, unpacking *u, apr_bucket *e,
                                const char **data, apr_size_t *n)
{
    apr_status_t rv;

    if (e->length != (apr_size_t)-1 && e->length > PIECE) {
        apr_bucket_split(e, PIECE);
    }
    rv = apr_bucket_read(e, data, n, APR_NONBLOCK_READ);
    if (APR_STATUS_IS_EAGAIN(rv)) {
        APR_BRIGADE_INSERT_TAIL(u->out,
                                apr_bucket_flush_create(f->c->bucket_alloc));
        rv = send_out(f, u);
        if (rv == APR_SUCCESS) {
            rv = apr_bucket_read(e, data, n, APR_BLOCK_READ);
        }
    }
    return rv;
}

static apr_status_t take(ap_filter_t *f, unpacking *u, apr_bucket *e)
{
    const char *data;
    apr_size_t n;
    apr_status_t rv;

    if (APR_BUCKET_IS_METADATA(e)) {
        if (APR_BUCKET_IS_EOS(e) && u->has_begun && !u->is_over) {
            return u->has_failed || f->c->aborted ? APR_ECONNABORTED
                                                  : fail(f, "it ends early");
        }
        APR_BUCKET_REMOVE(e);
        APR_BRIGADE_INSERT_TAIL(u->out, e);
        return APR_SUCCESS;
    }
    rv = read_bucket(f, u, e, &data, &n);
    if (rv == APR_SUCCESS) {
        rv = inflate_bytes(f, u, data, n);
        apr_bucket_delete(e);
    }
    return rv;
}

static apr_status_t feed(ap_filter_t *f, unpacking *u, apr_bucket_brigade *bb)
{
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && !APR_BRIGADE_EMPTY(bb)) {
        rv = take(f, u, APR_BRIGADE_FIRST(bb));
    }
    if (rv == APR_SUCCESS) {
        rv = send_out(f, u);
    }
    else {
        (void)send_out(f, u);
    }
    if (rv != APR_SUCCESS) {
        u->has_failed = true;
        f->c->keepalive = AP_CONN_CLOSE;
    }
    return rv;
}

/* --- the filter ------------------------------------------------------------------- */

/* Entries are changed in place: looks for the name would cost four times as
 * much as the rest of the filter. */
static apr_table_entry_t *entry_at(request_rec *r, int i)
{
    const apr_array_header_t *all = apr_table_elts(r->headers_in);

    return i < all->nelts ? (apr_table_entry_t *)(void *)all->elts + i : NULL;
}

static void put_back(request_rec *r, const unpacking *u)
{
    apr_table_entry_t *e = entry_at(r, u->place);

    if (e && e->key == u->name) {
        e->val = (char *)u->asked;
    }
    else { /* others have been taken out meanwhile */
        apr_table_setn(r->headers_in, "Accept-Encoding", u->asked);
    }
}

static bool has_body(const request_rec *r, const apr_bucket_brigade *bb)
{
    return !r->header_only && !APR_BRIGADE_EMPTY(bb)
           && !APR_BUCKET_IS_EOS(APR_BRIGADE_FIRST(bb));
}

static bool is_fit(request_rec *r)
{
    const mss_fields fields = mss_fields_read(r);

    return !mss_page_unfit(r, &fields) && !mss_page_is_fixed(r, &fields);
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
        put_back(r, u);
    }
    if (!can_undo(u,
                  mss_page_encoding(r, mss_fields_get(r, "Content-Encoding")))
        || !is_fit(r)) {
        return step_aside(f, bb);
    }
    if (!has_body(r, bb)) {
        if (r->header_only) {
            mss_page_unset_encoding(r);
        }
        return step_aside(f, bb);
    }
    mss_page_unset_encoding(r);
    mss_page_unset_validators(r);
    u->out = apr_brigade_create(r->pool, f->c->bucket_alloc);
    return feed(f, u, bb);
}

/* A page compressed by br or zstd could not get the element. The filter puts
 * the browser's own list back for mod_deflate and mod_brotli, which compress
 * the page with the element in it. */
void mss_unpack_insert(request_rec *r, const char **asked)
{
    unpacking *u = apr_pcalloc(r->pool, sizeof(*u));
    apr_table_entry_t *e;

    for (u->place = 0; (e = entry_at(r, u->place)); u->place++) {
        if ((*e->key | 0x20) == 'a' && !strcasecmp(e->key, "Accept-Encoding")) {
            u->name = e->key;
            *asked = *asked ? *asked : e->val;
            u->asked = *asked;
            e->val = (char *)(mss_header_accepts_gzip(u->asked) ? "gzip"
                                                                : "identity");
            break;
        }
    }
    ap_add_output_filter_handle(unpack_handle, u, r, r->connection);
}

void mss_unpack_register(void)
{
    unpack_handle = ap_register_output_filter(
        "SESSION_SECURITY_DECODE", unpack_filter, NULL, AP_FTYPE_RESOURCE - 2);
}
