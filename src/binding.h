/* SPDX-License-Identifier: Apache-2.0
 * Knows how the value of an application's cookie is tied to a session, and how
 * to find out whether it is. Must not know requests' headers. */

#ifndef MSS_BINDING_H
#define MSS_BINDING_H

#include "httpd.h"

#include "state.h"

/*
 * A cookie is tied by a hash of its name and value with the session's secret id
 * as the key. Nothing else is noted, so whose it is needs no field: with another
 * session's id the hash is another, which is nowhere. Nor can a value be read or
 * tried out from what is noted.
 *
 * It is noted twice:
 *
 * - In the session, beside the stamp: the latest MSS_BINDING_COPIES. That outlives
 *   what the store forgets, by a full stop or a flood of visitors.
 * - In the store. When two answers tie a cookie each at the same time, the browser
 *   keeps the session of the one that comes last, with one of the two in it; and
 *   the copy of a mod_session_dbd session is written with a login alone, since
 *   each save changes the key that requests on their way have.
 *
 * What is in the session is not asked for in the store.
 *
 * Some applications set another value with each answer. When the session has as many
 * as it can hold, a value that takes the place of one that the request has brought is
 * no reason to save it; with the next save, what a request brings gets into it. In
 * the store the former value makes room as soon as there is need.
 */

#define MSS_BINDING_TOKEN 10
#define MSS_BINDING_COPIES 8

typedef struct {
    const char *name;
    const char *value;
    mss_key key;                       /* in the store */
    char token[MSS_BINDING_TOKEN + 1]; /* in the session */
    bool in_store; /* and not in the session: to be kept alive there */
    bool
        replaced; /* there, by another value: the browser may not have got that */
    bool renews; /* of an answer: the request has brought one of that name */
    const mss_key *replaces; /* that one's in the store; or NULL */
} mss_binding;

/** What a cookie is noted as for the session of state. name and value must live
 * as long as the result. */
mss_binding mss_binding_make(apr_pool_t *p, const mss_state *state,
                             const char *name, const char *value);

/** Whether it has been tied to that session. Sets in_store and replaced. */
bool mss_binding_is_known(const session_rec *z, mss_binding *binding);

/** Ties cookies (mss_binding) to the session: in the store, and in the session
 * where that may be saved, or the store has no room, before those that are noted
 * there.
 * @param afresh takes what had been noted there before out */
void mss_binding_note(request_rec *r, session_rec *z, const mss_state *state,
                      const apr_array_header_t *bindings, bool afresh);

/** Notes in a session that will be saved anyway what a request has brought. */
void mss_binding_keep(session_rec *z, const apr_array_header_t *bound);

/** Keeps one in the store for as long as its session lasts. */
mss_touched mss_binding_touch(const mss_state *state,
                              const mss_binding *binding);

#endif
