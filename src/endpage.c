/* SPDX-License-Identifier: Apache-2.0 */

#include "endpage.h"

#include "apr_strings.h"
#include "apr_uri.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"
#include "mod_core.h"
#include "util_filter.h"

#include "assets.h"
#include "config.h"
#include "core/frames.h"
#include "core/header.h"
#include "core/language.h"
#include "core/markup.h"
#include "core/parse.h"
#include "core/url.h"
#include "reply.h"
#include "state.h"

/* Longer ones would come back in a request line that httpd refuses. */
#define WAY_MAX 2000

/* Colours and sizes are the browser's: they suit its user. */
#define STYLE                                                                  \
    "body{font:100%/1.5 system-ui,sans-serif;max-width:32rem;margin:10vh "     \
    "auto;padding:0 1rem}h1{font-size:1.5rem;line-height:1.25}"                \
    "button{font:inherit;padding:.5rem 1rem}@media print{form{display:none}}"

#define CSP "Content-Security-Policy"
/* The hash is that of STYLE. No form-action: it would have to name where
 * single sign-on goes. */
#define OWN_POLICY                                                             \
    "default-src 'none'; base-uri 'none'; style-src "                          \
    "'sha256-xqJSO5NTVHujHJBh0MgkwEMuVlBm0UqiyWOYgmLHuBY='"

static ap_filter_rec_t *policy_handle;

/* --- the texts -------------------------------------------------------------------- */

static const mss_words *words_for(request_rec *r)
{
    const char *tag = mss_conf_language(mss_conf_of(r));
    int texts =
        tag ? mss_language_find(mss_asset_languages, tag, strlen(tag)) : -1;

    if (texts < 0) {
        texts = mss_language_choose(
            mss_asset_languages,
            apr_table_get(r->headers_in, "Accept-Language"));
    }
    return &mss_asset_words[texts < 0 ? 0 : texts];
}

/* The site's own wording, or the built-in one, as HTML. */
static const char *say(request_rec *r, const char *key, const char *built_in)
{
    const apr_table_t *messages = mss_conf_messages(mss_conf_of(r));
    const char *own = messages ? apr_table_get(messages, key) : NULL;
    const char *html = own ? mss_markup_text(r->pool, own) : NULL;

    return html ? html : mss_markup_text(r->pool, built_in);
}

static const char *explain(request_rec *r, const mss_words *words,
                           mss_end reason)
{
    switch (reason) {
    case MSS_END_IDLE:
        return say(r, "signed_out", words->signed_out);
    case MSS_END_LIFETIME:
        return say(r, "ended_lifetime", words->ended_lifetime);
    case MSS_END_LOGOUT:
        return say(r, "ended_logout", words->ended_logout);
    case MSS_END_NONE:
    case MSS_END_RELOGIN:
    case MSS_END_UNREADABLE:
    case MSS_END_REVOKED:
        break;
    }
    return say(r, "ended", words->ended);
}

/* --- the page --------------------------------------------------------------------- */

/* Whole, in ASCII: httpd sends what stands in for its own error pages as
 * ISO-8859-1. */
static const char *page(request_rec *r, mss_end reason, const char *before,
                        const char *after)
{
    const mss_words *words = words_for(r);
    const char *title = say(r, "signed_out_title", words->signed_out_title);
    const char *way = "";

    if (before) {
        way = apr_pstrcat(r->pool, before, say(r, "sign_in", words->sign_in),
                          after, NULL);
    }
    return apr_pstrcat(
        r->pool, "<!DOCTYPE html>\n<html lang=\"", words->tag, "\" dir=\"",
        words->dir,
        "\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
        title,
        "</title>\n<style>" STYLE "</style>\n</head>\n<body>\n<main>\n<h1>",
        title, "</h1>\n<p>", explain(r, words, reason), "</p>\n", way,
        "</main>\n</body>\n</html>\n", NULL);
}

