/* SPDX-License-Identifier: Apache-2.0
 * Knows the grammar of a few HTTP headers.
 * Must not know which messages they stand in. */

#ifndef MSS_HEADER_H
#define MSS_HEADER_H

#include <stdbool.h>

#include "apr_pools.h"

/** A Cache-Control value that keeps a response out of shared caches: without
 * public, s-maxage and must-understand, and with private unless it says so or
 * no-store already (RFC 9111, section 5.2.2). In p. */
const char *mss_header_private(apr_pool_t *p, const char *cache_control);

/** Whether an Accept-Encoding allows gzip, NULL allowed (RFC 9110, 12.5.3). */
bool mss_header_accepts_gzip(const char *accept_encoding);

/** Whether url, an Origin or a Referer, names the host that Host does. */
bool mss_header_is_host(const char *url, const char *host);

#endif
