/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client's script element is written.
 * Must not know requests, settings, or where it goes. */

#ifndef MSS_ELEMENT_H
#define MSS_ELEMENT_H

#include "apr_pools.h"

/* The element is well-formed HTML and XML, ASCII alone (whatever the page's
 * encoding, as long as that takes ASCII), and made of, in this order: opening,
 * nonce, integrity, MSS_ELEMENT_SETTINGS, JSON, MSS_ELEMENT_END. In pieces, for
 * they are joined once for each page. */
#define MSS_ELEMENT_SETTINGS " data-session-security='"
#define MSS_ELEMENT_END "'></script>"

/** The opening, in pool p: the same for each page.
 * @param src URL of the script; bytes that no URL has are percent-encoded */
const char *mss_element_open(apr_pool_t *p, const char *src);

/** The attribute with the nonce of the page's Content-Security-Policy, in pool
 * p; empty for NULL. */
const char *mss_element_nonce(apr_pool_t *p, const char *nonce);

/** The attributes with the digest of the script, which takes the CORS mode that
 * Integrity-Policy asks for, in pool p; empty for NULL. */
const char *mss_element_integrity(apr_pool_t *p, const char *digest);

/** ASCII JSON as it goes into the attribute, in pool p, or itself. Its double
 * quotes stay as they are, which keeps the element short. */
const char *mss_element_escape(apr_pool_t *p, const char *json);

#endif
