/* SPDX-License-Identifier: Apache-2.0
 * Knows which paths and names belong to which patterns.
 * Must not know how they are compared. */

#include <stdlib.h>
#include <string.h>

#include "core/match.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

typedef struct {
    const char *pattern;
    const char *text;
    bool matches;
} match;

static const match paths[] = {
    {"/poll", "/poll", true},
    {"/poll", "/poll/", true},
    {"/poll", "/poll/now", true},
    {"/poll", "/pollute", false},
    {"/poll", "/poll.php", false},
    {"/poll", "/poll;jsessionid=1", true},
    {"/poll", "/poll?x", false},
    {"/poll", "/pol", false},
    {"/poll", "/Poll", false},
    {"/poll", "/app/poll", false},
    {"/poll", "", false},
    {"", "/", false},
    {"", "", false},
    {"/poll", "poll", false},
    {"/poll/", "/poll/", true},
    {"/poll/", "/poll/now", true},
    {"/poll/", "/poll", false},
    {"/poll/", "/pollute", false},
    {"/", "/", true},
    {"/", "/anything/at/all", true},
    {"/a/b", "/a/b/c", true},
    {"/a/b", "/a/bc", false},
    {"/a/b", "/a", false},
    {"/a.b", "/axb", false},
    {"/[ab]", "/a", false},
    {"/[ab]", "/[ab]", true},
    {"/\xC3\xA9t\xC3\xA9", "/\xC3\xA9t\xC3\xA9/x", true},

    {"*", "/", true},
    {"*", "/a/b", true},
    {"/*", "/a", true},
    {"/*", "/", true},
    {"/*", "", false},
    {"/poll*", "/poll", true},
    {"/poll*", "/pollute", true},
    {"/poll*", "/poll/now", true},
    {"/poll*", "/app/poll", false},
    {"*/poll", "/poll", true},
    {"*/poll", "/app/poll", true},
    {"*/poll", "/app/poll/now", true},
    {"*/poll", "/app/pollute", false},
    {"*/poll", "/app/pollute/poll", true},
    {"*/poll", "/app/apoll", false},
    {"*.gif", "/a/b.gif", true},
    {"*.gif", "/a.gif/b", true},
    {"*.gif", "/a.gifs", false},
    {"*.gif", "/.gif", true},
    {"*.gif", "/gif", false},
    {"/api/*/status", "/api/x/status", true},
    {"/api/*/status", "/api/x/y/status", true},
    {"/api/*/status", "/api/x/status/more", true},
    {"/api/*/status", "/api/x/statusquo", false},
    {"/api/*/status", "/api/x/statusquo/status", true},
    {"/api/*/status", "/api/status", false},
    {"/api/*/status", "/api//status", true},
    {"/api/*/", "/api/x/", true},
    {"/api/*/", "/api/x/y", true},
    {"/api/*/", "/api/x", false},
    {"/v?/", "/v1/x", true},
    {"/v?/", "/v1", false},
    {"/a**b", "/ab", true},
    {"/a**b", "/axxb", true},
    {"/a?", "/ab", true},
    {"/a?", "/ab/c", true},
    {"/a?", "/a", false},
    {"/a?", "/a/", false},
    {"/a?", "/abc", false},
    {"/a?c", "/a/c", false},
    {"/a?c", "/abc", true},
    {"/??", "/ab", true},
    {"/??", "/a", false},
    {"/*?", "/", false},
    {"/*?", "/a", true},
    {"/?*", "/a", true},
    {"/?*", "/", false},
    {"/a*", "/A", false},
    {"/a*c/d", "/abc/d", true},
    {"/a*c/d", "/abcc/d/e", true},
    {"/a*c/d", "/abc/de", false},
};

static bool in_exact_blocks(bool (*fn)(const char *, const char *),
                            const match *m)
{
    char *pattern = mss_exact(m->pattern, strlen(m->pattern) + 1);
    char *text = mss_exact(m->text, strlen(m->text) + 1);
    const bool is = fn(pattern, text);

    free(pattern);
    free(text);
    return is;
}

START_TEST(a_path)
{
    const match *m = &paths[_i];

    ck_assert_msg(in_exact_blocks(mss_match_path, m) == m->matches, "%s: %s",
                  m->pattern, m->text);
}
END_TEST

static const match names[] = {
    {"JSESSIONID", "JSESSIONID", true},
    {"JSESSIONID", "jsessionid", true},
    {"JSESSIONID", "JSESSIONID2", false},
    {"JSESSIONID", "JSESSION", false},
    {"JSESSIONID", "", false},
    {"SESS*", "SESS", true},
    {"SESS*", "SESSabc", true},
    {"SESS*", "SES", false},
    {"SESS*", "sessABC", true},
    {"SESS*", "xSESS", false},
    {"S*S", "SxS", false},
    {"S*S", "S*S", true},
    {"S?", "Sx", false},
    {"*", "", true},
    {"*", "a", true},
    {"", "", true},
    {"", "a", false},
};

START_TEST(a_name)
{
    const match *m = &names[_i];

    ck_assert_msg(in_exact_blocks(mss_match_name, m) == m->matches, "%s: %s",
                  m->pattern, m->text);
}
END_TEST

#define LENGTH 1000

/* n times unit, then end; to be freed. */
static char *repeat(const char *unit, size_t n, const char *end)
{
    const size_t size = strlen(unit);
    char *text = malloc(n * size + strlen(end) + 1);
    size_t i;

    for (i = 0; i < n; i++) {
        memcpy(text + i * size, unit, size);
    }
    memcpy(text + n * size, end, strlen(end) + 1);
    return text;
}

/* A walk that tries every way to share a text among the stars would not come
 * to an end before the machine does. */
static const struct {
    const char *unit;
    const char *end;
    const char *path;
    const char *path_end;
    bool matches;
} pathological[] = {
    {"*a", "b", "a", "", false},   {"*a", "*b", "a", "", false},
    {"a*", "b", "a", "", false},   {"*", "b", "a", "", false},
    {"*?", "/b", "a", "", false},  {"*a", "*", "aa", "", true},
    {"*?", "b", "aa", "b", true},  {"*", "", "a", "", true},
    {"*a*", "b", "a", "b", true},  {"*aa", "b", "a", "", false},
    {"*/a", "/b", "/", "", false},
};

START_TEST(pathological_patterns)
{
    char *pattern =
        repeat(pathological[_i].unit, LENGTH / strlen(pathological[_i].unit),
               pathological[_i].end);
    char *path =
        repeat(pathological[_i].path, LENGTH, pathological[_i].path_end);

    ck_assert(mss_match_path(pattern, path) == pathological[_i].matches);
    free(pattern);
    free(path);
}
END_TEST

Suite *mss_suite_match(void)
{
    Suite *suite = suite_create("match");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, a_path, 0, COUNT(paths));
    tcase_add_loop_test(tc, a_name, 0, COUNT(names));
    tcase_add_loop_test(tc, pathological_patterns, 0, COUNT(pathological));
    suite_add_tcase(suite, tc);
    return suite;
}
