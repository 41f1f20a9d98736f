/* SPDX-License-Identifier: Apache-2.0 */

#include "page.h"

#include <strings.h>

#include "apr_cstr.h"
#include "apr_lib.h"
#include "apr_strings.h"
#include "http_protocol.h"

#include "core/charset.h"
#include "core/header.h"
#include "fields.h"

/* --- Content-Type ---------------------------------------------------------------- */

static bool has_type(const request_rec *r, const char *type)
{
    const apr_size_t n = strlen(type);
    const char *is = r->content_type;

    return is && (*is | 0x20) == *type
           && (!strncmp(is, type, n) || !apr_cstr_casecmpn(is, type, n))
           && (!is[n] || is[n] == ';' || apr_isspace(is[n]));
}

bool mss_page_is_xhtml(const request_rec *r)
{
    return has_type(r, "application/xhtml+xml");
}

bool mss_page_is_html(const request_rec *r)
{
    return has_type(r, "text/html") || mss_page_is_xhtml(r);
}

/* The value of the parameter, without quotes. @return its length, 0: none */
static apr_size_t charset_of(const char *type, const char **charset)
{
    static const char name[] = "charset=";
    const apr_size_t n = sizeof(name) - 1;

    while (type && (type = strchr(type, ';'))) {
        do {
            type++;
        } while (apr_isspace(*type));
        if (!apr_cstr_casecmpn(type, name, n)) {
            *charset = type + n + (type[n] == '"' || type[n] == '\'');
            return strcspn(*charset, "\"'; \t");
        }
    }
    return 0;
}

bool mss_page_names_charset(request_rec *r)
{
    const char *charset;

    /* As it will be: AddDefaultCharset comes after all filters. */
    return charset_of(ap_make_content_type(r, r->content_type), &charset) > 0;
}

void mss_page_name_charset(request_rec *r, const char *charset)
{
    ap_set_content_type(
        r, apr_pstrcat(r->pool, r->content_type, "; charset=", charset, NULL));
}

static bool takes_ascii(const request_rec *r)
{
    const char *charset;
    const apr_size_t n = charset_of(r->content_type, &charset);

    return n == 0 || mss_charset_takes_ascii(charset, n);
}

/* --- other headers --------------------------------------------------------------- */

/* Browsers take no notice of others: "none", "UTF-8", "8bit" of old scripts. A
 * list has a "," in it, whatever else. */
static bool is_coding(const char *name)
{
    static const char *const none[] = {
        "",     "identity", "none",   "utf-8", "iso-8859-1", "windows-1252",
        "8bit", "7bit",     "binary", NULL};
    int i;

    for (i = 0; none[i]; i++) {
        if (!apr_cstr_casecmp(name, none[i])) {
            return false;
        }
    }
    return true;
}

const char *mss_page_encoding(const request_rec *r, const char *header)
{
    const char *encoding = header ? header : r->content_encoding;

    return encoding && is_coding(encoding) ? encoding : NULL;
}

void mss_page_unset_encoding(request_rec *r)
{
    mss_fields_unset(r, "Content-Encoding");
    r->content_encoding = NULL;
}

/* Browsers show "inline", and what has no type at all ("filename=x"). */
static bool is_download(const char *disposition)
{
    apr_size_t n;

    if (!disposition) {
        return false;
    }
    disposition += strspn(disposition, " \t");
    n = strcspn(disposition, "; \t=");
    return n > 0 && disposition[n] != '='
           && !(n == strlen("inline")
                && !apr_cstr_casecmpn(disposition, "inline", n));
}

bool mss_page_tells_length(const request_rec *r)
{
    return mss_fields_get(r, "Content-Length") != NULL;
}

void mss_page_unset_validators(request_rec *r)
{
    mss_fields_strip(r);
    apr_table_unset(r->headers_in, "Range");
}

void mss_page_grow(request_rec *r, apr_size_t bytes)
{
    const char *length = mss_fields_get(r, "Content-Length");
    char *end = NULL;
    apr_off_t n = 0;
    const bool known = length && apr_isdigit(*length)
                       && apr_strtoff(&n, length, &end, 10) == APR_SUCCESS
                       && !*end && n <= APR_INT64_MAX - (apr_off_t)bytes;

    mss_page_unset_validators(r);
    if (known) {
        ap_set_content_length(r, n + (apr_off_t)bytes);
    }
}

bool mss_page_is_fixed(request_rec *r, const mss_fields *fields)
{
    const char *value = fields->cache_control;

    if (value && !fields->has_several && !strcmp(value, MSS_HEADER_USUAL)) {
        return false; /* as nearly always: to look for the word costs more */
    }
    return mss_fields_has_token(r, fields, value, "Cache-Control",
                                "no-transform");
}

void mss_page_forbid_store(request_rec *r, const mss_fields *fields, bool fixed)
{
    if (!apr_is_empty_table(r->err_headers_out)) {
        apr_table_unset(r->err_headers_out, "Cache-Control");
    }
    apr_table_setn(r->headers_out, "Cache-Control",
                   fixed ? "no-store, no-transform" : "no-store");
    mss_fields_untarget(r);
    /* A script that fetches the page's URL gets it without the element. */
    if (!mss_fields_has_token(r, fields, fields->vary, "Vary",
                              "Sec-Fetch-Dest")) {
        apr_table_mergen(r->headers_out, "Vary", "Sec-Fetch-Dest");
    }
}

/* --- the two questions ----------------------------------------------------------- */

/* Most are for pages, and the answer to that is there already. */
static bool may_be_page(request_rec *r)
{
    return mss_state_asks_page(r) || mss_kind_may_be_page(mss_state_headers(r));
}

const char *mss_page_unwanted(request_rec *r, const mss_state *state)
{
    if (!state->tracked && !state->expectant) {
        return "not tracked";
    }
    if (state->injected) {
        return "injected before";
    }
    if (!mss_state_injects(r, state)) {
        return "SessionSecurityInject Off";
    }
    if (r->main) {
        return "a subrequest";
    }
    /* HTTP/0.9 has no headers to make right. */
    if (r->assbackwards) {
        return "HTTP/0.9";
    }
    if (r->method_number != M_GET && r->method_number != M_POST) {
        return "method";
    }
    if (!may_be_page(r)) {
        return "not a request for a page";
    }
    if (mss_kind_is_editor(mss_state_headers(r))) {
        return "a WebDAV client";
    }
    return NULL;
}

/* Browsers show a redirect that leads nowhere. */
static bool has_page_status(const request_rec *r)
{
    switch (r->status) {
    case HTTP_NO_CONTENT:
    case HTTP_RESET_CONTENT:
    case HTTP_PARTIAL_CONTENT:
    case HTTP_NOT_MODIFIED:
        return false;
    default:
        return r->status >= HTTP_OK
               && (!ap_is_HTTP_REDIRECT(r->status)
                   || !mss_fields_get(r, "Location"));
    }
}

const char *mss_page_unfit(request_rec *r, const mss_fields *fields)
{
    if (!has_page_status(r)) {
        return "status";
    }
    if (!mss_page_is_html(r)) {
        return "Content-Type";
    }
    if (fields->content_range) {
        return "Content-Range";
    }
    if (is_download(fields->content_disposition)) {
        return "Content-Disposition";
    }
    if (!takes_ascii(r)) {
        return "charset";
    }
    return NULL;
}
