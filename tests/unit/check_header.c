/* SPDX-License-Identifier: Apache-2.0
 * Knows what a few headers mean.
 * Must not know how they are taken apart. */

#include <stdlib.h>
#include <string.h>

#include "apr_strings.h"

#include "core/header.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
    const char *from;
    const char *to;
} controls[] = {
    {"", "private"},
    {" ", "private"},
    {",,", "private"},
    {"public", "private"},
    {"PUBLIC", "private"},
    {"public, max-age=60", "private, max-age=60"},
    {"max-age=60,public", "private, max-age=60"},
    {"max-age=60", "private, max-age=60"},
    {"s-maxage=60", "private"},
    {"S-MaxAge=60, max-age=0", "private, max-age=0"},
    {"s-maxage=\"60, public\", max-age=1", "private, max-age=1"},
    {"public=\"x\"", "private"},
    {"no-cache", "private, no-cache"},
    {"no-cache=\"a, b\"", "private, no-cache=\"a, b\""},
    {"no-cache=\"a\\\", public\"", "private, no-cache=\"a\\\", public\""},
    {"a=\"b\\\", public, c\"", "private, a=\"b\\\", public, c\""},
    {"no-cache=\"public, private", "private, no-cache=\"public, private"},
    {"must-revalidate , proxy-revalidate",
     "private, must-revalidate, proxy-revalidate"},
    {"private", "private"},
    {"Private", "Private"},
    {"private, public", "private"},
    {"no-cache, private", "no-cache, private"}, /* mod_session */
    {"no-cache, private, public", "no-cache, private"},
    {"max-age=60, private", "max-age=60, private"},
    {"private=\"set-cookie\"", "private, private=\"set-cookie\""},
    {"private=\"set-cookie\", private", "private=\"set-cookie\", private"},
    {"no-store", "no-store"},
    {"no-store, public, max-age=9", "no-store, max-age=9"},
    {"no-store, must-understand", "no-store"},
    {"must-understand, max-age=9", "private, max-age=9"},
    {"publicity, s-maxages=1, privately",
     "private, publicity, s-maxages=1, privately"},
    {"no-stores", "private, no-stores"},
    {"xpublic", "private, xpublic"},
    {"\t public \t,\t max-age=1 \t", "private, max-age=1"},
    {"a=\"\\", "private, a=\"\\"},
};

START_TEST(kept_private)
{
    char *from = mss_exact(controls[_i].from, strlen(controls[_i].from) + 1);

    ck_assert_str_eq(mss_header_private(mss_pool, from), controls[_i].to);
    free(from);
}
END_TEST

/* What has been made private stays as it is. */
START_TEST(kept_private_twice)
{
    ck_assert_str_eq(mss_header_private(mss_pool, controls[_i].to),
                     controls[_i].to);
}
END_TEST

static const struct {
    const char *name;
    bool is_targeted;
} names[] = {
    {"CDN-Cache-Control", true},
    {"cdn-cache-control", true},
    {"Cloudflare-CDN-Cache-Control", true},
    {"Vercel-CDN-Cache-Control", true},
    {"X-LiteSpeed-Cache-Control", true},
    {"Surrogate-Control", true},
    {"Edge-Control", true},
    {"X-Accel-Expires", true},
    {"x-accel-expires", true},
    {"Cache-Control", false},
    {"-Cache-Control", false},
    {"NoCache-Control", false},
    {"X-DNS-Prefetch-Control", false},
    {"Expires", false},
    {"X-Accel-Buffering", false},
    {"Access-Control-Allow-Headers", false},
    {"l", false},
    {"", false},
};

START_TEST(targeted)
{
    char *name = mss_exact(names[_i].name, strlen(names[_i].name) + 1);

    ck_assert_msg(mss_header_is_targeted(name) == names[_i].is_targeted, "%s",
                  name);
    free(name);
}
END_TEST

