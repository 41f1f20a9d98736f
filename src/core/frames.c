/* SPDX-License-Identifier: Apache-2.0 */

#include "frames.h"

#include <string.h>
#include <strings.h>

#include "apr_strings.h"

#define NAME "frame-ancestors"
#define SPACE "\t\n\f\r "

const char *mss_frames_allowed(apr_pool_t *p, const char *policy)
{
    const char *allowed = NULL;
    int is_repeated = 0; /* the first of a policy counts */

    while (*policy) {
        const char *directive = policy + strspn(policy, SPACE);
        size_t name = strcspn(directive, SPACE ";,");
        size_t n = strcspn(directive, ";,");

        if (name == strlen(NAME) && strncasecmp(directive, NAME, name) == 0
            && !is_repeated) {
            const char *one = apr_pstrmemdup(p, directive, n);

            allowed = allowed ? apr_pstrcat(p, allowed, ", ", one, NULL) : one;
            is_repeated = 1;
        }
        policy = directive + n;
        if (*policy == ',') {
            is_repeated = 0;
        }
        policy += *policy != '\0';
    }
    return allowed;
}
