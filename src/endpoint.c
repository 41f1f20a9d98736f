/* SPDX-License-Identifier: Apache-2.0 */

#include "endpoint.h"

#include "apr_atomic.h"
#include "apr_strings.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"

#include "asker.h"
#include "assets.h"
#include "core/header.h"
#include "core/parse.h"
#include "counts.h"
#include "dismiss.h"
#include "endpage.h"
#include "files.h"
#include "log.h"
#include "mark.h"
#include "reply.h"
#include "track.h"

#define BODY_MAX 4096

/* Fewer pings without a session are those of users who have none any more. */
#define SEVERAL 3

/* --- claiming ----------------------------------------------------------------- */

static bool is_file(const char *rest, const char *name)
{
    size_t n = strlen(name);

    return strncmp(rest, name, n) == 0
           && (!rest[n] || (rest[n] == '/' && !rest[n + 1]));
}

static mss_endpoint endpoint_of(const char *rest)
{
    if (is_file(rest, "ping")) {
        return MSS_ENDPOINT_PING;
    }
    if (is_file(rest, "logout")) {
        return MSS_ENDPOINT_LOGOUT;
    }
    if (is_file(rest, "resume")) {
        return MSS_ENDPOINT_RESUME;
    }
    return mss_asset_find(rest) ? MSS_ENDPOINT_ASSET : MSS_ENDPOINT_UNKNOWN;
}

int mss_endpoint_claim(request_rec *r)
{
    const char *prefix;
    mss_view *view;
    size_t n;

    if (r->main || r->prev || !mss_conf_armed(r->server) || *r->uri != '/') {
        return DECLINED;
    }
    prefix = mss_conf_path(r->server);
    n = strlen(prefix);
    view = mss_state_view(r);
    /* Before anybody translates it: what the client has asked for. */
    view->state->path = apr_pstrdup(r->pool, r->uri);
    if (r->method_number == M_TRACE || strncmp(r->uri, prefix, n) != 0
        || (r->uri[n] && r->uri[n] != '/')) {
        return DECLINED;
    }
    view->endpoint_file = view->state->path + n + (r->uri[n] == '/');
    view->endpoint = endpoint_of(view->endpoint_file);
    /* As the core does for a URL that nobody maps, so that what is configured
     * for the document root's directory holds here too. */
    r->filename = apr_pstrcat(r->pool, ap_document_root(r), r->uri, NULL);
    return OK;
}

int mss_endpoint_admit(request_rec *r)
{
    return mss_state_endpoint(r) == MSS_ENDPOINT_NONE ? DECLINED : OK;
}

/* --- ping ------------------------------------------------------------------------ */

static int no_session(request_rec *r)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  "MSS0018: %s cannot tell anything: %s", r->uri,
                  mss_session_enabled(r)
                      ? "the session cannot be loaded; add the "
                        "SessionCookieName that this URL lacks, or take it out "
                        "of SessionExclude or into SessionInclude"
                      : "no session is configured for this URL; add 'Session "
                        "On' and the SessionCookieName of the application to "
                        "its section, or move it by SessionSecurityPath below "
                        "a URL that has them");
    return mss_reply_json(r, HTTP_INTERNAL_SERVER_ERROR,
                          "{\"error\":\"no session configured\"}");
}

static const char *seconds(request_rec *r, apr_interval_time_t t)
{
    return apr_off_t_toa(r->pool, apr_time_sec(t));
}

/* Numbers and constants have nothing that JSON would have to escape. */
static const char *ping_answer(request_rec *r, const mss_state *state,
                               const mss_asker *a)
{
    const mss_decision *d = &state->decision;
    bool live = d->verdict == MSS_LIVE;

    if (!mss_state_headers(r)->session_security) {
        return live ? seconds(r, d->idle) : "\"logout\"";
    }
    return apr_pstrcat(r->pool, "{\"state\":\"", live ? "active" : "logout",
                       "\",\"idleFor\":", seconds(r, d->idle),
                       ",\"warnAfter\":", seconds(r, a->limits.warn_after),
                       ",\"expireAfter\":", seconds(r, a->limits.expire_after),
                       ",\"lifetimeLeft\":",
                       d->lifetime < 0 ? "null" : seconds(r, d->lifetime),
                       live && a->foreign ? ",\"end\":true}" : "}", NULL);
}

