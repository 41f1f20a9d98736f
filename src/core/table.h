/* SPDX-License-Identifier: Apache-2.0
 * Knows the layout of the table of sessions and how to look one up, move it on
 * and revoke it, in any memory. Must not know where the memory is shared, or
 * who holds the lock. */

#ifndef MSS_TABLE_H
#define MSS_TABLE_H

#include <stdbool.h>

#include "apr_time.h"

#include "clock.h"

/*
 *  header | set 0: slot 0 ... slot 15 | set 1: ... | ...
 *
 * A key belongs to one set, by its first bytes, and to any slot in it. A slot
 * is changed in place for as long as its session lasts. Whoever changes the
 * table holds a lock; a holder that dies in the midst leaves each slot either
 * as it was or empty: a new record becomes visible by the last word written.
 */

#define MSS_KEY_BYTES 16
#define MSS_TABLE_WAYS 16

/** A hash, evenly spread: the first bytes choose the set. */
typedef struct {
    unsigned char bytes[MSS_KEY_BYTES];
} mss_key;

typedef struct mss_table mss_table;

/** What is noted beside a record about a store that several machines share;
 * zeroed in a new record, and told in a new revocation. */
typedef struct {
    apr_time_t asked; /* when that store was last asked about the session */
    apr_time_t told;  /* the stamp that it is known to have; of a revocation:
                       * not 0 when it has that */
} mss_sync;

/** A revocation. */
typedef struct {
    apr_time_t until; /* when it may be forgotten */
    mss_end reason;
} mss_ending;

/** What is to be noted of a session, or of an application's cookie. */
typedef struct {
    apr_time_t created;
    apr_time_t at;
    const mss_key *session; /* NULL; of a cookie: which one it belongs to */
} mss_visit;

/** What has become of an activity. */
typedef enum {
    MSS_TOUCH_NOTED,
    MSS_TOUCH_NO_ROOM, /* nowhere: the session lives by its copy */
    MSS_TOUCH_REVOKED  /* it is none: the session has ended */
} mss_touched;

/** What slots are used for. */
typedef struct {
    apr_size_t live;        /* sessions */
    apr_size_t cookies;     /* of applications, bound to sessions */
    apr_size_t revocations; /* that must still be kept */
} mss_table_usage;

/** More entries than these no table is made for. */
#define MSS_TABLE_MOST 16777216

/** How many entries to set where that many are too few. */
apr_size_t mss_table_more(apr_size_t entries);

/** Bytes for a table of at least that many slots. */
apr_size_t mss_table_size(apr_size_t entries);

/** Makes an empty table in memory of that size, aligned for any type. */
mss_table *mss_table_make(void *memory, apr_size_t entries);

/** The table in memory that mss_table_make was given with the same number, by
 * a module of the same layout; else NULL. */
mss_table *mss_table_adopt(void *memory, apr_size_t size, apr_size_t entries);

/** Sets record->source to MSS_SOURCE_STORE, _REVOKED or _NONE, with the first
 * its times, choice and replaced, with the second the reason. */
void mss_table_get(const mss_table *t, const mss_key *key, mss_record *record);

/**
 * Moves a stamp forward to visit->at, never back, unless it lies more than MSS_SKEW
 * ahead of now; makes a record if there is none. A login that lies as far ahead
 * becomes created. The record of a cookie lasts as long as that of its session, and
 * is one that has not been replaced.
 * The victim in a full set is a record that no limit lets live on, else a cookie that
 * has been replaced, else the one idle for longest; never a revocation before its
 * time.
 *
 * @param stale before this time a record is of no use any more
 */
mss_touched mss_table_touch(mss_table *t, const mss_key *key,
                            const mss_visit *visit, apr_time_t stale,
                            apr_time_t now);

/** For how long the record of a cookie that has been replaced counts as one that
 * somebody may need: what was on its way then. */
#define MSS_TABLE_REPLACED apr_time_from_sec(60)

/**
 * Notes that the cookie filed under key has been replaced by that under by. A value
 * that was noted as such before is on its way to a browser that gets another one: it
 * is taken for replaced as well.
 *
 * @param other set to the key of that value, where there is one
 * @return whether there is
 */
bool mss_table_replace(mss_table *t, const mss_key *key, const mss_key *by,
                       apr_time_t now, mss_key *other);

/**
 * Revokes a session. @param now for the choice of a victim, as with touch
 * @return whether it was this call that did
 */
bool mss_table_revoke(mss_table *t, const mss_key *key, apr_time_t until,
                      mss_end reason, apr_time_t stale, apr_time_t now);

/** Notes a choice in a session's record, if there is one. */
void mss_table_choose(mss_table *t, const mss_key *key, apr_uint64_t choice);

/** Takes over a live record that another table is known to have, as
 * mss_table_touch; what it is of, and its choice, where that is not known here. */
void mss_table_take(mss_table *t, const mss_table *from, const mss_key *key,
                    apr_time_t stale, apr_time_t now);

/** What is noted beside a session's record, to read and to change, or NULL for
 * none. It is valid until the lock is given back. */
mss_sync *mss_table_sync(mss_table *t, const mss_key *key);

/** How many slots there are. */
apr_size_t mss_table_slots(const mss_table *t);

/** Whether slot number at has a revocation that counts and whose told is 0: then
 * the two outputs say which. */
bool mss_table_untold(const mss_table *t, apr_size_t at, apr_time_t now,
                      mss_key *key, mss_ending *ending);

/** Tells for how long a copy of a session may live on by itself. Where that has
 * become longer since it was last told, the revocations that are there are kept
 * for as much longer; O(slots) then.
 * @param entries that the table was made for: as for mss_table_copy */
void mss_table_outlast(mss_table *t, apr_size_t entries,
                       apr_interval_time_t longest);

/** How long nothing is said of evictions after something was. */
#define MSS_TABLE_COMPLAIN apr_time_from_sec(60)

/** Whether something should be said of evictions: there have been some since
 * their number was before, and nothing has been said for a while. The table
 * keeps the time. */
bool mss_table_complain(mss_table *t, apr_uint64_t before, apr_time_t now);

/** Records given up before their time, or not made, for want of room; ever. */
apr_uint64_t mss_table_evictions(const mss_table *t);

/** Counts what slot number at is used for. @param stale as with touch */
void mss_table_count(const mss_table *t, apr_size_t at, apr_time_t stale,
                     apr_time_t now, mss_table_usage *usage);

/** Takes the records over into an empty table of another size. Where that has
 * no room for all, live ones go before revocations, and the earliest first.
 * @param entries that from was made for, as the caller knows: the parent, which is
 * root, believes nothing that a child can have written of where the memory ends */
void mss_table_copy(const mss_table *from, apr_size_t entries, mss_table *to);

#endif
