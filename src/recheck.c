/* SPDX-License-Identifier: Apache-2.0 */

#include "recheck.h"

#include "store.h"

bool mss_recheck(request_rec *r, const mss_state *state, mss_decision *now)
{
    mss_limits limits;
    mss_record record;

    if (!state || !state->loaded || state->decision.verdict != MSS_LIVE
        || !mss_state_goes_on(state) || !mss_conf_enabled(mss_conf_of(r))) {
        return false;
    }
    limits = mss_state_limits(r, state);
    record = state->record;
    mss_store_get(&state->key, &record);
    if (record.source == MSS_SOURCE_NONE) {
        record = state->record;
    }
    *now = mss_clock_decide(&limits, &record, apr_time_now(), MSS_KIND_PASSIVE,
                            MSS_IDLE_UNKNOWN);
    return now->verdict == MSS_LIVE;
}

bool mss_recheck_is_revoked(const mss_state *state)
{
    mss_record record = {.source = MSS_SOURCE_NONE};

    mss_store_get(&state->key, &record);
    return record.source == MSS_SOURCE_REVOKED;
}
