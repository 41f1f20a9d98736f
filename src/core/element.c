/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client's script element is written.
 * Must not know requests, settings, or where it goes. */

#include "element.h"

#include <string.h>

#include "apr_strings.h"

/* "&#39;" */
#define LONGEST 5

/* For an attribute in single quotes. "<" and ">" would be safe in HTML, but
 * XML and simple-minded filters behind us think otherwise. */
static const char *escaped_char(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static const char *escape(apr_pool_t *p, const char *text)
{
    char *escaped = apr_palloc(p, strlen(text) * LONGEST + 1);
    char *to = escaped;

    for (; *text; text++) {
        const char *replacement = escaped_char(*text);

        if (replacement) {
            to = apr_cpystrn(to, replacement, LONGEST + 1);
        }
        else {
            *to++ = *text;
        }
    }
    *to = '\0';
    return escaped;
}

static const char *percent_encode(apr_pool_t *p, const char *url)
{
    static const char hex[] = "0123456789ABCDEF";
    char *encoded = apr_palloc(p, strlen(url) * 3 + 1);
    char *to = encoded;

    for (; *url; url++) {
        const unsigned char c = (unsigned char)*url;

        if (c > ' ' && c < 0x7f && c != '"') {
            *to++ = *url;
        }
        else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
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

    return apr_pstrcat(p, "<script src='", escape(p, percent_encode(p, src)),
                       "'", guarded, " data-session-security='",
                       escape(p, settings), "'></script>", NULL);
}
