/* SPDX-License-Identifier: Apache-2.0
 * Knows what of a session goes on under the new id that a login or a logout gives
 * it, and that nothing does of one which has ended.
 * Must not know how logins and logouts are noticed. */

#ifndef MSS_RENEWAL_H
#define MSS_RENEWAL_H

#include "httpd.h"

#include "track.h"

/*
 * A login or a logout of one realm leaves the logins of others in the session as it was
 * when the request came. That may have ended since; and where SessionSecurity is
 * Off, it was not judged at all. It is over then if it is revoked or unreadable, or
 * past the longest limits in force anywhere, as nobody can tell which section's
 * count. So both ask the store first.
 *
 * Where it is the same person's, the former id is noted in the session: its pages are
 * open still, and have their limits signed by it.
 */

/** Somebody has logged in: the session ends, and his begins, with the other logins,
 * unless it was over already. If it was his own, a visitor's or of the same user in his
 * realm, its cookies and pages go on, too.
 * @return as mss_track_begin */
bool mss_renewal_login(request_rec *r, session_rec *z, mss_state *state,
                       const mss_owner *owner);

/** Somebody has logged out, and others are logged in still: the session goes on
 * under another id, with its pages, as nobody can tell whose each is, and without
 * cookies; or, if it is over, leaves its mark.
 * @param owner one who is logged in still @return as mss_track_begin */
bool mss_renewal_logout(request_rec *r, session_rec *z, mss_state *state,
                        const mss_owner *owner);

#endif
