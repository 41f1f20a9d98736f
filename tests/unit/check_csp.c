/* SPDX-License-Identifier: Apache-2.0
 * Knows what the client needs of a policy, and what must be left of it.
 * Must not know responses. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/csp.h"
#include "core/csp_source.h"
#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

#define NONCE "'nonce-N0nce'"

static const mss_csp_client plain = {
    .https = true,
    .host = "app.example",
    .script = "/session_security/script.js",
    .endpoints = "/session_security/",
};

static mss_csp_client with_nonce(void)
{
    mss_csp_client client = plain;

    client.nonce = "N0nce";
    return client;
}

typedef struct {
    const char *before;
    const char *after; /* NULL: the very same */
} change;

/* Each policy in memory of its own size, so that no byte behind it is read. */
static void assert_change(const mss_csp_client *client, const change *c)
{
    char *before = mss_exact(c->before, strlen(c->before) + 1);
    const char *after = mss_csp_amend(mss_pool, client, before);

    if (c->after) {
        ck_assert_str_eq(after, c->after);
        /* And then nothing is missing. */
        ck_assert_ptr_eq(mss_csp_amend(mss_pool, client, after), after);
    }
    else {
        ck_assert_msg(after == before, "'%s' became '%s'", before, after);
    }
    free(before);
}

/* --- the client has a nonce ------------------------------------------------------- */

