/* SPDX-License-Identifier: Apache-2.0 */

#include "store_shm.h"

#include <unistd.h>

#include "apr_global_mutex.h"
#include "apr_strings.h"
#include "http_config.h"
#include "http_main.h"
#include "util_mutex.h"

#include "config.h"
#include "kept.h"
#include "log.h"

#define MUTEX "session-security"
#define RETAINED "mod_session_security_store"

/* What a generation of the server leaves to the next. It lives as long as the
 * parent process, in memory that no reload of this module touches, so it must
 * not point into the module. */
typedef struct {
    apr_size_t size_of_this;
    mss_kept current;
    apr_global_mutex_t *mutex;
} retained_store;

static retained_store *store;
static mss_table *table;
static const mss_kept *former; /* NULL: none is looked into */

int mss_store_shm_pre_config(apr_pool_t *pconf)
{
    apr_status_t rv =
        ap_mutex_register(pconf, MUTEX, NULL, APR_LOCK_DEFAULT, 0);

    if (rv != APR_SUCCESS) {
        ap_log_perror(APLOG_MARK, APLOG_CRIT, rv, pconf,
                      "MSS0003: mutex %s cannot be registered", MUTEX);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

/* Locks of fcntl belong to a process, so its threads together can look as if they
 * waited in a circle (manual, Mutex). Nothing is waited for under this one. */
static apr_status_t acquire(void)
{
    apr_status_t rv;

    while ((rv = apr_global_mutex_lock(store->mutex)) == EDEADLK) {
        apr_sleep(apr_time_from_msec(1));
    }
    return rv;
}

static void unlock(void)
{
    apr_global_mutex_unlock(store->mutex);
}

static void log_mutex(apr_status_t rv, server_rec *s)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG, rv, s,
                 "MSS0006: mutex %s cannot be used: check Mutex, and that the "
                 "server's user can enter the directory of a file lock",
                 MUTEX);
}

/* Makes it once, and tries it. */
static apr_status_t make_mutex(server_rec *s)
{
    apr_status_t rv = APR_SUCCESS;

    if (!store->mutex) {
        rv = ap_global_mutex_create(&store->mutex, NULL, MUTEX, NULL, s,
                                    s->process->pool, 0);
    }
    if (rv == APR_SUCCESS && (rv = acquire()) == APR_SUCCESS) {
        unlock();
    }
    if (rv != APR_SUCCESS) {
        log_mutex(rv, s);
    }
    return rv;
}

/* A child must not write to the table without the mutex, nor serve without the
 * table. As with prefork's accept mutex (prefork.c, accept_mutex_on) the parent
 * ends the server, unless the child is of a generation that has been replaced. */
static void give_up(apr_status_t rv, server_rec *s)
{
    log_mutex(rv, s);
    /* Other threads may be at work in the pools that exit() would destroy. */
    _exit(APEXIT_CHILDFATAL);
}

/* Held for a few hundred instructions: no log, no I/O, no allocation. */
static void lock(void)
{
    apr_status_t rv = acquire();

    if (rv != APR_SUCCESS) {
        give_up(rv, ap_server_conf);
    }
}

static void log_other_version(server_rec *s)
{
    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, s,
                 "MSS0008: the table of sessions was that of another "
                 "version of the module; sessions go on from their copies");
}

static void copy_from(server_rec *s, const mss_table *old, mss_kept *kept)
{
    lock();
    mss_table_copy(old, kept->entries, table);
    unlock();
    kept->until = apr_time_now() + mss_conf_longest() + MSS_SKEW;
    store->current.former = kept;
    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, s,
                 "MSS0004: the table of sessions has been resized from "
                 "%" APR_SIZE_T_FMT " to %" APR_SIZE_T_FMT " entries",
                 kept->entries, store->current.entries);
}

static void take_over(server_rec *s, const mss_kept *fresh)
{
    mss_kept *kept =
        apr_pmemdup(s->process->pool, &store->current, sizeof(*kept));
    const mss_table *old = mss_kept_adopt(kept);

    store->current = *fresh;
    table = mss_table_make(apr_shm_baseaddr_get(fresh->shm), fresh->entries);
    if (old) {
        copy_from(s, old, kept);
    }
    else if (kept->shm) {
        log_other_version(s);
        apr_shm_destroy(kept->shm);
    }
}

/* A restart that fails ends the server, and all that it protects. */
static bool keep_table(server_rec *s, apr_size_t entries, apr_status_t rv)
{
    table = mss_kept_adopt(&store->current);
    if (table) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, s,
                     "MSS0009: no shared memory for %" APR_SIZE_T_FMT
                     " sessions (%" APR_SIZE_T_FMT " bytes); the table of "
                     "%" APR_SIZE_T_FMT " is kept, and a full start would "
                     "fail: make SessionSecurityStore shm:entries smaller, or "
                     "the machine's limit larger",
                     entries, mss_table_size(entries), store->current.entries);
    }
    return table != NULL;
}

