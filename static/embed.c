/* SPDX-License-Identifier: Apache-2.0
 * Knows how the client's files become C arrays: a program of the build.
 * embed LOCALES_JSON OUT_C PART_OF_THE_SCRIPT...
 * Must not know httpd; nothing of it is linked into the module. */

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_base64.h>
#include <apr_general.h>
#include <apr_pools.h>
#include <apr_sha1.h>
#include <apr_strings.h>
#include <jansson.h>
#include <zlib.h>

#include "languages.h"
#include "plurals.h"
#include "squeeze.h"
#include "words.h"

#define MAX_ASSETS 256
#define HASH_LENGTH 16
#define SHA256_LENGTH 32

typedef struct {
    const char *name;
    const char *type;
    const char *hash;
    const char *plain; /* ends with a NUL that does not count */
    size_t length;
} asset;

static apr_pool_t *pool;
static asset assets[MAX_ASSETS];
static size_t asset_count;

/* --- locales --------------------------------------------------------------- */

/* What the client looks up: for each number the index of its form, 0 for the
 * last of them. From 200 on the rules repeat with each hundred, so 100 to 199
 * stand for those. Zeros at the end are left out. */
#define PLURAL_TABLE 200

/* The forms of a noun, "other" first, and in index[] where each one went. */
static json_t *noun_forms(const char *tag, json_t *locale, const char *noun,
                          int index[CATEGORIES])
{
    json_t *forms = json_object_get(locale, noun);
    json_t *list = json_array();
    size_t found = 0;
    for (int c = 0; c < CATEGORIES; c++) {
        json_t *form = json_object_get(forms, category_names[c]);
        index[c] = -1;
        if (!form)
            continue;
        if (!json_is_string(form)
            || (c == OTHER && !strstr(json_string_value(form), "{n}")))
            die("locale %s: %s.%s must be a text with {n}", tag, noun,
                category_names[c]);
        index[c] = (int)found++;
        json_array_append(list, form);
    }
    if (index[OTHER] != 0 || found != json_object_size(forms))
        die("locale %s: %s lacks \"other\" or has an unknown form", tag, noun);
    return list;
}

static json_t *plural_table(const char *tag, json_t *locale,
                            const int index[CATEGORIES])
{
    const char *family = json_string_value(string_of(tag, locale, "plural"));
    plural_rule rule = plural_find(family);
    bool used[CATEGORIES] = {true};
    char table[PLURAL_TABLE + 1];
    if (!rule)
        die("locale %s: unknown plural family \"%s\"", tag, family);
    for (int n = 0; n < PLURAL_TABLE; n++) {
        category c = rule(n);
        if (index[c] < 0)
            die("locale %s: no form \"%s\"", tag, category_names[c]);
        used[c] = true;
        table[n] = (char)('0' + index[c]);
    }
    for (int c = 0; c < CATEGORIES; c++) {
        if (index[c] >= 0 && !used[c])
            die("locale %s: form \"%s\" is never used", tag, category_names[c]);
    }
    size_t end = PLURAL_TABLE;
    while (end > 0 && table[end - 1] == '0')
        end--;
    return json_stringn(table, end);
}

/* A locale as the client wants it. */
static json_t *messages_of(json_t *root, const char *tag)
{
    json_t *locale = json_object_get(json_object_get(root, "locales"), tag);
    json_t *out = json_object();
    int minutes[CATEGORIES], seconds[CATEGORIES];
    const char *key;
    json_t *unused;

    if (!json_is_object(locale))
        die("locale %s is missing", tag);
    const char *dir = json_string_value(string_of(tag, locale, "dir"));
    if (strcmp(dir, "ltr") && strcmp(dir, "rtl"))
        die("locale %s: \"dir\" must be ltr or rtl", tag);
    json_object_set_new(out, "lang", json_string(tag));
    json_object_set(out, "dir", json_object_get(locale, "dir"));
    json_object_foreach(json_object_get(root, "keys"), key, unused)
    {
        if (strcmp(key, "minutes") && strcmp(key, "seconds"))
            json_object_set(out, key, string_of(tag, locale, key));
    }
    json_object_set_new(out, "minutes",
                        noun_forms(tag, locale, "minutes", minutes));
    json_object_set_new(out, "seconds",
                        noun_forms(tag, locale, "seconds", seconds));
    if (memcmp(minutes, seconds, sizeof minutes))
        die("locale %s: minutes and seconds have different forms", tag);
    json_object_set_new(out, "plural", plural_table(tag, locale, minutes));
    return out;
}

