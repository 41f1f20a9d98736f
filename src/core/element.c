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

static const char *escape(apr_pool_t *p, const char *text)
{
    const unsigned char *from;
    char *escaped, *to;

    if (!strpbrk(text, "&<>'")) {
        return text; /* as nearly always */
    }
    escaped = to = apr_palloc(p, strlen(text) * LONGEST + 1);
    for (from = (const unsigned char *)text; *from; from++) {
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

const char *mss_element_make(apr_pool_t *p, const char *src,
                             const char *settings, const char *nonce)
{
    const char *guarded =
        nonce ? apr_pstrcat(p, " nonce='", escape(p, nonce), "'", NULL) : "";

    /* Double quotes where the value cannot have any, single ones where it is
     * full of them. */
    return apr_pstrcat(p, "<script src=\"", escape(p, percent_encode(p, src)),
                       "\"", guarded, " data-session-security='",
                       escape(p, settings), "'></script>", NULL);
}
