/* SPDX-License-Identifier: Apache-2.0 */

#include "ending.h"

#include "apr_escape.h"

#include "counts.h"
#include "log.h"
#include "mod_session_security.h"

_Static_assert((int)SESSION_SECURITY_IDLE == (int)MSS_END_IDLE
                   && (int)SESSION_SECURITY_REVOKED == (int)MSS_END_REVOKED
                   && (int)SESSION_SECURITY_REVOKED + 1 == (int)MSS_ENDS,
               "the reasons that are told are those that are kept");

/* clang-format off */
APR_IMPLEMENT_OPTIONAL_HOOK_RUN_ALL(session_security, SESSION_SECURITY, int, ended,
                                    (request_rec *r, const char *user,
                                     session_security_reason reason,
                                     apr_interval_time_t idle),
                                    (r, user, reason, idle), OK, DECLINED)
/* clang-format on */

static void log_end(request_rec *r, const mss_state *state, mss_end reason,
                    const char *user)
{
    const mss_decision *d = &state->decision;

    ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                  "MSS0010: session ended: reason=%s user=\"%s\" "
                  "idle=%" APR_TIME_T_FMT "s limit=%" APR_TIME_T_FMT "s "
                  "client=%s id=%s",
                  mss_clock_reason(reason), user, apr_time_sec(d->idle),
                  apr_time_sec(d->limit), r->useragent_ip,
                  apr_pescape_hex(r->pool, state->key.bytes, 4, 0));
}

/* There is no id, and nothing is known of its times. */
static void log_unreadable(request_rec *r, const char *user)
{
    ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                  "MSS0011: session ended: reason=unreadable user=\"%s\" "
                  "client=%s",
                  user, r->useragent_ip);
}

void mss_ending_tell(request_rec *r, const mss_state *state, mss_end reason,
                     const char *user)
{
    /* The error log escapes backslashes and leaves quotes alone, so with those
     * nobody could tell where a name ends. */
    const char *name = user ? ap_escape_path_segment(r->pool, user) : "-";

    if (reason == MSS_END_UNREADABLE) {
        log_unreadable(r, name);
    }
    else {
        log_end(r, state, reason, name);
    }
    mss_counts_add((mss_count)(MSS_COUNT_ENDED + reason));
    (void)session_security_run_ended(r, user, (session_security_reason)reason,
                                     state->decision.idle);
}
