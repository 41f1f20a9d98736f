/* SPDX-License-Identifier: Apache-2.0 */

#include "start.h"

#include <jansson.h>

#include "http_config.h"
#include "http_core.h"

#include "config.h"
#include "counts.h"
#include "decode.h"
#include "dump.h"
#include "log.h"
#include "places.h"
#include "preview.h"
#include "session.h"
#include "settings.h"
#include "store.h"
#include "verify.h"

int mss_start_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    mss_conf_reset();
    mss_decode_register();
    return mss_store_pre_config(pconf);
}

int mss_start_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    if (mss_conf_any_armed(s) && !ap_find_linked_module("mod_session.c")) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, s,
                     "MSS0020: SessionSecurity is On, but mod_session is not "
                     "loaded; load session_module, with session_cookie_module "
                     "and session_crypto_module (a2enmod session_cookie "
                     "session_crypto)");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return mss_verify_config(ptemp, s);
}

int mss_start_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s)
{
    int rc;

    (void)plog;
    /* httpd reads its configuration twice when it starts; what outlives the
     * reading is made the second time. */
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG
        || !mss_conf_any_armed(s)) {
        return OK;
    }
    if (!mss_session_init()) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, s,
                     "MSS0021: mod_session does not offer its functions");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mss_counts_init(s);
    mss_preview_init();
    mss_settings_init(pconf, s);
    mss_decode_init(s);
    mss_dump_announce(ptemp, s);
    rc = mss_store_init(s);
    return rc == OK ? mss_places_init(s) : rc;
}

void mss_start_child_init(apr_pool_t *p, server_rec *s)
{
    /* Otherwise the first request seeds it, and two threads may be first. */
    json_object_seed(0);
    mss_store_child_init(p, s);
    mss_decode_child_init(p, s);
}
