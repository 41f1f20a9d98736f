/* SPDX-License-Identifier: Apache-2.0
 * Knows a request's way past the guard: load, decide, act, stamp, and what the
 * answer still has to do. The only caller of the clock but for the ping.
 * Must not know HTML or the store's memory. */

#ifndef MSS_GUARD_H
#define MSS_GUARD_H

#include "httpd.h"

#include "state.h"

/** Hook access_checker, first: before anybody is authenticated. Ends what has
 * expired, so that authentication sees an anonymous visitor. */
int mss_guard_enter(request_rec *r);

/** Hook check_authn, first: what authentication must not do by itself after
 * the end. Scripts get 401, credentials that the browser resends are refused. */
int mss_guard_authenticate(request_rec *r);

/** Hook fixups, last: the user is known now. Makes, renews or moves on the
 * stamp. */
int mss_guard_stamp(request_rec *r);

/** Once for each answer, before its headers leave and mod_session saves:
 * logins and logouts that the request brought, late answers, caches. */
void mss_guard_leave(request_rec *r);

/** Marks that a person is active at this time, in the store alone. */
void mss_guard_touch(request_rec *r, apr_time_t at);

/** Ends the session of the request with a mark, a revocation and a line in the
 * log. */
void mss_guard_end(request_rec *r, session_rec *z, mss_state *state);

/** Loads the session's record into the state. @return the session, or NULL. */
session_rec *mss_guard_load(request_rec *r, mss_state *state);

#endif
