/* SPDX-License-Identifier: Apache-2.0
 * Knows which answers are pages that the client belongs in, and what their
 * headers must become. Must not know HTML or decide about sessions. */

#ifndef MSS_PAGE_H
#define MSS_PAGE_H

#include <stdbool.h>

#include "httpd.h"

#include "fields.h"
#include "state.h"

/* Reasons are short phrases for the log: constants, so that they cost nothing.
 * NULL: there is none. */

/** Why no answer to this request gets the element, whatever the answer is. */
const char *mss_page_unwanted(request_rec *r, const mss_state *state);

/** Why this answer is no page that can take the element. Its encoding is a
 * question apart: mss_page_encoding. */
const char *mss_page_unfit(request_rec *r, const mss_fields *fields);

/** Whether the answer is HTML of either kind, by its Content-Type. */
bool mss_page_is_html(const request_rec *r);

/** Whether it is the kind that browsers parse as XML. */
bool mss_page_is_xhtml(const request_rec *r);

/** The answer's encoding, or NULL: what passes by is the page.
 * @param header Content-Encoding, or NULL */
const char *mss_page_encoding(const request_rec *r, const char *header);

/** For an answer that will be decoded on its way. */
void mss_page_unset_encoding(request_rec *r);

/** Takes from the answer what describes the bytes of the backend's page: its
 * length, digests, validators, and the offer of ranges; and from the request that
 * for a range, which httpd would cut out of another page the next time. */
void mss_page_unset_validators(request_rec *r);

/** The same for a page that becomes so many bytes longer. A length that the
 * backend has told is told on: that saves chunking the page, and one that breaks
 * off still looks broken. */
void mss_page_grow(request_rec *r, apr_size_t bytes);

/** Whether the answer tells its length. */
bool mss_page_tells_length(const request_rec *r);

/** Whether the answer's sender wants no byte of it changed. */
bool mss_page_is_fixed(request_rec *r, const mss_fields *fields);

/** Forbids to store the answer; what it is depends on who asks, and how.
 * @param fixed as mss_page_is_fixed says */
void mss_page_forbid_store(request_rec *r, const mss_fields *fields,
                           bool fixed);

/** Whether the answer's Content-Type will name an encoding. */
bool mss_page_names_charset(request_rec *r);

/** Adds the name of an encoding to the Content-Type. */
void mss_page_name_charset(request_rec *r, const char *charset);

#endif
