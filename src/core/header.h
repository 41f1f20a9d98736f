/* SPDX-License-Identifier: Apache-2.0
 * Knows the grammar of a few HTTP headers.
 * Must not know which messages they stand in. */

#ifndef MSS_HEADER_H
#define MSS_HEADER_H

#include <stdbool.h>
#include <string.h>

#include "apr_pools.h"

/** Tells the names of headers apart that matter somewhere: by length and the
 * fourth last letter, in lower case. Others may have the same hint. */
#define MSS_HEADER_HINT(length, letter) ((size_t)(length) << 8 | (letter))

static inline size_t mss_header_hint(const char *name)
{
    const size_t n = strlen(name);

    return n < 4 ? 0 : MSS_HEADER_HINT(n, (unsigned char)name[n - 4] | 0x20);
}

/** The Cache-Control that mod_session gives each answer. */
#define MSS_HEADER_USUAL "no-cache, private"

/** A Cache-Control value that keeps a response out of shared caches: without
 * public, s-maxage and must-understand, and with private unless it says so or
 * no-store already (RFC 9111, section 5.2.2). In p, or itself. */
const char *mss_header_private(apr_pool_t *p, const char *cache_control);

/** Whether a field is by its name for some caches alone, which go by it before
 * Cache-Control: targeted fields (RFC 9213), as are CDN-Cache-Control and
 * Cloudflare-CDN-Cache-Control, and older ones of nginx, Akamai and others. */
bool mss_header_is_targeted(const char *name);

/** Whether an Accept-Encoding allows gzip, NULL allowed (RFC 9110, 12.5.3). */
bool mss_header_accepts_gzip(const char *accept_encoding);

/** Whether url, an Origin or a Referer, names the host that Host does. The port of
 * url's scheme may be left out there alone. */
bool mss_header_is_host(const char *url, const char *host);

#endif
