/* SPDX-License-Identifier: Apache-2.0
 * Knows what of a Cookie header reaches an application, and what a browser makes
 * of a Set-Cookie. Must not know how they are taken apart. */

#include <stdlib.h>
#include <string.h>

#include "apr_strings.h"

#include "core/cookies.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static apr_array_header_t *patterns_of(const char *one, const char *two)
{
    apr_array_header_t *all = apr_array_make(mss_pool, 2, sizeof(char *));

    APR_ARRAY_PUSH(all, const char *) = one;
    APR_ARRAY_PUSH(all, const char *) = two;
    return all;
}

/* --- Cookie ----------------------------------------------------------------------- */

/* Values that begin with "good" stay; what is asked about goes to the log. */
static bool keep_good(void *data, const mss_cookies_pair *pair)
{
    char **log = data;

    *log = apr_pstrcat(mss_pool, *log, pair->name, "=",
                       pair->value ? pair->value : "(hidden)", "|", NULL);
    return pair->value
           && (!strncmp(pair->value, "good", 4)
               || !strncmp(pair->value, "\"good", 5));
}

static const struct {
    const char *header;
    const char *kept; /* NULL: nothing */
    const char *asked;
} headers[] = {
    {"a=1", "a=1", ""},
    {"", "", ""},
    {"J=x", NULL, "J=x|"},
    {"J=good", "J=good", "J=good|"},
    {"a=1; J=x", "a=1", "J=x|"},
    {"J=x; a=1", "a=1", "J=x|"},
    {"a=1; J=x; b=2", "a=1; b=2", "J=x|"},
    {"a=1;J=x;b=2", "a=1;b=2", "J=x|"},
    {"a=1, J=x, b=2", "a=1, b=2", "J=x|"},
    {"a=1,J=x", "a=1", "J=x|"},
    {"J=x; J=good; J=y", "J=good", "J=x|J=good|J=y|"},
    {" a=1 ; J=x ;; b=2; ", " a=1 ;; b=2; ", "J=x|"},
    {"j=x", NULL, "j=x|"},
    {"JJ=x", "JJ=x", ""},
    {"J", NULL, "J=|"},
    {"J=", NULL, "J=|"},
    {"=J", "=J", ""},
    {"=J=x; b=2", "b=2", "J=(hidden)|"},
    {"==J=x", NULL, "J=(hidden)|"},
    {"a=J=x", "a=J=x", ""},
    {" J =\tx ", NULL, "J=x|"},
    {"S_1=x; S_good=good", "S_good=good", "S_1=x|S_good=good|"},
    {"J=good=with=equals", "J=good=with=equals", "J=good=with=equals|"},
    /* Quotes: most applications take no notice of them, some do. */
    {"J=\"good\"", "J=\"good\"", "J=\"good\"|"},
    {"b=2, J=\"q;uoted\"", "b=2", "J=\"q|"},
    {"J=\"q;uo,ted\"; b=2", "b=2", "J=\"q|"},
    {"J=\"q\\\";u\"; b=2", "b=2", "J=\"q\\\"|"},
    {"J=\"open; b=2", "b=2", "J=\"open|"},
    {"J=x\"; b=\"2\"", "b=\"2\"", "J=x\"|"},
    {"a=\"1; J=x; 2\"", "a=\"1; 2\"", "J=x|"},
    {"$Version=1; J=x; $Path=/", "$Version=1; $Path=/", "J=x|"},
    /* SimpleCookie of Python parts at blanks. */
    {"a=1 J=x", NULL, "J=(hidden)|"},
    {"a=1 J=good; b=2", "b=2", "J=(hidden)|"},
    {"a=\"1\"J=x; b=2", "b=2", "J=(hidden)|"},
    {"a J=x", NULL, "J=(hidden)|"},
    {"a=\xC2\xA0J=x", NULL, "J=(hidden)|"},
    {"\xC2\xA0J=x; b=2", "b=2", "J=(hidden)|"},
    {"a=J", "a=J", ""},
    {"a=x J b=1", "a=x J b=1", ""},
    {"J=good J=x", "J=good J=x", "J=good J=x|"},
    /* Django and others take off what Unicode calls blank, and Tomcat what separates
     * tokens. */
    {"J\xC2\xA0=x; b=2", "b=2", "J=(hidden)|"},
    {"J\xA0=good; b=2", "b=2", "J=(hidden)|"},
    {"J\xC2\x85=x", NULL, "J=(hidden)|"},
    {"\xE3\x80\x80J\xE3\x80\x80=x", NULL, "J=(hidden)|"},
    {"J\x1C=x", NULL, "J=(hidden)|"},
    {"(J=x; {J=x; J]=x; b=2", "b=2", "J=(hidden)|J=(hidden)|J=(hidden)|"},
    {"\"J\"=x", NULL, "J=(hidden)|"},
    {"a/J=x", NULL, "J=(hidden)|"},
    {"a?J=x", NULL, "J=(hidden)|"},
    {"J a=x", NULL, "J=(hidden)|"},
    {"(=J=x", NULL, "J=(hidden)|"},
    {"a=1 J\xC2\xA0=x", NULL, "J=(hidden)|"},
    {"a=1 J \" =x", NULL, "J=(hidden)|"},
    {"(S_1=x", NULL, "S_1=(hidden)|"},
    {"a=/J=1", "a=/J=1", ""},
    {"a=1&J=x", "a=1&J=x", ""},
    {"(JJ=x; aJ\xC2\xA0=x", "(JJ=x; aJ\xC2\xA0=x", ""},
    {"J\xC2\xA0", "J\xC2\xA0", ""},
    /* PHP makes these the names S_1. */
    {"S.1=x", NULL, "S.1=x|"},
    {"S 1=x", NULL, "S 1=x|"},
    {"S[1=x", NULL, "S[1=x|"},
    {"S%5f1=x", NULL, "S%5f1=x|"},
    {"%4A=x", NULL, "%4A=x|"},
    /* It takes off blanks before a name, and decoded them first up to 7.4.10. */
    {"+J=x", NULL, "+J=x|"},
    {"%20%20J=x", NULL, "%20%20J=x|"},
    /* An array of that name. */
    {"J[a]=x; J[b]=good", "J[b]=good", "J[a]=x|J[b]=good|"},
    {"J%5Ba%5D=x", NULL, "J%5Ba%5D=x|"},
    {"J[a][b]=x", NULL, "J[a][b]=x|"},
    {"JJ[a]=x", "JJ[a]=x", ""},
    {"%4=x", "%4=x", ""},
    {"J%", "J%", ""},
};

