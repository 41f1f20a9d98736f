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

/* --- the realms of a mark -------------------------------------------------------- */

/* Nought is no realm: an empty place. */
static apr_uint64_t place_of(apr_uint16_t realm)
{
    return realm ? realm : 1;
}

bool mss_stamp_has_realm(apr_uint64_t realms, apr_uint16_t realm)
{
    for (; realms; realms >>= 16) {
        if ((realms & 0xffff) == place_of(realm)) {
            return true;
        }
    }
    return false;
}

apr_uint64_t mss_stamp_add_realm(apr_uint64_t realms, apr_uint16_t realm)
{
    return mss_stamp_has_realm(realms, realm) ? realms
                                              : realms << 16 | place_of(realm);
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

static const char *const asked_texts[] = {[MSS_ASKED_NONE] = "",
                                          [MSS_ASKED_PASSWORD] = ".1",
                                          [MSS_ASKED_CLICK] = ".2",
                                          [MSS_ASKED_UNPROVOKED] = ".3",
                                          [MSS_ASKED_NEEDLESS] = ".4"};

static bool is_password(mss_asked asked)
{
    return asked == MSS_ASKED_PASSWORD || asked == MSS_ASKED_UNPROVOKED;
}

static const char *format_ended(apr_pool_t *p, const mss_stamp *stamp)
{
    const char *text =
        apr_psprintf(p, ENDED "%x.%" PRIx64 "%s", (unsigned)stamp->reason,
                     (uint64_t)stamp->last, asked_texts[stamp->asked]);

    return stamp->realms && is_password(stamp->asked)
               ? apr_psprintf(p, "%s.%" PRIx64, text, (uint64_t)stamp->realms)
               : text;
}

const char *mss_stamp_format(apr_pool_t *p, const mss_stamp *stamp)
{
    return stamp->ended ? format_ended(p, stamp) : format_live(p, stamp);
}

/* One more than what each letter stands for; 0: it is none. */
static const unsigned char sextets[256] =
    {
        ['A'] = 1, 2,  3,          4,         5,  6,  7,          8,  9,  10,
        11,        12, 13,         14,        15, 16, 17,         18, 19, 20,
        21,        22, 23,         24,        25, 26, ['a'] = 27, 28, 29, 30,
        31,        32, 33,         34,        35, 36, 37,         38, 39, 40,
        41,        42, 43,         44,        45, 46, 47,         48, 49, 50,
        51,        52, ['0'] = 53, 54,        55, 56, 57,         58, 59, 60,
        61,        62, ['-'] = 63, ['_'] = 64};

static apr_uint32_t sextet(char letter)
{
    return sextets[(unsigned char)letter] - 1U;
}

/* apr's decoder takes other letters and padding, too, though a stamp is to have
 * one text; and this is done for each request. */
static bool decode(const char *text, unsigned char *bytes)
{
    apr_uint32_t all = 0;

    if (strnlen(text, TEXT + 1) != TEXT) {
        return false;
    }
    for (const char *end = text + TEXT; text < end; text += 4) {
        const apr_uint32_t a = sextet(text[0]), b = sextet(text[1]);
        const apr_uint32_t c = sextet(text[2]), d = sextet(text[3]);

        all |= a | b | c | d;
        *bytes++ = (unsigned char)(a << 2 | b >> 4);
        *bytes++ = (unsigned char)(b << 4 | c >> 2);
        *bytes++ = (unsigned char)(c << 6 | d);
    }
    return all < 64;
}

static bool parse_live(const char *text, mss_stamp *stamp)
{
    /* decode fills it, but gcc's -fanalyzer does not follow how far. */
    unsigned char bytes[BYTES] = {0};
    const unsigned char *from = bytes;

    if (!decode(text, bytes)) {
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

static void read_asked(const char **text, mss_stamp *stamp)
{
    /* The first of them is empty, which any text begins with. */
    int i = MSS_ASKED_ALL - 1;

    while (i > 0 && !skip(text, asked_texts[i])) {
        i--;
    }
    stamp->asked = (mss_asked)i;
}

static bool parse_ended(const char *text, mss_stamp *stamp)
{
    apr_uint64_t reason;

    stamp->ended = true;
    if (!read_number(&text, &reason) || reason >= MSS_ENDS) {
        return false;
    }
    stamp->reason = (mss_end)reason;
    if (!skip(&text, ".") || !read_time(&text, &stamp->last)) {
        return false;
    }
    read_asked(&text, stamp);
    if (is_password(stamp->asked) && skip(&text, ".")
        && (!read_number(&text, &stamp->realms) || !stamp->realms)) {
        return false;
    }
    return !*text;
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
