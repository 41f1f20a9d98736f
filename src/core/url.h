/* SPDX-License-Identifier: Apache-2.0
 * Knows which addresses a browser may be sent to.
 * Must not know what for. */

#ifndef MSS_URL_H
#define MSS_URL_H

#include <stdbool.h>

/** Whether target is a path of the same origin: one slash, then neither a slash
 * nor a backslash (both would name a host), and no control characters, which
 * browsers drop (WHATWG URL, "basic URL parser"). */
bool mss_url_is_local(const char *target);

/** Whether written names its scheme and host in full, before anything that is
 * filled in at run time ("%{...}", "$1"): http or https only. */
bool mss_url_is_absolute(const char *written);

/**
 * Whether a browser may be sent to target.
 *
 * @param written what the sysadmin wrote
 * @param target  what that has become for this request
 */
bool mss_url_may_go(const char *written, const char *target);

#endif
