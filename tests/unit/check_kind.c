/* SPDX-License-Identifier: Apache-2.0
 * Knows the headers that browsers and other clients send, and what each set of
 * them is. Must not know how that is told. */

#include <string.h>

#include "core/kind.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* What browsers accept for a page, an image, a style sheet. */
#define CHROMIUM                                                               \
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,"        \
    "image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
#define FIREFOX                                                                \
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#define SAFARI FIREFOX
#define IE11 "text/html, application/xhtml+xml, image/jxr, */*"
#define CHROMIUM_IMAGE                                                         \
    "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
#define IE11_IMAGE                                                             \
    "image/png, image/svg+xml, image/jxr, image/*;q=0.8, */*;q=0.5"
#define STYLE "text/css,*/*;q=0.1"
#define ANY "*/*"
#define JSON "application/json, text/plain, */*"
#define JQUERY "application/json, text/javascript, */*; q=0.01"

#define FETCH(site, mode, dest, user)                                          \
    .fetch_site = site, .fetch_mode = mode, .fetch_dest = dest,                \
    .fetch_user = user

/* What it is, in the order of kind.h. */
typedef enum {
    SCRIPT = 1,
    PREFETCH = 2,
    PAGE = 4,
    OPENED = 8,
    COUNTED = 16, /* activity, where all requests are */
    OWN = 32,     /* made by a page of the same origin */
    UNTOLD = 64,  /* a page, if the answer looks like one */
    EDITOR = 128, /* writes back what it reads */
} traits;

typedef struct {
    const char *what;
    mss_headers headers;
    int traits;
} request;

