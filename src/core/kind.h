/* SPDX-License-Identifier: Apache-2.0
 * Knows what a request is from the headers browsers send with it: a page that
 * a person opened, a page, a script's request, a subresource.
 * Must not know httpd or sessions. */

#ifndef MSS_KIND_H
#define MSS_KIND_H

#include <stdbool.h>

#include "apr_tables.h"

/** The request headers that matter; NULL where absent. */
typedef struct {
    const char *accept;
    const char *requested_with;   /* X-Requested-With */
    const char *session_security; /* X-Session-Security */
    const char *purpose;          /* Sec-Purpose */
    const char *former_purpose; /* the same by an older name: Purpose, X-Moz */
    const char
        *fetch_mode; /* Sec-Fetch-Mode, https://w3.org/TR/fetch-metadata/ */
    const char *fetch_dest; /* Sec-Fetch-Dest */
    const char *fetch_site; /* Sec-Fetch-Site */
    const char *fetch_user; /* Sec-Fetch-User */
    const char *websocket;  /* Sec-WebSocket-Version, RFC 6455 and 8441 */
    const char *content_type;
    const char *te; /* RFC 9110, 10.1.4 */
    const char *user_agent;
    const char *translate; /* of Microsoft's WebDAV, [MS-WDVME] 2.2.3 */
    const char *content_length;
    const char *transfer_encoding;
} mss_headers;

/** Finds them in one walk, which costs less than a look for each name; of several
 * with one name the first counts. The values are not copied. */
void mss_kind_read(mss_headers *h, const apr_table_t *in);

/** Directive SessionSecurityActivity. */
typedef enum {
    MSS_ACTIVITY_UNSET = -1,
    MSS_ACTIVITY_NAVIGATIONS,
    MSS_ACTIVITY_REQUESTS,
    MSS_ACTIVITY_INPUT
} mss_activity;

/** A script's request: it wants data, and could not use a login page. */
bool mss_kind_is_script(const mss_headers *h);

/** A prefetch or prerender: nobody has asked for it yet. */
bool mss_kind_is_prefetch(const mss_headers *h);

/** A request for a document: what it answers may be shown as a page. */
bool mss_kind_is_page(const mss_headers *h);

/** The same, or a request that does not tell: browsers ask plain http for images,
 * and scripts for anything, as curl asks for pages. What it answers may be shown
 * as a page if it looks like one. */
bool mss_kind_may_be_page(const mss_headers *h);

/** A program that may write back what it reads: a WebDAV client of Microsoft's,
 * or one made with neon, as davfs2 and cadaver are. Others are not told from
 * browsers. */
bool mss_kind_is_editor(const mss_headers *h);

/** Internet Explorer from its version 8 on, or Edge's mode of that name. */
bool mss_kind_is_explorer(const mss_headers *h);

/** A page that a person opened, as far as the browser tells. */
bool mss_kind_is_opened(const mss_headers *h);

/** Whether the request, if nothing makes it passive, is activity. */
bool mss_kind_is_activity(const mss_headers *h, mss_activity what);

/** Whether a body comes with it (RFC 9112, 6.3). */
bool mss_kind_has_body(const mss_headers *h);

/** Whether another origin's page has a browser make the request, and no person has
 * followed its link or sent its form, as far as the browser tells. */
bool mss_kind_is_foreign(const mss_headers *h);

/** Whether only a page of the same origin can have made the request. */
bool mss_kind_is_same_origin(const mss_headers *h);

#endif
