/* SPDX-License-Identifier: Apache-2.0
 * Knows addresses that would take a browser to another site.
 * Must not know how they are told. */

#include <stdlib.h>
#include <string.h>

#include "core/url.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char *const local[] = {
    "/",
    "/login",
    "/login?next=/app/&a=b#top",
    "/login?next=https://evil.example/",
    "/login?next=//evil.example/",
    "/a//b",
    "/a\\b",
    "/%2F/evil.example",
    "/%5C%5Cevil.example",
    "/%09/evil.example",
    "/@evil.example",
    "/:80",
    "/.",
    "/..//evil.example", /* a path, however often it goes up */
    "/\xC3\xA9",
    "/ a",
    "/javascript:alert(1)",
};

static const char *const never[] = {
    "",
    " ",
    " /login",
    "login",
    "./login",
    "../login",
    "?a",
    "#a",
    "//evil.example",
    "//evil.example/login",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    "\n/login",
    "/login\r\nSet-Cookie: a=b",
    "/login\nX: y",
    "/login\t",
    "/log\x01in",
    "/log\x1fin",
    "/login\x7f",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript://sso.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://sso.example/",
    "ws://sso.example/",
    "http:",
    "http:/",
    "http://",
    "https://",
    "https:///evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "https:/\\evil.example",
    " https://sso.example/",
    "https ://sso.example/",
    "https://sso.example\\@evil.example/",
    "https://sso.example\\.evil.example/",
    "https://sso.example@evil.example/",
    "https://sso.example:x@evil.example/",
    "https://user@sso.example/",
    "https://sso.example%2eevil.example/",
    "https://sso.example%00.evil.example/",
    "https://sso.example .evil.example/",
    "https://sso.example\t.evil.example/",
    "https://sso.example,evil.example/",
    "https://sso.example;evil.example/",
    "https://sso\xE3\x80\x82org/", /* U+3002, a dot to browsers */
};

/* Full addresses of other places than https://sso.example. */
static const char *const elsewhere[] = {
    "https://evil.example/",
    "https://sso.example.evil.example/",
    "https://sso.example-evil.example/",
    "https://sso.exampleevil/",
    "https://sso.example:8443/",
    "https://sso.exampl/",
    "https://sso.example./",
    "http://sso.example/",
    "https://[::1]/",
};

static const char *const at_sso[] = {
    "https://sso.example",
    "https://sso.example/",
    "https://sso.example/login?to=https://evil.example/#x",
    "https://sso.example?a=b",
    "https://sso.example#a",
    "https://sso.example/a\\b",
    "https://sso.example/@evil.example",
    "https://sso.example//evil.example",
};

static bool is(bool (*fn)(const char *), const char *text)
{
    char *exact = mss_exact(text, strlen(text) + 1);
    const bool yes = fn(exact);

    free(exact);
    return yes;
}

static bool may_go(const char *written, const char *target)
{
    char *from = mss_exact(written, strlen(written) + 1);
    char *to = mss_exact(target, strlen(target) + 1);
    const bool yes = mss_url_may_go(from, to);

    free(from);
    free(to);
    return yes;
}

/* What a sysadmin can have written. */
static const char *const writings[] = {
    "/login",
    "/%{escape:%{REQUEST_URI}}",
    "%{reqenv:NEXT}",
    "https://sso.example",
    "https://sso.example/login?to=%{escape:%{REQUEST_URI}}",
};

START_TEST(a_path_of_this_site)
{
    int i;

    ck_assert_msg(is(mss_url_is_local, local[_i]), "%s", local[_i]);
    ck_assert_msg(!is(mss_url_is_absolute, local[_i]), "%s", local[_i]);
    for (i = 0; i < COUNT(writings); i++) {
        ck_assert_msg(may_go(writings[i], local[_i]), "%s", local[_i]);
    }
}
END_TEST