/* clang-format off */
static const request requests[] = {
    /* https: the browser says what it is. */
    {"typed address", {CHROMIUM, FETCH("none", "navigate", "document", "?1")}, PAGE | OPENED | COUNTED},
    {"link", {CHROMIUM, FETCH("same-origin", "navigate", "document", "?1")}, PAGE | OPENED | COUNTED | OWN},
    {"link, Firefox", {FIREFOX, FETCH("same-origin", "navigate", "document", "?1")}, PAGE | OPENED | COUNTED | OWN},
    {"link from another site", {CHROMIUM, FETCH("cross-site", "navigate", "document", "?1")}, PAGE | OPENED | COUNTED},
    {"link from a sibling", {CHROMIUM, FETCH("same-site", "navigate", "document", "?1")}, PAGE | OPENED | COUNTED},
    {"link in a frame", {CHROMIUM, FETCH("same-origin", "navigate", "iframe", "?1")}, PAGE | OPENED | COUNTED | OWN},
    {"link in a frameset", {CHROMIUM, FETCH("same-origin", "navigate", "frame", "?1")}, PAGE | OPENED | COUNTED | OWN},
    {"Safari, no user", {SAFARI, FETCH("same-origin", "navigate", "document", NULL)}, PAGE | COUNTED | OWN},
    {"Refresh or location.reload", {CHROMIUM, FETCH("same-origin", "navigate", "document", NULL)}, PAGE | COUNTED | OWN},
    {"self-reloading frame", {CHROMIUM, FETCH("same-origin", "navigate", "iframe", NULL)}, PAGE | COUNTED | OWN},
    {"user ?0", {CHROMIUM, FETCH("same-origin", "navigate", "document", "?0")}, PAGE | COUNTED | OWN},
    {"fetch()", {ANY, FETCH("same-origin", "cors", "empty", NULL)}, SCRIPT | COUNTED | OWN},
    {"fetch(), no-cors", {ANY, FETCH("same-origin", "no-cors", "empty", NULL)}, SCRIPT | COUNTED | OWN},
    {"fetch() of HTML", {"text/html", FETCH("same-origin", "cors", "empty", NULL)}, SCRIPT | COUNTED | OWN},
    {"fetch() with a made-up user", {CHROMIUM, FETCH("same-origin", "cors", "empty", "?1")}, SCRIPT | COUNTED | OWN},
    {"axios", {JSON, FETCH("same-origin", "cors", "empty", NULL)}, SCRIPT | COUNTED | OWN},
    {"jQuery", {JQUERY, .requested_with = "XMLHttpRequest", FETCH("same-origin", "cors", "empty", NULL)}, SCRIPT | COUNTED | OWN},
    {"our client", {ANY, .session_security = "1", FETCH("same-origin", "cors", "empty", NULL)}, SCRIPT | COUNTED | OWN},
    {"link in an Android app", {CHROMIUM, .requested_with = "com.example.app", FETCH("same-origin", "navigate", "document", "?1")}, PAGE | OPENED | COUNTED | OWN},
    {"page of an Android app", {CHROMIUM, .requested_with = "com.example.app", FETCH("none", "navigate", "document", NULL)}, PAGE | COUNTED},
    {"image of an Android app", {CHROMIUM_IMAGE, .requested_with = "com.example.app", FETCH("same-origin", "no-cors", "image", NULL)}, SCRIPT | COUNTED | OWN},
    {"Android app, mode alone", {CHROMIUM, .requested_with = "com.example.app", .fetch_mode = "navigate"}, PAGE | COUNTED},
    {"http: Android app", {CHROMIUM, .requested_with = "com.example.app"}, SCRIPT | COUNTED | OWN},
    {"fetch() from a sibling", {ANY, FETCH("same-site", "cors", "empty", NULL)}, SCRIPT},
    {"fetch() from another site", {ANY, FETCH("cross-site", "no-cors", "empty", NULL)}, SCRIPT},
    {"the same, pretending", {ANY, .requested_with = "x", .session_security = "1", FETCH("cross-site", "cors", "empty", NULL)}, SCRIPT},
    {"image", {CHROMIUM_IMAGE, FETCH("same-origin", "no-cors", "image", NULL)}, COUNTED | OWN},
    {"favicon of a typed address", {CHROMIUM_IMAGE, FETCH("none", "no-cors", "image", NULL)}, COUNTED},
    {"frame of another site", {CHROMIUM, FETCH("cross-site", "navigate", "iframe", NULL)}, PAGE},
    {"image on another site", {CHROMIUM_IMAGE, FETCH("cross-site", "no-cors", "image", NULL)}, 0},
    {"image on a sibling", {CHROMIUM_IMAGE, FETCH("same-site", "no-cors", "image", NULL)}, 0},
    {"style sheet", {STYLE, FETCH("same-origin", "no-cors", "style", NULL)}, COUNTED | OWN},
    {"script element", {ANY, FETCH("same-origin", "no-cors", "script", NULL)}, COUNTED | OWN},
    {"font", {ANY, FETCH("same-origin", "cors", "font", NULL)}, COUNTED | OWN},
    {"video", {ANY, FETCH("same-origin", "no-cors", "video", NULL)}, COUNTED | OWN},
    {"worker", {ANY, FETCH("same-origin", "same-origin", "worker", NULL)}, COUNTED | OWN},
    {"EventSource", {"text/event-stream", FETCH("same-origin", "cors", "empty", NULL)}, SCRIPT | COUNTED | OWN},
    {"report of Chromium", {.content_type = "application/reports+json"}, SCRIPT | COUNTED},
    {"report with a charset", {ANY, .content_type = "Application/Reports+JSON; charset=utf-8", FETCH("same-origin", "no-cors", "report", NULL)}, SCRIPT | COUNTED | OWN},
    {"JSON without Accept", {.content_type = "application/json"}, PAGE | OPENED | COUNTED},
    {"WebSocket of Chromium", {.websocket = "13"}, SCRIPT | COUNTED},
    {"WebSocket", {.websocket = "13", .fetch_site = "same-origin", .fetch_mode = "websocket", .fetch_dest = "empty"}, SCRIPT | COUNTED | OWN},
    {"embedded document", {CHROMIUM, FETCH("same-origin", "navigate", "embed", NULL)}, COUNTED | OWN},
    {"prefetched link", {CHROMIUM, .purpose = "prefetch", FETCH("same-origin", "no-cors", "empty", NULL)}, SCRIPT | PREFETCH | OWN},
    {"prerendered", {CHROMIUM, .purpose = "prefetch;prerender", FETCH("none", "navigate", "document", "?1")}, PREFETCH | PAGE},
    {"speculation, proxied", {CHROMIUM, .purpose = "prefetch;anonymous-client-ip", FETCH("cross-site", "navigate", "document", "?1")}, PREFETCH | PAGE},

    /* Plain http: Accept alone tells. */
    {"http: Chromium", {CHROMIUM}, PAGE | OPENED | COUNTED},
    {"http: Firefox", {FIREFOX}, PAGE | OPENED | COUNTED},
    {"IE11", {IE11}, PAGE | OPENED | COUNTED},
    {"capitals", {"Text/HTML"}, PAGE | OPENED | COUNTED},
    {"IE11 image", {IE11_IMAGE}, COUNTED | UNTOLD},
    {"http: image", {CHROMIUM_IMAGE}, COUNTED | UNTOLD},
    {"http: style sheet", {STYLE}, COUNTED | UNTOLD},
    {"http: script element, curl", {ANY}, COUNTED | UNTOLD},
    {"http: fetch()", {ANY}, COUNTED | UNTOLD},
    {"http: axios", {JSON}, COUNTED | UNTOLD},
    {"http: jQuery", {JQUERY, .requested_with = "XMLHttpRequest"}, SCRIPT | COUNTED | OWN},
    {"http: jQuery.load", {"text/html, */*; q=0.01", .requested_with = "XMLHttpRequest"}, SCRIPT | COUNTED | OWN},
    {"http: our client", {ANY, .session_security = "1"}, SCRIPT | COUNTED | OWN},
    {"http: wants JSON", {"application/json"}, SCRIPT | COUNTED},
    {"http: EventSource", {"text/event-stream"}, SCRIPT | COUNTED},
    {"http: an image alone", {"image/webp,image/png"}, SCRIPT | COUNTED},
    {"http: part wildcard", {"image/*"}, COUNTED | UNTOLD},
    {"no Accept: telnet, HTTP/1.0", {NULL}, PAGE | OPENED | COUNTED},
    {"davfs2", {NULL, .te = "trailers"}, PAGE | OPENED | COUNTED | EDITOR},
    {"neon, another list", {NULL, .te = "gzip, Trailers"}, PAGE | OPENED | COUNTED | EDITOR},
    {"TE, no trailers", {NULL, .te = "gzip"}, PAGE | OPENED | COUNTED},
    {"TE and Accept, Firefox", {FIREFOX, .te = "trailers"}, PAGE | OPENED | COUNTED},
    {"TE and Sec-Fetch", {NULL, FETCH("none", "navigate", "document", "?1"), .te = "trailers"}, PAGE | OPENED | COUNTED},
    {"Windows, a network drive", {NULL, .translate = "f"}, PAGE | OPENED | COUNTED | EDITOR},
    {"Word", {ANY, .translate = "f"}, COUNTED | UNTOLD | EDITOR},
    {"empty Accept", {""}, COUNTED | UNTOLD},
    {"Accept without types", {"gibberish"}, COUNTED | UNTOLD},
    {"Purpose, old Chromium", {CHROMIUM, .purpose = "prefetch"}, PREFETCH | PAGE},
    {"X-Moz, old Firefox", {FIREFOX, .purpose = "Prefetch"}, PREFETCH | PAGE},
    {"X-Purpose, old Safari", {SAFARI, .purpose = "preview"}, PREFETCH | PAGE},
    {"purpose of another kind", {CHROMIUM, .purpose = "fetch"}, PAGE | OPENED | COUNTED},

    /* Parts of the set, as filters between leave them. */
    {"site alone", {CHROMIUM, .fetch_site = "same-origin"}, PAGE | COUNTED | OWN},
    {"mode alone", {CHROMIUM, .fetch_mode = "navigate"}, PAGE | COUNTED},
    {"mode alone, no page", {CHROMIUM, .fetch_mode = "cors"}, COUNTED},
    {"user alone", {CHROMIUM, .fetch_user = "?1"}, PAGE | COUNTED},
    {"mode and user", {CHROMIUM, .fetch_mode = "Navigate", .fetch_user = "?1"}, PAGE | OPENED | COUNTED},
    {"empty site", {CHROMIUM, .fetch_site = ""}, PAGE},
    {"unknown site", {ANY, .requested_with = "x", .fetch_site = "same-origin, cross-site"}, SCRIPT},
};
/* clang-format on */