/* And in a pattern: what it is to PHP, it is with other letters, too. */
START_TEST(names_that_are_one_to_php)
{
    static const struct {
        const char *name;
        bool is_one;
    } names[] = {
        {"re.member", true},   {"re_member", true},    {"re member", true},
        {"re%2emember", true}, {"RE_MEMBER", true},    {"remember", false},
        {"re-member", false},  {".S", true},           {"_S1", true},
        {"S1", false},         {"re.member[0]", true},
    };

    for (int i = 0; i < COUNT(names); i++) {
        ck_assert_msg(
            mss_cookies_is_any(patterns_of("re.member", ".S*"), names[i].name)
                == names[i].is_one,
            "%s", names[i].name);
    }
}
END_TEST

START_TEST(a_header)
{
    const apr_array_header_t *patterns = patterns_of("J", "S_*");
    char *text = mss_exact(headers[_i].header, strlen(headers[_i].header) + 1);
    char *asked = apr_pstrdup(mss_pool, "");
    const char *kept =
        mss_cookies_sift(mss_pool, text, patterns, keep_good, &asked);

    ck_assert_pstr_eq(kept, headers[_i].kept);
    ck_assert_str_eq(asked, headers[_i].asked);
    if (kept && !strcmp(kept, headers[_i].header)) {
        ck_assert_ptr_eq(kept, text);
    }
    free(text);
}
END_TEST

