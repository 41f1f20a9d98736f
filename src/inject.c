/* SPDX-License-Identifier: Apache-2.0 */

#include "inject.h"

#include "apr_strings.h"
#include "http_request.h"
#include "util_filter.h"

#include "config.h"
#include "leave.h"
#include "log.h"
#include "outcome.h"
#include "page.h"
#include "policy.h"
#include "preview.h"
#include "reply.h"
#include "session.h"
#include "splice.h"
#include "state.h"
#include "unpack.h"

/* mod_deflate and mod_brotli do nothing where these are in the environment. */
static const char *const off_switches[] = {"no-gzip", "no-brotli"};
#define SWITCHES (sizeof(off_switches) / sizeof(off_switches[0]))

typedef struct {
    bool canned;         /* one of httpd's own error pages: left alone */
    bool held[SWITCHES]; /* what is to be switched on again */
    mss_splice *splice;  /* NULL: the answer has not begun yet */
} injection;

static ap_filter_rec_t *inject_handle;
static ap_filter_rec_t *uncached_handle;

/* --- the answer ------------------------------------------------------------------- */

static const char *find_fault(request_rec *r, const mss_fields *fields,
                              bool fixed)
{
    const char *reason = mss_page_unfit(r, fields);

    if (!reason && mss_page_encoding(r, fields->content_encoding)) {
        reason = "Content-Encoding";
    }
    return reason || !fixed ? reason : "Cache-Control: no-transform";
}

/* mod_headers has its say behind us: it calls the pages of a directory downloads,
 * and such as are called page.html.gz compressed. */
static const char *find_later_fault(request_rec *r, mss_fields *fields)
{
    const bool is_xhtml = mss_page_is_xhtml(r);
    mss_preview present;
    const char *reason;

    mss_preview_begin(r, &present);
    *fields = mss_fields_read(r);
    reason = find_fault(r, fields, mss_page_is_fixed(r, fields));
    if (!reason && mss_page_is_xhtml(r) != is_xhtml) {
        reason = "Content-Type";
    }
    mss_preview_end(r, &present);
    return reason;
}

/* @param fields become what they will be
 * @return why the element does not fit in, or NULL */
static const char *refuse(request_rec *r, mss_fields *fields, bool fixed)
{
    const char *reason = find_fault(r, fields, fixed);

    return reason || !mss_preview_is_due(r) ? reason
                                            : find_later_fault(r, fields);
}

/* mod_headers has its say behind us: "Header set Cache-Control ..." for static
 * files and pages alike is common. */
static apr_status_t uncached_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    const bool *is_page = f->ctx;

    ap_remove_output_filter(f);
    if (is_page && *is_page) {
        const mss_fields fields = mss_fields_read(f->r);

        mss_page_forbid_store(f->r, &fields, mss_page_is_fixed(f->r, &fields));
    }
    else if (is_page) {
        mss_reply_keep_private(f->r);
    }
    f->ctx = NULL;
    return ap_pass_brigade(f->next, bb);
}

/* Tells caches once, when the headers are final; mod_cache has been told.
 * @param page of a page, or NULL */
static void keep_uncached(request_rec *r, const mss_fields *page, bool fixed)
{
    if (mss_preview_is_due(r)) {
        bool *is_page = apr_palloc(r->pool, sizeof(*is_page));

        *is_page = page != NULL;
        ap_add_output_filter_handle(uncached_handle, is_page, r, r->connection);
    }
    else if (page) {
        mss_page_forbid_store(r, page, fixed);
    }
    else {
        mss_reply_keep_private(r);
    }
}

/* @param fields set to those of a page, as they will be
 * @return why there is nothing to splice, or NULL */
static const char *begin(request_rec *r, const injection *in,
                         mss_fields *fields)
{
    mss_state *state;
    const char *reason;
    mss_count outcome = MSS_COUNT_NOT_WANTED;
    bool is_private, is_page, fixed;

    is_private = mss_leave(r);
    state = mss_state_get(r);
    if (is_private) {
        mss_reply_keep_uncached(r);
    }
    is_page = state->tracked && mss_page_is_html(r);
    if (is_page) {
        *fields = mss_fields_read(r);
    }
    fixed = is_page && mss_page_is_fixed(r, fields);
    reason = mss_page_unwanted(r, state);
    if (!reason) {
        outcome = MSS_COUNT_NOT_FIT;
        reason = in->canned ? "an error page of httpd's own"
                            : refuse(r, fields, fixed);
    }
    if (is_page || is_private) {
        keep_uncached(r, is_page ? fields : NULL, fixed);
    }
    /* HEAD may come without the body that would tell where the element goes,
     * and must not tell the length of the page without it. */
    if (!reason && r->header_only) {
        mss_page_unset_validators(r);
    }
    if (reason) {
        mss_outcome_tell(r, state, outcome, reason);
    }
    return reason;
}

