/* SPDX-License-Identifier: Apache-2.0
 * Knows what a browser is told to drop: cookies of the application that were taken
 * out of its request; and whether it may be.
 * Must not know how cookies are bound. */

#ifndef MSS_DISMISS_H
#define MSS_DISMISS_H

#include "httpd.h"

#include "state.h"

/*
 * Answers overtake each other: at the end of a session all windows load their
 * pages again, and what one of them brings, a new session and a new cookie of
 * the application, must not be deleted by another. So nothing is
 *
 * - but by the answer to a page,
 * - where the session's id was dead when the request came: another request has
 *   ended it, and may have led to a login since,
 * - once a session has begun over the mark that the request came with.
 *
 * What is not deleted is no harm: it reaches no application.
 */

/** Whether this answer may have the browser drop what it came with. To be asked
 * before a session is begun. */
bool mss_dismiss_may(request_rec *r, const mss_state *state);

/** A session is about to begin over what the request came with. */
void mss_dismiss_note(const mss_state *state);

/** Adds the deletions of what was taken out of the request, but for the very
 * cookies that the answer sets. @param offers mss_offer */
void mss_dismiss_cookies(request_rec *r, const mss_state *state,
                         const apr_array_header_t *offers);

/** Has the browser drop what it keeps of the site, where that is configured, with
 * the first answer that tells of an end.
 * @param z NULL where there is no session */
void mss_dismiss_site_data(request_rec *r, const session_rec *z,
                           const mss_state *state);

#endif
