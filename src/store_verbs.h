/* SPDX-License-Identifier: Apache-2.0
 * Knows what a store must be able to do: what store.h offers stands here once
 * for each kind of store. Must not know the kinds. */

#ifndef MSS_STORE_VERBS_H
#define MSS_STORE_VERBS_H

#include <stdbool.h>

#include "httpd.h"

#include "core/clock.h"
#include "core/table.h"

/** See the functions of these names in store.h. */
typedef struct {
    void (*get)(const mss_key *key, mss_record *record);
    bool (*refresh)(const mss_key *key, mss_record *record);
    mss_touched (*touch)(const mss_key *key, const mss_visit *visit);
    void (*replace)(const mss_key *key, const mss_key *by);
    bool (*revoke)(const mss_key *key, const mss_ending *ending);
} mss_store_verbs;

#endif
