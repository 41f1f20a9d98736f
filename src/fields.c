/* SPDX-License-Identifier: Apache-2.0 */

#include "fields.h"

#include <string.h>
#include <strings.h>

#include "http_protocol.h"

#include "core/header.h"

/* --- in both tables --------------------------------------------------------------- */

/* CGI leaves most of its headers in the other table. */
const char *mss_fields_get(const request_rec *r, const char *name)
{
    const char *value = apr_table_get(r->headers_out, name);

    if (!value && !apr_is_empty_table(r->err_headers_out)) {
        value = apr_table_get(r->err_headers_out, name);
    }
    return value;
}

void mss_fields_unset(request_rec *r, const char *name)
{
    apr_table_unset(r->headers_out, name);
    if (!apr_is_empty_table(r->err_headers_out)) {
        apr_table_unset(r->err_headers_out, name);
    }
}

/* --- one walk --------------------------------------------------------------------- */

/* The place of a value by the length of its name and a letter; *is becomes what
 * the name then must be. */
static const char **place_of(mss_fields *f, const char *name, const char **is)
{
#define CASE(length, letter, header, field)                                    \
    case MSS_HEADER_HINT(length, letter):                                      \
        *is = header;                                                          \
        return &f->field;
    switch (mss_header_hint(name)) {
        CASE(4, 'v', "Vary", vary)
        CASE(13, 'a', "Content-Range", content_range)
        CASE(13, 't', "Cache-Control", cache_control)
        CASE(15, 'i', "X-UA-Compatible", ua_compatible)
        CASE(16, 'd', "Content-Encoding", content_encoding)
        CASE(16, 'l', "Integrity-Policy", integrity_policy)
        CASE(19, 't', "Content-Disposition", content_disposition)
        CASE(23, 'l', "Content-Security-Policy", content_security_policy)
    default:
        return NULL;
    }
#undef CASE
}

static void take(mss_fields *f, const apr_table_entry_t *e)
{
    const char *is;
    const char **place = place_of(f, e->key, &is);

    if (!place || strcasecmp(e->key, is) != 0) {
        return;
    }
    if (*place) {
        f->has_several = true;
    }
    else {
        *place = e->val;
    }
}

/* Most headers are none of them, and seen to be by their first letters. */
static bool may_matter(const char *name)
{
    switch (*name | 0x20) {
    case 'c':
    case 'i':
    case 'v':
        return true;
    case 'x':
        return name[1] == '-' && (name[2] | 0x20) == 'u';
    default:
        return false;
    }
}

static void read_table(mss_fields *f, const apr_table_t *t)
{
    const apr_array_header_t *all = apr_table_elts(t);
    int i;

    for (i = 0; i < all->nelts; i++) {
        const apr_table_entry_t *e = &APR_ARRAY_IDX(all, i, apr_table_entry_t);

        if (may_matter(e->key)) {
            take(f, e);
        }
    }
}

mss_fields mss_fields_read(const request_rec *r)
{
    mss_fields f = {NULL};

    read_table(&f, r->headers_out);
    read_table(&f, r->err_headers_out);
    return f;
}

/* --- lists ------------------------------------------------------------------------- */

/* Many a list has one word. */
static bool has_token(apr_pool_t *p, const char *list, const char *token)
{
    const size_t n = strlen(list), length = strlen(token);

    if (n <= length) {
        return n == length && !ap_cstr_casecmp(list, token);
    }
    return ap_find_token(p, list, token);
}

static bool table_has_token(request_rec *r, apr_table_t *t, const char *name,
                            const char *token)
{
    const char *list = apr_table_getm(r->pool, t, name);

    return list && has_token(r->pool, list, token);
}

bool mss_fields_has_token(request_rec *r, const mss_fields *fields,
                          const char *first, const char *name,
                          const char *token)
{
    if (!first || has_token(r->pool, first, token)) {
        return first != NULL;
    }
    return fields->has_several
           && (table_has_token(r, r->headers_out, name, token)
               || table_has_token(r, r->err_headers_out, name, token));
}

/* --- for some caches --------------------------------------------------------------- */

static void untarget(apr_table_t *t)
{
    const apr_array_header_t *all = apr_table_elts(t);
    int i = 0;

    while (i < all->nelts) {
        const char *name = APR_ARRAY_IDX(all, i, apr_table_entry_t).key;

        if (mss_header_is_targeted(name)) {
            apr_table_unset(t, name); /* the next comes to its place */
        }
        else {
            i++;
        }
    }
}

void mss_fields_untarget(request_rec *r)
{
    untarget(r->headers_out);
    untarget(r->err_headers_out);
}

/* --- what describes the bytes ------------------------------------------------------ */

/* The one such header that a name could be, by its first letter. */
static const char *descriptor_like(const char *name)
{
    switch (*name | 0x20) {
    case 'a':
        return "Accept-Ranges";
    case 'c':
        switch (mss_header_hint(name)) {
        case MSS_HEADER_HINT(11, '-'):
            return "Content-MD5";
        case MSS_HEADER_HINT(14, 'g'):
            return "Content-Digest";
        case MSS_HEADER_HINT(14, 'n'):
            return "Content-Length";
        default:
            return NULL;
        }
    case 'd':
        return "Digest";
    case 'e':
        return "ETag";
    case 'l':
        return "Last-Modified";
    case 'r':
        return "Repr-Digest";
    default:
        return NULL;
    }
}

static bool describes_bytes(const apr_table_entry_t *e)
{
    const char *name = descriptor_like(e->key);

    return name && !strcasecmp(e->key, name); /* as apr_table_unset compares */
}

/* Each apr_table_unset looks for its name and moves what comes behind: to put
 * back what stays costs less. */
static void strip(request_rec *r, apr_table_t *t)
{
    const apr_array_header_t *all = apr_table_elts(t);
    const apr_table_entry_t *e = (const apr_table_entry_t *)(void *)all->elts;
    const apr_table_entry_t *end = e + all->nelts;
    const apr_table_entry_t *first = e;

    while (first < end && !describes_bytes(first)) {
        first++;
    }
    if (first == end) {
        return;
    }
    all = apr_array_copy(r->pool, all);
    first = (const apr_table_entry_t *)(void *)all->elts + (first - e);
    e = (const apr_table_entry_t *)(void *)all->elts;
    end = e + all->nelts;
    apr_table_clear(t);
    for (; e < end; e++) {
        if (e < first || (e > first && !describes_bytes(e))) {
            apr_table_addn(t, e->key, e->val);
        }
    }
}

void mss_fields_strip(request_rec *r)
{
    strip(r, r->headers_out);
    strip(r, r->err_headers_out);
}