/* As many blanks as there are before the name; of a longer name, what there is room
 * for. */
START_TEST(a_long_name)
{
    char text[1000] = "S.";

    memset(text + 2, 'a', sizeof(text) - 3);
    ck_assert(mss_cookies_is_any(patterns_of("J", "S_*"), text));
    *text = 'J';
    ck_assert(!mss_cookies_is_any(patterns_of("J", "S_*"), text));
    *text = '\0';
    for (int i = 0; i < 300; i++) {
        strcat(text, "%20");
    }
    strcat(text, "J");
    ck_assert(mss_cookies_is_any(patterns_of("J", "S_*"), text));
    strcat(text, "J");
    ck_assert(!mss_cookies_is_any(patterns_of("J", "S_*"), text));
}
END_TEST

/* In any order of bytes, in time that grows with their number alone. */
START_TEST(a_header_of_blanks)
{
    static const char bytes[] = {' ', '"', '=', '\xA0', 'a'};
    const size_t n = 1000000;
    char *text = malloc(n + 1);
    char *asked = apr_pstrdup(mss_pool, "");

    for (int i = 0; i < COUNT(bytes); i++) {
        memset(text, bytes[i], n);
        memcpy(text, "a=", 2);
        text[n] = '\0';
        ck_assert_ptr_eq(mss_cookies_sift(mss_pool, text,
                                          patterns_of("J", "S_*"), keep_good,
                                          &asked),
                         text);
    }
    ck_assert_str_eq(asked, "");
    free(text);
}
END_TEST

START_TEST(a_long_header)
{
    const size_t n = 100000;
    char *text = malloc(n + 1);
    char *asked = apr_pstrdup(mss_pool, "");

    memset(text, '"', n);
    memcpy(text, "J=x;", 4);
    text[n] = '\0';
    ck_assert_ptr_ne(mss_cookies_sift(mss_pool, text, patterns_of("J", "S_*"),
                                      keep_good, &asked),
                     text);
    ck_assert_str_eq(asked, "J=x|");
    free(text);
}
END_TEST

static bool keep_none(void *data, const mss_cookies_pair *pair)
{
    (void)data;
    return !pair->name;
}

/* Each of which goes: a walk from each to the end would take minutes. */
START_TEST(a_header_of_what_goes)
{
    static const char *const cookies[] = {"J;", "J=\"\\\";", "J=\""};
    const size_t n = 2000000;
    char *text = malloc(n + 1);

    for (int i = 0; i < COUNT(cookies); i++) {
        const size_t length = strlen(cookies[i]);

        for (size_t at = 0; at < n; at++) {
            text[at] = cookies[i][at % length];
        }
        text[n] = '\0';
        ck_assert_ptr_null(mss_cookies_sift(
            mss_pool, text, patterns_of("J", "S_*"), keep_none, NULL));
    }
    free(text);
}
END_TEST

/* --- Set-Cookie ------------------------------------------------------------------- */

#define NOW apr_time_from_sec(1000000000) /* in 2001 */

