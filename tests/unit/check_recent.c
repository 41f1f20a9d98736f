/* SPDX-License-Identifier: Apache-2.0
 * Knows what may be recalled of a text, for how long, and that nothing of it
 * stays behind. Must not know in which place it was. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/recent.h"
#include "suites.h"

#define NOW apr_time_from_sec(1000000)
#define KEEP apr_time_from_sec(60)
#define S(n) apr_time_from_sec(n)
#define ENTRIES 8 /* one set: each text competes with each other */

static const unsigned char secret[APR_SIPHASH_KSIZE] = "0123456789abcde";
static const int first, second;
static const mss_recent_scope here = {&first, 7};
static mss_recent *table;
static apr_size_t size;
static char meaning[MSS_RECENT_ROOM];

static void make(apr_size_t entries)
{
    size = mss_recent_size(entries);
    table = calloc(1, size);
    ck_assert_ptr_nonnull(table);
    ck_assert_ptr_eq(mss_recent_make(table, entries, KEEP, secret), table);
}

static void setup(void)
{
    make(ENTRIES);
}

static void teardown(void)
{
    free(table);
}

static mss_recent_key key(const char *text)
{
    return mss_recent_key_of(table, here, text);
}

static bool put(const char *text, const char *means, apr_time_t now)
{
    mss_recent_key k = key(text);

    return mss_recent_put(table, &k, now, means, strlen(means));
}

static apr_size_t get(mss_recent_scope scope, const char *text, apr_time_t now)
{
    mss_recent_key k = mss_recent_key_of(table, scope, text);

    memset(meaning, 0, sizeof(meaning));
    return mss_recent_get(table, &k, now, meaning);
}

static void expect(const char *text, const char *means, apr_time_t now)
{
    ck_assert_uint_eq(get(here, text, now), strlen(means));
    ck_assert_str_eq(meaning, means);
}

static void expect_none(const char *text, apr_time_t now)
{
    ck_assert_uint_eq(get(here, text, now), 0);
}

/* Whether some bytes stand anywhere in the table. */
static bool holds(const char *bytes)
{
    return memmem(table, size, bytes, strlen(bytes)) != NULL;
}

START_TEST(recalls_what_was_put)
{
    expect_none("cookie", NOW);
    ck_assert(put("cookie", "alice", NOW));
    ck_assert(put("another", "bob", NOW));
    expect("cookie", "alice", NOW);
    expect("another", "bob", NOW);
    expect("cookie", "alice", NOW); /* as often as one likes */
    ck_assert(put("cookie", "carol", NOW));
    expect("cookie", "carol", NOW);
    ck_assert_uint_eq(mss_recent_count(table), 2);
}
END_TEST

START_TEST(for_the_same_bytes_alone)
{
    char text[] = "a cookie of some length";
    apr_size_t i;

    ck_assert(put(text, "alice", NOW));
    for (i = 0; text[i]; i++) {
        text[i] ^= 1;
        expect_none(text, NOW);
        text[i] ^= 1;
    }
    text[sizeof(text) - 2] = '\0';
    expect_none(text, NOW);
    expect_none("a cookie of some lengthy", NOW);
    expect_none("", NOW);
    expect("a cookie of some length", "alice", NOW);
}
END_TEST

/* The bytes decide, whatever the hash says. */
START_TEST(not_for_the_same_hash)
{
    mss_recent_key real = key("cookie"), forged = key("cookiE");

    ck_assert(put("cookie", "alice", NOW));
    forged.hash = real.hash;
    ck_assert_uint_eq(mss_recent_get(table, &forged, NOW, meaning), 0);
    /* Nor does one take the other's place for its own. */
    ck_assert(mss_recent_put(table, &forged, NOW, "eve", 3));
    expect("cookie", "alice", NOW);
}
END_TEST

