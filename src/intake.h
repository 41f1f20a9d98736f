/* SPDX-License-Identifier: Apache-2.0
 * Knows request bodies as they come in: a long upload is activity.
 * Must not read or hold them. */

#ifndef MSS_INTAKE_H
#define MSS_INTAKE_H

#include "httpd.h"

/** Registers the input filter. */
void mss_intake_register(void);

/** Hook fixups, first: puts the input filter before the body of a request whose
 * session goes on. mod_security2 and others read it there, and have the handler
 * read their copy. @return DECLINED */
int mss_intake_expect(request_rec *r);

/** Hook insert_filter: the same where a session has begun since. */
void mss_intake_insert(request_rec *r);

#endif
