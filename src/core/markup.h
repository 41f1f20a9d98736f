/* SPDX-License-Identifier: Apache-2.0
 * Knows how a text is written in HTML.
 * Must not know pages. */

#ifndef MSS_MARKUP_H
#define MSS_MARKUP_H

#include "apr_pools.h"

/** A text in UTF-8 as HTML of ASCII alone, for elements and attributes in double
 * quotes, whatever encoding they are served in. In p.
 * @return NULL if it is no UTF-8 (Unicode, table 3-7) */
const char *mss_markup_text(apr_pool_t *p, const char *utf8);

#endif