static json_t *load_locales(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        die("%s:%d: %s", path, error.line, error.text);
    if (json_object_size(json_object_get(root, "keys")) == 0
        || json_object_size(json_object_get(root, "locales")) == 0)
        die("%s: no \"keys\" or no \"locales\"", path);
    languages_check(root);
    return root;
}

/* --- assets ---------------------------------------------------------------- */

static char *json_text(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text)
        die("out of memory");
    return text;
}

static const char *hash_of(apr_sha1_ctx_t *sha)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    char *hex = apr_palloc(pool, HASH_LENGTH + 1);
    apr_sha1_final(digest, sha);
    for (size_t i = 0; i < HASH_LENGTH / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return hex;
}

static void asset_add(const char *name, const char *type, const char *text)
{
    if (asset_count == MAX_ASSETS)
        die("too many assets");
    assets[asset_count++] = (asset){
        .name = name, .type = type, .plain = text, .length = strlen(text)};
}

static void add_messages(json_t *root)
{
    const char *tag;
    json_t *locale;
    apr_sha1_ctx_t sha;

    apr_sha1_init(&sha);
    /* Which messages a language gets is a part of them. */
    const char *aliases = json_text(json_object_get(root, "aliases"));
    apr_sha1_update(&sha, aliases, (unsigned)strlen(aliases));
    json_object_foreach(json_object_get(root, "locales"), tag, locale)
    {
        const char *name = apr_pstrcat(pool, "messages/", tag, ".json", NULL);
        const char *text = json_text(messages_of(root, tag));
        asset_add(name, "application/json; charset=utf-8", text);
        apr_sha1_update(&sha, name, (unsigned)strlen(name) + 1);
        apr_sha1_update(&sha, text, (unsigned)strlen(text) + 1);
    }
    const char *hash = hash_of(&sha);
    for (size_t i = 1; i < asset_count; i++)
        assets[i].hash = hash;
}

/* --- the script ------------------------------------------------------------ */

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END))
        die("%s: %s", path, strerror(errno));
    long size = ftell(f);
    if (size < 0)
        die("%s: %s", path, strerror(errno));
    rewind(f);
    char *text = apr_palloc(pool, (size_t)size + 1);
    if (fread(text, 1, (size_t)size, f) != (size_t)size)
        die("%s: cannot be read", path);
    fclose(f);
    text[size] = '\0';
    if (strlen(text) != (size_t)size)
        die("%s: contains a NUL", path);
    return text;
}

/* Puts text in the place of 'mark', quotes included; it must be there once. */
static const char *replace(const char *in, const char *mark, const char *text)
{
    const char *quoted = apr_pstrcat(pool, "'", mark, "'", NULL);
    const char *at = strstr(in, quoted);
    if (!at || strstr(at + 1, quoted))
        die("the script must contain %s exactly once", quoted);
    return apr_pstrcat(pool, apr_pstrmemdup(pool, in, (size_t)(at - in)), text,
                       at + strlen(quoted), NULL);
}

/* A page that was written into another one brings a second script. */
#define SCRIPT_BEGIN                                                           \
    "(function (win, doc) { 'use strict';"                                     \
    "if ({}.hasOwnProperty.call(win, 'sessionSecurity')) {"                    \
    "return; }"
#define SCRIPT_END "}(window, document));"

static void make_script(char **parts, json_t *root)
{
    apr_sha1_ctx_t sha;
    const char *text = SCRIPT_BEGIN;
    asset *script = &assets[0];

    for (; *parts; parts++)
        text = apr_pstrcat(pool, text, read_file(*parts), NULL);
    text = apr_pstrcat(pool, text, SCRIPT_END, NULL);
    text = replace(text, "@MESSAGES_HASH@",
                   apr_pstrcat(pool, "'", assets[1].hash, "'", NULL));
    text = replace(text, "@ENGLISH@", json_text(messages_of(root, "en")));
    text = squeeze(text, apr_palloc(pool, strlen(text) + 3));
    script->plain = text;
    script->length = strlen(text);
    apr_sha1_init(&sha);
    apr_sha1_update(&sha, text, (unsigned)script->length);
    script->hash = hash_of(&sha);
}

/* The script's digest as browsers take it (W3C Subresource Integrity), by a tool
 * that each system has. */
