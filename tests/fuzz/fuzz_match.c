/* SPDX-License-Identifier: Apache-2.0
 * Knows the rule for patterns and paths once more, written for clearness.
 * Must not know how the core walks through them. */

#include <stdbool.h>
#include <strings.h>

#include "core/match.h"
#include "fuzz.h"

#define LONGEST 200

/* Whether the pattern's rest matches the path's rest, for all pairs of rests,
 * the shortest first. */
static bool expected(const char *pattern, const char *path)
{
    const size_t n = strlen(pattern);
    const size_t m = strlen(path);
    static bool is[LONGEST + 1][LONGEST + 1];
    size_t i;
    size_t k;

    for (i = n + 1; i-- > 0;) {
        for (k = m + 1; k-- > 0;) {
            if (i == n) {
                is[i][k] = k == m || path[k] == '/' || path[k] == ';'
                           || (n > 0 && pattern[n - 1] == '/');
            }
            else if (pattern[i] == '*') {
                is[i][k] = is[i + 1][k] || (k < m && is[i][k + 1]);
            }
            else {
                is[i][k] = k < m && is[i + 1][k + 1]
                           && (pattern[i] == path[k]
                               || (pattern[i] == '?' && path[k] != '/'));
            }
        }
    }
    return n > 0 && is[0][0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_pair pair = fuzz_split(data, size);

    if (strlen(pair.first) <= LONGEST && strlen(pair.second) <= LONGEST) {
        EXPECT(mss_match_path(pair.first, pair.second)
               == expected(pair.first, pair.second));
    }
    if (mss_match_name(pair.first, pair.second)) {
        EXPECT(strcasecmp(pair.first, pair.second) == 0
               || strchr(pair.first, '*'));
    }
    fuzz_free(&pair);
    return 0;
}
