/* SPDX-License-Identifier: Apache-2.0 */

#include "kind.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "header.h"

/* Most headers of a request are none of them, and seen by their first letter. */
static bool may_matter(const char *name)
{
    switch (*name | 0x20) {
    case 'a':
    case 'c':
    case 'p':
    case 's':
    case 't':
    case 'u':
    case 'x':
        return true;
    default:
        return false;
    }
}

static void take(mss_headers *h, const char *name, const char *value)
{
    const char *is = "";
    const char **place = NULL;

#define CASE(hint, header, field)                                              \
    case hint:                                                                 \
        is = header;                                                           \
        place = &h->field;                                                     \
        break;
    switch (mss_header_hint(name)) {
        CASE(0, "TE", te) /* too short to have one */
        CASE(MSS_HEADER_HINT(5, '-'), "X-Moz", former_purpose)
        CASE(MSS_HEADER_HINT(6, 'c'), "Accept", accept)
        CASE(MSS_HEADER_HINT(7, 'p'), "Purpose", former_purpose)
        CASE(MSS_HEADER_HINT(9, 'l'), "Translate", translate)
        CASE(MSS_HEADER_HINT(10, 'g'), "User-Agent", user_agent)
        CASE(MSS_HEADER_HINT(11, 'p'), "Sec-Purpose", purpose)
        CASE(MSS_HEADER_HINT(12, 't'), "Content-Type", content_type)
        CASE(MSS_HEADER_HINT(14, 'n'), "Content-Length", content_length)
        CASE(MSS_HEADER_HINT(14, 'd'), "Sec-Fetch-Dest", fetch_dest)
        CASE(MSS_HEADER_HINT(14, 'm'), "Sec-Fetch-Mode", fetch_mode)
        CASE(MSS_HEADER_HINT(14, 's'), "Sec-Fetch-Site", fetch_site)
        CASE(MSS_HEADER_HINT(14, 'u'), "Sec-Fetch-User", fetch_user)
        CASE(MSS_HEADER_HINT(16, 'w'), "X-Requested-With", requested_with)
        CASE(MSS_HEADER_HINT(17, 'd'), "Transfer-Encoding", transfer_encoding)
        CASE(MSS_HEADER_HINT(18, 'r'), "X-Session-Security", session_security)
        CASE(MSS_HEADER_HINT(21, 's'), "Sec-WebSocket-Version", websocket)
    default:
        return;
    }
#undef CASE
    if (!*place && strcasecmp(name, is) == 0) {
        *place = value;
    }
}

void mss_kind_read(mss_headers *h, const apr_table_t *in)
{
    const apr_array_header_t *all = apr_table_elts(in);

    *h = (mss_headers){NULL};
    for (int i = 0; i < all->nelts; i++) {
        const apr_table_entry_t *e = &APR_ARRAY_IDX(all, i, apr_table_entry_t);

        if (may_matter(e->key)) {
            take(h, e->key, e->val);
        }
    }
}

static bool is(const char *value, const char *token)
{
    return value && strcasecmp(value, token) == 0;
}

