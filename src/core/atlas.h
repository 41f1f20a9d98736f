/* SPDX-License-Identifier: Apache-2.0
 * Knows a table of the places where cookies are, in any memory: the ones that were
 * noted last. Must not know whose memory it is, or who holds the lock. */

#ifndef MSS_ATLAS_H
#define MSS_ATLAS_H

#include <stdbool.h>

#include "apr_pools.h"
#include "apr_tables.h"

#define MSS_ATLAS_SLOTS 128
#define MSS_ATLAS_PATH 128
#define MSS_ATLAS_DOMAIN 96

typedef struct mss_atlas mss_atlas;

/** A Path and a Domain, "" for none. */
typedef struct {
    char path[MSS_ATLAS_PATH];
    char domain[MSS_ATLAS_DOMAIN];
} mss_atlas_entry;

/** Bytes for a table. */
apr_size_t mss_atlas_size(void);

/** Makes an empty table in zeroed memory of that size, aligned for any type; or
 * goes on with the one that is there. */
mss_atlas *mss_atlas_open(void *memory);

/**
 * Notes a place for a name. The one that was noted longest ago goes for it. What
 * is too long is not noted.
 *
 * @param name a hash
 * @return false where it is too long
 */
bool mss_atlas_note(mss_atlas *atlas, apr_uint64_t name, const char *path,
                    const char *domain);

/** The next place of a name. @param at 0 for the first; moved on
 * @return false at the end */
bool mss_atlas_next(const mss_atlas *atlas, apr_uint64_t name, int *at,
                    mss_atlas_entry *entry);

#endif
