/* SPDX-License-Identifier: Apache-2.0
 * Knows what mod_headers will make of an answer's headers before it does so.
 * Must not know what they mean. */

#ifndef MSS_PREVIEW_H
#define MSS_PREVIEW_H

#include <stdbool.h>

#include "httpd.h"

/** What an answer has for as long as its headers are seen as they will be. */
typedef struct {
    apr_table_t *headers_out;
    apr_table_t *err_headers_out;
    const char *content_type;
} mss_preview;

/** Once at the start, when all modules have registered their filters. */
void mss_preview_init(void);

/** Whether mod_headers will still change the headers: its filter goes when it
 * is done. */
bool mss_preview_is_due(const request_rec *r);

/**
 * Lets r be seen with the headers that mod_headers will leave, as far as they
 * follow from those that are there; is_due must hold.
 *
 * It comes behind the filters that save the session and compress, for which the
 * answer must be what it is: so they are other tables, and what is there comes
 * back with mss_preview_end. Nothing may be passed on or set between.
 */
void mss_preview_begin(request_rec *r, mss_preview *present);

void mss_preview_end(request_rec *r, const mss_preview *present);

#endif
