/* SPDX-License-Identifier: Apache-2.0
 * Knows which pages name a mode for Internet Explorer where it goes by that.
 * Must not know how tags are taken apart. */

#include <stdlib.h>
#include <string.h>

#include "core/meta.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define META "<meta http-equiv=X-UA-Compatible content='IE=8'>"

static const struct {
    const char *page;
    const char *mode; /* NULL: none */
} modes[] = {
    {META, "IE=8"},
    {"<!doctype html><html lang=de><head><title>a</title>" META, "IE=8"},
    {"<!-- <link> --><HEAD><META charset=utf-8>" META, "IE=8"},
    {"<meta content=\"IE=EmulateIE7; IE=9\" HTTP-EQUIV=\"x-ua-compatible\" />",
     "IE=EmulateIE7; IE=9"},
    {META "<meta http-equiv=X-UA-Compatible content=IE=9>", "IE=8"},
    {"<meta http-equiv=X-UA-Compatible content='IE=edge,chrome=1'>",
     "IE=edge,chrome=1"},
    {"ab" META, "IE=8"},
    {"", NULL},
    {"<meta", NULL},
    {"IE=8", NULL},
    {"<!-- " META " -->", NULL},
    {"<link rel=x>" META, NULL},
    {"<script></script>" META, NULL},
    {"<header>" META, NULL},
    {"<p>" META, NULL},
    {"<body>" META, NULL},
    {"<meta http-equiv=X-UA-Compatible>", NULL},
    {"<meta http-equiv=X-UA-Compatible content=''>", NULL},
    {"<meta content http-equiv=X-UA-Compatible>", NULL},
    {"<meta http-equiv=X-UA-Compatible content='IE=8\r\nX: y'>", NULL},
    {"<meta http-equiv=X-UA-Compatible content='IE=8'", NULL},
    {"<meta http-equiv=X-UA content='IE=8'>", NULL},
    {"<meta name=X-UA-Compatible content='IE=8'>", NULL},
};

START_TEST(a_mode)
{
    const size_t n = strlen(modes[_i].page);
    char *page = mss_exact(modes[_i].page, n);
    mss_piece value;
    const bool found = mss_meta_compatible(page, n, &value);

    ck_assert_msg(found == (modes[_i].mode != NULL), "%s", modes[_i].page);
    if (found) {
        ck_assert_int_eq((int)value.length, (int)strlen(modes[_i].mode));
        ck_assert_mem_eq(value.text, modes[_i].mode, value.length);
    }
    free(page);
}
END_TEST

Suite *mss_suite_meta(void)
{
    Suite *suite = suite_create("meta");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, a_mode, 0, COUNT(modes));
    suite_add_tcase(suite, tc);
    return suite;
}
