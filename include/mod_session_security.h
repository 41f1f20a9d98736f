/* SPDX-License-Identifier: Apache-2.0
 * The interface that other modules and configurations can rely on. */

#ifndef MOD_SESSION_SECURITY_H
#define MOD_SESSION_SECURITY_H

#include "httpd.h"
#include "apr_hooks.h"
#include "apr_optional.h"
#include "apr_optional_hooks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this header. It grows when something is added; nothing in the
 * header is removed or changes its meaning. */
#define SESSION_SECURITY_API_VERSION 1

/* --- notes and environment ------------------------------------------------- */

/** Note of a request, for LogFormat "%{session_security}n": active, passive,
 * expired, revoked. */
#define SESSION_SECURITY_NOTE "session_security"

/** Note of a request: the idle time of its session in whole seconds. */
#define SESSION_SECURITY_NOTE_IDLE "session_security_idle"

/** Environment variables for backends: whole seconds. */
#define SESSION_SECURITY_ENV_IDLE "SESSION_SECURITY_IDLE"
#define SESSION_SECURITY_ENV_EXPIRES_IN "SESSION_SECURITY_EXPIRES_IN"

/* --- functions --------------------------------------------------------------- */

/*
 * Optional functions: get them by APR_RETRIEVE_OPTIONAL_FN in a hook such as
 * post_config or optional_fn_retrieve, at each start, whichever module is loaded
 * first. NULL: mod_session_security is not loaded.
 *
 * They take the request of a browser, or an internal redirect or subrequest of
 * it, in the thread that works on it. For these functions, a request has a live
 * session if SessionSecurity is On there, and if a session of this module came
 * with it or was begun for it and has not ended. This is known after the
 * access_checker hooks of order APR_HOOK_FIRST, before authentication. Who the
 * session belongs to, and whether the request is from that user, is settled when
 * fixups are done.
 *
 * With a store that several front ends share, a call may ask the store several
 * times, and waits for each answer for a second at most. A store that has not
 * answered within it, or slowly four times in a row, is not waited for again until it
 * answers.
 */

/** The idle time of the session, over all tabs, up to now, in microseconds; -1
 * without a live session. It can be called as long as the request lasts, so that
 * a handler with a long answer can stop when the session ends. */
APR_DECLARE_OPTIONAL_FN(apr_interval_time_t, session_security_idle,
                        (request_rec * r));

/** Marks activity by a person, now. It can be called as long as the request
 * lasts.
 * @return 1, or 0 without a live session */
APR_DECLARE_OPTIONAL_FN(int, session_security_activity, (request_rec * r));

/** Why a session ended. */
typedef enum {
    SESSION_SECURITY_IDLE = 1,   /* SessionSecurityExpireAfter has passed */
    SESSION_SECURITY_LIFETIME,   /* SessionSecurityMaxLifetime has passed */
    SESSION_SECURITY_LOGOUT,     /* somebody logged out */
    SESSION_SECURITY_RELOGIN,    /* a new login took its place */
    SESSION_SECURITY_UNREADABLE, /* its value could not be read */
    SESSION_SECURITY_REVOKED     /* another module ended it */
} session_security_reason;

/**
 * Ends the session for good, in every browser tab and for all copies of its
 * cookie. Call it before the answer's headers leave, since the answer changes the
 * cookie. If it is called before the fixups hooks of order APR_HOOK_LAST, the
 * request itself goes on as one of an ended session: a user is refused; of a visitor
 * whom SessionSecurityCookies let in, scripts are refused, and pages lack these
 * cookies. A later caller answers the request as it likes, the answer does not get
 * the client, and the cookies are taken from r->headers_in, where a handler that has
 * not read them yet does not find them.
 *
 * @param reason SESSION_SECURITY_LOGOUT or SESSION_SECURITY_REVOKED; others
 *               count as the latter
 * @return 1; or 0 without a live session, or when it is too late, since the
 *         headers have left or the answer is one of the module's own URLs'
 */
APR_DECLARE_OPTIONAL_FN(int, session_security_end,
                        (request_rec * r, session_security_reason reason));

/* --- the hook ---------------------------------------------------------------- */

#define SESSION_SECURITY_DECLARE(type) type

/**
 * Runs once at each end of a session, on the server that ended it, when it can
 * no longer be used. Two servers that find a session expired at the same moment both
 * run it. One whose value cannot be read has no id to know it by: it runs for each
 * request that comes with such a cookie. Hook it by
 *
 *     APR_OPTIONAL_HOOK(session_security, ended, function, NULL, NULL,
 *                       APR_HOOK_MIDDLE);
 *
 * in register_hooks, whichever module is loaded first. It runs in the thread of
 * the request that found or caused the end, in any phase from access_checker until
 * the answer's headers leave; that request waits for it.
 *
 * @param r      that request
 * @param user   the session's user, or NULL where the name is not known; lives as
 *               long as r
 * @param idle   microseconds since the last activity
 * @return OK or DECLINED: go on with the others
 */
APR_DECLARE_EXTERNAL_HOOK(session_security, SESSION_SECURITY, int, ended,
                          (request_rec * r, const char *user,
                           session_security_reason reason,
                           apr_interval_time_t idle))

#ifdef __cplusplus
}
#endif

#endif
