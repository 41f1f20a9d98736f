/* SPDX-License-Identifier: Apache-2.0 */

#include "recent.h"

#include <string.h>

#define WAYS 8
/* Looking through the whole table is cheap, but not for each request. */
#define SWEEP_INTERVAL apr_time_from_sec(1)

typedef struct {
    apr_uint64_t hash;
    mss_recent_scope scope;
    apr_time_t put;
    apr_uint32_t length; /* of the text; 0: the slot is empty */
    apr_uint32_t size;   /* of the meaning, which follows it */
} slot;

struct mss_recent {
    unsigned char secret[APR_SIPHASH_KSIZE];
    apr_interval_time_t keep;
    apr_time_t swept;
    apr_uint64_t sets;
    slot slots[]; /* then MSS_RECENT_ROOM bytes for each of them */
};

static apr_size_t sets_for(apr_size_t entries)
{
    return entries < WAYS ? 1 : (entries + WAYS - 1) / WAYS;
}

static apr_uint64_t slots_of(const mss_recent *t)
{
    return t->sets * WAYS;
}

apr_size_t mss_recent_size(apr_size_t entries)
{
    return sizeof(mss_recent)
           + sets_for(entries) * WAYS * (sizeof(slot) + MSS_RECENT_ROOM);
}

mss_recent *mss_recent_make(void *memory, apr_size_t entries,
                            apr_interval_time_t keep,
                            const unsigned char secret[APR_SIPHASH_KSIZE])
{
    mss_recent *t = memory;

    memcpy(t->secret, secret, sizeof(t->secret));
    t->keep = keep;
    t->sets = sets_for(entries);
    return t;
}

static char *room_of(mss_recent *t, const slot *s)
{
    char *rooms = (char *)(t->slots + slots_of(t));

    return rooms + (apr_size_t)(s - t->slots) * MSS_RECENT_ROOM;
}

mss_recent_key mss_recent_key_of(const mss_recent *t, mss_recent_scope scope,
                                 const char *text)
{
    mss_recent_key key = {.scope = scope, .text = text, .length = strlen(text)};

    key.hash = apr_siphash24(text, key.length, t->secret) | 1;
    return key;
}

static slot *set_of(mss_recent *t, const mss_recent_key *key)
{
    return t->slots + (key->hash >> 1) % t->sets * WAYS;
}

/* The hash only finds the place: the bytes decide. */
static slot *find(mss_recent *t, const mss_recent_key *key)
{
    slot *set = set_of(t, key);

    for (int i = 0; i < WAYS; i++) {
        slot *s = &set[i];

        if (s->hash == key->hash && s->length == key->length && s->length > 0
            && s->scope.owner == key->scope.owner
            && s->scope.rules == key->scope.rules
            && memcmp(room_of(t, s), key->text, key->length) == 0) {
            return s;
        }
    }
    return NULL;
}

static void wipe(mss_recent *t, slot *s)
{
    explicit_bzero(room_of(t, s), (apr_size_t)s->length + s->size);
    explicit_bzero(s, sizeof(*s));
}

/* Nor is one good that was put in the future: the clock has been set back. */
static bool is_old(const mss_recent *t, const slot *s, apr_time_t now)
{
    return now < s->put || now - s->put >= t->keep;
}

static void sweep(mss_recent *t, apr_time_t now)
{
    if (now >= t->swept && now - t->swept < SWEEP_INTERVAL) {
        return;
    }
    t->swept = now;
    for (apr_uint64_t i = 0; i < slots_of(t); i++) {
        slot *s = &t->slots[i];

        if (s->length > 0 && is_old(t, s, now)) {
            wipe(t, s);
        }
    }
}

apr_size_t mss_recent_get(mss_recent *t, const mss_recent_key *key,
                          apr_time_t now, void *meaning)
{
    slot *s;

    sweep(t, now);
    s = find(t, key);
    if (!s) {
        return 0;
    }
    if (is_old(t, s, now)) {
        wipe(t, s);
        return 0;
    }
    memcpy(meaning, room_of(t, s) + s->length, s->size);
    return s->size;
}

static slot *place_for(mss_recent *t, const mss_recent_key *key)
{
    slot *set = set_of(t, key);
    slot *oldest = find(t, key);

    if (oldest) {
        return oldest;
    }
    oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].length == 0) {
            return &set[i];
        }
        if (set[i].put < oldest->put) {
            oldest = &set[i];
        }
    }
    return oldest;
}

bool mss_recent_put(mss_recent *t, const mss_recent_key *key, apr_time_t now,
                    const void *meaning, apr_size_t n)
{
    slot *s;

    if (key->length == 0 || key->length > MSS_RECENT_ROOM || n == 0
        || n > MSS_RECENT_ROOM - key->length) {
        return false;
    }
    sweep(t, now);
    s = place_for(t, key);
    wipe(t, s);
    memcpy(room_of(t, s), key->text, key->length);
    memcpy(room_of(t, s) + key->length, meaning, n);
    *s = (slot){.hash = key->hash,
                .scope = key->scope,
                .put = now,
                .length = (apr_uint32_t)key->length,
                .size = (apr_uint32_t)n};
    return true;
}

void mss_recent_drop(mss_recent *t, const mss_recent_key *key)
{
    slot *set = set_of(t, key);

    for (int i = 0; i < WAYS; i++) {
        if (set[i].length > 0 && set[i].hash == key->hash) {
            wipe(t, &set[i]);
        }
    }
}

void mss_recent_wipe(mss_recent *t)
{
    for (apr_uint64_t i = 0; i < slots_of(t); i++) {
        wipe(t, &t->slots[i]);
    }
}

apr_size_t mss_recent_count(const mss_recent *t)
{
    apr_size_t n = 0;

    for (apr_uint64_t i = 0; i < slots_of(t); i++) {
        n += t->slots[i].length > 0;
    }
    return n;
}
