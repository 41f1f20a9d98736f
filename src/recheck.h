/* SPDX-License-Identifier: Apache-2.0
 * Knows how a session that was live when its request came is by now.
 * Must not change it. */

#ifndef MSS_RECHECK_H
#define MSS_RECHECK_H

#include "httpd.h"

#include "state.h"

/** Judges the session of r once more, by the store and the limits of r's section.
 * @param now what the clock says, valid if it is live
 * @return false where it is none, was over when r came, or is over since; or where
 * SessionSecurity is Off */
bool mss_recheck(request_rec *r, const mss_state *state, mss_decision *now);

/** Whether its id has been revoked since r came. */
bool mss_recheck_is_revoked(const mss_state *state);

#endif
