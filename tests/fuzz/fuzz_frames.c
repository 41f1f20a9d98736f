/* SPDX-License-Identifier: Apache-2.0
 * Knows how policies are parted once more, and that what is said of frames says
 * nothing else. Must not know how the core parts them. */

#include <strings.h>

#include "apr_general.h"
#include "apr_strings.h"

#include "core/frames.h"
#include "fuzz.h"

#define SPACE "\t\n\f\r "

/* The first directive of that name, as CSP 3, 2.2.1 has it. */
static const char *find(char *policy)
{
    static const char name[] = "frame-ancestors";
    const size_t n = sizeof(name) - 1;
    char *one;

    while ((one = strsep(&policy, ";"))) {
        one += strspn(one, SPACE);
        if (!strncasecmp(one, name, n) && strspn(one + n, SPACE) > 0) {
            return one;
        }
        if (!strcasecmp(one, name)) {
            return one;
        }
    }
    return NULL;
}

static const char *find_all(apr_pool_t *p, char *policies)
{
    const char *all = NULL;
    char *policy;

    while ((policy = strsep(&policies, ","))) {
        const char *one = find(policy);

        if (one) {
            all = all ? apr_pstrcat(p, all, ", ", one, NULL) : one;
        }
    }
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *pool;
    char *policy = fuzz_text(data, size);
    const char *allowed;
    const char *again;

    if (!pool) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
    }
    allowed = mss_frames_allowed(pool, policy);
    if (allowed) {
        EXPECT(!strchr(allowed, ';'));
        EXPECT(!strcmp(mss_frames_allowed(pool, allowed), allowed));
    }
    again = find_all(pool, policy);
    EXPECT(!allowed == !again);
    EXPECT(!allowed || !strcmp(allowed, again));
    apr_pool_clear(pool);
    free(policy);
    return 0;
}
