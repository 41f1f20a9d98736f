/* SPDX-License-Identifier: Apache-2.0
 * Knows the settings' memory and how httpd.conf is read into it. For config.c,
 * rules.c, and dump.c, which shows what is set; all others ask through config.h. */

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

/** A time for those to whom a condition applies. */
typedef struct {
    apr_interval_time_t time; /* 0: Off */
    const char *written;      /* the condition */
    const ap_expr_info_t *condition;
} mss_rule;

/** The directives that can have them. */
typedef enum {
    MSS_WARN,
    MSS_EXPIRE,
    MSS_LIFETIME,
    MSS_LIMITS
} mss_limit;

/** What one of them has, in the order in which it is tried. */
typedef struct {
    apr_array_header_t *list; /* mss_rule; NULL: none */
    apr_uint64_t hash;        /* of all that is written in it; 0: none */
} mss_rule_list;

/** The conditional times of a section. */
typedef struct {
    mss_rule_list of[MSS_LIMITS];
} mss_rules;

struct mss_conf {
#define DECLARE(type, field) type field;
    MSS_SCALARS(DECLARE)
    MSS_POINTERS(DECLARE)
#undef DECLARE
    mss_activity activity;
    mss_csp_mode csp;
    mss_rules *rules;                 /* as mss_rules_merge; NULL: none */
    apr_array_header_t *passive_urls; /* appended, unless reset */
    int passive_urls_reset;
    apr_array_header_t *cookies; /* appended, unless reset */
    int cookies_reset;
    apr_table_t *messages; /* key by key */
    apr_uint64_t crypto;   /* as of mss_conf_crypto */
};

struct mss_server_conf {
    const char *path;
    const char *opening; /* set after the merge, for each server */
    bool armed;
};

/** The conditional times of a section, in which there are some, within another:
 * a directive that the inner one has, with conditions or without, counts alone.
 * @return NULL for none */
mss_rules *mss_rules_merge(apr_pool_t *p, const mss_conf *base,
                           const mss_conf *add);

/** Reads a time. @return NULL, or a sentence that says why it is none */
const char *mss_directives_read_time(cmd_parms *cmd, const char *value,
                                     apr_interval_time_t *time);

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

/* In directives_limits.c; condition is NULL or "expr=...": */

const char *mss_directives_set_warn_after(cmd_parms *cmd, void *dir,
                                          const char *value,
                                          const char *condition);
const char *mss_directives_set_expire_after(cmd_parms *cmd, void *dir,
                                            const char *value,
                                            const char *condition);
const char *mss_directives_set_max_lifetime(cmd_parms *cmd, void *dir,
                                            const char *value,
                                            const char *condition);

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