static const change nonce_changes[] = {
    /* Nothing is forbidden that it needs. */
    {"", NULL},
    {" ", NULL},
    {";", NULL},
    {",", NULL},
    {";;, ;", NULL},
    {"frame-ancestors 'none'", NULL},
    {"upgrade-insecure-requests; img-src 'none'; object-src 'none'", NULL},
    {"script-src-attr 'none'; style-src-attr 'none'", NULL},
    {"require-trusted-types-for 'script'; trusted-types 'none'", NULL},
    {"base-uri 'none'; form-action 'none'; report-uri /r", NULL},
    {"style-src 'none'", NULL},
    {"style-src-elem 'none'; font-src 'none'", NULL},
    {"default-src 'self'", NULL},
    {"default-src *", NULL},
    {"default-src https:", NULL},
    {"default-src 'unsafe-inline' 'self'", NULL},
    {"script-src 'self' 'unsafe-inline' 'unsafe-eval'", NULL},
    {"script-src 'nonce-abc' 'self'", NULL},
    {"DEFAULT-SRC 'SELF'", NULL},
    {"\tdefault-src\f'none'\n'self'\r;", NULL},

    /* The client's nonce is there. */
    {"script-src " NONCE, NULL},
    {"script-src 'strict-dynamic' " NONCE " 'unsafe-inline' https:", NULL},
    {"script-src 'NONCE-N0nce'", NULL},
    {"script-src 'nonce-n0nce'", "script-src 'nonce-n0nce' " NONCE},
    {"script-src 'nonce-N0nce2'", "script-src 'nonce-N0nce2' " NONCE},
    {"script-src 'nonce-N0nc'", "script-src 'nonce-N0nc' " NONCE},

    /* Lists that live by nonces and hashes get one more. */
    {"script-src 'nonce-abc'", "script-src 'nonce-abc' " NONCE},
    {"script-src 'nonce-abc' 'unsafe-inline'",
     "script-src 'nonce-abc' 'unsafe-inline' " NONCE},
    {"script-src 'sha256-YWJj'", "script-src 'sha256-YWJj' " NONCE},
    {"script-src 'sha384-YWJj=' 'unsafe-inline'",
     "script-src 'sha384-YWJj=' 'unsafe-inline' " NONCE},
    {"script-src 'Sha512-YW-_==' 'unsafe-inline'",
     "script-src 'Sha512-YW-_==' 'unsafe-inline' " NONCE},
    {"script-src 'strict-dynamic' 'self'",
     "script-src 'strict-dynamic' 'self' " NONCE},
    {"script-src 'strict-dynamic' 'nonce-abc' * 'unsafe-inline'",
     "script-src 'strict-dynamic' 'nonce-abc' * 'unsafe-inline' " NONCE},
    {"script-src 'unsafe-inline' 'strict-dynamic' https:",
     "script-src 'unsafe-inline' 'strict-dynamic' https: " NONCE},

    /* Hashes of URLs: no other URL counts. */
    {"script-src 'self' 'url-sha256-YWJj'",
     "script-src 'self' 'url-sha256-YWJj' " NONCE},
    {"script-src * 'URL-sha384-YWJj=' 'sha256-YWJj' 'unsafe-inline'",
     "script-src * 'URL-sha384-YWJj=' 'sha256-YWJj' 'unsafe-inline' " NONCE},
    {"script-src 'self' 'unsafe-inline' 'url-sha512-YWJj'", NULL},
    {"script-src 'self' 'url-sha256-'", NULL},
    {"script-src 'self' 'url-sha1-YWJj' 'eval-sha256-YWJj'", NULL},

    /* 'unsafe-inline' would go off. */
    {"script-src 'unsafe-inline'", "script-src 'unsafe-inline' 'self'"},
    {"script-src 'nonce-=' 'sha256-==' 'unsafe-inline'",
     "script-src 'nonce-=' 'sha256-==' 'unsafe-inline' 'self'"},
    {"script-src 'Unsafe-Inline' https://cdn.example",
     "script-src 'Unsafe-Inline' https://cdn.example 'self'"},
    {"default-src 'unsafe-inline' data:",
     "default-src 'unsafe-inline' data:; "
     "script-src 'unsafe-inline' data: 'self'; "
     "connect-src 'unsafe-inline' data: 'self'"},
    /* Browsers take no notice of these as nonces and hashes. */
    {"script-src 'unsafe-inline' 'nonce-'",
     "script-src 'unsafe-inline' 'nonce-' 'self'"},
    {"script-src 'unsafe-inline' 'nonce-a=b'",
     "script-src 'unsafe-inline' 'nonce-a=b' 'self'"},
    {"script-src 'unsafe-inline' 'nonce-a==='",
     "script-src 'unsafe-inline' 'nonce-a===' 'self'"},
    {"script-src 'unsafe-inline' 'nonce-a\"b'",
     "script-src 'unsafe-inline' 'nonce-a\"b' 'self'"},
    {"script-src 'unsafe-inline' nonce-abc",
     "script-src 'unsafe-inline' nonce-abc 'self'"},
    {"script-src 'unsafe-inline' 'nonce-abc",
     "script-src 'unsafe-inline' 'nonce-abc 'self'"},
    {"script-src 'unsafe-inline' 'sha256-'",
     "script-src 'unsafe-inline' 'sha256-' 'self'"},
    {"script-src 'unsafe-inline' 'sha1-YWJj'",
     "script-src 'unsafe-inline' 'sha1-YWJj' 'self'"},
    {"script-src 'unsafe-inline' '", "script-src 'unsafe-inline' ' 'self'"},

    /* Other lists: the nonce is the least. */
    {"script-src 'none'", "script-src " NONCE},
    {"script-src 'None'", "script-src " NONCE},
    {"script-src 'none' 'none';", "script-src " NONCE ";"},
    {"script-src 'none' https://cdn.example",
     "script-src 'none' https://cdn.example " NONCE},
    {"script-src", "script-src " NONCE},
    {"script-src ;img-src *", "script-src " NONCE " ;img-src *"},
    {"script-src\t", "script-src " NONCE "\t"},
    {"script-src https://cdn.example 'unsafe-eval'",
     "script-src https://cdn.example 'unsafe-eval' " NONCE},

    /* The directive that counts. */
    {"script-src-elem 'none'; script-src 'self'",
     "script-src-elem " NONCE "; script-src 'self'"},
    {"script-src 'none'; script-src-elem 'self'", NULL},
    {"script-src 'none'; script-src-attr 'unsafe-inline'",
     "script-src " NONCE "; script-src-attr 'unsafe-inline'"},
    {"script-src 'unsafe-inline'; script-src-elem https://cdn.example",
     "script-src 'unsafe-inline'; script-src-elem https://cdn.example " NONCE},
    {"script-src 'self'; script-src 'none'", NULL},
    {"script-src 'none'; script-src 'self'",
     "script-src " NONCE "; script-src 'self'"},
    {"script-srcs 'none'; script 'none'; x-script-src 'none'", NULL},
    {"default-src 'none'; script-src 'self'; connect-src 'self'", NULL},
    {"default-src 'none'; script-src-elem 'self'; connect-src https:", NULL},

    /* default-src is about other things, too, and stays. */
    {"default-src 'none'",
     "default-src 'none'; script-src " NONCE "; connect-src 'self'"},
    {"default-src 'none';",
     "default-src 'none'; script-src " NONCE "; connect-src 'self'"},
    {" default-src 'none' ; ",
     " default-src 'none' ; script-src " NONCE "; connect-src 'self' "},
    {"default-src", "default-src; script-src " NONCE "; connect-src 'self'"},
    {"default-src https://cdn.example 'report-sample'; img-src *",
     "default-src https://cdn.example 'report-sample'; img-src *; "
     "script-src https://cdn.example 'report-sample' " NONCE "; "
     "connect-src https://cdn.example 'report-sample' 'self'"},
    {"default-src 'none'; script-src-attr 'unsafe-inline'",
     "default-src 'none'; script-src-attr 'unsafe-inline'; "
     "script-src " NONCE "; connect-src 'self'"},
    {"default-src 'self' 'strict-dynamic'",
     "default-src 'self' 'strict-dynamic'; "
     "script-src 'self' 'strict-dynamic' " NONCE},
    {"default-src 'self' 'nonce-abc'", NULL},
    {"default-src 'nonce-abc'",
     "default-src 'nonce-abc'; script-src 'nonce-abc' " NONCE "; "
     "connect-src 'nonce-abc' 'self'"},

    /* Questions to the server. */
    {"connect-src 'none'", "connect-src 'self'"},
    {"connect-src", "connect-src 'self'"},
    {"connect-src https://api.example wss:",
     "connect-src https://api.example wss: 'self'"},
    {"connect-src 'self' https://api.example", NULL},
    {"default-src 'none'; connect-src 'none'; script-src 'self'",
     "default-src 'none'; connect-src 'self'; script-src 'self'"},
    {"default-src 'self'; connect-src wss://app.example",
     "default-src 'self'; connect-src wss://app.example 'self'"},

    /* Several policies: each of them counts. */
    {"default-src 'self', script-src 'self'", NULL},
    {"default-src 'self',script-src 'none'",
     "default-src 'self',script-src " NONCE},
    {"script-src 'none', script-src 'unsafe-inline'  ,img-src *",
     "script-src " NONCE ", script-src 'unsafe-inline' 'self'  ,img-src *"},
    {", script-src 'none'", ", script-src " NONCE},

    /* A sandbox stays shut, whatever else is said. */
    {"sandbox; script-src 'none'", NULL},
    {"sandbox allow-scripts; script-src 'none'", NULL},
    {"script-src 'none', sandbox allow-same-origin", NULL},
    {"sandbox allow-scripts allow-same-origin; script-src 'none'",
     "sandbox allow-scripts allow-same-origin; script-src " NONCE},

    /* Text that nobody should send. */
    {"script-src 'none'\x80; \xff", "script-src 'none'\x80 " NONCE "; \xff"},
    {"script-src:'none'", NULL},
    {"'none'", NULL},
    {"= ; script-src = ;", "= ; script-src = " NONCE " ;"},
};

