/* SPDX-License-Identifier: Apache-2.0
 * Knows the Set-Cookies of an answer that SessionSecurityCookies is about.
 * Must not know sessions of ours. */

#ifndef MSS_OFFER_H
#define MSS_OFFER_H

#include "httpd.h"

#include "core/cookies.h"
#include "places.h"
#include "session.h"

typedef struct {
    const char *line; /* the table's own string */
    mss_cookies_set set;
    mss_place place; /* that it has in the browser */
} mss_offer;

/** The path of the client's request, as its browser knows it. */
const char *mss_offer_asked_path(request_rec *r);

/** The offers (mss_offer) in both tables of headers: backends' are in the one,
 * those of CGI and of errors in the other. mod_session's own cookie, that of z,
 * is none. Of several for one place the browser keeps the last, and that alone is
 * here: applications set a cookie that they then delete. @param z or NULL */
apr_array_header_t *mss_offer_all(request_rec *r, const session_rec *z);

/** Takes out of the answer all that are no deletions, and what they would replace
 * as well. @param z or NULL */
void mss_offer_withdraw(request_rec *r, const session_rec *z);

#endif
