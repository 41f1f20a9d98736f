/* SPDX-License-Identifier: Apache-2.0 */

#include "page.h"

#include <strings.h>

#include "apr_cstr.h"
#include "apr_lib.h"
#include "apr_strings.h"
#include "http_protocol.h"
#include "util_filter.h"

#include "core/charset.h"

static ap_filter_rec_t *headers_handle; /* NULL: no mod_headers */

/* CGI leaves most of its headers in the other table. */
static const char *header(const request_rec *r, const char *name)
{
    const char *value = apr_table_get(r->headers_out, name);

    if (!value && !apr_is_empty_table(r->err_headers_out)) {
        value = apr_table_get(r->err_headers_out, name);
    }
    return value;
}

static void unset(request_rec *r, const char *name)
{
    apr_table_unset(r->headers_out, name);
    if (!apr_is_empty_table(r->err_headers_out)) {
        apr_table_unset(r->err_headers_out, name);
    }
}

/* --- Content-Type ---------------------------------------------------------------- */

static bool has_type(const request_rec *r, const char *type)
{
    const apr_size_t n = strlen(type);
    const char *is = r->content_type;

    return is && (!strncmp(is, type, n) || !apr_cstr_casecmpn(is, type, n))
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

const char *mss_page_encoding(const request_rec *r)
{
    const char *encoding = header(r, "Content-Encoding");

    if (!encoding) {
        encoding = r->content_encoding;
    }
    return encoding && is_coding(encoding) ? encoding : NULL;
}

void mss_page_unset_encoding(request_rec *r)
{
    unset(r, "Content-Encoding");
    r->content_encoding = NULL;
}

/* Browsers show "inline", and what has no type at all ("filename=x"). */
static bool is_download(const request_rec *r)
{
    const char *disposition = header(r, "Content-Disposition");
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

static bool table_has_token(request_rec *r, apr_table_t *t, const char *name,
                            const char *token)
{
    /* Most answers have no such header. */
    return apr_table_get(t, name)
           && ap_find_token(r->pool, apr_table_getm(r->pool, t, name), token);
}

static bool has_token(request_rec *r, const char *name, const char *token)
{
    return table_has_token(r, r->headers_out, name, token)
           || table_has_token(r, r->err_headers_out, name, token);
}

/* As apr_table_unset compares. */
static bool is_validator(const char *name)
{
    switch (*name | 0x20) {
    case 'a':
        return !strcasecmp(name, "Accept-Ranges");
    case 'c':
        return !strcasecmp(name, "Content-Digest")
               || !strcasecmp(name, "Content-MD5");
    case 'd':
        return !strcasecmp(name, "Digest");
    case 'e':
        return !strcasecmp(name, "ETag");
    case 'l':
        return !strcasecmp(name, "Last-Modified");
    case 'r':
        return !strcasecmp(name, "Repr-Digest");
    default:
        return false;
    }
}

bool mss_page_tells_length(const request_rec *r)
{
    return header(r, "Content-Length") != NULL;
}

/* One walk is cheaper than looking for each name. */
static void unset_validators(apr_table_t *t)
{
    const apr_array_header_t *all = apr_table_elts(t);
    int i;

    for (i = all->nelts - 1; i >= 0; i--) {
        const char *name = APR_ARRAY_IDX(all, i, apr_table_entry_t).key;

        if (is_validator(name)) {
            apr_table_unset(t, name);
            i = i < all->nelts ? i : all->nelts;
        }
    }
}

void mss_page_unset_validators(request_rec *r)
{
    unset_validators(r->headers_out);
    unset_validators(r->err_headers_out);
    unset(r, "Content-Length");
}

void mss_page_grow(request_rec *r, apr_size_t bytes)
{
    const char *length = header(r, "Content-Length");
    char *end = NULL;
    apr_off_t n = 0;
    const bool known = length && apr_isdigit(*length)
                       && apr_strtoff(&n, length, &end, 10) == APR_SUCCESS
                       && !*end && n <= APR_INT64_MAX - (apr_off_t)bytes;

    unset_validators(r->headers_out);
    unset_validators(r->err_headers_out);
    if (!known) {
        unset(r, "Content-Length");
    }
    else {
        apr_table_unset(r->err_headers_out, "Content-Length");
        ap_set_content_length(r, n + (apr_off_t)bytes);
    }
}

void mss_page_init(void)
{
    headers_handle = ap_get_output_filter_handle("FIXUP_HEADERS_OUT");
}

bool mss_page_awaits_headers(const request_rec *r)
{
    const ap_filter_t *f = r->output_filters;

    while (f && f->frec != headers_handle) {
        f = f->next;
    }
    return f != NULL;
}

bool mss_page_is_fixed(request_rec *r)
{
    return has_token(r, "Cache-Control", "no-transform");
}

void mss_page_forbid_store(request_rec *r, bool fixed)
{
    if (!apr_is_empty_table(r->err_headers_out)) {
        apr_table_unset(r->err_headers_out, "Cache-Control");
    }
    apr_table_setn(r->headers_out, "Cache-Control",
                   fixed ? "no-store, no-transform" : "no-store");
    /* Caches that know these go by them first (RFC 9213). */
    unset(r, "CDN-Cache-Control");
    unset(r, "Surrogate-Control");
    /* A script that fetches the page's URL gets it without the element. */
    if (!has_token(r, "Vary", "Sec-Fetch-Dest")) {
        apr_table_mergen(r->headers_out, "Vary", "Sec-Fetch-Dest");
    }
}

/* --- the two questions ----------------------------------------------------------- */

const char *mss_page_unwanted(request_rec *r, const mss_state *state)
{
    if (!state->tracked) {
        return "not tracked";
    }
    if (state->injected) {
        return "injected before";
    }
    if (!mss_conf_inject(mss_conf_of(r))) {
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
    if (!mss_state_asks_page(r)) {
        return "not a request for a page";
    }
    return NULL;
}

static bool has_page_status(int status)
{
    return status >= HTTP_OK && status != HTTP_NO_CONTENT
           && status != HTTP_RESET_CONTENT && status != HTTP_PARTIAL_CONTENT
           && !ap_is_HTTP_REDIRECT(status);
}

const char *mss_page_unfit(request_rec *r)
{
    if (!has_page_status(r->status)) {
        return "status";
    }
    if (!mss_page_is_html(r)) {
        return "Content-Type";
    }
    if (header(r, "Content-Range")) {
        return "Content-Range";
    }
    if (is_download(r)) {
        return "Content-Disposition";
    }
    if (!takes_ascii(r)) {
        return "charset";
    }
    return NULL;
}
