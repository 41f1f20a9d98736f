/* SPDX-License-Identifier: Apache-2.0 */

#include "table.h"

#include <string.h>

#include "slot.h"

#define MAGIC 0x6d73735f7461626cULL /* "mss_tabl" */
/* Another layout of header or slot gets another number. */
#define LAYOUT 4

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
    return sizeof(mss_table) + slots_for(entries) * sizeof(mss_slot);
}

static mss_slot *slots_of(const mss_table *t)
{
    return (mss_slot *)(void *)(t + 1);
}

mss_table *mss_table_make(void *memory, apr_size_t entries)
{
    mss_table *t = memory;

    memset(t, 0, mss_table_size(entries));
    t->layout = LAYOUT;
    t->slot_size = sizeof(mss_slot);
    t->sets = sets_for(entries);
    t->magic = MAGIC;
    return t;
}

mss_table *mss_table_adopt(void *memory, apr_size_t size, apr_size_t entries)
{
    mss_table *t = memory;

    if (size != mss_table_size(entries) || t->magic != MAGIC
        || t->layout != LAYOUT || t->slot_size != sizeof(mss_slot)
        || t->sets != sets_for(entries)) {
        return NULL;
    }
    return t;
}

/* The first of MSS_TABLE_WAYS. */
static mss_slot *set_of(const mss_table *t, const unsigned char *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key, sizeof(hash));
    return slots_of(t) + hash % t->sets * MSS_TABLE_WAYS;
}

static mss_slot *follow(const mss_table *t, apr_uint64_t link)
{
    unsigned char key[sizeof(link)];
    mss_slot *s;

    memcpy(key, &link, sizeof(link));
    s = set_of(t, key);
    for (int i = 0; i < MSS_TABLE_WAYS; i++, s++) {
        if (s->state != MSS_SLOT_FREE
            && memcmp(s->key, key, sizeof(key)) == 0) {
            return s;
        }
    }
    return NULL;
}

static mss_slot *find(const mss_table *t, const mss_key *key)
{
    mss_slot *s = set_of(t, key->bytes);

    for (int i = 0; i < MSS_TABLE_WAYS; i++, s++) {
        if (s->state != MSS_SLOT_FREE
            && memcmp(s->key, key->bytes, MSS_KEY_BYTES) == 0) {
            return s;
        }
    }
    return NULL;
}

/* A slot, and what it weighs. */
typedef struct {
    mss_slot *slot;
    mss_slot_weight weight;
} candidate;

static mss_slot_weight weigh(const mss_table *t, const mss_slot *s,
                             apr_time_t stale, apr_time_t now)
{
    const bool is_cookie =
        s->state == MSS_SLOT_LIVE && mss_slot_is(s) == MSS_SLOT_COOKIE;

    return mss_slot_weigh(s, is_cookie ? follow(t, s->choice) : NULL, stale,
                          now);
}

static candidate victim(const mss_table *t, const mss_key *key,
                        apr_time_t stale, apr_time_t now)
{
    mss_slot *s = set_of(t, key->bytes);
    candidate first = {s, weigh(t, s, stale, now)};

    for (int i = 1; i < MSS_TABLE_WAYS && first.weight.rank != MSS_RANK_FREE;
         i++) {
        const candidate next = {&s[i], weigh(t, &s[i], stale, now)};

        if (mss_slot_goes_before(next.weight, first.weight)) {
            first = next;
        }
    }
    return first;
}

void mss_table_get(const mss_table *t, const mss_key *key, mss_record *record)
{
    const mss_slot *s = find(t, key);

    if (!s) {
        record->source = MSS_SOURCE_NONE;
    }
    else if (s->state == MSS_SLOT_LIVE) {
        record->source = MSS_SOURCE_STORE;
        record->created = s->created;
        record->last = s->last;
        record->choice = s->choice;
        record->replaced = mss_slot_is(s) == MSS_SLOT_REPLACED;
    }
    else {
        record->source = MSS_SOURCE_REVOKED;
        record->reason = (mss_end)(s->state - MSS_SLOT_REVOKED);
    }
}

static void belong(mss_slot *s, const mss_key *session)
{
    if (session) {
        mss_slot_mark(s, MSS_SLOT_COOKIE);
        s->choice = mss_slot_link(session);
    }
}

mss_touched mss_table_touch(mss_table *t, const mss_key *key,
                            const mss_visit *visit, apr_time_t stale,
                            apr_time_t now)
{
    mss_slot *s = find(t, key);
    candidate v;

    if (s && s->state != MSS_SLOT_LIVE) {
        return MSS_TOUCH_REVOKED;
    }
    if (s) {
        if (visit->at > s->last || s->last > now + MSS_SKEW) {
            s->last = visit->at;
        }
        if (s->created > now + MSS_SKEW) {
            s->created = visit->created;
        }
        belong(s, visit->session);
        return MSS_TOUCH_NOTED;
    }
    v = victim(t, key, stale, now);
    t->evictions += !mss_slot_is_spent(v.weight);
    /* A set full of revocations. */
    if (v.weight.rank == MSS_RANK_REVOKED) {
        return MSS_TOUCH_NO_ROOM;
    }
    mss_slot_fill(v.slot, key->bytes, MSS_SLOT_LIVE, visit->created, visit->at);
    belong(v.slot, visit->session);
    return MSS_TOUCH_NOTED;
}

