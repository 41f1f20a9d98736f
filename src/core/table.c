/* SPDX-License-Identifier: Apache-2.0 */

#include "table.h"

#include <string.h>

#define MAGIC 0x6d73735f7461626cULL /* "mss_tabl" */
/* Another layout of header or slot gets another number. */
#define LAYOUT 4

typedef enum {
    FREE,
    LIVE,
    REVOKED /* plus the reason */
} slot_state;

typedef struct {
    unsigned char key[MSS_KEY_BYTES];
    apr_uint32_t state;
    apr_uint32_t spare; /* so that each machine has the same layout */
    apr_time_t created;
    apr_time_t last; /* of a revocation: until when it must be kept */
    mss_sync sync;
    apr_uint64_t choice; /* as of mss_record; one slot, one cache line */
} slot;

struct mss_table {
    apr_uint64_t magic;
    apr_uint32_t layout;
    apr_uint32_t slot_size;
    apr_uint64_t sets;
    apr_uint64_t evictions;
    apr_time_t complained;
    apr_interval_time_t longest; /* as of mss_table_outlast */
    apr_uint64_t spare[2];
};

apr_size_t mss_table_more(apr_size_t entries)
{
    return entries < MSS_TABLE_MOST / 2 ? 2 * entries : MSS_TABLE_MOST;
}

static apr_size_t sets_for(apr_size_t entries)
{
    return entries < MSS_TABLE_WAYS
               ? 1
               : (entries + MSS_TABLE_WAYS - 1) / MSS_TABLE_WAYS;
}

static apr_size_t slots_for(apr_size_t entries)
{
    return sets_for(entries) * MSS_TABLE_WAYS;
}

apr_size_t mss_table_size(apr_size_t entries)
{
    return sizeof(mss_table) + slots_for(entries) * sizeof(slot);
}

static slot *slots_of(const mss_table *t)
{
    return (slot *)(void *)(t + 1);
}

mss_table *mss_table_make(void *memory, apr_size_t entries)
{
    mss_table *t = memory;

    memset(t, 0, mss_table_size(entries));
    t->layout = LAYOUT;
    t->slot_size = sizeof(slot);
    t->sets = sets_for(entries);
    t->magic = MAGIC;
    return t;
}

mss_table *mss_table_adopt(void *memory, apr_size_t size, apr_size_t entries)
{
    mss_table *t = memory;

    if (size != mss_table_size(entries) || t->magic != MAGIC
        || t->layout != LAYOUT || t->slot_size != sizeof(slot)
        || t->sets != sets_for(entries)) {
        return NULL;
    }
    return t;
}

/* The first of MSS_TABLE_WAYS. */
static slot *set_of(const mss_table *t, const unsigned char *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key, sizeof(hash));
    return slots_of(t) + hash % t->sets * MSS_TABLE_WAYS;
}

static slot *find(const mss_table *t, const mss_key *key)
{
    slot *s = set_of(t, key->bytes);

    for (int i = 0; i < MSS_TABLE_WAYS; i++, s++) {
        if (s->state != FREE
            && memcmp(s->key, key->bytes, MSS_KEY_BYTES) == 0) {
            return s;
        }
    }
    return NULL;
}

/* Whether a record's going harms nobody: no limit lets it live on, or the
 * revocation's time is over. */
static bool is_spent(const slot *s, apr_time_t stale, apr_time_t now)
{
    switch (s->state) {
    case FREE:
        return true;
    case LIVE:
        return s->last < stale;
    default:
        return s->last < now;
    }
}

/* In the order in which they are given up. A spent revocation is the last of
 * those that harm nobody, for what a later, longer limit would make of it. */
typedef enum {
    RANK_FREE,
    RANK_SPENT,
    RANK_SPENT_REVOCATION,
    RANK_LIVE,
    RANK_REVOKED
} rank;

static rank rank_of(const slot *s, apr_time_t stale, apr_time_t now)
{
    if (s->state == FREE) {
        return RANK_FREE;
    }
    if (is_spent(s, stale, now)) {
        return s->state == LIVE ? RANK_SPENT : RANK_SPENT_REVOCATION;
    }
    return s->state == LIVE ? RANK_LIVE : RANK_REVOKED;
}

/* Which of two is given up before the other: in a rank the earlier. */
static bool goes_before(const slot *a, const slot *b, apr_time_t stale,
                        apr_time_t now)
{
    rank of_a = rank_of(a, stale, now);
    rank of_b = rank_of(b, stale, now);

    return of_a != of_b ? of_a < of_b : a->last < b->last;
}

static slot *victim(const mss_table *t, const mss_key *key, apr_time_t stale,
                    apr_time_t now)
{
    slot *s = set_of(t, key->bytes);
    slot *first = s;

    for (int i = 1; i < MSS_TABLE_WAYS && first->state != FREE; i++) {
        if (goes_before(&s[i], first, stale, now)) {
            first = &s[i];
        }
    }
    return first;
}