START_TEST(in_the_same_scope_alone)
{
    ck_assert(put("cookie", "alice", NOW));
    ck_assert_uint_eq(get((mss_recent_scope){&second, 7}, "cookie", NOW), 0);
    ck_assert_uint_eq(get((mss_recent_scope){&first, 8}, "cookie", NOW), 0);
    ck_assert_uint_eq(get((mss_recent_scope){NULL, 0}, "cookie", NOW), 0);
    expect("cookie", "alice", NOW);
}
END_TEST

START_TEST(for_a_time)
{
    ck_assert(put("cookie", "alice", NOW));
    expect("cookie", "alice", NOW + KEEP - 1);
    expect_none("cookie", NOW + KEEP);
    expect_none("cookie", NOW); /* it has gone */
    /* Use does not make the time longer, a new decoding does. */
    ck_assert(put("cookie", "alice", NOW));
    expect("cookie", "alice", NOW + S(59));
    expect_none("cookie", NOW + S(61));
    ck_assert(put("cookie", "alice", NOW));
    ck_assert(put("cookie", "alice", NOW + S(30)));
    expect("cookie", "alice", NOW + S(61));
}
END_TEST

START_TEST(not_when_the_clock_was_set_back)
{
    ck_assert(put("cookie", "alice", NOW));
    expect_none("cookie", NOW - 1);
}
END_TEST

START_TEST(what_is_old_is_wiped)
{
    ck_assert(put("cookie of alice", "alice's password", NOW));
    ck_assert(holds("cookie of alice") && holds("alice's password"));
    expect_none("any other", NOW + KEEP);
    ck_assert_uint_eq(mss_recent_count(table), 0);
    ck_assert(!holds("cookie") && !holds("password"));
    /* By a text that is put, too. */
    ck_assert(put("cookie of alice", "alice's password", NOW));
    ck_assert(put("cookie of bob", "x", NOW + KEEP));
    ck_assert(!holds("cookie of alice") && !holds("password"));
    ck_assert(holds("cookie of bob"));
}
END_TEST

START_TEST(what_is_dropped_is_wiped)
{
    mss_recent_key k = key("cookie");

    ck_assert(put("cookie", "alice", NOW));
    ck_assert(put("another", "bob", NOW));
    mss_recent_drop(table, &k);
    mss_recent_drop(table, &k);
    expect_none("cookie", NOW);
    ck_assert(!holds("cookie") && !holds("alice"));
    expect("another", "bob", NOW);
}
END_TEST

START_TEST(all_is_wiped)
{
    ck_assert(put("cookie", "alice", NOW));
    ck_assert(put("another", "bob", NOW));
    mss_recent_wipe(table);
    ck_assert_uint_eq(mss_recent_count(table), 0);
    ck_assert(!holds("cookie") && !holds("alice") && !holds("bob"));
    ck_assert(put("cookie", "alice", NOW)); /* and can be filled again */
    expect("cookie", "alice", NOW);
}
END_TEST

/* A shorter one leaves nothing of the longer one before it. */
START_TEST(what_is_replaced_is_wiped)
{
    ck_assert(put("cookie", "alice and her long password", NOW));
    ck_assert(put("cookie", "bob", NOW));
    ck_assert(!holds("password"));
}
END_TEST

START_TEST(the_oldest_gives_way)
{
    char text[] = "cookie 0", means[] = "0";
    int i;

    /* 0, 1 and 2 once more at the end: 3 is the oldest. */
    for (i = 0; i < ENTRIES + 3; i++) {
        text[7] = means[0] = (char)('0' + i % ENTRIES);
        ck_assert(put(text, means, NOW + S(i)));
    }
    ck_assert(put("one more", "x", NOW + S(20)));
    ck_assert_uint_eq(mss_recent_count(table), ENTRIES);
    expect_none("cookie 3", NOW + S(20));
    ck_assert(!holds("cookie 3"));
    expect("cookie 0", "0", NOW + S(20));
    expect("cookie 7", "7", NOW + S(20));
    expect("one more", "x", NOW + S(20));
}
END_TEST

