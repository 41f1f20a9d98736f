/* SPDX-License-Identifier: Apache-2.0
 * Knows mod_session: beside decode.c the only file that touches what is in a
 * session_rec.
 * Must not know limits, verdicts or the store. */

#ifndef MSS_SESSION_H
#define MSS_SESSION_H

#include <stdbool.h>

#include "httpd.h"
#include "mod_session.h"

/** One login by mod_auth_form: the entry "<realm>-user" of a session. */
typedef struct {
    const char *key; /* the table's own strings */
    const char *user;
} mss_user;

/** Who was logged in when a request came. */
typedef struct {
    const session_rec *session;
    apr_array_header_t *users; /* mss_user */
} mss_logins;

typedef enum {
    MSS_LOGIN_SAME, /* nobody logged in or out */
    MSS_LOGIN_NEW,  /* somebody logged in: entries were set anew */
    MSS_LOGIN_LESS, /* somebody logged out, others are logged in still */
    MSS_LOGIN_GONE  /* nobody is logged in any more */
} mss_login;

/** Finds mod_session's functions. @return false when it is not loaded. */
bool mss_session_init(void);

/** Whether a session is configured for the section r is in, by Session On. */
bool mss_session_enabled(const request_rec *r);

/** The session of r, or NULL where none is configured or it cannot be loaded.
 * A session that mod_session gave up (undecodable, past its SessionMaxAge) is
 * replaced by a blank one that can be saved.
 * @param unreadable set to whether it cannot be decoded */
session_rec *mss_session_load(request_rec *r, bool *unreadable);

/** The key under which a module has noted a session of r in the client's request, or
 * in a redirect of that: it names the store, and the cookie that the session comes
 * in. NULL: it is noted elsewhere, or nowhere. Lives as long as the note. */
const char *mss_session_note(request_rec *r, const session_rec *z);

/** Says in the log that a user's session begins where one came that cannot be
 * decoded. */
void mss_session_complain(request_rec *r);

/** Our value in the session, or NULL. */
const char *mss_session_get(const session_rec *z);

/** Sets our value; the session is saved with the answer. value must live as
 * long as z->pool. */
void mss_session_set(session_rec *z, const char *value);

/** Takes our value out; the session is saved with the answer. */
void mss_session_unset(session_rec *z);

/** What is noted in the session of the application's cookies, or NULL. */
const char *mss_session_get_bound(const session_rec *z);

/** Sets that, or takes it out (NULL), as mss_session_set. */
void mss_session_set_bound(session_rec *z, const char *list);

/** The id that the session had before, whose pages go on. @param id MSS_ID_BYTES
 * @return false: none is noted */
bool mss_session_former(const session_rec *z, unsigned char *id);

/** Notes that, or takes it out (NULL), as mss_session_set. */
void mss_session_set_former(session_rec *z, const unsigned char *id);

/** Whether a cookie of that name is where mod_session keeps z. */
bool mss_session_is_in(request_rec *r, const session_rec *z, const char *name);

/** Takes all entries out for this request alone. Nothing is marked as changed, but
 * with SessionMaxAge mod_session saves each session: see mss_session_keep_unsaved. */
void mss_session_clear(session_rec *z);

/** Takes out all entries but those of that login. NULL: all. The session is saved
 * with the answer. */
void mss_session_keep_login(session_rec *z, const mss_user *login);

/** Ends the session: every entry goes but our own, which becomes mark. Saved
 * at once where mod_session would lose the change over an internal redirect. */
void mss_session_end(request_rec *r, session_rec *z, const char *mark);

/** Keeps mod_session from saving z with this answer. */
void mss_session_keep_unsaved(session_rec *z);

/** Has it save z after all. */
void mss_session_keep_saved(session_rec *z);

/** Whether a further change to z may be saved: it will be anyway, or that does not
 * change its key. */
bool mss_session_takes_changes(request_rec *r, const session_rec *z);

/** Whether mod_session will save z with this answer. */
bool mss_session_will_save(const session_rec *z);

/** The same, or it might: SessionHeader lets the answer's headers change the
 * session, which mod_session sees to when it saves (mod_session.c,
 * session_output_filter). */
bool mss_session_may_save(const request_rec *r, const session_rec *z);

/** To be called before mod_session saves: mod_session_dbd would set the cookie of a
 * session twice or more in one answer. */
void mss_session_set_cookie_once(request_rec *r, const session_rec *z);

/** The name of the cookie that has the key of z, where z is kept in a database
 * (mod_session_dbd); else NULL. */
const char *mss_session_key_cookie(request_rec *r, const session_rec *z);

/** The request's cookies, where the load of a session may take its own out of
 * them (mod_session_dbd, SessionDBDCookieRemove); else NULL. */
const char *mss_session_cookies(const request_rec *r);

/** Whether a save may change the key of the session (mod_session_dbd). */
bool mss_session_changes_key(request_rec *r, const session_rec *z);

/** Takes down who is logged in, into an array in p. */
void mss_session_logins(apr_pool_t *p, const session_rec *z, mss_logins *l);

/** What has happened to the logins since they were taken.
 * @param login with MSS_LOGIN_NEW: whose; with MSS_LOGIN_LESS: one that is left */
mss_login mss_session_login(const session_rec *z, const mss_logins *since,
                            mss_user *login);

/** The name of the first who was logged in, or NULL. */
const char *mss_session_user(const mss_logins *l);

/** The realm of a login: its key without "-user". In p. */
const char *mss_session_realm(apr_pool_t *p, const mss_user *login);

#endif
