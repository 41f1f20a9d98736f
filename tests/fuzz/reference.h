/* SPDX-License-Identifier: Apache-2.0
 * Knows the rule of core/scan.h once more, written for clearness: a table for
 * each part of HTML's tokenizer, over a document that is all there.
 * Must not know how the core walks through it. */

#ifndef MSS_FUZZ_REFERENCE_H
#define MSS_FUZZ_REFERENCE_H

#include <stdbool.h>
#include <stdio.h>
#include <strings.h>

#include "core/scan.h"
#include "fuzz.h"

#define NOWHERE (-1L)

/** Where the element goes. */
typedef struct {
    long at;
    bool cut;  /* the document ends within what decides: NOWHERE is right too */
    bool page; /* as mss_scan_is_page */
} reference;

/* A document from where it is read. */
typedef struct {
    const char *start;
    const char *at;
    const char *end;
} reader;

/* --- tables: rows are states, columns are classes of characters ------------- */

/* https://html.spec.whatwg.org/#comment-start-state and what follows it. A
 * character that a state reconsumes stands in its row as in the next one's. */
enum {
    C_START,
    C_START_DASH,
    C_COMMENT,
    C_LESS,
    C_LESS_BANG,
    C_LESS_BANG_DASH,
    C_LESS_BANG_DASH_DASH,
    C_END_DASH,
    C_END,
    C_END_BANG,
    C_OUT
};

static const char comment_classes[] = "-!<>";
static const unsigned char comment_table[][5] = {
    /*                          -           !       <       >      other */
    [C_START] = {C_START_DASH, C_COMMENT, C_LESS, C_OUT, C_COMMENT},
    [C_START_DASH] = {C_END, C_COMMENT, C_LESS, C_OUT, C_COMMENT},
    [C_COMMENT] = {C_END_DASH, C_COMMENT, C_LESS, C_COMMENT, C_COMMENT},
    [C_LESS] = {C_END_DASH, C_LESS_BANG, C_LESS, C_COMMENT, C_COMMENT},
    [C_LESS_BANG] = {C_LESS_BANG_DASH, C_COMMENT, C_LESS, C_COMMENT, C_COMMENT},
    [C_LESS_BANG_DASH] = {C_LESS_BANG_DASH_DASH, C_COMMENT, C_LESS, C_COMMENT,
                          C_COMMENT},
    [C_LESS_BANG_DASH_DASH] = {C_END, C_END_BANG, C_LESS, C_OUT, C_COMMENT},
    [C_END_DASH] = {C_END, C_COMMENT, C_LESS, C_COMMENT, C_COMMENT},
    [C_END] = {C_END, C_END_BANG, C_LESS, C_OUT, C_COMMENT},
    [C_END_BANG] = {C_END_DASH, C_COMMENT, C_LESS, C_OUT, C_COMMENT},
};

/* https://html.spec.whatwg.org/#before-attribute-name-state and what follows
 * it. */
enum {
    A_BEFORE,
    A_NAME,
    A_AFTER_NAME,
    A_BEFORE_VALUE,
    A_DOUBLE,
    A_SINGLE,
    A_UNQUOTED,
    A_AFTER_VALUE,
    A_SELF_CLOSING,
    A_OUT
};

