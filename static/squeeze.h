/* SPDX-License-Identifier: Apache-2.0
 * Knows how to write a script of ours shorter, for embed.c alone: no comments,
 * no space that does not matter, short names.
 * Must not meet any other script: what it does is sound for ES5 with all its
 * semicolons, without labels, accessors in literals, empty loops, eval, with. */

#ifndef MSS_SQUEEZE_H
#define MSS_SQUEEZE_H

#include "shorten.h"

/* Whether a space between two tokens must stay: between words, and between
 * signs that would join. Lines need no end, as all statements have one. */
static bool space_matters(char before, char after)
{
    return (is_name_char(before) && is_name_char(after))
           || (before == after && (before == '+' || before == '-'));
}

#define SQUEEZE_MAX_DEPTH 32
#define SQUEEZE_MAX_JOINED 8

typedef struct {
    char *at;      /* in what is written */
    bool controls; /* parentheses after if, for, while; the braces after them */
    bool declares; /* inside it a var statement is under way */
    bool braces;   /* there are some in it */
    bool words;    /* a statement in it is no expression */
    size_t statements;
    char *ends[SQUEEZE_MAX_JOINED]; /* the semicolons of the first of them */
} bracket;

typedef struct {
    char *end; /* of what is written */
    bracket open[SQUEEZE_MAX_DEPTH];
    size_t depth;
    position at;   /* in what is read */
    bool declared; /* a var statement has just ended */
    bool controls; /* the next is what an if, else, for or while does */
} writer;

static bool is_word(const token *t, const char *words)
{
    char wanted[SQUEEZE_MAX_LENGTH + 2];
    if (t->kind != NAME || t->length >= SQUEEZE_MAX_LENGTH)
        return false;
    snprintf(wanted, sizeof wanted, " %.*s ", (int)t->length, t->at);
    return strstr(words, wanted) != NULL;
}

static void append(writer *w, const char *text, size_t length)
{
    memcpy(w->end, text, length);
    w->end += length;
}

/* All strings in the same quotes, if they can be; 'a' + 'b' in one. */
static void write_literal(writer *w, const token *t)
{
    bool same = *t->at == '\'' && !memchr(t->at, '"', t->length);
    char quote = same ? '"' : *t->at;
    char *start = w->end;
    append(w, t->at, t->length);
    if (quote != '"' && quote != '\'')
        return;
    *start = w->end[-1] = quote;
    if (start[-1] == '+' && start[-2] == quote) {
        memmove(start - 2, start + 1, t->length - 1);
        w->end -= 3;
    }
}

static void open_bracket(writer *w, const token *t, bool controls)
{
    if (*t->at == '{')
        w->open[w->depth].braces = true;
    if (++w->depth == SQUEEZE_MAX_DEPTH)
        die("too many brackets");
    w->open[w->depth] = (bracket){.at = w->end, .controls = controls};
    append(w, t->at, 1);
}

/* Expressions can be one statement, with commas, and a single statement needs
 * no braces after if and the like. */
static bool is_single(const bracket *b)
{
    if (!b->controls || b->braces || b->statements == 0)
        return false;
    if (b->statements > 1 && (b->words || b->statements > SQUEEZE_MAX_JOINED))
        return false;
    for (size_t i = 0; i + 1 < b->statements; i++)
        *b->ends[i] = ',';
    return true;
}

static void close_bracket(writer *w, const token *t)
{
    bracket *b = &w->open[w->depth--];
    char *inside = b->at + 1;
    if (*t->at != '}') {
        append(w, t->at, 1);
        w->controls = *t->at == ')' && b->controls;
    }
    else if (!is_single(b)) {
        if (w->end[-1] == ';')
            w->end--;
        append(w, t->at, 1);
    }
    else if (is_name_char(b->at[-1]) && is_name_char(*inside)) {
        *b->at = ' ';
    }
    else {
        memmove(b->at, inside, (size_t)(w->end - inside));
        w->end--;
    }
}

static void write_mark(writer *w, const token *t, const token *before,
                       bool controls)
{
    if (strchr("([{", *t->at)) {
        if (*t->at != '{')
            controls = is_word(before, " if for while ");
        open_bracket(w, t, controls);
    }
    else if (strchr(")]}", *t->at)) {
        close_bracket(w, t);
    }
    else {
        bracket *b = &w->open[w->depth];
        if (*t->at == ';') {
            w->declared = b->declares;
            b->declares = false;
            if (b->statements < SQUEEZE_MAX_JOINED)
                b->ends[b->statements] = w->end;
            b->statements++;
        }
        append(w, t->at, 1);
    }
}

static void write_name(writer *w, const token *t, const token *before,
                       bool declared)
{
    bool var = is_word(t, " var ");
    const name_entry *n = variable_of(t, before);
    w->controls = is_word(t, " else ");
    if (is_word(t, " var return throw break continue if for while "))
        w->open[w->depth].words = true;
    if (var)
        w->open[w->depth].declares = true;
    /* Two var statements in a row can be one. */
    if (var && declared)
        w->end[-1] = ',';
    else if (n && n->value.at)
        append(w, n->value.at, n->value.length);
    else if (n && is_own(n))
        append(w, &letters[own_letter(n, w->at.index)], 1);
    else if (n)
        append(w, n->shorter, strlen(n->shorter));
    else if (is_word(t, " true "))
        append(w, "!0", 2);
    else if (is_word(t, " false "))
        append(w, "!1", 2);
    else
        append(w, t->at, t->length);
}

static void write_token(writer *w, const token *t, const token *before)
{
    bool declared = w->declared;
    bool controls = w->controls;
    w->declared = w->controls = false;
    move_on(&w->at, t);
    if (t->kind == MARK)
        write_mark(w, t, before, controls);
    else if (t->kind == NAME)
        write_name(w, t, before, declared);
    else
        write_literal(w, t);
}

/** Writes text shorter to out, which has two bytes more. @return out. */
static const char *squeeze(const char *text, char *out)
{
    token before = {MARK, ";", 1};
    writer w = {.end = out};
    count_names(text);
    shorten_names();
    append(&w, ";\n", 2);
    for (const char *p = text; *p;) {
        p = skip_constants(p);
        token t = token_at(p, &before);
        p += t.length;
        if (t.kind != SPACE) {
            write_token(&w, &t, &before);
            before = t;
        }
        else if (space_matters(w.end[-1], *p)) {
            append(&w, " ", 1);
        }
    }
    *w.end = '\0';
    return out + 2;
}

#endif
