/* SPDX-License-Identifier: Apache-2.0 */

#include "markup.h"

#include <stdbool.h>
#include <string.h>

#include "apr_strings.h"

/* "&#1114111;" for four bytes is less for each than "&quot;". */
#define LONGEST 6

static const char *const escapes[128] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Takes a character of several bytes off a text. @return false: no UTF-8 */
static bool take(const unsigned char **from, unsigned *character)
{
    static const unsigned least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char first = *(*from)++;
    const int tails = first < 0xc2   ? 0
                      : first < 0xe0 ? 1
                      : first < 0xf0 ? 2
                                     : 3;
    int i;

    if (tails == 0 || first > 0xf4) {
        return false;
    }
    *character = first & (0x3fU >> tails);
    for (i = 0; i < tails; i++) {
        if (!is_tail(**from)) {
            return false;
        }
        *character = *character << 6 | (*(*from)++ & 0x3fU);
    }
    return *character >= least[tails] && *character <= 0x10ffff
           && (*character < 0xd800 || *character > 0xdfff);
}

const char *mss_markup_text(apr_pool_t *p, const char *utf8)
{
    const unsigned char *from = (const unsigned char *)utf8;
    char *text = apr_palloc(p, strlen(utf8) * LONGEST + 1);
    char *to = text;

    while (*from) {
        unsigned character;

        if (*from >= 128) {
            if (!take(&from, &character)) {
                return NULL;
            }
            to += apr_snprintf(to, 11, "&#%u;", character);
        }
        else if (escapes[*from]) {
            to = apr_cpystrn(to, escapes[*from++], LONGEST + 1);
        }
        else {
            *to++ = (char)*from++;
        }
    }
    *to = '\0';
    return text;
}
