/* SPDX-License-Identifier: Apache-2.0
 * Knows how messages are found by language; the rest of assets.h is made.
 * Must not know how they are sent. */

#include "assets.h"

#include <string.h>

#define FOLDER "messages/"
#define SUFFIX ".json"

/* Longer lists are nobody's. */
#define MAX_LIST 200

const mss_asset *mss_asset_in_languages(const char *name)
{
    size_t n = strlen(name);
    size_t length = n - strlen(FOLDER SUFFIX);
    char list[MAX_LIST];
    int place;

    if (n < strlen(FOLDER SUFFIX) || length >= sizeof list
        || strncmp(name, FOLDER, strlen(FOLDER)) != 0
        || strcmp(name + n - strlen(SUFFIX), SUFFIX) != 0) {
        return NULL;
    }
    memcpy(list, name + strlen(FOLDER), length);
    list[length] = '\0';
    place = mss_language_choose(mss_asset_languages, list);
    return place < 0 ? NULL : &mss_assets[1 + place];
}
