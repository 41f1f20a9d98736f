/* SPDX-License-Identifier: Apache-2.0
 * Knows a request's way past the guard: load, decide, act, stamp. Asks the
 * clock, but for the ping. Must not know HTML or the store. */

#ifndef MSS_GUARD_H
#define MSS_GUARD_H

#include "httpd.h"

/** Hook access_checker, first: before anybody is authenticated. Ends what has
 * expired, so that authentication sees an anonymous visitor. */
int mss_guard_enter(request_rec *r);

/** Hook fixups, last: the user is known now. Begins a session, or moves its
 * stamp on. */
int mss_guard_stamp(request_rec *r);

/** Hook insert_error_filter: logs a login that no session keeps. */
void mss_guard_report(request_rec *r);

#endif
