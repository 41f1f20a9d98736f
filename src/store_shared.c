/* SPDX-License-Identifier: Apache-2.0 */

#include "store_shared.h"

#include "core/note.h"
#include "remote.h"
#include "store_shm.h"

static bool is_recent(apr_time_t then, apr_time_t now)
{
    return then <= now && now - then < MSS_SHARED_DELAY;
}

/* --- notes ------------------------------------------------------------------- */

/* Reads one note. Without one, record->source is MSS_SOURCE_NONE. */
static mss_remote_answer read_note(mss_note kind, const mss_key *key,
                                   mss_record *record)
{
    mss_remote_note note = {.kind = (unsigned char)kind, .key = *key};
    mss_remote_answer answer = mss_remote_get(&note);

    record->source = MSS_SOURCE_NONE;
    if (answer == MSS_REMOTE_FOUND) {
        mss_note_read(kind, note.bytes, note.n, record);
    }
    return answer;
}

static bool write_note(mss_note kind, const mss_key *key,
                       const mss_record *record, apr_interval_time_t lifetime)
{
    mss_remote_note note = {.kind = (unsigned char)kind, .key = *key};

    note.n = mss_note_write(record, note.bytes);
    return mss_remote_put(&note, lifetime) == MSS_REMOTE_FOUND;
}

/* All that the others have noted. @return false when they cannot be asked */
static bool ask(const mss_key *key, mss_record *theirs)
{
    mss_remote_answer answer = read_note(MSS_NOTE_END, key, theirs);

    if (answer == MSS_REMOTE_ABSENT) {
        answer = read_note(MSS_NOTE_ACTIVITY, key, theirs);
    }
    return answer != MSS_REMOTE_FAILED;
}

/* --- get ----------------------------------------------------------------------- */

/* As long as a copy of the session's text could live on. */
static apr_time_t end_of(apr_time_t now)
{
    return now + mss_conf_longest() + MSS_SKEW;
}

/* Looks into the table. @return whether the others must be asked; that is noted,
 * so that one request at a time does. */
static bool look(const mss_key *key, mss_record *record, bool afresh)
{
    apr_time_t now = apr_time_now();
    mss_table *table = mss_store_shm_lock();
    mss_sync *sync;
    bool due;

    mss_store_shm_look(key, record);
    sync = mss_table_sync(table, key);
    due = record->source != MSS_SOURCE_REVOKED
          && (afresh || !sync || !is_recent(sync->asked, now));
    if (due && sync) {
        sync->asked = now;
    }
    mss_store_shm_unlock();
    return due;
}

/* Takes over what the others have noted, and says what both make of it. */
static void merge(const mss_key *key, const mss_record *theirs,
                  mss_record *record)
{
    apr_time_t now = apr_time_now();
    apr_time_t stale = mss_store_shm_stale(now);
    mss_table *table = mss_store_shm_lock();
    mss_sync *sync;

    if (theirs->source == MSS_SOURCE_REVOKED) {
        mss_table_revoke(table, key, end_of(now), theirs->reason, stale, now);
    }
    else if (theirs->source == MSS_SOURCE_STORE) {
        const mss_visit visit = {.created = theirs->created,
                                 .at = theirs->last};

        mss_table_touch(table, key, &visit, stale, now);
    }
    mss_table_get(table, key, record);
    sync = mss_table_sync(table, key);
    if (sync) {
        sync->asked = now;
        sync->told = theirs->source == MSS_SOURCE_REVOKED ? 1
                     : theirs->source == MSS_SOURCE_STORE ? theirs->last
                                                          : 0;
    }
    else {
        /* A set full of revocations. */
        *record = *theirs;
    }
    mss_store_shm_unlock();
}

/* The next request asks again. */
static void forget_asking(const mss_key *key)
{
    mss_table *table = mss_store_shm_lock();
    mss_sync *sync = mss_table_sync(table, key);

    if (sync) {
        sync->asked = 0;
    }
    mss_store_shm_unlock();
}

