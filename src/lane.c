/* SPDX-License-Identifier: Apache-2.0 */

#include "lane.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>

#include "apr_strings.h"

#include "log.h"

/* At most 16 bytes with the colon and the zero that providers add. */
#define NAMESPACE "session-sec"

#define SHORTEST apr_time_from_sec(2)
/* memcached takes more seconds than these for a date. */
#define LONGEST apr_time_from_sec(30 * 24 * 3600)

/* --- the connection ------------------------------------------------------------------ */

static bool open_in(const mss_lane_service *service, apr_pool_t *p,
                    ap_socache_instance_t **instance)
{
    return !service->provider->create(instance, service->place->arguments, p, p)
           && service->provider->init(*instance, NAMESPACE, NULL,
                                      service->server, p)
                  == APR_SUCCESS;
}

bool mss_lane_can_open(const mss_lane_service *service)
{
    ap_socache_instance_t *instance;
    apr_pool_t *p;
    bool can;

    if (apr_pool_create(&p, NULL) != APR_SUCCESS) {
        return false;
    }
    can = open_in(service, p, &instance);
    apr_pool_destroy(p);
    return can;
}

static void disconnect(mss_lane *lane)
{
    if (lane->connection) {
        apr_pool_destroy(lane->connection);
        lane->connection = NULL;
    }
}

/* A pool without a parent, with an allocator of its own: no other thread's. */
static bool connect_anew(mss_lane *lane)
{
    if (apr_pool_create_unmanaged_ex(&lane->connection, NULL, NULL)
        != APR_SUCCESS) {
        lane->connection = NULL;
        return false;
    }
    if (!open_in(lane->service, lane->connection, &lane->instance)) {
        disconnect(lane);
    }
    return lane->connection != NULL;
}

/* --- one call -------------------------------------------------------------------------- */

static apr_time_t expiry_of(const mss_lane_job *job)
{
    apr_interval_time_t lifetime = job->lifetime;

    if (lifetime < SHORTEST) {
        lifetime = SHORTEST;
    }
    if (lifetime > LONGEST) {
        lifetime = LONGEST;
    }
    return apr_time_now() + lifetime;
}

static apr_status_t call(mss_lane *lane, mss_lane_job *job)
{
    const ap_socache_provider_t *provider = lane->service->provider;
    mss_remote_note *note = &job->note;
    unsigned char id[MSS_KEY_BYTES + 1];
    apr_status_t rv;
    apr_pool_t *p;

    memcpy(id, note->key.bytes, MSS_KEY_BYTES);
    /* At the end: some providers spread by the first bytes. */
    id[MSS_KEY_BYTES] = note->kind;
    rv = apr_pool_create(&p, lane->connection);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (job->put) {
        rv = provider->store(lane->instance, lane->service->server, id,
                             sizeof(id), expiry_of(job), note->bytes, note->n,
                             p);
        if (rv == APR_NOTFOUND) {
            rv = APR_EGENERAL;
        }
    }
    else {
        note->n = sizeof(note->bytes);
        rv = provider->retrieve(lane->instance, lane->service->server, id,
                                sizeof(id), note->bytes, &note->n, p);
    }
    apr_pool_destroy(p);
    return rv;
}

static void answer(mss_lane_job *job, apr_status_t rv)
{
    if (rv == APR_NOTFOUND) {
        job->answer = MSS_REMOTE_ABSENT;
    }
    /* Too long to be read, and so nothing of ours, but it is there. */
    else if (rv == APR_ENOMEM && !job->put) {
        job->answer = MSS_REMOTE_FOUND;
        job->note.n = 0;
    }
    else {
        job->answer = rv == APR_SUCCESS ? MSS_REMOTE_FOUND : MSS_REMOTE_FAILED;
    }
}

/* A connection that has been left open may have been closed by the other end; a
 * new one is worth one try more. */
static void perform(mss_lane *lane, mss_lane_job *job)
{
    bool tried = false;

    do {
        bool old = lane->connection != NULL;

        job->answer = MSS_REMOTE_FAILED;
        if (old || connect_anew(lane)) {
            answer(job, call(lane, job));
        }
        if (job->answer != MSS_REMOTE_FAILED) {
            return;
        }
        disconnect(lane);
        tried = tried || !old;
    } while (!tried);
}

/* --- the thread -------------------------------------------------------------------------- */

static void work(mss_lane *lane)
{
    mss_lane_job job = lane->job;
    apr_time_t from = apr_time_now();

    apr_thread_mutex_unlock(lane->service->mutex);
    perform(lane, &job);
    apr_thread_mutex_lock(lane->service->mutex);
    lane->job = job;
    lane->answered = true;
    if (lane->awaited) {
        apr_thread_cond_signal(lane->done);
    }
    else {
        lane->unawaited(lane, apr_time_now() - from);
    }
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data)
{
    mss_lane *lane = data;

    (void)thread;
    apr_thread_mutex_lock(lane->service->mutex);
    while (!lane->ending) {
        if (lane->busy && !lane->answered) {
            work(lane);
        }
        else {
            apr_thread_cond_wait(lane->wake, lane->service->mutex);
        }
    }
    apr_thread_mutex_unlock(lane->service->mutex);
    disconnect(lane);
    return NULL;
}

/* Signals are for httpd's own threads. */
static apr_status_t start(mss_lane *lane, apr_pool_t *p)
{
    apr_status_t rv;
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rv = apr_thread_create(&lane->thread, NULL, run, lane, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rv;
}

/* A thread that waits for the store when the process exits must not find the
 * code gone that it comes back to: it stays in this process for good. */
static void keep_loaded(void *address)
{
    Dl_info info;

    if (dladdr(address, &info)) {
        (void)dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    }
}

mss_lane *mss_lane_start(const mss_lane_service *service)
{
    mss_lane *lane = NULL;
    apr_pool_t *p;
    apr_status_t rv = apr_pool_create_unmanaged_ex(&p, NULL, NULL);

    keep_loaded((void *)(apr_uintptr_t)run);
    keep_loaded((void *)(apr_uintptr_t)service->provider->retrieve);
    if (rv == APR_SUCCESS) {
        lane = apr_pcalloc(p, sizeof(*lane));
        lane->service = service;
        rv = apr_thread_cond_create(&lane->wake, p);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_thread_cond_create(&lane->done, p);
    }
    if (rv == APR_SUCCESS) {
        rv = start(lane, p);
    }
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, service->server,
                     "MSS0034: no thread to call the store with");
        if (p) {
            apr_pool_destroy(p);
        }
        return NULL;
    }
    return lane;
}

void mss_lane_give(mss_lane *lane, const mss_lane_job *job, bool awaited)
{
    lane->job = *job;
    lane->busy = true;
    lane->answered = false;
    lane->awaited = awaited;
    apr_thread_cond_signal(lane->wake);
}

void mss_lane_end(mss_lane *lane)
{
    apr_status_t rv;
    bool busy;

    apr_thread_mutex_lock(lane->service->mutex);
    busy = lane->busy;
    lane->ending = true;
    apr_thread_cond_signal(lane->wake);
    apr_thread_mutex_unlock(lane->service->mutex);
    if (!busy) {
        apr_thread_join(&rv, lane->thread);
    }
}
