/* SPDX-License-Identifier: Apache-2.0 */

#include "intake.h"

#include "http_request.h"
#include "util_filter.h"

#include "config.h"
#include "log.h"
#include "recheck.h"
#include "sieve.h"
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

/* Until the fixups are over nobody knows who is tracked; that the session is the
 * user's has been seen when the filter was put in. */
static bool is_activity(const mss_state *state)
{
    return !state->passive && (state->tracked || !state->let_in);
}

static bool ends(const apr_bucket_brigade *bb)
{
    return !APR_BRIGADE_EMPTY(bb) && APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(bb));
}

/* What comes after a pause as long as the limit comes too late, and what comes
 * behind it. As long as it keeps coming no store needs to be asked. */
static void touch(request_rec *r, intake *in, apr_time_t now)
{
    const apr_time_t late = in->due + in->interval * (STAMPS_PER_EXPIRY - 1);
    mss_decision decision;

    if (now >= late && !mss_recheck(r, in->state, &decision)) {
        in->due = in->is_long = APR_INT64_MAX;
        return;
    }
    in->due = now + in->interval;
    (void)mss_track_touch(in->state, now);
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
    if (is_activity(in->state)
        && (now >= in->due || (now >= in->is_long && ends(bb)))) {
        touch(f->r, in, now);
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

static ap_filter_t *find(const request_rec *r)
{
    ap_filter_t *f = r->input_filters;

    while (f && !(f->frec == filter && f->ctx)) {
        f = f->next;
    }
    return f;
}

static ap_filter_t *put(request_rec *r, const mss_state *state)
{
    intake *in = apr_pcalloc(r->pool, sizeof(*in));

    in->state = state;
    in->interval = mss_state_limits(r, state).expire_after / STAMPS_PER_EXPIRY;
    in->is_long = mss_state_top(r)->request_time + LONG_UPLOAD;
    in->due = in->is_long;
    return ap_add_input_filter_handle(filter, in, r, r->connection);
}

/* Whether the session is that of who sends the body, as far as can be told before
 * the fixups. */
static bool is_senders(request_rec *r, const mss_state *state)
{
    return mss_conf_enabled(mss_conf_of(r))
           && (r->user ? mss_track_is_owner(r, state) : mss_sieve_found(state));
}

int mss_intake_expect(request_rec *r)
{
    const mss_state *state = r->main ? NULL : mss_state_peek(r);

    if (state && state->decision.verdict == MSS_LIVE && has_body(r)
        && is_senders(r, state) && !find(r)) {
        put(r, state);
    }
    return DECLINED;
}

void mss_intake_insert(request_rec *r)
{
    const mss_state *state = r->main ? NULL : mss_state_peek(r);
    ap_filter_t *f;

    if (!state || !state->tracked || !has_body(r)) {
        return;
    }
    f = find(r);
    if (!f) {
        f = put(r, state);
    }
    /* mod_proxy_http stores a body whole before it passes it on when there is a
     * filter that could change its length: one before those of the protocol. */
    if (f && f->next == r->proto_input_filters) {
        r->proto_input_filters = f;
    }
}
