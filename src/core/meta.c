/* SPDX-License-Identifier: Apache-2.0 */

#include "meta.h"

#include <string.h>

#include "apr_cstr.h"

bool mss_meta_is(mss_piece s, const char *name)
{
    return s.length == strlen(name)
           && !apr_cstr_casecmpn(s.text, name, s.length);
}

/* --- the prescan of browsers -------------------------------------------------- */

static void skip(mss_cursor *c, char also)
{
    while (c->at < c->end && (mss_meta_is_space(*c->at) || *c->at == also)) {
        c->at++;
    }
}

void mss_meta_skip_space(mss_cursor *c)
{
    skip(c, ' ');
}

static mss_piece until_space_or(mss_cursor *c, char stop)
{
    mss_piece s = {c->at, 0};

    while (c->at < c->end && !mss_meta_is_space(*c->at) && *c->at != stop) {
        c->at++;
    }
    s.length = (apr_size_t)(c->at - s.text);
    return s;
}

/* Up to the quote, and past it. */
static mss_piece quoted(mss_cursor *c)
{
    const char quote = *c->at++;
    const char *close = memchr(c->at, quote, (apr_size_t)(c->end - c->at));
    mss_piece s = {c->at, 0};

    if (!close) {
        c->at = c->end;
        return s;
    }
    s.length = (apr_size_t)(close - s.text);
    c->at = close + 1;
    return s;
}

static bool is_quote(const mss_cursor *c)
{
    return c->at < c->end && (*c->at == '"' || *c->at == '\'');
}

mss_piece mss_meta_value(mss_cursor *c, char stop)
{
    mss_meta_skip_space(c);
    return is_quote(c) ? quoted(c) : until_space_or(c, stop);
}

static mss_piece attribute_name(mss_cursor *c)
{
    mss_piece s = {c->at, 0};

    /* A "=" is only the first character of a name, never another. */
    while (c->at < c->end && !mss_meta_is_space(*c->at) && *c->at != '/'
           && *c->at != '>' && (*c->at != '=' || c->at == s.text)) {
        c->at++;
    }
    s.length = (apr_size_t)(c->at - s.text);
    return s;
}

/* @return false at the ">" or where the bytes end */
static bool next_attribute(mss_cursor *c, mss_piece *name, mss_piece *value)
{
    skip(c, '/');
    if (c->at == c->end || *c->at == '>') {
        return false;
    }
    *name = attribute_name(c);
    value->text = c->at;
    value->length = 0;
    mss_meta_skip_space(c);
    if (c->at == c->end || *c->at != '=') {
        return true;
    }
    c->at++;
    *value = mss_meta_value(c, '>');
    return true;
}

static void keep(mss_piece *kept, mss_piece value)
{
    if (!kept->text) {
        *kept = value;
    }
}

/* @return whether it is whole */
static bool read_meta(mss_cursor *c, mss_meta *found)
{
    mss_piece name, value;

    *found = (mss_meta){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    while (next_attribute(c, &name, &value)) {
        if (mss_meta_is(name, "charset")) {
            keep(&found->charset, value);
        }
        else if (mss_meta_is(name, "http-equiv")) {
            keep(&found->pragma, value);
        }
        else if (mss_meta_is(name, "content")) {
            keep(&found->content, value);
        }
    }
    return c->at < c->end;
}

/* A comment's ">" may use the dashes of its "<!--". */
static void skip_comment(mss_cursor *c)
{
    c->at += 2;
    while ((c->at = memchr(c->at, '>', (apr_size_t)(c->end - c->at)))) {
        if (c->at[-1] == '-' && c->at[-2] == '-') {
            return;
        }
        c->at++;
    }
    c->at = c->end;
}

static void skip_tag(mss_cursor *c)
{
    mss_piece name, value;

    until_space_or(c, '>');
    while (next_attribute(c, &name, &value)) {
        continue;
    }
}

static void skip_bogus(mss_cursor *c)
{
    c->at = memchr(c->at, '>', (apr_size_t)(c->end - c->at));
    c->at = c->at ? c->at : c->end;
}

/* At a "<". Goes on behind what begins there. @return whether it is a <meta> */
static bool pass(mss_cursor *c, mss_meta *found)
{
    const apr_size_t n = (apr_size_t)(c->end - c->at);
    const char next = (char)(n > 1 ? c->at[1] : 0);
    bool is_meta = false;

    if (mss_meta_is_letter(next) && n > 5
        && (mss_meta_is_space(c->at[5]) || c->at[5] == '/')
        && !apr_cstr_casecmpn(c->at, "<meta", 5)) {
        c->at += 5;
        is_meta = read_meta(c, found);
    }
    else if (mss_meta_is_letter(next)
             || (next == '/' && n > 2 && mss_meta_is_letter(c->at[2]))) {
        skip_tag(c);
    }
    else if (next == '!' && n > 3 && c->at[2] == '-' && c->at[3] == '-') {
        skip_comment(c);
    }
    else if (next == '!' || next == '/' || next == '?') {
        skip_bogus(c);
    }
    c->at += c->at < c->end;
    return is_meta;
}

static bool find_tag(mss_cursor *c)
{
    if (c->at < c->end) {
        c->at = memchr(c->at, '<', (apr_size_t)(c->end - c->at));
    }
    return c->at && c->at < c->end;
}

bool mss_meta_next(mss_cursor *c, mss_meta *found)
{
    while (find_tag(c)) {
        if (pass(c, found)) {
            return true;
        }
    }
    return false;
}

/* --- Internet Explorer's document mode -------------------------------------------- */

/* At a "<". */
static bool begins_content(const mss_cursor *c)
{
    static const char *const others[] = {"html", "head", "title", "meta", NULL};
    mss_piece name = {c->at + 1, 0};
    int i;

    while (name.text + name.length < c->end
           && mss_meta_is_letter(name.text[name.length])) {
        name.length++;
    }
    for (i = 0; others[i]; i++) {
        if (mss_meta_is(name, others[i])) {
            return false;
        }
    }
    return name.length > 0;
}

static bool is_value(mss_piece s)
{
    apr_size_t i;

    for (i = 0; i < s.length; i++) {
        const char c = s.text[i];

        if (!mss_meta_is_letter(c) && !(c && strchr("0123456789=,;. ", c))) {
            return false;
        }
    }
    return s.length > 0;
}

bool mss_meta_compatible(const char *buf, apr_size_t n, mss_piece *value)
{
    mss_cursor c = {buf, buf + n};
    mss_meta meta;

    while (find_tag(&c) && !begins_content(&c)) {
        if (pass(&c, &meta) && meta.pragma.text && meta.content.text
            && mss_meta_is(meta.pragma, "X-UA-Compatible")) {
            *value = meta.content;
            return is_value(*value);
        }
    }
    return false;
}
