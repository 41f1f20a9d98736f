/* SPDX-License-Identifier: Apache-2.0
 * Knows the settings' memory and how httpd.conf is read into it. For config.c
 * alone; all others ask through config.h. */

#ifndef MSS_DIRECTIVES_H
#define MSS_DIRECTIVES_H

#include "config.h"

/** In every slot that nobody has written to. */
#define MSS_UNSET (-1)

/* Every setting of a section stands here once; create and merge are generated
 * from it. What merges in a way of its own is in the struct. */
#define MSS_SCALARS(X)                                                         \
    X(int, enabled)                                                            \
    X(int, passive)                                                            \
    X(int, inject)                                                             \
    X(int, confirm_form_discard)                                               \
    X(apr_interval_time_t, warn_after)                                         \
    X(apr_interval_time_t, expire_after)                                       \
    X(apr_interval_time_t, max_lifetime) /* 0: Off */                          \
    X(apr_interval_time_t, update_interval)

#define MSS_POINTERS(X)                                                        \
    X(const char *, language)        /* "": Auto */                            \
    X(const char *, stylesheet)      /* "": None */                            \
    X(const char *, clear_site_data) /* a header's value; "": Off */           \
    X(const mss_return_to *, return_to)                                        \
    X(apr_array_header_t *, events) /* empty: None, the client's own list */

typedef struct {
    const char *written;        /* NULL: None */
    const ap_expr_info_t *expr; /* NULL: nothing in it to evaluate */
} mss_return_to;

struct mss_conf {
#define DECLARE(type, field) type field;
    MSS_SCALARS(DECLARE)
    MSS_POINTERS(DECLARE)
#undef DECLARE
    mss_activity activity;
    mss_csp_mode csp;
    apr_array_header_t *passive_urls; /* appended, unless reset */
    int passive_urls_reset;
    apr_table_t *messages; /* key by key */
    apr_uint64_t crypto;   /* as of mss_conf_crypto */
};

struct mss_server_conf {
    const char *path;
    const char *opening; /* set after the merge, for each server */
    bool armed;
};

/** Keeps the longest ExpireAfter. */
void mss_conf_note_expiry(apr_interval_time_t expire_after);

/** Forgets what a former reading of the configuration left. */
void mss_directives_reset(void);

/** What a directive answers to a value that it cannot take: a sentence that
 * begins with its name and the value and goes on with why. */
const char *mss_directives_fault(cmd_parms *cmd, const char *value,
                                 const char *why);

/** Whether value is that word, in any case of letters. */
bool mss_directives_is_word(const char *value, const char *word);

/** Whether a text is not empty and made of letters, digits and others alone. */
bool mss_directives_made_of(const char *text, const char *others);

/* In directives_page.c, what pages and their client are told: */

const char *mss_directives_set_csp(cmd_parms *cmd, void *dir,
                                   const char *value);
const char *mss_directives_set_return_to(cmd_parms *cmd, void *dir,
                                         const char *value);
const char *mss_directives_set_language(cmd_parms *cmd, void *dir,
                                        const char *value);
const char *mss_directives_set_stylesheet(cmd_parms *cmd, void *dir,
                                          const char *value);
const char *mss_directives_set_clear_site_data(cmd_parms *cmd, void *dir,
                                               const char *value);
const char *mss_directives_set_message(cmd_parms *cmd, void *dir,
                                       const char *key, const char *text);
const char *mss_directives_add_event(cmd_parms *cmd, void *dir,
                                     const char *value);

/* In directives_decode.c: */

void mss_directives_decode_reset(void);
const char *mss_directives_set_decode_cache(cmd_parms *cmd, void *dir,
                                            const char *entries,
                                            const char *keep);

/**
 * For the directives of mod_session_crypto that a section can have. httpd
 * hands a directive to each module that has one of the name (server/config.c,
 * ap_walk_config_sub); this one notes that the section has it, for
 * mss_conf_crypto, and takes no notice of what it says.
 */
const char *mss_directives_hear_crypto(cmd_parms *cmd, void *dir,
                                       const char *args);

/** mss_conf_crypto of a section within another. */
apr_uint64_t mss_directives_merge_crypto(apr_uint64_t base, apr_uint64_t add);

#endif
