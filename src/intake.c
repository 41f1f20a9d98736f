/* SPDX-License-Identifier: Apache-2.0 */

#include "intake.h"

#include "http_request.h"
#include "util_filter.h"

#include "log.h"
#include "state.h"
#include "track.h"

/* A body that takes no longer than this is part of a request that was judged
 * when it came: a script's short POST is no upload. */
#define LONG_UPLOAD apr_time_from_sec(1)

/* While an upload lasts, its stamp is moved this often in an ExpireAfter. */
#define STAMPS_PER_EXPIRY 20

static ap_filter_rec_t *filter;

typedef struct {
    const mss_state *state;
    apr_time_t is_long; /* from then on it is an upload */
    apr_time_t due;     /* the next stamp */
    apr_interval_time_t interval;
} intake;

static bool ends(const apr_bucket_brigade *bb)
{
    return !APR_BRIGADE_EMPTY(bb) && APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(bb));
}

static apr_status_t on_body(ap_filter_t *f, apr_bucket_brigade *bb,
                            ap_input_mode_t mode, apr_read_type_e block,
                            apr_off_t readbytes)
{
    intake *in = f->ctx;
    apr_status_t rv = ap_get_brigade(f->next, bb, mode, block, readbytes);
    apr_time_t now;

    /* Without a context: named in httpd.conf. */
    if (!in || rv != APR_SUCCESS || mode == AP_MODE_SPECULATIVE
        || mode == AP_MODE_INIT || APR_BRIGADE_EMPTY(bb)) {
        return rv;
    }
    now = apr_time_now();
    if (now >= in->due || (now >= in->is_long && ends(bb))) {
        in->due = now + in->interval;
        (void)mss_track_touch(in->state, now);
    }
    if (ends(bb)) {
        ap_remove_input_filter(f);
    }
    return rv;
}

void mss_intake_register(void)
{
    filter = ap_register_input_filter("SESSION_SECURITY_BODY", on_body, NULL,
                                      AP_FTYPE_CONTENT_SET);
}

static bool has_body(const request_rec *r)
{
    return apr_table_get(r->headers_in, "Transfer-Encoding")
           || apr_table_get(r->headers_in, "Content-Length");
}

void mss_intake_insert(request_rec *r)
{
    mss_state *state = mss_state_peek(r);
    ap_filter_t *f;
    intake *in;

    if (!state || r->main || !state->tracked || state->passive
        || !has_body(r)) {
        return;
    }
    in = apr_pcalloc(r->pool, sizeof(*in));
    in->state = state;
    in->interval = mss_state_limits(r, state).expire_after / STAMPS_PER_EXPIRY;
    in->is_long = mss_state_top(r)->request_time + LONG_UPLOAD;
    in->due = in->is_long;
    f = ap_add_input_filter_handle(filter, in, r, r->connection);
    /* mod_proxy_http stores a body whole before it passes it on when there is a
     * filter that could change its length: one before those of the protocol. */
    if (f && f->next == r->proto_input_filters) {
        r->proto_input_filters = f;
    }
}
