/* SPDX-License-Identifier: Apache-2.0
 * Knows which sites a Content-Security-Policy lets frame a page.
 * Must not know what else policies say. */

#ifndef MSS_FRAMES_H
#define MSS_FRAMES_H

#include "apr_pools.h"

/** What a policy, or several with commas between, says of frame-ancestors, as
 * a policy of as many. In p; NULL if that is nothing. */
const char *mss_frames_allowed(apr_pool_t *p, const char *policy);

#endif
