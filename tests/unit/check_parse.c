/* SPDX-License-Identifier: Apache-2.0
 * Knows which texts are times and idle times.
 * Must not know how they are read. */

#include <stdlib.h>
#include <string.h>

#include "core/parse.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define S(n) apr_time_from_sec(n)

#define NOT_A_TIME "is not a time;"
#define LONGER "is longer than 30 days;"
#define SHORTER "is shorter than a second;"

/* As ap_timeout_parameter_parse reads them: 0 stands for "refused". */
static const struct {
    const char *text;
    apr_interval_time_t parsed;
    const char *fault; /* its beginning, NULL: taken */
} times[] = {
    {"1", S(1), NULL},
    {"540", S(540), NULL},
    {"0000000000540", S(540), NULL},
    {"540s", S(540), NULL},
    {"540sec", S(540), NULL},
    {"540second", S(540), NULL},
    {"540seconds", S(540), NULL},
    {"9mi", S(540), NULL},
    {"9min", S(540), NULL},
    {"9minute", S(540), NULL},
    {"9minutes", S(540), NULL},
    {"1h", S(3600), NULL},
    {"1hour", S(3600), NULL},
    {"2hours", S(7200), NULL},
    {"1000ms", S(1), NULL},
    {"1500ms", 1500000, NULL},
    {"2592000", MSS_TIME_MAX, NULL},
    {"2592000s", MSS_TIME_MAX, NULL},
    {"43200min", MSS_TIME_MAX, NULL},
    {"720h", MSS_TIME_MAX, NULL},
    {"2592000000ms", MSS_TIME_MAX, NULL},

    {"", 0, NOT_A_TIME},
    {" ", 0, NOT_A_TIME},
    {"9m", 0, NOT_A_TIME},
    {"10 min", 0, NOT_A_TIME},
    {"10 ", 0, NOT_A_TIME},
    {" 10", S(10), NOT_A_TIME},
    {"\t10", S(10), NOT_A_TIME},
    {"5hello", S(18000), NOT_A_TIME},
    {"5s5", S(5), NOT_A_TIME},
    {"5sex", S(5), NOT_A_TIME},
    {"5minus", S(300), NOT_A_TIME},
    {"5msec", S(5), NOT_A_TIME},
    {"5d", 0, NOT_A_TIME},
    {"1day", 0, NOT_A_TIME},
    {"9MIN", 0, NOT_A_TIME},
    {"9Min", 0, NOT_A_TIME},
    {"1H", 0, NOT_A_TIME},
    {"-5", 0, NOT_A_TIME},
    {"+5", S(5), NOT_A_TIME},
    {"5-", 0, NOT_A_TIME},
    {"5.5", 0, NOT_A_TIME},
    {"5,5", 0, NOT_A_TIME},
    {"1e3", 0, NOT_A_TIME},
    {"0x10", 0, NOT_A_TIME},
    {"s", 0, NOT_A_TIME},
    {"min", 0, NOT_A_TIME},
    {"Off", 0, NOT_A_TIME},
    {"On", 0, NOT_A_TIME},
    {"infinite", 0, NOT_A_TIME},
    {"\xEF\xBC\x95", 0, NOT_A_TIME}, /* full-width 5 */
    {"5\n", 0, NOT_A_TIME},
    {"%d", 0, NOT_A_TIME},

    {"0", 0, SHORTER},
    {"0s", 0, SHORTER},
    {"0h", 0, SHORTER},
    {"540ms", 540000, SHORTER},
    {"999ms", 999000, SHORTER},
    {"2592001", MSS_TIME_MAX + S(1), LONGER},
    {"2592000001ms", MSS_TIME_MAX + 1000, LONGER},
    {"43201min", MSS_TIME_MAX + S(60), LONGER},
    {"721h", MSS_TIME_MAX + S(3600), LONGER},
    {"9999999999", S(9999999999), LONGER},
    /* Where older versions wrap, the digits tell. */
    {"5124095577h", 3490448384, LONGER},
    {"99999999999ms", S(10), LONGER},
    {"10000000000", S(1), LONGER},
    {"5124095576030431h", 0, LONGER},
    {"9223372036854775807", 0, LONGER},
    {"99999999999999999999999999999999999999999s", S(5), LONGER},
};

START_TEST(a_time)
{
    char *text = mss_exact(times[_i].text, strlen(times[_i].text) + 1);
    const char *fault = mss_parse_time_fault(
        text, times[_i].parsed != 0 || text[0] == '0', times[_i].parsed);
    const char *want = times[_i].fault;

    free(text);
    if (want) {
        ck_assert_msg(fault && !strncmp(fault, want, strlen(want)), "%s: %s",
                      times[_i].text, fault ? fault : "taken");
        ck_assert_ptr_nonnull(strstr(fault, "such as 540, "));
    }
    else {
        ck_assert_msg(!fault, "%s: %s", times[_i].text, fault);
    }
}
END_TEST

/* What httpd itself refused is not taken, however it looks. */
START_TEST(a_time_that_httpd_refused)
{
    ck_assert_ptr_nonnull(mss_parse_time_fault("540", false, S(540)));
}
END_TEST

#define NONE MSS_IDLE_UNKNOWN