static const struct {
    const char *line;
    const char *name;
    const char *value;
    const char *path;
    const char *domain;
    bool deletes;
} lines[] = {
    {"J=1", "J", "1", NULL, NULL, false},
    {" J = 1 ; Path = /a ", "J", "1", "/a", NULL, false},
    {"J=\"a b\"; path=/a/; HttpOnly", "J", "\"a b\"", "/a/", NULL, false},
    {"J=\"a;b\"", "J", "\"a", NULL, NULL, false},
    {"J=1; Path=a", "J", "1", NULL, NULL, false},
    {"J=1; Path=/a; Path=/b", "J", "1", "/b", NULL, false},
    {"J=1; Path", "J", "1", NULL, NULL, false},
    {"J=1; Domain=.Example.com", "J", "1", NULL, "Example.com", false},
    {"J=1; domain=example.com;", "J", "1", NULL, "example.com", false},
    {"J=1; Domain=", "J", "1", NULL, NULL, false},
    {"J=a=b; Secure", "J", "a=b", NULL, NULL, false},
    {"just this", "", "just this", NULL, NULL, false},
    {"=x", "", "x", NULL, NULL, false},
    {"", "", "", NULL, NULL, true},
    {"J=", "J", "", NULL, NULL, true},
    {"J=; Path=/", "J", "", "/", NULL, true},
    {"J=1; Max-Age=0", "J", "1", NULL, NULL, true},
    {"J=1; max-age=-1", "J", "1", NULL, NULL, true},
    {"J=1; Max-Age=000", "J", "1", NULL, NULL, true},
    {"J=1; Max-Age=60", "J", "1", NULL, NULL, false},
    {"J=1; Max-Age=", "J", "1", NULL, NULL, false},
    {"J=1; Max-Age=x", "J", "1", NULL, NULL, false},
    {"J=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "J", "1", NULL, NULL, true},
    {"J=1; expires=Thu, 01-Jan-1970 00:00:01 GMT", "J", "1", NULL, NULL, true},
    {"J=1; Expires=Thu, 01-Jan-70 00:00:01 GMT", "J", "1", NULL, NULL, true},
    {"J=1; Expires=Thu, 01-Jan-70 00:00:00 GMT", "J", "1", NULL, NULL, true},
    {"J=1; Expires=Thu, 01 Jan 2015 00:00:00 GMT", "J", "1", NULL, NULL, false},
    {"J=1; Expires=Thu, 01-Jan-2015 00:00:00 GMT", "J", "1", NULL, NULL, false},
    {"J=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax", "J",
     "1", NULL, NULL, true},
    {"J=1; Expires=never", "J", "1", NULL, NULL, false},
    {"J=1; Expires=0", "J", "1", NULL, NULL, false},
    {"J=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "J", "1", NULL,
     NULL, false},
    {"J=1; Max-Age=0; Expires=Thu, 01 Jan 2015 00:00:00 GMT", "J", "1", NULL,
     NULL, true},
};

START_TEST(a_line)
{
    char *text = mss_exact(lines[_i].line, strlen(lines[_i].line) + 1);
    const mss_cookies_set set = mss_cookies_read(mss_pool, text, NOW);

    ck_assert_str_eq(set.name, lines[_i].name);
    ck_assert_str_eq(set.value, lines[_i].value);
    ck_assert_pstr_eq(set.path, lines[_i].path);
    ck_assert_pstr_eq(set.domain, lines[_i].domain);
    ck_assert(set.deletes == lines[_i].deletes);
    free(text);
}
END_TEST

#define OVER "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"

static const struct {
    const char *name;
    const char *path;
    const char *domain;
    const char *line;
} deletions[] = {
    {"J", "/", NULL, "J=; Path=/" OVER},
    {"J", "/a/", "x.org", "J=; Path=/a/; Domain=x.org" OVER},
    {"__Secure-J", "/a", "x.org",
     "__Secure-J=; Path=/a; Domain=x.org" OVER "; Secure"},
    {"__Host-J", "/a", "x.org", "__Host-J=; Path=/" OVER "; Secure"},
    {"__host-J", "/", NULL, "__host-J=; Path=/" OVER "; Secure"},
};

START_TEST(a_deletion)
{
    const char *line = mss_cookies_forget(
        mss_pool, deletions[_i].name, deletions[_i].path, deletions[_i].domain);

    ck_assert_str_eq(line, deletions[_i].line);
    ck_assert(mss_cookies_read(mss_pool, line, NOW).deletes);
    ck_assert(mss_cookies_is_of_host(deletions[_i].name) == (_i >= 3));
}
END_TEST

START_TEST(names_that_can_be_set)
{
    ck_assert(mss_cookies_can_name("J"));
    ck_assert(mss_cookies_can_name("__Host-a.b_c!~"));
    ck_assert(!mss_cookies_can_name(""));
    ck_assert(!mss_cookies_can_name("a b"));
    ck_assert(!mss_cookies_can_name("a=b"));
    ck_assert(!mss_cookies_can_name("a;b"));
    ck_assert(!mss_cookies_can_name("a\r\nb"));
    ck_assert(!mss_cookies_can_name("\xC3\xA9"));
}
END_TEST

/* --- Path ------------------------------------------------------------------------- */

static const struct {
    const char *cookie;
    const char *path;
    bool fits;
} fits[] = {
    {"/", "/", true},      {"/", "/a/b", true},  {"/a", "/a", true},
    {"/a", "/a/", true},   {"/a", "/a/b", true}, {"/a", "/ab", false},
    {"/a/", "/a/b", true}, {"/a/", "/a", false}, {"/A", "/a", false},
    {"/a/b", "/a", false}, {"", "/", false},     {"/a", "/", false},
};

START_TEST(a_path)
{
    ck_assert(mss_cookies_path_fits(fits[_i].cookie, fits[_i].path)
              == fits[_i].fits);
}
END_TEST

static const struct {
    const char *path;
    const char *standard; /* of a cookie without one */
    const char *prefixes;
} paths[] = {
    {"/", "/", "/ "},
    {"", "/", "/ "},
    {"*", "/", "/ "},
    {"/a", "/", "/ /a "},
    {"/a/", "/a", "/ /a /a/ "},
    {"/a/b.php", "/a", "/ /a /a/ /a/b.php "},
    {"/a/b/", "/a/b", "/ /a /a/ /a/b /a/b/ "},
    {"/a;x/b", "/a;x", "/ "},
    {"/a b/c", "/a b", "/ "},
};

START_TEST(prefixes)
{
    const apr_array_header_t *all =
        mss_cookies_prefixes(mss_pool, paths[_i].path);
    const char *text = "";

    for (int i = 0; i < all->nelts; i++) {
        const char *path = APR_ARRAY_IDX(all, i, const char *);

        ck_assert(*paths[_i].path != '/'
                  || mss_cookies_path_fits(path, paths[_i].path));
        text = apr_pstrcat(mss_pool, text, path, " ", NULL);
    }
    ck_assert_str_eq(text, paths[_i].prefixes);
    ck_assert_str_eq(mss_cookies_default_path(mss_pool, paths[_i].path),
                     paths[_i].standard);
}
END_TEST

START_TEST(a_deep_path)
{
    char path[1001];

    for (size_t i = 0; i < sizeof(path) - 1; i++) {
        path[i] = i % 2 ? 'a' : '/';
    }
    path[sizeof(path) - 1] = '\0';
    ck_assert_int_eq(mss_cookies_prefixes(mss_pool, path)->nelts,
                     MSS_COOKIES_PREFIXES);
}
END_TEST

Suite *mss_suite_cookies(void)
{
    Suite *suite = suite_create("cookies");
    TCase *tc = tcase_create("all");

    /* On a slow machine. */
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_test(tc, names_that_are_one_to_php);
    tcase_add_loop_test(tc, a_header, 0, COUNT(headers));
    tcase_add_test(tc, a_long_name);
    tcase_add_test(tc, a_header_of_blanks);
    tcase_add_test(tc, a_long_header);
    tcase_add_test(tc, a_header_of_what_goes);
    tcase_add_loop_test(tc, a_line, 0, COUNT(lines));
    tcase_add_loop_test(tc, a_deletion, 0, COUNT(deletions));
    tcase_add_test(tc, names_that_can_be_set);
    tcase_add_loop_test(tc, a_path, 0, COUNT(fits));
    tcase_add_loop_test(tc, prefixes, 0, COUNT(paths));
    tcase_add_test(tc, a_deep_path);
    suite_add_tcase(suite, tc);
    return suite;
}
