/* SPDX-License-Identifier: Apache-2.0 */

#include "csp.h"

#include <string.h>

#include "apr_strings.h"
#include "apr_tables.h"

#include "csp_source.h"

/* ASCII whitespace. */
#define SPACE "\t\n\f\r "

/* Directives for one kind of load: the first that a policy has counts. The
 * last is default-src, which is never changed itself, as it is about other
 * things, too; the one before is made then. */
typedef struct {
    const char *names[4];
    int fallback;
} chain;

static const chain scripts = {{"script-src-elem", "script-src", "default-src"},
                              2};
static const chain styles = {{"style-src-elem", "style-src", "default-src"}, 2};
static const chain connections = {{"connect-src", "default-src"}, 1};

/* --- the grammar ------------------------------------------------------------------ */

static bool is_space(char c)
{
    return c && strchr(SPACE, c);
}

static mss_span whole(const char *text)
{
    return (mss_span){text, strlen(text)};
}

static mss_span trim(mss_span span)
{
    while (span.n > 0 && is_space(span.at[0])) {
        span.at++;
        span.n--;
    }
    while (span.n > 0 && is_space(span.at[span.n - 1])) {
        span.n--;
    }
    return span;
}

/* Takes what comes before the next separator, NULL: whitespace, off a span.
 * @return false at its end */
static bool next(mss_span *rest, const char *separator, mss_span *item)
{
    apr_size_t n = 0;

    if (!separator) {
        separator = SPACE;
        *rest = trim(*rest);
    }
    if (rest->n == 0) {
        return false;
    }
    while (n < rest->n && !strchr(separator, rest->at[n])) {
        n++;
    }
    *item = (mss_span){rest->at, n};
    n += n < rest->n;
    *rest = (mss_span){rest->at + n, rest->n - n};
    return true;
}

/* The sources of a directive: of the first, where one is repeated. */
static bool find(mss_span policy, const char *name, mss_span *sources)
{
    mss_span directive;
    mss_span first;

    while (next(&policy, ";", &directive)) {
        directive = trim(directive);
        *sources = directive;
        if (next(sources, NULL, &first) && mss_csp_source_is(first, name)) {
            *sources = trim(*sources);
            return true;
        }
    }
    return false;
}

/* The directive that counts for a kind of load. */
typedef struct {
    int index; /* in the chain, or -1: nothing is forbidden */
    mss_span sources;
} rule;

static rule find_rule(mss_span policy, const chain *names)
{
    rule found = {0, {policy.at, 0}};

    for (; found.index <= names->fallback; found.index++) {
        if (find(policy, names->names[found.index], &found.sources)) {
            return found;
        }
    }
    return (rule){-1, {policy.at, 0}};
}

/* --- what a policy admits --------------------------------------------------------- */

typedef struct {
    bool url;       /* a source has the URL */
    bool client;    /* one has the client's nonce */
    bool keyed;     /* there are nonces or hashes: 'unsafe-inline' is off */
    bool dynamic;   /* 'strict-dynamic': URLs do not count, nor that */
    bool urls_off;  /* the same, or hashes of URLs: no other counts */
    bool is_inline; /* 'unsafe-inline' */
    mss_span nonce; /* the first */
} findings;

static void look(findings *f, mss_span source, const mss_csp_client *client,
                 const mss_csp_target *target)
{
    const mss_span nonce = mss_csp_source_nonce(source);

    if (nonce.n > 0) {
        f->nonce = f->nonce.n > 0 ? f->nonce : nonce;
        f->client = f->client
                    || (client->nonce && strlen(client->nonce) == nonce.n
                        && memcmp(client->nonce, nonce.at, nonce.n) == 0);
    }
    f->keyed = f->keyed || nonce.n > 0 || mss_csp_source_is_hash(source);
    f->dynamic = f->dynamic || mss_csp_source_is(source, "'strict-dynamic'");
    f->urls_off =
        f->urls_off || f->dynamic || mss_csp_source_is_url_hash(source);
    f->is_inline = f->is_inline || mss_csp_source_is(source, "'unsafe-inline'");
    f->url = f->url || mss_csp_source_admits(source, target);
}

