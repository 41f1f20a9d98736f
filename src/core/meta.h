/* SPDX-License-Identifier: Apache-2.0
 * Knows how <meta> elements are found at the beginning of a page, as browsers
 * find that of its encoding before they parse it, and that for Internet
 * Explorer's document mode. Must not know encodings or where the element goes. */

#ifndef MSS_META_H
#define MSS_META_H

#include <stdbool.h>

#include "apr.h"

/** Bytes of the page. */
typedef struct {
    const char *text;
    apr_size_t length;
} mss_piece;

/** The bytes that are left. */
typedef struct {
    const char *at;
    const char *end;
} mss_cursor;

/** Its attributes; of several with one name the first. text is NULL for one that
 * is not there. */
typedef struct {
    mss_piece charset;
    mss_piece pragma; /* http-equiv */
    mss_piece content;
} mss_meta;

/** Goes on behind the next whole <meta>, by the prescan of browsers:
 * https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding
 * @return false: there is none */
bool mss_meta_next(mss_cursor *c, mss_meta *found);

/**
 * The value of <meta http-equiv=X-UA-Compatible>, where Internet Explorer goes
 * by it: before all elements but <title> and others of its kind.
 * https://learn.microsoft.com/en-us/previous-versions/windows/internet-explorer/ie-developer/compatibility/jj676915(v=vs.85)
 *
 * @return whether there is one within n bytes, with nothing in it that a header
 * could not have
 */
bool mss_meta_compatible(const char *buf, apr_size_t n, mss_piece *value);

/* --- the grammar, for what is in a content attribute ------------------------------ */

/** Whether s is that word; ASCII letters' case does not count. */
bool mss_meta_is(mss_piece s, const char *word);

static inline bool mss_meta_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static inline bool mss_meta_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void mss_meta_skip_space(mss_cursor *c);

/** What follows "=": quoted, or up to whitespace or stop. */
mss_piece mss_meta_value(mss_cursor *c, char stop);

#endif