static const char *way_back(request_rec *r)
{
    const char *asked = mss_state_top(r)->unparsed_uri;

    return asked && mss_url_is_local(asked) && strlen(asked) < WAY_MAX ? asked
                                                                       : "/";
}

const char *mss_endpage_way_back(request_rec *r)
{
    apr_size_t n = 0;
    const char *text = mss_parse_parameter(r->args, "to", &n);
    char *to = text ? apr_pstrmemdup(r->pool, text, n) : NULL;

    return to && ap_unescape_urlencoded(to) == OK && mss_url_is_local(to) ? to
                                                                          : "/";
}

const char *mss_endpage_way_out(request_rec *r)
{
    const mss_conf *c = mss_conf_of(r);
    const char *host = apr_table_get(r->headers_in, "Host");
    const char *from = apr_table_get(r->headers_in, "Referer");
    const char *target;
    apr_uri_t page = {.path = NULL};

    if (!host || !from || !mss_header_is_host(from, host)
        || apr_uri_parse(r->pool, from, &page) != APR_SUCCESS || !page.path
        || ap_unescape_url(page.path) != OK || !mss_url_is_local(page.path)) {
        page.path = NULL;
    }
    target = page.path ? mss_conf_return_from(r, c, page.path, page.query)
                       : mss_conf_return_from(r, c, "/", NULL);
    return target ? target : "/";
}

int mss_endpage_answer(request_rec *r, mss_end reason)
{
    const char *before =
        apr_pstrcat(r->pool, "<form method=\"post\" action=\"",
                    ap_escape_html2(r->pool, mss_conf_path(r->server), 1),
                    "/resume?to=", ap_escape_urlencoded(r->pool, way_back(r)),
                    "\"><button>", NULL);

    ap_add_output_filter_handle(policy_handle, r, r, r->connection);
    return mss_reply_page(r, HTTP_UNAUTHORIZED,
                          page(r, reason, before, "</button></form>\n"));
}

void mss_endpage_offer(request_rec *r, mss_end reason, bool is_prompted)
{
    if (!ap_response_code_string(r, ap_index_of_response(HTTP_UNAUTHORIZED))) {
        ap_custom_response(r, HTTP_UNAUTHORIZED,
                           page(r, reason,
                                is_prompted ? "<p><a href=\"\">" : NULL,
                                "</a></p>\n"));
    }
}

/* --- its headers ------------------------------------------------------------------ */

/* The site's policy is made for its application, and would keep the button from
 * what it is for: by form-action, also where the sign-on redirects to, or by
 * sandbox. Who may frame the page stays the site's to say. */
static apr_status_t policy_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    request_rec *r = f->r;
    apr_table_t *tables[] = {r->headers_out, r->err_headers_out};
    const char *policy = OWN_POLICY;
    size_t i;

    ap_remove_output_filter(f);
    /* Named in httpd.conf, it has none. */
    if (!f->ctx) {
        return ap_pass_brigade(f->next, bb);
    }
    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        const char *theirs = apr_table_getm(r->pool, tables[i], CSP);
        const char *frames =
            theirs ? mss_frames_allowed(r->pool, theirs) : NULL;

        if (frames) {
            policy = apr_pstrcat(r->pool, policy, ", ", frames, NULL);
        }
        apr_table_unset(tables[i], CSP);
        apr_table_unset(tables[i], "Referrer-Policy");
        apr_table_unset(tables[i], "Cache-Control");
    }
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->headers_out, CSP, policy);
    /* By which older browsers tell that the button is of this site. */
    apr_table_setn(r->headers_out, "Referrer-Policy", "same-origin");
    return ap_pass_brigade(f->next, bb);
}

/* Behind mod_headers. */
void mss_endpage_register(void)
{
    policy_handle = ap_register_output_filter(
        "SESSION_SECURITY_ENDING", policy_filter, NULL, AP_FTYPE_PROTOCOL - 1);
}
