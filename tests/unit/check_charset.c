/* SPDX-License-Identifier: Apache-2.0
 * Knows which declarations of an encoding a browser finds.
 * Must not know how. */

#include <stdlib.h>
#include <string.h>

#include "apr_strings.h"

#include "core/charset.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

typedef struct {
    const char *page;
    const char *name; /* NULL: none */
} declaration;

static const declaration declarations[] = {
    {"<meta charset=utf-8>", "utf-8"},
    {"<META CHARSET='UTF-8'>", "utf-8"},
    {"<meta/charset=\"iso-8859-1\"/>", "iso-8859-1"},
    {"<meta charset = \" koi8-r\n\">", "koi8-r"},
    {"<meta name=x content=y charset=big5>", "big5"},
    {"<meta charset=utf-16>", "utf-8"},
    {"<meta charset=UTF-16le>", "utf-8"},
    {"<meta charset=x-user-defined>", "windows-1252"},
    {"<meta charset=a charset=b>", "a"},
    {"<meta charset=iso-2022-kr><meta charset=b>", "b"},
    {"<meta charset=''><meta charset=b>", "b"},
    {"<meta charset='a b'><meta charset=b>", "b"},
    {"<meta charset=<x>><meta charset=b>", "b"},
    {"<meta http-equiv=content-type content='text/html; charset=euc-jp'>",
     "euc-jp"},
    {"<meta content='text/html;charset = \"gbk\"' http-equiv=Content-Type>",
     "gbk"},
    {"<meta http-equiv=content-type content='x charset charset=gbk;a'>", "gbk"},
    {"<meta http-equiv=content-type content='charset=\"gbk'>", NULL},
    {"<meta http-equiv=content-type content='text/html'>", NULL},
    {"<meta http-equiv=content-type content='charset='>", NULL},
    {"<meta http-equiv=refresh content='charset=gbk'>", NULL},
    {"<meta content='charset=gbk'>", NULL},
    {"<meta charset=utf-8", NULL},
    {"<meta charset='utf-8>", NULL},
    {"<meta charset>", NULL},
    {"<metacharset=utf-8>", NULL},
    {"<meta", NULL},
    {"<", NULL},
    {"", NULL},
    {"charset=utf-8", NULL},
    {"<!-- <meta charset=a> --><meta charset=b>", "b"},
    {"<!--><meta charset=a>", "a"},
    {"<!---><meta charset=a>", "a"},
    {"<!-- <meta charset=a>", NULL},
    {"<!-- -x><meta charset=a> --><meta charset=b>", "b"},
    {"<!-- x-><meta charset=a> --><meta charset=b>", "b"},
    {"<! <meta charset=a>", NULL},
    {"<? > <meta charset=a>", "a"},
    {"</ <meta charset=a>", NULL},
    {"<html lang=\"<meta charset=a>\"><meta charset=b>", "b"},
    {"</p x='<meta charset=a>'><meta charset=b>", "b"},
    {"<p a=b/c='><meta charset=a>'>", "a"},
    {"<p =a='><meta charset=x>'><meta charset=b>", "b"},
    {"<html<meta charset=a><meta charset=b>", "b"},
    {"<title>x</title><script>'<meta charset=a>'</script>", "a"},
    {"<1><meta charset=a>", "a"},
    {"<meta charset=iso_8859-1:1987>", "iso_8859-1:1987"},
    {"<meta charset=a123456789012345678901234567890123456789012345>", NULL},
};

START_TEST(a_page_declares)
{
    const declaration *d = &declarations[_i];
    const size_t n = strlen(d->page);
    char *page = mss_exact(d->page, n);
    mss_charset_declared found;
    const bool is = mss_charset_declared_in(page, n, &found);

    free(page);
    ck_assert_msg(is == (d->name != NULL), "%s", d->page);
    if (is) {
        ck_assert_str_eq(found.name, d->name);
        ck_assert_int_eq(d->page[found.end - 1], '>');
    }
}
END_TEST

/* No prefix of a page makes it read beyond, or find something else. */
START_TEST(a_page_cut_short)
{
    const declaration *d = &declarations[_i];
    size_t n;

    for (n = 0; n < strlen(d->page); n++) {
        char *page = mss_exact(d->page, n);
        mss_charset_declared found;

        if (mss_charset_declared_in(page, n, &found)) {
            ck_assert_ptr_nonnull(d->name);
            ck_assert_str_eq(found.name, d->name);
        }
        free(page);
    }
}
END_TEST

