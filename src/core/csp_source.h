/* SPDX-License-Identifier: Apache-2.0
 * Knows which URLs a source of a Content-Security-Policy admits. For csp.c.
 * Must not know directives. */

#ifndef MSS_CSP_SOURCE_H
#define MSS_CSP_SOURCE_H

#include <stdbool.h>

#include "apr.h"

/** Bytes of a text that goes on. */
typedef struct {
    const char *at;
    apr_size_t n;
} mss_span;

/** What is to be loaded. */
typedef struct {
    bool own;      /* from the page's own origin */
    bool https;    /* by TLS */
    mss_span host; /* with its port, if there is one; empty: unknown */
    mss_span path; /* without the query */
    mss_span url;  /* of another origin; empty: none */
} mss_csp_target;

/** Whether span is that word; ASCII letters' case does not count. */
bool mss_csp_source_is(mss_span span, const char *word);

/** The nonce of 'nonce-...', or nothing. A browser takes no notice of one that
 * is not of the grammar, nor is one found then. */
mss_span mss_csp_source_nonce(mss_span source);

/** Whether it is a hash, 'sha256-...', of the grammar. */
bool mss_csp_source_is_hash(mss_span source);

/** The same of a script's URL, 'url-sha256-...': of a draft that Chromium knows. */
bool mss_csp_source_is_url_hash(mss_span source);

/**
 * Whether a source admits a URL: 'self', "*", a scheme, a host.
 *
 * False in doubt, so that at most too much is added: for hosts that are
 * addresses, which browsers treat differently, unless the URL itself is there,
 * and for escapes in paths.
 */
bool mss_csp_source_admits(mss_span source, const mss_csp_target *target);

#endif
