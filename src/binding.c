/* SPDX-License-Identifier: Apache-2.0 */

#include "binding.h"

#include <string.h>

#include "apr_siphash.h"
#include "apr_strings.h"

#include "store.h"

/* In the session's text each takes its place unescaped. */
static void write_token(char *to, apr_uint64_t hash)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789-_";
    int i;

    for (i = 0; i < MSS_BINDING_TOKEN; i++) {
        to[i] = digits[hash & 63];
        hash >>= 6;
    }
    to[i] = '\0';
}

mss_binding mss_binding_make(apr_pool_t *p, const mss_state *state,
                             const char *name, const char *value)
{
    /* No name has a "=" in it, so no other cookie makes the same text. */
    char *text = apr_pstrcat(p, "\001cookie ", name, "=", value, NULL);
    const apr_size_t n = strlen(text);
    mss_binding binding = {.name = name, .value = value};

    write_token(binding.token, apr_siphash24(text, n, state->stamp.id));
    *text = '\002';
    apr_siphash24_auth(binding.key.bytes, text, n, state->stamp.id);
    *text = '\003';
    apr_siphash24_auth(binding.key.bytes + APR_SIPHASH_DSIZE, text, n,
                       state->stamp.id);
    return binding;
}

static bool has(const char *list, const char *token)
{
    apr_size_t at;

    for (at = 0; at + MSS_BINDING_TOKEN <= strlen(list);
         at += MSS_BINDING_TOKEN) {
        if (strncmp(list + at, token, MSS_BINDING_TOKEN) == 0) {
            return true;
        }
    }
    return false;
}

bool mss_binding_is_known(const session_rec *z, mss_binding *binding)
{
    const char *list = mss_session_get_bound(z);
    mss_record record = {.source = MSS_SOURCE_NONE};

    if (list && has(list, binding->token)) {
        return true;
    }
    mss_store_get(&binding->key, &record);
    binding->in_store = record.source == MSS_SOURCE_STORE;
    binding->replaced = binding->in_store && record.replaced;
    return binding->in_store;
}

mss_touched mss_binding_touch(const mss_state *state,
                              const mss_binding *binding)
{
    const mss_visit visit = {
        .created = state->record.created,
        .at = state->record.last,
        .session = &state->key,
    };

    return mss_store_touch(&binding->key, &visit);
}

/* Before the others, once. */
static const char *put_first(apr_pool_t *p, const char *list, const char *token)
{
    return has(list, token) ? list : apr_pstrcat(p, token, list, NULL);
}

static bool is_full(const char *list)
{
    return strlen(list) >= (apr_size_t)MSS_BINDING_TOKEN * MSS_BINDING_COPIES;
}

static void set_list(session_rec *z, const char *list)
{
    mss_session_set_bound(
        z, apr_pstrndup(z->pool, list,
                        (apr_size_t)MSS_BINDING_TOKEN * MSS_BINDING_COPIES));
}

/* @return whether the session has to be saved for it */
static bool note_in_store(const mss_state *state, const mss_binding *b,
                          const char *list, bool may_save)
{
    const mss_touched touched = mss_binding_touch(state, b);

    if (b->replaces) {
        mss_store_replace(b->replaces, &b->key);
    }
    return touched == MSS_TOUCH_NO_ROOM
           || (may_save && !(b->renews && is_full(list)));
}

void mss_binding_note(request_rec *r, session_rec *z, const mss_state *state,
                      const apr_array_header_t *bindings, bool afresh)
{
    const char *old = afresh ? NULL : mss_session_get_bound(z);
    const char *list = old ? old : "";
    const bool may_save = mss_session_takes_changes(r, z);
    bool save = z->dirty;
    int i;

    for (i = 0; i < bindings->nelts; i++) {
        const mss_binding *b = &APR_ARRAY_IDX(bindings, i, mss_binding);

        save = note_in_store(state, b, list, may_save) || save;
        list = put_first(z->pool, list, b->token);
    }
    if (list != old && save) {
        set_list(z, list);
    }
}

void mss_binding_keep(session_rec *z, const apr_array_header_t *bound)
{
    const char *old = mss_session_get_bound(z);
    const char *list = old ? old : "";
    int i;

    for (i = 0; i < bound->nelts; i++) {
        const mss_binding *b = &APR_ARRAY_IDX(bound, i, mss_binding);

        if (b->in_store) {
            list = put_first(z->pool, list, b->token);
        }
    }
    if (list != old && *list) {
        set_list(z, list);
    }
}
