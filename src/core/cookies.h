/* SPDX-License-Identifier: Apache-2.0
 * Knows the grammar of Cookie and Set-Cookie, as browsers write and read them
 * and as applications do, which is not the same.
 * Must not know sessions, or which cookies are wanted. */

#ifndef MSS_COOKIES_H
#define MSS_COOKIES_H

#include <stdbool.h>

#include "apr_pools.h"
#include "apr_tables.h"
#include "apr_time.h"

/** One cookie of a request. */
typedef struct {
    const char *name;
    const char *value; /* quotes included, blanks around it not; NULL: it stands
                        * in the value of another cookie */
} mss_cookies_pair;

/** Whether a cookie whose name matches may stay. data is the caller's. */
typedef bool mss_cookies_keep(void *data, const mss_cookies_pair *pair);

/**
 * A Cookie header without those cookies that match a pattern and that keep
 * refuses. All other bytes stay as they are, but for one separator.
 *
 * Applications read the header in different ways; what any of them would take
 * for a cookie is one here. ";" and "," part cookies (httpd joins several lines
 * by ", "), in quotes too, since most applications take no notice of those.
 * A cookie that is hidden in the value of another one, behind a blank or a quote
 * (Python's SimpleCookie would find it), is shown to keep with a value of NULL;
 * unless it was matched itself, the other one goes whatever keep says. Names
 * are compared as mss_cookies_is_any does.
 *
 * @param patterns const char *, as of mss_match_name
 * @return header itself if nothing was taken out, a text in p, or NULL for none
 */
const char *mss_cookies_sift(apr_pool_t *p, const char *header,
                             const apr_array_header_t *patterns,
                             mss_cookies_keep *keep, void *data);

/** Whether a request's cookie could be one of the patterns'. PHP makes "_" of
 * ".", "[" and blanks in names, and decoded "%5f" up to 7.4.10; so such names
 * count as the name with "_", too, and as each other. */
bool mss_cookies_is_any(const apr_array_header_t *patterns, const char *name);

/** A Set-Cookie line, taken apart. */
typedef struct {
    const char *name;   /* "" where there is none: browsers take that */
    const char *value;  /* as the browser will send it */
    const char *path;   /* NULL: none that counts, so the browser's default */
    const char *domain; /* without the dot before it; NULL: this host alone */
    bool deletes;       /* it has no value, or is over at once */
} mss_cookies_set;

/** Takes a line apart as browsers do (RFC 6265, 5.2), into strings in p. */
mss_cookies_set mss_cookies_read(apr_pool_t *p, const char *line,
                                 apr_time_t now);

/**
 * A Set-Cookie line that makes a browser forget a cookie, in p.
 *
 * Names with the prefixes __Host- and __Secure- are taken with Secure alone,
 * and the first without a domain and for "/" only (RFC 6265bis, 4.1.3).
 *
 * @param name   a name that mss_cookies_can_name says yes to
 * @param domain NULL: this host
 */
const char *mss_cookies_forget(apr_pool_t *p, const char *name,
                               const char *path, const char *domain);

/** Whether browsers take a cookie of that name for the path "/" of one host
 * alone. */
bool mss_cookies_is_of_host(const char *name);

/** Whether a name can stand in a Set-Cookie: a token (RFC 9110, 5.6.2). */
bool mss_cookies_can_name(const char *name);

/** Whether a browser sends a cookie of that Path with a request (RFC 6265,
 * 5.1.4). */
bool mss_cookies_path_fits(const char *cookie_path, const char *path);

/** The Path of a cookie that was set without one, by an answer to a request for
 * path (RFC 6265, 5.1.4). In p. */
const char *mss_cookies_default_path(apr_pool_t *p, const char *path);

/** All that could be the Path of a cookie that came with a request for path:
 * each prefix, with the slash at its end and without. const char *, in p. At
 * most MSS_COOKIES_PREFIXES, shortest first. */
apr_array_header_t *mss_cookies_prefixes(apr_pool_t *p, const char *path);

#define MSS_COOKIES_PREFIXES 24

#endif
