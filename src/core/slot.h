/* SPDX-License-Identifier: Apache-2.0
 * Knows the layout of one record of the table, and which of two is given up
 * before the other. Must not know where in the table they are. */

#ifndef MSS_SLOT_H
#define MSS_SLOT_H

#include "table.h"

typedef enum {
    MSS_SLOT_FREE,
    MSS_SLOT_LIVE,
    MSS_SLOT_REVOKED /* plus the reason */
} mss_slot_state;

typedef struct {
    unsigned char key[MSS_KEY_BYTES];
    apr_uint32_t state;
    apr_uint32_t spare; /* so that each machine has the same layout */
    apr_time_t created;
    apr_time_t last; /* of a revocation: until when it must be kept */
    mss_sync sync;
    apr_uint64_t choice; /* as of mss_record; one slot, one cache line */
} mss_slot;

/** Puts a record in a slot's place. Its state is what makes it visible: where this
 * is interrupted, the slot is empty. */
void mss_slot_fill(mss_slot *s, const unsigned char *key, apr_uint32_t state,
                   apr_time_t created, apr_time_t last);

/** In the order in which they are given up. */
typedef enum {
    MSS_RANK_FREE,
    MSS_RANK_SPENT, /* its going harms nobody: no limit lets it live on */
    /* Its time is over; the last of those that harm nobody, for what a later,
     * longer limit would make of it. */
    MSS_RANK_SPENT_REVOCATION,
    MSS_RANK_LIVE,
    MSS_RANK_REVOKED
} mss_slot_rank;

typedef struct {
    mss_slot_rank rank;
    apr_time_t last; /* in a rank the earlier goes first */
} mss_slot_weight;

/** @param stale before this time a record is of no use any more */
mss_slot_weight mss_slot_weigh(const mss_slot *s, apr_time_t stale,
                               apr_time_t now);

bool mss_slot_goes_before(mss_slot_weight a, mss_slot_weight b);

/** Whether it is no loss. */
bool mss_slot_is_spent(mss_slot_weight w);

#endif
