/* SPDX-License-Identifier: Apache-2.0 */

#include "header.h"

#include <string.h>
#include <strings.h>

#include "apr_strings.h"

#define SPACE " \t"

/* The next element of a comma separated list, with the space around it taken
 * off. A comma in quotes does not part. @return NULL at the end */
static const char *next(const char **list, size_t *n)
{
    const char *start = *list + strspn(*list, SPACE ",");
    const char *end = start;
    bool quoted = false;

    for (; *end && (quoted || *end != ','); end++) {
        if (*end == '\\' && quoted && end[1]) {
            end++;
        }
        else if (*end == '"') {
            quoted = !quoted;
        }
    }
    *list = end;
    while (end > start && strchr(SPACE, end[-1])) {
        end--;
    }
    *n = (size_t)(end - start);
    return *start ? start : NULL;
}

/* Whether an element's name, before "=" or ";", is that word. */
static bool named(const char *element, size_t n, const char *word)
{
    size_t length = strcspn(element, "=;" SPACE);

    return (length < n ? length : n) == strlen(word)
           && strncasecmp(element, word, strlen(word)) == 0;
}

/* What lets a shared cache keep a response; the last one makes caches pass
 * over the no-store that stands with it. */
static bool is_for_sharing(const char *element, size_t n)
{
    return named(element, n, "public") || named(element, n, "s-maxage")
           || named(element, n, "must-understand");
}

const char *mss_header_private(apr_pool_t *p, const char *cache_control)
{
    const char *kept = NULL;
    const char *element;
    bool is_private = false;
    size_t n;

    if (strcmp(cache_control, MSS_HEADER_USUAL) == 0) {
        return cache_control;
    }
    while ((element = next(&cache_control, &n))) {
        if (is_for_sharing(element, n)) {
            continue;
        }
        /* private="Set-Cookie" says it of a header, not of the response. */
        is_private = is_private || named(element, n, "no-store")
                     || (named(element, n, "private") && n == 7);
        element = apr_pstrmemdup(p, element, n);
        kept = kept ? apr_pstrcat(p, kept, ", ", element, NULL) : element;
    }
    if (is_private) {
        return kept;
    }
    /* In front: a quote that is never closed would swallow it. */
    return kept ? apr_pstrcat(p, "private, ", kept, NULL) : "private";
}

/* In each answer, so by length and last letter before names are compared. */
bool mss_header_is_targeted(const char *name)
{
    static const char suffix[] = "-Cache-Control";
    const size_t n = strlen(name), length = sizeof(suffix) - 1;

    if (n < 12 || n == 13) {
        return false;
    }
    if ((name[n - 1] | 0x20) == 'l') {
        return (n > length && name[n - length] == '-'
                && !strcasecmp(name + n - length, suffix))
               || (n == 17 && !strcasecmp(name, "Surrogate-Control"))
               || (n == 12 && !strcasecmp(name, "Edge-Control"));
    }
    return n == 15 && (name[3] | 0x20) == 'c'
           && !strcasecmp(name, "X-Accel-Expires");
}

/* Whether an element carries a weight of zero: it is refused. */
static bool is_refused(const char *element, size_t n)
{
    const char *q = memchr(element, ';', n);

    if (!q) {
        return false;
    }
    q += 1 + strspn(q + 1, SPACE);
    if (strncasecmp(q, "q=0", 3) != 0) {
        return false;
    }
    q += 3;
    return strspn(q, ".0") == strcspn(q, "," SPACE);
}

bool mss_header_accepts_gzip(const char *accept_encoding)
{
    bool any = false;
    const char *element;
    size_t n;

    if (accept_encoding && strncmp(accept_encoding, "gzip,", 5) == 0) {
        return true; /* as browsers say it */
    }
    while (accept_encoding && (element = next(&accept_encoding, &n))) {
        if (named(element, n, "gzip") || named(element, n, "x-gzip")) {
            return !is_refused(element, n);
        }
        any = any || (named(element, n, "*") && !is_refused(element, n));
    }
    return any;
}

/* The length of the port at the end of a host if it is that of url's scheme. */
static size_t default_port(const char *url, const char *host, size_t n)
{
    const char *port = strncasecmp(url, "https:", 6) == 0  ? ":443"
                       : strncasecmp(url, "http:", 5) == 0 ? ":80"
                                                           : "";
    const size_t length = strlen(port);

    return n > length && strcmp(host + n - length, port) == 0 ? length : 0;
}

static bool begins_with(const char *authority, const char *host, size_t n)
{
    return strncasecmp(authority, host, n) == 0
           && (!authority[n] || authority[n] == '/');
}

/* Browsers leave a port out that goes without saying; some proxies write it. */
bool mss_header_is_host(const char *url, const char *host)
{
    const char *at = strstr(url, "://");
    const size_t n = strlen(host);

    if (!at || n == 0) {
        return false;
    }
    at += 3;
    return begins_with(at, host, n)
           || begins_with(at, host, n - default_port(url, host, n));
}
