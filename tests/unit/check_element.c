/* SPDX-License-Identifier: Apache-2.0
 * Knows how the element has to look.
 * Must not know requests or settings. */

#include <stdlib.h>
#include <string.h>

#include "apr_strings.h"

#include "core/element.h"
#include "suites.h"

static const char *make(const char *src, const char *settings,
                        const char *nonce)
{
    return apr_pstrcat(mss_pool, mss_element_open(mss_pool, src),
                       mss_element_nonce(mss_pool, nonce), MSS_ELEMENT_SETTINGS,
                       mss_element_escape(mss_pool, settings), MSS_ELEMENT_END,
                       NULL);
}

START_TEST(integrity)
{
    ck_assert_str_eq(mss_element_integrity(mss_pool, NULL), "");
    ck_assert_str_eq(mss_element_integrity(mss_pool, "sha256-YQ+/=="),
                     " integrity='sha256-YQ+/==' crossorigin='anonymous'");
}
END_TEST

START_TEST(plain)
{
    ck_assert_str_eq(
        make("/session_security/script.js?v=0a", "{\"idle\":5}", NULL),
        "<script src=\"/session_security/script.js?v=0a\""
        " data-session-security='{\"idle\":5}'></script>");
}
END_TEST

START_TEST(with_a_nonce)
{
    ck_assert_str_eq(make("/s.js", "{}", "aB3+/'=="),
                     "<script src=\"/s.js\" nonce='aB3+/&#39;=='"
                     " data-session-security='{}'></script>");
}
END_TEST

/* Nothing ends the attribute, the tag or the element. */
START_TEST(escaped)
{
    ck_assert_str_eq(
        make("/a'b&c<d>/e.js", "</script>'&amp;\"", ""),
        "<script src=\"/a&#39;b&amp;c&lt;d&gt;/e.js\" nonce=''"
        " data-session-security='&lt;/script&gt;&#39;&amp;amp;\"'></script>");
}
END_TEST

START_TEST(nothing_but_ascii)
{
    ck_assert_str_eq(make("/\xC3\xA9 \x7f\"/s.js?v=1", "{}", NULL),
                     "<script src=\"/%C3%A9%20%7F%22/s.js?v=1\""
                     " data-session-security='{}'></script>");
}
END_TEST

START_TEST(long_settings)
{
    const size_t n = 100000;
    char *quotes = malloc(n + 1);
    const char *element;

    memset(quotes, '\'', n);
    quotes[n] = '\0';
    element = make("/s.js", quotes, NULL);
    free(quotes);
    ck_assert_uint_gt(strlen(element), 5 * n);
    ck_assert_str_eq(element + strlen(element) - 16, "&#39;'></script>");
}
END_TEST

Suite *mss_suite_element(void)
{
    Suite *suite = suite_create("element");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_test(tc, integrity);
    tcase_add_test(tc, plain);
    tcase_add_test(tc, with_a_nonce);
    tcase_add_test(tc, escaped);
    tcase_add_test(tc, nothing_but_ascii);
    tcase_add_test(tc, long_settings);
    suite_add_tcase(suite, tc);
    return suite;
}
