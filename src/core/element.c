/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client's script element is written.
 * Must not know requests, settings, or where it goes. */

#include "element.h"

#include <stdbool.h>
#include <string.h>

#include "apr_strings.h"

/* "&#39;" */
#define LONGEST 5

/* For an attribute in single quotes. "<" and ">" would be safe in HTML, but
 * XML and simple-minded filters behind us think otherwise. */
static const char *const escapes[256] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['\''] = "&#39;"};

const char *mss_element_escape(apr_pool_t *p, const char *json)
{
    const unsigned char *from;
    char *escaped, *to;

    if (!strpbrk(json, "&<>'")) {
        return json; /* as nearly always */
    }
    escaped = to = apr_palloc(p, strlen(json) * LONGEST + 1);
    for (from = (const unsigned char *)json; *from; from++) {
        if (escapes[*from]) {
            to = apr_cpystrn(to, escapes[*from], LONGEST + 1);
        }
        else {
            *to++ = (char)*from;
        }
    }
    *to = '\0';
    return escaped;
}

static bool is_url_char(unsigned char c)
{
    return c > ' ' && c < 0x7f && c != '"';
}

static const char *percent_encode(apr_pool_t *p, const char *url)
{
    static const char hex[] = "0123456789ABCDEF";
    const unsigned char *from = (const unsigned char *)url;
    char *encoded, *to;

    while (is_url_char(*from)) {
        from++;
    }
    if (!*from) {
        return url;
    }
    encoded = to = apr_palloc(p, strlen(url) * 3 + 1);
    for (from = (const unsigned char *)url; *from; from++) {
        if (is_url_char(*from)) {
            *to++ = (char)*from;
        }
        else {
            *to++ = '%';
            *to++ = hex[*from >> 4];
            *to++ = hex[*from & 15];
        }
    }
    *to = '\0';
    return encoded;
}

/* Double quotes where the value cannot have any, single ones where it is full
 * of them. */
const char *mss_element_open(apr_pool_t *p, const char *src)
{
    return apr_pstrcat(p, "<script src=\"",
                       mss_element_escape(p, percent_encode(p, src)), "\"",
                       NULL);
}

const char *mss_element_nonce(apr_pool_t *p, const char *nonce)
{
    return nonce ? apr_pstrcat(p, " nonce='", mss_element_escape(p, nonce), "'",
                               NULL)
                 : "";
}

const char *mss_element_integrity(apr_pool_t *p, const char *digest)
{
    return digest ? apr_pstrcat(p, " integrity='", digest,
                                "' crossorigin='anonymous'", NULL)
                  : "";
}
