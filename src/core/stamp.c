/* SPDX-License-Identifier: Apache-2.0 */

#include "stamp.h"

#include <inttypes.h>
#include <string.h>

#include "apr_escape.h"
#include "apr_strings.h"

#include "parse.h"

#define VERSION "1."
#define ENDED VERSION "ended."

const char *mss_stamp_format(apr_pool_t *p, const mss_stamp *stamp)
{
    if (stamp->ended) {
        return apr_psprintf(p, ENDED "%x.%" PRIx64, (unsigned)stamp->reason,
                            (uint64_t)stamp->last);
    }
    return apr_psprintf(
        p, VERSION "%s.%" PRIx64 ".%" PRIx64 ".%" PRIx64 ".%" PRIx64,
        apr_pescape_hex(p, stamp->id, MSS_ID_BYTES, 0), (uint64_t)stamp->realm,
        (uint64_t)stamp->user, (uint64_t)stamp->created, (uint64_t)stamp->last);
}

static bool read_id(const char **text, unsigned char *id)
{
    for (int i = 0; i < MSS_ID_BYTES; i++) {
        int high = mss_parse_hex((*text)[0]);
        int low = high < 0 ? -1 : mss_parse_hex((*text)[1]);

        if (low < 0) {
            return false;
        }
        id[i] = (unsigned char)(high << 4 | low);
        *text += 2;
    }
    return true;
}

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

static bool parse_live(const char *text, mss_stamp *stamp)
{
    return read_id(&text, stamp->id) && skip(&text, ".")
           && read_number(&text, &stamp->realm) && skip(&text, ".")
           && read_number(&text, &stamp->user) && skip(&text, ".")
           && read_time(&text, &stamp->created) && skip(&text, ".")
           && read_time(&text, &stamp->last) && !*text;
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
