/* SPDX-License-Identifier: Apache-2.0
 * Knows which tags lead to which language's texts, for embed.c alone.
 * Must not know the texts. */

#ifndef MSS_LANGUAGES_H
#define MSS_LANGUAGES_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "token.h"

static bool tag_is_sane(const char *tag)
{
    return *tag
           && strspn(tag, "abcdefghijklmnopqrstuvwxyz"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
                  == strlen(tag);
}

static void languages_check(json_t *root)
{
    json_t *locales = json_object_get(root, "locales");
    const char *tag;
    json_t *value;
    json_object_foreach(locales, tag, value)
    {
        if (!tag_is_sane(tag))
            die("bad language tag \"%s\"", tag);
    }
    json_object_foreach(json_object_get(root, "aliases"), tag, value)
    {
        const char *to = json_string_value(value);
        if (!tag_is_sane(tag) || !to || !json_object_get(locales, to))
            die("alias \"%s\" leads nowhere", tag);
    }
}

/* The texts of all kinds stand in the order of the locales. */
static size_t languages_index(json_t *locales, const char *wanted)
{
    size_t index = 0;
    const char *tag;
    json_t *unused;
    json_object_foreach(locales, tag, unused)
    {
        if (!strcmp(tag, wanted))
            break;
        index++;
    }
    return index;
}

static void languages_write(FILE *f, json_t *root)
{
    json_t *locales = json_object_get(root, "locales");
    const char *tag;
    json_t *value;
    fputs("const mss_language mss_asset_languages[] = {\n", f);
    json_object_foreach(locales, tag, value)
    {
        fprintf(f, "    {\"%s\", %zu},\n", tag, languages_index(locales, tag));
    }
    json_object_foreach(json_object_get(root, "aliases"), tag, value)
    {
        fprintf(f, "    {\"%s\", %zu},\n", tag,
                languages_index(locales, json_string_value(value)));
    }
    fputs("    {NULL, 0},\n};\n\n", f);
}

#endif
