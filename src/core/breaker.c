/* SPDX-License-Identifier: Apache-2.0 */

#include "breaker.h"

static bool works(const mss_breaker *b)
{
    return b->pause == 0;
}

mss_breaker_advice mss_breaker_ask(mss_breaker *b, apr_time_t now)
{
    if (works(b)) {
        return MSS_BREAKER_ASK;
    }
    if (now >= b->since && now - b->since < b->pause) {
        return MSS_BREAKER_LEAVE;
    }
    b->since = now;
    b->pause =
        b->pause * 2 < MSS_BREAKER_LONGEST ? b->pause * 2 : MSS_BREAKER_LONGEST;
    return MSS_BREAKER_PROBE;
}

bool mss_breaker_fail(mss_breaker *b, apr_time_t now)
{
    /* What else fails in a pause began before it, or was the try. */
    if (!works(b)) {
        return false;
    }
    b->since = now;
    b->pause = MSS_BREAKER_SHORTEST;
    b->slow = 0;
    return true;
}

bool mss_breaker_answer(mss_breaker *b, apr_interval_time_t took,
                        apr_time_t now)
{
    b->slow = took < MSS_BREAKER_SLOW ? 0 : b->slow + 1;
    return b->slow >= MSS_BREAKER_SLOW_ONES && mss_breaker_fail(b, now);
}

bool mss_breaker_work(mss_breaker *b)
{
    bool news = !works(b);

    *b = (mss_breaker){0};
    return news;
}
