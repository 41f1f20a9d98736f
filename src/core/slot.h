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
    apr_uint32_t mark; /* what a live one is of: see below */
    apr_time_t created;
    apr_time_t last; /* of a revocation: until when it must be kept */
    mss_sync sync;
    apr_uint64_t choice; /* as of mss_record; of a cookie a link: see below */
} mss_slot;

_Static_assert(sizeof(mss_slot) == 64, "one slot, one cache line");

/*
 * The record of a cookie links by choice to that of its session, and when another
 * value has taken its place, to that one's. Links are the first bytes of keys.
 *
 * Versions of this module that know of sessions alone can share the memory, and
 * leave the mark as it is when they make another record in the same place. So it
 * counts only beside the key that it was made for.
 */
typedef enum {
    MSS_SLOT_SESSION,
    MSS_SLOT_COOKIE,
    MSS_SLOT_REPLACED /* a cookie's former value */
} mss_slot_kind;

mss_slot_kind mss_slot_is(const mss_slot *s);
void mss_slot_mark(mss_slot *s, mss_slot_kind kind);

apr_uint64_t mss_slot_link(const mss_key *key);

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
    MSS_RANK_REPLACED,
    MSS_RANK_LIVE,
    MSS_RANK_REVOKED
} mss_slot_rank;

typedef struct {
    mss_slot_rank rank;
    apr_time_t last; /* in a rank the earlier goes first */
} mss_slot_weight;

/** @param session of a cookie, which is of use for as long as that; NULL: it is
 *                not known, or s is no cookie
 * @param stale before this time a record is of no use any more */
mss_slot_weight mss_slot_weigh(const mss_slot *s, const mss_slot *session,
                               apr_time_t stale, apr_time_t now);

bool mss_slot_goes_before(mss_slot_weight a, mss_slot_weight b);

/** Whether it is no loss. */
bool mss_slot_is_spent(mss_slot_weight w);

#endif
