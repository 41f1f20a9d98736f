/* SPDX-License-Identifier: Apache-2.0
 * Knows what may log in after an end: what a person has given since, and not
 * what browsers and other modules bring by themselves.
 * Must not know limits or stamps. */

#ifndef MSS_GATE_H
#define MSS_GATE_H

#include <stdbool.h>

#include "httpd.h"

#include "state.h"

/** Hook check_authn, before everybody: what comes with a session that is over, and
 * has not been given by a person since, goes no further; nor does single sign-on with
 * a visitor's that has begun where a user's had ended. */
int mss_gate_authenticate(request_rec *r);

/** Hook check_access_ex, before everybody: the same for a user whom a module has found
 * while it checked the access, as mod_auth_mellon does; httpd authenticates no more
 * then, and mod_dir asks for its index before the fixups would say so. */
int mss_gate_admit(request_rec *r);

/** Whether the user that r has been authenticated as comes by himself, and has not
 * been asked yet: with a session that is over, or with a visitor's that has begun
 * where a user's ended before. */
bool mss_gate_holds(request_rec *r, const session_rec *z,
                    const mss_state *state);

/** The answer to him: a challenge where the browser has sent a password, else the
 * page that has to be clicked; no page to what is none. A visitor's session goes on.
 * Nobody goes by his name any more.
 * @return a status for httpd to answer with, or DONE */
int mss_gate_refuse(request_rec *r, session_rec *z, mss_state *state);

/** Whether the request may begin a session for its user. */
bool mss_gate_may_begin(request_rec *r, const session_rec *z,
                        const mss_state *state);

#endif