START_TEST(amend_with_a_nonce)
{
    const mss_csp_client client = with_nonce();

    assert_change(&client, &nonce_changes[_i]);
}
END_TEST

/* --- it has none ------------------------------------------------------------------- */

static const change plain_changes[] = {
    {"script-src 'none'", "script-src 'self'"},
    {"script-src 'nonce-abc'", "script-src 'nonce-abc' 'self'"},
    {"script-src 'sha256-YWJj' 'unsafe-inline'",
     "script-src 'sha256-YWJj' 'unsafe-inline' 'self'"},
    {"default-src 'none'",
     "default-src 'none'; script-src 'self'; connect-src 'self'"},
    /* No way: then nothing else is opened, either. */
    {"script-src 'strict-dynamic' 'nonce-abc'; connect-src 'none'", NULL},
    {"connect-src 'none', script-src 'strict-dynamic'", NULL},
};

START_TEST(amend_without_a_nonce)
{
    assert_change(&plain, &plain_changes[_i]);
}
END_TEST

/* --- it has borrowed one from the page --------------------------------------------- */

static const change borrowed_changes[] = {
    {"script-src " NONCE " 'strict-dynamic'", NULL},
    {"script-src 'nonce-abc'", "script-src 'nonce-abc' 'self'"},
    {"script-src " NONCE ", script-src 'none'",
     "script-src " NONCE ", script-src 'self'"},
    {"script-src " NONCE ", script-src 'strict-dynamic'", NULL},
};

