/* SPDX-License-Identifier: Apache-2.0
 * Knows how it is told what was found out about a request: notes for LogFormat,
 * environment for backends. Must not decide anything. */

#ifndef MSS_NOTES_H
#define MSS_NOTES_H

#include "httpd.h"

#include "state.h"

/** Notes of the client's request: whether it was activity, the idle time. */
void mss_notes_log(request_rec *r, const mss_state *state);

/** Environment of a tracked request: the idle time, and what is left. */
void mss_notes_backend(request_rec *r, const mss_state *state);

#endif
