/* SPDX-License-Identifier: Apache-2.0 */

#include "oldkey.h"

#include "core/cookies.h"
#include "store.h"

_Static_assert(sizeof(apr_uuid_t) == MSS_ID_BYTES,
               "such a key takes the place of an id");

/* Random as an id is, so no session has an id that is one of these; and what is a
 * visitor's is no user's. */
static mss_key file_under(const apr_uuid_t *key, bool visitors,
                          unsigned char *id)
{
    memcpy(id, key->data, MSS_ID_BYTES);
    id[0] ^= visitors;
    return mss_store_key(id);
}

void mss_oldkey_note(const session_rec *z, bool visitors, mss_end reason)
{
    unsigned char id[MSS_ID_BYTES];
    mss_key key;

    if (z->uuid) {
        key = file_under(z->uuid, visitors, id);
        (void)mss_store_revoke(
            &key, apr_time_now() + mss_conf_longest() + MSS_SKEW, reason);
    }
}

typedef struct {
    const char *name;
    const char *value;
} search;

static bool note_value(void *data, const mss_cookies_pair *pair)
{
    search *s = data;

    if (pair->value && strcmp(pair->name, s->name) == 0) {
        s->value = pair->value;
    }
    return true;
}

static bool came_with(request_rec *r, const char *cookies, const char *name,
                      apr_uuid_t *key)
{
    search s = {name, NULL};
    apr_array_header_t *names = apr_array_make(r->pool, 1, sizeof(name));

    APR_ARRAY_PUSH(names, const char *) = name;
    (void)mss_cookies_sift(r->pool, cookies, names, note_value, &s);
    return s.value && apr_uuid_parse(key, s.value) == APR_SUCCESS;
}

static bool is_noted(const apr_uuid_t *key, bool visitors, mss_state *state)
{
    mss_record record = {.source = MSS_SOURCE_NONE};
    unsigned char id[MSS_ID_BYTES];
    const mss_key filed = file_under(key, visitors, id);

    mss_store_get(&filed, &record);
    if (record.source != MSS_SOURCE_REVOKED) {
        return false;
    }
    memcpy(state->stamp.id, id, sizeof(id));
    state->key = filed;
    state->record = record;
    return true;
}

bool mss_oldkey_find(request_rec *r, const session_rec *z, mss_state *state,
                     bool *visitors)
{
    const char *name =
        z->uuid || !state->cookies ? NULL : mss_session_key_cookie(r, z);
    apr_uuid_t key;

    if (!name || !came_with(r, state->cookies, name, &key)) {
        return false;
    }
    *visitors = false;
    if (is_noted(&key, *visitors, state)) {
        return true;
    }
    *visitors = true;
    return is_noted(&key, *visitors, state);
}
