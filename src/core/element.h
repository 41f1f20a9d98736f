/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client's script element is written.
 * Must not know requests, settings, or where it goes. */

#ifndef MSS_ELEMENT_H
#define MSS_ELEMENT_H

#include "apr_pools.h"

/**
 * The element, in pool p: well-formed HTML and XML, ASCII alone (whatever the
 * page's encoding, as long as that takes ASCII).
 *
 * @param src      URL of the script; bytes that no URL has are percent-encoded
 * @param settings ASCII JSON, for its data attribute; its double quotes stay as
 *                 they are, which keeps the element short
 * @param nonce    of the page's Content-Security-Policy, or NULL
 */
const char *mss_element_make(apr_pool_t *p, const char *src,
                             const char *settings, const char *nonce);

#endif
