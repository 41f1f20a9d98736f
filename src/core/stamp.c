/* SPDX-License-Identifier: Apache-2.0 */

#include "stamp.h"

#include <inttypes.h>
#include <string.h>

#include "apr_base64.h"
#include "apr_strings.h"

#include "parse.h"

#define VERSION "1"
#define ENDED VERSION ".ended."

#define BYTES (MSS_ID_BYTES + 2 + 6 + 6 + 6)
/* The last millisecond that fits: in the year 10889. */
#define LAST ((APR_INT64_C(1) << 48) - 1)
/* A multiple of three bytes: no padding, no spare bits, one text for each. */
#define TEXT ((size_t)BYTES / 3 * 4)

/* --- numbers as bytes ------------------------------------------------------------ */

static unsigned char *put(unsigned char *to, apr_uint64_t value, int bytes)
{
    while (bytes > 0) {
        *to++ = (unsigned char)(value >> (8 * --bytes));
    }
    return to;
}

static unsigned char *put_time(unsigned char *to, apr_time_t t)
{
    apr_int64_t ms = t > 0 ? apr_time_as_msec(t) : 0;

    return put(to, (apr_uint64_t)(ms < LAST ? ms : LAST), 6);
}

static apr_uint64_t take(const unsigned char **from, int bytes)
{
    apr_uint64_t value = 0;

    while (bytes-- > 0) {
        value = value << 8 | *(*from)++;
    }
    return value;
}

static apr_time_t take_time(const unsigned char **from)
{
    return apr_time_from_msec((apr_time_t)take(from, 6));
}

/* --- bytes as text --------------------------------------------------------------- */

static void replace(char *text, char this, char by)
{
    for (; *text; text++) {
        if (*text == this) {
            *text = by;
        }
    }
}

static const char *format_live(apr_pool_t *p, const mss_stamp *stamp)
{
    unsigned char bytes[BYTES];
    unsigned char *to = bytes;
    char *text = apr_palloc(p, strlen(VERSION) + TEXT + 1);

    memcpy(to, stamp->id, MSS_ID_BYTES);
    to = put(to + MSS_ID_BYTES, stamp->realm, 2);
    to = put(to, stamp->user, 6);
    put_time(put_time(to, stamp->created), stamp->last);
    memcpy(text, VERSION, sizeof(VERSION));
    apr_base64_encode_binary(text + strlen(VERSION), bytes, BYTES);
    replace(text, '+', '-');
    replace(text, '/', '_');
    return text;
}

const char *mss_stamp_format(apr_pool_t *p, const mss_stamp *stamp)
{
    if (stamp->ended) {
        return apr_psprintf(p, ENDED "%x.%" PRIx64, (unsigned)stamp->reason,
                            (uint64_t)stamp->last);
    }
    return format_live(p, stamp);
}

/* apr's decoder knows the older alphabet alone, and stops at what is in none. */
static bool to_base64(const char *text, char *base64)
{
    size_t i;

    for (i = 0; i < TEXT && text[i] && text[i] != '+' && text[i] != '/'; i++) {
        base64[i] = (char)(text[i] == '-'   ? '+'
                           : text[i] == '_' ? '/'
                                            : text[i]);
    }
    base64[i] = '\0';
    return i == TEXT && !text[i];
}

static bool parse_live(const char *text, mss_stamp *stamp)
{
    char base64[TEXT + 1];
    unsigned char bytes[BYTES];
    const unsigned char *from = bytes;

    if (!to_base64(text, base64)
        || apr_base64_decode_binary(bytes, base64) != BYTES) {
        return false;
    }
    memcpy(stamp->id, from, MSS_ID_BYTES);
    from += MSS_ID_BYTES;
    stamp->realm = (apr_uint16_t)take(&from, 2);
    stamp->user = take(&from, 6);
    stamp->created = take_time(&from);
    stamp->last = take_time(&from);
    return true;
}

/* --- the mark -------------------------------------------------------------------- */

/* A number of 1 to 16 digits as mss_stamp_format writes it: no sign, no
 * leading zero. One text for one stamp, so that nothing can hide in it. */
static bool read_number(const char **text, apr_uint64_t *value)
{
    const char *from = *text;
    int d;

    *value = 0;
    while ((d = mss_parse_hex(**text)) >= 0) {
        if (*text - from == 16) {
            return false;
        }
        *value = *value << 4 | (apr_uint64_t)d;
        ++*text;
    }
    return *text > from && (*from != '0' || *text == from + 1);
}

static bool read_time(const char **text, apr_time_t *value)
{
    apr_uint64_t number;

    if (!read_number(text, &number) || number > (apr_uint64_t)INT64_MAX) {
        return false;
    }
    *value = (apr_time_t)number;
    return true;
}

static bool skip(const char **text, const char *what)
{
    size_t n = strlen(what);

    if (strncmp(*text, what, n) != 0) {
        return false;
    }
    *text += n;
    return true;
}

static bool parse_ended(const char *text, mss_stamp *stamp)
{
    apr_uint64_t reason;

    stamp->ended = true;
    if (!read_number(&text, &reason) || reason > MSS_END_UNREADABLE) {
        return false;
    }
    stamp->reason = (mss_end)reason;
    return skip(&text, ".") && read_time(&text, &stamp->last) && !*text;
}

bool mss_stamp_parse(const char *text, mss_stamp *stamp)
{
    bool read;

    memset(stamp, 0, sizeof(*stamp));
    if (skip(&text, ENDED)) {
        read = parse_ended(text, stamp);
    }
    else {
        read = skip(&text, VERSION) && parse_live(text, stamp);
    }
    if (!read) {
        memset(stamp, 0, sizeof(*stamp));
    }
    return read;
}
