/* SPDX-License-Identifier: Apache-2.0
 * Knows which answers are dealt with before their headers leave, and which of
 * them go on to get the client's element.
 * Must not decide about sessions. */

#ifndef MSS_INJECT_H
#define MSS_INJECT_H

#include "httpd.h"

/** Registers the output filter. */
void mss_inject_register(void);

/** Hook fixups, last, after mss_guard_stamp: takes from a request for a page
 * the headers that would let it be answered without the element. */
int mss_inject_prepare(request_rec *r);

/** Hook insert_filter: puts the output filter into the chain of an answer. */
void mss_inject_insert(request_rec *r);

/** Hook insert_error_filter: the same for httpd's own error pages, which are
 * passed through untouched. */
void mss_inject_insert_error(request_rec *r);

#endif
