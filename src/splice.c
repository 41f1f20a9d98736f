/* SPDX-License-Identifier: Apache-2.0 */

#include "splice.h"

#include "apr_strings.h"
#include "http_protocol.h"

#include "core/charset.h"
#include "core/meta.h"
#include "core/scan.h"
#include "outcome.h"
#include "page.h"
#include "policy.h"
#include "settings.h"

/* A file is read in such pieces, so that the rest of it stays a file, which
 * httpd sends without reading it; and no more than this is kept back. */
#define PIECE 8192

/* What may be copied to save a bucket. */
#define SHORT 512

struct mss_splice {
    bool sent;       /* the headers have gone, or go with what is in out */
    bool has_mode;   /* the headers tell Internet Explorer's */
    bool done;       /* what comes by even so is no part of the page */
    bool has_digest; /* the element tells its script's: Integrity-Policy */
    mss_policy *policy;
    mss_scan scan;
    apr_size_t waiting;       /* bytes in out */
    apr_bucket_brigade *out;  /* what can go */
    apr_bucket_brigade *held; /* its end is undecided */
};

/* --- where a brigade ends ------------------------------------------------------- */

/* The bucket with which the last n bytes begin. */
static apr_bucket *tail_of(apr_bucket_brigade *b, apr_size_t n)
{
    apr_bucket *e = APR_BRIGADE_SENTINEL(b);

    while (n > 0) {
        e = APR_BUCKET_PREV(e);
        if (e->length > n) {
            apr_bucket_split(e, e->length - n);
            return APR_BUCKET_NEXT(e);
        }
        n -= e->length;
    }
    return e;
}

static void move_first(apr_bucket_brigade *from, apr_bucket_brigade *to)
{
    apr_bucket *e = APR_BRIGADE_FIRST(from);

    APR_BUCKET_REMOVE(e);
    APR_BRIGADE_INSERT_TAIL(to, e);
}

/* Lets everything go but the last n bytes. */
static void release(mss_splice *s, apr_size_t n)
{
    apr_bucket *tail = tail_of(s->held, n);

    while (APR_BRIGADE_FIRST(s->held) != tail) {
        s->waiting += APR_BRIGADE_FIRST(s->held)->length;
        move_first(s->held, s->out);
    }
}

/* --- on the way ------------------------------------------------------------------ */

static apr_status_t send_out(ap_filter_t *f, mss_splice *s)
{
    apr_status_t rv;

    if (!s->sent) {
        s->sent = true;
        mss_page_unset_validators(f->r);
    }
    rv = ap_pass_brigade(f->next, s->out);
    apr_brigade_cleanup(s->out);
    s->waiting = 0;
    return rv;
}

/* Headers that tell a length are kept until the page begins: where its place is
 * found at once, the length with the element is told. */
static bool has_only_headers(ap_filter_t *f, const mss_splice *s)
{
    return !s->sent && s->waiting == 0 && mss_page_tells_length(f->r);
}

/* Everything goes on, and nothing more comes by here. */
static apr_status_t finish(ap_filter_t *f, mss_splice *s,
                           apr_bucket_brigade *bb)
{
    s->done = true;
    APR_BRIGADE_CONCAT(s->out, s->held);
    APR_BRIGADE_CONCAT(s->out, bb);
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, s->out);
}

static apr_status_t give_up(ap_filter_t *f, mss_splice *s,
                            apr_bucket_brigade *bb, const char *reason)
{
    const mss_state *state = mss_state_get(f->r);

    mss_outcome_tell(f->r, state, MSS_COUNT_NOT_PLACED, reason);
    mss_policy_forgo(s->policy);
    return finish(f, s, bb);
}

/* --- the place is found --------------------------------------------------------- */

/* Adds the bytes that are at hand without waiting or reading a file.
 * @return whether those of the next brigade follow. */
static bool peek(apr_bucket_brigade *b, char *window, apr_size_t *n)
{
    apr_bucket *e;

    for (e = APR_BRIGADE_FIRST(b);
         e != APR_BRIGADE_SENTINEL(b) && *n < MSS_CHARSET_WINDOW;
         e = APR_BUCKET_NEXT(e)) {
        const apr_size_t room = MSS_CHARSET_WINDOW - *n;
        const char *data;
        apr_size_t length;

        if (e->length == (apr_size_t)-1 || APR_BUCKET_IS_FILE(e)
            || apr_bucket_read(e, &data, &length, APR_NONBLOCK_READ)
                   != APR_SUCCESS) {
            return false;
        }
        if (length > 0) { /* else data may be NULL */
            memcpy(window + *n, data, length < room ? length : room);
            *n += length < room ? length : room;
        }
    }
    return *n < MSS_CHARSET_WINDOW;
}

