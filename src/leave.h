/* SPDX-License-Identifier: Apache-2.0
 * Knows what an answer still has to do for its session before the headers leave:
 * logins and logouts that the request brought, saves that come too late.
 * Must not know limits or HTML. */

#ifndef MSS_LEAVE_H
#define MSS_LEAVE_H

#include <stdbool.h>

#include "httpd.h"

/** Once for each answer, before its headers leave and mod_session saves.
 * @return whether the answer is for this user alone */
bool mss_leave(request_rec *r);

#endif
