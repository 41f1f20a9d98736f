/* SPDX-License-Identifier: Apache-2.0
 * Knows the exact stamps and the revocations of all sessions: a few verbs, for
 * whatever SessionSecurityStore names. Must not know verdicts, requests' headers
 * or HTML. */

#ifndef MSS_STORE_H
#define MSS_STORE_H

#include <stdbool.h>

#include "httpd.h"

#include "core/clock.h"
#include "core/table.h"

/** What a session is filed under: hashes with its id as their key, so that
 * what the store holds cannot be used as an id.
 * @param id MSS_ID_BYTES */
mss_key mss_store_key(const unsigned char *id);

/** Hook pre_config: registers the mutex. */
int mss_store_pre_config(apr_pool_t *pconf);

/** Hook post_config: makes the table, or finds that of the generation before.
 * @return OK, or a status that stops the start, after logging why */
int mss_store_init(server_rec *s);

/** Hook child_init. */
void mss_store_child_init(apr_pool_t *p, server_rec *s);

/** Looks a session up, as mss_table_get. Sets
 * record->in_doubt where the store is shared and does not answer. */
void mss_store_get(const mss_key *key, mss_record *record);

/** Looks it up again where mss_store_get may have been content with what was
 * known a moment ago: before a session is ended for being idle. record is that of
 * mss_store_get. @return whether it has changed */
bool mss_store_refresh(const mss_key *key, mss_record *record);

/** Moves a session's stamp forward to visit->at, never back; makes the record if
 * there is none and there is room. The same of an application's cookie. */
mss_touched mss_store_touch(const mss_key *key, const mss_visit *visit);

/** Notes that the cookie filed under key has been replaced by that under by: it is
 * good for what is on its way, but the first to give way. */
void mss_store_replace(const mss_key *key, const mss_key *by);

/** Notes on this machine which limits are those of the session's user. */
void mss_store_choose(const mss_key *key, apr_uint64_t choice);

/** What the table of this machine holds. */
typedef struct {
    apr_size_t slots;
    mss_table_usage used;   /* what some limit lets live on */
    apr_uint64_t evictions; /* as of mss_table_evictions */
} mss_store_state;

/** Looks through the table, a piece at a time: others wait for some ten
 * microseconds at most. */
mss_store_state mss_store_look(void);

/** Revokes a session until that time. @return whether it was this call that
 * did: false if it had been revoked before. */
bool mss_store_revoke(const mss_key *key, apr_time_t until, mss_end reason);

#endif