START_TEST(amend_with_a_borrowed_nonce)
{
    mss_csp_client client = with_nonce();

    client.is_borrowed = true;
    assert_change(&client, &borrowed_changes[_i]);
}
END_TEST

/* --- a stylesheet ------------------------------------------------------------------ */

static const struct {
    const char *stylesheet;
    change change;
} style_changes[] = {
    {"/s.css?v=1", {"style-src 'self'", NULL}},
    {"/s.css", {"style-src 'none'", "style-src 'self'"}},
    {"/s.css",
     {"style-src 'unsafe-inline' 'nonce-abc'",
      "style-src 'unsafe-inline' 'nonce-abc' 'self'"}},
    {"/s.css",
     {"style-src 'self'; style-src-elem 'none'",
      "style-src 'self'; style-src-elem 'self'"}},
    {"/s.css", {"style-src-attr 'none'", NULL}},
    {"/s.css",
     {"default-src 'none'; script-src 'self'; connect-src 'self'",
      "default-src 'none'; script-src 'self'; connect-src 'self'; "
      "style-src 'self'"}},
    {"https://app.example/s.css", {"style-src 'self'", NULL}},
    {"https://APP.example/s.css", {"style-src 'none'", "style-src 'self'"}},
    {"http://app.example/s.css",
     {"style-src 'self'", "style-src 'self' http://app.example/s.css"}},
    {"https://cdn.example/a/s.css?x=1,2;#f",
     {"style-src 'self'", "style-src 'self' https://cdn.example/a/s.css"}},
    {"https://cdn.example/a,b;c \xc3\xa9.css",
     {"style-src 'none'",
      "style-src https://cdn.example/a%2Cb%3Bc%20%C3%A9.css"}},
    {"https://cdn.example/a/s.css", {"style-src https://cdn.example", NULL}},
    {"https://cdn.example/a/s.css", {"style-src *.example/a/", NULL}},
    {"https://cdn.example/a/s.css", {"style-src https:", NULL}},
    {"https://cdn.example/a/s.css",
     {"style-src https://cdn.example/b/",
      "style-src https://cdn.example/b/ https://cdn.example/a/s.css"}},
    {"https://cdn.example:8443", {"style-src cdn.example:*", NULL}},
    {"https://10.0.0.1/s.css",
     {"style-src 10.0.0.1", "style-src 10.0.0.1 https://10.0.0.1/s.css"}},
    {"https://cdn.example/s.css",
     {"style-src https://cdn.example/S.css",
      "style-src https://cdn.example/S.css https://cdn.example/s.css"}},
};

START_TEST(amend_for_a_stylesheet)
{
    mss_csp_client client = plain;

    client.stylesheet = style_changes[_i].stylesheet;
    assert_change(&client, &style_changes[_i].change);
}
END_TEST

/* --- sources ------------------------------------------------------------------------ */

static const struct {
    const char *source;
    const char *host;
    bool https;
    bool admits;
} sources[] = {
    {"'self'", NULL, false, true},
    {"*", NULL, false, true},
    {"http:", NULL, false, true},
    {"http:", NULL, true, true},
    {"https:", NULL, true, true},
    {"https:", NULL, false, false},
    {"HTTPS:", NULL, true, true},
    {"data:", NULL, true, false},
    {"wss:", NULL, true, false},
    {"self", "self.example", true, false},
    {"'none'", "app.example", true, false},
    {"app.example", NULL, true, false},
    {"app.example", "", true, false},
    {"app.example", "app.example", true, true},
    {"APP.Example", "app.eXample", true, true},
    {"app.example", "app.example.", true, false},
    {"app.example", "app.examples", true, false},
    {"app.examples", "app.example", true, false},
    {"*.example", "app.example", true, true},
    {"*.example", "a.b.example", true, true},
    {"*.example", ".example", true, false},
    {"*.example", "example", true, false},
    {"*.example", "appexample", true, false},
    {"*.", "app.example", true, false},
    {"http://app.example", "app.example", false, true},
    {"http://app.example", "app.example", true, true},
    {"https://app.example", "app.example", true, true},
    {"https://app.example", "app.example", false, false},
    {"wss://app.example", "app.example", true, false},
    {"//app.example", "app.example", true, false},
    {"app.example:443", "app.example", true, true},
    {"app.example:443", "app.example", false, false},
    {"app.example:80", "app.example", false, true},
    {"app.example:8443", "app.example:8443", true, true},
    {"app.example", "app.example:8443", true, false},
    {"app.example", "app.example:443", true, true},
    {"app.example:*", "app.example:8443", true, true},
    {"app.example:*", "app.example", true, true},
    {"app.example:", "app.example", true, false},
    {"app.example:844", "app.example:8443", true, false},
    {"app.example/", "app.example", true, true},
    {"app.example/session_security/", "app.example", true, true},
    {"app.example/session_security", "app.example", true, false},
    {"app.example/Session_security/", "app.example", true, false},
    {"app.example/session_security/ping", "app.example", true, false},
    {"app.example:443/session_security/", "app.example", true, true},
    {"app.example/other/", "app.example", true, false},
    {"10.0.0.1", "10.0.0.1", true, false},
    {"[::1]:80", "[::1]:80", false, false},
    {"[::1]", "[::1]", false, false},
    {"crm2", "crm2", false, true},
    {"/session_security/", "app.example", true, false},
    {":443", "app.example", true, false},
    {"*:*", "app.example", true, false},
};

