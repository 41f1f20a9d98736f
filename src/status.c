/* SPDX-License-Identifier: Apache-2.0 */

#include "status.h"

#include "httpd.h"
#include "apr_optional_hooks.h"
#include "http_config.h"
#include "http_main.h"
#include "http_protocol.h"
#include "mod_status.h"

#include "config.h"
#include "counts.h"
#include "store.h"

/* Both are words of ours: nothing in them that HTML would have to escape. */
typedef struct {
    const char *key; /* of the short report, behind "SessionSecurity" */
    const char *label;
    apr_uint64_t value;
} line;

static apr_uint64_t ended(mss_end reason)
{
    return mss_counts_get((mss_count)(MSS_COUNT_ENDED + reason));
}

static apr_uint64_t expired(void)
{
    return ended(MSS_END_IDLE) + ended(MSS_END_LIFETIME);
}

static apr_uint64_t revoked(void)
{
    apr_uint64_t sum = 0;

    for (int reason = 0; reason < MSS_ENDS; reason++) {
        sum += ended((mss_end)reason);
    }
    return sum - expired();
}

static void write_line(request_rec *r, int flags, const line *l)
{
    const char *format =
        "<tr><th scope=\"row\" align=\"left\">%s</th>"
        "<td align=\"right\">%" APR_UINT64_T_FMT "</td></tr>\n";

    if (flags & AP_STATUS_SHORT) {
        ap_rprintf(r, "SessionSecurity%s: %" APR_UINT64_T_FMT "\n", l->key,
                   l->value);
        return;
    }
    if (flags & AP_STATUS_NOTABLE) {
        format = "<dt>%s: %" APR_UINT64_T_FMT "</dt>\n";
    }
    ap_rprintf(r, format, l->label, l->value);
}

static void write_lines(request_rec *r, int flags)
{
    const mss_store_state store = mss_store_look();
    const line lines[] = {
        {"Live", "Live sessions", store.used.live},
        {"Begun", "Sessions begun", mss_counts_get(MSS_COUNT_BEGUN)},
        {"Expired", "Expired", expired()},
        {"ExpiredIdle", "Expired: idle", ended(MSS_END_IDLE)},
        {"ExpiredLifetime", "Expired: lifetime", ended(MSS_END_LIFETIME)},
        {"Revoked", "Revoked", revoked()},
        {"RevokedLogout", "Revoked: logout", ended(MSS_END_LOGOUT)},
        {"RevokedRelogin", "Revoked: another login", ended(MSS_END_RELOGIN)},
        {"RevokedModule", "Revoked: by another module", ended(MSS_END_REVOKED)},
        {"RevokedUnreadable", "Revoked: unreadable", ended(MSS_END_UNREADABLE)},
        {"Pings", "Pings", mss_counts_get(MSS_COUNT_PINGS)},
        {"Injected", "Pages with the client",
         mss_counts_get(MSS_COUNT_INJECTED)},
        {"NotInjectedRequest", "Without: not asked for as a page",
         mss_counts_get(MSS_COUNT_NOT_WANTED)},
        {"NotInjectedAnswer", "Without: the answer cannot take it",
         mss_counts_get(MSS_COUNT_NOT_FIT)},
        {"NotInjectedDocument", "Without: no place in the document",
         mss_counts_get(MSS_COUNT_NOT_PLACED)},
        {"NotInjectedPolicy", "Without: its Content-Security-Policy",
         mss_counts_get(MSS_COUNT_NOT_ADMITTED)},
        {"StoreCapacity", "Store: room for records", store.slots},
        {"StoreEntries", "Store: records",
         store.used.live + store.used.cookies + store.used.revocations},
        {"StoreCookies", "Store: of them applications' cookies",
         store.used.cookies},
        {"StoreRevocations", "Store: of them revocations",
         store.used.revocations},
        {"StoreEvictions", "Store: records given up", store.evictions},
        {"DecodeHits", "Decoded sessions found again",
         mss_counts_get(MSS_COUNT_DECODE_HITS)},
        {"DecodeMisses", "Sessions decoded",
         mss_counts_get(MSS_COUNT_DECODE_MISSES)},
    };

    for (apr_size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        write_line(r, flags, &lines[i]);
    }
}

static int show(request_rec *r, int flags)
{
    bool table = !(flags & AP_STATUS_NOTABLE);

    if (!mss_conf_any_armed(ap_server_conf)) {
        return DECLINED;
    }
    if (flags & AP_STATUS_SHORT) {
        write_lines(r, flags);
        return OK;
    }
    ap_rputs("<hr />\n<h2>Session Security</h2>\n", r);
    ap_rputs(table ? "<table>\n<caption>Since the server was started"
                     "</caption>\n"
                   : "<dl>\n",
             r);
    write_lines(r, flags);
    ap_rputs(table ? "</table>\n" : "</dl>\n", r);
    return OK;
}

void mss_status_register(void)
{
    APR_OPTIONAL_HOOK(ap, status_hook, show, NULL, NULL, APR_HOOK_MIDDLE);
}
