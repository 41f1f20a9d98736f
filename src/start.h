/* SPDX-License-Identifier: Apache-2.0
 * Knows what happens when httpd reads its configuration and starts children.
 * Must not know requests. */

#ifndef MSS_START_H
#define MSS_START_H

#include "httpd.h"

/** Hook pre_config: before a configuration is read, each time. */
int mss_start_pre_config(apr_pool_t *pconf, apr_pool_t *plog,
                         apr_pool_t *ptemp);

/** Hook check_config: a configuration that would not protect stops the start,
 * or fails `httpd -t`. */
int mss_start_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);

/** Hook post_config: other modules' functions, the store. */
int mss_start_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s);

/** Hook child_init. */
void mss_start_child_init(apr_pool_t *p, server_rec *s);

#endif
