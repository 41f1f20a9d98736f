/* SPDX-License-Identifier: Apache-2.0
 * What Cookie and Set-Cookie are made of: for the files of cookies.h alone. */

#ifndef MSS_COOKIES_TEXT_H
#define MSS_COOKIES_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "apr_pools.h"

#define MSS_COOKIES_SPACE " \t"

/** Whether a name can have it (RFC 9110, 5.6.2). */
bool mss_cookies_is_token(char c);

/** A text of n bytes without the blanks around it, in p. */
const char *mss_cookies_trim(apr_pool_t *p, const char *text, size_t n);

#endif
