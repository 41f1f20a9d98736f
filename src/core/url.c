/* SPDX-License-Identifier: Apache-2.0 */

#include "url.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool has_control(const char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s < ' ' || *s == 0x7f) {
            return true;
        }
    }
    return false;
}

bool mss_url_is_local(const char *target)
{
    return target[0] == '/' && target[1] != '/' && target[1] != '\\'
           && !has_control(target);
}

/* The length of "https://host" or "http://host:port", or 0. */
static size_t origin_length(const char *url)
{
    size_t scheme;
    size_t host;

    if (strncasecmp(url, "https://", 8) == 0) {
        scheme = 8;
    }
    else if (strncasecmp(url, "http://", 7) == 0) {
        scheme = 7;
    }
    else {
        return 0;
    }
    host = strspn(url + scheme, "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]_");
    return host ? scheme + host : 0;
}

bool mss_url_is_absolute(const char *written)
{
    size_t n = origin_length(written);

    /* The host must end here, or what is filled in could go on with it. */
    return n > 0 && (!written[n] || strchr("/?#", written[n]));
}

bool mss_url_may_go(const char *written, const char *target)
{
    size_t n = origin_length(written);

    if (mss_url_is_local(target)) {
        return true;
    }
    return mss_url_is_absolute(written) && strncmp(written, target, n) == 0
           && (!target[n] || strchr("/?#", target[n])) && !has_control(target);
}
