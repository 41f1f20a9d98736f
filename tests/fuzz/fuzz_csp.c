/* SPDX-License-Identifier: Apache-2.0
 * Knows what holds for any policy: it suffices once it is amended, nothing is
 * lost, and the client's nonce switches no inline script off.
 * Must not know how policies are taken apart. */

#include "apr_general.h"
#include "apr_strings.h"

#include "core/csp.h"
#include "fuzz.h"

/* What is in a policy stays in it, in its order; 'none' may go. */
static void expect_kept(const char *before, const char *after)
{
    if (strcasestr(before, "'none'")) {
        return;
    }
    for (; *before && *after; after++) {
        before += *before == *after;
    }
    EXPECT(strspn(before, ",") == strlen(before));
}

static void fuzz_amend(apr_pool_t *p, const mss_csp_client *client,
                       const char *policy)
{
    const char *after = mss_csp_amend(p, client, policy);
    const char *offered = NULL;
    const bool is_stuck = mss_csp_wants_nonce(p, client, after, &offered);

    EXPECT(mss_csp_amend(p, client, after) == after);
    expect_kept(policy, after);
    if (mss_csp_is_sandbox(policy)) {
        EXPECT(after == policy);
    }
    else if (is_stuck) {
        EXPECT(after == policy);
        EXPECT(strcasestr(policy, "'url-sha")
               || (strcasestr(policy, "'strict-dynamic'")
                   && (!client->nonce || client->is_borrowed)));
    }
    EXPECT(!offered || strstr(policy, offered));
}

/* A list of scripts that lives by 'unsafe-inline' goes on doing so. */
static void fuzz_inline(apr_pool_t *p, const mss_csp_client *client,
                        const char *sources)
{
    const char *policy =
        apr_pstrcat(p, "script-src 'unsafe-inline' ", sources, NULL);

    if (!strpbrk(sources, ",;") && !strcasestr(sources, "'nonce-")
        && !strcasestr(sources, "'sha")
        && !strcasestr(sources, "'strict-dynamic'")) {
        EXPECT(!strstr(mss_csp_amend(p, client, policy), "'nonce-"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *pool;
    fuzz_pair pair = fuzz_split(data, size);
    mss_csp_client client = {
        .https = size % 2,
        .host = "a.example",
        .script = "/session_security/script.js",
        .endpoints = "/session_security/",
        .stylesheet = *pair.second == '/' || strstr(pair.second, "://")
                          ? pair.second
                          : NULL,
    };

    if (!pool) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
    }
    fuzz_amend(pool, &client, pair.first);
    client.nonce = "abc";
    fuzz_amend(pool, &client, pair.first);
    fuzz_inline(pool, &client, pair.first);
    client.is_borrowed = true;
    fuzz_amend(pool, &client, pair.first);
    apr_pool_clear(pool);
    fuzz_free(&pair);
    return 0;
}
