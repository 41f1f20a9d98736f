/* SPDX-License-Identifier: Apache-2.0
 * Knows a thread that makes one call at a time to a socache provider, over a
 * connection of its own. Must not know who waits for how long, or what the notes
 * mean. */

#ifndef MSS_LANE_H
#define MSS_LANE_H

#include "ap_socache.h"
#include "apr_thread_cond.h"
#include "apr_thread_mutex.h"
#include "apr_thread_proc.h"

#include "remote.h"

/** What all lanes of a child have in common. */
typedef struct {
    server_rec *server;
    const mss_store_place *place;
    const ap_socache_provider_t *provider;
    apr_thread_mutex_t *mutex; /* held for all calls but start and end */
} mss_lane_service;

typedef struct {
    bool put;   /* else get */
    bool probe; /* to see whether the store is there */
    mss_remote_note note;
    apr_interval_time_t lifetime;
    mss_remote_answer answer;
} mss_lane_job;

typedef struct mss_lane mss_lane;

struct mss_lane {
    const mss_lane_service *service;
    apr_thread_t *thread;
    apr_thread_cond_t *wake;
    apr_thread_cond_t *done;

    /* Under the mutex: */
    bool busy;     /* has a job, or an answer that has not been fetched */
    bool awaited;  /* somebody waits for done */
    bool answered; /* job has the answer */
    bool ending;
    mss_lane_job job;
    /** Called under the mutex after a job that nobody waits for any more. */
    void (*unawaited)(mss_lane *lane, apr_interval_time_t took);

    /* The thread's own: */
    apr_pool_t *connection; /* NULL: there is none */
    ap_socache_instance_t *instance;
};

/** Whether the provider takes the place's arguments; it logs what is wrong. */
bool mss_lane_can_open(const mss_lane_service *service);

/** Starts a thread. It, and what it has, lives until mss_lane_end or the end of
 * the process. @return NULL after logging why */
mss_lane *mss_lane_start(const mss_lane_service *service);

/** Gives a lane that is not busy something to do. */
void mss_lane_give(mss_lane *lane, const mss_lane_job *job, bool awaited);

/** Ends a thread that has nothing to do. One that has is left alone. */
void mss_lane_end(mss_lane *lane);

#endif