static const char *integrity_of(const asset *script, const char *out)
{
    const char *path = apr_pstrcat(pool, out, ".js", NULL);
    unsigned char digest[SHA256_LENGTH];
    char text[(SHA256_LENGTH + 2) / 3 * 4 + 1];
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(script->plain, 1, script->length, f) != script->length
        || fclose(f))
        die("%s: cannot be written", path);
    f = popen(apr_pstrcat(pool, "sha256sum '", path, "'", NULL), "r");
    for (size_t i = 0; i < SHA256_LENGTH; i++) {
        if (!f || fscanf(f, "%2hhx", &digest[i]) != 1)
            die("sha256sum does not work");
    }
    pclose(f);
    remove(path);
    apr_base64_encode_binary(text, digest, SHA256_LENGTH);
    return apr_pstrcat(pool, "sha256-", text, NULL);
}

/* --- output ---------------------------------------------------------------- */

static unsigned char *compress_asset(const asset *a, size_t *length)
{
    z_stream z = {0};
    uLong bound;
    unsigned char *out;
    /* 16: a gzip header, with no time in it; 9: memory. */
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9,
                     Z_DEFAULT_STRATEGY)
        != Z_OK)
        die("zlib does not work");
    bound = deflateBound(&z, a->length);
    out = apr_palloc(pool, bound);
    z.next_in = (unsigned char *)(uintptr_t)a->plain;
    z.avail_in = (uInt)a->length;
    z.next_out = out;
    z.avail_out = (uInt)bound;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        die("zlib does not work");
    *length = z.total_out;
    deflateEnd(&z);
    return out;
}

static void write_bytes(FILE *f, const char *kind, size_t number,
                        const unsigned char *bytes, size_t n)
{
    fprintf(f, "static const unsigned char %s_%zu[] = {", kind, number);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%s%u,", i % 20 ? "" : "\n", bytes[i]);
    fputs("\n};\n", f);
}

static void write_functions(FILE *f)
{
    fputs("const mss_asset *mss_asset_find(const char *name)\n{\n"
          "    for (const mss_asset *a = mss_assets; a->name; a++) {\n"
          "        if (!strcmp(a->name, name))\n"
          "            return a;\n"
          "    }\n"
          "    return mss_asset_in_languages(name);\n"
          "}\n\n"
          "static int has(const char *const *keys, const char *key)\n{\n"
          "    while (*keys && strcmp(*keys, key))\n"
          "        keys++;\n"
          "    return *keys != NULL;\n"
          "}\n\n"
          "int mss_asset_is_client_message(const char *key)\n{\n"
          "    return has(client_keys, key);\n"
          "}\n\n"
          "int mss_asset_is_message(const char *key)\n{\n"
          "    return has(client_keys, key) || has(page_keys, key);\n"
          "}\n",
          f);
}

static void write_out(const char *path, json_t *root)
{
    size_t packed[MAX_ASSETS];
    FILE *f = fopen(path, "w");
    if (!f)
        die("%s: %s", path, strerror(errno));
    fputs("/* Made by static/embed.c. Do not edit. */\n\n"
          "#include <string.h>\n\n#include \"assets.h\"\n\n",
          f);
    for (size_t i = 0; i < asset_count; i++) {
        unsigned char *gzip = compress_asset(&assets[i], &packed[i]);
        write_bytes(f, "plain", i, (const unsigned char *)assets[i].plain,
                    assets[i].length);
        write_bytes(f, "gzip", i, gzip, packed[i]);
    }
    fputs("\nconst mss_asset mss_assets[] = {\n", f);
    for (size_t i = 0; i < asset_count; i++)
        fprintf(
            f, "    {\"%s\", \"%s\", \"%s\", plain_%zu, %zu, gzip_%zu, %zu},\n",
            assets[i].name, assets[i].type, assets[i].hash, i, assets[i].length,
            i, packed[i]);
    fputs("    {NULL, NULL, NULL, NULL, 0, NULL, 0},\n};\n\n", f);
    fprintf(f, "const char mss_asset_integrity[] = \"%s\";\n\n",
            integrity_of(&assets[0], path));
    languages_write(f, root);
    words_write(f, root);
    write_functions(f);
    if (ferror(f) | fclose(f))
        die("%s: cannot be written", path);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        die("usage: embed LOCALES_JSON OUT_C PART_OF_THE_SCRIPT...");
    apr_initialize();
    apr_pool_create(&pool, NULL);
    json_t *root = load_locales(argv[1]);
    asset_add("script.js", "text/javascript; charset=utf-8", "");
    add_messages(root);
    make_script(argv + 3, root);
    write_out(argv[2], root);
    json_decref(root);
    apr_pool_destroy(pool);
    return 0;
}
