/* SPDX-License-Identifier: Apache-2.0
 * Knows how the settings in force are told to the person who runs the server:
 * one line for each server at the start, a table on demand. Must not know
 * requests. */

#ifndef MSS_DUMP_H
#define MSS_DUMP_H

#include "httpd.h"

/** Logs, for each server where SessionSecurity is On anywhere, what is
 * enforced. @param ptemp for this call alone */
void mss_dump_announce(apr_pool_t *ptemp, server_rec *s);

/** Hook test_config: `httpd -t -D DUMP_SESSION_SECURITY` prints a table of all
 * sections with the settings in force there. */
void mss_dump_print(apr_pool_t *pconf, server_rec *s);

#endif