static bool put_sizes(apr_size_t length, apr_size_t n)
{
    char *text = malloc(length + 1), *means = calloc(1, n ? n : 1);
    bool done;
    mss_recent_key k;

    ck_assert(text && means);
    memset(text, 'a', length);
    text[length] = '\0';
    k = key(text);
    done = mss_recent_put(table, &k, NOW, means, n);
    ck_assert_uint_eq(mss_recent_get(table, &k, NOW, meaning), done ? n : 0);
    mss_recent_drop(table, &k);
    free(text);
    free(means);
    return done;
}

START_TEST(of_a_size)
{
    ck_assert(put_sizes(1, 1));
    ck_assert(put_sizes(1, MSS_RECENT_ROOM - 1));
    ck_assert(put_sizes(MSS_RECENT_ROOM - 1, 1));
    ck_assert(!put_sizes(1, MSS_RECENT_ROOM));
    ck_assert(!put_sizes(MSS_RECENT_ROOM, 1));
    ck_assert(!put_sizes(MSS_RECENT_ROOM + 1, 1));
    ck_assert(!put_sizes(2 * MSS_RECENT_ROOM, 1));
    ck_assert(!put_sizes(0, 1));
    ck_assert(!put_sizes(1, 0));
}
END_TEST

/* Many more than there is room for: each is recalled as itself or not at all. */
START_TEST(in_numbers)
{
    char text[32], means[32];
    apr_size_t found = 0;
    int i;

    teardown();
    make(64);
    for (i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof(text), "cookie %d", i);
        (void)snprintf(means, sizeof(means), "meaning %d", i);
        ck_assert(put(text, means, NOW + i));
    }
    ck_assert_uint_eq(mss_recent_count(table), 64);
    for (i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof(text), "cookie %d", i);
        (void)snprintf(means, sizeof(means), "meaning %d", i);
        if (get(here, text, NOW + S(1)) > 0) {
            ck_assert_str_eq(meaning, means);
            found++;
        }
    }
    ck_assert_uint_eq(found, 64);
}
END_TEST

/* So nobody can tell from outside which texts share a place. */
START_TEST(hashes_of_another_secret)
{
    static const unsigned char another[APR_SIPHASH_KSIZE] = {1, 2, 3};
    const apr_uint64_t hash = key("text").hash;

    free(table);
    table = calloc(1, size);
    ck_assert_ptr_nonnull(table);
    (void)mss_recent_make(table, ENTRIES, KEEP, another);
    ck_assert_uint_ne(key("text").hash, hash);
}
END_TEST

START_TEST(sizes_of_tables)
{
    ck_assert_uint_eq(mss_recent_size(1), mss_recent_size(8));
    ck_assert_uint_eq(mss_recent_size(9), mss_recent_size(16));
    ck_assert_uint_gt(mss_recent_size(9), mss_recent_size(8));
    ck_assert_uint_ge(mss_recent_size(512), 512 * MSS_RECENT_ROOM);
    ck_assert_uint_le(mss_recent_size(512), 512 * (MSS_RECENT_ROOM + 64));
}
END_TEST

Suite *mss_suite_recent(void)
{
    Suite *suite = suite_create("recent");
    TCase *tc = tcase_create("recent");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, recalls_what_was_put);
    tcase_add_test(tc, for_the_same_bytes_alone);
    tcase_add_test(tc, not_for_the_same_hash);
    tcase_add_test(tc, in_the_same_scope_alone);
    tcase_add_test(tc, for_a_time);
    tcase_add_test(tc, not_when_the_clock_was_set_back);
    tcase_add_test(tc, what_is_old_is_wiped);
    tcase_add_test(tc, what_is_dropped_is_wiped);
    tcase_add_test(tc, all_is_wiped);
    tcase_add_test(tc, what_is_replaced_is_wiped);
    tcase_add_test(tc, the_oldest_gives_way);
    tcase_add_test(tc, of_a_size);
    tcase_add_test(tc, in_numbers);
    tcase_add_test(tc, hashes_of_another_secret);
    tcase_add_test(tc, sizes_of_tables);
    suite_add_tcase(suite, tc);
    return suite;
}
