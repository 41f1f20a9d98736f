/* SPDX-License-Identifier: Apache-2.0 */

#include "decode.h"

#include <string.h>
#include <sys/mman.h>

#include "apr_dso.h"
#include "apr_hooks.h"
#include "apr_strings.h"
#include "apr_thread_mutex.h"
#include "ap_mpm.h"
#include "http_config.h"
#include "mod_session.h"

#include "config.h"
#include "core/recent.h"
#include "counts.h"
#include "log.h"

static bool usable;       /* found by mss_decode_init, for all children */
static mss_recent *cache; /* of this child, or NULL */
static apr_thread_mutex_t *mutex; /* NULL: the child has a single thread */

/* Held for the copy of a few hundred bytes, and once a second for a look
 * through the table: no log, no I/O, no allocation, no key derivation. */
static void lock(void)
{
    if (mutex) {
        apr_thread_mutex_lock(mutex);
    }
}

static void unlock(void)
{
    if (mutex) {
        apr_thread_mutex_unlock(mutex);
    }
}

/* --- what is kept of a session ------------------------------------------------ */

/* The expiry, then key and value of each entry, with their NULs. */
typedef struct {
    apr_size_t used;
    char bytes[MSS_RECENT_ROOM];
} packed;

static bool append(packed *to, const void *bytes, apr_size_t n)
{
    if (n > sizeof(to->bytes) - to->used) {
        return false;
    }
    memcpy(to->bytes + to->used, bytes, n);
    to->used += n;
    return true;
}

static int append_entry(void *to, const char *key, const char *value)
{
    return append(to, key, strlen(key) + 1)
           && append(to, value, strlen(value) + 1);
}

static bool pack(packed *to, const session_rec *z)
{
    to->used = 0;
    return append(to, &z->expiry, sizeof(z->expiry))
           && apr_table_do(append_entry, to, z->entries, NULL);
}

/* One copy for all entries. */
static void unpack(const packed *from, session_rec *z)
{
    const apr_size_t n = from->used - sizeof(z->expiry);
    const char *at = apr_pmemdup(z->pool, from->bytes + sizeof(z->expiry), n);
    const char *end = at + n;

    memcpy(&z->expiry, from->bytes, sizeof(z->expiry));
    while (at < end) {
        const char *value = at + strlen(at) + 1;

        apr_table_addn(z->entries, at, value);
        at = value + strlen(value) + 1;
    }
}

/* --- around the decoders ------------------------------------------------------ */

/* Only a session as the stores of mod_session load it: what decoders do to
 * another one may depend on more than its text. */
static bool applies(const mss_conf *c, const session_rec *z)
{
    return mss_conf_enabled(c) && mss_conf_crypto(c) != MSS_CRYPTO_UNKNOWN
           && z->encoded && *z->encoded && !z->expiry
           && apr_is_empty_table(z->entries);
}

static bool recall(const mss_recent_key *key, session_rec *z)
{
    packed found;

    lock();
    found.used = mss_recent_get(cache, key, apr_time_now(), found.bytes);
    unlock();
    mss_counts_add(found.used ? MSS_COUNT_DECODE_HITS
                              : MSS_COUNT_DECODE_MISSES);
    if (found.used == 0) {
        return false;
    }
    unpack(&found, z);
    explicit_bzero(found.bytes, found.used);
    return true;
}

/* Hook session_decode, before mod_session_crypto's, which leaves a session
 * alone that has nothing encoded, as mod_session's own does. */
static int before(request_rec *r, session_rec *z)
{
    const mss_conf *c = mss_conf_of(r);
    mss_state *state;

    if (!cache) {
        return DECLINED;
    }
    state = mss_state_get(r);
    state->decoding = NULL;
    if (!applies(c, z)) {
        return DECLINED;
    }
    state->decoded = mss_recent_key_of(
        cache, (mss_recent_scope){r->server, mss_conf_crypto(c)}, z->encoded);
    if (!recall(&state->decoded, z)) {
        state->decoding = z;
        return DECLINED;
    }
    z->encoded = NULL;
    ap_log_rerror(APLOG_MARK, APLOG_TRACE1, 0, r,
                  "session decoded lately: not again");
    /* mod_session will refuse it. */
    if (z->expiry && z->expiry < apr_time_now()) {
        mss_decode_forget(state);
    }
    return OK;
}

/* Hook session_decode, after mod_session's own, and only if none has failed. */
static int after(request_rec *r, session_rec *z)
{
    mss_state *state = cache ? mss_state_peek(r) : NULL;
    packed made;
    bool kept;

    if (!state || !state->decoding || state->decoding != z || z->encoded) {
        return DECLINED;
    }
    state->decoding = NULL;
    kept = pack(&made, z);
    if (kept) {
        lock();
        kept = mss_recent_put(cache, &state->decoded, apr_time_now(),
                              made.bytes, made.used);
        unlock();
    }
    explicit_bzero(made.bytes, made.used);
    ap_log_rerror(APLOG_MARK, APLOG_TRACE1, 0, r, "session decoded: %s",
                  kept ? "kept for a while" : "too large to be kept");
    return OK;
}