static apr_status_t make_table(server_rec *s, apr_size_t entries)
{
    mss_kept fresh = {.size = mss_table_size(entries), .entries = entries};
    apr_status_t rv;

    table = store->current.entries == entries ? mss_kept_adopt(&store->current)
                                              : NULL;
    if (table) {
        return APR_SUCCESS;
    }
    rv = apr_shm_create(&fresh.shm, fresh.size, NULL, s->process->pool);
    if (rv == APR_SUCCESS) {
        take_over(s, &fresh);
    }
    else if (keep_table(s, entries, rv)) {
        rv = APR_SUCCESS;
    }
    return rv;
}

static void find_store(server_rec *s)
{
    store = ap_retained_data_get(RETAINED);
    if (store && store->size_of_this == sizeof(*store)) {
        return;
    }
    if (store) {
        log_other_version(s);
    }
    store = ap_retained_data_create(RETAINED, sizeof(*store));
    store->size_of_this = sizeof(*store);
}

int mss_store_shm_init(server_rec *s)
{
    apr_status_t rv;

    find_store(s);
    if (make_mutex(s) != APR_SUCCESS) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    rv = make_table(s, mss_conf_store()->entries);
    mss_kept_drop(&store->current.former, apr_time_now());
    former = store->current.former;
    if (rv == APR_SUCCESS) {
        lock();
        mss_table_outlast(table, store->current.entries, mss_conf_longest());
        unlock();
    }
    else {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, rv, s,
                     "MSS0005: no shared memory for %" APR_SIZE_T_FMT
                     " sessions (%" APR_SIZE_T_FMT " bytes); make "
                     "SessionSecurityStore shm:entries smaller, or the "
                     "machine's limit larger",
                     mss_conf_store()->entries,
                     mss_table_size(mss_conf_store()->entries));
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

void mss_store_shm_child_init(apr_pool_t *p, server_rec *s)
{
    apr_status_t rv;

    if (!store || !store->mutex) {
        return;
    }
    rv = apr_global_mutex_child_init(
        &store->mutex, apr_global_mutex_lockfile(store->mutex), p);
    if (rv != APR_SUCCESS) {
        give_up(rv, s);
    }
}

mss_table *mss_store_shm_lock(void)
{
    lock();
    return table;
}

void mss_store_shm_unlock(void)
{
    unlock();
}

apr_time_t mss_store_shm_stale(apr_time_t now)
{
    return now - mss_conf_longest();
}

/* Outside of the lock: the log may be slow. */
static void complain(apr_uint64_t evictions)
{
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, ap_server_conf,
                 "MSS0007: the store is too small: %" APR_UINT64_T_FMT
                 " records have been given up since it was made: sessions go "
                 "on from their copies, and so may those that had ended; set "
                 "SessionSecurityStore shm:%" APR_SIZE_T_FMT,
                 evictions, mss_table_more(store->current.entries));
}

/* @param before how many records had been given up when the lock was taken */
static void unlock_and_complain(apr_uint64_t before, apr_time_t now)
{
    bool full = mss_table_complain(table, before, now);
    apr_uint64_t evictions = mss_table_evictions(table);

    unlock();
    if (full) {
        complain(evictions);
    }
}

static void look_back(const mss_key *key, mss_record *record)
{
    if (!mss_kept_look(former, table, key, apr_time_now())) {
        former = NULL;
    }
    mss_table_get(table, key, record);
}

void mss_store_shm_look(const mss_key *key, mss_record *record)
{
    mss_table_get(table, key, record);
    if (former && record->source != MSS_SOURCE_REVOKED) {
        look_back(key, record);
    }
}

static void get(const mss_key *key, mss_record *record)
{
    lock();
    mss_store_shm_look(key, record);
    unlock();
}

/* There is nobody else to ask. */
static bool refresh(const mss_key *key, mss_record *record)
{
    (void)key;
    (void)record;
    return false;
}

static mss_touched touch(const mss_key *key, const mss_visit *visit)
{
    apr_time_t now = apr_time_now();
    apr_uint64_t evictions;
    mss_touched touched;

    lock();
    evictions = mss_table_evictions(table);
    touched = mss_table_touch(table, key, visit, mss_store_shm_stale(now), now);
    unlock_and_complain(evictions, now);
    return touched;
}

static void replace(const mss_key *key, const mss_key *by)
{
    mss_key other;

    lock();
    (void)mss_table_replace(table, key, by, apr_time_now(), &other);
    unlock();
}

static bool revoke_session(const mss_key *key, const mss_ending *ending)
{
    apr_time_t now = apr_time_now();
    apr_uint64_t evictions;
    bool first;

    lock();
    evictions = mss_table_evictions(table);
    first = mss_table_revoke(table, key, ending->until, ending->reason,
                             mss_store_shm_stale(now), now);
    unlock_and_complain(evictions, now);
    return first;
}

const mss_store_verbs mss_store_shm = {get, refresh, touch, replace,
                                       revoke_session};
