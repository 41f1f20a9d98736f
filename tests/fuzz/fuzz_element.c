/* SPDX-License-Identifier: Apache-2.0
 * Knows that the element says, to a parser that forgives nothing, what went into
 * it. Must not know how it is written. */

#include <expat.h>
#include <stdio.h>

#include "apr_general.h"
#include "apr_strings.h"

#include "core/element.h"
#include "fuzz.h"

typedef struct {
    const char *src;
    const char *settings;
    const char *nonce;
    int elements;
} wanted;

static const char *value_of(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (!strcmp(*attributes, name)) {
            return attributes[1];
        }
    }
    return NULL;
}

/* Whether the percent-encoded text is the one without. */
static int is_encoded(const char *encoded, const char *text)
{
    unsigned byte;

    for (; *text; text++) {
        if (*encoded == *text) {
            encoded++;
        }
        else if (sscanf(encoded, "%%%2X", &byte) == 1
                 && byte == (unsigned char)*text) {
            encoded += 3;
        }
        else {
            return 0;
        }
    }
    return !*encoded;
}

static void on_start(void *data, const char *name, const char **attributes)
{
    wanted *w = data;
    const char *nonce = value_of(attributes, "nonce");

    w->elements++;
    EXPECT(!strcmp(name, "script"));
    EXPECT(is_encoded(value_of(attributes, "src"), w->src));
    EXPECT(!strcmp(value_of(attributes, "data-session-security"), w->settings));
    EXPECT(w->nonce ? nonce && !strcmp(nonce, w->nonce) : !nonce);
}

static void on_text(void *data, const char *text, int n)
{
    (void)data;
    (void)text;
    EXPECT(n == 0);
}

/* The settings are ASCII, and so are nonces: base64. */
static void make_printable(char *text)
{
    for (; *text; text++) {
        if (*text < ' ' || *text > '~') {
            *text = (char)(' ' + (unsigned char)*text % ('~' - ' ' + 1));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *pool;
    fuzz_pair pair = fuzz_split(data, size);
    XML_Parser parser = XML_ParserCreate(NULL);
    wanted w = {pair.second, pair.first, size % 2 ? pair.first : NULL, 0};
    const char *element;

    if (!pool) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
    }
    EXPECT(parser);
    make_printable(pair.first);
    element = apr_pstrcat(
        pool, mss_element_open(pool, w.src), mss_element_nonce(pool, w.nonce),
        MSS_ELEMENT_SETTINGS, mss_element_escape(pool, w.settings),
        MSS_ELEMENT_END, NULL);
    XML_SetUserData(parser, &w);
    XML_SetElementHandler(parser, on_start, NULL);
    XML_SetCharacterDataHandler(parser, on_text);
    EXPECT(XML_Parse(parser, element, (int)strlen(element), XML_TRUE));
    EXPECT(w.elements == 1);
    XML_ParserFree(parser);
    apr_pool_clear(pool);
    fuzz_free(&pair);
    return 0;
}