static void consult(const mss_key *key, mss_record *record)
{
    mss_record theirs = {.source = MSS_SOURCE_NONE};

    if (ask(key, &theirs)) {
        merge(key, &theirs, record);
    }
    else {
        forget_asking(key);
        record->in_doubt = true;
    }
}

static void get(const mss_key *key, mss_record *record)
{
    if (look(key, record, false)) {
        consult(key, record);
    }
}

static bool refresh(const mss_key *key, mss_record *record)
{
    apr_time_t last = record->source == MSS_SOURCE_NONE ? 0 : record->last;
    mss_record found = {.source = MSS_SOURCE_NONE};

    if (look(key, &found, true)) {
        consult(key, &found);
    }
    if (found.source == MSS_SOURCE_NONE
        || (found.source == MSS_SOURCE_STORE && found.last == last)) {
        return false;
    }
    *record = found;
    return true;
}

/* --- touch ----------------------------------------------------------------------- */

typedef struct {
    mss_touched touched; /* here */
    bool due;            /* the others must be told */
    bool known;          /* what the others have is known already */
} moved;

static moved move(const mss_key *key, const mss_visit *visit)
{
    apr_time_t now = apr_time_now();
    apr_time_t stale = mss_store_shm_stale(now);
    mss_table *table = mss_store_shm_lock();
    moved m = {.known = visit->at == visit->created};
    mss_sync *sync;

    m.touched = mss_table_touch(table, key, visit, stale, now);
    sync = mss_table_sync(table, key);
    if (m.touched != MSS_TOUCH_REVOKED) {
        m.due = !sync || visit->at >= sync->told + MSS_SHARED_DELAY
                || sync->told > now + MSS_SKEW;
    }
    if (m.due && sync) {
        m.known = m.known || is_recent(sync->asked, now);
        sync->told = visit->at;
    }
    mss_store_shm_unlock();
    return m;
}

/* Next time again. */
static void forget_telling(const mss_key *key, apr_time_t at)
{
    mss_table *table = mss_store_shm_lock();
    mss_sync *sync = mss_table_sync(table, key);

    if (sync && sync->told == at) {
        sync->told = 0;
    }
    mss_store_shm_unlock();
}

/* Whether the others know of that activity, or of later. What lies ahead of the
 * clock is not later, but wrong. */
static bool is_told(const mss_record *theirs, apr_time_t at)
{
    return theirs->source == MSS_SOURCE_STORE && theirs->last >= at
           && theirs->last <= apr_time_now() + MSS_SKEW;
}

/* A cookie's note has to last as long as its session, which pings keep alive
 * without it. */
#define COOKIE_LASTS apr_time_from_sec(24 * 3600)

/* The browser can have kept one that has been replaced, where an answer was lost or
 * overtaken, and nobody tells. But there can be one for each answer. */
#define REPLACED_LASTS apr_time_from_sec(3600)

static apr_interval_time_t lifetime(apr_interval_time_t least)
{
    const apr_interval_time_t longest = mss_conf_longest() + MSS_SKEW;

    return longest < least ? least : longest;
}

static bool tell(const mss_key *key, const mss_visit *visit, bool known)
{
    const mss_record ours = {.source = MSS_SOURCE_STORE,
                             .created = visit->created,
                             .last = visit->at};
    mss_record theirs = {.source = MSS_SOURCE_NONE};

    if (!known
        && read_note(MSS_NOTE_ACTIVITY, key, &theirs) == MSS_REMOTE_FAILED) {
        return false;
    }
    for (int tries = 0; tries < 2 && !is_told(&theirs, ours.last); tries++) {
        if (!write_note(MSS_NOTE_ACTIVITY, key, &ours,
                        lifetime(visit->session ? COOKIE_LASTS : 0))
            || read_note(MSS_NOTE_ACTIVITY, key, &theirs)
                   == MSS_REMOTE_FAILED) {
            return false;
        }
    }
    return true;
}

