/* SPDX-License-Identifier: Apache-2.0
 * Knows a table of sessions for tests, and short words for what they do to it.
 * Must not know what they expect. */

#ifndef MSS_TABLE_FIXTURE_H
#define MSS_TABLE_FIXTURE_H

#include "core/table.h"

#define S(n) apr_time_from_sec(n)
#define NOW S(1700000000)
#define STALE (NOW - S(600))
#define LATER (NOW + S(600))
#define WAYS MSS_TABLE_WAYS
#define ENTRIES (4 * WAYS) /* four sets */

/** The table of the test that runs: ENTRIES slots, empty. The two functions fit
 * tcase_add_checked_fixture. */
extern mss_table *table;
void table_setup(void);
void table_teardown(void);

/** An empty table in a block of exactly its size. To be freed. */
mss_table *make(apr_size_t entries);

/** Puts a table of that size in its place, with its records. */
void move_to(apr_size_t entries);

/** Keys with the same remainder by 4 fall into the same of four sets. */
mss_key key(apr_uint32_t n);

mss_record get(apr_uint32_t n);

/** Touches at that time a session whose login was 10 s before. */
bool touch(apr_uint32_t n, apr_time_t at);

/** Revokes a session, for a logout. */
bool end(apr_uint32_t n, apr_time_t until);

void expect_live(apr_uint32_t n, apr_time_t created, apr_time_t last);
void expect(apr_uint32_t n, mss_source source);
mss_table_usage usage_at(apr_time_t now);
void expect_usage(apr_size_t sessions, apr_size_t revocations,
                  apr_uint64_t evictions);

#endif
