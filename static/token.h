/* SPDX-License-Identifier: Apache-2.0
 * Knows the words of a script of ours, for squeeze.h.
 * Must not meet any other script: see there. */

#ifndef MSS_TOKEN_H
#define MSS_TOKEN_H

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

#endif
