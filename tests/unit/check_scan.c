/* SPDX-License-Identifier: Apache-2.0
 * Knows what the scanner has to do with each document of corpus/html: put
 * "{page}" or "{fragment}" where the element goes, or change nothing.
 * Must not know how. */

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apr_strings.h"

#include "core/scan.h"
#include "suites.h"

#define CORPUS "corpus/html/"
#define ENOUGH 150 /* a corpus smaller than this has not been found */

typedef struct {
    char *text;
    size_t length;
} document;

static glob_t corpus;

static document slurp(const char *path)
{
    document d = {NULL, 0};
    FILE *f = fopen(path, "rb");

    ck_assert_msg(f != NULL, "%s: cannot be read", path);
    ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
    d.length = (size_t)ftell(f);
    rewind(f);
    d.text = apr_palloc(mss_pool, d.length + 1);
    ck_assert_uint_eq(fread(d.text, 1, d.length, f), d.length);
    fclose(f);
    return d;
}

/* One way to cut a document: pieces of step bytes, or two, cut at split. */
typedef struct {
    size_t step;
    size_t split;
} cut;

static size_t piece(const cut *c, size_t at, size_t length)
{
    size_t n = c->step ? c->step : at < c->split ? c->split - at : length;

    return n < length - at ? n : length - at;
}

/* Where the element goes: an offset, or -1 for nowhere. Every buffer is a
 * block of its own, freed before the next is made. */
static long place(const document *d, cut c, mss_scan *scan)
{
    size_t at = 0;

    while (at < d->length) {
        const size_t n = piece(&c, at, d->length);
        char *buf = mss_exact(d->text + at, n);
        apr_size_t tail = (apr_size_t)-1;
        mss_scan_result rc = mss_scan_feed(scan, buf, n, &tail);

        free(buf);
        ck_assert_uint_le(tail, at + n);
        ck_assert_uint_le(tail, n + MSS_SCAN_HELD);
        at += n;
        if (rc == MSS_SCAN_HERE) {
            return (long)(at - tail);
        }
        if (rc == MSS_SCAN_QUIT) {
            return -1;
        }
        ck_assert_uint_le(tail, MSS_SCAN_HELD);
    }
    return -1;
}

static document with_element(const document *in, cut c, mss_scan_syntax syntax)
{
    document out = *in;
    const char *shown;
    mss_scan scan;
    long at;

    mss_scan_init(&scan, syntax);
    at = place(in, c, &scan);
    if (at < 0) {
        return out;
    }
    shown = mss_scan_is_page(&scan) ? "{page}" : "{fragment}";
    out.length = in->length + strlen(shown);
    out.text = apr_palloc(mss_pool, out.length + 1);
    memcpy(out.text, in->text, (size_t)at);
    memcpy(out.text + at, shown, strlen(shown));
    memcpy(out.text + at + strlen(shown), in->text + at,
           in->length - (size_t)at);
    return out;
}

static void expect(const char *path, const document *in, cut c)
{
    const mss_scan_syntax syntax =
        strstr(path, ".xhtml.") ? MSS_SCAN_XHTML : MSS_SCAN_HTML;
    const document got = with_element(in, c, syntax);
    const document want = slurp(apr_pstrcat(
        mss_pool, apr_pstrndup(mss_pool, path, strlen(path) - 2), "out", NULL));

    ck_assert_msg(got.length == want.length
                      && !memcmp(got.text, want.text, want.length),
                  "%s, cut by %lu or at %lu:\n%.*s", path,
                  (unsigned long)c.step, (unsigned long)c.split,
                  (int)(got.length < 400 ? got.length : 400), got.text);
}

START_TEST(whole_documents)
{
    const char *path = corpus.gl_pathv[_i];
    const document in = slurp(path);

    expect(path, &in, (cut){0, in.length});
}
END_TEST

START_TEST(byte_by_byte)
{
    const char *path = corpus.gl_pathv[_i];
    const document in = slurp(path);
    size_t step;

    for (step = 1; step <= 9; step++) {
        expect(path, &in, (cut){step, 0});
    }
}
END_TEST

START_TEST(every_split)
{
    const char *path = corpus.gl_pathv[_i];
    const document in = slurp(path);
    size_t split;

    for (split = 0; split <= in.length; split++) {
        expect(path, &in, (cut){0, split});
    }
}
END_TEST

START_TEST(the_corpus_is_there)
{
    ck_assert_uint_ge(corpus.gl_pathc, ENOUGH);
}
END_TEST

START_TEST(tags_in_any_case)
{
    static const char *const all[] = {"<hEaD>", "<HEAD>", "<HTML><Head >"};
    const document in = {(char *)all[_i], strlen(all[_i])};
    mss_scan scan;

    mss_scan_init(&scan, MSS_SCAN_HTML);
    ck_assert_int_eq(place(&in, (cut){1, 0}, &scan), (long)in.length);
}
END_TEST

/* What lies behind the place has no influence. */
START_TEST(the_rest_is_not_read)
{
    const char text[] = "<head><\0\xff</head><head>";
    apr_size_t tail;
    mss_scan scan;

    mss_scan_init(&scan, MSS_SCAN_HTML);
    ck_assert_int_eq(mss_scan_feed(&scan, text, sizeof(text), &tail),
                     MSS_SCAN_HERE);
    ck_assert_uint_eq(tail, sizeof(text) - strlen("<head>"));
}
END_TEST

/* The beginning of a tag is all that is ever held back, but for a few bytes that
 * may be a byte order mark or whitespace in other words; comments, doctypes and
 * attributes go at once. */
START_TEST(bytes_held_back)
{
    static const struct {
        const char *text;
        apr_size_t held;
    } cases[] = {
        {"<", 1},         {"<he", 3},
        {"<framese", 8},  {"<frameset", 9},
        {"</", 2},        {"</head", 6},
        {"</he", 4},      {"</p", 3},
        {"</html", 6},    {"</title", 0},
        {"<headx", 6},    {"<!", 0},
        {"<!-- x", 0},    {"<!doctyp", 0},
        {"<html", 5},     {"<html a", 0},
        {"<head a='", 0}, {"\xEF\xBB", 2},
        {"&NewLine", 8},  {"<!doctype html>\n<html>\n  ", 0},
    };
    apr_size_t tail;
    mss_scan scan;

    mss_scan_init(&scan, MSS_SCAN_HTML);
    ck_assert_int_eq(
        mss_scan_feed(&scan, cases[_i].text, strlen(cases[_i].text), &tail),
        MSS_SCAN_MORE);
    ck_assert_uint_eq(tail, cases[_i].held);
}
END_TEST

Suite *mss_suite_scan(void)
{
    Suite *suite = suite_create("scan");
    TCase *tc = tcase_create("corpus");
    int n;

    glob(CORPUS "*.in", 0, NULL, &corpus);
    n = (int)corpus.gl_pathc;
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_test(tc, the_corpus_is_there);
    tcase_add_loop_test(tc, whole_documents, 0, n);
    tcase_add_loop_test(tc, byte_by_byte, 0, n);
    tcase_add_loop_test(tc, every_split, 0, n);
    suite_add_tcase(suite, tc);
    tc = tcase_create("rule");
    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_loop_test(tc, tags_in_any_case, 0, 3);
    tcase_add_test(tc, the_rest_is_not_read);
    tcase_add_loop_test(tc, bytes_held_back, 0, 20);
    suite_add_tcase(suite, tc);
    return suite;
}
