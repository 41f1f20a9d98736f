/* SPDX-License-Identifier: Apache-2.0
 * Knows the ranges of what is read from times, queries and limits.
 * Must not know how they are read. */

#include "core/limits.h"
#include "core/parse.h"
#include "fuzz.h"

static void fuzz_query(const char *query, size_t size)
{
    apr_size_t n = 0;
    const char *value = mss_parse_parameter(query, "idleFor", &n);
    apr_int64_t idle = mss_parse_idle_for(query);

    EXPECT(idle >= 0 || idle == MSS_IDLE_UNKNOWN);
    EXPECT(value || idle == MSS_IDLE_UNKNOWN);
    EXPECT(!value || (value >= query && value + n <= query + size));
}

static void fuzz_limits(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size ? size : 1); /* without an end */
    mss_limits limits;
    apr_uint64_t mac;
    apr_size_t length;

    memcpy(bytes, data, size);
    length = mss_limits_read(bytes, size, &limits, &mac);
    free(bytes);
    if (length) {
        EXPECT(length + 17 == size);
        EXPECT(limits.warn_after >= 0 && limits.warn_after <= MSS_TIME_MAX);
        EXPECT(limits.expire_after > 0 && limits.expire_after <= MSS_TIME_MAX);
        EXPECT(limits.max_lifetime >= 0 && limits.max_lifetime <= MSS_TIME_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    EXPECT(mss_parse_time_fault(text, false, MSS_TIME_MIN));
    if (!mss_parse_time_fault(text, true, MSS_TIME_MIN)) {
        EXPECT(*text >= '0' && *text <= '9');
        EXPECT(mss_parse_time_fault(text, true, MSS_TIME_MAX + 1));
    }
    fuzz_query(text, strlen(text));
    if (size) {
        fuzz_limits(data, size);
    }
    free(text);
    return 0;
}
