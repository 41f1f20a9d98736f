/* SPDX-License-Identifier: Apache-2.0
 * Knows the URLs below SessionSecurityPath: ping, logout, script, messages.
 * Must not know HTML. */

#ifndef MSS_ENDPOINT_H
#define MSS_ENDPOINT_H

#include "httpd.h"

#include "state.h"

/** Hook translate_name, before everybody: claims our own URLs. */
int mss_endpoint_claim(request_rec *r);

/** Hook access_checker_ex, before everybody: they need no login. */
int mss_endpoint_admit(request_rec *r);

/** Hook fixups, before everybody: answers them. */
int mss_endpoint_answer(request_rec *r);

#endif