static const struct {
    const char *query;
    apr_int64_t idle;
} queries[] = {
    {"idleFor=0", 0},
    {"idleFor=1", 1},
    {"idleFor=00017", 17},
    {"idleFor=2147483648", 2147483648},
    {"idleFor=999999999999999999", 999999999999999999},
    {"idleFor=9223372036854775807", INT64_MAX},
    {"idleFor=9223372036854775808", INT64_MAX},
    {"idleFor=18446744073709551616", INT64_MAX},
    {"idleFor=99999999999999999999999999999999999999999999", INT64_MAX},
    {"idleFor=-1", 0},
    {"idleFor=-0", 0},
    {"idleFor=-99999999999999999999999999", 0},

    {"", NONE},
    {"idleFor", NONE},
    {"idleFor=", NONE},
    {"idleFor=-", NONE},
    {"idleFor=--1", NONE},
    {"idleFor=+1", NONE},
    {"idleFor=1.0", NONE},
    {"idleFor=1e1", NONE},
    {"idleFor=0x1", NONE},
    {"idleFor=1a", NONE},
    {"idleFor=a1", NONE},
    {"idleFor=-1a", NONE},
    {"idleFor=NaN", NONE},
    {"idleFor=nan", NONE},
    {"idleFor=Infinity", NONE},
    {"idleFor=null", NONE},
    {"idleFor=undefined", NONE},
    {"idleFor=\xEF\xBC\x95", NONE}, /* full-width 5 */
    {"idleFor=%EF%BC%95", NONE},
    {"idleFor=5%00", NONE},
    {"idleFor=%005", NONE},
    {"idleFor=%35", NONE},
    {"idleFor=5+", NONE},
    {"idleFor=5%20", NONE},
    {"idleFor= 5", NONE},
    {"idleFor=5 ", NONE},
    {"idleFor=5;", NONE},
    {"idleFor=5;idleFor=6", NONE},
    {"idleFor==5", NONE},
    {"idleFor[]=5", NONE},
    {"idleFor%3D5", NONE},
    {"idle%46or=5", NONE},
    {"idlefor=5", NONE},
    {"IDLEFOR=5", NONE},
    {"xidleFor=5", NONE},
    {"idleForx=5", NONE},
    {" idleFor=5", NONE},
    {"?idleFor=5", NONE},
    {"a=idleFor=5", NONE},
    {"a=1;idleFor=5", NONE},
    {"idleFo=5", NONE},
    {"=5", NONE},
    {"5", NONE},

    /* The last one counts, good or bad. */
    {"idleFor=5&idleFor=6", 6},
    {"idleFor=6&idleFor=5", 5},
    {"idleFor=5&idleFor=-6", 0},
    {"idleFor=5&idleFor=x", NONE},
    {"idleFor=x&idleFor=5", 5},
    {"idleFor=5&idleFor=", NONE},
    {"idleFor=5&idleFor", 5},
    {"idleFor=5&xidleFor=6&idleForx=7&a=8", 5},
    {"_=1700000000&idleFor=5", 5},
    {"idleFor=5&_=1700000000", 5},
    {"&&&idleFor=5&&&", 5},
    {"&", NONE},
    {"=&=&idleFor=5", 5},
    {"a&b&idleFor=5", 5},
};

START_TEST(an_idle_time)
{
    char *query = mss_exact(queries[_i].query, strlen(queries[_i].query) + 1);

    ck_assert_msg(mss_parse_idle_for(query) == queries[_i].idle, "%s", query);
    free(query);
}
END_TEST

START_TEST(no_query)
{
    apr_size_t n = 7;

    ck_assert_int_eq(mss_parse_idle_for(NULL), NONE);
    ck_assert_ptr_null(mss_parse_parameter(NULL, "limits", &n));
    ck_assert_ptr_null(mss_parse_parameter("", "limits", &n));
}
END_TEST

START_TEST(a_parameter)
{
    static const char query[] = "b=1&limits=a%20b&bb=2&b=&c=d=e";
    apr_size_t n = 7;

    ck_assert_ptr_eq(mss_parse_parameter(query, "limits", &n), query + 11);
    ck_assert_uint_eq(n, 5);
    ck_assert_ptr_eq(mss_parse_parameter(query, "b", &n), query + 24);
    ck_assert_uint_eq(n, 0);
    ck_assert_ptr_eq(mss_parse_parameter(query, "c", &n), query + 27);
    ck_assert_uint_eq(n, 3);
    ck_assert_ptr_null(mss_parse_parameter(query, "limit", &n));
    ck_assert_ptr_null(mss_parse_parameter(query, "d", &n));
}
END_TEST

START_TEST(hexadecimal_digits)
{
    static const char digits[] = "0123456789abcdef";
    int c;

    for (c = 0; c < 256; c++) {
        const char *at = c ? strchr(digits, c) : NULL;

        ck_assert_int_eq(mss_parse_hex((char)c), at ? at - digits : -1);
    }
}
END_TEST

Suite *mss_suite_parse(void)
{
    Suite *suite = suite_create("parse");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, a_time, 0, COUNT(times));
    tcase_add_test(tc, a_time_that_httpd_refused);
    tcase_add_loop_test(tc, an_idle_time, 0, COUNT(queries));
    tcase_add_test(tc, no_query);
    tcase_add_test(tc, a_parameter);
    tcase_add_test(tc, hexadecimal_digits);
    suite_add_tcase(suite, tc);
    return suite;
}
