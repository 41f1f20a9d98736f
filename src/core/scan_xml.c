/* SPDX-License-Identifier: Apache-2.0
 * Knows XML as far as <head> in <html>, and gives up on anything else
 * (scan.h). Must not know brigades or the element. */

#include "scan.h"

#include <string.h>

#include "scan_step.h"

/* Nothing is ever held here: the only place is behind a tag. */

static mss_scan_step in_prolog, in_doctype, in_subset;

static int quoted_in(mss_scan *s, unsigned char c, mss_scan_step *back)
{
    s->quote = (char)c;
    s->back = back;
    return go(s, mss_scan_quoted);
}

static int in_comment(mss_scan *s, unsigned char c)
{
    if (c == '-') {
        s->dashes = s->dashes < 2 ? s->dashes + 1 : 2;
        return PASS;
    }
    if (c == '>' && s->dashes == 2) {
        return go(s, s->back);
    }
    s->dashes = 0;
    return PASS;
}

/* A "?" before ">" ends it; s->quote remembers the "?". */
static int in_instruction(mss_scan *s, unsigned char c)
{
    if (c == '>' && s->quote == '?') {
        return go(s, s->back);
    }
    s->quote = (char)c;
    return PASS;
}

static int instruction_in(mss_scan *s, mss_scan_step *back)
{
    s->quote = 0;
    s->back = back;
    return go(s, in_instruction);
}

static int in_bang_dash(mss_scan *s, unsigned char c)
{
    s->dashes = 0;
    return c == '-' ? go(s, in_comment) : QUIT;
}

static int in_declaration(mss_scan *s, unsigned char c)
{
    if (c == '"' || c == '\'') {
        return quoted_in(s, c, in_declaration);
    }
    if (c == '<') {
        return QUIT;
    }
    return c == '>' ? go(s, in_subset) : PASS;
}

static int in_subset_bang(mss_scan *s, unsigned char c)
{
    s->back = in_subset;
    return go(s, c == '-' ? in_bang_dash : in_declaration);
}

static int in_subset_open(mss_scan *s, unsigned char c)
{
    if (c == '?') {
        return instruction_in(s, in_subset);
    }
    return c == '!' ? go(s, in_subset_bang) : QUIT;
}

static int in_subset(mss_scan *s, unsigned char c)
{
    if (c == '<') {
        return go(s, in_subset_open);
    }
    return c == ']' ? go(s, in_doctype) : PASS;
}

static int in_doctype(mss_scan *s, unsigned char c)
{
    if (c == '"' || c == '\'') {
        return quoted_in(s, c, in_doctype);
    }
    if (c == '<') {
        return QUIT; /* "<!--" is no comment here, nor is what follows sure */
    }
    if (c == '[') {
        return go(s, in_subset);
    }
    return c == '>' ? go(s, in_prolog) : PASS;
}

static int in_bang(mss_scan *s, unsigned char c)
{
    if (c == '-') {
        s->back = in_prolog;
        return go(s, in_bang_dash);
    }
    s->page = true;
    return c == 'D' ? go(s, in_doctype) : QUIT;
}

/* "/" before ">" makes an element without content: no place in it. */
static int in_tag(mss_scan *s, unsigned char c)
{
    if (c == '"' || c == '\'') {
        return quoted_in(s, c, in_tag);
    }
    if (c == '/' || c == '<') {
        return QUIT;
    }
    if (c != '>') {
        return PASS;
    }
    return s->head ? AFTER : go(s, in_prolog);
}

static int named(mss_scan *s, unsigned char c)
{
    s->head = s->root && !memcmp(s->word, "head", 4);
    if (!s->head && (s->root || memcmp(s->word, "html", 4) != 0)) {
        return QUIT;
    }
    s->page = s->root = true;
    s->step = in_tag;
    return in_tag(s, c);
}

/* Both names that matter have four letters. XML does not fold case. */
static int in_name(mss_scan *s, unsigned char c)
{
    if (ends_name(c)) {
        return s->length == 4 ? named(s, c) : QUIT;
    }
    if (s->length == 4) {
        return QUIT;
    }
    s->word[s->length++] = (char)c;
    return PASS;
}

static int in_open(mss_scan *s, unsigned char c)
{
    if (c == '!') {
        return go(s, in_bang);
    }
    if (c == '?') {
        return instruction_in(s, in_prolog);
    }
    s->length = 0;
    s->step = in_name;
    return in_name(s, c);
}

/* Before <html>, and between it and <head>. */
static int in_prolog(mss_scan *s, unsigned char c)
{
    if (c == '<') {
        return go(s, in_open);
    }
    return is_space(c) ? PASS : QUIT;
}

int mss_scan_xml_start(mss_scan *s, unsigned char c)
{
    s->step = in_prolog;
    return in_prolog(s, c);
}