/* FilterDeclare puts a filter of mod_filter before this one unless it is told
 * CONTENT_SET; a compressor there would leave nothing to put the element into.
 * Those that come behind compress the page as ever. */
static void hold_compressors(request_rec *r, injection *in)
{
    const ap_filter_t *f = r->output_filters;
    apr_size_t i;

    while (f && f->frec != inject_handle && !f->frec->providers) {
        f = f->next;
    }
    for (i = 0; f && f->frec != inject_handle && i < SWITCHES; i++) {
        if (!apr_table_get(r->subprocess_env, off_switches[i])) {
            apr_table_setn(r->subprocess_env, off_switches[i], "1");
            in->held[i] = true;
        }
    }
}

static void release_compressors(request_rec *r, const injection *in)
{
    apr_size_t i;

    for (i = 0; i < SWITCHES; i++) {
        if (in->held[i]) {
            apr_table_unset(r->subprocess_env, off_switches[i]);
        }
    }
}

static apr_status_t inject_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    injection *in = f->ctx;

    /* Named in httpd.conf, or done with: mod_php's virtual() looks for its
     * subrequest's filters before it lets them go. */
    if (!in) {
        ap_remove_output_filter(f);
        return ap_pass_brigade(f->next, bb);
    }
    if (!in->splice) {
        mss_fields fields = {NULL};
        const char *reason;

        release_compressors(f->r, in);
        reason = begin(f->r, in, &fields);
        if (reason) {
            f->ctx = NULL;
            ap_remove_output_filter(f);
            return ap_pass_brigade(f->next, bb);
        }
        in->splice = mss_splice_make(f, &fields);
    }
    return mss_splice_pass(f, in->splice, bb);
}

/* A file as it lies there: what comes is known, and it is text. */
static bool is_plain_file(const request_rec *r)
{
    return !r->handler && !r->prev && mss_page_is_html(r)
           && r->finfo.filetype == APR_REG && !r->content_encoding
           && r->proxyreq == PROXYREQ_NONE;
}

/* --- the hooks -------------------------------------------------------------------- */

/* What does not say what it wants is an image most of the time. Of a file the
 * type is known by now. */
static bool asks_page(request_rec *r)
{
    return mss_state_asks_page(r) || mss_page_is_html(r);
}

/* A page that the browser has from before it was tracked, or a part of one,
 * would be confirmed without the element in it. */
int mss_inject_prepare(request_rec *r)
{
    static const char *const names[] = {"If-None-Match", "If-Modified-Since",
                                        "If-Range", "Range", NULL};
    const mss_state *state = mss_state_peek(r);
    int i;

    if (!state || r->method_number != M_GET || !asks_page(r)
        || mss_page_unwanted(r, state)) {
        return DECLINED;
    }
    for (i = 0; names[i]; i++) {
        apr_table_unset(r->headers_in, names[i]);
    }
    return OK;
}

/* Logins are watched wherever there is a session, SessionSecurity On or Off, and
 * the application's cookies also where there is none. */
static bool is_watched(request_rec *r, const mss_state *state)
{
    if (r->main || mss_state_endpoint(r) != MSS_ENDPOINT_NONE) {
        return false;
    }
    return (state && state->entered)
           || (mss_conf_armed(r->server)
               && (mss_session_enabled(r) || mss_conf_cookies(mss_conf_of(r))));
}

static injection *insert_filter(request_rec *r, const mss_state *state,
                                bool canned)
{
    injection *in;

    if (!is_watched(r, state)) {
        return NULL;
    }
    in = apr_pcalloc(r->pool, sizeof(*in));
    in->canned = canned;
    ap_add_output_filter_handle(inject_handle, in, r, r->connection);
    return in;
}

void mss_inject_insert(request_rec *r)
{
    mss_state *state = mss_state_peek(r);
    injection *in = insert_filter(r, state, false);

    if (!in || !state || mss_page_unwanted(r, state)) {
        return;
    }
    if (asks_page(r)) { /* or a style sheet would not be compressed */
        hold_compressors(r, in);
    }
    if (!is_plain_file(r)) {
        mss_unpack_insert(r, &state->encodings);
    }
}

void mss_inject_insert_error(request_rec *r)
{
    insert_filter(r, mss_state_peek(r), true);
}

/* Pages are complete before mod_session saves and mod_deflate compresses, both
 * at AP_FTYPE_CONTENT_SET. */
void mss_inject_register(void)
{
    inject_handle = ap_register_output_filter("SESSION_SECURITY", inject_filter,
                                              NULL, AP_FTYPE_CONTENT_SET - 1);
    uncached_handle =
        ap_register_output_filter("SESSION_SECURITY_UNCACHED", uncached_filter,
                                  NULL, AP_FTYPE_PROTOCOL - 1);
    mss_unpack_register();
    mss_policy_register();
}
