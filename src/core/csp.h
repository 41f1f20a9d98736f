/* SPDX-License-Identifier: Apache-2.0
 * Knows what a Content-Security-Policy says about the client, and the least
 * that has to be added to it (W3C CSP Level 3, checked with Chromium).
 * Must not know responses, or when a policy may be changed. */

#ifndef MSS_CSP_H
#define MSS_CSP_H

#include <stdbool.h>

#include "apr_pools.h"

/* A policy is the value of one header: several, if there are commas in it. */

/** What the client consists of. Nothing is inline but attributes of data. */
typedef struct {
    bool https;             /* the page came by TLS; false if that is unknown */
    const char *host;       /* as in the header Host; NULL: unknown */
    const char *script;     /* path of its script */
    const char *endpoints;  /* path of what it asks, with a slash at the end */
    const char *stylesheet; /* path or URL, or NULL */
    const char *nonce;      /* of its element, or NULL */
    bool is_borrowed;       /* the page's own: it is added nowhere, since
                             * the page's scripts would come in with it */
} mss_csp_client;

/** Whether a policy puts the page into a sandbox that the client cannot run
 * in: without scripts, or without the origin that the endpoints have. */
bool mss_csp_is_sandbox(const char *policy);

/**
 * Whether the script needs a nonce to run, or another one than the client's:
 * neither its URL nor its nonce is admitted, and either a nonce would switch
 * nothing off ('unsafe-inline' counts only in a list without any), or no URL
 * could be admitted.
 *
 * @param offered set to a nonce that the policy has already, in p, if it is
 *                NULL so far
 */
bool mss_csp_wants_nonce(apr_pool_t *p, const mss_csp_client *client,
                         const char *policy, const char **offered);

/**
 * The policy with what the client lacks, in p; the pointer passed in if that
 * is nothing. The script is admitted by its nonce if that takes nothing from
 * the page, else by 'self'; all else by 'self', or a stylesheet of another
 * site by its URL.
 *
 * 'self', not the path of the endpoints: a source with a path has to name a
 * host and a port, and behind a proxy only the browser knows which they are.
 *
 * With 'strict-dynamic' and without a nonce there is no way, nor is there with
 * hashes of URLs beside 'unsafe-inline'; the policy stays as it is, and
 * mss_csp_wants_nonce goes on saying so.
 */
const char *mss_csp_amend(apr_pool_t *p, const mss_csp_client *client,
                          const char *policy);

#endif
