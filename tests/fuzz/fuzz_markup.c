/* SPDX-License-Identifier: Apache-2.0
 * Knows what UTF-8 is, by Unicode's table, and how HTML is read back: that is the
 * text again, and nothing in it begins or ends anything.
 * Must not know how the core writes it. */

#include <stdbool.h>

#include "apr_general.h"

#include "core/markup.h"
#include "fuzz.h"

/* Unicode, table 3-7: first bytes, second bytes, all. */
static const struct {
    unsigned char first[2];
    unsigned char second[2];
    int bytes;
} sequences[] = {
    {{0xc2, 0xdf}, {0x80, 0xbf}, 2}, {{0xe0, 0xe0}, {0xa0, 0xbf}, 3},
    {{0xe1, 0xec}, {0x80, 0xbf}, 3}, {{0xed, 0xed}, {0x80, 0x9f}, 3},
    {{0xee, 0xef}, {0x80, 0xbf}, 3}, {{0xf0, 0xf0}, {0x90, 0xbf}, 4},
    {{0xf1, 0xf3}, {0x80, 0xbf}, 4}, {{0xf4, 0xf4}, {0x80, 0x8f}, 4},
};

static bool is_in(unsigned char c, const unsigned char *range)
{
    return c >= range[0] && c <= range[1];
}

/* @return how many bytes the character has; 0: none */
static size_t length(const unsigned char *text)
{
    static const unsigned char tail[] = {0x80, 0xbf};
    size_t i;

    if (*text < 0x80) {
        return 1;
    }
    for (i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        if (is_in(text[0], sequences[i].first)
            && is_in(text[1], sequences[i].second)) {
            const int n = sequences[i].bytes;
            const bool whole = (n < 3 || is_in(text[2], tail))
                               && (n < 4 || is_in(text[3], tail));

            return whole ? (size_t)n : 0;
        }
    }
    return 0;
}

static bool is_utf8(const char *text)
{
    size_t n = 1;

    while (*text && n > 0) {
        n = length((const unsigned char *)text);
        text += n;
    }
    return n > 0;
}

static char *put(char *to, unsigned long c)
{
    if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
    }
    else {
        if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
        }
        else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

/* Reads the reference behind an "&". */
static const char *read_reference(const char *html, char **to)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}};
    size_t i;
    char *end;

    if (*html == '#') {
        *to = put(*to, strtoul(html + 1, &end, 10));
        EXPECT(end > html + 1 && *end == ';');
        return end + 1;
    }
    for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        const size_t n = strlen(named[i].name);

        if (strncmp(html, named[i].name, n) == 0) {
            *(*to)++ = named[i].c;
            return html + n;
        }
    }
    EXPECT(false);
    return html;
}

/* In no more bytes than the HTML has. */
static char *read_back(const char *html)
{
    char *text = malloc(strlen(html) + 1);
    char *to = text;

    EXPECT(text);
    while (*html) {
        EXPECT((unsigned char)*html < 0x80 && !strchr("<>\"", *html));
        if (*html == '&') {
            html = read_reference(html + 1, &to);
        }
        else {
            *to++ = *html++;
        }
    }
    *to = '\0';
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *pool;
    char *text = fuzz_text(data, size);
    const char *html;

    if (!pool) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
    }
    html = mss_markup_text(pool, text);
    EXPECT((html != NULL) == is_utf8(text));
    if (html) {
        char *back = read_back(html);

        EXPECT(strcmp(back, text) == 0);
        free(back);
    }
    apr_pool_clear(pool);
    free(text);
    return 0;
}
