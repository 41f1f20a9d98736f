/* SPDX-License-Identifier: Apache-2.0
 * Knows what a page is given to say of itself when it asks, and what one that asks
 * has said. Must not know what it asks for. */

#ifndef MSS_ASKER_H
#define MSS_ASKER_H

#include "httpd.h"

#include "core/limits.h"
#include "state.h"

/** What the page that asks says of itself. */
typedef struct {
    mss_limits limits;
    bool is_signed; /* for the session that asks, by the id that it has now */
    bool known;     /* the user's, or the longest as long as nobody can tell */
    bool foreign;   /* of another session than the one that asks now */
} mss_asker;

/** The limits of this page as the client must bring them back with its pings:
 * "warn.expire.lifetime.mac", milliseconds and hexadecimal, signed with the
 * session's id. In r->pool. */
const char *mss_asker_limits(request_rec *r, const mss_state *state);

/** The limits of the page that asks, if this server signed them for this
 * session, as it is now or was before its last login; else those of the URL it asks.
 */
void mss_asker_read(request_rec *r, const mss_state *state, mss_asker *a);

#endif
