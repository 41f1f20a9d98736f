/* SPDX-License-Identifier: Apache-2.0 */

#include "mark.h"

#include <string.h>

#include "apr_siphash.h"
#include "apr_strings.h"
#include "http_core.h"
#include "http_protocol.h"

#include "oldkey.h"

const char *mss_mark_space(request_rec *r)
{
    const char *host = apr_table_get(r->headers_in, "Host");
    const char *type = ap_auth_type(r);
    const char *realm = ap_auth_name(r);

    return apr_pstrcat(r->pool, ap_http_scheme(r), "://", host ? host : "", " ",
                       type ? type : "", " ", realm ? realm : "", NULL);
}

/* A mark has no id to be the key: any will do. */
static apr_uint16_t hash(request_rec *r)
{
    static const unsigned char key[APR_SIPHASH_KSIZE];
    const char *space = mss_mark_space(r);

    return (apr_uint16_t)apr_siphash24(space, strlen(space), key);
}

void mss_mark_retire(const session_rec *z, const mss_state *state)
{
    if (state->record.source == MSS_SOURCE_ENDED) {
        mss_oldkey_note(z, mss_state_was_asked(state, MSS_ASKED_NEEDLESS),
                        state->record.reason);
    }
}

void mss_mark_put(request_rec *r, session_rec *z, const mss_state *state,
                  mss_asked asked)
{
    mss_stamp mark = {.ended = true,
                      .reason = state->record.reason,
                      .asked = asked,
                      .last = apr_time_now()};

    if (asked == MSS_ASKED_PASSWORD || asked == MSS_ASKED_UNPROVOKED) {
        mark.realms = mss_stamp_add_realm(
            mss_state_was_asked(state, asked) ? state->stamp.realms : 0,
            hash(r));
    }
    mss_mark_retire(z, state);
    mss_session_end(r, z, mss_stamp_format(z->pool, &mark));
}

bool mss_mark_asks(request_rec *r, const mss_state *state, mss_asked asked)
{
    return mss_state_was_asked(state, asked)
           && mss_stamp_has_realm(state->stamp.realms, hash(r));
}

void mss_mark_lift(session_rec *z)
{
    const char *text = mss_session_get(z);
    mss_stamp mark;

    if (text && mss_stamp_parse(text, &mark) && mark.ended
        && mark.asked == MSS_ASKED_NEEDLESS) {
        mss_session_unset(z);
    }
}