static findings look_through(mss_span sources, const mss_csp_client *client,
                             const mss_csp_target *target)
{
    findings f = {.nonce = {sources.at, 0}};
    mss_span source;

    while (next(&sources, NULL, &source)) {
        look(&f, source, client, target);
    }
    return f;
}

static bool script_runs(const findings *f)
{
    return f->client || (f->url && !f->urls_off);
}

/* A nonce would stop the inline scripts that run without. */
static bool nonce_hurts(const findings *f)
{
    return f->is_inline && !f->keyed && !f->dynamic;
}

static mss_csp_target own(const mss_csp_client *client, const char *path)
{
    return (mss_csp_target){
        .own = true,
        .https = client->https,
        .host = whole(client->host ? client->host : ""),
        .path = {path, strcspn(path, "?#")},
    };
}

/* A path, or a URL that may be of the page's own origin. */
static mss_csp_target target_of(const mss_csp_client *client, const char *url)
{
    mss_csp_target target = own(client, url);
    const char *host = strstr(url, "://");
    apr_size_t n;

    if (*url == '/' || !host) {
        return target;
    }
    host += 3;
    n = strcspn(host, "/?#");
    target.path = (mss_span){host + n, strcspn(host + n, "?#")};
    target.https = mss_csp_source_is((mss_span){url, 8}, "https://");
    target.host = (mss_span){host, n};
    target.url = whole(url);
    target.own = target.https == client->https && client->host
                 && mss_csp_source_is(target.host, client->host);
    return target;
}

static bool is_sandboxed(mss_span policy)
{
    mss_span flags;
    mss_span flag;
    bool scripts_run = false;
    bool same_origin = false;

    if (!find(policy, "sandbox", &flags)) {
        return false;
    }
    while (next(&flags, NULL, &flag)) {
        scripts_run = scripts_run || mss_csp_source_is(flag, "allow-scripts");
        same_origin =
            same_origin || mss_csp_source_is(flag, "allow-same-origin");
    }
    return !scripts_run || !same_origin;
}

bool mss_csp_is_sandbox(const char *policy)
{
    mss_span rest = whole(policy);
    mss_span one;

    while (next(&rest, ",", &one)) {
        if (is_sandboxed(one)) {
            return true;
        }
    }
    return false;
}

bool mss_csp_wants_nonce(apr_pool_t *p, const mss_csp_client *client,
                         const char *policy, const char **offered)
{
    const mss_csp_target script = own(client, client->script);
    mss_span rest = whole(policy);
    mss_span one;
    bool wanted = false;

    while (next(&rest, ",", &one)) {
        const rule found = find_rule(one, &scripts);
        const findings f = look_through(found.sources, client, &script);

        if (found.index < 0 || script_runs(&f)
            || (nonce_hurts(&f) && !f.urls_off)) {
            continue;
        }
        wanted = true;
        if (!*offered && f.nonce.n > 0) {
            *offered = apr_pstrmemdup(p, f.nonce.at, f.nonce.n);
        }
    }
    return wanted;
}

/* --- what has to be added --------------------------------------------------------- */

/* Whether there is nothing but 'none', which counts alone only. */
static bool is_none(mss_span sources)
{
    mss_span source;

    while (next(&sources, NULL, &source)) {
        if (!mss_csp_source_is(source, "'none'")) {
            return false;
        }
    }
    return true;
}

static const char *copy(apr_pool_t *p, const char *from, const char *to)
{
    return apr_pstrmemdup(p, from, (apr_size_t)(to - from));
}

/* A URL as a source: without its query, and with nothing in it that would end
 * a source, a directive or a policy. */