void mss_decode_forget(const mss_state *state)
{
    if (cache && state->decoded.hash) {
        lock();
        mss_recent_drop(cache, &state->decoded);
        unlock();
    }
}

/* --- start -------------------------------------------------------------------- */

#define OWN_NAME "mod_session_security.c"

/* A function that mod_session exports. It cannot be linked to: mod_session may
 * be loaded after this module, or not at all. */
static void *exported(const char *name)
{
    const module *session = ap_find_linked_module("mod_session.c");
    apr_dso_handle_sym_t function = NULL;

    if (!session || !session->dynamic_load_handle
        || apr_dso_sym(&function, session->dynamic_load_handle, name)
               != APR_SUCCESS) {
        return NULL;
    }
    return function;
}

void mss_decode_register(void)
{
    __typeof__(ap_hook_session_decode) *hook =
        exported("ap_hook_session_decode");
    const char *registering = apr_hook_debug_current;

    usable = false;
    cache = NULL;
    if (!hook) {
        return;
    }
    /* httpd sets it while it calls a module's register_hooks; it is the name
     * that other modules' orders go by. */
    apr_hook_debug_current = OWN_NAME;
    hook(before, NULL, NULL, APR_HOOK_REALLY_FIRST);
    hook(after, NULL, NULL, APR_HOOK_REALLY_LAST + 1);
    apr_hook_debug_current = registering;
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

/* A decoder that is not known can depend on anything. */
static const char *unknown_decoder(void)
{
    static const char *const known[] = {"mod_session.c", "mod_session_crypto.c",
                                        OWN_NAME, NULL};
    __typeof__(ap_hook_get_session_decode) *get =
        exported("ap_hook_get_session_decode");
    const apr_array_header_t *hooks = get ? get() : NULL;

    if (!hooks) {
        return "mod_session";
    }
    for (int i = 0; i < hooks->nelts; i++) {
        const char *name =
            APR_ARRAY_IDX(hooks, i, ap_LINK_session_decode_t).szName;

        if (!name || !is_one_of(name, known)) {
            return name ? name : "?";
        }
    }
    return NULL;
}

/* Of a directive that is not known mss_conf_crypto has not heard. */
static const char *unknown_directive(const module *crypto)
{
    static const char *const known[] = {
        "SessionCryptoPassphrase", "SessionCryptoPassphraseFile",
        "SessionCryptoCipher", "SessionCryptoDriver", NULL};

    for (const command_rec *c = crypto->cmds; c && c->name; c++) {
        if (!is_one_of(c->name, known)) {
            return c->name;
        }
    }
    return NULL;
}

void mss_decode_init(server_rec *s)
{
    const module *crypto = ap_find_linked_module("mod_session_crypto.c");
    const char *unknown;

    if (mss_conf_decode_cache().entries == 0) {
        return;
    }
    unknown = unknown_decoder();
    if (!unknown && crypto) {
        unknown = unknown_directive(crypto);
    }
    usable = !unknown;
    if (unknown) {
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, s,
                     "MSS0030: SessionSecurityDecodeCache is not used: %s also "
                     "has to do with the decoding of sessions, in a way that "
                     "is not known here",
                     unknown);
    }
}

/* --- a child ------------------------------------------------------------------ */

static apr_status_t wipe(void *unused)
{
    (void)unused;
    lock();
    mss_recent_wipe(cache);
    unlock();
    return APR_SUCCESS;
}

/* Zeroed memory of this process alone: not in core dumps, nor, where the system
 * can do that, in processes that it forks. */
static void *private_memory(apr_size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        return NULL;
    }
#ifdef MADV_DONTDUMP
    (void)madvise(memory, size, MADV_DONTDUMP);
#endif
#ifdef MADV_WIPEONFORK
    (void)madvise(memory, size, MADV_WIPEONFORK);
#endif
    return memory;
}

static apr_status_t make_cache(apr_pool_t *p)
{
    mss_decode_cache c = mss_conf_decode_cache();
    unsigned char secret[APR_SIPHASH_KSIZE];
    apr_status_t rv = apr_generate_random_bytes(secret, sizeof(secret));
    int threaded = 0;
    void *memory;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (ap_mpm_query(AP_MPMQ_IS_THREADED, &threaded) == APR_SUCCESS && threaded
        && (rv = apr_thread_mutex_create(&mutex, APR_THREAD_MUTEX_DEFAULT, p))
               != APR_SUCCESS) {
        return rv;
    }
    memory = private_memory(mss_recent_size(c.entries));
    if (!memory) {
        return APR_ENOMEM;
    }
    cache = mss_recent_make(memory, c.entries, c.keep, secret);
    apr_pool_cleanup_register(p, NULL, wipe, apr_pool_cleanup_null);
    return APR_SUCCESS;
}

void mss_decode_child_init(apr_pool_t *p, server_rec *s)
{
    apr_status_t rv = usable ? make_cache(p) : APR_SUCCESS;

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, rv, s,
                     "MSS0031: no memory for SessionSecurityDecodeCache: "
                     "encrypted sessions are decoded at each request");
    }
}