/* Notes of a cookie that what link leads to has taken its place.
 * @return to what another link has led so far, or 0 */
static apr_uint64_t retire(mss_slot *s, apr_uint64_t link, apr_time_t now)
{
    const apr_uint64_t before =
        mss_slot_is(s) == MSS_SLOT_REPLACED ? s->choice : 0;

    mss_slot_mark(s, MSS_SLOT_REPLACED);
    s->last = now;
    s->choice = link;
    return before != link ? before : 0;
}

bool mss_table_replace(mss_table *t, const mss_key *key, const mss_key *by,
                       apr_time_t now, mss_key *other)
{
    mss_slot *s = find(t, key);
    mss_slot *sibling;
    apr_uint64_t before;

    if (!s || s->state != MSS_SLOT_LIVE) {
        return false;
    }
    before = retire(s, mss_slot_link(by), now);
    sibling = before ? follow(t, before) : NULL;
    if (!sibling || sibling->state != MSS_SLOT_LIVE
        || mss_slot_is(sibling) != MSS_SLOT_COOKIE) {
        return false;
    }
    (void)retire(sibling, 0, now);
    memcpy(other->bytes, sibling->key, MSS_KEY_BYTES);
    return true;
}

bool mss_table_revoke(mss_table *t, const mss_key *key, apr_time_t until,
                      mss_end reason, apr_time_t stale, apr_time_t now)
{
    apr_uint32_t state = (apr_uint32_t)MSS_SLOT_REVOKED + (apr_uint32_t)reason;
    mss_slot *s = find(t, key);

    if (s && s->state != MSS_SLOT_LIVE) {
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
        const candidate v = victim(t, key, stale, now);

        t->evictions += !mss_slot_is_spent(v.weight);
        mss_slot_fill(v.slot, key->bytes, state, 0, until);
    }
    return true;
}

void mss_table_choose(mss_table *t, const mss_key *key, apr_uint64_t choice)
{
    mss_slot *s = find(t, key);

    if (s) {
        s->choice = choice;
    }
}

void mss_table_take(mss_table *t, const mss_table *from, const mss_key *key,
                    apr_time_t stale, apr_time_t now)
{
    const mss_slot *was = find(from, key);
    const mss_visit visit = {.created = was->created, .at = was->last};
    mss_slot *s;

    (void)mss_table_touch(t, key, &visit, stale, now);
    s = find(t, key);
    if (s && mss_slot_is(s) == MSS_SLOT_SESSION && !s->choice) {
        mss_slot_mark(s, mss_slot_is(was));
        s->choice = was->choice;
    }
}

mss_sync *mss_table_sync(mss_table *t, const mss_key *key)
{
    mss_slot *s = find(t, key);

    return s ? &s->sync : NULL;
}

apr_size_t mss_table_slots(const mss_table *t)
{
    return (apr_size_t)(t->sets * MSS_TABLE_WAYS);
}

bool mss_table_untold(const mss_table *t, apr_size_t at, apr_time_t now,
                      mss_key *key, mss_ending *ending)
{
    const mss_slot *s = slots_of(t) + at;

    if (s->state < MSS_SLOT_REVOKED || s->sync.told != 0 || s->last < now) {
        return false;
    }
    memcpy(key->bytes, s->key, MSS_KEY_BYTES);
    ending->until = s->last;
    ending->reason = (mss_end)(s->state - MSS_SLOT_REVOKED);
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
    mss_slot *s = slots_of(t);

    for (apr_size_t i = 0; more > 0 && i < n; i++) {
        if (s[i].state >= MSS_SLOT_REVOKED) {
            s[i].last = (apr_time_t)((apr_uint64_t)s[i].last + more);
        }
    }
    t->longest = longest;
}

void mss_table_count(const mss_table *t, apr_size_t at, apr_time_t stale,
                     apr_time_t now, mss_table_usage *usage)
{
    const mss_slot *s = slots_of(t) + at;

    if (mss_slot_is_spent(weigh(t, s, stale, now))) {
        return;
    }
    if (s->state != MSS_SLOT_LIVE) {
        usage->revocations++;
    }
    else if (mss_slot_is(s) == MSS_SLOT_SESSION) {
        usage->live++;
    }
    else {
        usage->cookies++;
    }
}

void mss_table_copy(const mss_table *from, apr_size_t entries, mss_table *to)
{
    const apr_size_t n = slots_for(entries);
    const mss_slot *s = slots_of(from);

    to->evictions = from->evictions;
    to->longest = from->longest;
    for (apr_size_t i = 0; i < n; i++, s++) {
        mss_key key;
        candidate place;

        if (s->state == MSS_SLOT_FREE) {
            continue;
        }
        memcpy(key.bytes, s->key, MSS_KEY_BYTES);
        place = victim(to, &key, 0, 0);
        to->evictions += place.weight.rank != MSS_RANK_FREE;
        /* By itself: a link leads anywhere that a child has written. */
        if (!mss_slot_goes_before(mss_slot_weigh(s, NULL, 0, 0),
                                  place.weight)) {
            mss_slot_fill(place.slot, s->key, s->state, s->created, s->last);
            mss_slot_mark(place.slot, mss_slot_is(s));
            place.slot->sync = s->sync;
            place.slot->choice = s->choice;
        }
    }
}
