/* SPDX-License-Identifier: Apache-2.0
 * Knows the headers of an answer: both of its tables, and that a walk through
 * them costs less than several looks.
 * Must not know what they mean. */

#ifndef MSS_FIELDS_H
#define MSS_FIELDS_H

#include <stdbool.h>

#include "httpd.h"

/** The first value of a header, or NULL. */
const char *mss_fields_get(const request_rec *r, const char *name);

void mss_fields_unset(request_rec *r, const char *name);

/** What an answer says of itself, as far as it matters here: the first value of
 * each, or NULL. */
typedef struct {
    const char *cache_control;
    const char *content_disposition;
    const char *content_encoding;
    const char *content_range;
    const char *content_security_policy;
    const char *integrity_policy;
    const char *ua_compatible; /* X-UA-Compatible */
    const char *vary;
    bool has_several; /* of one name */
} mss_fields;

/** Good until others are set. */
mss_fields mss_fields_read(const request_rec *r);

/** Whether a list has that word, without regard to case.
 * @param first of a header that mss_fields_read has found, or NULL
 * @param name of that header, for the case that there are several */
bool mss_fields_has_token(request_rec *r, const mss_fields *fields,
                          const char *first, const char *name,
                          const char *token);

/** Takes away what only some caches would go by (mss_header_is_targeted). */
void mss_fields_untarget(request_rec *r);

/** Takes away what describes the bytes of the body: its length, digests,
 * validators, and the offer of ranges. */
void mss_fields_strip(request_rec *r);

#endif
