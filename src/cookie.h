/* SPDX-License-Identifier: Apache-2.0
 * Knows that an answer should set a cookie once, and which of several counts.
 * Must not know sessions. */

#ifndef MSS_COOKIE_H
#define MSS_COOKIE_H

#include "httpd.h"

/** Registers the output filter, behind mod_session's. */
void mss_cookie_register(void);

/**
 * Sees to it that the answer of r has one Set-Cookie of that name, the last that
 * is written. mod_session_dbd writes each to two tables of headers, both of which
 * are sent.
 *
 * @param name must live as long as r
 */
void mss_cookie_insert(request_rec *r, const char *name);

#endif
