/* SPDX-License-Identifier: Apache-2.0
 * Knows which session each part of a client's request has, and keeps what is found
 * of one apart from what is found of another. Must not know what is in a session but
 * the stamp's id. */

#ifndef MSS_BOND_H
#define MSS_BOND_H

#include "httpd.h"

#include "state.h"

/*
 * Sections can have sessions of their own, by another SessionCookieName. The
 * client's request and its internal redirects have one record, in which what was
 * found of the session changes with the section. A subrequest whose session is
 * another has another record, since when it is done, the request above goes on
 * with its own; and so that a session which has ended for one subrequest has for the
 * next one, too, these records are kept for the client's request, by the sessions'
 * names (state->others).
 */

/** What r has: loads its session, once for each section that r is in, and binds r
 * to the record of that. */
const mss_view *mss_bond_load(request_rec *r);

#endif
