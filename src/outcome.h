/* SPDX-License-Identifier: Apache-2.0
 * Knows how it is told what became of an answer that could have got the client:
 * the trace in the log, the numbers. Must not know how that is decided. */

#ifndef MSS_OUTCOME_H
#define MSS_OUTCOME_H

#include "httpd.h"

#include "counts.h"
#include "state.h"

/** Once for each answer. What visitors get whom nobody tracks is not counted.
 * @param outcome MSS_COUNT_INJECTED, or one of MSS_COUNT_NOT_...
 * @param reason a short phrase, or NULL: injected */
void mss_outcome_tell(request_rec *r, const mss_state *state, mss_count outcome,
                      const char *reason);

#endif
