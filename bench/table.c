/* SPDX-License-Identifier: Apache-2.0
 * Knows how to fill a table of sessions and look some of them up, for callgrind
 * to count. Must not know how that is counted. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/table.h"

#define NOW apr_time_from_sec(1700000000)
#define STALE (NOW - apr_time_from_sec(600))

/* Keys are hashes; these are spread as evenly (splitmix64). */
static mss_key key_of(uint64_t n)
{
    mss_key key;

    for (size_t at = 0; at < sizeof(key.bytes); at += 4) {
        uint64_t z = (n * 8 + at) * 0x9e3779b97f4a7c15;
        uint32_t part;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        part = (uint32_t)(z >> 31);
        memcpy(key.bytes + at, &part, 4);
    }
    return key;
}

/* A function of its own, by whose name callgrind finds it. */
__attribute__((noinline)) int look_up(mss_table *table, const mss_key *key);
__attribute__((noinline)) int look_up(mss_table *table, const mss_key *key)
{
    static const mss_visit visit = {.created = NOW, .at = NOW};
    mss_record record;

    mss_table_get(table, key, &record);
    return record.source == MSS_SOURCE_STORE
           && mss_table_touch(table, key, &visit, STALE, NOW)
                  == MSS_TOUCH_NOTED;
}

int main(int argc, char **argv)
{
    uint64_t sessions = argc == 4 ? strtoull(argv[1], NULL, 10) : 0;
    apr_size_t entries = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    uint64_t look_ups = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
    void *memory = sessions ? malloc(mss_table_size(entries)) : NULL;
    mss_table *table;
    uint64_t found = 0;

    if (!memory) {
        fputs("table sessions entries look-ups\n", stderr);
        return 1;
    }
    table = mss_table_make(memory, entries);
    for (uint64_t n = 0; n < sessions; n++) {
        static const mss_visit visit = {.created = NOW - 1, .at = NOW - 1};
        mss_key key = key_of(n);

        mss_table_touch(table, &key, &visit, STALE, NOW);
    }
    for (uint64_t i = 0; i < look_ups; i++) {
        mss_key key = key_of(i * 0x9e3779b1 % sessions);

        found += (uint64_t)look_up(table, &key);
    }
    printf("{\"bytes\": %" APR_SIZE_T_FMT ", \"evictions\": %" PRIu64
           ", \"found\": %" PRIu64 "}\n",
           mss_table_size(entries), (uint64_t)mss_table_evictions(table),
           found);
    free(memory);
    return 0;
}
