/* SPDX-License-Identifier: Apache-2.0
 * Knows the server's own page that says that a session is over: why, in the
 * user's language, with a way to sign in again; and where endpoints send the browser
 * on to. Must not know whether it is over. */

#ifndef MSS_ENDPAGE_H
#define MSS_ENDPAGE_H

#include <stdbool.h>

#include "httpd.h"

#include "core/clock.h"

/** Answers with the page and 401, without a challenge. Its button posts to the
 * endpoint "resume" and leads back to what the client asked for.
 * @return DONE, or an HTTP status */
int mss_endpage_answer(request_rec *r, mss_end reason);

/** Makes the page what an answer 401 to r shows, unless an ErrorDocument does.
 * To be called before the authentication, which gives that answer.
 * @param is_prompted the browser asks for a password when it is loaded again */
void mss_endpage_offer(request_rec *r, mss_end reason, bool is_prompted);

/** What an endpoint's query says where to go back to: a path of this site, in
 * r->pool; "/" if it says nothing or anything else. */
const char *mss_endpage_way_back(request_rec *r);

/** Where the browser goes after a logout: as for the page that it came from, since
 * what an expression would say of the endpoint itself is of no use. In r->pool. */
const char *mss_endpage_way_out(request_rec *r);

/** Makes the filter known (register_hooks). */
void mss_endpage_register(void);

#endif
