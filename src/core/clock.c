/* SPDX-License-Identifier: Apache-2.0 */

#include "clock.h"

/* How long ago something was. A time in the future counts as now. */
static apr_interval_time_t elapsed(apr_time_t then, apr_time_t now)
{
    return then < now ? now - then : 0;
}

/* Where a login goes that lies ahead since the clock was set back: at the last
 * stamp the session was as old as the clock said then. 0: it stays. */
static apr_time_t moved_login(const mss_record *record, apr_time_t now)
{
    return record->created > now + MSS_SKEW
               ? now - elapsed(record->created, record->last)
               : 0;
}

/* Whether a limit has passed, and how much of the lifetime is left. */
static void judge(const mss_limits *limits, const mss_record *record,
                  apr_time_t now, mss_decision *d)
{
    d->limit = limits->expire_after;
    d->lifetime = -1;
    if (limits->max_lifetime > 0) {
        apr_interval_time_t age =
            elapsed(d->created ? d->created : record->created, now);

        d->lifetime =
            age < limits->max_lifetime ? limits->max_lifetime - age : 0;
    }
    if (d->idle >= limits->expire_after) {
        d->verdict = MSS_EXPIRED;
        d->reason = MSS_END_IDLE;
    }
    else if (d->lifetime == 0) {
        d->verdict = MSS_EXPIRED;
        d->reason = MSS_END_LIFETIME;
        d->limit = limits->max_lifetime;
    }
    else {
        d->verdict = MSS_LIVE;
    }
}

/* Where a live session's stamp moves to; 0 where it stays. */
static apr_time_t moved(apr_time_t last, apr_time_t now, mss_kind kind,
                        apr_int64_t client_idle)
{
    apr_time_t at = 0;

    if (kind == MSS_KIND_ACTIVITY) {
        at = now;
    }
    /* In whole seconds first: a product could overflow. */
    else if (kind == MSS_KIND_REPORT && client_idle >= 0
             && client_idle <= apr_time_sec(now)) {
        at = now - apr_time_from_sec(client_idle);
    }
    return at > last ? at : 0;
}

mss_decision mss_clock_decide(const mss_limits *limits,
                              const mss_record *record, apr_time_t now,
                              mss_kind kind, apr_int64_t client_idle)
{
    mss_decision d = {.limit = limits->expire_after, .lifetime = -1};

    switch (record->source) {
    case MSS_SOURCE_NONE:
        return d;
    case MSS_SOURCE_UNREADABLE:
        d.verdict = MSS_EXPIRED;
        d.reason = MSS_END_UNREADABLE;
        return d;
    case MSS_SOURCE_REVOKED:
    case MSS_SOURCE_ENDED:
        d.verdict = MSS_REVOKED;
        d.reason = record->reason;
        return d;
    case MSS_SOURCE_STORE:
    case MSS_SOURCE_COPY:
        break;
    }

    d.skewed = record->last > now + MSS_SKEW;
    d.idle = elapsed(record->last, now);
    d.created = moved_login(record, now);
    judge(limits, record, now, &d);
    if (d.verdict == MSS_LIVE) {
        d.stamp = moved(record->last < now ? record->last : now, now, kind,
                        client_idle);
        if (d.skewed) {
            d.stamp = now;
        }
        if (d.stamp) {
            d.idle = now - d.stamp;
        }
    }
    else {
        d.created = 0;
    }
    return d;
}

const char *mss_clock_reason(mss_end reason)
{
    switch (reason) {
    case MSS_END_IDLE:
        return "idle";
    case MSS_END_LIFETIME:
        return "lifetime";
    case MSS_END_LOGOUT:
        return "logout";
    case MSS_END_RELOGIN:
        return "relogin";
    case MSS_END_UNREADABLE:
        return "unreadable";
    case MSS_END_REVOKED:
        return "revoked";
    case MSS_END_NONE:
        break;
    }
    return "none";
}
