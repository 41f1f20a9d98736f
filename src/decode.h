/* SPDX-License-Identifier: Apache-2.0
 * Knows how to spare mod_session the decoding of a session whose exact bytes
 * this child has decoded lately: the key derivation of mod_session_crypto.
 * Must not know what is in a session, nor limits, verdicts or the store. */

#ifndef MSS_DECODE_H
#define MSS_DECODE_H

#include <stdbool.h>

#include "httpd.h"

#include "state.h"

/** Puts two functions around the decoders of sessions (pre_config, when all
 * modules are loaded: mod_session may come after this one). */
void mss_decode_register(void);

/** Whether the cache can be used with the modules that are loaded
 * (post_config); a reason against it is logged. */
void mss_decode_init(server_rec *s);

/** Makes this child's cache; it is wiped when p goes. */
void mss_decode_child_init(apr_pool_t *p, server_rec *s);

/** Wipes what is kept of the session that this request came with. */
void mss_decode_forget(const mss_state *state);

#endif
