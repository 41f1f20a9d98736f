/* SPDX-License-Identifier: Apache-2.0 */

#include <string.h>

#include "apr_strings.h"

#include "assets.h"
#include "core/markup.h"
#include "core/url.h"
#include "directives.h"
#include "log.h"

const char *mss_directives_set_csp(cmd_parms *cmd, void *dir, const char *value)
{
    mss_conf *c = dir;

    if (mss_directives_is_word(value, "Amend")) {
        c->csp = MSS_CSP_AMEND;
    }
    else if (mss_directives_is_word(value, "Reuse")) {
        c->csp = MSS_CSP_REUSE;
    }
    else if (mss_directives_is_word(value, "Off")) {
        c->csp = MSS_CSP_OFF;
    }
    else {
        return mss_directives_fault(cmd, value, "is not Amend, Reuse or Off");
    }
    return NULL;
}

/* What stands before the first thing to be filled in must not leave open where
 * the browser goes. */
static bool leads_somewhere(const char *value)
{
    if (*value == '/') {
        return value[1] == '%' || mss_url_is_local(value);
    }
    return mss_url_is_absolute(value) || strncmp(value, "%{", 2) == 0;
}

static const char *why_nowhere(const char *value)
{
    return ap_cstr_casecmpn(value, "http", 4) == 0 && strchr(value, '%')
               ? "leaves the host open; write it out, with a slash before the "
                 "first %, such as https://sso.example.com/?from=%{REQUEST_URI}"
               : "is neither a path of this site nor a full URL; write /login "
                 "or https://sso.example.com/login, or None";
}

const char *mss_directives_set_return_to(cmd_parms *cmd, void *dir,
                                         const char *value)
{
    mss_conf *c = dir;
    mss_return_to *to = apr_pcalloc(cmd->pool, sizeof(*to));
    const char *why = NULL;

    c->return_to = to;
    if (mss_directives_is_word(value, "None")) {
        return NULL;
    }
    if (!leads_somewhere(value)) {
        return mss_directives_fault(cmd, value, why_nowhere(value));
    }
    to->written = value;
    if (strchr(value, '%')) {
        to->expr = ap_expr_parse_cmd(cmd, value, AP_EXPR_FLAG_STRING_RESULT,
                                     &why, NULL);
    }
    return why ? mss_directives_fault(cmd, value, why) : NULL;
}

/* The length of a part of a language tag, the first of which says which language
 * it is (RFC 5646, 2.1). */
static bool is_subtag(apr_size_t n, bool first)
{
    return n > 0 && n <= 8 && (!first || (n > 1 && n != 4));
}

static bool is_language_tag(const char *tag)
{
    bool first = true;

    if (!mss_directives_made_of(tag, "-")) {
        return false;
    }
    for (;; tag++, first = false) {
        const apr_size_t n = strcspn(tag, "-");

        if (!is_subtag(n, first)) {
            return false;
        }
        tag += n;
        if (!*tag) {
            return true;
        }
    }
}

const char *mss_directives_set_language(cmd_parms *cmd, void *dir,
                                        const char *value)
{
    mss_conf *c = dir;

    if (mss_directives_is_word(value, "Auto")) {
        c->language = "";
        return NULL;
    }
    if (!is_language_tag(value)) {
        return mss_directives_fault(
            cmd, value,
            "is not a language tag; write one such as de "
            "or pt-BR, or Auto");
    }
    if (mss_language_find(mss_asset_languages, value, strlen(value)) < 0) {
        return mss_directives_fault(
            cmd, value, "is a language without texts; write another, or Auto");
    }
    c->language = value;
    return NULL;
}

const char *mss_directives_set_stylesheet(cmd_parms *cmd, void *dir,
                                          const char *value)
{
    mss_conf *c = dir;

    if (mss_directives_is_word(value, "None")) {
        c->stylesheet = "";
        return NULL;
    }
    if (!mss_url_is_local(value) && !mss_url_may_go(value, value)) {
        return mss_directives_fault(
            cmd, value,
            "is neither a path of this site nor a full URL; write "
            "one such as /theme/session.css, or None");
    }
    c->stylesheet = value;
    return NULL;
}

