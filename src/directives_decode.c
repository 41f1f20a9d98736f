/* SPDX-License-Identifier: Apache-2.0 */

#include "apr_lib.h"
#include "apr_siphash.h"
#include "apr_strings.h"

#include "core/parse.h"
#include "directives.h"
#include "log.h"

#define ENTRIES 512
#define ENTRIES_MIN 8
#define ENTRIES_MAX 16384
#define KEEP apr_time_from_sec(60)
#define KEEP_MAX apr_time_from_sec(60 * 60)

static mss_decode_cache cache = {ENTRIES, KEEP};
static apr_uint64_t sections;

void mss_directives_decode_reset(void)
{
    cache = (mss_decode_cache){ENTRIES, KEEP};
    sections = 0;
}

mss_decode_cache mss_conf_decode_cache(void)
{
    return cache;
}

/* --- SessionSecurityDecodeCache ---------------------------------------------- */

static const char *parse_entries(cmd_parms *cmd, const char *value)
{
    char *end;
    apr_int64_t n = apr_strtoi64(value, &end, 10);

    if (!apr_isdigit(*value) || *end || n < ENTRIES_MIN || n > ENTRIES_MAX) {
        return mss_directives_fault(
            cmd, value,
            "is not a number of sessions from 8 to 16384; write one "
            "such as 512, or Off");
    }
    cache.entries = (apr_size_t)n;
    return NULL;
}

static const char *parse_keep(cmd_parms *cmd, const char *value)
{
    apr_interval_time_t parsed = 0;
    bool read = ap_timeout_parameter_parse(value, &parsed, "s") == APR_SUCCESS;
    const char *why = mss_parse_time_fault(value, read, parsed);

    if (!why && parsed > KEEP_MAX) {
        why = "is longer than an hour; write a time from 1s to 1h, such as 60";
    }
    if (why) {
        return mss_directives_fault(cmd, value, why);
    }
    cache.keep = parsed;
    return NULL;
}

const char *mss_directives_set_decode_cache(cmd_parms *cmd, void *dir,
                                            const char *entries,
                                            const char *keep)
{
    const char *why = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    if (why) {
        return why;
    }
    cache = (mss_decode_cache){ENTRIES, KEEP};
    if (ap_cstr_casecmp(entries, "Off") == 0) {
        cache.entries = 0;
        return keep ? mss_directives_fault(
                   cmd, keep, "has no meaning after Off; leave it out")
                    : NULL;
    }
    why = parse_entries(cmd, entries);
    return !why && keep ? parse_keep(cmd, keep) : why;
}

/* --- the directives of mod_session_crypto ------------------------------------- */

const char *mss_directives_hear_crypto(cmd_parms *cmd, void *dir,
                                       const char *args)
{
    mss_conf *c = dir;

    (void)args;
    if (!ap_find_linked_module("mod_session_crypto.c")) {
        return apr_pstrcat(cmd->pool, "Invalid command '", cmd->cmd->name,
                           "', perhaps misspelled or defined by a module not "
                           "included in the server configuration (load "
                           "session_crypto_module)",
                           NULL);
    }
    if (ap_check_cmd_context(cmd, NOT_IN_HTACCESS)) {
        c->crypto = MSS_CRYPTO_UNKNOWN;
    }
    else if (c->crypto == MSS_CRYPTO_NONE) {
        c->crypto = ++sections;
    }
    return NULL;
}

apr_uint64_t mss_directives_merge_crypto(apr_uint64_t base, apr_uint64_t add)
{
    static const unsigned char key[APR_SIPHASH_KSIZE] = "any fixed bytes";
    const apr_uint64_t both[] = {base, add};
    apr_uint64_t merged;

    if (base == MSS_CRYPTO_NONE || add == MSS_CRYPTO_NONE) {
        return base + add;
    }
    if (base == MSS_CRYPTO_UNKNOWN || add == MSS_CRYPTO_UNKNOWN) {
        return MSS_CRYPTO_UNKNOWN;
    }
    /* Which of the two wins is mod_session_crypto's own affair: another pair
     * is another configuration. The top bit keeps clear of single sections. */
    merged = apr_siphash24(both, sizeof(both), key) | (1ULL << 63);
    return merged == MSS_CRYPTO_UNKNOWN ? merged - 1 : merged;
}
