/* SPDX-License-Identifier: Apache-2.0 */

#include "policy.h"

#include <string.h>

#include "apr_base64.h"
#include "apr_strings.h"
#include "http_protocol.h"
#include "util_filter.h"

#include "config.h"
#include "core/csp.h"
#include "log.h"
#include "preview.h"

#define HEADER "Content-Security-Policy"
/* Report-Only stops nothing; the older names are of browsers long gone. */

/* 128 bits, as the specification asks for (W3C CSP Level 3, 7.1). */
#define NONCE_BYTES 16

struct mss_policy {
    request_rec *r;
    mss_csp_mode mode;
    bool is_expected; /* a policy will be there */
    bool is_settled;  /* the nonce is chosen */
    bool is_forgone;  /* no element comes */
    mss_csp_client client;
    const char *refusal; /* why the client cannot run, or NULL */
};

static ap_filter_rec_t *policy_handle;

/* --- the headers ------------------------------------------------------------------ */

/* Most headers are none, and seen to be by a letter or their length. */
static bool is_policy(const char *name)
{
    return (*name | 0x20) == 'c' && strlen(name) == sizeof(HEADER) - 1
           && !ap_cstr_casecmp(name, HEADER);
}

typedef void visitor(mss_policy *policy, const char **value, void *data);

static void visit_table(mss_policy *policy, apr_table_t *t, visitor *visit,
                        void *data)
{
    const apr_array_header_t *all = apr_table_elts(t);
    apr_table_entry_t *entries = (apr_table_entry_t *)(void *)all->elts;
    int i;

    for (i = 0; i < all->nelts; i++) {
        if (is_policy(entries[i].key)) {
            const char *value = entries[i].val;

            visit(policy, &value, data);
            entries[i].val = (char *)value;
        }
    }
}

/* Each of them: all are in force. */
static void visit_all(mss_policy *policy, visitor *visit, void *data)
{
    visit_table(policy, policy->r->headers_out, visit, data);
    visit_table(policy, policy->r->err_headers_out, visit, data);
}

static void know_client(mss_policy *policy)
{
    request_rec *r = policy->r;
    mss_csp_client *client = &policy->client;
    const char *path = mss_conf_path(r->server);

    client->https = strcmp(ap_http_scheme(r), "https") == 0;
    client->host = apr_table_get(r->headers_in, "Host");
    client->script = apr_pstrcat(r->pool, path, "/script.js", NULL);
    client->endpoints = apr_pstrcat(r->pool, path, "/", NULL);
    client->stylesheet = mss_conf_stylesheet(mss_conf_of(r));
}

static void note_one(mss_policy *policy, const char **value, void *data)
{
    bool *found = data;

    (void)policy;
    (void)value;
    *found = true;
}

/* Whether the answer has a policy; most have none. */
static bool has_policy(mss_policy *policy)
{
    bool found = false;

    visit_all(policy, note_one, &found);
    if (found && !policy->client.script) {
        know_client(policy);
    }
    return found;
}

/* --- how the client gets in ------------------------------------------------------- */

typedef struct {
    const char *offered; /* a nonce that the page has already */
    bool is_wanted;      /* the client needs that, or one of its own */
} nonces;

static void find_nonces(mss_policy *policy, const char **value, void *data)
{
    nonces *n = data;

    if (mss_csp_wants_nonce(policy->r->pool, &policy->client, *value,
                            &n->offered)) {
        n->is_wanted = true;
    }
}

static void judge(mss_policy *policy, const char **value, void *data)
{
    apr_pool_t *p = policy->r->pool;
    const char *amended = mss_csp_amend(p, &policy->client, *value);
    const char *offered = NULL;

    (void)data;
    if (mss_csp_is_sandbox(*value)) {
        policy->refusal = HEADER ": sandbox";
    }
    else if (policy->mode == MSS_CSP_REUSE && amended != *value) {
        policy->refusal = HEADER ", and SessionSecurityCSP is Reuse";
    }
    else if (mss_csp_wants_nonce(p, &policy->client, amended, &offered)) {
        policy->refusal = HEADER ": no URL counts, and no nonce";
    }
}

