/* SPDX-License-Identifier: Apache-2.0 */

#include "places.h"

#include "apr_shm.h"
#include "apr_siphash.h"
#include "apr_strings.h"
#include "http_config.h"

#include "config.h"
#include "core/atlas.h"
#include "core/cookies.h"
#include "log.h"
#include "store_shm.h"

#define RETAINED "mod_session_security_places"

/* As in store_shm.c: it outlives this generation, and the module's code. */
typedef struct {
    apr_shm_t *shm;
    apr_size_t size;
} retained_places;

static mss_atlas *atlas;

static const char *domain_of(const mss_place *place)
{
    return place->domain ? place->domain : "";
}

bool mss_places_is_same(const mss_place *a, const mss_place *b)
{
    return strcmp(a->path, b->path) == 0
           && ap_cstr_casecmp(domain_of(a), domain_of(b)) == 0;
}

int mss_places_init(server_rec *s)
{
    retained_places *kept = ap_retained_data_get(RETAINED);
    const apr_size_t size = mss_atlas_size();
    apr_status_t rv = APR_SUCCESS;

    atlas = NULL;
    if (!mss_conf_any_cookies()) {
        return OK;
    }
    if (!kept) {
        kept = ap_retained_data_create(RETAINED, sizeof(*kept));
    }
    if (!kept->shm || kept->size != size) {
        rv = apr_shm_create(&kept->shm, size, NULL, s->process->pool);
        kept->size = size;
    }
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, rv, s,
                     "MSS0041: no shared memory (%" APR_SIZE_T_FMT
                     " bytes) for "
                     "the places of cookies; make the machine's limit larger",
                     size);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    atlas = mss_atlas_open(apr_shm_baseaddr_get(kept->shm));
    return OK;
}

/* The same for the same virtual host after a restart. Whoever makes two the same
 * has a cookie deleted that was taken out of a request anyway. */
static apr_uint64_t hash(const server_rec *s, const char *name)
{
    static const unsigned char no_key[APR_SIPHASH_KSIZE];
    const char *host = s->server_hostname ? s->server_hostname : "";
    char text[512];
    const int n = apr_snprintf(text, sizeof(text), "%s %s:%u", name, host,
                               s->addrs ? s->addrs->host_port : s->port);

    return apr_siphash24(text, (apr_size_t)n, no_key);
}

void mss_places_learn(const server_rec *s, const char *name,
                      const mss_place *place)
{
    const apr_uint64_t of = hash(s, name);

    if (atlas) {
        (void)mss_store_shm_lock();
        (void)mss_atlas_note(atlas, of, place->path, domain_of(place));
        mss_store_shm_unlock();
    }
}

apr_array_header_t *mss_places_find(request_rec *r, const char *name,
                                    const char *path)
{
    apr_array_header_t *places = apr_array_make(r->pool, 4, sizeof(mss_place));
    const apr_uint64_t of = hash(r->server, name);
    mss_atlas_entry found[8];
    int at = 0;
    int n = 0;
    int i;

    if (!atlas) {
        return places;
    }
    (void)mss_store_shm_lock();
    while (n < 8 && mss_atlas_next(atlas, of, &at, &found[n])) {
        n += mss_cookies_path_fits(found[n].path, path);
    }
    mss_store_shm_unlock();
    for (i = 0; i < n; i++) {
        const char *domain = found[i].domain;

        APR_ARRAY_PUSH(places, mss_place) =
            (mss_place){apr_pstrdup(r->pool, found[i].path),
                        *domain ? apr_pstrdup(r->pool, domain) : NULL};
    }
    return places;
}