static const char tag_classes[] = " />=\"'";
static const unsigned char tag_table[][7] = {
    /* space, "/", ">", "=", double quote, single quote, other */
    [A_BEFORE] = {A_BEFORE, A_SELF_CLOSING, A_OUT, A_NAME, A_NAME, A_NAME,
                  A_NAME},
    [A_NAME] = {A_AFTER_NAME, A_SELF_CLOSING, A_OUT, A_BEFORE_VALUE, A_NAME,
                A_NAME, A_NAME},
    [A_AFTER_NAME] = {A_AFTER_NAME, A_SELF_CLOSING, A_OUT, A_BEFORE_VALUE,
                      A_NAME, A_NAME, A_NAME},
    [A_BEFORE_VALUE] = {A_BEFORE_VALUE, A_UNQUOTED, A_OUT, A_UNQUOTED, A_DOUBLE,
                        A_SINGLE, A_UNQUOTED},
    [A_DOUBLE] = {A_DOUBLE, A_DOUBLE, A_DOUBLE, A_DOUBLE, A_AFTER_VALUE,
                  A_DOUBLE, A_DOUBLE},
    [A_SINGLE] = {A_SINGLE, A_SINGLE, A_SINGLE, A_SINGLE, A_SINGLE,
                  A_AFTER_VALUE, A_SINGLE},
    [A_UNQUOTED] = {A_BEFORE, A_UNQUOTED, A_OUT, A_UNQUOTED, A_UNQUOTED,
                    A_UNQUOTED, A_UNQUOTED},
    [A_AFTER_VALUE] = {A_BEFORE, A_SELF_CLOSING, A_OUT, A_NAME, A_NAME, A_NAME,
                       A_NAME},
    [A_SELF_CLOSING] = {A_BEFORE, A_SELF_CLOSING, A_OUT, A_NAME, A_NAME, A_NAME,
                        A_NAME},
};

static bool is_white(char c)
{
    return c && strchr(" \t\n\f\r", c);
}

static size_t class_of(char c, const char *classes)
{
    const char *found;

    c = is_white(c) ? ' ' : c;
    found = c ? strchr(classes, c) : NULL;
    return found ? (size_t)(found - classes) : strlen(classes);
}

/* @return false if the document ends before it does */
static bool skip_comment(reader *r)
{
    unsigned state = C_START;

    while (r->at < r->end && state != C_OUT) {
        state = comment_table[state][class_of(*r->at++, comment_classes)];
    }
    return state == C_OUT;
}

static bool skip_attributes(reader *r)
{
    unsigned state = A_BEFORE;

    while (r->at < r->end && state != A_OUT) {
        state = tag_table[state][class_of(*r->at++, tag_classes)];
    }
    return state == A_OUT;
}

static bool skip_past(reader *r, char c)
{
    r->at = memchr(r->at, c, (size_t)(r->end - r->at));
    r->at = r->at ? r->at + 1 : r->end;
    return r->at[-1] == c;
}

/* --- tokens ------------------------------------------------------------------ */

static size_t left(const reader *r)
{
    return (size_t)(r->end - r->at);
}

static bool begins(const reader *r, const char *text)
{
    return left(r) >= strlen(text) && !strncasecmp(r->at, text, strlen(text));
}

static bool is_alpha(const reader *r, size_t i)
{
    return left(r) > i && strchr("abcdefghijklmnopqrstuvwxyz", r->at[i] | 0x20)
           && r->at[i] != '\0';
}

static size_t name_length(const reader *r)
{
    size_t n = 0;

    while (n < left(r) && !is_white(r->at[n]) && r->at[n] != '/'
           && r->at[n] != '>') {
        n++;
    }
    return n;
}

static bool is_one_of(const char *name, size_t n, const char *list)
{
    for (; *list; list += strlen(list) + 1) {
        if (strlen(list) == n && !strncasecmp(name, list, n)) {
            return true;
        }
    }
    return false;
}

/* What the reader is at, and what it means. It moves past what is nothing. */
enum {
    NOTHING,
    HERE,
    HERE_IF_ALL_THERE,
    BEHIND,
    END
};

static int read_start_tag(reader *r, bool *page)
{
    const char *name = r->at + 1;
    size_t n;

    r->at++;
    n = name_length(r);
    r->at += n;
    if (r->at == r->end) {
        return HERE_IF_ALL_THERE;
    }
    *page = *page || is_one_of(name, n, "html\0head\0body\0frameset\0");
    if (!is_one_of(name, n, "html\0head\0")) {
        return HERE;
    }
    if (!skip_attributes(r)) {
        return END;
    }
    return is_one_of(name, n, "head\0") ? BEHIND : NOTHING;
}

static int read_end_tag(reader *r)
{
    const char *name = r->at + 2;
    size_t n;

    r->at += 2;
    n = name_length(r);
    r->at += n;
    if (r->at == r->end) {
        return END;
    }
    if (is_one_of(name, n, "head\0body\0html\0br\0")) {
        return HERE;
    }
    return skip_attributes(r) ? NOTHING : END;
}

