/* SPDX-License-Identifier: Apache-2.0 */

#include "remote.h"

#include "ap_mpm.h"
#include "ap_socache.h"
#include "apr_strings.h"
#include "apr_thread_cond.h"
#include "apr_thread_mutex.h"

#include "core/breaker.h"
#include "lane.h"
#include "log.h"

#define LANES 16
#define HOST_CHARACTERS                                                        \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"

/* In this child, but for what mss_remote_init set in the parent. */
static struct {
    mss_lane_service service;
    void (*back)(void);
    apr_thread_mutex_t *mutex; /* for all below */
    apr_thread_cond_t *freed;
    mss_breaker breaker;
    mss_lane *lanes[LANES];
    int count;
    bool ending;
    bool threaded; /* requests are served by threads */
} remote;

/* --- start ----------------------------------------------------------------------- */

/* host or host:port, where apr-util's clients know IPv4 alone (apr_memcache.c,
 * apr_redis.c). What apr does not understand, it takes for a part of the host. */
static bool is_server(const char *text, apr_pool_t *p)
{
    apr_port_t port;
    char *host, *scope;

    if (apr_parse_addr_port(&host, &scope, &port, text, p) != APR_SUCCESS
        || !host) {
        return false;
    }
    return !host[strspn(host, HOST_CHARACTERS)];
}

/* As the providers take it apart. */
static bool are_servers(const char *list, apr_pool_t *p)
{
    char *rest;
    char *one = apr_strtok(apr_pstrdup(p, list), ",", &rest);

    if (!one) {
        return false;
    }
    for (; one; one = apr_strtok(NULL, ",", &rest)) {
        if (!is_server(one, p)) {
            return false;
        }
    }
    return true;
}

static bool is_known(const mss_store_place *place)
{
    return strcmp(place->provider, "redis") == 0
           || strcmp(place->provider, "memcache") == 0;
}

static const char *refuse_name(apr_pool_t *p, const mss_store_place *place)
{
    if (!is_known(place)) {
        return "is not a store that this server knows; write shm:65536 for one "
               "front end, redis:host:port or memcache:host:port for several";
    }
    return apr_psprintf(p,
                        "is not a store that this server knows; write "
                        "shm:65536, or load mod_socache_%s before",
                        place->provider);
}

const char *mss_remote_refuse(apr_pool_t *p, const mss_store_place *place)
{
    const ap_socache_provider_t *provider =
        ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, place->provider,
                           AP_SOCACHE_PROVIDER_VERSION);
    ap_socache_instance_t *unused;
    const char *why;

    if (!provider) {
        return refuse_name(p, place);
    }
    /* They are for the processes of one machine, which shm is better at. */
    if (provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE) {
        return "is not a store for several front ends; write shm:65536 for "
               "one, redis:host:port or memcache:host:port for several";
    }
    why = provider->create(&unused, place->arguments, p, p);
    if (why) {
        return apr_psprintf(p, "is refused by mod_socache_%s: %s",
                            place->provider, why);
    }
    /* The providers look at it when they are started: a restart would end httpd,
     * and what is no port would be a part of the name. */
    return is_known(place) && !are_servers(place->arguments, p)
               ? "names no host and port; write such as redis:10.0.0.5:6379 or "
                 "memcache:10.0.0.5:11211 (the providers know no IPv6)"
               : NULL;
}

int mss_remote_init(server_rec *s, const mss_store_place *place,
                    void (*back)(void))
{
    memset(&remote, 0, sizeof(remote));
    remote.back = back;
    remote.service.server = s;
    remote.service.place = place;
    remote.service.provider =
        ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, place->provider,
                           AP_SOCACHE_PROVIDER_VERSION);
    if (!mss_lane_can_open(&remote.service)) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, s,
                     "MSS0035: SessionSecurityStore %s:%s cannot be used; see "
                     "the line before this one",
                     place->provider, place->arguments);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

/* Those that wait for work end; one that waits for the store ends with the
 * process. With prefork all do: it calls this from a signal's handler (just_die in
 * prefork.c), and what that has interrupted may hold the mutex. */
static apr_status_t end_child(void *unused)
{
    (void)unused;
    if (!remote.threaded) {
        remote.ending = true;
        return APR_SUCCESS;
    }
    apr_thread_mutex_lock(remote.mutex);
    remote.ending = true;
    apr_thread_mutex_unlock(remote.mutex);
    for (int i = 0; i < remote.count; i++) {
        mss_lane_end(remote.lanes[i]);
    }
    return APR_SUCCESS;
}

static bool is_threaded(void)
{
    int threaded = 0;

    return ap_mpm_query(AP_MPMQ_IS_THREADED, &threaded) == APR_SUCCESS
           && threaded != AP_MPMQ_NOT_SUPPORTED;
}

void mss_remote_child_init(apr_pool_t *p)
{
    /* They outlive p: a lane that waits for the store will look for them. */
    apr_pool_t *own;
    apr_status_t rv = apr_pool_create_unmanaged_ex(&own, NULL, NULL);

    if (rv == APR_SUCCESS) {
        rv = apr_thread_mutex_create(&remote.mutex, APR_THREAD_MUTEX_DEFAULT,
                                     own);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_thread_cond_create(&remote.freed, own);
    }
    if (rv != APR_SUCCESS) {
        remote.mutex = NULL;
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, remote.service.server,
                     "MSS0036: this child cannot use the shared store");
        return;
    }
    remote.threaded = is_threaded();
    remote.service.mutex = remote.mutex;
    apr_pool_pre_cleanup_register(p, NULL, end_child);
}

