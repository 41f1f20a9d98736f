/* SPDX-License-Identifier: Apache-2.0 */

#include "cookies.h"

#include <string.h>
#include <strings.h>

#include "apr_date.h"
#include "apr_lib.h"
#include "apr_strings.h"

#include "cookies_text.h"

bool mss_cookies_is_token(char c)
{
    return apr_isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

const char *mss_cookies_trim(apr_pool_t *p, const char *text, size_t n)
{
    while (n > 0 && strchr(MSS_COOKIES_SPACE, *text)) {
        text++;
        n--;
    }
    while (n > 0 && strchr(MSS_COOKIES_SPACE, text[n - 1])) {
        n--;
    }
    return apr_pstrmemdup(p, text, n);
}

bool mss_cookies_can_name(const char *name)
{
    const char *c = name;

    while (mss_cookies_is_token(*c)) {
        c++;
    }
    return *name && !*c;
}

/* --- Set-Cookie ------------------------------------------------------------------- */

/* Browsers take no notice of a date or a number that they cannot read. Old
 * programs write "01-Jan-1970", which apr does not know; and of the epoch itself
 * it says the same as of what it cannot read. */
static bool is_past(apr_pool_t *p, const char *date, apr_time_t now)
{
    apr_time_t t = apr_date_parse_http(date);
    char *copy = apr_pstrdup(p, date);
    char *dash;

    while ((dash = strchr(copy, '-'))) {
        *dash = ' ';
    }
    if (t == APR_DATE_BAD) {
        t = apr_date_parse_rfc(copy);
    }
    return t == APR_DATE_BAD ? strstr(copy, "Jan 1970 00:00:00")
                                   || strstr(copy, "Jan 70 00:00:00")
                             : t <= now;
}

typedef struct {
    apr_pool_t *p;
    apr_time_t now;
    bool has_max_age;
    bool over; /* by Max-Age */
    bool past; /* by Expires */
} ages;

/* Of each the last counts, and Max-Age before Expires. */
static void read_attribute(const char *name, const char *value,
                           mss_cookies_set *set, ages *a)
{
    if (strcasecmp(name, "Path") == 0) {
        set->path = *value == '/' ? value : NULL;
    }
    else if (strcasecmp(name, "Domain") == 0) {
        value += *value == '.';
        set->domain = *value ? value : NULL;
    }
    else if (strcasecmp(name, "Max-Age") == 0
             && (apr_isdigit(*value) || *value == '-')) {
        a->has_max_age = true;
        a->over = *value == '-' || strspn(value, "0") == strlen(value);
    }
    else if (strcasecmp(name, "Expires") == 0) {
        a->past = is_past(a->p, value, a->now);
    }
}

/* "name=value" up to n, or the one that is there. */
static const char *split(apr_pool_t *p, const char *text, size_t n,
                         const char **value)
{
    const char *equals = memchr(text, '=', n);
    const char *after = equals ? equals + 1 : text + n;

    *value = mss_cookies_trim(p, after, (size_t)(text + n - after));
    return mss_cookies_trim(p, text, equals ? (size_t)(equals - text) : n);
}

mss_cookies_set mss_cookies_read(apr_pool_t *p, const char *line,
                                 apr_time_t now)
{
    mss_cookies_set set = {.name = ""};
    ages a = {.p = p, .now = now};
    size_t n = strcspn(line, ";");

    if (memchr(line, '=', n)) {
        set.name = split(p, line, n, &set.value);
    }
    else {
        set.value = mss_cookies_trim(p, line, n);
    }
    while (line[n]) {
        const char *value;
        const char *name;

        line += n + 1;
        n = strcspn(line, ";");
        name = split(p, line, n, &value);
        read_attribute(name, value, &set, &a);
    }
    set.deletes = !*set.value || (a.has_max_age ? a.over : a.past);
    return set;
}

#define HOST "__Host-"
#define SECURE "__Secure-"

static bool has_prefix(const char *name, const char *prefix)
{
    /* Browsers have come to take them in any case of letters. */
    return strncasecmp(name, prefix, strlen(prefix)) == 0;
}

bool mss_cookies_is_of_host(const char *name)
{
    return has_prefix(name, HOST);
}

const char *mss_cookies_forget(apr_pool_t *p, const char *name,
                               const char *path, const char *domain)
{
    const bool host = mss_cookies_is_of_host(name);
    const bool secure = host || has_prefix(name, SECURE);

    return apr_pstrcat(p, name, "=; Path=", host ? "/" : path,
                       domain && !host ? "; Domain=" : "",
                       domain && !host ? domain : "",
                       "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                       secure ? "; Secure" : "", NULL);
}

/* --- Path ------------------------------------------------------------------------- */

bool mss_cookies_path_fits(const char *cookie_path, const char *path)
{
    const size_t n = strlen(cookie_path);

    return n > 0 && strncmp(cookie_path, path, n) == 0
           && (!path[n] || path[n] == '/' || cookie_path[n - 1] == '/');
}

const char *mss_cookies_default_path(apr_pool_t *p, const char *path)
{
    const char *last = strrchr(path, '/');

    return *path != '/' || last == path
               ? "/"
               : apr_pstrmemdup(p, path, (size_t)(last - path));
}

/* Whether a path can stand in a Set-Cookie: no separator, no other bytes. */
static bool can_stand(const char *path, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (path[i] == ';' || path[i] <= ' ' || path[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static void add_prefix(apr_pool_t *p, apr_array_header_t *all, const char *path,
                       size_t n)
{
    if (all->nelts < MSS_COOKIES_PREFIXES && can_stand(path, n)) {
        APR_ARRAY_PUSH(all, const char *) = apr_pstrmemdup(p, path, n);
    }
}

apr_array_header_t *mss_cookies_prefixes(apr_pool_t *p, const char *path)
{
    apr_array_header_t *all =
        apr_array_make(p, MSS_COOKIES_PREFIXES, sizeof(char *));
    size_t n;

    if (*path != '/') {
        path = "/";
    }
    add_prefix(p, all, path, 1);
    for (n = 1; path[n]; n++) {
        if (path[n] == '/') {
            add_prefix(p, all, path, n);
            add_prefix(p, all, path, n + 1);
        }
    }
    if (n > 1 && path[n - 1] != '/') {
        add_prefix(p, all, path, n);
    }
    return all;
}
