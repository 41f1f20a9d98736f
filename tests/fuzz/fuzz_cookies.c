/* SPDX-License-Identifier: Apache-2.0
 * Knows what holds for any Cookie header: what is refused is nowhere in what is
 * kept, and what is kept was there. Must not know how headers are taken apart. */

#include "apr_general.h"
#include "apr_lib.h"
#include "apr_strings.h"

#include "core/cookies.h"
#include "fuzz.h"

static bool keep_none(void *data, const mss_cookies_pair *pair)
{
    int *asked = data;

    EXPECT(*pair->name);
    ++*asked;
    return false;
}

static bool keep_all(void *data, const mss_cookies_pair *pair)
{
    int *hidden = data;

    *hidden += !pair->value;
    return true;
}

/* As an application reads it that parts cookies by one character. */
static bool has_cookie(const char *header, const char *separators)
{
    while (*header) {
        header += strspn(header, " ");
        if (header[0] == 'J' && header[1 + strspn(header + 1, " ")] == '=') {
            return true;
        }
        header += strcspn(header, separators);
        header += *header != '\0';
    }
    return false;
}

static bool is_token(char c)
{
    return apr_isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* As one reads it that takes whatever is around a name for blanks. */
static bool has_padded(const char *header)
{
    while (*header) {
        const char *end = header + strcspn(header, "=,;");

        while (header < end && !is_token(*header)) {
            header++;
        }
        if (header[0] == 'J' && !is_token(header[1])
            && header[1 + strcspn(header + 1, "=,;")] == '='
            && header + 1 + strspn(header + 1, "\"()/:<>?@[\\]{} \x85\xA0")
                   == end) {
            return true;
        }
        header = end + strcspn(end, ",;");
        header += *header != '\0';
    }
    return false;
}

static void fuzz_header(apr_pool_t *p, const char *header)
{
    apr_array_header_t *patterns = apr_array_make(p, 1, sizeof(char *));
    int asked = 0;
    int hidden = 0;
    const char *kept;

    APR_ARRAY_PUSH(patterns, const char *) = "J";
    kept = mss_cookies_sift(p, header, patterns, keep_none, &asked);
    EXPECT((kept == header) == !asked);
    EXPECT(!kept || strlen(kept) <= strlen(header));
    EXPECT(!kept || !has_cookie(kept, ";"));
    EXPECT(!kept || !has_cookie(kept, ",;"));
    EXPECT(!kept || !has_cookie(kept, ",; "));
    EXPECT(!kept || !has_padded(kept));
    asked = 0;
    if (kept && kept != header) {
        EXPECT(mss_cookies_sift(p, kept, patterns, keep_none, &asked) == kept);
    }
    kept = mss_cookies_sift(p, header, patterns, keep_all, &hidden);
    EXPECT((kept == header) == !hidden);
}

static void fuzz_line(apr_pool_t *p, const char *line)
{
    const mss_cookies_set set = mss_cookies_read(p, line, 1);

    EXPECT(set.name && set.value && !strpbrk(set.value, ";"));
    EXPECT(!set.path || *set.path == '/');
    if (mss_cookies_can_name(set.name)) {
        EXPECT(
            mss_cookies_read(p, mss_cookies_forget(p, set.name, "/", NULL), 1)
                .deletes);
    }
}

static void fuzz_path(apr_pool_t *p, const char *path)
{
    const apr_array_header_t *all = mss_cookies_prefixes(p, path);
    int i;

    for (i = 0; i < all->nelts; i++) {
        const char *prefix = APR_ARRAY_IDX(all, i, const char *);

        EXPECT(*prefix == '/' && !strpbrk(prefix, "; \r\n"));
        EXPECT(*path != '/' || mss_cookies_path_fits(prefix, path));
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
    fuzz_header(pool, pair.first);
    fuzz_line(pool, pair.first);
    fuzz_path(pool, pair.second);
    apr_pool_clear(pool);
    fuzz_free(&pair);
    return 0;
}
