/* SPDX-License-Identifier: Apache-2.0 */

#include "limits.h"

#include <string.h>

#include "parse.h"

#define MAC_DIGITS 16

mss_limits mss_limits_strictest(mss_limits a, mss_limits b)
{
    if (b.warn_after < a.warn_after) {
        a.warn_after = b.warn_after;
    }
    if (b.expire_after < a.expire_after) {
        a.expire_after = b.expire_after;
    }
    if (b.max_lifetime > 0
        && (a.max_lifetime == 0 || b.max_lifetime < a.max_lifetime)) {
        a.max_lifetime = b.max_lifetime;
    }
    return a;
}

/* In each page, and apr_psprintf would cost ten times as much. */
static char *write_decimal(char *to, apr_uint64_t value)
{
    char digits[20];
    int n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (n > 0) {
        *to++ = digits[--n];
    }
    return to;
}

static char *write_limit(char *to, apr_interval_time_t limit)
{
    return write_decimal(to,
                         limit > 0 ? (apr_uint64_t)apr_time_as_msec(limit) : 0);
}

apr_size_t mss_limits_write(const mss_limits *limits, char *text)
{
    char *to = write_limit(text, limits->warn_after);

    *to++ = '.';
    to = write_limit(to, limits->expire_after);
    *to++ = '.';
    to = write_limit(to, limits->max_lifetime);
    return (apr_size_t)(to - text);
}

void mss_limits_seal(char *text, apr_size_t n, apr_uint64_t mac)
{
    static const char hex[] = "0123456789abcdef";

    text[n] = '.';
    text[n + 1 + MAC_DIGITS] = '\0';
    for (apr_size_t i = MAC_DIGITS; i > 0; i--, mac >>= 4) {
        text[n + i] = hex[mac & 15];
    }
}

/* One number, with the dot behind it. */
static bool read_limit(const char **text, const char *end,
                       apr_interval_time_t *limit)
{
    const char *dot = memchr(*text, '.', (size_t)(end - *text));

    if (!dot
        || !mss_parse_milliseconds(*text, (apr_size_t)(dot - *text), limit)) {
        return false;
    }
    *text = dot + 1;
    return true;
}

static bool read_mac(const char *text, const char *end, apr_uint64_t *mac)
{
    *mac = 0;
    for (; text < end; text++) {
        int digit = mss_parse_hex(*text);

        if (digit < 0 || *mac >> 60) {
            return false;
        }
        *mac = *mac << 4 | (apr_uint64_t)digit;
    }
    return true;
}

apr_size_t mss_limits_read(const char *text, apr_size_t n, mss_limits *limits,
                           apr_uint64_t *mac)
{
    const char *at = text;
    const char *end = text + n;

    if (read_limit(&at, end, &limits->warn_after)
        && read_limit(&at, end, &limits->expire_after)
        && read_limit(&at, end, &limits->max_lifetime)
        && limits->expire_after > 0 && end - at == MAC_DIGITS
        && read_mac(at, end, mac)) {
        return (apr_size_t)(at - 1 - text);
    }
    return 0;
}
