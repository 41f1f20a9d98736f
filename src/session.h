/* SPDX-License-Identifier: Apache-2.0
 * Knows mod_session: the only file that touches a session_rec.
 * Must not know limits, verdicts or the store. */

#ifndef MSS_SESSION_H
#define MSS_SESSION_H

#include <stdbool.h>

#include "httpd.h"
#include "mod_session.h"

/** Who was logged in by mod_auth_form when a request came: the values of the
 * entries "<realm>-user", by identity. */
typedef struct {
    const session_rec *session;
    apr_array_header_t *users; /* const char *, the table's own strings */
} mss_logins;

typedef enum {
    MSS_LOGIN_SAME, /* nobody logged in or out */
    MSS_LOGIN_NEW,  /* somebody logged in: entries were set anew */
    MSS_LOGIN_GONE  /* nobody is logged in any more */
} mss_login;

/** Finds mod_session's functions. @return false when it is not loaded. */
bool mss_session_init(void);

/** Whether a session is configured for the section r is in, by Session On. */
bool mss_session_enabled(const request_rec *r);

/** The session of r, or NULL where none is configured or it cannot be loaded.
 * A session that mod_session gave up (undecodable, past its SessionMaxAge) is
 * replaced by a blank one that can be saved. */
session_rec *mss_session_load(request_rec *r);

/** Our value in the session, or NULL. */
const char *mss_session_get(const session_rec *z);

/** Sets our value; the session is saved with the answer. value must live as
 * long as z->pool. */
void mss_session_set(session_rec *z, const char *value);

/** Ends the session: every entry goes but our own, which becomes mark. Saved
 * at once where mod_session would lose the change over an internal redirect. */
void mss_session_end(request_rec *r, session_rec *z, const char *mark);

/** Keeps mod_session from saving z with this answer. */
void mss_session_keep_unsaved(session_rec *z);

/** Whether a save may change the key of the session (mod_session_dbd). */
bool mss_session_changes_key(request_rec *r, const session_rec *z);

void mss_session_logins(apr_pool_t *p, const session_rec *z, mss_logins *l);
/** What has happened to the logins since they were taken. */
mss_login mss_session_login(const session_rec *z, const mss_logins *since);

#endif
