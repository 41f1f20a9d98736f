/* SPDX-License-Identifier: Apache-2.0
 * Knows the mark that an ended session leaves in its place, and what it says of a
 * person's having been asked. Must not know sessions that live. */

#ifndef MSS_MARK_H
#define MSS_MARK_H

#include "httpd.h"

#include "state.h"

/** What browsers keep a password for (RFC 9110, 11.5): r's origin, and the type and
 * realm of its section. Cookies, and so marks, know no ports. */
const char *mss_mark_space(request_rec *r);

/** Puts the mark in place of the session's entries; it is saved with the answer.
 * What needs no person counts only with a mark that says that one was asked for
 * it: a password only if it was that of r's realm. */
void mss_mark_put(request_rec *r, session_rec *z, const mss_state *state,
                  mss_asked asked);

/** To be called before anything but the login that the mark which the request came
 * with has waited for takes its place: what comes with its key later has to be
 * asked still. */
void mss_mark_retire(const session_rec *z, const mss_state *state);

/** Whether the mark that r came with says that a person was asked for a password
 * of r's realm, in one of the two ways. */
bool mss_mark_asks(request_rec *r, const mss_state *state, mss_asked asked);

/** Takes a visitor's mark out, so that scripts of this page can log in. What
 * httpd has logged in needs its mark until it has been asked for. */
void mss_mark_lift(session_rec *z);

#endif
