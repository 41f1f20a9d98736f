/* SPDX-License-Identifier: Apache-2.0
 * Knows how a session of ours begins, goes on and ends: what is kept of it in
 * the mod_session data, what in the store, and the line in the log at its end.
 * Must not know requests' kinds or phases. */

#ifndef MSS_TRACK_H
#define MSS_TRACK_H

#include "httpd.h"

#include "state.h"

/** The session, or NULL where there is none. The first time, it finds out whose
 * record is r's, as mss_state_get gives it from then on, and fills in the record,
 * stamp and logins of that. */
session_rec *mss_track_load(request_rec *r);

/** Takes all entries out for this request alone: nobody is logged in by it. */
void mss_track_clear(request_rec *r, session_rec *z, mss_state *state);

/** Who a session is begun for. */
typedef struct {
    const char *realm; /* AuthName */
    const char *user;
} mss_owner;

/** The user that httpd has let r in as. */
mss_owner mss_track_owner(request_rec *r);

/** Nobody whom httpd knows: a visitor whom the application logs in itself. */
extern const mss_owner mss_track_nobody;

/** The same, in place of a user whose session ended, and who has not been asked
 * yet for what his browser or single sign-on brings by itself. */
extern const mss_owner mss_track_nobody_yet;

/** The same, when he has clicked: single sign-on may go on. */
extern const mss_owner mss_track_nobody_clicked;

/** Whether the session was begun for any of them. */
bool mss_track_is_nobodys(const mss_state *state);

/** Whether it was begun for the first one. */
bool mss_track_is_visitors(const mss_state *state);

/** From now on it remembers that the person was asked: MSS_ASKED_CLICK, or
 * MSS_ASKED_PASSWORD for that of r's realm. Saved with the answer. */
void mss_track_settle(request_rec *r, session_rec *z, mss_state *state,
                      mss_asked asked);

/** Whether it does, of the same realm. */
bool mss_track_is_settled(request_rec *r, const mss_state *state,
                          mss_asked asked);

/** Begins a session: a new random id, created and stamped now.
 * @return false, after logging why, when there are no random bytes */
bool mss_track_begin(request_rec *r, session_rec *z, mss_state *state,
                     const mss_owner *owner);

/** Goes on with the session, which has just been revoked, under another id, and no
 * younger. @return as mss_track_begin */
bool mss_track_rename(request_rec *r, session_rec *z, mss_state *state,
                      const mss_owner *owner);

/** Whether the session was begun for the user that httpd has let r in as: not NULL.
 * One session can hold logins of several realms; the user of another realm is no
 * contradiction. */
bool mss_track_is_owner(request_rec *r, const mss_state *state);

/** The same of somebody who has just logged in. */
bool mss_track_takes(const mss_state *state, const mss_owner *owner);

/** Asks the clock about the loaded session, now, and logs a stamp that lies in
 * the future. The answer goes to state->decision. */
void mss_track_decide(request_rec *r, mss_state *state,
                      const mss_limits *limits, mss_kind kind,
                      apr_int64_t client_idle);

/** Moves the stamp on, in the store, and the copy in the session when that has
 * become old, or the store has no room.
 * @return false when the session has been revoked meanwhile */
bool mss_track_move(request_rec *r, session_rec *z, mss_state *state);

/** Keeps which limits are the user's in the session's record: for what comes
 * before the next login, and for pings. */
void mss_track_keep_choice(mss_state *state);

/** Marks activity at a time, in the store alone: for when the answer's headers may
 * have left. Where that has no room, mss_leave finds it unnoted.
 * @return as mss_track_move */
bool mss_track_touch(mss_state *state, apr_time_t at);

/** Marks what a page reports: in the store and, only where that has no room, in the
 * session, which then has to be saved. */
mss_touched mss_track_report(session_rec *z, mss_state *state, apr_time_t at);

/** Revokes the id, if it can be read, for good. The first to do so writes the line in
 * the log.
 * @return whether it was this call: false if it had been revoked before */
bool mss_track_revoke(request_rec *r, const session_rec *z, mss_state *state,
                      mss_end reason);

/** Puts the mark of the end in the session's place, just ended: nobody has been
 * asked. */
void mss_track_mark_end(request_rec *r, session_rec *z, mss_state *state);

/**
 * Ends the session: revoked, and without entries for the rest of the request.
 *
 * A session that held a login, or was nobody's, gets the mark. One beside credentials
 * that the browser keeps (Basic, single sign-on) stays as it is in the browser,
 * so that what comes with it goes on to be refused until a page's answer has
 * asked the person.
 */
void mss_track_finish(request_rec *r, session_rec *z, mss_state *state,
                      mss_end reason);

#endif