/* Whether it is in memory, as it was just read, and all that is looked at. */
static bool is_window(const apr_bucket *e)
{
    return e->length >= MSS_CHARSET_WINDOW && e->length <= PIECE
           && !APR_BUCKET_IS_METADATA(e);
}

/* @param copy for the first bytes of the page, where they are not in one piece
 * @return them */
static const char *window_of(const mss_splice *s, apr_bucket_brigade *bb,
                             char *copy, apr_size_t *n)
{
    const char *window = copy;

    *n = 0;
    if (APR_BRIGADE_EMPTY(s->out) && is_window(APR_BRIGADE_FIRST(s->held))) {
        (void)apr_bucket_read(APR_BRIGADE_FIRST(s->held), &window, n,
                              APR_NONBLOCK_READ);
    }
    else if (peek(s->out, copy, n) && peek(s->held, copy, n)) {
        peek(bb, copy, n);
    }
    return window;
}

/* What the page declares goes into the headers where the element is in the way:
 * browsers look for its encoding in the first 1024 bytes, and Internet Explorer
 * for its mode before all scripts. */
static void keep_declared(ap_filter_t *f, mss_splice *s, apr_bucket_brigade *bb,
                          apr_size_t insertion)
{
    request_rec *r = f->r;
    const bool has_charset = mss_page_names_charset(r);
    const bool has_mode =
        s->has_mode || !mss_kind_is_explorer(mss_state_headers(r));
    char copy[MSS_CHARSET_WINDOW];
    const char *window;
    apr_size_t n;
    mss_charset_declared found;
    mss_piece mode;

    if (s->sent || mss_page_is_xhtml(r) || (has_charset && has_mode)) {
        return;
    }
    window = window_of(s, bb, copy, &n);
    if (!has_charset && mss_charset_signature(window, n) != MSS_SIGNATURE_UTF8
        && mss_charset_is_pushed_out(window, n, insertion, &found)) {
        mss_page_name_charset(r, found.name);
    }
    if (!has_mode && mss_meta_compatible(window, n, &mode)) {
        apr_table_setn(r->headers_out, "X-UA-Compatible",
                       apr_pstrmemdup(r->pool, mode.text, mode.length));
    }
}

/* What is before the place is short, in memory and mostly in one piece: copied
 * together with the element it is one bucket for the filters that follow, not
 * two, of which one would be a part of a mapped file. */
static void put(apr_bucket_brigade *b, apr_bucket *place, const char *element,
                apr_size_t length)
{
    apr_bucket *first = APR_BRIGADE_FIRST(b);
    const char *head = "";
    apr_size_t n = 0;
    char *both;

    if (APR_BUCKET_NEXT(first) == place && first->length <= SHORT
        && !APR_BUCKET_IS_METADATA(first)
        && apr_bucket_read(first, &head, &n, APR_NONBLOCK_READ)
               != APR_SUCCESS) {
        n = 0;
    }
    both = apr_bucket_alloc(n + length, b->bucket_alloc);
    memcpy(both, head, n);
    memcpy(both + n, element, length);
    APR_BUCKET_INSERT_BEFORE(place, apr_bucket_heap_create(both, n + length,
                                                           apr_bucket_free,
                                                           b->bucket_alloc));
    if (n > 0) {
        apr_bucket_delete(first);
    }
}

static apr_status_t insert(ap_filter_t *f, mss_splice *s,
                           apr_bucket_brigade *bb, apr_size_t tail)
{
    mss_state *state = mss_state_get(f->r);
    const char *nonce;
    const char *refusal = mss_policy_admit(s->policy, &nonce);
    const char *element;
    apr_size_t length;

    if (refusal) {
        mss_outcome_tell(f->r, state, MSS_COUNT_NOT_ADMITTED, refusal);
        mss_policy_forgo(s->policy);
        return finish(f, s, bb);
    }
    element = mss_settings_element(f->r, state, nonce, s->has_digest, &length);
    keep_declared(f, s, bb, length);
    if (!s->sent) {
        mss_page_grow(f->r, length);
    }
    put(s->held, tail_of(s->held, tail), element, length);
    state->injected = true;
    mss_outcome_tell(f->r, state, MSS_COUNT_INJECTED, NULL);
    return finish(f, s, bb);
}

/* Browsers tell the destination to https and localhost only. Without it an
 * answer of type text/html may be a script's, and has to look like a page. */
static bool is_fragment(ap_filter_t *f, mss_splice *s)
{
    return !mss_state_headers(f->r)->fetch_dest && !mss_scan_is_page(&s->scan);
}

/* --- the search ------------------------------------------------------------------ */

