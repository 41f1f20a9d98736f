/* SPDX-License-Identifier: Apache-2.0
 * Knows the directives: how they are read, merged, checked and asked for.
 * Must not know requests' sessions, the store or HTML. */

#ifndef MSS_CONFIG_H
#define MSS_CONFIG_H

#include <stdbool.h>

#include "httpd.h"
#include "http_config.h"
#include "ap_expr.h"
#include "ap_mmn.h"

#if !AP_MODULE_MAGIC_AT_LEAST(20120211, 88)
#error "httpd 2.4.41 or later is needed"
#endif

#include "core/clock.h"
#include "core/kind.h"

/** What to do when a page's policy would stop the client. */
typedef enum {
    MSS_CSP_UNSET,
    MSS_CSP_AMEND,
    MSS_CSP_REUSE,
    MSS_CSP_OFF
} mss_csp_mode;

/** Where the stamps are. */
typedef struct {
    apr_size_t entries;    /* slots of the table in shared memory */
    const char *provider;  /* of a store beyond this machine, or NULL */
    const char *arguments; /* for the provider, "" for none */
} mss_store_place;

typedef struct mss_conf mss_conf;
typedef struct mss_server_conf mss_server_conf;

/** The merged settings of the section that r is in. Never NULL. */
const mss_conf *mss_conf_of(const request_rec *r);

/* Settings as they are in force: defaults filled in. */
bool mss_conf_enabled(const mss_conf *c);
bool mss_conf_passive(const mss_conf *c);
bool mss_conf_inject(const mss_conf *c);
bool mss_conf_confirm_form_discard(const mss_conf *c);
mss_activity mss_conf_activity(const mss_conf *c);
mss_csp_mode mss_conf_csp(const mss_conf *c);
/** The limits of those to whom no condition applies: see rules.h. */
mss_limits mss_conf_limits(const mss_conf *c);
/** @param expire_after that in force, whose tenth is the default */
apr_interval_time_t mss_conf_update_interval(const mss_conf *c,
                                             apr_interval_time_t expire_after);
/** What of mod_session_crypto is configured: a number that is the same for the
 * same sections merged in the same order, and for no others. */
apr_uint64_t mss_conf_crypto(const mss_conf *c);
/** Of mss_conf_crypto: nothing is, so nothing is encrypted. */
#define MSS_CRYPTO_NONE APR_UINT64_C(0)
/** Of mss_conf_crypto: what a .htaccess file says this time. */
#define MSS_CRYPTO_UNKNOWN APR_UINT64_MAX
/** A language tag, or NULL: the browser's. */
const char *mss_conf_language(const mss_conf *c);
/** URL or NULL. */
const char *mss_conf_stylesheet(const mss_conf *c);
/** The header Clear-Site-Data of answers that end a session, or NULL. */
const char *mss_conf_clear_site_data(const mss_conf *c);
/** DOM event names (const char *), or NULL: the client's own list. */
const apr_array_header_t *mss_conf_events(const mss_conf *c);
/** Message key -> text, or NULL. */
const apr_table_t *mss_conf_messages(const mss_conf *c);
/** Whether path (decoded, normalised) is one of SessionSecurityPassiveURLs. */
bool mss_conf_path_is_passive(const mss_conf *c, const char *path);
/** Patterns (const char *, as of mss_match_name) of SessionSecurityCookies, or
 * NULL where there are none or SessionSecurity is Off. */
const apr_array_header_t *mss_conf_cookies(const mss_conf *c);
/** Whether any section has some. */
bool mss_conf_any_cookies(void);
/** SessionSecurityReturnTo for r, checked: a path or URL in r->pool, or NULL. */
const char *mss_conf_return_to(request_rec *r, const mss_conf *c);
/** The same as if the page of that path and query, NULL: none, were asked for. */
const char *mss_conf_return_from(request_rec *r, const mss_conf *c,
                                 const char *path, const char *query);
/** Whether a section itself says what could contradict what it inherits. */
bool mss_conf_sets_limits(const mss_conf *c);
/** A time as it can be written in httpd.conf. */
const char *mss_conf_time(apr_pool_t *p, apr_interval_time_t t);
/** NULL, or a sentence that says why these limits cannot protect. */
const char *mss_conf_contradiction(apr_pool_t *p, const mss_limits *l);

/** SessionSecurityPath of a server, without a slash at its end. */
const char *mss_conf_path(const server_rec *s);

/** Keeps, and gives, what every element of this server begins with; made once,
 * at the start, in its configuration's pool. */
void mss_conf_keep_opening(server_rec *s, const char *opening);
const char *mss_conf_opening(const server_rec *s);
/** Whether SessionSecurity is On in any section of a server. */
bool mss_conf_armed(const server_rec *s);
/** The same of any server. @param s the first of them */
bool mss_conf_any_armed(const server_rec *s);
/** The longest ExpireAfter set anywhere: how long a revocation is kept. */
apr_interval_time_t mss_conf_longest(void);
/** The longest ExpireAfter and MaxLifetime that are in force, defaults included, as
 * the start has noted them: no session lives on beyond either. */
mss_limits mss_conf_loosest(void);
void mss_conf_note_force(const mss_limits *limits);
/** SessionSecurityDecodeCache, for each child. */
typedef struct {
    apr_size_t entries; /* 0: Off */
    apr_interval_time_t keep;
} mss_decode_cache;
mss_decode_cache mss_conf_decode_cache(void);
/** SessionSecurityStore. Lives as long as the configuration. */
const mss_store_place *mss_conf_store(void);

/* For the module's table of contents. */
extern const command_rec mss_conf_commands[];
void *mss_conf_create_dir(apr_pool_t *p, char *dir);
void *mss_conf_merge_dir(apr_pool_t *p, void *base, void *add);
void *mss_conf_create_server(apr_pool_t *p, server_rec *s);
void *mss_conf_merge_server(apr_pool_t *p, void *base, void *add);
/** Forgets what a former reading of the configuration left (pre_config). */
void mss_conf_reset(void);

#endif
