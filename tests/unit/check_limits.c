/* SPDX-License-Identifier: Apache-2.0
 * Knows the text of limits, and which texts are none.
 * Must not know how it is read. */

#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

#define MAC "0123456789abcdef"

static const struct {
    const char *text;
    apr_int64_t warn, expire, lifetime; /* milliseconds; warn -1: refused */
    apr_size_t signed_length;
} tokens[] = {
    {"540000.600000.0." MAC, 540000, 600000, 0, 15},
    {"60.100.86400000." MAC, 60, 100, 86400000, 15},
    {"0.1.0." MAC, 0, 1, 0, 5},
    {"1.2592000000.2592000000." MAC, 1, 2592000000, 2592000000, 23},

    {"", -1},
    {".", -1},
    {"...", -1},
    {"1.2.0", -1},
    {"1.2.0.", -1},
    {"1.2." MAC, -1},
    {"1.2.3.4." MAC, -1},
    {"1.2.0." MAC "0", -1},
    {"1.2.0.123456789abcdef", -1},
    {"1.2.0." MAC ".", -1},
    {"1.2.0.0123456789ABCDEF", -1},
    {"1.2.0.0123456789abcdeg", -1},
    {"1.2.0.-123456789abcdef", -1},
    {"1.2.0. 123456789abcdef", -1},
    {"1.0.0." MAC, -1},
    {".2.0." MAC, -1},
    {"1..0." MAC, -1},
    {"1.2.." MAC, -1},
    {"-1.2.0." MAC, -1},
    {"+1.2.0." MAC, -1},
    {"1.-2.0." MAC, -1},
    {"1.2.-1." MAC, -1},
    {" 1.2.0." MAC, -1},
    {"1.2 .0." MAC, -1},
    {"a.2.0." MAC, -1},
    {"0x1.2.0." MAC, -1},
    {"1e3.2.0." MAC, -1},
    {"1,2,0," MAC, -1},
    {"1.2592000001.0." MAC, -1},
    {"1.2.2592000001." MAC, -1},
    {"99999999999999999999.2.0." MAC, -1},
    {"1.18446744073709551617.0." MAC, -1},
    {"1.2.9223372036854775808." MAC, -1},
};

START_TEST(limits)
{
    const size_t n = strlen(tokens[_i].text);
    char *text = mss_exact(tokens[_i].text, n); /* without an end */
    mss_limits read;
    apr_uint64_t mac = 0;
    char *written;
    const apr_size_t length = mss_limits_read(text, n, &read, &mac);

    free(text);
    if (tokens[_i].warn < 0) {
        ck_assert_msg(length == 0, "%s", tokens[_i].text);
        return;
    }
    ck_assert_uint_eq(length, tokens[_i].signed_length);
    ck_assert_int_eq(read.warn_after, tokens[_i].warn * 1000);
    ck_assert_int_eq(read.expire_after, tokens[_i].expire * 1000);
    ck_assert_int_eq(read.max_lifetime, tokens[_i].lifetime * 1000);
    ck_assert_uint_eq(mac, APR_UINT64_C(0x0123456789abcdef));
    written = malloc(MSS_LIMITS_TEXT);
    ck_assert_uint_eq(mss_limits_write(&read, written), length);
    mss_limits_seal(written, length, mac);
    ck_assert_str_eq(written, tokens[_i].text);
    free(written);
}
END_TEST

/* Whatever the numbers are, their text ends in its room. */
START_TEST(limits_of_two_sections)
{
    const mss_limits a = {4, 8, 0}, b = {5, 6, 9}, c = {1, 9, 7};
    mss_limits both = mss_limits_strictest(a, b);

    ck_assert_int_eq(both.warn_after, 4);
    ck_assert_int_eq(both.expire_after, 6);
    ck_assert_int_eq(both.max_lifetime, 9);
    both = mss_limits_strictest(b, a);
    ck_assert_int_eq(both.warn_after, 4);
    ck_assert_int_eq(both.expire_after, 6);
    ck_assert_int_eq(both.max_lifetime, 9);
    both = mss_limits_strictest(both, c);
    ck_assert_int_eq(both.warn_after, 1);
    ck_assert_int_eq(both.expire_after, 6);
    ck_assert_int_eq(both.max_lifetime, 7);
}
END_TEST

START_TEST(limits_of_any_size)
{
    static const mss_limits any[] = {
        {APR_INT64_MAX, APR_INT64_MAX, APR_INT64_MAX},
        {-1, 1000, APR_INT64_MIN},
    };
    char *text = malloc(MSS_LIMITS_TEXT);

    mss_limits_seal(text, mss_limits_write(&any[0], text), APR_UINT64_MAX);
    ck_assert_str_eq(text, "9223372036854775.9223372036854775.9223372036854775."
                           "ffffffffffffffff");
    mss_limits_seal(text, mss_limits_write(&any[1], text), 0);
    ck_assert_str_eq(text, "0.1.0.0000000000000000");
    free(text);
}
END_TEST

/* Of a token cut short, or with any byte of its signature changed, another
 * signature is read, or none. */
START_TEST(limits_cut_or_changed)
{
    static const char token[] = "540000.600000.0." MAC;
    const size_t n = sizeof(token) - 1;
    mss_limits read;
    apr_uint64_t mac;
    size_t i;
    int c;

    for (i = 0; i < n; i++) {
        char *text = mss_exact(token, i);

        ck_assert_uint_eq(mss_limits_read(text, i, &read, &mac), 0);
        free(text);
    }
    for (i = n - 16; i < n; i++) {
        for (c = 0; c < 256; c++) {
            char *text = mss_exact(token, n);

            text[i] = (char)c;
            ck_assert(!mss_limits_read(text, n, &read, &mac)
                      || (mac == APR_UINT64_C(0x0123456789abcdef))
                             == (token[i] == (char)c));
            free(text);
        }
    }
}
END_TEST

Suite *mss_suite_limits(void)
{
    Suite *suite = suite_create("limits");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, limits, 0, COUNT(tokens));
    tcase_add_test(tc, limits_of_two_sections);
    tcase_add_test(tc, limits_of_any_size);
    tcase_add_test(tc, limits_cut_or_changed);
    suite_add_tcase(suite, tc);
    return suite;
}
