/* SPDX-License-Identifier: Apache-2.0
 * Knows which of the cookies that SessionSecurityCookies names an answer may
 * set: what can be bound to its visitor's session, which begins with it where
 * there is none; and which the browser is told to drop.
 * Must not know what requests bring. */

#ifndef MSS_GRANT_H
#define MSS_GRANT_H

#include "httpd.h"

#include "state.h"

/** Before the headers of an answer leave and mod_session saves.
 * @param z NULL where there is no session */
void mss_grant_answer(request_rec *r, session_rec *z, mss_state *state);

#endif
