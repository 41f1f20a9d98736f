/* SPDX-License-Identifier: Apache-2.0
 * The client's files, compiled in (build/assets.c, made by static/embed.c). */

#ifndef MSS_ASSETS_H
#define MSS_ASSETS_H

#include <stddef.h>

typedef struct {
    const char *name;         /* below SessionSecurityPath: "script.js" */
    const char *content_type; /* with charset */
    const char *hash;         /* of the content, 16 hexadecimal digits */
    const unsigned char *plain;
    size_t plain_length;
    const unsigned char *gzip;
    size_t gzip_length;
} mss_asset;

/** All of them; the last one's name is NULL. The first is script.js. */
extern const mss_asset mss_assets[];

/** The asset of that name, or NULL. */
const mss_asset *mss_asset_find(const char *name);

/** Whether key is one that SessionSecurityMessage can set ("title", ...). */
int mss_asset_is_message(const char *key);

#endif