#define EXPECT(is, trait)                                                      \
    ck_assert_msg((is) == ((r->traits & (trait)) != 0), "%s: " #trait, r->what)

START_TEST(requests_as_sent)
{
    const request *r = &requests[_i];
    const mss_headers *h = &r->headers;

    EXPECT(mss_kind_is_script(h), SCRIPT);
    EXPECT(mss_kind_is_prefetch(h), PREFETCH);
    EXPECT(mss_kind_is_page(h), PAGE);
    EXPECT(mss_kind_may_be_page(h), PAGE | UNTOLD);
    EXPECT(mss_kind_is_editor(h), EDITOR);
    EXPECT(mss_kind_is_opened(h), OPENED);
    EXPECT(mss_kind_is_same_origin(h), OWN);
    EXPECT(mss_kind_is_activity(h, MSS_ACTIVITY_NAVIGATIONS), OPENED);
    EXPECT(mss_kind_is_activity(h, MSS_ACTIVITY_UNSET), OPENED);
    EXPECT(mss_kind_is_activity(h, MSS_ACTIVITY_REQUESTS), COUNTED);
    ck_assert(mss_kind_is_prefetch(h)
              || mss_kind_is_foreign(h) == !(r->traits & COUNTED));
    ck_assert(!mss_kind_is_activity(h, MSS_ACTIVITY_INPUT));
}
END_TEST

/* Each name takes its value to its place, whatever its case; no other does. */
START_TEST(headers_read)
{
    static const char *const names[] = {"Accept",
                                        "X-Requested-With",
                                        "X-Session-Security",
                                        "Sec-Purpose",
                                        "X-Moz",
                                        "Sec-Fetch-Mode",
                                        "Sec-Fetch-Dest",
                                        "Sec-Fetch-Site",
                                        "SEC-FETCH-USER",
                                        "Sec-WebSocket-Version",
                                        "Content-Type",
                                        "TE",
                                        "User-Agent",
                                        "translate",
                                        "Content-Length",
                                        "Transfer-Encoding"};
    static const char *const others[] = {"",
                                         "Host",
                                         "Accent",
                                         "Accept-Encoding",
                                         "X-Moz-",
                                         "XX-Moz",
                                         "Sec",
                                         "TEX",
                                         "Te ",
                                         "Via",
                                         "Translace",
                                         "Transfer-Encading",
                                         "User-Urgent",
                                         "Upgrade-Insecure-Requests",
                                         "Content-Lenght",
                                         "Content-Tape",
                                         "Sec-Fetch-Fest",
                                         "Sic-Fetch-Mode",
                                         "Sec-Fetch-Used",
                                         "Sec-WebSocket-Persion",
                                         "Y-Requested-With"};
    const mss_headers expected = {names[0],  names[1],  names[2],  names[3],
                                  names[4],  names[5],  names[6],  names[7],
                                  names[8],  names[9],  names[10], names[11],
                                  names[12], names[13], names[14], names[15]};
    const mss_headers none = {NULL};
    apr_table_t *in = apr_table_make(mss_pool, 20);
    mss_headers h;

    memset(&h, 0xa5, sizeof(h));
    for (int i = 0; i < COUNT(others); i++) {
        apr_table_addn(in, others[i], others[i]);
    }
    mss_kind_read(&h, in);
    ck_assert_mem_eq(&h, &none, sizeof(h));
    ck_assert(!mss_kind_has_body(&h));
    for (int i = COUNT(names); i > 0; i--) {
        apr_table_addn(in, names[i - 1], names[i - 1]);
    }
    mss_kind_read(&h, in);
    ck_assert_mem_eq(&h, &expected, sizeof(h));
    ck_assert(mss_kind_has_body(&h));
}
END_TEST

START_TEST(the_first_of_several_counts)
{
    apr_table_t *in = apr_table_make(mss_pool, 4);
    mss_headers h;

    apr_table_addn(in, "purpose", "prefetch");
    apr_table_addn(in, "x-moz", "other");
    mss_kind_read(&h, in);
    ck_assert(mss_kind_is_prefetch(&h));
    apr_table_addn(in, "sec-purpose", "none");
    apr_table_addn(in, "sec-purpose", "prefetch");
    mss_kind_read(&h, in);
    ck_assert(!mss_kind_is_prefetch(&h));
}
END_TEST

START_TEST(explorers)
{
    static const struct {
        const char *agent;
        bool is_explorer;
    } agents[] = {
        {"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like "
         "Gecko",
         true},
        {"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
         true},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
         "like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
         false},
        {"", false},
        {NULL, false},
    };

    for (int i = 0; i < COUNT(agents); i++) {
        const mss_headers h = {.user_agent = agents[i].agent};

        ck_assert(mss_kind_is_explorer(&h) == agents[i].is_explorer);
    }
}
END_TEST

Suite *mss_suite_kind(void)
{
    Suite *suite = suite_create("kind");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, mss_pool_open, mss_pool_close);
    tcase_add_loop_test(tc, requests_as_sent, 0, COUNT(requests));
    tcase_add_test(tc, explorers);
    tcase_add_test(tc, headers_read);
    tcase_add_test(tc, the_first_of_several_counts);
    suite_add_tcase(suite, tc);
    return suite;
}