static const char *make_nonce(apr_pool_t *p)
{
    unsigned char bytes[NONCE_BYTES];
    char text[(NONCE_BYTES + 2) / 3 * 4 + 1];

    if (apr_generate_random_bytes(bytes, sizeof(bytes)) != APR_SUCCESS) {
        return NULL;
    }
    apr_base64_encode_binary(text, bytes, sizeof(bytes));
    return apr_pstrmemdup(p, text, strcspn(text, "="));
}

/* Borrows a nonce of the page, if it is enough for all of its policies. */
static bool borrow(mss_policy *policy)
{
    nonces n = {NULL, false};

    visit_all(policy, find_nonces, &n);
    if (!n.is_wanted) {
        return true;
    }
    policy->client.nonce = n.offered;
    policy->client.is_borrowed = true;
    n.is_wanted = false;
    visit_all(policy, find_nonces, &n);
    return !n.is_wanted;
}

static void settle(mss_policy *policy)
{
    const bool is_there = has_policy(policy);

    policy->is_settled = true;
    /* It may add a policy that takes nothing but a nonce, or take away the one
     * that has offered its own. */
    if (policy->mode == MSS_CSP_AMEND && mss_preview_is_due(policy->r)) {
        policy->client.nonce = make_nonce(policy->r->pool);
    }
    else if (is_there && !borrow(policy) && policy->mode == MSS_CSP_AMEND) {
        policy->client.nonce = make_nonce(policy->r->pool);
        policy->client.is_borrowed = false;
    }
    if (is_there) {
        visit_all(policy, judge, NULL);
    }
}

const char *mss_policy_admit(mss_policy *policy, const char **nonce)
{
    if (policy->mode != MSS_CSP_OFF && !policy->is_settled) {
        if (policy->is_expected) {
            settle(policy);
        }
        policy->is_settled = true;
    }
    *nonce = policy->client.nonce;
    return policy->refusal;
}

void mss_policy_forgo(mss_policy *policy)
{
    policy->is_forgone = true;
}

/* --- at the end of the chain ------------------------------------------------------ */

static void amend(mss_policy *policy, const char **value, void *data)
{
    (void)data;
    *value = mss_csp_amend(policy->r->pool, &policy->client, *value);
}

static void make_right(mss_policy *policy)
{
    if (!has_policy(policy)) {
        return;
    }
    if (!policy->is_settled) {
        settle(policy);
    }
    else {
        visit_all(policy, judge, NULL);
    }
    if (policy->refusal) {
        ap_log_rerror(APLOG_MARK, APLOG_TRACE1, 0, policy->r,
                      "the client cannot run: %s", policy->refusal);
        return;
    }
    visit_all(policy, amend, NULL);
}

/* HEAD has no page that the element could be in, but the headers of one. */
static apr_status_t policy_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    mss_policy *policy = f->ctx;

    /* NULL: named in httpd.conf, or done with. */
    if (policy && (!policy->is_forgone || f->r->header_only)) {
        make_right(policy);
    }
    f->ctx = NULL;
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

mss_policy *mss_policy_watch(request_rec *r, bool is_expected)
{
    mss_policy *policy = apr_pcalloc(r->pool, sizeof(*policy));

    policy->r = r;
    policy->is_expected = is_expected;
    policy->mode = mss_conf_csp(mss_conf_of(r));
    if (policy->mode == MSS_CSP_AMEND) {
        ap_add_output_filter_handle(policy_handle, policy, r, r->connection);
    }
    return policy;
}

/* The last filter before those that write the headers: behind mod_headers,
 * which is at AP_FTYPE_CONTENT_SET. */
void mss_policy_register(void)
{
    policy_handle = ap_register_output_filter(
        "SESSION_SECURITY_POLICY", policy_filter, NULL, AP_FTYPE_PROTOCOL - 1);
}
