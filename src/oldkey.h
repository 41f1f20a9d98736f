/* SPDX-License-Identifier: Apache-2.0
 * Knows the keys that mod_session_dbd kept sessions under which have ended: it
 * changes a session's key with each save, so there is nothing under the old one
 * for requests that are still on their way with it.
 * Must not know what a request gets. */

#ifndef MSS_OLDKEY_H
#define MSS_OLDKEY_H

#include <stdbool.h>

#include "httpd.h"

#include "session.h"
#include "state.h"

/** Notes the key under which z was loaded, if it has one: before the end of z is
 * saved, or what takes its place. Kept for as long as any session may be idle.
 * @param visitors whether z was of nobody whom httpd knows */
void mss_oldkey_note(const session_rec *z, bool visitors, mss_end reason);

/** Whether z is blank since the request came with such a key. If so, fills in
 * state's record, key and stamp.id, the latter made of that key, as those of a
 * session that has been revoked. state->cookies are those of before z was loaded. */
bool mss_oldkey_find(request_rec *r, const session_rec *z, mss_state *state,
                     bool *visitors);

#endif
