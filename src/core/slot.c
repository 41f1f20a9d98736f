/* SPDX-License-Identifier: Apache-2.0 */

#include "slot.h"

#include <string.h>

void mss_slot_fill(mss_slot *s, const unsigned char *key, apr_uint32_t state,
                   apr_time_t created, apr_time_t last)
{
    __atomic_store_n(&s->state, MSS_SLOT_FREE, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    memcpy(s->key, key, MSS_KEY_BYTES);
    s->mark = 0;
    s->created = created;
    s->last = last;
    memset(&s->sync, 0, sizeof(s->sync));
    s->choice = 0;
    __atomic_store_n(&s->state, state, __ATOMIC_RELEASE);
}

/* In the lowest two bits; never 0 for what is no session. */
static apr_uint32_t mark_for(const mss_slot *s, mss_slot_kind kind)
{
    apr_uint32_t own;

    if (kind == MSS_SLOT_SESSION) {
        return 0;
    }
    memcpy(&own, s->key + MSS_KEY_BYTES - sizeof(own), sizeof(own));
    return (own & ~3u) | kind;
}

mss_slot_kind mss_slot_is(const mss_slot *s)
{
    const mss_slot_kind kind = (mss_slot_kind)(s->mark & 3);

    return s->mark == mark_for(s, kind) ? kind : MSS_SLOT_SESSION;
}

void mss_slot_mark(mss_slot *s, mss_slot_kind kind)
{
    s->mark = mark_for(s, kind);
}

apr_uint64_t mss_slot_link(const mss_key *key)
{
    apr_uint64_t link;

    memcpy(&link, key->bytes, sizeof(link));
    return link;
}

static mss_slot_weight weigh_live(const mss_slot *s, const mss_slot *session,
                                  apr_time_t stale, apr_time_t now)
{
    mss_slot_weight w = {MSS_RANK_LIVE, s->last};

    if (mss_slot_is(s) == MSS_SLOT_REPLACED) {
        w.rank = s->last < now - MSS_TABLE_REPLACED ? MSS_RANK_SPENT
                                                    : MSS_RANK_REPLACED;
        return w;
    }
    if (session && session->state == MSS_SLOT_LIVE && session->last > w.last) {
        w.last = session->last;
    }
    if (w.last < stale || (session && session->state != MSS_SLOT_LIVE)) {
        w.rank = MSS_RANK_SPENT;
    }
    return w;
}

mss_slot_weight mss_slot_weigh(const mss_slot *s, const mss_slot *session,
                               apr_time_t stale, apr_time_t now)
{
    switch (s->state) {
    case MSS_SLOT_FREE:
        return (mss_slot_weight){MSS_RANK_FREE, s->last};
    case MSS_SLOT_LIVE:
        return weigh_live(s, session, stale, now);
    default:
        return (mss_slot_weight){s->last < now ? MSS_RANK_SPENT_REVOCATION
                                               : MSS_RANK_REVOKED,
                                 s->last};
    }
}

bool mss_slot_goes_before(mss_slot_weight a, mss_slot_weight b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.last < b.last;
}

bool mss_slot_is_spent(mss_slot_weight w)
{
    return w.rank < MSS_RANK_REPLACED;
}
