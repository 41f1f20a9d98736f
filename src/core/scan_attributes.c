/* SPDX-License-Identifier: Apache-2.0
 * Knows HTML's tokenizer between the name and the end of a tag (scan.h).
 * Must not know brigades or the element. */

#include "scan.h"

#include "scan_step.h"

static mss_scan_step in_value_start;

static int tag_ends(mss_scan *s)
{
    return s->head ? AFTER : go(s, mss_scan_data);
}

int mss_scan_quoted(mss_scan *s, unsigned char c)
{
    const unsigned char quote = (unsigned char)s->quote;

    return c == quote ? go(s, s->back) : run(s, quote);
}

static int in_unquoted(mss_scan *s, unsigned char c)
{
    if (c == '>') {
        return tag_ends(s);
    }
    return is_space(c) ? go(s, mss_scan_attributes) : PASS;
}

static int after_attribute_name(mss_scan *s, unsigned char c)
{
    if (c == '=') {
        return go(s, in_value_start);
    }
    if (is_space(c)) {
        return PASS;
    }
    return mss_scan_attributes(s, c);
}

static int in_attribute_name(mss_scan *s, unsigned char c)
{
    if (c != '=' && !ends_name(c)) {
        return PASS;
    }
    s->step = after_attribute_name;
    return after_attribute_name(s, c);
}

static int in_value_start(mss_scan *s, unsigned char c)
{
    if (is_space(c)) {
        return PASS;
    }
    if (c == '"' || c == '\'') {
        s->quote = (char)c;
        s->back = mss_scan_attributes;
        return go(s, mss_scan_quoted);
    }
    s->step = in_unquoted;
    return in_unquoted(s, c);
}

/* Before a name, behind a quoted value, behind a "/". A "=" begins a name. */
int mss_scan_attributes(mss_scan *s, unsigned char c)
{
    if (c == '>') {
        return tag_ends(s);
    }
    return go(s, ends_name(c) ? mss_scan_attributes : in_attribute_name);
}
