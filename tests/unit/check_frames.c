/* SPDX-License-Identifier: Apache-2.0
 * Knows policies and whom they let frame a page.
 * Must not know responses. */

#include <stdlib.h>
#include <string.h>

#include "core/frames.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
    const char *policy;
    const char *frames;
} policies[] = {
    {"", NULL},
    {";,; ,", NULL},
    {"default-src 'none'; sandbox", NULL},
    {"frame-ancestors", "frame-ancestors"},
    {"frame-ancestors 'none'", "frame-ancestors 'none'"},
    {"sandbox; Frame-Ancestors 'self' https://p.test; form-action 'none'",
     "Frame-Ancestors 'self' https://p.test"},
    {"frame-ancestors a.test; frame-ancestors b.test",
     "frame-ancestors a.test"},
    {"frame-ancestors a.test, sandbox, \t\r\nframe-ancestors b.test",
     "frame-ancestors a.test, frame-ancestors b.test"},
    {"x-frame-ancestors a; frame-ancestorsx a; frame-src a", NULL},
    {"form-action frame-ancestors", NULL},
};

START_TEST(allowed)
{
    char *policy =
        mss_exact(policies[_i].policy, strlen(policies[_i].policy) + 1);
    const char *frames = mss_frames_allowed(mss_pool, policy);

    if (policies[_i].frames) {
        ck_assert_str_eq(frames, policies[_i].frames);
    }
    else {
        ck_assert_ptr_null(frames);
    }
    free(policy);
}
END_TEST

Suite *mss_suite_frames(void)
{
    Suite *suite = suite_create("frames");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_loop_test(tc, allowed, 0, COUNT(policies));
    suite_add_tcase(suite, tc);
    return suite;
}
