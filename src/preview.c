/* SPDX-License-Identifier: Apache-2.0 */

#include "preview.h"

#include "util_filter.h"

/* NULL: no mod_headers. The other one is for errors and redirects of httpd's own. */
static ap_filter_rec_t *headers_handle;
static ap_filter_rec_t *error_handle;

void mss_preview_init(void)
{
    headers_handle = ap_get_output_filter_handle("FIXUP_HEADERS_OUT");
    error_handle = ap_get_output_filter_handle("FIXUP_HEADERS_ERR");
}

static const ap_filter_t *find(const request_rec *r)
{
    const ap_filter_t *f = r->output_filters;

    while (f && f->frec != headers_handle && f->frec != error_handle) {
        f = f->next;
    }
    return f;
}

bool mss_preview_is_due(const request_rec *r)
{
    return find(r) != NULL;
}

/* The filter works at its first call, whatever comes with it, and takes itself
 * out of the chain, where this copy is not. What it passes on goes nowhere. */
void mss_preview_begin(request_rec *r, mss_preview *present)
{
    ap_filter_t copy = *find(r);
    apr_bucket_brigade nothing = {.p = r->pool,
                                  .bucket_alloc = r->connection->bucket_alloc};

    *present =
        (mss_preview){r->headers_out, r->err_headers_out, r->content_type};
    r->headers_out = apr_table_copy(r->pool, r->headers_out);
    r->err_headers_out = apr_table_copy(r->pool, r->err_headers_out);
    copy.next = NULL;
    APR_RING_INIT(&nothing.list, apr_bucket, link);
    (void)copy.frec->filter_func.out_func(&copy, &nothing);
}

void mss_preview_end(request_rec *r, const mss_preview *present)
{
    r->headers_out = present->headers_out;
    r->err_headers_out = present->err_headers_out;
    r->content_type = present->content_type;
}