/* Pages that have a session ask without one: a few do when a visitor has logged
 * out, or has deleted cookies; several in a row, and no others, where browsers do
 * not send the cookie. */
static void watch_cookies(request_rec *r, bool has_session, const mss_asker *a)
{
    static apr_uint32_t missing; /* SEVERAL or more: it has been said */

    if (has_session) {
        const apr_uint32_t n = apr_atomic_read32(&missing);

        if (n > 0 && n < SEVERAL) {
            (void)apr_atomic_cas32(&missing, 0, n);
        }
    }
    else if (a->foreign && apr_atomic_inc32(&missing) + 1 == SEVERAL) {
        ap_log_rerror(
            APLOG_MARK, APLOG_WARNING, 0, r,
            "MSS0055: pings of pages with a session bring none, so nobody stays "
            "or is logged out: browsers do not send the cookie to %s (Secure "
            "without https, or path= in SessionCookieName), or "
            "SessionCookieName or the passphrase is another there than for the "
            "page",
            r->uri);
    }
}

/* @param may_end by the word of another site's page, or of another session's, none
 * ends: its own limits may be longer
 * @return whether the session has changed: it has ended, or what is reported can
 * be noted nowhere else */
static bool act(request_rec *r, session_rec *z, mss_state *state, bool may_end)
{
    mss_touched touched = MSS_TOUCH_NOTED;

    if (state->decision.verdict == MSS_EXPIRED) {
        if (may_end) {
            mss_track_finish(r, z, state, state->decision.reason);
        }
        return may_end && z->dirty;
    }
    if (state->decision.stamp) {
        touched = mss_track_report(z, state, state->decision.stamp);
    }
    if (touched == MSS_TOUCH_REVOKED) {
        state->decision.verdict = MSS_REVOKED;
    }
    return touched == MSS_TOUCH_NO_ROOM;
}

static int ping(request_rec *r, mss_state *state)
{
    session_rec *z = mss_track_load(r);
    mss_kind kind = MSS_KIND_PASSIVE;
    bool is_own;
    mss_asker a;

    if (!z) {
        return no_session(r);
    }
    mss_counts_add(MSS_COUNT_PINGS);
    mss_asker_read(r, state, &a);
    is_own = mss_kind_is_same_origin(mss_state_headers(r));
    if (a.known && is_own) {
        kind = MSS_KIND_REPORT;
    }
    watch_cookies(r, state->record.source != MSS_SOURCE_NONE, &a);
    mss_track_decide(r, state, &a.limits, kind, mss_parse_idle_for(r->args));
    /* Not even for the sake of SessionMaxAge. */
    if (!act(r, z, state, a.is_signed || (is_own && !a.foreign))) {
        mss_session_keep_unsaved(z);
    }
    mss_session_set_cookie_once(r, z);
    return mss_reply_json(r, HTTP_OK, ping_answer(r, state, &a));
}

/* --- logout ---------------------------------------------------------------------- */

/* Only a page of this site may log its user out: browsers tell where a POST
 * comes from. */
static bool is_own_page(request_rec *r)
{
    const mss_headers *h = mss_state_headers(r);
    const char *host = apr_table_get(r->headers_in, "Host");
    const char *from = apr_table_get(r->headers_in, "Origin");

    if (h->fetch_site || h->session_security || h->requested_with) {
        return mss_kind_is_same_origin(h);
    }
    if (!from) {
        from = apr_table_get(r->headers_in, "Referer");
    }
    return host && from && mss_header_is_host(from, host);
}

/* The session that a page of this site wants to change. */
static int take(request_rec *r, session_rec **z)
{
    if (!is_own_page(r)) {
        return HTTP_FORBIDDEN;
    }
    *z = mss_track_load(r);
    return *z ? OK : no_session(r);
}

/* Sends the browser on, with the session if it has changed. */
static int go(request_rec *r, session_rec *z, const char *target)
{
    if (!z->dirty) {
        mss_session_keep_unsaved(z);
    }
    mss_session_set_cookie_once(r, z);
    apr_table_setn(r->headers_out, "Location", target);
    return mss_reply_json(r, HTTP_SEE_OTHER, "{\"state\":\"logout\"}");
}

