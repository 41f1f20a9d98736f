/* SPDX-License-Identifier: Apache-2.0 */

#include "slot.h"

#include <string.h>

void mss_slot_fill(mss_slot *s, const unsigned char *key, apr_uint32_t state,
                   apr_time_t created, apr_time_t last)
{
    __atomic_store_n(&s->state, MSS_SLOT_FREE, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    memcpy(s->key, key, MSS_KEY_BYTES);
    s->created = created;
    s->last = last;
    memset(&s->sync, 0, sizeof(s->sync));
    s->choice = 0;
    __atomic_store_n(&s->state, state, __ATOMIC_RELEASE);
}

static mss_slot_rank rank_of(const mss_slot *s, apr_time_t stale,
                             apr_time_t now)
{
    switch (s->state) {
    case MSS_SLOT_FREE:
        return MSS_RANK_FREE;
    case MSS_SLOT_LIVE:
        return s->last < stale ? MSS_RANK_SPENT : MSS_RANK_LIVE;
    default:
        return s->last < now ? MSS_RANK_SPENT_REVOCATION : MSS_RANK_REVOKED;
    }
}

mss_slot_weight mss_slot_weigh(const mss_slot *s, apr_time_t stale,
                               apr_time_t now)
{
    return (mss_slot_weight){rank_of(s, stale, now), s->last};
}

bool mss_slot_goes_before(mss_slot_weight a, mss_slot_weight b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.last < b.last;
}

bool mss_slot_is_spent(mss_slot_weight w)
{
    return w.rank < MSS_RANK_LIVE;
}