/* The words of W3C Clear-Site-Data that browsers know and that are of use. Not
 * "cookies", nor "*": the mark of the end is in a cookie. */
static const char *const deletable[] = {"cache", "storage", NULL};

static const char *why_not_deletable(const char *word)
{
    if (mss_directives_is_word(word, "cookies") || strcmp(word, "*") == 0) {
        return "would delete the cookie that keeps the end final; write cache, "
               "storage, or On for both";
    }
    return mss_directives_is_word(word, "On")
                   || mss_directives_is_word(word, "Off")
               ? "stands alone; write On, Off, cache, storage, or cache storage"
               : "is not On, Off, cache or storage";
}

static const char *find_deletable(const char *word)
{
    const char *const *known = deletable;

    while (*known && !mss_directives_is_word(word, *known)) {
        known++;
    }
    return *known;
}

const char *mss_directives_set_clear_site_data(cmd_parms *cmd, void *dir,
                                               const char *args)
{
    mss_conf *c = dir;
    const char *word = ap_getword_conf(cmd->temp_pool, &args);
    const char *value = "";

    if (mss_directives_is_word(word, "On") && !*args) {
        c->clear_site_data = "\"cache\", \"storage\"";
        return NULL;
    }
    if (mss_directives_is_word(word, "Off") && !*args) {
        c->clear_site_data = "";
        return NULL;
    }
    do {
        const char *name = find_deletable(word);

        if (!name) {
            return mss_directives_fault(cmd, word, why_not_deletable(word));
        }
        value = apr_pstrcat(cmd->pool, value, *value ? ", \"" : "\"", name,
                            "\"", NULL);
        word = ap_getword_conf(cmd->temp_pool, &args);
    } while (*word);
    c->clear_site_data = value;
    return NULL;
}

#define TIME "{time}"

/* What stands in braces beside the one place that the client fills in.
 * @return what is wrong with it, or NULL; *braces what it is said of */
static const char *check_braces(apr_pool_t *p, const char *key,
                                const char *text, const char **braces)
{
    bool may = strcmp(key, "message") == 0 || strcmp(key, "lifetime") == 0;
    bool seen = false;
    const char *from = ap_strchr_c(text, '{');
    const char *to;

    for (; from && (to = ap_strchr_c(from, '}')) != NULL;
         from = ap_strchr_c(to, '{')) {
        *braces = apr_pstrmemdup(p, from, (apr_size_t)(to + 1 - from));
        if (!may || strcmp(*braces, TIME) != 0) {
            return "would be shown as it is; only message and lifetime have a "
                   "place to be filled in, and that is " TIME;
        }
        if (seen) {
            return "can be there once";
        }
        seen = true;
    }
    return NULL;
}

const char *mss_directives_set_message(cmd_parms *cmd, void *dir,
                                       const char *key, const char *text)
{
    mss_conf *c = dir;
    const char *braces;
    const char *fault;

    if (!mss_asset_is_message(key)) {
        return mss_directives_fault(
            cmd, key,
            "is not the key of a message; docs/directives.md lists "
            "them, title and message among them");
    }
    if (!mss_markup_text(cmd->temp_pool, text)) {
        return mss_directives_fault(
            cmd, key, "has a text that is not UTF-8; save the file as UTF-8");
    }
    fault = check_braces(cmd->temp_pool, key, text, &braces);
    if (fault) {
        return mss_directives_fault(cmd, braces, fault);
    }
    if (!c->messages) {
        c->messages = apr_table_make(cmd->pool, 4);
    }
    apr_table_setn(c->messages, key, text);
    return NULL;
}

const char *mss_directives_add_event(cmd_parms *cmd, void *dir,
                                     const char *value)
{
    mss_conf *c = dir;

    if (!mss_directives_made_of(value, "-_:.")) {
        return mss_directives_fault(
            cmd, value,
            "is not the name of a DOM event; write names "
            "such as keydown mousedown, or None");
    }
    if (!c->events) {
        c->events = apr_array_make(cmd->pool, 8, sizeof(char *));
    }
    if (mss_directives_is_word(value, "None")) {
        apr_array_clear(c->events);
    }
    else {
        APR_ARRAY_PUSH(c->events, const char *) = value;
    }
    return NULL;
}
