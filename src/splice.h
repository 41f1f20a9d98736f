/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client's element gets into a page that passes by in buckets:
 * what can go on goes at once. The only caller of the scanner.
 * Must not know which pages. */

#ifndef MSS_SPLICE_H
#define MSS_SPLICE_H

#include "httpd.h"
#include "util_filter.h"

#include "fields.h"

typedef struct mss_splice mss_splice;

/** For the answer that begins to pass the filter; in its request's pool.
 * @param fields what its headers will be, as far as is known */
mss_splice *mss_splice_make(ap_filter_t *f, const mss_fields *fields);

/** Passes a brigade on, with the element when its place has come; the headers
 * are made right before they leave, or stay as they are if it is clear by then
 * that there is no place. Removes the filter when nothing more is to be done.
 * @return what the next filter or the reading of a bucket returned */
apr_status_t mss_splice_pass(ap_filter_t *f, mss_splice *s,
                             apr_bucket_brigade *bb);

#endif
