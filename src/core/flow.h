/* SPDX-License-Identifier: Apache-2.0
 * Knows whether a request body is long in coming, or was only read late.
 * Must not read it, nor know the wall clock: now is an argument. */

#ifndef MSS_FLOW_H
#define MSS_FLOW_H

#include <stdbool.h>

#include "apr.h"
#include "apr_time.h"

/** A body that is waited for no longer than this is part of a request that was
 * judged when it came: a script's short POST is no upload. */
#define MSS_FLOW_LONG apr_time_from_sec(1)

/** More than has come before anybody reads it. Linux takes 128 KiB from the start,
 * and more as long as a connection is read fast: 6 MiB by default, tcp(7). */
#define MSS_FLOW_HELD ((apr_off_t)8 * 1024 * 1024)

/** Zeroed: nobody has read yet. */
typedef struct {
    apr_time_t since; /* the first attempt to read, or when it was begun anew */
    apr_time_t dry;   /* the last one that found nothing since then, or 0 */
    apr_interval_time_t waited; /* in attempts since then */
    apr_off_t bytes;            /* read since then */
} mss_flow;

/** Notes an attempt to read, from asked to now. @param n how many bytes it brought;
 * negative: it found nothing, and did not wait */
void mss_flow_read(mss_flow *f, apr_time_t asked, apr_time_t now, apr_off_t n);

/** Whether what has just been read belongs to a body that is long in coming. The
 * time in which the reader did something else does not count: what it reads then
 * may have been there since the request came, unless it is more than can have been,
 * or nothing was there in between. */
bool mss_flow_is_long(const mss_flow *f, apr_time_t now);

#endif
