/* SPDX-License-Identifier: Apache-2.0
 * Knows a table of what texts have lately been found to mean, bounded in number,
 * size and time, whose entries are wiped as they go. Must not know what the
 * texts are, whose memory it is, or who holds the lock. */

#ifndef MSS_RECENT_H
#define MSS_RECENT_H

#include <stdbool.h>

#include "apr_siphash.h"
#include "apr_time.h"

/** Bytes that one entry has for a text and its meaning together. */
#define MSS_RECENT_ROOM 4096

typedef struct mss_recent mss_recent;

/** What else a text's meaning depends on: compared, never followed. */
typedef struct {
    const void *owner;
    apr_uint64_t rules;
} mss_recent_scope;

typedef struct {
    mss_recent_scope scope;
    const char *text;
    apr_size_t length;
    apr_uint64_t hash; /* of the text; 0 in a key that names nothing */
} mss_recent_key;

/** Bytes for a table of at least that many entries. */
apr_size_t mss_recent_size(apr_size_t entries);

/**
 * Makes an empty table in zeroed memory of that size, aligned for any type.
 *
 * @param keep how long an entry may be used, from when it was put; microseconds
 * @param secret random: who sends texts must not be able to choose places
 */
mss_recent *mss_recent_make(void *memory, apr_size_t entries,
                            apr_interval_time_t keep,
                            const unsigned char secret[APR_SIPHASH_KSIZE]);

/** The key of a text (NUL-terminated, not copied). Needs no lock. */
mss_recent_key mss_recent_key_of(const mss_recent *t, mss_recent_scope scope,
                                 const char *text);

/**
 * Copies the meaning of a text, if it was put under a key of the same scope and
 * the same bytes, less than keep ago. Entries that are too old by now go.
 *
 * @param meaning room for MSS_RECENT_ROOM bytes
 * @return its size; 0: not known
 */
apr_size_t mss_recent_get(mss_recent *t, const mss_recent_key *key,
                          apr_time_t now, void *meaning);

/** Keeps a copy of text and meaning, in place of the oldest where there is no
 * room. @param n its size, at least 1  @return false when it is too large */
bool mss_recent_put(mss_recent *t, const mss_recent_key *key, apr_time_t now,
                    const void *meaning, apr_size_t n);

/** Wipes what is kept of texts with the key's hash. */
void mss_recent_drop(mss_recent *t, const mss_recent_key *key);

/** Wipes all entries. */
void mss_recent_wipe(mss_recent *t);

/** How many entries are kept, whatever their age. */
apr_size_t mss_recent_count(const mss_recent *t);

#endif