static const char *source_of(apr_pool_t *p, const char *url)
{
    const apr_size_t n = strcspn(url, "?#");
    char *source = apr_palloc(p, n * 3 + 1);
    char *to = source;
    apr_size_t i;

    for (i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)url[i];

        if (c > ' ' && c < 0x7f && c != ';' && c != ',') {
            *to++ = url[i];
        }
        else {
            to += apr_snprintf(to, 4, "%%%02X", c);
        }
    }
    *to = '\0';
    return source;
}

/* A directive of its own, since default-src is about other things, too. */
static const char *add_directive(apr_pool_t *p, const char *policy,
                                 const char *name, mss_span sources,
                                 const char *source)
{
    const mss_span all = trim(whole(policy));
    const char *end = all.at + all.n;

    if (is_none(sources)) {
        sources.n = 0;
    }
    return apr_pstrcat(p, copy(p, policy, end), end[-1] == ';' ? " " : "; ",
                       name, " ", copy(p, sources.at, sources.at + sources.n),
                       sources.n > 0 ? " " : "", source, end, NULL);
}

static const char *add_source(apr_pool_t *p, const char *policy,
                              mss_span sources, const char *source)
{
    const char *end = sources.at + sources.n;
    const char *place = is_none(sources) ? sources.at : end;

    return apr_pstrcat(p, copy(p, policy, place),
                       is_space(place[-1]) ? "" : " ", source, end, NULL);
}

/* The policy with one more source for the loads of that chain. */
static const char *add(apr_pool_t *p, const char *policy, const chain *names,
                       rule found, const char *source)
{
    if (found.index == names->fallback) {
        return add_directive(p, policy, names->names[names->fallback - 1],
                             found.sources, source);
    }
    return add_source(p, policy, found.sources, source);
}

static const char *let_load(apr_pool_t *p, const mss_csp_client *client,
                            const char *policy, const chain *names,
                            const char *url)
{
    const mss_csp_target target = target_of(client, url);
    const rule found = find_rule(whole(policy), names);

    if (found.index < 0 || look_through(found.sources, client, &target).url) {
        return policy;
    }
    return add(p, policy, names, found, target.own ? "'self'" : url);
}

/* @return NULL: there is no way */
static const char *let_run(apr_pool_t *p, const mss_csp_client *client,
                           const char *policy)
{
    const mss_csp_target script = own(client, client->script);
    const rule found = find_rule(whole(policy), &scripts);
    const findings f = look_through(found.sources, client, &script);

    if (found.index < 0 || script_runs(&f)) {
        return policy;
    }
    if (client->nonce && !client->is_borrowed && !nonce_hurts(&f)) {
        return add(p, policy, &scripts, found,
                   apr_pstrcat(p, "'nonce-", client->nonce, "'", NULL));
    }
    return f.urls_off ? NULL : add(p, policy, &scripts, found, "'self'");
}

/* One policy, without commas. @return NULL: there is no way */
static const char *amend(apr_pool_t *p, const mss_csp_client *client,
                         const char *policy)
{
    const char *amended = let_run(p, client, policy);

    if (amended) {
        amended = let_load(p, client, amended, &connections, client->endpoints);
    }
    if (amended && client->stylesheet) {
        amended = let_load(p, client, amended, &styles,
                           source_of(p, client->stylesheet));
    }
    return amended;
}

const char *mss_csp_amend(apr_pool_t *p, const mss_csp_client *client,
                          const char *policy)
{
    apr_array_header_t *all = apr_array_make(p, 1, sizeof(char *));
    mss_span rest = whole(policy);
    mss_span one;
    bool changed = false;

    if (mss_csp_is_sandbox(policy)) {
        return policy;
    }
    while (next(&rest, ",", &one)) {
        const char *before = apr_pstrmemdup(p, one.at, one.n);
        const char *after = amend(p, client, before);

        if (!after) {
            return policy;
        }
        changed = changed || after != before;
        APR_ARRAY_PUSH(all, const char *) = after;
    }
    return changed ? apr_array_pstrcat(p, all, ',') : policy;
}
