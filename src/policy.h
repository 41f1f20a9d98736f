/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client gets along with the Content-Security-Policy of the page
 * it goes into: which nonce its element carries, what is changed in headers.
 * Must not know HTML or where the element goes. */

#ifndef MSS_POLICY_H
#define MSS_POLICY_H

#include <stdbool.h>

#include "httpd.h"

typedef struct mss_policy mss_policy;

/** Registers the output filter. */
void mss_policy_register(void);

/** For an answer that may get the element, before its headers leave; in r's
 * pool. What mod_headers adds is not there yet: the policies are made right
 * when it is, at the end of the chain of filters.
 * @param is_expected whether there will be a policy then, as far as is known */
mss_policy *mss_policy_watch(request_rec *r, bool is_expected);

/**
 * Asks for the element to be let in, now that it has a place.
 *
 * The headers may have left by then. Their policies have been made right for
 * an element that might come, with the nonce that it gets here.
 *
 * @param nonce for the element, or set to NULL
 * @return NULL, or why the browser would not run the client: a constant
 */
const char *mss_policy_admit(mss_policy *policy, const char **nonce);

/** There will be no element: policies stay as they are. */
void mss_policy_forgo(mss_policy *policy);

#endif