/* The state is what makes a record visible, so it goes first and comes last. */
static void fill(slot *s, const unsigned char *key, apr_uint32_t state,
                 apr_time_t created, apr_time_t last)
{
    __atomic_store_n(&s->state, FREE, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    memcpy(s->key, key, MSS_KEY_BYTES);
    s->created = created;
    s->last = last;
    memset(&s->sync, 0, sizeof(s->sync));
    s->choice = 0;
    __atomic_store_n(&s->state, state, __ATOMIC_RELEASE);
}

void mss_table_get(const mss_table *t, const mss_key *key, mss_record *record)
{
    const slot *s = find(t, key);

    if (!s) {
        record->source = MSS_SOURCE_NONE;
    }
    else if (s->state == LIVE) {
        record->source = MSS_SOURCE_STORE;
        record->created = s->created;
        record->last = s->last;
        record->choice = s->choice;
    }
    else {
        record->source = MSS_SOURCE_REVOKED;
        record->reason = (mss_end)(s->state - REVOKED);
    }
}

mss_touched mss_table_touch(mss_table *t, const mss_key *key,
                            apr_time_t created, apr_time_t at, apr_time_t stale,
                            apr_time_t now)
{
    slot *s = find(t, key);

    if (s && s->state != LIVE) {
        return MSS_TOUCH_REVOKED;
    }
    if (s) {
        if (at > s->last || s->last > now + MSS_SKEW) {
            s->last = at;
        }
        if (s->created > now + MSS_SKEW) {
            s->created = created;
        }
        return MSS_TOUCH_NOTED;
    }
    s = victim(t, key, stale, now);
    t->evictions += !is_spent(s, stale, now);
    /* A set full of revocations. */
    if (rank_of(s, stale, now) == RANK_REVOKED) {
        return MSS_TOUCH_NO_ROOM;
    }
    fill(s, key->bytes, LIVE, created, at);
    return MSS_TOUCH_NOTED;
}

bool mss_table_revoke(mss_table *t, const mss_key *key, apr_time_t until,
                      mss_end reason, apr_time_t stale, apr_time_t now)
{
    apr_uint32_t state = (apr_uint32_t)REVOKED + (apr_uint32_t)reason;
    slot *s = find(t, key);

    if (s && s->state != LIVE) {
        return false;
    }
    if (s) {
        /* In this order: no moment at which it is live with that time. */
        __atomic_store_n(&s->state, state, __ATOMIC_RELEASE);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        s->last = until;
        s->sync.told = 0;
    }
    else {
        s = victim(t, key, stale, now);
        t->evictions += !is_spent(s, stale, now);
        fill(s, key->bytes, state, 0, until);
    }
    return true;
}

void mss_table_choose(mss_table *t, const mss_key *key, apr_uint64_t choice)
{
    slot *s = find(t, key);

    if (s) {
        s->choice = choice;
    }
}

mss_sync *mss_table_sync(mss_table *t, const mss_key *key)
{
    slot *s = find(t, key);

    return s ? &s->sync : NULL;
}

apr_size_t mss_table_slots(const mss_table *t)
{
    return (apr_size_t)(t->sets * MSS_TABLE_WAYS);
}

bool mss_table_untold(const mss_table *t, apr_size_t at, apr_time_t now,
                      mss_key *key, mss_ending *ending)
{
    const slot *s = slots_of(t) + at;

    if (s->state < REVOKED || s->sync.told != 0 || s->last < now) {
        return false;
    }
    memcpy(key->bytes, s->key, MSS_KEY_BYTES);
    ending->until = s->last;
    ending->reason = (mss_end)(s->state - REVOKED);
    return true;
}

apr_uint64_t mss_table_evictions(const mss_table *t)
{
    return t->evictions;
}

bool mss_table_complain(mss_table *t, apr_uint64_t before, apr_time_t now)
{
    if (t->evictions == before
        || (now >= t->complained && now - t->complained < MSS_TABLE_COMPLAIN)) {
        return false;
    }
    t->complained = now;
    return true;
}

/* By how much; what is no time that was ever told counts as the same. */
static apr_uint64_t growth(const mss_table *t, apr_interval_time_t longest)
{
    const apr_interval_time_t told =
        __atomic_load_n(&t->longest, __ATOMIC_RELAXED);

    return told < 0 || told > longest ? 0 : (apr_uint64_t)(longest - told);
}

void mss_table_outlast(mss_table *t, apr_size_t entries,
                       apr_interval_time_t longest)
{
    const apr_size_t n = slots_for(entries);
    const apr_uint64_t more = growth(t, longest);
    slot *s = slots_of(t);

    for (apr_size_t i = 0; more > 0 && i < n; i++) {
        if (s[i].state >= REVOKED) {
            s[i].last = (apr_time_t)((apr_uint64_t)s[i].last + more);
        }
    }
    t->longest = longest;
}

void mss_table_count(const mss_table *t, apr_size_t at, apr_time_t stale,
                     apr_time_t now, mss_table_usage *usage)
{
    const slot *s = slots_of(t) + at;

    if (!is_spent(s, stale, now)) {
        usage->live += s->state == LIVE;
        usage->revocations += s->state != LIVE;
    }
}

void mss_table_copy(const mss_table *from, apr_size_t entries, mss_table *to)
{
    const apr_size_t n = slots_for(entries);
    const slot *s = slots_of(from);

    to->evictions = from->evictions;
    to->longest = from->longest;
    for (apr_size_t i = 0; i < n; i++, s++) {
        mss_key key;
        slot *place;

        if (s->state == FREE) {
            continue;
        }
        memcpy(key.bytes, s->key, MSS_KEY_BYTES);
        place = victim(to, &key, 0, 0);
        to->evictions += place->state != FREE;
        if (!goes_before(s, place, 0, 0)) {
            fill(place, s->key, s->state, s->created, s->last);
            place->sync = s->sync;
            place->choice = s->choice;
        }
    }
}
