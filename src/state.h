/* SPDX-License-Identifier: Apache-2.0
 * Knows where the module keeps what it has found out about a request: one
 * record for the request of the client, shared by its internal redirects, and by
 * its subrequests as long as they have the same session. Must not decide
 * anything. */

#ifndef MSS_STATE_H
#define MSS_STATE_H

#include <stdbool.h>

#include "httpd.h"

#include "config.h"
#include "core/clock.h"
#include "core/kind.h"
#include "core/recent.h"
#include "core/stamp.h"
#include "core/table.h"
#include "session.h"

typedef enum {
    MSS_ENDPOINT_NONE,
    MSS_ENDPOINT_PING,
    MSS_ENDPOINT_LOGOUT,
    MSS_ENDPOINT_RESUME,
    MSS_ENDPOINT_ASSET,
    MSS_ENDPOINT_UNKNOWN /* below the prefix, but nothing of ours: 404 */
} mss_endpoint;

/** What has been found of the application's cookies: sieve.h. */
typedef struct mss_sieve mss_sieve;

/** What is known of a session, and of the client's request that came with it; in
 * the pool of that request, or of the subrequest that alone has it. */
typedef struct mss_state mss_state;

struct mss_state {
    const char *path; /* as the client asked, decoded, normalised */

    const mss_conf *asked; /* of the section of that URL */

    const char *encodings; /* Accept-Encoding as the client sent it */
    bool headers_known;
    mss_headers headers; /* what mss_state_headers read */
    bool is_page;        /* what mss_kind_is_page says of them */

    const char *cookies;        /* mss_session_cookies, before its load */
    const session_rec *session; /* as loaded last, or NULL */
    const char *name;           /* mss_session_note of it, or NULL */
    mss_state *others;          /* of the client's request: see bond.h */

    mss_recent_key decoded;      /* what the session was decoded from */
    const session_rec *decoding; /* whose text is being decoded, or NULL */

    bool entered;   /* the session has been judged, if there is one of ours */
    bool loaded;    /* record and stamp are those of the session */
    bool passive;   /* this request is no activity: as configured, or refused */
    bool tracked;   /* live, and authenticated: what the client may see */
    bool expectant; /* not tracked yet, but its answer may begin a session */
    bool stamped;   /* the stamp has been moved, or need not be */
    bool unnoted;   /* record.last is, and the store has no room for it */
    bool let_in;    /* the client's request itself is on its way to a handler */
    bool without_password; /* no Authorization came with the session */
    bool trying;           /* others authenticate what a script has posted */
    bool challenge; /* credentials that came with a dead session do not count */
    bool injected;  /* the element is in: never a second one */
    bool left;      /* the answer's headers have been dealt with */
    mss_kind kind;  /* what the request can do to the stamp */
    mss_decision decision;
    mss_record record;
    mss_stamp stamp; /* as the session carried it, or as renewed since */
    mss_key key;     /* of the stamp's id in the store */
    unsigned char former[MSS_ID_BYTES]; /* the id that this request replaced */
    mss_logins logins;   /* who was logged in when the request came */
    mss_sieve *sieve;    /* NULL: there were no cookies to look at */
    apr_uint64_t choice; /* which limits are the user's: as the record has it,
                          * once he is known as found for this request */
};

/** How far a request_rec has got: see admission.h. */
typedef enum {
    MSS_ADMISSION_OPEN,  /* nobody has asked for a password */
    MSS_ADMISSION_ASKED, /* somebody looks at it, or has refused it */
    MSS_ADMISSION_GIVEN
} mss_admission;

/** What each request_rec has: the client's own, a redirect, a subrequest. */
typedef struct {
    mss_state *state; /* until its session is loaded, that of the one above */
    session_rec *session;            /* or NULL */
    const ap_conf_vector_t *section; /* that it is the session of, or NULL */
    bool unreadable;                 /* it came, but could not be decoded */
    /* That the session has been judged in, and the request's own headers sieved
     * for, or NULL: see judge.h. */
    const ap_conf_vector_t *judged;
    mss_admission admission;
    bool withdrawn;            /* somebody was let in, but not for this */
    const char *user;          /* r->user, when it was given */
    mss_endpoint endpoint;     /* claimed for one of our own */
    const char *endpoint_file; /* what follows the prefix and its slash */
} mss_view;

/** The client's own request, up through redirects and subrequests. */
request_rec *mss_state_top(request_rec *r);

/** Of r; made if there is none. Never NULL. */
mss_view *mss_state_view(request_rec *r);

/** Whether r has been judged in the section that it is in now. */
bool mss_state_is_judged(const request_rec *r);

/** r->user, or NULL where it may be the name of a login that has failed. */
const char *mss_state_user(const request_rec *r);

/** Which of the module's own URLs r itself has been claimed for: what is made of
 * it, as the page that tells its error, is an ordinary request. */
mss_endpoint mss_state_endpoint(const request_rec *r);

/** The record of r's session; made if there is none. */
mss_state *mss_state_get(request_rec *r);

/** The same, or NULL if there is none yet. */
mss_state *mss_state_peek(request_rec *r);

/** Whether it is the record of the client's own request: of a part of it whose
 * section has another session it is not. */
bool mss_state_is_clients(request_rec *r, const mss_state *state);

/** The headers that tell what kind of request it is. */
const mss_headers *mss_state_headers(request_rec *r);

/** Whether they ask for a page, as mss_kind_is_page says. */
bool mss_state_asks_page(request_rec *r);

/** The same, by a method that browsers have for pages. A program that says nothing
 * of what it accepts, as WebDAV's do, asks for no page by the others. */
bool mss_state_browses(request_rec *r);

/** The limits in force for r's session, in r's section and in that of the URL which
 * the client asked for: the strictest of each. */
mss_limits mss_state_limits(const request_rec *r, const mss_state *state);

/** The names of SessionSecurityCookies in both sections. NULL: none. Lives as long
 * as r. */
const apr_array_header_t *mss_state_cookies(request_rec *r);

/** Whether SessionSecurityInject is On in both. */
bool mss_state_injects(const request_rec *r, const mss_state *state);

/** Asks the conditions of r's section which limits are its user's: state->choice.
 * They go by r->user, so it stays as it is where that is a name that was refused. */
void mss_state_choose(request_rec *r, mss_state *state);

/** Whether the session of this request is over, whoever ended it. */
bool mss_state_is_over(const mss_state *state);

/** Whether it has one that is not, as far as this request knows. */
bool mss_state_goes_on(const mss_state *state);

/** Whether it came with the mark that says that a person was asked for this. */
bool mss_state_was_asked(const mss_state *state, mss_asked what);

#endif
