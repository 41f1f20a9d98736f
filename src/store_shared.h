/* SPDX-License-Identifier: Apache-2.0
 * Knows how the tables of several front ends become one, by notes that they
 * leave for each other in a store that all can reach. Must not know how that is
 * reached. */

#ifndef MSS_STORE_SHARED_H
#define MSS_STORE_SHARED_H

#include "config.h"
#include "store_verbs.h"

/*
 * The table of this machine goes first, and is enough wherever it says that a
 * session has been revoked, or was told about it less than MSS_SHARED_DELAY
 * ago.
 *
 * The store has no compare-and-set, only get and put. What can go wrong:
 *
 * - An end and a later activity meet: they have keys of their own, and an end
 *   counts whatever the activity says.
 * - Two front ends write activity at once, and the earlier time lands last:
 *   each reads before it writes, writes only what is later, reads again, and
 *   writes once more if it finds an earlier time. Where even that is overtaken,
 *   the front end with the later time still has it in its table, and no
 *   session is found idle without the store being asked again.
 */

/** For how long a front end may not know what another has noted. */
#define MSS_SHARED_DELAY apr_time_from_sec(1)

extern const mss_store_verbs mss_store_shared;

/** @return OK, or a status that stops the start, after logging why */
int mss_store_shared_init(server_rec *s, const mss_store_place *place);

void mss_store_shared_child_init(apr_pool_t *p);

#endif
