/* SPDX-License-Identifier: Apache-2.0
 * Knows the text that this module keeps in the mod_session data.
 * Must not know what any of it means for a session. */

#ifndef MSS_STAMP_H
#define MSS_STAMP_H

#include <stdbool.h>

#include "apr_pools.h"
#include "apr_time.h"

#include "clock.h"

/** The key of the value in the session. */
#define MSS_STAMP_KEY "_session_security"

/** Bytes of a session's random id: 128 bits. */
#define MSS_ID_BYTES 16

/** What a person has done about an ended session, or was asked for. What comes
 * with the mark and needs no person counts only if it is that. */
typedef enum {
    MSS_ASKED_NONE,
    MSS_ASKED_PASSWORD,   /* a challenge: the password comes from a prompt */
    MSS_ASKED_CLICK,      /* "sign in again": single sign-on may go on */
    MSS_ASKED_UNPROVOKED, /* a challenge to a request that brought no password */
    MSS_ASKED_NEEDLESS,   /* nothing: httpd had logged nobody in */
    MSS_ASKED_ALL         /* how many there are */
} mss_asked;

/** The value, taken apart. Format:
 *   live   "1", and in base64url (RFC 4648, 5) the 36 bytes of id, realm, user,
 *          created and last, the numbers big-endian, the times in milliseconds
 *   ended  "1.ended." reason "." since, hexadecimal, in microseconds; and
 *          "." asked, unless that is MSS_ASKED_NONE; behind a password's
 *          "." realms, hexadecimal
 * mod_session spends some sixty instructions for each character at each
 * request, hence the density. A time is rounded down, and to 1970 where it
 * lies before that. */
typedef struct {
    bool ended; /* the mark of an ended session: reason, asked, last, realms */
    mss_end reason;
    mss_asked asked;
    unsigned char id[MSS_ID_BYTES];
    apr_uint16_t realm;  /* keyed hash of the realm */
    apr_uint64_t user;   /* keyed hash of the user: 48 bits */
    apr_time_t created;  /* the login */
    apr_time_t last;     /* the copy of the stamp; of a mark: when it ended */
    apr_uint64_t realms; /* of a mark: for whose passwords it was asked */
} mss_stamp;

/** Adds a realm, by its hash, to those of a mark. The oldest of four gives way. */
apr_uint64_t mss_stamp_add_realm(apr_uint64_t realms, apr_uint16_t realm);

/** Whether it is among them. */
bool mss_stamp_has_realm(apr_uint64_t realms, apr_uint16_t realm);

/** The text of a stamp, in pool p. It needs no escaping in a URL. */
const char *mss_stamp_format(apr_pool_t *p, const mss_stamp *stamp);

/** Reads a text. @return false, with *stamp zeroed, for anything that
 * mss_stamp_format did not write, other versions of the format included. */
bool mss_stamp_parse(const char *text, mss_stamp *stamp);

#endif
