/* SPDX-License-Identifier: Apache-2.0
 * Knows the memory of a table, and of those before it that had other sizes:
 * children of their generations write to them until they have answered what they
 * are at. Must not know the lock. */

#ifndef MSS_KEPT_H
#define MSS_KEPT_H

#include <stdbool.h>

#include "apr_shm.h"

#include "core/table.h"

typedef struct mss_kept mss_kept;

/** It lives as long as the parent process, and the next version of the module
 * finds it: nothing in it may change. */
struct mss_kept {
    apr_shm_t *shm; /* NULL: there is none yet */
    apr_size_t size;
    apr_size_t entries;
    apr_time_t until; /* of one before: when nobody looks into it any more */
    mss_kept *former;
};

/** @return NULL also where another version of the module has made it */
mss_table *mss_kept_adopt(const mss_kept *kept);

/** Takes those whose time is over out of the list and out of the parent, and so of
 * all children to come. Those that there are have a mapping of their own; the
 * memory goes with the last of them. */
void mss_kept_drop(mss_kept **list, apr_time_t now);

/** Takes over into table what has been written to them of key since they were
 * copied. With the lock. @return whether there is one whose time is not over */
bool mss_kept_look(const mss_kept *list, mss_table *table, const mss_key *key,
                   apr_time_t now);

#endif