static const struct {
    const char *header;
    bool gzip;
} encodings[] = {
    {"gzip", true},
    {"GZip", true},
    {"x-gzip", true},
    {"gzip, deflate, br, zstd", true}, /* browsers */
    {"gzip,deflate;q=0", true},
    {"gzip-9, deflate", false},
    {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
    {"deflate,gzip", true},
    {"gzip;q=1", true},
    {"gzip;q=0.001", true},
    {"gzip;q=0.5", true},
    {"gzip; q=0.5", true},
    {"gzip ; q=1", true},
    {"gzip;", true},
    {"gzip\t", true},
    {"*", true},
    {"*;q=0.1", true},
    {"identity, *", true},
    {"identity;q=0, *;q=1", true},
    {"gzip;q=0.1, *;q=0", true},
    {"*;q=0, gzip", true},
    {",,gzip", true},

    {"", false},
    {" ", false},
    {",", false},
    {"identity", false},
    {"br", false},
    {"deflate", false},
    {"gzipx", false},
    {"xgzip", false},
    {"x-gzipped", false},
    {"gzip;q=0", false},
    {"gzip;Q=0", false},
    {"gzip; q=0", false},
    {"gzip ;\tq=0", false},
    {"gzip;q=0.0", false},
    {"gzip;q=0.000", false},
    {"gzip;q=0, *", false},
    {"*, gzip;q=0", false},
    {"*;q=0", false},
    {"*;q=0.000", false},
    {"br, gzip;q=0, deflate", false},
    {"\"gzip\"", false},
    {"\"a, gzip", false},
};

START_TEST(accepted_encodings)
{
    char *header =
        mss_exact(encodings[_i].header, strlen(encodings[_i].header) + 1);

    ck_assert_msg(mss_header_accepts_gzip(header) == encodings[_i].gzip, "%s",
                  encodings[_i].header);
    free(header);
}
END_TEST

START_TEST(no_accepted_encodings)
{
    ck_assert(!mss_header_accepts_gzip(NULL));
}
END_TEST

static const struct {
    const char *url;
    const char *host;
    bool same;
} hosts[] = {
    {"https://a.example", "a.example", true},
    {"https://a.example/", "a.example", true},
    {"https://a.example/b?c", "a.example", true},
    {"http://a.example", "a.example", true},
    {"https://A.Example", "a.eXample", true},
    {"https://a.example:8443", "a.example:8443", true},
    {"https://a.example:8443/x", "a.example:8443", true},
    {"https://[::1]:8443/x", "[::1]:8443", true},
    {"https://localhost", "localhost", true},
    {"http://a.example", "a.example:80", true},
    {"http://a.example:80/", "a.example:80", true},
    {"https://a.example/b", "a.example:443", true},
    {"HTTPS://a.example", "a.example:443", true},
    {"https://[::1]/x", "[::1]:443", true},

    {"http://a.example", "a.example:443", false},
    {"https://a.example", "a.example:80", false},
    {"https://a.example:80", "a.example:443", false},
    {"ftp://a.example", "a.example:80", false},
    {"http://a.example.evil", "a.example:80", false},
    {"http://a", "a.example:80", false},
    {"http://", ":80", false},
    {"http:///", ":80", false},
    {"", "a.example", false},
    {"null", "a.example", false},
    {"a.example", "a.example", false},
    {"//a.example/", "a.example", false},
    {"https://", "a.example", false},
    {"https://", "", false},
    {"https:///", "", false},
    {"https://a.example", "", false},
    {"https://a.example", "a", false},
    {"https://a.example", "a.exampl", false},
    {"https://a.example", "a.example.org", false},
    {"https://a.example.evil", "a.example", false},
    {"https://a.example-evil/", "a.example", false},
    {"https://evil-a.example", "a.example", false},
    {"https://evil.a.example", "a.example", false},
    {"https://a.example@evil.example/", "a.example", false},
    {"https://a.example:8443", "a.example", false},
    {"https://a.example", "a.example:8443", false},
    {"https://a.example:84", "a.example:8443", false},
    {"https://a.example\\evil", "a.example", false},
    {"https://evil.example/https://a.example/", "a.example", false},
    {"https://evil.example/?://a.example/", "a.example", false},
    {"https://evil.example#://a.example/", "a.example", false},
};

START_TEST(a_host)
{
    char *url = mss_exact(hosts[_i].url, strlen(hosts[_i].url) + 1);
    char *host = mss_exact(hosts[_i].host, strlen(hosts[_i].host) + 1);

    ck_assert_msg(mss_header_is_host(url, host) == hosts[_i].same, "%s: %s",
                  hosts[_i].url, hosts[_i].host);
    free(url);
    free(host);
}
END_TEST

Suite *mss_suite_header(void)
{
    Suite *suite = suite_create("header");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_loop_test(tc, kept_private, 0, COUNT(controls));
    tcase_add_loop_test(tc, kept_private_twice, 0, COUNT(controls));
    tcase_add_loop_test(tc, targeted, 0, COUNT(names));
    tcase_add_loop_test(tc, accepted_encodings, 0, COUNT(encodings));
    tcase_add_test(tc, no_accepted_encodings);
    tcase_add_loop_test(tc, a_host, 0, COUNT(hosts));
    suite_add_tcase(suite, tc);
    return suite;
}
