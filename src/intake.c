/* SPDX-License-Identifier: Apache-2.0 */

#include "intake.h"

#include "http_request.h"
#include "util_filter.h"

#include "config.h"
#include "core/flow.h"
#include "log.h"
#include "recheck.h"
#include "sieve.h"
#include "state.h"
#include "track.h"

/* While an upload lasts, its stamp is moved this often in an ExpireAfter. */
#define STAMPS_PER_EXPIRY 20

static ap_filter_rec_t *filter;

typedef struct {
    mss_state *state;
    mss_flow flow;   /* since the last stamp */
    apr_time_t last; /* when that was; at first, when the request came */
    apr_time_t due;  /* the next one, as soon as the body is long in coming */
    apr_interval_time_t expire_after;
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
 * behind it. As long as it keeps coming no store needs to be asked.
 * @return false: it came too late */
static bool touch(request_rec *r, intake *in, apr_time_t now)
{
    mss_decision decision;

    if (now - in->last >= in->expire_after
        && !mss_recheck(r, in->state, &decision)) {
        return false;
    }
    in->last = now;
    in->due = now + in->expire_after / STAMPS_PER_EXPIRY;
    in->flow = (mss_flow){.since = now};
    (void)mss_track_touch(in->state, now);
    return true;
}

/* @return whether there may be more to see */
static bool follow(request_rec *r, intake *in, const apr_bucket_brigade *bb,
                   apr_time_t now)
{
    const bool whole = ends(bb);

    if (is_activity(in->state) && mss_flow_is_long(&in->flow, now)
        && (whole || now >= in->due)) {
        return touch(r, in, now) && !whole;
    }
    return !whole;
}

/* As far as it is known without reading. */
static apr_off_t length_of(apr_bucket_brigade *bb)
{
    apr_off_t n = 0;

    (void)apr_brigade_length(bb, 0, &n);
    return n > 0 ? n : 0;
}

static apr_status_t on_body(ap_filter_t *f, apr_bucket_brigade *bb,
                            ap_input_mode_t mode, apr_read_type_e block,
                            apr_off_t readbytes)
{
    intake *in = f->ctx;
    const apr_time_t asked = apr_time_now();
    apr_status_t rv = ap_get_brigade(f->next, bb, mode, block, readbytes);
    const bool came = rv == APR_SUCCESS && !APR_BRIGADE_EMPTY(bb);
    apr_time_t now;

    /* Without a context: named in httpd.conf. */
    if (!in || mode == AP_MODE_SPECULATIVE || mode == AP_MODE_INIT) {
        return rv;
    }
    now = apr_time_now();
    mss_flow_read(&in->flow, asked, now, came ? length_of(bb) : -1);
    if (came && !follow(f->r, in, bb, now)) {
        ap_remove_input_filter(f);
    }
    return rv;
}

void mss_intake_register(void)
{
    filter = ap_register_input_filter("SESSION_SECURITY_BODY", on_body, NULL,
                                      AP_FTYPE_CONTENT_SET);
}

/* A page of another origin can have a body sent, too, as slowly as it likes. */
static bool has_upload(request_rec *r)
{
    const mss_headers *h = mss_state_headers(r);

    return mss_kind_has_body(h) && !mss_kind_is_foreign(h);
}

static ap_filter_t *find(const request_rec *r)
{
    ap_filter_t *f = r->input_filters;

    while (f && !(f->frec == filter && f->ctx)) {
        f = f->next;
    }
    return f;
}

static ap_filter_t *put(request_rec *r, mss_state *state)
{
    intake *in = apr_pcalloc(r->pool, sizeof(*in));

    in->state = state;
    in->last = mss_state_top(r)->request_time;
    in->expire_after = mss_state_limits(r, state).expire_after;
    return ap_add_input_filter_handle(filter, in, r, r->connection);
}

/* Whether the session is that of who sends the body, as far as can be told before
 * the fixups. */
static bool is_senders(request_rec *r, const mss_state *state)
{
    return mss_conf_enabled(mss_conf_of(r))
           && (mss_state_user(r) ? mss_track_is_owner(r, state)
                                 : mss_sieve_found(state));
}

int mss_intake_expect(request_rec *r)
{
    mss_state *state = r->main ? NULL : mss_state_peek(r);

    if (state && state->decision.verdict == MSS_LIVE && has_upload(r)
        && is_senders(r, state) && !find(r)) {
        put(r, state);
    }
    return DECLINED;
}

void mss_intake_insert(request_rec *r)
{
    mss_state *state = r->main ? NULL : mss_state_peek(r);
    ap_filter_t *f;

    if (!state || !state->tracked || !has_upload(r)) {
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
