/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client's files are served: for how long caches may keep them,
 * and in which encoding. Must not know sessions. */

#ifndef MSS_FILES_H
#define MSS_FILES_H

#include "httpd.h"

/** Answers with one of the files that are compiled in.
 * @param name as mss_asset_find takes it; there is one
 * @return DONE, or an HTTP status */
int mss_files_answer(request_rec *r, const char *name);

#endif