static apr_status_t read_some(ap_filter_t *f, mss_splice *s, apr_bucket *e,
                              const char **data, apr_size_t *n)
{
    apr_status_t rv;

    if (APR_BUCKET_IS_FILE(e) && e->length > PIECE) {
        apr_bucket_split(e, PIECE);
    }
    rv = apr_bucket_read(e, data, n, APR_NONBLOCK_READ);
    if (!APR_STATUS_IS_EAGAIN(rv)) {
        return rv;
    }
    if (has_only_headers(f, s)) {
        return apr_bucket_read(e, data, n, APR_BLOCK_READ);
    }
    APR_BRIGADE_INSERT_TAIL(s->out,
                            apr_bucket_flush_create(f->c->bucket_alloc));
    rv = send_out(f, s);
    return rv == APR_SUCCESS ? apr_bucket_read(e, data, n, APR_BLOCK_READ) : rv;
}

/* Takes the first bucket, which has data. @return whether the search is over,
 * one way or the other, with *rv the filter's answer */
static bool search(ap_filter_t *f, mss_splice *s, apr_bucket_brigade *bb,
                   apr_status_t *rv)
{
    const char *data;
    apr_size_t n, tail;
    mss_scan_result result;

    *rv = read_some(f, s, APR_BRIGADE_FIRST(bb), &data, &n);
    if (*rv != APR_SUCCESS) {
        return true;
    }
    result = mss_scan_feed(&s->scan, data, n, &tail);
    move_first(bb, s->held);
    if (result == MSS_SCAN_MORE) {
        release(s, tail);
        *rv = s->waiting >= PIECE ? send_out(f, s) : APR_SUCCESS;
        return *rv != APR_SUCCESS;
    }
    if (result == MSS_SCAN_QUIT) {
        *rv = give_up(f, s, bb, "no place in this document");
    }
    else if (is_fragment(f, s)) {
        *rv = give_up(f, s, bb, "a fragment");
    }
    else {
        *rv = insert(f, s, bb, tail);
    }
    return true;
}

/* A flush overtakes the few bytes that are held, all else keeps its order. */
static void pass_metadata(mss_splice *s, apr_bucket_brigade *bb)
{
    const bool overtakes = APR_BUCKET_IS_FLUSH(APR_BRIGADE_FIRST(bb))
                           || APR_BRIGADE_EMPTY(s->held);

    move_first(bb, overtakes ? s->out : s->held);
}

/* The caller's buckets may be gone when it comes again. */
static apr_status_t pause_search(ap_filter_t *f, mss_splice *s)
{
    apr_bucket *e;

    for (e = APR_BRIGADE_FIRST(s->held); e != APR_BRIGADE_SENTINEL(s->held);
         e = APR_BUCKET_NEXT(e)) {
        apr_status_t rv = apr_bucket_setaside(e, f->r->pool);

        if (rv != APR_SUCCESS && rv != APR_ENOTIMPL) {
            return rv;
        }
    }
    if ((APR_BRIGADE_EMPTY(s->out) && !APR_BRIGADE_EMPTY(s->held))
        || has_only_headers(f, s)) {
        return APR_SUCCESS;
    }
    return send_out(f, s);
}

apr_status_t mss_splice_pass(ap_filter_t *f, mss_splice *s,
                             apr_bucket_brigade *bb)
{
    apr_status_t rv;

    if (s->done) {
        return ap_pass_brigade(f->next, bb);
    }
    while (!APR_BRIGADE_EMPTY(bb)) {
        apr_bucket *e = APR_BRIGADE_FIRST(bb);

        if (APR_BUCKET_IS_EOS(e) || AP_BUCKET_IS_ERROR(e)) {
            return give_up(f, s, bb, "it ends before the head");
        }
        if (APR_BUCKET_IS_METADATA(e)) {
            pass_metadata(s, bb);
        }
        else if (search(f, s, bb, &rv)) {
            return rv;
        }
    }
    return pause_search(f, s);
}

mss_splice *mss_splice_make(ap_filter_t *f, const mss_fields *fields)
{
    mss_splice *s = apr_pcalloc(f->r->pool, sizeof(*s));

    s->has_mode = fields->ua_compatible != NULL;
    s->has_digest = fields->integrity_policy != NULL;
    s->policy = mss_policy_watch(f->r, fields->content_security_policy != NULL);
    mss_scan_init(&s->scan,
                  mss_page_is_xhtml(f->r) ? MSS_SCAN_XHTML : MSS_SCAN_HTML);
    s->out = apr_brigade_create(f->r->pool, f->c->bucket_alloc);
    s->held = apr_brigade_create(f->r->pool, f->c->bucket_alloc);
    return s;
}
