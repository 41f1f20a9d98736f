/* SPDX-License-Identifier: Apache-2.0
 * Knows the suites: one line each, in a file check_<name>.c that defines
 * Suite *mss_suite_<name>(void). Must not know what they test. */

#ifndef MSS_SUITES_H
#define MSS_SUITES_H

#include <check.h>

#include "apr_pools.h"

#define MSS_SUITES(SUITE)                                                      \
    SUITE(atlas)                                                               \
    SUITE(breaker)                                                             \
    SUITE(charset)                                                             \
    SUITE(clock)                                                               \
    SUITE(cookies)                                                             \
    SUITE(csp)                                                                 \
    SUITE(element)                                                             \
    SUITE(flow)                                                                \
    SUITE(frames)                                                              \
    SUITE(header)                                                              \
    SUITE(kind)                                                                \
    SUITE(language)                                                            \
    SUITE(limits)                                                              \
    SUITE(markup)                                                              \
    SUITE(match)                                                               \
    SUITE(meta)                                                                \
    SUITE(note)                                                                \
    SUITE(parse)                                                               \
    SUITE(recent)                                                              \
    SUITE(scan)                                                                \
    SUITE(slot)                                                                \
    SUITE(stamp)                                                               \
    SUITE(table)                                                               \
    SUITE(takeover)                                                            \
    SUITE(torn)                                                                \
    SUITE(url)

#define MSS_SUITE_DECLARE(name) Suite *mss_suite_##name(void);
MSS_SUITES(MSS_SUITE_DECLARE)
#undef MSS_SUITE_DECLARE

/** A pool for the test that runs, from mss_pool_open to mss_pool_close: both
 * fit tcase_add_checked_fixture. */
extern apr_pool_t *mss_pool;
void mss_pool_open(void);
void mss_pool_close(void);

/** A copy in a block of its own of exactly n bytes, so that a sanitizer sees
 * any byte read beside it. To be freed. */
char *mss_exact(const char *text, size_t n);

#endif