/* --- up and down: with the mutex held ------------------------------------------------ */

static void report(const char *why)
{
    const mss_store_place *place = remote.service.place;

    ap_log_error(APLOG_MARK, APLOG_ERR, 0, remote.service.server,
                 "MSS0032: the store %s:%s %s; until it does, this child "
                 "judges sessions by what this front end knows of them",
                 place->provider, place->arguments, why);
}

static void fail(const char *why)
{
    if (mss_breaker_fail(&remote.breaker, apr_time_now())) {
        report(why);
    }
}

static void answered(apr_time_t since)
{
    apr_time_t now = apr_time_now();

    if (mss_breaker_answer(&remote.breaker, now - since, now)) {
        report("does not answer fast enough");
    }
}

static bool work(void)
{
    const mss_store_place *place = remote.service.place;
    bool news = mss_breaker_work(&remote.breaker);

    if (news) {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, remote.service.server,
                     "MSS0033: the store %s:%s answers again", place->provider,
                     place->arguments);
    }
    return news;
}

/* --- lanes: with the mutex held ------------------------------------------------------ */

/* One that has nothing to do, or NULL. */
static mss_lane *free_lane(void)
{
    for (int i = 0; i < remote.count; i++) {
        if (!remote.lanes[i]->busy) {
            return remote.lanes[i];
        }
    }
    if (remote.count < LANES) {
        mss_lane *lane = mss_lane_start(&remote.service);

        if (lane) {
            remote.lanes[remote.count++] = lane;
        }
        return lane;
    }
    return NULL;
}

/* @return whether it was signalled. No clock that is set back makes it longer. */
static bool wait_on(apr_thread_cond_t *cond, apr_time_t deadline)
{
    apr_interval_time_t left = deadline - apr_time_now();

    if (left > MSS_REMOTE_PATIENCE) {
        left = MSS_REMOTE_PATIENCE;
    }
    return left > 0
           && apr_thread_cond_timedwait(cond, remote.mutex, left)
                  == APR_SUCCESS;
}

static mss_lane *wait_for_lane(apr_time_t deadline)
{
    mss_lane *lane = free_lane();

    while (!lane && wait_on(remote.freed, deadline)) {
        lane = free_lane();
    }
    return lane;
}

static void wait_for_answer(mss_lane *lane, apr_time_t deadline)
{
    while (!lane->answered && wait_on(lane->done, deadline)) {
    }
}

static void release(mss_lane *lane)
{
    lane->busy = false;
    apr_thread_cond_signal(remote.freed);
}

/* Called by a lane whose work nobody waits for. A slow answer says nothing good
 * of the store. */
static void unawaited(mss_lane *lane, apr_interval_time_t took)
{
    bool back = lane->job.answer == MSS_REMOTE_FOUND && lane->job.probe
                && !remote.ending && took >= 0 && took < MSS_BREAKER_SLOW
                && work();

    /* Busy until then: the thread cannot serve what back() asks for. */
    if (back) {
        apr_thread_mutex_unlock(remote.mutex);
        remote.back();
        apr_thread_mutex_lock(remote.mutex);
    }
    release(lane);
}

/* A note of its own: a provider that has lost its server could not put it. */
static void probe(void)
{
    mss_lane *lane = free_lane();

    if (lane) {
        mss_lane_job job = {.put = true,
                            .probe = true,
                            .note = {.kind = '?', .n = 1},
                            .lifetime = apr_time_from_sec(60)};

        lane->unawaited = unawaited;
        mss_lane_give(lane, &job, false);
    }
}

static mss_remote_answer carry(mss_lane_job *job)
{
    apr_time_t since = apr_time_now();
    apr_time_t deadline = since + MSS_REMOTE_PATIENCE;
    mss_lane *lane = wait_for_lane(deadline);

    if (!lane) {
        fail("has not enough connections");
        return MSS_REMOTE_FAILED;
    }
    lane->unawaited = unawaited;
    mss_lane_give(lane, job, true);
    wait_for_answer(lane, deadline);
    if (!lane->answered) {
        lane->awaited = false;
        fail("does not answer in time");
        return MSS_REMOTE_FAILED;
    }
    *job = lane->job;
    release(lane);
    if (job->answer == MSS_REMOTE_FAILED) {
        fail("does not answer");
    }
    else {
        answered(since);
    }
    return job->answer;
}

/* --- get and put ------------------------------------------------------------------------ */

static mss_remote_answer ask(mss_lane_job *job)
{
    mss_remote_answer answer = MSS_REMOTE_FAILED;

    if (!remote.mutex) {
        return answer;
    }
    apr_thread_mutex_lock(remote.mutex);
    if (!remote.ending) {
        switch (mss_breaker_ask(&remote.breaker, apr_time_now())) {
        case MSS_BREAKER_ASK:
            answer = carry(job);
            break;
        case MSS_BREAKER_PROBE:
            probe();
            break;
        case MSS_BREAKER_LEAVE:
            break;
        }
    }
    apr_thread_mutex_unlock(remote.mutex);
    return answer;
}

mss_remote_answer mss_remote_get(mss_remote_note *note)
{
    mss_lane_job job = {.note = *note};
    mss_remote_answer answer = ask(&job);

    *note = job.note;
    return answer;
}

mss_remote_answer mss_remote_put(const mss_remote_note *note,
                                 apr_interval_time_t lifetime)
{
    mss_lane_job job = {.put = true, .note = *note, .lifetime = lifetime};

    return ask(&job);
}
