/* SPDX-License-Identifier: Apache-2.0
 * Knows what a table of places remembers, and what it gives up.
 * Must not know how it looks. */

#include <stdlib.h>
#include <string.h>

#include "apr_strings.h"

#include "core/atlas.h"
#include "suites.h"

static void *memory;
static mss_atlas *atlas;

static void open_atlas(void)
{
    mss_pool_open();
    memory = calloc(1, mss_atlas_size());
    atlas = mss_atlas_open(memory);
}

static void close_atlas(void)
{
    free(memory);
    mss_pool_close();
}

/* "path@domain " for each. */
static const char *places_of(apr_uint64_t name)
{
    mss_atlas_entry entry;
    const char *text = "";
    int at = 0;

    while (mss_atlas_next(atlas, name, &at, &entry)) {
        text = apr_pstrcat(mss_pool, text, entry.path, "@", entry.domain, " ",
                           NULL);
    }
    return text;
}

START_TEST(keeps_places_by_name)
{
    ck_assert_str_eq(places_of(1), "");
    ck_assert(mss_atlas_note(atlas, 1, "/", ""));
    ck_assert(mss_atlas_note(atlas, 2, "/b", "x.org"));
    ck_assert(mss_atlas_note(atlas, 1, "/a", ""));
    ck_assert(mss_atlas_note(atlas, 1, "/", ""));
    ck_assert_str_eq(places_of(1), "/@ /a@ ");
    ck_assert_str_eq(places_of(2), "/b@x.org ");
    ck_assert_str_eq(places_of(0), "");
}
END_TEST

START_TEST(outlives_those_who_open_it)
{
    mss_atlas_note(atlas, 1, "/a", "");
    atlas = mss_atlas_open(memory);
    ck_assert_str_eq(places_of(1), "/a@ ");
}
END_TEST

START_TEST(gives_up_the_oldest)
{
    mss_atlas_note(atlas, 1, "/old", "");
    mss_atlas_note(atlas, 1, "/again", "");
    for (apr_uint64_t i = 0; i < MSS_ATLAS_SLOTS - 2; i++) {
        mss_atlas_note(atlas, 100 + i, "/", "");
    }
    mss_atlas_note(atlas, 1, "/again", "");
    ck_assert_str_eq(places_of(1), "/old@ /again@ ");
    mss_atlas_note(atlas, 2, "/new", "");
    ck_assert_str_eq(places_of(1), "/again@ ");
    ck_assert_str_eq(places_of(2), "/new@ ");
}
END_TEST

START_TEST(takes_nothing_too_long)
{
    char path[MSS_ATLAS_PATH + 1];

    memset(path, 'a', sizeof(path));
    path[MSS_ATLAS_PATH] = '\0';
    ck_assert(!mss_atlas_note(atlas, 1, path, ""));
    ck_assert(!mss_atlas_note(atlas, 1, "/", path));
    path[MSS_ATLAS_PATH - 1] = '\0';
    ck_assert(mss_atlas_note(atlas, 1, path, ""));
    ck_assert_str_eq(places_of(1), apr_pstrcat(mss_pool, path, "@ ", NULL));
    path[MSS_ATLAS_DOMAIN] = '\0';
    ck_assert(!mss_atlas_note(atlas, 2, "/", path));
    path[MSS_ATLAS_DOMAIN - 1] = '\0';
    ck_assert(mss_atlas_note(atlas, 2, "/", path));
    ck_assert_str_eq(places_of(2),
                     apr_pstrcat(mss_pool, "/@", path, " ", NULL));
}
END_TEST

Suite *mss_suite_atlas(void)
{
    Suite *suite = suite_create("atlas");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, open_atlas, close_atlas);
    tcase_add_test(tc, keeps_places_by_name);
    tcase_add_test(tc, outlives_those_who_open_it);
    tcase_add_test(tc, gives_up_the_oldest);
    tcase_add_test(tc, takes_nothing_too_long);
    suite_add_tcase(suite, tc);
    return suite;
}
