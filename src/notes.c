/* SPDX-License-Identifier: Apache-2.0 */

#include "notes.h"

#include "apr_strings.h"

#include "mod_session_security.h"

/* In the request that httpd logs, and in the one at hand. */
static void put(request_rec *r, const char *key, const char *value)
{
    apr_table_setn(mss_state_top(r)->notes, key, value);
    if (r->prev && !r->main) {
        apr_table_setn(r->notes, key, value);
    }
}

/* Before what this request may do to it. */
static apr_interval_time_t idle_of(const mss_state *state)
{
    const mss_decision *d = &state->decision;
    apr_time_t last = state->record.last;

    return d->stamp > last ? d->idle + (d->stamp - last) : d->idle;
}

void mss_notes_log(request_rec *r, const mss_state *state)
{
    static const char *const words[] = {NULL, "passive", "expired", "revoked"};
    const char *word = words[state->decision.verdict];

    if (state->decision.verdict == MSS_LIVE) {
        put(r, SESSION_SECURITY_NOTE_IDLE,
            apr_ltoa(mss_state_top(r)->pool,
                     (long)apr_time_sec(idle_of(state))));
    }
    if (word) {
        put(r, SESSION_SECURITY_NOTE, word);
    }
}

void mss_notes_active(request_rec *r)
{
    put(r, SESSION_SECURITY_NOTE_IDLE, "0");
    put(r, SESSION_SECURITY_NOTE, "active");
}

int mss_notes_follow(request_rec *r)
{
    static const char *const keys[] = {SESSION_SECURITY_NOTE,
                                       SESSION_SECURITY_NOTE_IDLE};

    for (int i = 0; r->prev && !r->main && i < 2; i++) {
        const char *value = apr_table_get(r->prev->notes, keys[i]);

        if (value) {
            apr_table_setn(r->notes, keys[i], value);
        }
    }
    return DECLINED;
}

void mss_notes_backend(request_rec *r, const mss_state *state)
{
    const mss_decision *d = &state->decision;
    apr_interval_time_t left = d->limit - d->idle;

    if (d->lifetime >= 0 && d->lifetime < left) {
        left = d->lifetime;
    }
    apr_table_setn(r->subprocess_env, SESSION_SECURITY_ENV_IDLE,
                   apr_ltoa(r->pool, (long)apr_time_sec(d->idle)));
    apr_table_setn(r->subprocess_env, SESSION_SECURITY_ENV_EXPIRES_IN,
                   apr_ltoa(r->pool, (long)apr_time_sec(left)));
}
