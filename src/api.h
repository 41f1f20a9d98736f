/* SPDX-License-Identifier: Apache-2.0
 * Knows how other modules ask about a session and end it: the functions of
 * mod_session_security.h. Must not know requests' phases. */

#ifndef MSS_API_H
#define MSS_API_H

/** Registers the optional functions. */
void mss_api_register(void);

#endif
