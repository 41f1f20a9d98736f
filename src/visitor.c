/* SPDX-License-Identifier: Apache-2.0 */

#include "visitor.h"

#include "reply.h"

int mss_visitor_admit(request_rec *r, mss_state *state)
{
    const mss_headers *h = mss_state_headers(r);

    if (mss_state_is_over(state) && mss_kind_is_script(h)) {
        return r->main ? HTTP_UNAUTHORIZED
                       : mss_reply_expired(r, HTTP_UNAUTHORIZED,
                                           state->decision.reason);
    }
    state->expectant = mss_state_asks_page(r);
    return DECLINED;
}