/* Whether needle stands in a header's value, without regard to case. */
static bool mentions(const char *value, const char *needle)
{
    size_t n = strlen(needle);

    for (; value && *value; value++) {
        if (strncasecmp(value, needle, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool sends_fetch_metadata(const mss_headers *h)
{
    return h->fetch_mode || h->fetch_dest || h->fetch_site || h->fetch_user;
}

static bool accepts_html(const mss_headers *h)
{
    return mentions(h->accept, "text/html");
}

/* An Accept that names types, but none that a page could have. A browser asks
 * for pages with text/html and for images, styles and scripts with a wildcard;
 * only a script asks for application/json alone. */
static bool wants_data(const mss_headers *h)
{
    return h->accept && strchr(h->accept, '/') && !accepts_html(h)
           && !strchr(h->accept, '*');
}

/* What browsers tell of a page by themselves, https://w3.org/TR/reporting-1/. */
static bool is_report(const mss_headers *h)
{
    static const char type[] = "application/reports+json";

    return h->content_type
           && strncasecmp(h->content_type, type, sizeof(type) - 1) == 0;
}

/* Scripts send X-Requested-With; so do the web views of Android apps, with each
 * page, but no script can send that mode. */
static bool is_requested_with(const mss_headers *h)
{
    return h->requested_with && !is(h->fetch_mode, "navigate");
}

/* What says that it was no person. Chromium sends its reports and opens a
 * WebSocket without Sec-Fetch-* and without Accept. */
static bool is_made_by_script(const mss_headers *h)
{
    return is_requested_with(h) || h->session_security || h->websocket
           || is_report(h);
}

bool mss_kind_is_script(const mss_headers *h)
{
    return is_made_by_script(h) || is(h->fetch_dest, "empty") || wants_data(h);
}

bool mss_kind_is_prefetch(const mss_headers *h)
{
    const char *purpose = h->purpose ? h->purpose : h->former_purpose;

    return mentions(purpose, "prefetch") || mentions(purpose, "prerender")
           || mentions(purpose, "preview");
}

bool mss_kind_is_page(const mss_headers *h)
{
    if (is_made_by_script(h)) {
        return false;
    }
    if (h->fetch_dest) {
        return is(h->fetch_dest, "document") || is(h->fetch_dest, "iframe")
               || is(h->fetch_dest, "frame");
    }
    if (h->fetch_mode) {
        return is(h->fetch_mode, "navigate");
    }
    return !h->accept || accepts_html(h);
}

bool mss_kind_may_be_page(const mss_headers *h)
{
    return mss_kind_is_page(h)
           || (!sends_fetch_metadata(h) && !mss_kind_is_script(h));
}

/* neon names no types, as some programs do that only read; Firefox sends that TE,
 * too. */
bool mss_kind_is_editor(const mss_headers *h)
{
    return h->translate
           || (h->te && !h->accept && mentions(h->te, "trailers")
               && !sends_fetch_metadata(h));
}

/* It is too old for Sec-Fetch-*, which is seen faster. */
bool mss_kind_is_explorer(const mss_headers *h)
{
    return h->user_agent && !sends_fetch_metadata(h)
           && strstr(h->user_agent, "Trident/");
}

bool mss_kind_has_body(const mss_headers *h)
{
    return h->content_length || h->transfer_encoding;
}

bool mss_kind_is_opened(const mss_headers *h)
{
    if (mss_kind_is_prefetch(h)) {
        return false;
    }
    if (sends_fetch_metadata(h)) {
        return is(h->fetch_mode, "navigate") && is(h->fetch_user, "?1");
    }
    return !is_made_by_script(h) && (!h->accept || accepts_html(h));
}

/* Another site's page can make a browser load anything from here, into a frame
 * too; that a person followed its link tells Sec-Fetch-User. */
bool mss_kind_is_foreign(const mss_headers *h)
{
    return h->fetch_site && !is(h->fetch_site, "same-origin")
           && !is(h->fetch_site, "none") && !is(h->fetch_user, "?1");
}

bool mss_kind_is_activity(const mss_headers *h, mss_activity what)
{
    switch (what) {
    case MSS_ACTIVITY_INPUT:
        return false;
    case MSS_ACTIVITY_REQUESTS:
        return !mss_kind_is_prefetch(h) && !mss_kind_is_foreign(h);
    case MSS_ACTIVITY_NAVIGATIONS:
    case MSS_ACTIVITY_UNSET:
        break;
    }
    return mss_kind_is_opened(h);
}

bool mss_kind_is_same_origin(const mss_headers *h)
{
    /* Both headers make a browser ask first, by a CORS preflight that httpd
     * does not grant; what the browser says of itself counts before them. */
    if (h->fetch_site) {
        return is(h->fetch_site, "same-origin");
    }
    return is_requested_with(h) || h->session_security;
}
