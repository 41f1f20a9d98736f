/* SPDX-License-Identifier: Apache-2.0 */

#include "cookies.h"

#include <string.h>
#include <strings.h>

#include "apr_lib.h"
#include "apr_strings.h"

#include "cookies_text.h"
#include "match.h"
#include "parse.h"

/* What PHP takes for one in a name. */
#define BLANK "+" MSS_COOKIES_SPACE

/* --- names ------------------------------------------------------------------------ */

/* Whether PHP takes it as it is. */
static bool is_plain(const char *name)
{
    return !strpbrk(name, ".[%" BLANK);
}

static int hex(char c)
{
    return mss_parse_hex((char)apr_tolower(c));
}

/* As much as counts of what PHP would make of a name. */
#define ROOM 256

/* The name that PHP would make of it, as far as there is room.
 * @return of an element ("name[x]") how long the array's own name is; else 0 */
static size_t mangle(char to[ROOM], const char *name)
{
    bool in_index = false;
    size_t array = 0;
    size_t n = 0;

    for (; *name && n < ROOM - 1; name++) {
        char c = *name;

        if (c == '%' && hex(name[1]) >= 0 && hex(name[2]) >= 0) {
            c = (char)(hex(name[1]) << 4 | hex(name[2]));
            name += 2;
        }
        if (n == 0 && c && strchr(BLANK, c)) {
            continue;
        }
        if (c == '[' && !in_index) {
            in_index = true;
            array = n;
        }
        if (c && strchr(".[" BLANK, c)) {
            c = '_';
        }
        to[n++] = c;
    }
    to[n] = '\0';
    return array;
}

/* Whether PHP would make of a pattern's name what it makes of another one.
 * @param array as mangle returns it */
static bool matches_mangled(const char *pattern, const char *mangled,
                            size_t array)
{
    char mangled_pattern[ROOM];

    if (!is_plain(pattern) || strlen(pattern) >= ROOM) {
        (void)mangle(mangled_pattern, pattern);
        pattern = mangled_pattern;
    }
    return mss_match_name(pattern, mangled)
           || (array > 0 && strlen(pattern) == array
               && strncasecmp(pattern, mangled, array) == 0);
}

bool mss_cookies_is_any(const apr_array_header_t *patterns, const char *name)
{
    const bool plain = is_plain(name);
    char mangled[ROOM];
    const size_t array = plain ? 0 : mangle(mangled, name);

    for (int i = 0; i < patterns->nelts; i++) {
        const char *pattern = APR_ARRAY_IDX(patterns, i, const char *);

        if (mss_match_name(pattern, name)
            || (!(plain && is_plain(pattern))
                && matches_mangled(pattern, plain ? name : mangled, array))) {
            return true;
        }
    }
    return false;
}

/* --- Cookie ----------------------------------------------------------------------- */

typedef struct {
    apr_pool_t *p;
    const apr_array_header_t *patterns;
    mss_cookies_keep *keep;
    void *data;
} sieve;

/* After what an application could see the start of a cookie in the midst of a
 * value. Other bytes than ASCII: blanks of Unicode among them. */
static bool could_part(char c)
{
    return c == ' ' || c == '"' || apr_iscntrl(c) || (unsigned char)c >= 0x80;
}

static const char *match(const sieve *s, const char *start, const char *end)
{
    const char *name = apr_pstrmemdup(s->p, start, (size_t)(end - start));

    return mss_cookies_is_any(s->patterns, name) ? name : NULL;
}

/* What stands in the cookie, from a byte that no name has to the next. */
typedef struct {
    const char *found; /* a name that matches, with a "=" to come */
    bool named;        /* there has been a name */
    bool in_value;
} reading;

/* Some applications take other bytes around a name for blanks, or for the end of what
 * stands before it; which ones differs. So before the first "=" any name counts,
 * and in the value the one before the next "=". */
static void read_name(const sieve *s, reading *in, const char *start,
                      const char *end)
{
    const bool begins = !in->in_value || could_part(start[-1]);
    const char *name = begins ? match(s, start, end) : NULL;

    if (name || in->in_value) {
        in->found = name;
    }
    in->named = true;
}

/* A cookie that matches, and is hidden in another one, or NULL. */
static const char *find_hidden(const sieve *s, const char *at, const char *end)
{
    reading in = {NULL, false, false};

    while (at < end) {
        const char *start = at;

        while (at < end && mss_cookies_is_token(*at)) {
            at++;
        }
        if (at > start) {
            read_name(s, &in, start, at);
        }
        else if (*at++ == '=') {
            if (in.found) {
                return in.found;
            }
            in.in_value = in.named;
        }
    }
    return NULL;
}

static bool stays(const sieve *s, const char *start, const char *end)
{
    const char *equals = memchr(start, '=', (size_t)(end - start));
    const char *name_end = equals ? equals : end;
    const char *value = equals ? equals + 1 : end;
    mss_cookies_pair pair = {
        mss_cookies_trim(s->p, start, (size_t)(name_end - start)), NULL};

    if (mss_cookies_is_any(s->patterns, pair.name)) {
        pair.value = mss_cookies_trim(s->p, value, (size_t)(end - value));
        return s->keep(s->data, &pair);
    }
    pair.name = find_hidden(s, start, end);
    if (pair.name) {
        (void)s->keep(s->data, &pair);
    }
    return !pair.name;
}

/* The end of a cookie that begins here: the next separator. */
static const char *end_of(const char *start)
{
    return start + strcspn(start, ";,");
}

/* The end of one that goes: with the whole of its quoted value, if the quotes
 * are closed somewhere. */
static const char *whole_end_of(const char *start, const char *end)
{
    const char *close = memchr(start, '=', (size_t)(end - start));

    if (!close) {
        return end;
    }
    close += 1 + strspn(close + 1, MSS_COOKIES_SPACE);
    if (*close != '"') {
        return end;
    }
    do {
        close = strchr(close + 1, '"');
    } while (close && close[-1] == '\\');
    return close && close >= end ? end_of(close) : end;
}

const char *mss_cookies_sift(apr_pool_t *p, const char *header,
                             const apr_array_header_t *patterns,
                             mss_cookies_keep *keep, void *data)
{
    const sieve s = {p, patterns, keep, data};
    char *out = apr_palloc(p, strlen(header) + 1);
    char *to = out;
    const char *at = header;
    bool all = true;

    while (*at) {
        /* A cookie, with the separator and the blanks before it. */
        const char *start = at + strspn(at, ";," MSS_COOKIES_SPACE);
        const char *end = end_of(start);

        if (stays(&s, start, end)) {
            const char *from = to == out && !all ? start : at;

            memcpy(to, from, (size_t)(end - from));
            to += end - from;
        }
        else {
            end = whole_end_of(start, end);
            all = false;
        }
        at = end;
    }
    *to = '\0';
    if (all) {
        return header;
    }
    return *out ? out : NULL;
}
