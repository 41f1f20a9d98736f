/* SPDX-License-Identifier: Apache-2.0
 * The client's files and the texts of the server's own page, compiled in
 * (build/assets.c, made by static/embed.c). */

#ifndef MSS_ASSETS_H
#define MSS_ASSETS_H

#include <stddef.h>

#include "core/language.h"

typedef struct {
    const char *name;         /* below SessionSecurityPath: "script.js" */
    const char *content_type; /* with charset */
    const char *hash;         /* of the content, 16 hexadecimal digits */
    const unsigned char *plain;
    size_t plain_length;
    const unsigned char *gzip;
    size_t gzip_length;
} mss_asset;

/** All of them; the last one's name is NULL. The first is script.js; behind it
 * stand the client's messages in each language, as in mss_asset_words. */
extern const mss_asset mss_assets[];

/** What script.js has to be, for the attribute of that name: "sha256-...". */
extern const char mss_asset_integrity[];

/** The asset of that name, or NULL. Instead of one language, messages/ can have
 * several, as in an Accept-Language: messages/de-AT,fr.json. */
const mss_asset *mss_asset_find(const char *name);

/** The messages in the first of the languages in the name that there are some
 * in, or NULL. For mss_asset_find. */
const mss_asset *mss_asset_in_languages(const char *name);

/** What the server's own page says in one language; UTF-8. */
typedef struct {
    const char *tag;
    const char *dir; /* "ltr" or "rtl" */
    const char *signed_out_title;
    const char *signed_out; /* for being idle */
    const char *ended_lifetime;
    const char *ended_logout;
    const char *ended; /* for any other reason */
    const char *sign_in;
} mss_words;

/** Each language once; the first is English. */
extern const mss_words mss_asset_words[];

/** The same, and other tags that lead to them: places in mss_asset_words. */
extern const mss_language mss_asset_languages[];

/** Whether key is one that SessionSecurityMessage can set ("title", ...). */
int mss_asset_is_message(const char *key);

/** Whether it is one of a text that the client has. */
int mss_asset_is_client_message(const char *key);

#endif
