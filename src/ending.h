/* SPDX-License-Identifier: Apache-2.0
 * Knows who is told that a session has ended: the log, the numbers, other
 * modules. Must not know how it is ended. */

#ifndef MSS_ENDING_H
#define MSS_ENDING_H

#include "httpd.h"

#include "state.h"

/** Once for each session, by whoever ended it.
 * @param user its user, or NULL where nobody can be named */
void mss_ending_tell(request_rec *r, const mss_state *state, mss_end reason,
                     const char *user);

#endif
