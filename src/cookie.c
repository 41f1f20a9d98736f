/* SPDX-License-Identifier: Apache-2.0 */

#include "cookie.h"

#include <stdbool.h>

#include "util_filter.h"

#define FILTER "SESSION_SECURITY_COOKIE"

typedef struct {
    const char *name;
    apr_size_t n;
    const char *last; /* the value that stays */
} cookie;

static bool is_it(const cookie *c, const char *value)
{
    return strncmp(value, c->name, c->n) == 0 && value[c->n] == '=';
}

static int note_last(void *v, const char *key, const char *value)
{
    cookie *c = v;

    (void)key;
    if (is_it(c, value)) {
        c->last = value;
    }
    return 1;
}

/* Takes them out of a table, but for the one that stays, if it is to stay there:
 * the same string can be in two tables. */
static void clean(apr_table_t *headers, const cookie *c, bool here)
{
    apr_array_header_t *all =
        apr_array_copy(apr_table_elts(headers)->pool, apr_table_elts(headers));

    apr_table_unset(headers, "Set-Cookie");
    for (int i = 0; i < all->nelts; i++) {
        const apr_table_entry_t *e = &APR_ARRAY_IDX(all, i, apr_table_entry_t);

        if (ap_cstr_casecmp(e->key, "Set-Cookie") == 0
            && (is_it(c, e->val) ? here && e->val == c->last : true)) {
            apr_table_addn(headers, e->key, e->val);
        }
    }
}

static apr_status_t filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    cookie *c = f->ctx;
    request_rec *r = f->r;
    bool in_errors;

    ap_remove_output_filter(f);
    /* Named in httpd.conf, it has none. */
    if (!c) {
        return ap_pass_brigade(f->next, bb);
    }
    /* What was written last stands last in both tables; only that of errors
     * goes over a handler or a redirect that makes the other anew. */
    apr_table_do(note_last, c, r->err_headers_out, "Set-Cookie", NULL);
    in_errors = c->last != NULL;
    if (!in_errors) {
        apr_table_do(note_last, c, r->headers_out, "Set-Cookie", NULL);
    }
    if (c->last) {
        clean(r->err_headers_out, c, in_errors);
        clean(r->headers_out, c, !in_errors);
    }
    return ap_pass_brigade(f->next, bb);
}

void mss_cookie_register(void)
{
    ap_register_output_filter(FILTER, filter, NULL, AP_FTYPE_PROTOCOL - 1);
}

void mss_cookie_insert(request_rec *r, const char *name)
{
    cookie *c = apr_pcalloc(r->pool, sizeof(*c));

    c->name = name;
    c->n = strlen(name);
    ap_add_output_filter(FILTER, c, r, r->connection);
}
