/* SPDX-License-Identifier: Apache-2.0 */

#include "csp_source.h"

#include <string.h>
#include <strings.h>

#define BASE64                                                                 \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"

static mss_span from(mss_span span, apr_size_t n)
{
    return (mss_span){span.at + n, span.n - n};
}

static mss_span upto(mss_span span, apr_size_t n)
{
    return (mss_span){span.at, n};
}

static bool begins(mss_span span, const char *word)
{
    const apr_size_t n = strlen(word);

    return span.n >= n && strncasecmp(span.at, word, n) == 0;
}

static bool equal(mss_span a, mss_span b)
{
    return a.n == b.n && strncasecmp(a.at, b.at, a.n) == 0;
}

static bool is_same(mss_span a, mss_span b)
{
    return a.n > 0 && a.n == b.n && memcmp(a.at, b.at, a.n) == 0;
}

bool mss_csp_source_is(mss_span span, const char *word)
{
    return begins(span, word) && span.n == strlen(word);
}

/* --- nonces and hashes ----------------------------------------------------------- */

static apr_size_t count(mss_span span, const char *of)
{
    apr_size_t n = 0;

    while (n < span.n && strchr(of, span.at[n])) {
        n++;
    }
    return n;
}

/* base64-value: characters of either alphabet, then "=" at most twice. */
static bool is_base64(mss_span value)
{
    const apr_size_t digits = count(value, BASE64);
    const apr_size_t padding = count(from(value, digits), "=");

    return digits > 0 && padding <= 2 && digits + padding == value.n;
}

/* What stands in 'prefix...', if it is of the grammar. */
static mss_span quoted_value(mss_span source, const char *prefix)
{
    mss_span value = {source.at, 0};

    if (begins(source, prefix) && source.at[source.n - 1] == '\'') {
        value = from(upto(source, source.n - 1), strlen(prefix));
    }
    return is_base64(value) ? value : upto(source, 0);
}

mss_span mss_csp_source_nonce(mss_span source)
{
    return quoted_value(source, "'nonce-");
}

bool mss_csp_source_is_hash(mss_span source)
{
    return quoted_value(source, "'sha256-").n > 0
           || quoted_value(source, "'sha384-").n > 0
           || quoted_value(source, "'sha512-").n > 0;
}

bool mss_csp_source_is_url_hash(mss_span source)
{
    return quoted_value(source, "'url-sha256-").n > 0
           || quoted_value(source, "'url-sha384-").n > 0
           || quoted_value(source, "'url-sha512-").n > 0;
}

/* --- hosts ------------------------------------------------------------------------ */

/* Cuts a span at the first of some characters. @return what follows, with it */
static mss_span cut(mss_span *span, const char *at)
{
    apr_size_t n = 0;
    mss_span rest;

    while (n < span->n && !strchr(at, span->at[n])) {
        n++;
    }
    rest = from(*span, n);
    span->n = n;
    return rest;
}

static bool is_address(mss_span name)
{
    return begins(name, "[") || count(name, "0123456789.") == name.n;
}

static bool name_matches(mss_span pattern, mss_span name)
{
    if (is_address(name)) {
        return false;
    }
    if (!begins(pattern, "*.")) {
        return equal(pattern, name);
    }
    pattern = from(pattern, 1);
    return name.n > pattern.n && equal(pattern, from(name, name.n - pattern.n));
}

/* Both begin with their colon, or are empty. */
static bool port_matches(mss_span pattern, mss_span port, bool https)
{
    const char *usual = https ? ":443" : ":80";

    if (pattern.n == 0) {
        return port.n == 0 || mss_csp_source_is(port, usual);
    }
    return mss_csp_source_is(pattern, ":*") || equal(pattern, port)
           || (port.n == 0 && mss_csp_source_is(pattern, usual));
}

static bool path_matches(mss_span pattern, mss_span path)
{
    if (pattern.n == 0 || (pattern.n == 1 && pattern.at[0] == '/')) {
        return true;
    }
    /* Paths differ by case, unlike hosts. */
    return pattern.n <= path.n && memcmp(pattern.at, path.at, pattern.n) == 0
           && (pattern.n == path.n || pattern.at[pattern.n - 1] == '/');
}

static bool host_matches(mss_span source, const mss_csp_target *target)
{
    mss_span path = cut(&source, "/");
    mss_span port = cut(&source, ":");
    mss_span host = target->host;
    mss_span host_port = {host.at, 0};

    if (!begins(host, "[")) {
        host_port = cut(&host, ":");
    }
    return host.n > 0 && name_matches(source, host)
           && port_matches(port, host_port, target->https)
           && path_matches(path, target->path);
}

/* Takes the scheme off. @return false if it is not the target's */
static bool scheme_matches(mss_span *source, const mss_csp_target *target)
{
    if (begins(*source, "https://")) {
        *source = from(*source, 8);
        return target->https;
    }
    if (begins(*source, "http://")) {
        *source = from(*source, 7);
    }
    return true;
}

bool mss_csp_source_admits(mss_span source, const mss_csp_target *target)
{
    if (mss_csp_source_is(source, "'self'")) {
        return target->own;
    }
    if (mss_csp_source_is(source, "https:")) {
        return target->https;
    }
    if (mss_csp_source_is(source, "*") || mss_csp_source_is(source, "http:")) {
        return true;
    }
    return is_same(source, target->url)
           || (scheme_matches(&source, target) && host_matches(source, target));
}
