/* SPDX-License-Identifier: Apache-2.0 */

#include "outcome.h"

#include "log.h"

void mss_outcome_tell(request_rec *r, const mss_state *state, mss_count outcome,
                      const char *reason)
{
    ap_log_rerror(APLOG_MARK, APLOG_TRACE1, 0, r, "%sinjected%s%s",
                  reason ? "not " : "", reason ? ": " : "",
                  reason ? reason : "");
    /* HEAD shows nobody a page, and its answer may come without one. */
    if (state->tracked && !r->header_only) {
        mss_counts_add(outcome);
    }
}
