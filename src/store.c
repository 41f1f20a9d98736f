/* SPDX-License-Identifier: Apache-2.0 */

#include "store.h"

#include "apr_siphash.h"

#include "config.h"
#include "store_shared.h"
#include "store_shm.h"

static const mss_store_verbs *verbs = &mss_store_shm;

mss_key mss_store_key(const unsigned char *id)
{
    static const char label[] = "\001store";
    mss_key key;

    for (size_t i = 0; i < sizeof(key.bytes); i += APR_SIPHASH_DSIZE) {
        /* With the end of the label, or without. */
        apr_siphash24_auth(key.bytes + i, label, sizeof(label) - (i > 0), id);
    }
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
        mss_store_shared_child_init(p);
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

mss_touched mss_store_touch(const mss_key *key, const mss_visit *visit)
{
    return verbs->touch(key, visit);
}

void mss_store_replace(const mss_key *key, const mss_key *by)
{
    verbs->replace(key, by);
}

void mss_store_choose(const mss_key *key, apr_uint64_t choice)
{
    mss_table_choose(mss_store_shm_lock(), key, choice);
    mss_store_shm_unlock();
}

/* The slots that are looked at before the lock is given to others. */
#define AT_ONCE 128

mss_store_state mss_store_look(void)
{
    mss_store_state state = {0};
    apr_time_t now = apr_time_now();
    apr_time_t stale = now - mss_conf_loosest().expire_after;
    apr_size_t at = 0;

    do {
        const mss_table *table = mss_store_shm_lock();

        state.slots = mss_table_slots(table);
        state.evictions = mss_table_evictions(table);
        for (int i = 0; i < AT_ONCE && at < state.slots; i++, at++) {
            mss_table_count(table, at, stale, now, &state.used);
        }
        mss_store_shm_unlock();
    } while (at < state.slots);
    return state;
}

bool mss_store_revoke(const mss_key *key, apr_time_t until, mss_end reason)
{
    mss_ending ending = {until, reason};

    return verbs->revoke(key, &ending);
}
