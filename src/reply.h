/* SPDX-License-Identifier: Apache-2.0
 * Knows how an answer of the module's own is written, and what headers keep
 * answers out of caches. Must not know sessions. */

#ifndef MSS_REPLY_H
#define MSS_REPLY_H

#include "httpd.h"

#include "core/clock.h"

/** Adds mod_session's, mod_headers' and others' output filters, and lets them
 * begin, as ap_invoke_handler does for a handler's answer: mod_filter's crash if
 * they have not begun. @return OK, or a filter's HTTP status */
int mss_reply_add_filters(request_rec *r);

/** Answers with a JSON text, never cached. For hooks that run before the
 * handler. @param json lives as long as r->pool @return DONE, or an HTTP status */
int mss_reply_json(request_rec *r, int status, const char *json);

/** Answers with a page, never cached. @param html lives as long as r->pool
 * @return as mss_reply_json */
int mss_reply_page(request_rec *r, int status, const char *html);

/** Refuses a script's request whose session is over: a header and a small body,
 * no challenge that would make the browser ask for a password.
 * @return as mss_reply_json */
int mss_reply_expired(request_rec *r, int status, mss_end reason);

/** Has the browser ask once more for what it asked for.
 * @param asked the client's own request @return the status */
int mss_reply_ask_again(request_rec *r, const request_rec *asked);

/** Sends what the filters are to see of an answer that is not a handler's.
 * @return DONE */
int mss_reply_bytes(request_rec *r, const void *bytes, apr_size_t n);

/** Keeps the answer out of this server's own cache. */
void mss_reply_keep_uncached(request_rec *r);

/** Tells shared caches to leave the answer alone. */
void mss_reply_keep_private(request_rec *r);

#endif