static mss_touched touch(const mss_key *key, const mss_visit *visit)
{
    const moved m = move(key, visit);

    if (!m.due) {
        return m.touched;
    }
    if (!tell(key, visit, m.known)) {
        forget_telling(key, visit->at);
        return m.touched;
    }
    /* There it is, where there is no room for it here. */
    return MSS_TOUCH_NOTED;
}

/* --- replace --------------------------------------------------------------------- */

/* What the others know of a cookie that has been replaced need not last as long. At
 * the earliest of times, so that whoever touches it once more tells them. */
static void shorten(const mss_key *key)
{
    static const mss_record replaced = {
        .source = MSS_SOURCE_STORE, .created = 1, .last = 1};
    mss_table *table = mss_store_shm_lock();
    mss_sync *sync = mss_table_sync(table, key);

    if (sync) {
        sync->told = 0;
    }
    mss_store_shm_unlock();
    (void)write_note(MSS_NOTE_ACTIVITY, key, &replaced,
                     lifetime(REPLACED_LASTS));
}

static void replace(const mss_key *key, const mss_key *by)
{
    mss_key other;
    const bool is_other = mss_table_replace(mss_store_shm_lock(), key, by,
                                            apr_time_now(), &other);

    mss_store_shm_unlock();
    shorten(key);
    if (is_other) {
        shorten(&other);
    }
}

/* --- revoke ------------------------------------------------------------------------ */

static bool revoke_here(const mss_key *key, const mss_ending *ending)
{
    apr_time_t now = apr_time_now();
    mss_table *table = mss_store_shm_lock();
    bool first = mss_table_revoke(table, key, ending->until, ending->reason,
                                  mss_store_shm_stale(now), now);

    mss_store_shm_unlock();
    return first;
}

static void tell_end(const mss_key *key, const mss_ending *ending)
{
    mss_record ended = {.source = MSS_SOURCE_REVOKED, .reason = ending->reason};
    mss_table *table;
    mss_sync *sync;

    if (!write_note(MSS_NOTE_END, key, &ended,
                    ending->until - apr_time_now())) {
        return;
    }
    table = mss_store_shm_lock();
    sync = mss_table_sync(table, key);
    if (sync) {
        sync->told = 1;
    }
    mss_store_shm_unlock();
}

static bool revoke_session(const mss_key *key, const mss_ending *ending)
{
    mss_record theirs;

    if (!revoke_here(key, ending)) {
        return false;
    }
    read_note(MSS_NOTE_END, key, &theirs);
    tell_end(key, ending);
    return theirs.source != MSS_SOURCE_REVOKED;
}

/* The slots that are looked at before the lock is given to others. */
#define AT_ONCE 256

/* @return whether there are slots left to look at */
static bool tell_some_ends(apr_size_t *at)
{
    mss_table *table = mss_store_shm_lock();
    apr_size_t slots = mss_table_slots(table);
    apr_time_t now = apr_time_now();
    bool found = false;
    mss_ending ending;
    mss_key key;

    for (int i = 0; i < AT_ONCE && *at < slots && !found; i++) {
        found = mss_table_untold(table, (*at)++, now, &key, &ending);
    }
    mss_store_shm_unlock();
    if (found) {
        tell_end(&key, &ending);
    }
    return *at < slots;
}

/* What ended while the store did not answer. */
static void tell_ends(void)
{
    apr_size_t at = 0;

    while (tell_some_ends(&at)) {
    }
}

const mss_store_verbs mss_store_shared = {get, refresh, touch, replace,
                                          revoke_session};

int mss_store_shared_init(server_rec *s, const mss_store_place *place)
{
    return mss_remote_init(s, place, tell_ends);
}

void mss_store_shared_child_init(apr_pool_t *p)
{
    mss_remote_child_init(p);
}
