/* SPDX-License-Identifier: Apache-2.0
 * Knows how to reach a store on the network through httpd's socache providers
 * (mod_socache_redis, mod_socache_memcache), and how not to wait for one that
 * does not answer. Must not know what the notes in it mean. */

#ifndef MSS_REMOTE_H
#define MSS_REMOTE_H

#include "httpd.h"

#include "config.h"
#include "core/note.h"
#include "core/table.h"

/*
 * The providers wait without a limit: apr_memcache sets none for an answer, and
 * mod_socache_redis hands microseconds to apr_redis, which takes them for
 * seconds. So a call is made by a thread of its own, and given up by the request
 * after MSS_REMOTE_PATIENCE. Then the store counts as down in this child; the
 * breaker says when to try again, which no request waits for.
 *
 * A provider that lost a server says "not found" for its keys for 5 s. Hence a
 * thread's provider and its connection are thrown away at each error.
 */

#define MSS_REMOTE_PATIENCE apr_time_from_sec(1)

/** More than MSS_NOTE_BYTES, for notes of a later version. */
#define MSS_REMOTE_NOTE_BYTES 64

typedef struct {
    mss_key key;
    unsigned char kind; /* notes of different kinds are different notes */
    unsigned char bytes[MSS_REMOTE_NOTE_BYTES];
    unsigned n;
} mss_remote_note;

typedef enum {
    MSS_REMOTE_FOUND, /* or put */
    MSS_REMOTE_ABSENT,
    MSS_REMOTE_FAILED
} mss_remote_answer;

/** NULL, or what is wrong with that place: the rest of a sentence that begins
 * with it. In pool p. */
const char *mss_remote_refuse(apr_pool_t *p, const mss_store_place *place);

/** post_config. @param back is called in a child, by a thread that serves no
 * request, when the store answers again
 * @return OK, or a status that stops the start, after logging why */
int mss_remote_init(server_rec *s, const mss_store_place *place,
                    void (*back)(void));

/** child_init. @param p ends with the child */
void mss_remote_child_init(apr_pool_t *p);

/** Gets the note of note->key and note->kind. Waits for at most
 * MSS_REMOTE_PATIENCE. @return MSS_REMOTE_FAILED where nothing can be said */
mss_remote_answer mss_remote_get(mss_remote_note *note);

/** Puts a note in place of any before it, for that long: at least 2 s, at most
 * 30 days, which is as long as the providers can. Waits as mss_remote_get. */
mss_remote_answer mss_remote_put(const mss_remote_note *note,
                                 apr_interval_time_t lifetime);

#endif
