/* SPDX-License-Identifier: Apache-2.0
 * Knows which POST of a script could be a login, and who can tell.
 * Must not know how a session ended. */

#ifndef MSS_ATTEMPT_H
#define MSS_ATTEMPT_H

#include "httpd.h"

#include "state.h"

/** Whether mod_auth_form could find a login in r's body. */
bool mss_attempt_is_possible(request_rec *r);

/** Answers a script's request after the end of its session, from the hook
 * check_authn: lets mod_auth_form look for a login, during which
 * state->trying is set and this module's own hook has to decline.
 * @return what authentication said of a login; without one as
 * mss_reply_expired */
int mss_attempt_login(request_rec *r, mss_state *state);

#endif