static int logout(request_rec *r, mss_state *state)
{
    session_rec *z;
    int rc = take(r, &z);

    if (rc != OK) {
        return rc;
    }
    if (mss_state_goes_on(state)) {
        mss_asker a;

        mss_asker_read(r, state, &a);
        mss_track_decide(r, state, &a.limits, MSS_KIND_PASSIVE,
                         MSS_IDLE_UNKNOWN);
        mss_track_finish(r, z, state, MSS_END_LOGOUT);
        /* Also beside credentials that the browser keeps: its cookie changes,
         * and the page that it goes to says why. */
        mss_track_mark_end(r, z, state);
    }
    mss_dismiss_site_data(r, z, state);
    return go(r, z, mss_endpage_way_out(r));
}

/* A person has clicked: single sign-on may go on. */
static int resume(request_rec *r, mss_state *state)
{
    session_rec *z;
    int rc = take(r, &z);

    if (rc != OK) {
        return rc;
    }
    if (state->record.source == MSS_SOURCE_ENDED
        || state->record.source == MSS_SOURCE_REVOKED) {
        mss_mark_put(r, z, state, MSS_ASKED_CLICK);
    }
    else if (mss_state_goes_on(state) && mss_track_is_nobodys(state)
             && !mss_track_is_visitors(state)) {
        mss_track_settle(r, z, state, MSS_ASKED_CLICK);
    }
    return go(r, z, mss_endpage_way_back(r));
}

/* --- dispatch --------------------------------------------------------------------- */

/* Reads a body that nobody wants, up to a limit: after the answer to a stream
 * whose body has not been read mod_http2 sends a reset, for which curl 7.88
 * drops the answer. Who waits for a word before sending is told at once. */
static int discard_body(request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");
    apr_bucket_brigade *bb;
    apr_off_t total = 0;
    bool done = !length && !apr_table_get(r->headers_in, "Transfer-Encoding");

    if (r->expecting_100 && length && apr_atoi64(length) > BODY_MAX) {
        return HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
    bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    while (!done) {
        apr_off_t n = 0;
        apr_status_t rv = ap_get_brigade(
            r->input_filters, bb, AP_MODE_READBYTES, APR_BLOCK_READ, BODY_MAX);

        if (rv != APR_SUCCESS) {
            return ap_map_http_request_error(rv, HTTP_BAD_REQUEST);
        }
        (void)apr_brigade_length(bb, 1, &n);
        total += n;
        done = APR_BRIGADE_EMPTY(bb) || APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(bb));
        apr_brigade_cleanup(bb);
        if (total > BODY_MAX) {
            return HTTP_REQUEST_ENTITY_TOO_LARGE;
        }
    }
    return OK;
}

static bool allow(request_rec *r, mss_endpoint endpoint)
{
    bool post =
        endpoint == MSS_ENDPOINT_LOGOUT || endpoint == MSS_ENDPOINT_RESUME;

    ap_allow_methods(r, REPLACE_ALLOW, post ? "POST" : "GET", NULL);
    return r->method_number == (post ? M_POST : M_GET);
}

static int answer(request_rec *r, const mss_view *view)
{
    int rc = discard_body(r);

    if (rc != OK) {
        return rc;
    }
    if (view->endpoint == MSS_ENDPOINT_UNKNOWN) {
        return HTTP_NOT_FOUND;
    }
    if (!allow(r, view->endpoint)) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    switch (view->endpoint) {
    case MSS_ENDPOINT_PING:
        return ping(r, view->state);
    case MSS_ENDPOINT_LOGOUT:
        return logout(r, view->state);
    case MSS_ENDPOINT_RESUME:
        return resume(r, view->state);
    default:
        return mss_files_answer(r, view->endpoint_file);
    }
}

int mss_endpoint_answer(request_rec *r)
{
    const mss_view *view;
    int rc;

    if (mss_state_endpoint(r) == MSS_ENDPOINT_NONE) {
        return DECLINED;
    }
    view = mss_state_view(r);
    rc = answer(r, view);
    /* What tells of an error may be a page of the site (ErrorDocument). */
    view->state->left = rc == DONE;
    return rc;
}