#define META "<meta charset=koi8-r>"

static bool pushed_out(size_t meta_at, size_t insertion)
{
    const size_t n = 4096;
    char *page = malloc(n);
    mss_charset_declared found;
    bool is;

    memset(page, ' ', n);
    memcpy(page + meta_at, META, strlen(META));
    is = mss_charset_is_pushed_out(page, n, insertion, &found);
    free(page);
    if (is) {
        ck_assert_str_eq(found.name, "koi8-r");
    }
    return is;
}

START_TEST(the_window)
{
    const size_t last = MSS_CHARSET_WINDOW - strlen(META);

    ck_assert(!pushed_out(0, 200));
    ck_assert(!pushed_out(last - 200, 200));
    ck_assert(pushed_out(last - 199, 200));
    ck_assert(pushed_out(last, 200));
    ck_assert(pushed_out(last, 1));
    ck_assert(!pushed_out(last + 1, 200));
    ck_assert(!pushed_out(2000, 200));
}
END_TEST

START_TEST(names_that_take_ascii)
{
    static const char *const yes[] = {
        "utf-8",   "UTF-8", "iso-8859-15", "shift_jis",     "gb18030",
        "utf-167", "",      "us-ascii",    "x-user-defined"};
    static const char *const no[] = {"utf-16",  "UTF-16LE",    "utf-16be",
                                     "utf-32",  "UTF-7",       "ucs-2",
                                     "unicode", "unicodefeff", "iso-2022-kr"};
    int i;

    for (i = 0; i < COUNT(yes); i++) {
        ck_assert_msg(mss_charset_takes_ascii(yes[i], strlen(yes[i])), "%s",
                      yes[i]);
        ck_assert_msg(!mss_charset_takes_ascii(no[i], strlen(no[i])), "%s",
                      no[i]);
    }
    ck_assert(mss_charset_takes_ascii("utf-16", 5));
}
END_TEST

START_TEST(signatures)
{
    static const struct {
        const char *bytes;
        apr_size_t n;
        mss_signature what;
    } cases[] = {
        {"\xEF", 1, MSS_SIGNATURE_PARTIAL},
        {"\xEF\xBB", 2, MSS_SIGNATURE_PARTIAL},
        {"\xEF\xBB\xBF", 3, MSS_SIGNATURE_UTF8},
        {"\xEF\xBB\xBE", 3, MSS_SIGNATURE_NONE},
        {"\xFF", 1, MSS_SIGNATURE_PARTIAL},
        {"\xFF\xFE", 2, MSS_SIGNATURE_UTF16},
        {"\xFE", 1, MSS_SIGNATURE_PARTIAL},
        {"\xFE\xFF", 2, MSS_SIGNATURE_UTF16},
        {"\xFEx", 2, MSS_SIGNATURE_NONE},
        {"<", 1, MSS_SIGNATURE_PARTIAL},
        {"<h", 2, MSS_SIGNATURE_NONE},
        {"<\0?\0", 4, MSS_SIGNATURE_PARTIAL},
        {"<\0?\0x\0", 6, MSS_SIGNATURE_UTF16},
        {"\0<\0?\0x", 6, MSS_SIGNATURE_UTF16},
        {"\0<\0?\0y", 6, MSS_SIGNATURE_NONE},
        {"x", 1, MSS_SIGNATURE_NONE},
    };
    int i;

    for (i = 0; i < COUNT(cases); i++) {
        char *bytes = mss_exact(cases[i].bytes, cases[i].n);

        ck_assert_msg(mss_charset_signature(bytes, cases[i].n) == cases[i].what,
                      "case %d", i);
        free(bytes);
    }
}
END_TEST

Suite *mss_suite_charset(void)
{
    Suite *suite = suite_create("charset");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, a_page_declares, 0, COUNT(declarations));
    tcase_add_loop_test(tc, a_page_cut_short, 0, COUNT(declarations));
    tcase_add_test(tc, the_window);
    tcase_add_test(tc, names_that_take_ascii);
    tcase_add_test(tc, signatures);
    suite_add_tcase(suite, tc);
    return suite;
}
