/* SPDX-License-Identifier: Apache-2.0 */

#include "directives.h"

#include "apr_lib.h"
#include "apr_strings.h"

#include "core/cookies.h"
#include "core/parse.h"
#include "core/table.h"
#include "log.h"
#include "remote.h"

#define STORE_ENTRIES 65536
#define STORE_ENTRIES_MIN 64

static mss_store_place store = {.entries = STORE_ENTRIES};

static bool any_cookies;

bool mss_conf_any_cookies(void)
{
    return any_cookies;
}

void mss_directives_reset(void)
{
    any_cookies = false;
    store = (mss_store_place){.entries = STORE_ENTRIES};
    mss_directives_decode_reset();
}

const mss_store_place *mss_conf_store(void)
{
    return &store;
}

const char *mss_directives_fault(cmd_parms *cmd, const char *value,
                                 const char *why)
{
    return apr_psprintf(cmd->pool, "%s: '%s' %s", cmd->cmd->name, value, why);
}

bool mss_directives_is_word(const char *value, const char *word)
{
    return ap_cstr_casecmp(value, word) == 0;
}

bool mss_directives_made_of(const char *text, const char *others)
{
    const char *c = text;

    while (*c && (apr_isalnum(*c) || strchr(others, *c))) {
        c++;
    }
    return *text && !*c;
}

static const char *set_enabled(cmd_parms *cmd, void *dir, int on)
{
    mss_server_conf *server = ap_get_module_config(cmd->server->module_config,
                                                   &session_security_module);

    if (on) {
        server->armed = true;
    }
    return ap_set_flag_slot(cmd, dir, on);
}

static const char *set_update_interval(cmd_parms *cmd, void *dir,
                                       const char *value)
{
    mss_conf *c = dir;

    return mss_directives_read_time(cmd, value, &c->update_interval);
}

static const char *set_activity(cmd_parms *cmd, void *dir, const char *value)
{
    mss_conf *c = dir;

    if (mss_directives_is_word(value, "Navigations")) {
        c->activity = MSS_ACTIVITY_NAVIGATIONS;
    }
    else if (mss_directives_is_word(value, "Requests")) {
        c->activity = MSS_ACTIVITY_REQUESTS;
    }
    else if (mss_directives_is_word(value, "Input")) {
        c->activity = MSS_ACTIVITY_INPUT;
    }
    else {
        return mss_directives_fault(cmd, value,
                                    "is not Navigations, Requests or Input");
    }
    return NULL;
}

/* As a browser's address bar has it: with a query, or with what httpd decodes. */
static bool never_matches(const char *path)
{
    const char *query = strchr(path, '?');
    const char *code = strchr(path, '%');

    return (query && strchr(query, '='))
           || (code && apr_isxdigit(code[1]) && apr_isxdigit(code[2]));
}

static const char *add_passive_url(cmd_parms *cmd, void *dir, const char *value)
{
    mss_conf *c = dir;

    if (mss_directives_is_word(value, "None")) {
        c->passive_urls_reset = 1;
        c->passive_urls = NULL;
        return NULL;
    }
    if (*value != '/' && *value != '*') {
        return mss_directives_fault(
            cmd, value,
            "is not a path; write one that begins with a slash, such "
            "as /poll or /api/*/status, or None");
    }
    if (strchr(value, '#') || strstr(value, "://")) {
        return mss_directives_fault(cmd, value,
                                    "is not a path as requests have it");
    }
    if (never_matches(value)) {
        return mss_directives_fault(
            cmd, value,
            "matches no request: write the path decoded and without the query; "
            "for a query there is SessionSecurityPassive in <If>");
    }
    if (!c->passive_urls) {
        c->passive_urls = apr_array_make(cmd->pool, 4, sizeof(char *));
    }
    APR_ARRAY_PUSH(c->passive_urls, const char *) = value;
    return NULL;
}

static const char *set_path(cmd_parms *cmd, void *dir, const char *value)
{
    mss_server_conf *server = ap_get_module_config(cmd->server->module_config,
                                                   &session_security_module);
    apr_size_t n = strlen(value);

    (void)dir;
    while (n > 1 && value[n - 1] == '/') {
        n--;
    }
    if (*value != '/' || n < 2 || !mss_directives_made_of(value, "/-._~")
        || strstr(value, "//") || strstr(value, "/.")) {
        return mss_directives_fault(cmd, value,
                                    "is not a path that requests could have; "
                                    "write one such as /session_security");
    }
    server->path = apr_pstrmemdup(cmd->pool, value, n);
    return NULL;
}

static const char *set_entries(cmd_parms *cmd, const char *value)
{
    const char *digits = value + strlen("shm:");
    char *end;
    apr_int64_t n = apr_strtoi64(digits, &end, 10);

    if (!apr_isdigit(*digits) || *end || n < STORE_ENTRIES_MIN
        || n > MSS_TABLE_MOST) {
        return mss_directives_fault(cmd, value,
                                    "needs a number of sessions from 64 to "
                                    "16777216, such as shm:65536");
    }
    store = (mss_store_place){.entries = (apr_size_t)n};
    return NULL;
}

static const char *set_store(cmd_parms *cmd, void *dir, const char *value)
{
    const char *colon = ap_strchr_c(value, ':');
    const char *why = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    mss_store_place place = {.entries = STORE_ENTRIES, .arguments = ""};

    (void)dir;
    if (why) {
        return why;
    }
    if (strncmp(value, "shm:", 4) == 0) {
        return set_entries(cmd, value);
    }
    if (strcmp(value, "shm") != 0) {
        place.provider = colon ? apr_pstrmemdup(cmd->pool, value,
                                                (apr_size_t)(colon - value))
                               : apr_pstrdup(cmd->pool, value);
        if (colon) {
            place.arguments = apr_pstrdup(cmd->pool, colon + 1);
        }
        why = mss_remote_refuse(cmd->temp_pool, &place);
    }
    if (why) {
        return mss_directives_fault(cmd, value, why);
    }
    store = place;
    return NULL;
}

