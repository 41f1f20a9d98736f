/* SPDX-License-Identifier: Apache-2.0
 * Knows how an answer of the module's own is written, and what headers keep
 * answers out of caches. Must not know sessions. */

#ifndef MSS_REPLY_H
#define MSS_REPLY_H

#include "httpd.h"

#include "core/clock.h"

/** Answers with a JSON text, never cached. For hooks that run before the
 * handler. @param json lives as long as r->pool @return DONE */
int mss_reply_json(request_rec *r, int status, const char *json);

/** 401 for a script's request whose session is over: a header and a small body,
 * no challenge that would make the browser ask for a password. */
int mss_reply_expired(request_rec *r, mss_end reason);

/** Sends what the filters are to see of an answer that is not a handler's.
 * @return DONE */
int mss_reply_bytes(request_rec *r, const void *bytes, apr_size_t n);

/** Keeps the answer out of this server's own cache. */
void mss_reply_keep_uncached(request_rec *r);

/** Tells shared caches to leave the answer alone. */
void mss_reply_keep_private(request_rec *r);

#endif
