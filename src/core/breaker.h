/* SPDX-License-Identifier: Apache-2.0
 * Knows when a service that has failed, or is too slow, may be asked again, so that
 * nobody waits for it over and over. Must not know the service, threads or the wall clock:
 * now is an argument. */

#ifndef MSS_BREAKER_H
#define MSS_BREAKER_H

#include <stdbool.h>

#include "apr_time.h"

/** The first pause after a failure; it doubles up to the longest. */
#define MSS_BREAKER_SHORTEST apr_time_from_sec(5)
#define MSS_BREAKER_LONGEST apr_time_from_sec(60)

/** An answer that takes this long is slow; so many of them in a row are a
 * failure. One request can ask a dozen times and more. */
#define MSS_BREAKER_SLOW apr_time_from_msec(250)
#define MSS_BREAKER_SLOW_ONES 4

/** Zeroed: the service works. Whoever shares one holds a lock. */
typedef struct {
    apr_time_t since;          /* when the pause began */
    apr_interval_time_t pause; /* how long nobody asks; 0: it works */
    int slow;                  /* answers in a row */
} mss_breaker;

typedef enum {
    MSS_BREAKER_ASK,   /* the service works: ask it */
    MSS_BREAKER_PROBE, /* the pause is over: one may try, without waiting */
    MSS_BREAKER_LEAVE  /* it does not work: go on without it */
} mss_breaker_advice;

/** What to do now. PROBE begins the next pause, so that one alone is told so; a
 * clock that was set back ends a pause. */
mss_breaker_advice mss_breaker_ask(mss_breaker *b, apr_time_t now);

/** Notes a failure. @return whether it is news: the service worked before */
bool mss_breaker_fail(mss_breaker *b, apr_time_t now);

/** Notes how long an answer took that was waited for. @return whether it was one
 * slow answer too many, and that is news */
bool mss_breaker_answer(mss_breaker *b, apr_interval_time_t took,
                        apr_time_t now);

/** Notes a success. @return whether it is news: the service did not work */
bool mss_breaker_work(mss_breaker *b);

#endif
