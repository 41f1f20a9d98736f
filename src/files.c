/* SPDX-License-Identifier: Apache-2.0 */

#include "files.h"

#include <stdbool.h>

#include "apr_strings.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"

#include "assets.h"
#include "core/header.h"
#include "core/parse.h"
#include "reply.h"

static bool asks_for_version(request_rec *r, const mss_asset *asset)
{
    apr_size_t n = 0;
    const char *v = mss_parse_parameter(r->args, "v", &n);

    return v && n == strlen(asset->hash) && strncmp(v, asset->hash, n) == 0;
}

/* These have no user's data in them: no session is loaded or saved for them. */
static void leave_session_alone(request_rec *r)
{
    ap_filter_t *f = r->output_filters;

    while (f) {
        ap_filter_t *following = f->next;

        if (strcmp(f->frec->name, "mod_session_out") == 0) {
            ap_remove_output_filter(f);
        }
        f = following;
    }
}

static int send_asset(request_rec *r, const void *bytes, apr_size_t n)
{
    int status = mss_reply_add_filters(r);

    if (status != OK) {
        return status;
    }
    leave_session_alone(r);
    return mss_reply_bytes(r, bytes, n);
}

int mss_files_answer(request_rec *r, const char *name)
{
    const mss_asset *a = mss_asset_find(name);
    bool gzip = mss_header_accepts_gzip(
        apr_table_get(r->headers_in, "Accept-Encoding"));
    apr_table_t *out = r->headers_out;

    apr_table_setn(out, "Cache-Control",
                   asks_for_version(r, a)
                       ? "public, max-age=31536000, immutable"
                       : "no-cache");
    apr_table_setn(
        out, "ETag",
        apr_psprintf(r->pool, "\"%s%s\"", a->hash, gzip ? "-gz" : ""));
    apr_table_setn(out, "Vary", "Accept-Encoding");
    apr_table_setn(out, "X-Content-Type-Options", "nosniff");
    ap_set_content_type(r, a->content_type);
    if (ap_meets_conditions(r) == HTTP_NOT_MODIFIED) {
        r->status = HTTP_NOT_MODIFIED;
        return send_asset(r, "", 0);
    }
    if (gzip) {
        /* The field, and the header that filters look at. */
        r->content_encoding = "gzip";
        apr_table_setn(out, "Content-Encoding", "gzip");
    }
    return gzip ? send_asset(r, a->gzip, a->gzip_length)
                : send_asset(r, a->plain, a->plain_length);
}
