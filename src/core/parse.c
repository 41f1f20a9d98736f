/* SPDX-License-Identifier: Apache-2.0 */

#include "parse.h"

#include <stddef.h>
#include <string.h>

/* More digits than a time in range needs: 30 days in seconds, and in ms. */
#define TIME_DIGITS 7
#define TIME_DIGITS_MS 10

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether there are so many that the arithmetic could overflow. */
static bool has_too_many_digits(const char *text, size_t digits)
{
    size_t zeros = strspn(text, "0");

    return digits - zeros
           > (strcmp(text + digits, "ms") == 0 ? TIME_DIGITS_MS : TIME_DIGITS);
}

/* ap_timeout_parameter_parse looks at one letter or two: to it 5hello is five
 * hours. */
static bool is_unit(const char *text)
{
    static const char *const units[] = {
        "",        "ms", "s",    "sec",   "mi",     "min",    "minute",
        "minutes", "h",  "hour", "hours", "second", "seconds"};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text, units[i]) == 0) {
            return true;
        }
    }
    return false;
}

const char *mss_parse_time_fault(const char *text, bool read,
                                 apr_interval_time_t parsed)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || !is_unit(text + digits)) {
        return "is not a time; write seconds or a number with a unit, such as "
               "540, 540s, 9min or 1h";
    }
    if (has_too_many_digits(text, digits) || !read || parsed > MSS_TIME_MAX) {
        return "is longer than 30 days; write a time from 1s to 30 days, such "
               "as 540, 9min or 720h";
    }
    if (parsed < MSS_TIME_MIN) {
        return "is shorter than a second; write a time from 1s to 30 days, "
               "such as 540, 9min or 1h";
    }
    return NULL;
}

const char *mss_parse_parameter(const char *query, const char *name,
                                apr_size_t *n)
{
    size_t length = strlen(name);
    const char *found = NULL;

    while (query && *query) {
        size_t size = strcspn(query, "&");

        if (size > length && query[length] == '='
            && strncmp(query, name, length) == 0) {
            found = query + length + 1;
            *n = size - length - 1;
        }
        query += size;
        query += *query == '&';
    }
    return found;
}

/* Digits up to the end; INT64_MAX where they say more. */
static bool read_decimal(const char *text, apr_size_t n, apr_int64_t *value)
{
    *value = 0;
    for (apr_size_t i = 0; i < n; i++) {
        if (!is_digit(text[i])) {
            return false;
        }
        if (*value > (INT64_MAX - 9) / 10) {
            *value = INT64_MAX;
        }
        else {
            *value = *value * 10 + (text[i] - '0');
        }
    }
    return n > 0;
}

apr_int64_t mss_parse_idle_for(const char *query)
{
    apr_size_t n = 0;
    const char *text = mss_parse_parameter(query, "idleFor", &n);
    bool negative = text && n > 0 && *text == '-';
    apr_int64_t value;

    if (!text || !read_decimal(text + negative, n - negative, &value)) {
        return MSS_IDLE_UNKNOWN;
    }
    return negative ? 0 : value;
}

bool mss_parse_milliseconds(const char *text, apr_size_t n,
                            apr_interval_time_t *time)
{
    apr_int64_t ms;

    if (!read_decimal(text, n, &ms) || ms > MSS_TIME_MAX / 1000) {
        return false;
    }
    *time = ms * 1000;
    return true;
}

int mss_parse_hex(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
