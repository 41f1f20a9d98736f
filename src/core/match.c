/* SPDX-License-Identifier: Apache-2.0 */

#include "match.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Whether a pattern that has matched all before end does so at a boundary. A
 * semicolon is one: applications put the session's id behind it. */
static bool at_boundary(const char *end, const char *pattern_end)
{
    return !*end || *end == '/' || *end == ';' || pattern_end[-1] == '/';
}

/* The classic walk with one point to come back to: no recursion, so a hostile
 * path costs at most pattern times path. */
static bool glob(const char *pattern, const char *path)
{
    const char *star = NULL;
    const char *retry = NULL;

    while (*path) {
        if (!*pattern && at_boundary(path, pattern)) {
            return true;
        }
        if (*pattern == '*') {
            star = ++pattern;
            retry = path;
        }
        else if (*pattern == *path || (*pattern == '?' && *path != '/')) {
            pattern++;
            path++;
        }
        else if (star) {
            pattern = star;
            path = ++retry;
        }
        else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return !*pattern;
}

bool mss_match_path(const char *pattern, const char *path)
{
    size_t n = strlen(pattern);

    if (strpbrk(pattern, "*?")) {
        return glob(pattern, path);
    }
    return n > 0 && strncmp(pattern, path, n) == 0
           && at_boundary(path + n, pattern + n);
}

bool mss_match_name(const char *pattern, const char *name)
{
    size_t n = strlen(pattern);

    if (n > 0 && pattern[n - 1] == '*') {
        return strncasecmp(pattern, name, n - 1) == 0;
    }
    return strcasecmp(pattern, name) == 0;
}