START_TEST(admitted)
{
    mss_csp_client client = plain;
    char policy[128];

    client.host = sources[_i].host;
    client.https = sources[_i].https;
    snprintf(policy, sizeof(policy), "connect-src %s", sources[_i].source);
    ck_assert_msg((mss_csp_amend(mss_pool, &client, policy) == policy)
                      == sources[_i].admits,
                  "%s for %s", policy, client.host ? client.host : "(no host)");
}
END_TEST

/* --- nonces ------------------------------------------------------------------------- */

static const struct {
    const char *policy;
    bool wanted;
    const char *offered;
} wishes[] = {
    {"", false, NULL},
    {"img-src 'none'; connect-src 'nonce-abc'", false, NULL},
    {"script-src 'self' 'nonce-abc'", false, NULL},
    {"script-src 'unsafe-inline'", false, NULL},
    {"script-src 'none'", true, NULL},
    {"script-src 'strict-dynamic' 'self'", true, NULL},
    {"script-src 'self' 'url-sha256-YWJj'", true, NULL},
    {"script-src 'self' 'unsafe-inline' 'url-sha256-YWJj'", true, NULL},
    {"script-src 'strict-dynamic' 'nonce-abc'", true, "abc"},
    {"script-src 'nonce-a+/-_==' 'nonce-def'", true, "a+/-_=="},
    {"script-src 'nonce-a'b' 'nonce-def'", true, "def"},
    {"default-src 'NONCE-Abc'", true, "Abc"},
    {"script-src 'none'; script-src-elem 'nonce-abc'", true, "abc"},
    {"script-src 'nonce-abc'; script-src-elem 'none'", true, NULL},
    {"script-src 'nonce-abc'; script-src 'nonce-def'", true, "abc"},
    {"script-src 'none', script-src 'nonce-abc', script-src 'nonce-def'", true,
     "abc"},
    {"script-src 'self' 'nonce-abc', script-src 'nonce-def'", true, "def"},
    {"default-src 'nonce-abc'; script-src 'unsafe-inline'", false, NULL},
};

START_TEST(nonces)
{
    const char *offered = NULL;

    ck_assert_int_eq(
        mss_csp_wants_nonce(mss_pool, &plain, wishes[_i].policy, &offered),
        wishes[_i].wanted);
    if (wishes[_i].offered) {
        ck_assert_str_eq(offered, wishes[_i].offered);
    }
    else {
        ck_assert_ptr_null(offered);
    }
}
END_TEST

START_TEST(the_first_offer_stays)
{
    const char *offered = "first";

    ck_assert(mss_csp_wants_nonce(mss_pool, &plain, "script-src 'nonce-abc'",
                                  &offered));
    ck_assert_str_eq(offered, "first");
}
END_TEST

START_TEST(a_nonce_that_is_there_is_not_wanted)
{
    const mss_csp_client client = with_nonce();
    const char *offered = NULL;

    ck_assert(
        !mss_csp_wants_nonce(mss_pool, &client, "script-src " NONCE, &offered));
    ck_assert(mss_csp_wants_nonce(mss_pool, &client, "script-src 'nonce-abc'",
                                  &offered));
}
END_TEST

