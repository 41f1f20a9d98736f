/* SPDX-License-Identifier: Apache-2.0
 * Knows visitors of applications that log people in themselves, before they bring
 * a cookie of a live session. Must not know cookies. */

#ifndef MSS_VISITOR_H
#define MSS_VISITOR_H

#include "httpd.h"

#include "state.h"

/** For the hook fixups, where httpd has authenticated nobody. Scripts whose
 * session is over get 401. Of a page it is noted that its answer may begin a
 * session. @return as the hook */
int mss_visitor_admit(request_rec *r, mss_state *state);

#endif