static int read_markup(reader *r, bool *page)
{
    if (begins(r, "<!--")) {
        r->at += 4;
        return skip_comment(r) ? NOTHING : END;
    }
    if (is_alpha(r, 1)) {
        return read_start_tag(r, page);
    }
    if (begins(r, "</") && is_alpha(r, 2)) {
        return read_end_tag(r);
    }
    if (left(r) == 1 || (begins(r, "</") && left(r) == 2)) {
        return HERE_IF_ALL_THERE;
    }
    if (!strchr("!?/", r->at[1]) || !r->at[1]) {
        return HERE;
    }
    *page = *page || begins(r, "<!doctype");
    return skip_past(r, '>') ? NOTHING : END;
}

static int read_number(reader *r)
{
    const bool hex = begins(r, "&#x");
    const char *digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
    unsigned long value;
    char number[MSS_SCAN_HELD];
    size_t n = hex ? 3 : 2;
    size_t from = n;

    while (n < left(r) && r->at[n] && strchr(digits, r->at[n])) {
        n++;
    }
    if (n > MSS_SCAN_HELD) {
        return END; /* too long to be held back: in doubt, nowhere */
    }
    if (n == left(r)) {
        return HERE_IF_ALL_THERE;
    }
    snprintf(number, sizeof(number), "%.*s", (int)(n - from), r->at + from);
    value = strtoul(number, NULL, hex ? 16 : 10);
    if (n == from || value > 255 || !is_white((char)value)) {
        return HERE;
    }
    r->at += n;
    r->at += *r->at == ';';
    return NOTHING;
}

static int read_reference(reader *r)
{
    static const char *const names[] = {"&Tab;", "&NewLine;"};
    size_t i;

    if (begins(r, "&#")) {
        return read_number(r);
    }
    for (i = 0; i < 2; i++) {
        const size_t n = strlen(names[i]);
        const size_t there = left(r) < n ? left(r) : n;

        if (!memcmp(r->at, names[i], there)) {
            r->at += there;
            return there == n ? NOTHING : HERE_IF_ALL_THERE;
        }
    }
    return HERE;
}

static int read_token(reader *r, bool *page)
{
    if (*r->at == '<') {
        return read_markup(r, page);
    }
    if (*r->at == '&') {
        return read_reference(r);
    }
    if (is_white(*r->at)) {
        r->at++;
        return NOTHING;
    }
    return HERE;
}

/* --- documents ----------------------------------------------------------------- */

/* @return HERE if the document is to be read from r->at */
static int read_signature(reader *r)
{
    static const struct {
        const char *bytes;
        size_t n;
    } known[] = {{"\xEF\xBB\xBF", 3},
                 {"\xFF\xFE", 2},
                 {"\xFE\xFF", 2},
                 {"<\0?\0x", 6},
                 {"\0<\0?\0x", 6}};
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (left(r) < known[i].n) {
            if (left(r) > 0 && !memcmp(r->at, known[i].bytes, left(r))) {
                return HERE_IF_ALL_THERE;
            }
        }
        else if (!memcmp(r->at, known[i].bytes, known[i].n)) {
            r->at += known[i].n;
            return i == 0 ? HERE : END;
        }
    }
    return HERE;
}

static inline reference reference_place(const char *text, size_t n)
{
    reader r = {text, text, text + n};
    reference found = {NOWHERE, false, false};
    const char *token = text;
    int what = read_signature(&r);

    if (what != HERE) {
        found.at = what == END ? NOWHERE : 0;
        found.cut = what == HERE_IF_ALL_THERE;
        return found;
    }
    for (what = NOTHING; what == NOTHING && r.at < r.end;) {
        token = r.at;
        what = read_token(&r, &found.page);
    }
    if (what == HERE || what == HERE_IF_ALL_THERE) {
        found.at = token - text;
    }
    else if (what == BEHIND) {
        found.at = r.at - text;
    }
    found.cut = what == HERE_IF_ALL_THERE;
    return found;
}

#endif
