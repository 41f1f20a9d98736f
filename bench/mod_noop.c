/* SPDX-License-Identifier: Apache-2.0
 * What the bench measures against: a filter that does nothing, a handler that
 * returns a constant, and one that makes callgrind write its counts down.
 * Knows nothing of mod_session_security. */

#include <string.h>

#include "httpd.h"
#include "http_config.h"
#include "http_protocol.h"
#include "util_filter.h"

#include <valgrind/callgrind.h>

static apr_status_t noop_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    return ap_pass_brigade(f->next, bb);
}

static int noop_handler(request_rec *r)
{
    if (!r->handler) {
        return DECLINED;
    }
    if (!strcmp(r->handler, "bench-constant")) {
        ap_set_content_type(r, "application/json");
        apr_table_setn(r->headers_out, "Cache-Control", "no-store");
        ap_rputs("0", r);
        return OK;
    }
    /* Starts the next count at zero. */
    if (!strcmp(r->handler, "bench-dump")) {
        CALLGRIND_DUMP_STATS_AT(r->uri);
        ap_set_content_type(r, "text/plain");
        ap_rputs("dumped\n", r);
        return OK;
    }
    return DECLINED;
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    ap_register_output_filter("NOOP", noop_filter, NULL, AP_FTYPE_RESOURCE);
    ap_hook_handler(noop_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

/* clang-format off */
AP_DECLARE_MODULE(noop) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks
};
/* clang-format on */
