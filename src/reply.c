/* SPDX-License-Identifier: Apache-2.0 */

#include "reply.h"

#include "apr_strings.h"
#include "http_protocol.h"
#include "http_request.h"

#include "core/header.h"
#include "core/url.h"
#include "fields.h"
#include "log.h"

int mss_reply_add_filters(request_rec *r)
{
    ap_run_insert_filter(r);
    for (ap_filter_t *f = r->output_filters; f; f = f->next) {
        if (f->frec->filter_init_func && f->r == r) {
            int status = f->frec->filter_init_func(f);

            if (status != OK) {
                return status;
            }
        }
    }
    return OK;
}

int mss_reply_bytes(request_rec *r, const void *bytes, apr_size_t n)
{
    apr_bucket_brigade *bb =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);

    ap_set_content_length(r, (apr_off_t)n);
    if (n > 0) {
        APR_BRIGADE_INSERT_TAIL(
            bb, apr_bucket_immortal_create(bytes, n, bb->bucket_alloc));
    }
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_eos_create(bb->bucket_alloc));
    /* What stops this is the client's going, and nobody is left to tell. */
    (void)ap_pass_brigade(r->output_filters, bb);
    return DONE;
}

static int reply(request_rec *r, int status, const char *type, const char *text)
{
    int filters;

    r->status = status;
    r->status_line = NULL;
    ap_set_content_type(r, type);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    filters = mss_reply_add_filters(r);
    return filters == OK ? mss_reply_bytes(r, text, strlen(text)) : filters;
}

int mss_reply_json(request_rec *r, int status, const char *json)
{
    return reply(r, status, "application/json", json);
}

int mss_reply_page(request_rec *r, int status, const char *html)
{
    return reply(r, status, "text/html; charset=utf-8", html);
}

int mss_reply_expired(request_rec *r, int status, mss_end reason)
{
    apr_table_setn(r->headers_out, "Session-Security", "expired");
    return mss_reply_json(r, status,
                          apr_pstrcat(r->pool,
                                      "{\"state\":\"logout\",\"reason\":\"",
                                      mss_clock_reason(reason), "\"}", NULL));
}

int mss_reply_ask_again(request_rec *r, const request_rec *asked)
{
    const char *here = asked->unparsed_uri;

    /* "//host" would be another site. */
    apr_table_setn(r->headers_out, "Location",
                   mss_url_is_local(here) ? here : "/");
    return HTTP_SEE_OTHER;
}

static void make_private(apr_pool_t *p, apr_table_t *headers)
{
    const char *value = apr_table_getm(p, headers, "Cache-Control");
    const char *as_private = mss_header_private(p, value ? value : "");

    if (as_private != value) {
        apr_table_setn(headers, "Cache-Control", as_private);
    }
}

void mss_reply_keep_uncached(request_rec *r)
{
    /* mod_cache goes by it whatever the headers say, and adds none for it. */
    apr_table_setn(r->subprocess_env, "no-cache", "1");
}

void mss_reply_keep_private(request_rec *r)
{
    mss_fields_untarget(r);
    make_private(r->pool, r->headers_out);
    if (apr_table_get(r->err_headers_out, "Cache-Control")) {
        make_private(r->pool, r->err_headers_out);
    }
}
