/* SPDX-License-Identifier: Apache-2.0
 * Knows with which Path and Domain applications set their cookies: requests do not
 * tell, and without them no browser can be told to drop one.
 * Must not know values, or whose they are. */

#ifndef MSS_PLACES_H
#define MSS_PLACES_H

#include <stdbool.h>

#include "httpd.h"

typedef struct {
    const char *path;
    const char *domain; /* NULL: the host that set it alone */
} mss_place;

/** Whether a browser keeps there what it keeps here. */
bool mss_places_is_same(const mss_place *a, const mss_place *b);

/** Hook post_config, after the store's: makes the table, or finds that of the
 * generation before. @return OK, or a status that stops the start */
int mss_places_init(server_rec *s);

/** Notes a place for cookies of that name on a server. */
void mss_places_learn(const server_rec *s, const char *name,
                      const mss_place *place);

/** The places (mss_place) from which a cookie of that name would come with a
 * request to r's server for path. In r->pool; empty where nothing is known. */
apr_array_header_t *mss_places_find(request_rec *r, const char *name,
                                    const char *path);

#endif
