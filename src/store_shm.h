/* SPDX-License-Identifier: Apache-2.0
 * Knows the table in shared memory, its lock, and how both pass from one
 * generation of the server to the next. Must not know other machines. */

#ifndef MSS_STORE_SHM_H
#define MSS_STORE_SHM_H

#include "store_verbs.h"

/** The table alone: the store of one machine. */
extern const mss_store_verbs mss_store_shm;

/** As mss_store_pre_config, mss_store_init and mss_store_child_init. */
int mss_store_shm_pre_config(apr_pool_t *pconf);
int mss_store_shm_init(server_rec *s);
void mss_store_shm_child_init(apr_pool_t *p, server_rec *s);

/** The table, for whoever needs more than the verbs. Held for a few hundred
 * instructions: no log, no I/O, no allocation before the unlock. */
mss_table *mss_store_shm_lock(void);
void mss_store_shm_unlock(void);

/** As mss_table_get, with the lock; also in tables of other sizes before it. */
void mss_store_shm_look(const mss_key *key, mss_record *record);

/** Before this time no limit lets a session live on. */
apr_time_t mss_store_shm_stale(apr_time_t now);

#endif
