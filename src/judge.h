/* SPDX-License-Identifier: Apache-2.0
 * Knows how what a request brings is judged before anybody else goes by it: load,
 * decide, end; then the application's cookies. Asks the clock, but for the ping. Must
 * not know users. */

#ifndef MSS_JUDGE_H
#define MSS_JUDGE_H

#include "httpd.h"

#include "state.h"

/*
 * Each request_rec is judged in the section that it ends up in, and in the one that
 * decides who may have it, if that is another one: view->judged tells where it was
 * last. Only a request_rec that has its headers and its section from one that was
 * judged there needs it no more.
 */

/** Hook access_checker, first: before anybody is authenticated. Ends what has
 * expired, so that authentication sees an anonymous visitor. */
int mss_judge_enter(request_rec *r);

/**
 * Hook fixups, first, and again before the stamp: the same for what has not come by
 * there. httpd checks no access
 *
 *   - for the page that tells of an error (ErrorDocument), if it is in the section in
 *     which the error was found, though nobody has been let in there;
 *   - when a request gets another section by ap_internal_fast_redirect: MultiViews,
 *     DirectoryIndex, FallbackResource;
 *   - under "Satisfy Any", if a module's token_checker lets it in.
 */
int mss_judge_catch_up(request_rec *r);

/** Asks the clock by the limits of r's section. */
void mss_judge_again(request_rec *r, mss_state *state);

/** The same, with the kind that the request has there. */
void mss_judge_anew(request_rec *r, mss_state *state);

/** Takes away what a session that is over could authenticate the request with. */
void mss_judge_act(request_rec *r, session_rec *z, mss_state *state);

#endif
