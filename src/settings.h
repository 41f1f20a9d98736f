/* SPDX-License-Identifier: Apache-2.0
 * Knows what the client is told by its element: limits, idle time, texts.
 * Must not know where the element goes. */

#ifndef MSS_SETTINGS_H
#define MSS_SETTINGS_H

#include "httpd.h"

#include "state.h"

/** Once at the start: what the elements of each server have in common. */
void mss_settings_init(apr_pool_t *pconf, server_rec *s);

/** The client's element for the page that answers r, in r->pool; with the nonce
 * of the page's Content-Security-Policy, if that is not NULL, and its digest, if
 * that is asked for; length becomes its own. Its settings are a JSON object whose
 * keys are there when they apply:
 *   limits      see mss_asker_limits
 *   took        milliseconds since the request came, if more than a second:
 *               what follows is as of then
 *   idle        milliseconds since the last activity; ExpireAfter if the session
 *               has ended since the request came
 *   lifetime    milliseconds left of MaxLifetime
 *   returnTo    where the browser goes at the end
 *   confirm     true: ask before unsaved form changes are left
 *   language    tag of the language to use
 *   messages    object of the site's own texts
 *   events      array of the events that count
 *   stylesheet  URL */
const char *mss_settings_element(request_rec *r, const mss_state *state,
                                 const char *nonce, bool has_digest,
                                 apr_size_t *length);

#endif