START_TEST(never_to_go_to)
{
    int i;

    ck_assert_msg(!is(mss_url_is_local, never[_i]), "%s", never[_i]);
    ck_assert_msg(!is(mss_url_is_absolute, never[_i]), "%s", never[_i]);
    for (i = 0; i < COUNT(writings); i++) {
        ck_assert_msg(!may_go(writings[i], never[_i]), "%s", never[_i]);
    }
    ck_assert_msg(!may_go(never[_i], never[_i]), "%s", never[_i]);
}
END_TEST

START_TEST(another_origin)
{
    int i;

    ck_assert_msg(!is(mss_url_is_local, elsewhere[_i]), "%s", elsewhere[_i]);
    ck_assert_msg(is(mss_url_is_absolute, elsewhere[_i]), "%s", elsewhere[_i]);
    for (i = 0; i < COUNT(writings); i++) {
        ck_assert_msg(!may_go(writings[i], elsewhere[_i]), "%s: %s",
                      writings[i], elsewhere[_i]);
    }
    ck_assert_msg(may_go(elsewhere[_i], elsewhere[_i]), "%s", elsewhere[_i]);
}
END_TEST

START_TEST(the_origin_that_is_written)
{
    ck_assert_msg(!is(mss_url_is_local, at_sso[_i]), "%s", at_sso[_i]);
    ck_assert_msg(is(mss_url_is_absolute, at_sso[_i]), "%s", at_sso[_i]);
    ck_assert_msg(may_go("https://sso.example/login", at_sso[_i]), "%s",
                  at_sso[_i]);
    ck_assert_msg(!may_go("/login", at_sso[_i]), "%s", at_sso[_i]);
    ck_assert_msg(!may_go("%{reqenv:NEXT}", at_sso[_i]), "%s", at_sso[_i]);
}
END_TEST

/* Where the host is only filled in, nothing says where it ends. */
static const struct {
    const char *written;
    bool absolute;
} forms[] = {
    {"https://sso.example", true},
    {"HTTPS://SSO.example/", true},
    {"http://sso.example:8080/x", true},
    {"https://[2001:db8::1]:8443/", true},
    {"https://sso_1.example/", true},
    {"https://sso.example?%{QUERY_STRING}", true},
    {"https://sso.example/%{REQUEST_URI}", true},
    {"https://sso.example%{REQUEST_URI}", false},
    {"https://%{HTTP_HOST}/login", false},
    {"https://sso.%{env:DOMAIN}/", false},
    {"https://sso.example:%{SERVER_PORT}/", false},
    {"https://sso.example$1", false},
    {"%{env:NEXT}", false},
    {"httpss://sso.example/", false},
    {"http//sso.example/", false},
    {"http://a", true},
    {"http:///sso.example", false},
    {"https:///sso.example", false},
};

START_TEST(a_host_written_in_full)
{
    ck_assert_msg(is(mss_url_is_absolute, forms[_i].written)
                      == forms[_i].absolute,
                  "%s", forms[_i].written);
}
END_TEST

START_TEST(control_characters_anywhere)
{
    int c;
    size_t i;

    for (c = 1; c < 256; c++) {
        char path[] = "/login?a=b";
        char url[] = "https://sso.example/login";
        const bool control = c < ' ' || c == 0x7f;

        for (i = 2; i < sizeof(path) - 1; i++) {
            char was = path[i];

            path[i] = (char)c;
            ck_assert_int_eq(mss_url_is_local(path), !control);
            path[i] = was;
        }
        url[21] = (char)c;
        ck_assert_int_eq(mss_url_may_go("https://sso.example/", url), !control);
    }
}
END_TEST

Suite *mss_suite_url(void)
{
    Suite *suite = suite_create("url");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, a_path_of_this_site, 0, COUNT(local));
    tcase_add_loop_test(tc, never_to_go_to, 0, COUNT(never));
    tcase_add_loop_test(tc, another_origin, 0, COUNT(elsewhere));
    tcase_add_loop_test(tc, the_origin_that_is_written, 0, COUNT(at_sso));
    tcase_add_loop_test(tc, a_host_written_in_full, 0, COUNT(forms));
    tcase_add_test(tc, control_characters_anywhere);
    suite_add_tcase(suite, tc);
    return suite;
}
