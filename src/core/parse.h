/* SPDX-License-Identifier: Apache-2.0
 * Knows how to read numbers that strangers wrote: strictly, or not at all.
 * Must not know what they are for. */

#ifndef MSS_PARSE_H
#define MSS_PARSE_H

#include <stdbool.h>

#include "apr_time.h"

#include "clock.h"

/** The shortest and the longest time that a directive takes. */
#define MSS_TIME_MIN apr_time_from_sec(1)
#define MSS_TIME_MAX apr_time_from_sec(30 * 24 * 60 * 60)

/**
 * Why a directive's time cannot be taken, or NULL.
 *
 * ap_timeout_parameter_parse (server/util.c) does the arithmetic, but takes the
 * empty string for 0, any word that begins like a unit for one, and in older
 * versions lets large numbers overflow.
 *
 * @param text    as written
 * @param read    whether ap_timeout_parameter_parse accepted it
 * @param parsed  what it made of it, microseconds
 * @return the end of a sentence that begins with what was written
 */
const char *mss_parse_time_fault(const char *text, bool read,
                                 apr_interval_time_t parsed);

/**
 * The idleFor of a ping, from the query string, NULL allowed.
 *
 * The last idleFor counts. It must be a decimal integer, digits after an
 * optional minus, else there is none; what is negative counts as 0, what is
 * too large as INT64_MAX. Nothing is decoded: digits need no escapes.
 *
 * @return seconds >= 0, or MSS_IDLE_UNKNOWN
 */
apr_int64_t mss_parse_idle_for(const char *query);

/** The last value of a parameter in a query string, not decoded.
 * @return its start, with its length in *n, or NULL */
const char *mss_parse_parameter(const char *query, const char *name,
                                apr_size_t *n);

/** The value of a hexadecimal digit, lower case only, or -1. */
int mss_parse_hex(char c);

/** A decimal number without a sign, in microseconds for the milliseconds that
 * are written; nothing else, and not longer than MSS_TIME_MAX. */
bool mss_parse_milliseconds(const char *text, apr_size_t n,
                            apr_interval_time_t *time);

#endif
