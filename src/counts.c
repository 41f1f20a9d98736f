/* SPDX-License-Identifier: Apache-2.0 */

#include "counts.h"

#include "apr_shm.h"
#include "http_config.h"

#include "log.h"

#define RETAINED "mod_session_security_counts"
#define CACHE_LINE 64

/* It lives as long as the parent process, and does not point into the module,
 * which a restart loads anew. */
typedef struct {
    apr_size_t counters; /* how many the memory was made for */
    mss_counters *shared;
} retained_counts;

static mss_counters unshared;
mss_counters *mss_counts = &unshared;

static apr_status_t make(retained_counts *retained, apr_pool_t *p)
{
    apr_shm_t *shm;
    apr_status_t rv =
        apr_shm_create(&shm, sizeof(mss_counters) + CACHE_LINE, NULL, p);

    if (rv == APR_SUCCESS) {
        /* A mapped page begins at a line, but apr may put a header there. */
        apr_uintptr_t at = (apr_uintptr_t)apr_shm_baseaddr_get(shm);

        at = (at + CACHE_LINE - 1) & ~(apr_uintptr_t)(CACHE_LINE - 1);
        retained->shared = (mss_counters *)at;
        retained->counters = MSS_COUNTS;
        memset(retained->shared, 0, sizeof(*retained->shared));
    }
    return rv;
}

void mss_counts_init(server_rec *s)
{
    retained_counts *retained = ap_retained_data_get(RETAINED);
    apr_status_t rv = APR_SUCCESS;

    if (!retained) {
        retained = ap_retained_data_create(RETAINED, sizeof(*retained));
    }
    if (retained->counters != MSS_COUNTS) {
        rv = make(retained, s->process->pool);
    }
    if (rv == APR_SUCCESS) {
        mss_counts = retained->shared;
    }
    else {
        ap_log_error(APLOG_MARK, APLOG_WARNING, rv, s,
                     "MSS0050: no shared memory for the numbers that "
                     "mod_status shows: each process counts for itself");
    }
}
