/* SPDX-License-Identifier: Apache-2.0 */

#include "asker.h"

#include <string.h>

#include "apr_siphash.h"

#include "core/parse.h"
#include "rules.h"
#include "track.h"

/* Keyed by a session's id, which nobody but the server knows. */
static apr_uint64_t sign(apr_pool_t *p, const unsigned char *id,
                         const char *text, apr_size_t n)
{
    /* A prefix of its own: no user's name can have the same hash. */
    static const char prefix[] = "\001limits ";
    const apr_size_t length = sizeof(prefix) - 1;
    char *message = apr_palloc(p, length + n);

    memcpy(message, prefix, length);
    memcpy(message + length, text, n);
    return apr_siphash24(message, length + n, id);
}

/* By the id that the session had before the last login or logout. */
static bool is_signed_before(request_rec *r, const char *text, apr_size_t n,
                             apr_uint64_t mac)
{
    const session_rec *z = mss_track_load(r);
    unsigned char id[MSS_ID_BYTES];

    return z && mss_session_former(z, id) && mac == sign(r->pool, id, text, n);
}

const char *mss_asker_limits(request_rec *r, const mss_state *state)
{
    mss_limits l = mss_state_limits(r, state);
    char *text = apr_palloc(r->pool, MSS_LIMITS_TEXT);
    apr_size_t n = mss_limits_write(&l, text);

    mss_limits_seal(text, n, sign(r->pool, state->stamp.id, text, n));
    return text;
}

void mss_asker_read(request_rec *r, const mss_state *state, mss_asker *a)
{
    apr_size_t n = 0;
    const char *text = mss_parse_parameter(r->args, "limits", &n);
    apr_uint64_t mac;

    n = text ? mss_limits_read(text, n, &a->limits, &mac) : 0;
    a->is_signed = n > 0 && mac == sign(r->pool, state->stamp.id, text, n);
    a->known = a->is_signed || (n > 0 && is_signed_before(r, text, n, mac));
    a->foreign = n > 0 && !a->known;
    if (!a->known) {
        a->limits = mss_state_limits(r, state);
        a->known = mss_rules_decide(mss_conf_of(r), state->choice);
    }
}
