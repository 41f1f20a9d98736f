/* SPDX-License-Identifier: Apache-2.0
 * Knows how often what has happened, on the whole server, since it was started:
 * numbers in shared memory that outlive restarts as the store does. Must not
 * know what they are told by. */

#ifndef MSS_COUNTS_H
#define MSS_COUNTS_H

#include "httpd.h"

#include "core/clock.h"

/** What is counted. The first are counted on the way of ordinary requests, and
 * fit into one cache line. Another number of them is another layout. */
typedef enum {
    MSS_COUNT_INJECTED,
    MSS_COUNT_NOT_WANTED,   /* no page was asked for, or Inject is Off */
    MSS_COUNT_NOT_FIT,      /* the answer is no page, or cannot be changed */
    MSS_COUNT_NOT_PLACED,   /* no place in the document */
    MSS_COUNT_NOT_ADMITTED, /* its Content-Security-Policy is in the way */
    MSS_COUNT_PINGS,
    MSS_COUNT_DECODE_HITS, /* sessions that need not be decoded again */
    MSS_COUNT_DECODE_MISSES,
    MSS_COUNT_BEGUN,
    MSS_COUNT_ENDED, /* plus the reason, an mss_end */
    MSS_COUNTS = MSS_COUNT_ENDED + MSS_ENDS
} mss_count;

/** A word each: to more than that many machines add by a library alone, which
 * httpd does not load. Of 32 bits they begin again after four thousand million. */
typedef struct {
    apr_size_t of[MSS_COUNTS];
} mss_counters;

/** The numbers. Never NULL: before mss_counts_init they are this process' own. */
extern mss_counters *mss_counts;

/** Adds one. No lock, no call. */
static inline void mss_counts_add(mss_count what)
{
    __atomic_fetch_add(&mss_counts->of[what], 1, __ATOMIC_RELAXED);
}

static inline apr_uint64_t mss_counts_get(mss_count what)
{
    return __atomic_load_n(&mss_counts->of[what], __ATOMIC_RELAXED);
}

/** Hook post_config: makes the shared memory, or finds that of the generation
 * before. Without memory each process counts for itself; that is logged. */
void mss_counts_init(server_rec *s);

#endif
