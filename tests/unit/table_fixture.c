/* SPDX-License-Identifier: Apache-2.0 */

#include "table_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"

mss_table *table;

mss_table *make(apr_size_t entries)
{
    void *memory = malloc(mss_table_size(entries));

    ck_assert_ptr_nonnull(memory);
    memset(memory, 0xa5, mss_table_size(entries));
    return mss_table_make(memory, entries);
}

void table_setup(void)
{
    table = make(ENTRIES);
}

void table_teardown(void)
{
    free(table);
}

mss_key key(apr_uint32_t n)
{
    mss_key k;

    memset(k.bytes, (int)(n * 37), sizeof(k.bytes));
    memcpy(k.bytes, &n, sizeof(n));
    return k;
}

mss_record get(apr_uint32_t n)
{
    const mss_key k = key(n);
    mss_record record = {.source = MSS_SOURCE_UNREADABLE};

    mss_table_get(table, &k, &record);
    return record;
}

bool touch(apr_uint32_t n, apr_time_t at)
{
    const mss_key k = key(n);
    const mss_visit visit = {.created = at - S(10), .at = at};

    return mss_table_touch(table, &k, &visit, STALE, NOW) != MSS_TOUCH_REVOKED;
}

bool end(apr_uint32_t n, apr_time_t until)
{
    const mss_key k = key(n);

    return mss_table_revoke(table, &k, until, MSS_END_LOGOUT, STALE, NOW);
}

void expect_live(apr_uint32_t n, apr_time_t created, apr_time_t last)
{
    const mss_record r = get(n);

    ck_assert_msg(r.source == MSS_SOURCE_STORE, "%u: source %d", n, r.source);
    ck_assert_int_eq(r.created, created);
    ck_assert_int_eq(r.last, last);
}

void expect(apr_uint32_t n, mss_source source)
{
    const mss_record r = get(n);

    ck_assert_msg(r.source == source, "%u: source %d", n, r.source);
}

mss_table_usage usage_at(apr_time_t now)
{
    mss_table_usage u = {0, 0, 0};

    for (apr_size_t at = 0; at < mss_table_slots(table); at++) {
        mss_table_count(table, at, STALE, now, &u);
    }
    return u;
}

void expect_usage(apr_size_t sessions, apr_size_t revocations,
                  apr_uint64_t evictions)
{
    const mss_table_usage u = usage_at(NOW);

    ck_assert_uint_eq(u.live + u.revocations, sessions);
    ck_assert_uint_eq(u.revocations, revocations);
    ck_assert_uint_eq(mss_table_evictions(table), evictions);
}

void move_to(apr_size_t entries)
{
    mss_table *to = make(entries);

    mss_table_copy(table, mss_table_slots(table), to);
    free(table);
    table = to;
}