static const struct {
    const char *policy;
    bool is_sandbox;
} sandboxes[] = {
    {"", false},
    {"sandbox", true},
    {"Sandbox ;", true},
    {"sandbox allow-forms allow-popups", true},
    {"sandbox allow-scripts", true},
    {"sandbox allow-same-origin", true},
    {"sandbox allow-same-origin allow-forms Allow-Scripts", false},
    {"sandbox allow-scripts allow-same-origin; sandbox", false},
    {"img-src *, sandbox allow-scripts", true},
    {"img-src sandbox", false},
    {"sandboxed", false},
};

START_TEST(sandbox)
{
    ck_assert_int_eq(mss_csp_is_sandbox(sandboxes[_i].policy),
                     sandboxes[_i].is_sandbox);
}
END_TEST

/* --- strangers' text ---------------------------------------------------------------- */

/* What is in the policy stays in it, in its order. */
static void assert_contains(const char *after, const char *before)
{
    for (; *before && *after; after++) {
        before += *before == *after;
    }
    ck_assert_str_eq(before, "");
}

/* A text of pieces in any order. */
static const char *jumble(unsigned *seed)
{
    static const char *const pieces[] = {
        "script-src",
        "default-src",
        "connect-src",
        "'self'",
        "'none'",
        "'unsafe-inline'",
        "'strict-dynamic'",
        "'nonce-a'",
        "'nonce-",
        "sandbox",
        ";",
        ",",
        " ",
        "\t",
        "script-src-elem",
        "style-src",
        "'",
        "https://*.a:*/b",
        "::",
        "*",
    };
    static char policy[256];
    int n;

    policy[0] = '\0';
    for (n = 0; n < 12; n++) {
        *seed = *seed * 1103515245U + 12345U;
        strcat(policy, pieces[(*seed >> 16) % (unsigned)COUNT(pieces)]);
        strcat(policy, n % 2 ? " " : "");
    }
    return policy;
}

/* Amended once, they need no more. */
START_TEST(any_pieces)
{
    mss_csp_client client = _i % 2 ? with_nonce() : plain;
    unsigned seed = (unsigned)_i;
    int i;

    client.stylesheet = _i % 3 ? "https://b.a/b" : NULL;
    for (i = 0; i < 1000; i++) {
        const char *policy = jumble(&seed);
        char *exact = mss_exact(policy, strlen(policy) + 1);
        const char *after = mss_csp_amend(mss_pool, &client, exact);

        ck_assert_ptr_eq(mss_csp_amend(mss_pool, &client, after), after);
        if (!strstr(policy, "'none'")) {
            assert_contains(after, policy);
        }
        free(exact);
    }
}
END_TEST

/* The work grows as the text does, whatever it is made of. */
START_TEST(long_policies)
{
    static const char *const units[] = {
        ",", ";", "a,", " ", "script-src;", "script-src,", "sandbox;"};
    const mss_csp_client client = with_nonce();
    const size_t n = strlen(units[_i]);
    const size_t times = 200000;
    char *policy = malloc(n * times + 1);
    const char *offered = NULL;
    size_t i;

    for (i = 0; i < times; i++) {
        memcpy(policy + i * n, units[_i], n);
    }
    policy[n * times] = '\0';
    mss_csp_wants_nonce(mss_pool, &client, policy, &offered);
    mss_csp_amend(mss_pool, &client, policy);
    free(policy);
}
END_TEST

Suite *mss_suite_csp(void)
{
    Suite *suite = suite_create("csp");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_loop_test(tc, amend_with_a_nonce, 0, COUNT(nonce_changes));
    tcase_add_loop_test(tc, amend_without_a_nonce, 0, COUNT(plain_changes));
    tcase_add_loop_test(tc, amend_with_a_borrowed_nonce, 0,
                        COUNT(borrowed_changes));
    tcase_add_loop_test(tc, amend_for_a_stylesheet, 0, COUNT(style_changes));
    tcase_add_loop_test(tc, admitted, 0, COUNT(sources));
    tcase_add_loop_test(tc, nonces, 0, COUNT(wishes));
    tcase_add_test(tc, the_first_offer_stays);
    tcase_add_test(tc, a_nonce_that_is_there_is_not_wanted);
    tcase_add_loop_test(tc, sandbox, 0, COUNT(sandboxes));
    tcase_add_loop_test(tc, any_pieces, 0, 12);
    tcase_add_loop_test(tc, long_policies, 0, 7);
    suite_add_tcase(suite, tc);
    return suite;
}
