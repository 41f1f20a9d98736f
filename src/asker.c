/* SPDX-License-Identifier: Apache-2.0 */

#include "asker.h"

#include "core/parse.h"
#include "rules.h"
#include "track.h"

const char *mss_asker_limits(request_rec *r, const mss_state *state)
{
    mss_limits l = mss_state_limits(r, state);
    char *text = apr_palloc(r->pool, MSS_LIMITS_TEXT);
    apr_size_t n = mss_limits_write(&l, text);

    mss_limits_seal(text, n, mss_track_sign(r->pool, state, text, n));
    return text;
}

void mss_asker_read(request_rec *r, const mss_state *state, mss_asker *a)
{
    apr_size_t n = 0;
    const char *text = mss_parse_parameter(r->args, "limits", &n);
    apr_uint64_t mac;

    n = text ? mss_limits_read(text, n, &a->limits, &mac) : 0;
    a->is_signed = n > 0 && mac == mss_track_sign(r->pool, state, text, n);
    a->foreign = n > 0 && !a->is_signed;
    a->known = a->is_signed;
    if (!a->is_signed) {
        a->limits = mss_state_limits(r, state);
        a->known = mss_rules_decide(mss_conf_of(r), state->choice);
    }
}
