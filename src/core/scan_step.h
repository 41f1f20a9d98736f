/* SPDX-License-Identifier: Apache-2.0
 * Knows what the scanners of HTML and XHTML share.
 * For scan*.c alone. */

#ifndef MSS_SCAN_STEP_H
#define MSS_SCAN_STEP_H

#include "scan.h"

/* What a step answers about its byte. */
enum {
    PASS,   /* it and what was held can go */
    RUN,    /* so can all that follow, up to the next s->until */
    HOLD,   /* it cannot go yet */
    BEFORE, /* the place is before it and what is held */
    AFTER,  /* the place is after it */
    QUIT    /* there is no place */
};

static inline int go(mss_scan *s, mss_scan_step *next)
{
    s->step = next;
    return PASS;
}

/* Goes on, the state being what it is, at the speed of memchr. */
static inline int run(mss_scan *s, unsigned char until)
{
    s->until = until;
    return RUN;
}

/* What HTML calls ASCII whitespace; a superset of XML's. */
static inline bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static inline bool ends_name(unsigned char c)
{
    return is_space(c) || c == '/' || c == '>';
}

/** Inside quotes s->quote; goes on with s->back behind them. */
mss_scan_step mss_scan_quoted;

/** HTML outside of any tag. */
mss_scan_step mss_scan_data;

/** HTML between a tag's name and its end. A "=" begins a name here. */
mss_scan_step mss_scan_attributes;

/** XHTML, the first step. */
mss_scan_step mss_scan_xml_start;

#endif
