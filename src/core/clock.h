/* SPDX-License-Identifier: Apache-2.0
 * Knows when a session is idle for too long, and what moves its stamp.
 * Must not know httpd, stores, cookies or the wall clock: now is an argument. */

#ifndef MSS_CLOCK_H
#define MSS_CLOCK_H

#include <stdbool.h>

#include "apr_time.h"

/** How far a stamp may lie in the future before it is worth a log line. */
#define MSS_SKEW apr_time_from_sec(5)

/** No idleFor came with the request. */
#define MSS_IDLE_UNKNOWN (-1)

/** The limits in force for one request; microseconds. */
typedef struct {
    apr_interval_time_t warn_after;
    apr_interval_time_t expire_after;
    apr_interval_time_t max_lifetime; /* 0: no limit */
} mss_limits;

/** Where what is known of a session comes from. */
typedef enum {
    MSS_SOURCE_NONE,      /* the session carries no id of ours */
    MSS_SOURCE_STORE,     /* the exact stamp */
    MSS_SOURCE_COPY,      /* the store has no record: the copy in the session */
    MSS_SOURCE_REVOKED,   /* the store has a revocation */
    MSS_SOURCE_ENDED,     /* the session carries the mark of an ended one */
    MSS_SOURCE_UNREADABLE /* a value of ours that cannot be read */
} mss_source;

/** Why a session ended. */
typedef enum {
    MSS_END_NONE,
    MSS_END_IDLE,     /* ExpireAfter has passed */
    MSS_END_LIFETIME, /* MaxLifetime has passed */
    MSS_END_LOGOUT,
    MSS_END_RELOGIN,    /* a new login took its place */
    MSS_END_UNREADABLE, /* its value could not be read */
    MSS_END_REVOKED     /* another module ended it */
} mss_end;

/** How many reasons there are, MSS_END_NONE included. */
#define MSS_ENDS (MSS_END_REVOKED + 1)

/** What is known of one session. */
typedef struct {
    mss_source source;
    apr_time_t last;    /* time of the last activity */
    apr_time_t created; /* time of the login */
    mss_end reason;     /* why it was revoked or ended */
    bool in_doubt;      /* others could not be asked whether they know better */
    bool replaced;      /* of an application's cookie: by another value */
    apr_uint64_t choice; /* which limits are its user's; 0: not known */
} mss_record;

/** What a request can do to the stamp. */
typedef enum {
    MSS_KIND_PASSIVE,  /* answered, but no activity */
    MSS_KIND_ACTIVITY, /* a person did this */
    MSS_KIND_REPORT /* the client tells how long ago a person did something */
} mss_kind;

typedef enum {
    MSS_UNTRACKED, /* nothing to judge */
    MSS_LIVE,
    MSS_EXPIRED, /* a limit has passed: end it now */
    MSS_REVOKED  /* it was ended before */
} mss_verdict;

typedef struct {
    mss_verdict verdict;
    mss_end reason;            /* why, when not live */
    apr_interval_time_t idle;  /* >= 0, after a report was taken in */
    apr_interval_time_t limit; /* the limit that ended it, else ExpireAfter */
    apr_interval_time_t lifetime; /* left of MaxLifetime; -1: no limit */
    apr_time_t stamp;             /* where the stamp moves to; 0: it stays */
    apr_time_t created;           /* the same of the time of the login */
    bool skewed;                  /* the stamp lies more than MSS_SKEW ahead */
} mss_decision;

/**
 * The decision about one request.
 *
 * A stamp in the future counts as now, so idle is never negative; one that is
 * far ahead is to be set back to now, or it would keep the session for as long;
 * a login that is, too, to where the session is as old as at that stamp, or it
 * would outlive its MaxLifetime.
 * A report moves the stamp to now - client_idle when that is newer, never beyond now,
 * and never for a session that is not live by the stamp already known.
 *
 * @param client_idle whole seconds since the last activity that a tab saw, or
 *                    MSS_IDLE_UNKNOWN; only read with MSS_KIND_REPORT
 */
mss_decision mss_clock_decide(const mss_limits *limits,
                              const mss_record *record, apr_time_t now,
                              mss_kind kind, apr_int64_t client_idle);

/** The word for a reason in logs, notes and JSON: "idle", "logout", ... */
const char *mss_clock_reason(mss_end reason);

#endif
