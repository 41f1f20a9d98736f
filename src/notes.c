/* SPDX-License-Identifier: Apache-2.0 */

#include "notes.h"

#include "apr_strings.h"

#include "mod_session_security.h"

void mss_notes_log(request_rec *r, const mss_state *state)
{
    static const char *const words[] = {NULL, "active", "expired", "revoked"};
    request_rec *top = mss_state_top(r);
    const char *word = words[state->decision.verdict];

    if (state->decision.verdict == MSS_LIVE) {
        if (state->kind != MSS_KIND_ACTIVITY) {
            word = "passive";
        }
        apr_table_setn(
            top->notes, SESSION_SECURITY_NOTE_IDLE,
            apr_ltoa(top->pool, (long)apr_time_sec(state->decision.idle)));
    }
    if (word) {
        apr_table_setn(top->notes, SESSION_SECURITY_NOTE, word);
    }
}

void mss_notes_backend(request_rec *r, const mss_state *state)
{
    apr_interval_time_t left = state->decision.limit - state->decision.idle;

    apr_table_setn(r->subprocess_env, SESSION_SECURITY_ENV_IDLE,
                   apr_ltoa(r->pool, (long)apr_time_sec(state->decision.idle)));
    apr_table_setn(r->subprocess_env, SESSION_SECURITY_ENV_EXPIRES_IN,
                   apr_ltoa(r->pool, (long)apr_time_sec(left)));
}
