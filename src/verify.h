/* SPDX-License-Identifier: Apache-2.0
 * Knows which settings stop a start. Must not know requests. */

#ifndef MSS_VERIFY_H
#define MSS_VERIFY_H

#include "httpd.h"

/** Checks every section on merged settings (check_config).
 * @return OK, or a status that stops the start, after logging why */
int mss_verify_config(apr_pool_t *ptemp, server_rec *s);

#endif
