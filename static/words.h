/* SPDX-License-Identifier: Apache-2.0
 * Knows how the texts of the server's own page become C, for embed.c alone.
 * Must not know the page. */

#ifndef MSS_WORDS_H
#define MSS_WORDS_H

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "token.h"

/* A text that a locale must have. */
static json_t *string_of(const char *tag, json_t *locale, const char *key)
{
    json_t *value = json_object_get(locale, key);
    if (!json_is_string(value) || json_string_length(value) == 0)
        die("locale %s: \"%s\" is missing or no text", tag, key);
    return value;
}

/* Three octal digits end an escape, whatever follows. */
static void words_write_text(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(f, "\\%c", *text);
        else if (*text >= ' ' && *text <= '~')
            fputc(*text, f);
        else
            fprintf(f, "\\%03o", (unsigned char)*text);
    }
    fputc('"', f);
}

/* The members of mss_words, in their order. */
static const char *const words_members[] = {
    "dir",   "signed_out_title", "signed_out", "ended_lifetime", "ended_logout",
    "ended", "sign_in",          NULL};

static void words_write_texts(FILE *f, json_t *locales)
{
    const char *tag;
    json_t *locale;

    fputs("const mss_words mss_asset_words[] = {\n", f);
    json_object_foreach(locales, tag, locale)
    {
        fprintf(f, "    {\"%s\"", tag);
        for (const char *const *member = words_members; *member; member++) {
            fputs(", ", f);
            words_write_text(
                f, json_string_value(string_of(tag, locale, *member)));
        }
        fputs("},\n", f);
    }
    fputs("};\n\n", f);
}

static void words_write_keys(FILE *f, const char *name, json_t *keys)
{
    const char *key;
    json_t *unused;

    fprintf(f, "static const char *const %s[] = {\n", name);
    json_object_foreach(keys, key, unused)
    {
        if (strcmp(key, "minutes") && strcmp(key, "seconds"))
            fprintf(f, "    \"%s\",\n", key);
    }
    fputs("    NULL,\n};\n\n", f);
}

static void words_write(FILE *f, json_t *root)
{
    json_t *locales = json_object_get(root, "locales");

    words_write_texts(f, locales);
    words_write_keys(f, "client_keys", json_object_get(root, "keys"));
    words_write_keys(f, "page_keys", json_object_get(root, "page_keys"));
}

#endif
