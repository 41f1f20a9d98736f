/* SPDX-License-Identifier: Apache-2.0
 * Knows where in a page the client's element can go without changing anything
 * else of it. Must not know brigades, the element, or what comes after it. */

#ifndef MSS_SCAN_H
#define MSS_SCAN_H

#include <stdbool.h>

#include "apr.h"

/** No more bytes than these are ever undecided: "<frameset", "&NewLine;". */
#define MSS_SCAN_HELD 9

typedef enum {
    MSS_SCAN_HTML, /* text/html */
    MSS_SCAN_XHTML /* application/xhtml+xml: a parser that forgives nothing */
} mss_scan_syntax;

typedef enum {
    MSS_SCAN_MORE, /* not seen yet */
    MSS_SCAN_HERE, /* this is the place; do not feed again */
    MSS_SCAN_QUIT  /* no place in this document; do not feed again */
} mss_scan_result;

typedef struct mss_scan mss_scan;

/* What a byte does, given all before it; internal. */
typedef int mss_scan_step(mss_scan *s, unsigned char c);

/** The state between two buffers; no pointer into either. */
struct mss_scan {
    mss_scan_step *step; /* the tokenizer's state */
    mss_scan_step *back; /* the state behind a quoted value or a comment */
    apr_size_t held;     /* undecided bytes at the end of what was fed */
    unsigned length;     /* of word */
    char word[MSS_SCAN_HELD];
    char quote;          /* what ends a quoted value */
    unsigned char until; /* where a run of bytes ends that all do the same */
    int dashes;          /* at the end of a comment so far, at most 2 */
    bool end_tag;
    bool head; /* the tag in progress is <head> */
    bool root; /* <html> was seen */
    bool page; /* see mss_scan_is_page */
};

void mss_scan_init(mss_scan *s, mss_scan_syntax syntax);

/**
 * Reads on, in any chunking, from the first byte of the document.
 *
 * HTML: the place is directly after the first <head ...>, or directly before
 * the first thing that makes a parser create the head by itself, whichever
 * comes first; so a script element there is the head's first child and moves
 * no other node (https://html.spec.whatwg.org/#parsing). XHTML: directly after
 * <head ...> in <html ...>, else nowhere. UTF-16: nowhere.
 *
 * @param tail bytes counted back from the end of buf, possibly into buffers
 *             fed before. MORE: so many are undecided, the rest can go.
 *             HERE: the place is directly before them.
 *             At most MSS_SCAN_HELD of them lie in former buffers.
 */
mss_scan_result mss_scan_feed(mss_scan *s, const char *buf, apr_size_t n,
                              apr_size_t *tail);

/** Whether the document has shown, at or before the place, what fragments do
 * not have: a doctype, <html>, <head>, <body> or <frameset>. */
bool mss_scan_is_page(const mss_scan *s);

#endif
