/* SPDX-License-Identifier: Apache-2.0
 * Knows what a request's user means for the session: begins it, moves its stamp, ends
 * it for another user. Must not know HTML or the store. */

#ifndef MSS_GUARD_H
#define MSS_GUARD_H

#include "httpd.h"

/** Hook fixups, last: the user is known now. Begins a session, or moves its
 * stamp on. */
int mss_guard_stamp(request_rec *r);

/** Hook insert_error_filter: logs a login that no session keeps. */
void mss_guard_report(request_rec *r);

#endif
