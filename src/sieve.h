/* SPDX-License-Identifier: Apache-2.0
 * Knows which of the cookies that SessionSecurityCookies names a request may
 * bring to the application: those of its own live session.
 * Must not know answers. */

#ifndef MSS_SIEVE_H
#define MSS_SIEVE_H

#include "httpd.h"

#include "binding.h"
#include "state.h"

/** What has been found in the requests for one answer. */
struct mss_sieve {
    apr_array_header_t *bound;   /* mss_binding: they may pass */
    apr_array_header_t *dropped; /* const char *, names: taken out */
    int asked;                   /* how often the store has been */
    bool unprotected;            /* taken out where there is no session */
};

/** Takes out of r what does not belong to the live session that it came with.
 * For each request_rec, after the session has been judged. */
void mss_sieve_request(request_rec *r, mss_state *state);

/** Whether the request has to do with an application's session: it has brought a
 * cookie of its own live one, or one where none can be judged. */
bool mss_sieve_found(const mss_state *state);

/** Keeps what was brought bound for as long as the session now lasts. */
void mss_sieve_touch(const mss_state *state);

/**
 * The session has a new id.
 *
 * @param keep whether what was brought is bound to that; else it is taken out
 *             of r, as another user's
 */
void mss_sieve_renew(request_rec *r, session_rec *z, mss_state *state,
                     bool keep);

#endif
