/* SPDX-License-Identifier: Apache-2.0
 * Knows how it is told what was found out about a request: notes for LogFormat,
 * environment for backends. Must not decide anything. */

#ifndef MSS_NOTES_H
#define MSS_NOTES_H

#include "httpd.h"

#include "state.h"

/** Notes of the client's request, which is no activity: what has been found of its
 * session, the idle time. */
void mss_notes_log(request_rec *r, const mss_state *state);

/** The same of one that is, and has moved the stamp to now. */
void mss_notes_active(request_rec *r);

/** Hook translate_name: hands them on to an internal redirect, which has notes of
 * its own, and is the one that mod_log_config asks. */
int mss_notes_follow(request_rec *r);

/** Environment of a tracked request: the idle time, and what is left. */
void mss_notes_backend(request_rec *r, const mss_state *state);

#endif
