/* SPDX-License-Identifier: Apache-2.0
 * Knows request bodies as they come in: a long upload is activity.
 * Must not read or hold them. */

#ifndef MSS_INTAKE_H
#define MSS_INTAKE_H

#include "httpd.h"

/** Registers the input filter. */
void mss_intake_register(void);

/** Hook insert_filter: puts the input filter before a tracked request's body. */
void mss_intake_insert(request_rec *r);

#endif
