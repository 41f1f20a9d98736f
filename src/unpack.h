/* SPDX-License-Identifier: Apache-2.0
 * Knows how a page that the backend has compressed comes as text to the filters
 * here. Must not know sessions, or what is done with the text. */

#ifndef MSS_UNPACK_H
#define MSS_UNPACK_H

#include "httpd.h"

/** Registers the output filter. */
void mss_unpack_register(void);

/** For a request that may be for a page, before its handler runs: asks the backend for
 * gzip, which can be undone here, or for plain text; undoes that, or deflate.
 * @param asked the Accept-Encoding that the client sent, which is what
 * mod_deflate and mod_brotli will find; NULL the first time, when it is noted.
 * An internal redirect finds what this has left. */
void mss_unpack_insert(request_rec *r, const char **asked);

#endif
