/* SPDX-License-Identifier: Apache-2.0
 * Knows how to write a script of ours shorter, for embed.c alone: no comments,
 * no space that does not matter, short names.
 * Must not meet any other script: what it does is sound for ES5 with all its
 * semicolons, without labels, accessors in literals, empty loops, eval, with. */

#ifndef MSS_SQUEEZE_H
#define MSS_SQUEEZE_H

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SQUEEZE_MAX_NAMES 1024
#define SQUEEZE_MAX_FUNCTIONS 255
#define SQUEEZE_MAX_LENGTH 40

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("embed: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

typedef enum {
    SPACE,
    NAME,
    LITERAL,
    MARK
} token_kind;

typedef struct {
    token_kind kind;
    const char *at;
    size_t length;
} token;

typedef struct {
    char text[SQUEEZE_MAX_LENGTH];
    char shorter[4];
    unsigned count;
    bool in[SQUEEZE_MAX_FUNCTIONS]; /* where it occurs; [0]: outside them */
    bool given; /* a word of the language, or a name that is not the script's */
} name_entry;

static name_entry names[SQUEEZE_MAX_NAMES];
static size_t name_count;

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* Comments are space too. */
static size_t space_length(const char *p)
{
    const char *start = p;
    for (;;) {
        if (*p && strchr(" \t\r\n", *p)) {
            p++;
        }
        else if (!strncmp(p, "//", 2)) {
            p += strcspn(p, "\n");
        }
        else if (!strncmp(p, "/*", 2)) {
            p = strstr(p + 2, "*/");
            if (!p)
                die("a comment without end");
            p += 2;
        }
        else {
            return (size_t)(p - start);
        }
    }
}

/* A string or a regular expression, from its first character on. */
static size_t quoted_length(const char *p)
{
    bool set = false;
    for (size_t i = 1; p[i] && p[i] != '\n'; i++) {
        if (p[i] == '\\' && p[i + 1])
            i++;
        else if (*p == '/' && (p[i] == '[' || p[i] == ']'))
            set = p[i] == '[';
        else if (p[i] == *p && !set)
            return i + 1;
    }
    die("a string without end: %.40s", p);
}

static bool starts_regex(const char *p, const token *before)
{
    return *p == '/' && before->kind == MARK
           && strchr("(,=:[!&|?{};", *before->at);
}

static token token_at(const char *p, const token *before)
{
    token t = {MARK, p, 1};
    size_t space = space_length(p);
    if (space > 0) {
        t.kind = SPACE;
        t.length = space;
    }
    else if (is_name_char(*p)) {
        t.kind = isdigit((unsigned char)*p) ? LITERAL : NAME;
        while (is_name_char(p[t.length]))
            t.length++;
    }
    else if (*p == '"' || *p == '\'' || starts_regex(p, before)) {
        t.kind = LITERAL;
        t.length = quoted_length(p);
        /* The flags of a regular expression. */
        while (is_name_char(p[t.length]))
            t.length++;
    }
    return t;
}

static bool is_given(const char *name)
{
    static const char given[] =
        " break case catch continue default delete do else false finally for "
        "function if in instanceof new null return switch this throw true try "
        "typeof var void while "
        "Array Date Function Infinity JSON Math Object RegExp String arguments "
        "document navigator undefined window ";
    char wanted[SQUEEZE_MAX_LENGTH + 2];
    snprintf(wanted, sizeof wanted, " %.*s ", SQUEEZE_MAX_LENGTH - 1, name);
    return strstr(given, wanted) != NULL;
}

static name_entry *name_of(const token *t)
{
    if (t->length >= SQUEEZE_MAX_LENGTH)
        die("a name that is too long: %.60s", t->at);
    for (size_t i = 0; i < name_count; i++) {
        if (strlen(names[i].text) == t->length
            && !memcmp(names[i].text, t->at, t->length))
            return &names[i];
    }
    if (name_count == SQUEEZE_MAX_NAMES)
        die("too many names");
    name_entry *n = &names[name_count++];
    memcpy(n->text, t->at, t->length);
    n->given = is_given(n->text);
    return n;
}

/* Whether a name is one of the script's variables and functions here, and no
 * property. In ES5 a key stands between a brace or a comma and a colon, and
 * the middle of "a ? b : c" does not. */
static name_entry *variable_of(const token *t, const token *before)
{
    const char *next = t->at + t->length;
    next += space_length(next);
    if (t->kind != NAME || *before->at == '.'
        || (*next == ':' && strchr("{,", *before->at)))
        return NULL;
    name_entry *n = name_of(t);
    return n->given ? NULL : n;
}

/* Which function declared in the script's outermost one a token is in. */
typedef struct {
    size_t index; /* 0: none */
    size_t count;
    int depth; /* of braces */
    enum {
        OUTSIDE,
        DECLARED,
        NAMED
    } state;
} position;

static void move_on(position *at, const token *t)
{
    if (*t->at == '{' && t->kind == MARK)
        at->depth++;
    else if (*t->at == '}' && t->kind == MARK)
        at->depth--;
    if (at->depth != 1 || t->kind == LITERAL)
        return;
    if (*t->at == '}') {
        at->index = 0;
    }
    else if (t->length == 8 && !memcmp(t->at, "function", 8)) {
        at->state = DECLARED;
    }
    else if (at->state == DECLARED && t->kind == NAME) {
        at->state = NAMED;
    }
    else if (at->state == NAMED) {
        at->index = ++at->count;
        at->state = OUTSIDE;
    }
    else {
        at->state = OUTSIDE;
    }
    if (at->count == SQUEEZE_MAX_FUNCTIONS)
        die("too many functions");
}

static void count_names(const char *p)
{
    token before = {MARK, ";", 1};
    position at = {0};
    while (*p) {
        token t = token_at(p, &before);
        p += t.length;
        if (t.kind == SPACE)
            continue;
        move_on(&at, &t);
        name_entry *n = variable_of(&t, &before);
        if (n) {
            n->count++;
            n->in[at.index] = true;
        }
        before = t;
    }
}

static int by_count(const void *a, const void *b)
{
    const name_entry *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

/* Whether both names occur in one function, or one of them anywhere. */
static bool they_meet(const name_entry *a, const name_entry *b)
{
    if (a->in[0] || b->in[0])
        return true;
    for (size_t i = 1; i < SQUEEZE_MAX_FUNCTIONS; i++) {
        if (a->in[i] && b->in[i])
            return true;
    }
    return false;
}

static bool is_free(const char *candidate, size_t nth)
{
    for (size_t i = 0; i < nth; i++) {
        if (!strcmp(names[i].shorter, candidate)
            && they_meet(&names[i], &names[nth]))
            return false;
    }
    return !is_given(candidate);
}

/* A name becomes the same wherever it occurs, and never one that another name
 * has become in its reach: so scopes stay as they are. */
static void shorten_names(void)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const size_t base = sizeof letters - 1;
    qsort(names, name_count, sizeof *names, by_count);
    for (size_t i = 0; i < name_count; i++) {
        char to[3] = "";
        for (size_t n = 0; !names[i].given && (!n || !is_free(to, i)); n++) {
            to[0] = letters[n % base];
            to[1] = n < base ? '\0' : letters[(n / base - 1) % base];
        }
        memcpy(names[i].shorter, to, sizeof to);
    }
}

/* Whether a space between two tokens must stay: between words, and between
 * signs that would join. Lines need no end, as all statements have one. */
static bool space_matters(char before, char after)
{
    return (is_name_char(before) && is_name_char(after))
           || (before == after && (before == '+' || before == '-'));
}

/* Appends a token to the text that ends at end. @return the new end. */
static char *append_token(char *end, const token *t)
{
    /* 'a' + 'b' */
    if (t->at[0] == '\'' && end[-1] == '+' && end[-2] == '\'') {
        end -= 2;
        memcpy(end, t->at + 1, t->length - 1);
        return end + t->length - 1;
    }
    if (*t->at == '}' && end[-1] == ';')
        end--;
    memcpy(end, t->at, t->length);
    return end + t->length;
}

/** Writes text shorter to out, which has two bytes more. @return out. */
static const char *squeeze(const char *text, char *out)
{
    token before = {MARK, ";", 1};
    char *end = out;
    count_names(text);
    shorten_names();
    *end++ = ';';
    *end++ = '\n';
    for (const char *p = text; *p;) {
        token t = token_at(p, &before);
        p += t.length;
        if (t.kind == SPACE) {
            if (space_matters(end[-1], *p))
                *end++ = ' ';
            continue;
        }
        const name_entry *n = variable_of(&t, &before);
        before = t;
        if (n) {
            t.at = n->shorter;
            t.length = strlen(n->shorter);
        }
        end = append_token(end, &t);
    }
    *end = '\0';
    return out + 2;
}

#endif
