/* SPDX-License-Identifier: Apache-2.0
 * Knows how a page's limits are written for the client, and read again.
 * Must not know how they are signed. */

#ifndef MSS_LIMITS_H
#define MSS_LIMITS_H

#include "apr.h"

#include "clock.h"

/** Room for the text of any limits, with signature and end. */
#define MSS_LIMITS_TEXT 80

/** What holds where both are in force: the shorter of each. */
mss_limits mss_limits_strictest(mss_limits a, mss_limits b);

/** Writes "warn.expire.lifetime", milliseconds, decimal: what is signed.
 * @param text room for MSS_LIMITS_TEXT bytes @return the length, without an end
 */
apr_size_t mss_limits_write(const mss_limits *limits, char *text);

/** Writes a dot and the signature in hexadecimal behind it, and an end. */
void mss_limits_seal(char *text, apr_size_t n, apr_uint64_t mac);

/** Reads such a text, strictly.
 * @return the length of the part that is signed, or 0 if it is none */
apr_size_t mss_limits_read(const char *text, apr_size_t n, mss_limits *limits,
                           apr_uint64_t *mac);

#endif
