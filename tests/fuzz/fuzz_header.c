/* SPDX-License-Identifier: Apache-2.0
 * Knows what holds for any header: private stays private, and a host is the
 * one that is named. Must not know how headers are taken apart. */

#include "apr_general.h"

#include "core/header.h"
#include "fuzz.h"

static void fuzz_private(apr_pool_t *p, const char *text)
{
    const char *once = mss_header_private(p, text);

    EXPECT(strncmp(once, "private", 7) == 0 || strcasestr(text, "private")
           || strcasestr(text, "no-store"));
    EXPECT(strcmp(mss_header_private(p, once), once) == 0);
    EXPECT(strncasecmp(once, "public", 6) != 0 || strlen(once) > 6);
}

static void fuzz_host(const char *url, const char *host)
{
    const char *named = strstr(url, "://");

    if (mss_header_is_host(url, host)) {
        EXPECT(*host && named);
        EXPECT(strncasecmp(named + 3, host, strcspn(host, ":")) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *pool;
    fuzz_pair pair = fuzz_split(data, size);

    if (!pool) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
    }
    fuzz_private(pool, pair.first);
    if (mss_header_accepts_gzip(pair.first)) {
        EXPECT(strcasestr(pair.first, "gzip") || strchr(pair.first, '*'));
    }
    fuzz_host(pair.first, pair.second);
    apr_pool_clear(pool);
    fuzz_free(&pair);
    return 0;
}
