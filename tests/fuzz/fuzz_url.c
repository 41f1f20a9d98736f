/* SPDX-License-Identifier: Apache-2.0
 * Knows that a browser only goes to a path, or to the origin that is written.
 * Must not know how that is told. */

#include "core/url.h"
#include "fuzz.h"

/* Where a browser would see the end of "scheme://host:port". */
static size_t origin(const char *url)
{
    const char *host = strstr(url, "://") + 3;

    return (size_t)(host - url) + strcspn(host, "/\\?#@");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_pair pair = fuzz_split(data, size);
    const char *written = pair.first;
    const char *target = pair.second;

    EXPECT(!mss_url_is_local(target) || !mss_url_is_absolute(target));
    if (mss_url_may_go(written, target)) {
        EXPECT(!strpbrk(target, "\t\r\n"));
        if (*target == '/') {
            EXPECT(target[1] != '/' && target[1] != '\\');
        }
        else {
            EXPECT(strncasecmp(target, "http", 4) == 0);
            EXPECT(origin(written) == origin(target));
            EXPECT(strncmp(written, target, origin(target)) == 0);
            EXPECT(target[origin(target)] != '@');
        }
    }
    fuzz_free(&pair);
    return 0;
}
