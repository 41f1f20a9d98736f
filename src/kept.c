/* SPDX-License-Identifier: Apache-2.0 */

#include "kept.h"

#include "config.h"

mss_table *mss_kept_adopt(const mss_kept *kept)
{
    return kept->shm ? mss_table_adopt(apr_shm_baseaddr_get(kept->shm),
                                       kept->size, kept->entries)
                     : NULL;
}

void mss_kept_drop(mss_kept **list, apr_time_t now)
{
    while (*list) {
        if (now < (*list)->until) {
            list = &(*list)->former;
        }
        else {
            apr_shm_destroy((*list)->shm);
            *list = (*list)->former;
        }
    }
}

static void take_over(const mss_table *old, mss_table *table,
                      const mss_key *key, apr_time_t now)
{
    const apr_interval_time_t longest = mss_conf_longest();
    mss_record then = {.source = MSS_SOURCE_NONE};

    mss_table_get(old, key, &then);
    if (then.source == MSS_SOURCE_REVOKED) {
        mss_table_revoke(table, key, now + longest + MSS_SKEW, then.reason,
                         now - longest, now);
    }
    else if (then.source == MSS_SOURCE_STORE) {
        mss_table_take(table, old, key, now - longest, now);
    }
}

bool mss_kept_look(const mss_kept *list, mss_table *table, const mss_key *key,
                   apr_time_t now)
{
    bool in_time = false;

    for (; list; list = list->former) {
        if (now < list->until) {
            take_over(mss_kept_adopt(list), table, key, now);
            in_time = true;
        }
    }
    return in_time;
}
