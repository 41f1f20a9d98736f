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
/** Characters of an id in hexadecimal. */
#define MSS_ID_HEX (2 * MSS_ID_BYTES)

/** The value, taken apart. Format, all numbers hexadecimal, times in
 * microseconds since the epoch:
 *   live   "1." id "." realm "." user "." created "." last
 *   ended  "1.ended." reason "." since */
typedef struct {
    bool ended; /* the mark of an ended session: reason and last only */
    mss_end reason;
    unsigned char id[MSS_ID_BYTES];
    apr_uint64_t realm; /* keyed hash of the realm */
    apr_uint64_t user;  /* keyed hash of the user */
    apr_time_t created; /* the login */
    apr_time_t last;    /* the copy of the stamp; of a mark: when it ended */
} mss_stamp;

/** The text of a stamp, in pool p. It needs no escaping in a URL. */
const char *mss_stamp_format(apr_pool_t *p, const mss_stamp *stamp);

/** Reads a text. @return false, with *stamp zeroed, for anything that
 * mss_stamp_format did not write, other versions of the format included. */
bool mss_stamp_parse(const char *text, mss_stamp *stamp);

#endif
