/* SPDX-License-Identifier: Apache-2.0 */

#include "state.h"

#include "log.h"

request_rec *mss_state_top(request_rec *r)
{
    while (r->prev || r->main) {
        r = r->prev ? r->prev : r->main;
    }
    return r;
}

mss_state *mss_state_peek(request_rec *r)
{
    return ap_get_module_config(mss_state_top(r)->request_config,
                                &session_security_module);
}

mss_state *mss_state_get(request_rec *r)
{
    request_rec *top = mss_state_top(r);
    mss_state *state =
        ap_get_module_config(top->request_config, &session_security_module);

    if (!state) {
        state = apr_pcalloc(top->pool, sizeof(*state));
        ap_set_module_config(top->request_config, &session_security_module,
                             state);
    }
    return state;
}

/* Sec-Purpose, or one of the names it had before. */
static const char *purpose(const apr_table_t *in)
{
    const char *value = apr_table_get(in, "Sec-Purpose");

    if (!value) {
        value = apr_table_get(in, "Purpose");
    }
    return value ? value : apr_table_get(in, "X-Moz");
}

const mss_headers *mss_state_headers(request_rec *r)
{
    mss_state *state = mss_state_get(r);
    const apr_table_t *in = mss_state_top(r)->headers_in;

    if (!state->headers_known) {
        state->headers = (mss_headers){
            .accept = apr_table_get(in, "Accept"),
            .requested_with = apr_table_get(in, "X-Requested-With"),
            .session_security = apr_table_get(in, "X-Session-Security"),
            .purpose = purpose(in),
            .fetch_mode = apr_table_get(in, "Sec-Fetch-Mode"),
            .fetch_dest = apr_table_get(in, "Sec-Fetch-Dest"),
            .fetch_site = apr_table_get(in, "Sec-Fetch-Site"),
            .fetch_user = apr_table_get(in, "Sec-Fetch-User"),
        };
        state->headers_known = true;
    }
    return &state->headers;
}

bool mss_state_is_over(const mss_state *state)
{
    return state->decision.verdict == MSS_EXPIRED
           || state->decision.verdict == MSS_REVOKED;
}
