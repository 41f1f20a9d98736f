/* SPDX-License-Identifier: Apache-2.0
 * What every file of the glue needs to write to httpd's error log. */

#ifndef MSS_LOG_H
#define MSS_LOG_H

#include "httpd.h"
#include "http_log.h"

extern module AP_MODULE_DECLARE_DATA session_security_module;
APLOG_USE_MODULE(session_security);

/* Numbers after "AH" belong to httpd, so the messages carry their own: each
 * message of level info and above begins with "MSSnnnn: ", each number once. */

#endif
