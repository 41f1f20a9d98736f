/* SPDX-License-Identifier: Apache-2.0 */

#include "store.h"

#include "apr_sha1.h"

#include "config.h"
#include "store_shared.h"
#include "store_shm.h"

static const mss_store_verbs *verbs = &mss_store_shm;

mss_key mss_store_key(const unsigned char *id, apr_size_t n)
{
    mss_key key;
    apr_sha1_ctx_t sha1;

    apr_sha1_init(&sha1);
    apr_sha1_update_binary(&sha1, id, (unsigned)n);
    apr_sha1_final(key.bytes, &sha1);
    return key;
}

int mss_store_pre_config(apr_pool_t *pconf)
{
    return mss_store_shm_pre_config(pconf);
}

int mss_store_init(server_rec *s)
{
    const mss_store_place *place = mss_conf_store();
    int rc = mss_store_shm_init(s);

    verbs = &mss_store_shm;
    if (rc == OK && place->provider) {
        verbs = &mss_store_shared;
        rc = mss_store_shared_init(s, place);
    }
    return rc;
}

void mss_store_child_init(apr_pool_t *p, server_rec *s)
{
    mss_store_shm_child_init(p, s);
    if (verbs == &mss_store_shared) {
        mss_store_shared_child_init(p, s);
    }
}

void mss_store_get(const mss_key *key, mss_record *record)
{
    verbs->get(key, record);
}

bool mss_store_refresh(const mss_key *key, mss_record *record)
{
    return verbs->refresh(key, record);
}

bool mss_store_touch(const mss_key *key, apr_time_t created, apr_time_t at)
{
    return verbs->touch(key, created, at);
}

bool mss_store_revoke(const mss_key *key, apr_time_t until, mss_end reason)
{
    mss_ending ending = {until, reason};

    return verbs->revoke(key, &ending);
}