static const char *add_cookie(cmd_parms *cmd, void *dir, const char *value)
{
    mss_conf *c = dir;
    const char *star = ap_strchr_c(value, '*');

    if (mss_directives_is_word(value, "None")) {
        c->cookies_reset = 1;
        c->cookies = NULL;
        return NULL;
    }
    if (!mss_cookies_can_name(value) || (star && (star == value || star[1]))) {
        return mss_directives_fault(
            cmd, value,
            "is not the name of a cookie; write one such as JSESSIONID, the "
            "start of one with a * behind it, such as SESS*, or None");
    }
    if (!c->cookies) {
        c->cookies = apr_array_make(cmd->pool, 2, sizeof(char *));
    }
    APR_ARRAY_PUSH(c->cookies, const char *) = value;
    any_cookies = true;
    return NULL;
}

#define SLOT(field) (void *)APR_OFFSETOF(mss_conf, field)
#define SECTION (RSRC_CONF | ACCESS_CONF)
/* Another module's directive, in the same places as it has it. */
#define HEARD(name, places)                                                    \
    AP_INIT_RAW_ARGS(name, mss_directives_hear_crypto, NULL, places,           \
                     "of mod_session_crypto")

/* clang-format off */
const command_rec mss_conf_commands[] = {
    AP_INIT_FLAG("SessionSecurity", set_enabled, SLOT(enabled), SECTION,
        "On to log idle users out; default Off"),
    AP_INIT_TAKE12("SessionSecurityWarnAfter", mss_directives_set_warn_after, NULL, SECTION,
        "idle time before the warning, default 540; and for whom: expr=..."),
    AP_INIT_TAKE12("SessionSecurityExpireAfter", mss_directives_set_expire_after, NULL, SECTION,
        "idle time before the end, default 600; and for whom: expr=..."),
    AP_INIT_TAKE12("SessionSecurityMaxLifetime", mss_directives_set_max_lifetime, NULL, SECTION,
        "time since the login before the end, however active, default Off; and for whom: expr=..."),
    AP_INIT_TAKE1("SessionSecurityActivity", set_activity, NULL, SECTION,
        "Navigations, Requests or Input: what counts beside the client's reports"),
    AP_INIT_FLAG("SessionSecurityPassive", ap_set_flag_slot, SLOT(passive), SECTION,
        "On where requests are no activity; default Off"),
    AP_INIT_ITERATE("SessionSecurityPassiveURLs", add_passive_url, NULL, SECTION,
        "paths whose requests are no activity, with * and ?; or None"),
    AP_INIT_FLAG("SessionSecurityInject", ap_set_flag_slot, SLOT(inject), SECTION,
        "Off where pages must not get the client; default On"),
    AP_INIT_TAKE1("SessionSecurityReturnTo", mss_directives_set_return_to, NULL, SECTION,
        "where the browser goes at the end: URL or expression; default the page itself"),
    AP_INIT_FLAG("SessionSecurityConfirmFormDiscard", ap_set_flag_slot, SLOT(confirm_form_discard), SECTION,
        "On to ask before a page with unsaved changes is left; default Off"),
    AP_INIT_TAKE1("SessionSecurityLanguage", mss_directives_set_language, NULL, SECTION,
        "language tag for pages that name none, or Auto"),
    AP_INIT_TAKE2("SessionSecurityMessage", mss_directives_set_message, NULL, SECTION,
        "key and text: the site's own wording"),
    AP_INIT_ITERATE("SessionSecurityEvents", mss_directives_add_event, NULL, SECTION,
        "DOM events that count as activity, or None for the built-in list"),
    AP_INIT_TAKE1("SessionSecurityStylesheet", mss_directives_set_stylesheet, NULL, SECTION,
        "URL of a stylesheet for the warning, or None"),
    AP_INIT_RAW_ARGS("SessionSecurityClearSiteData", mss_directives_set_clear_site_data, NULL, SECTION,
        "On or Off, or cache, storage or both: what browsers delete at the end; default Off"),
    AP_INIT_TAKE1("SessionSecurityUpdateInterval", set_update_interval, NULL, SECTION,
        "how old the stamp in the session may become; default a tenth of ExpireAfter"),
    AP_INIT_TAKE1("SessionSecurityPath", set_path, NULL, RSRC_CONF,
        "prefix of the module's own URLs; default /session_security"),
    AP_INIT_TAKE1("SessionSecurityStore", set_store, NULL, RSRC_CONF,
        "shm[:entries]: where stamps are kept; default shm:65536"),
    AP_INIT_ITERATE("SessionSecurityCookies", add_cookie, NULL, SECTION,
        "names of the application's own session cookies, a trailing * allowed; or None"),
    AP_INIT_TAKE1("SessionSecurityCSP", mss_directives_set_csp, NULL, SECTION,
        "Amend, Reuse or Off: when a page's policy would stop the client"),
    AP_INIT_TAKE12("SessionSecurityDecodeCache", mss_directives_set_decode_cache, NULL, RSRC_CONF,
        "number of decoded sessions that a child keeps, and for how long; or Off; default 512 60"),
    HEARD("SessionCryptoPassphrase", RSRC_CONF | OR_AUTHCFG),
    HEARD("SessionCryptoPassphraseFile", RSRC_CONF | ACCESS_CONF),
    HEARD("SessionCryptoCipher", RSRC_CONF | OR_AUTHCFG),
    { NULL }
};
/* clang-format on */
