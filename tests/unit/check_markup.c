/* SPDX-License-Identifier: Apache-2.0
 * Knows texts and the HTML that says the same.
 * Must not know how it is made. */

#include <stdlib.h>
#include <string.h>

#include "core/markup.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
    const char *text;
    const char *html; /* NULL: no UTF-8 */
} texts[] = {
    {"", ""},
    {"Sign in", "Sign in"},
    {"<b>&\"'", "&lt;b&gt;&amp;&quot;'"},
    {"\"\"\"\"", "&quot;&quot;&quot;&quot;"},
    {"\xc3\xbc", "&#252;"},
    {"a\xe2\x80\x99z", "a&#8217;z"},
    {"\xf0\x9f\x98\x80", "&#128512;"},
    {"\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf", "&#1114111;&#1114111;"},
    {"\xc2\x80", "&#128;"},
    {"\xed\x9f\xbf\xee\x80\x80", "&#55295;&#57344;"},
    {"\xfc", NULL},
    {"a\xc3", NULL},
    {"\xe2\x80", NULL},
    {"\xf0\x9f\x98", NULL},
    {"\x80", NULL},
    {"\x82\x80", NULL},
    {"\xc0\xaf", NULL},
    {"\xc1\xbf", NULL},
    {"\xe0\x80\xaf", NULL},
    {"\xf0\x80\x80\xaf", NULL},
    {"\xed\xa0\x80", NULL},
    {"\xf4\x90\x80\x80", NULL},
    {"\xf5\x80\x80\x80", NULL},
    {"\xc3\xc3\xbc", NULL},
};

START_TEST(written)
{
    char *text = mss_exact(texts[_i].text, strlen(texts[_i].text) + 1);
    const char *html = mss_markup_text(mss_pool, text);

    if (texts[_i].html) {
        ck_assert_str_eq(html, texts[_i].html);
    }
    else {
        ck_assert_ptr_null(html);
    }
    free(text);
}
END_TEST

Suite *mss_suite_markup(void)
{
    Suite *suite = suite_create("markup");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_loop_test(tc, written, 0, COUNT(texts));
    suite_add_tcase(suite, tc);
    return suite;
}
