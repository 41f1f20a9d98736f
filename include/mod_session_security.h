/* SPDX-License-Identifier: Apache-2.0
 * What other modules and configurations can rely on. */

#ifndef MOD_SESSION_SECURITY_H
#define MOD_SESSION_SECURITY_H

/** Note of a request, for LogFormat "%{session_security}n": active, passive,
 * expired, revoked. */
#define SESSION_SECURITY_NOTE "session_security"

/** Note of a request: its session's idle time in whole seconds. */
#define SESSION_SECURITY_NOTE_IDLE "session_security_idle"

/** Environment variables for backends: whole seconds. */
#define SESSION_SECURITY_ENV_IDLE "SESSION_SECURITY_IDLE"
#define SESSION_SECURITY_ENV_EXPIRES_IN "SESSION_SECURITY_EXPIRES_IN"

#endif
