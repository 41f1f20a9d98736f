/* SPDX-License-Identifier: Apache-2.0
 * Knows short names for the variables of a script of ours, for squeeze.h.
 * Must not meet any other script: see there. */

#ifndef MSS_SHORTEN_H
#define MSS_SHORTEN_H

#include "token.h"

#define SQUEEZE_MAX_NAMES 1024
#define SQUEEZE_MAX_FUNCTIONS 255
#define SQUEEZE_MAX_LENGTH 40

typedef struct {
    char text[SQUEEZE_MAX_LENGTH];
    char shorter[4]; /* of one that occurs outside the functions */
    unsigned count;
    /* Its place among the names of each function, from 1; [0]: outside them. */
    unsigned short place[SQUEEZE_MAX_FUNCTIONS];
    bool given; /* a word of the language, or a name that is not the script's */
    token value; /* of a constant */
} name_entry;

static name_entry names[SQUEEZE_MAX_NAMES];
static size_t name_count;

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

static bool is_constant(const token *t)
{
    return t->kind == NAME
           && strspn(t->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == t->length;
}

static token next_token(const char **p, const token *before)
{
    *p += space_length(*p);
    token t = token_at(*p, before);
    *p += t.length;
    return t;
}

/* "var ONE = 1, TWO = 2;": their names stand for the numbers, and the statement
 * is not needed. @return its end, or p if it is another one. */
static const char *skip_constants(const char *p)
{
    const char *end = p + space_length(p);
    if (strncmp(end, "var ", 4) != 0)
        return p;
    token t = next_token(&end, &(token){MARK, ";", 1});
    do {
        token name = next_token(&end, &t);
        token sign = next_token(&end, &name);
        token value = next_token(&end, &sign);
        t = next_token(&end, &value);
        if (!is_constant(&name) || *sign.at != '=' || value.kind != LITERAL
            || !isdigit((unsigned char)*value.at))
            return p;
        name_of(&name)->value = value;
    } while (*t.at == ',');
    return end;
}

/* Which of the functions in the script's outermost one a token is in. */
typedef struct {
    size_t index; /* 0: none */
    size_t count;
    int depth; /* of braces */
    int start; /* what it was where the function began */
    bool begins;
} position;

static void move_on(position *at, const token *t)
{
    if (t->kind == MARK && *t->at == '{') {
        at->depth++;
    }
    else if (t->kind == MARK && *t->at == '}') {
        if (--at->depth == at->start)
            at->index = 0;
    }
    else if (at->begins && *t->at == '(') {
        at->begins = false;
        at->start = at->depth;
        at->index = ++at->count;
        if (at->count == SQUEEZE_MAX_FUNCTIONS)
            die("too many functions");
    }
    else if (at->depth > 0 && !at->index && t->length == 8
             && !memcmp(t->at, "function", 8)) {
        at->begins = true;
    }
}

static void count_names(const char *p)
{
    unsigned short found[SQUEEZE_MAX_FUNCTIONS] = {0};
    token before = {MARK, ";", 1};
    position at = {0};
    while (*p) {
        p = skip_constants(p);
        token t = token_at(p, &before);
        p += t.length;
        if (t.kind == SPACE)
            continue;
        move_on(&at, &t);
        name_entry *n = variable_of(&t, &before);
        if (n) {
            n->count++;
            if (!n->place[at.index])
                n->place[at.index] = ++found[at.index];
        }
        before = t;
    }
}

/* Those that the script has most of are first: they cost least once it is
 * compressed. */
static const char letters[] =
    "etnrisoaducglfhpmvbywkxqzjETNRISOADUCGLFHPMVBYWKXQZJ";

/* How many names of its own each function has. */
static size_t own_names[SQUEEZE_MAX_FUNCTIONS];

static bool is_own(const name_entry *n)
{
    return !n->given && !n->value.at && !n->place[0];
}

/* The functions' own names are letters, in the order in which they occur: so the
 * functions look alike. @return the letter's place. */
static size_t own_letter(const name_entry *n, size_t function)
{
    size_t before = 0;
    for (size_t i = 0; i < name_count; i++) {
        if (is_own(&names[i]) && names[i].place[function] > 0
            && names[i].place[function] < n->place[function])
            before++;
    }
    return before;
}

static void count_own_names(void)
{
    for (size_t f = 1; f < SQUEEZE_MAX_FUNCTIONS; f++) {
        for (size_t i = 0; i < name_count; i++)
            own_names[f] += is_own(&names[i]) && names[i].place[f];
        if (own_names[f] >= sizeof letters)
            die("too many names in a function");
    }
}

static int by_count(const void *a, const void *b)
{
    const name_entry *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

static bool is_free(const char *candidate, size_t nth)
{
    for (size_t i = 0; i < nth; i++) {
        if (!strcmp(names[i].shorter, candidate))
            return false;
    }
    for (size_t f = 1; !candidate[1] && f < SQUEEZE_MAX_FUNCTIONS; f++) {
        if (names[nth].place[f]
            && own_names[f] > (size_t)(strchr(letters, *candidate) - letters))
            return false;
    }
    return !is_given(candidate);
}

/* No name becomes one that another has become in its reach: so scopes stay as
 * they are. */
static void shorten_names(void)
{
    const size_t base = sizeof letters - 1;
    qsort(names, name_count, sizeof *names, by_count);
    count_own_names();
    for (size_t i = 0; i < name_count; i++) {
        char to[3] = "";
        for (size_t n = 0; !names[i].given && !names[i].value.at
                           && names[i].place[0] && (!n || !is_free(to, i));
             n++) {
            to[0] = letters[n % base];
            to[1] = n < base ? '\0' : letters[(n / base - 1) % base];
        }
        memcpy(names[i].shorter, to, sizeof to);
    }
}

#endif
