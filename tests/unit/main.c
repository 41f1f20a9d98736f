/* SPDX-License-Identifier: Apache-2.0
 * Knows how to run the suites of suites.h; the exit code tells.
 * Must not know what they test. */

#include <stdlib.h>
#include <string.h>

#include "apr_general.h"

#include "suites.h"

apr_pool_t *mss_pool;

void mss_pool_open(void)
{
    ck_assert_int_eq(apr_pool_create(&mss_pool, NULL), APR_SUCCESS);
}

void mss_pool_close(void)
{
    apr_pool_destroy(mss_pool);
}

char *mss_exact(const char *text, size_t n)
{
    char *copy = malloc(n ? n : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, n);
    return copy;
}

static void add_suites(SRunner *runner)
{
#define ADD(name) srunner_add_suite(runner, mss_suite_##name());
    MSS_SUITES(ADD)
#undef ADD
}

int main(void)
{
    SRunner *runner;
    int failed;

    if (apr_initialize() != APR_SUCCESS) {
        return EXIT_FAILURE;
    }
    runner = srunner_create(NULL);
    add_suites(runner);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
