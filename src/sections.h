/* SPDX-License-Identifier: Apache-2.0
 * Knows the sections of a configuration that has been read, and which settings
 * are in force in each. Must not know what the settings mean. */

#ifndef MSS_SECTIONS_H
#define MSS_SECTIONS_H

#include "config.h"

/** A server's own settings, or those of a section. */
typedef struct {
    server_rec *server;
    const char *name; /* "server config", "<Location /a> <If ...>" */
    const mss_conf *own;
    const mss_conf *merged; /* as far as can be known at the start */
} mss_section;

typedef void mss_section_visitor(void *data, const mss_section *section);

/** The name of a server, and its port if it has one of its own. */
const char *mss_sections_server(apr_pool_t *p, const server_rec *s);

/**
 * Shows the sections of a server that have settings of this module, and first
 * the server's own settings.
 *
 * merged is what a request to the section's very path gets, if no other kind
 * of section applies to it: the server's settings, those of the sections of
 * the same kind that match the path, in httpd's order, and the sections around
 * it. Of a section with a pattern the path is not known: the server's and its
 * own then.
 *
 * @param p for what is shown; it must live until the visitor is done with it
 */
void mss_sections_walk(apr_pool_t *p, server_rec *s,
                       mss_section_visitor *visitor, void *data);

#endif
