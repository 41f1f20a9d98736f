/* SPDX-License-Identifier: Apache-2.0
 * Knows that a text that can be read as a stamp is the text of that stamp.
 * Must not know the format. */

#include "apr_general.h"

#include "core/stamp.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const mss_stamp nothing;
    static apr_pool_t *pool;
    char *text = fuzz_text(data, size);
    mss_stamp stamp;

    if (!pool) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
    }
    if (mss_stamp_parse(text, &stamp)) {
        EXPECT(strcmp(mss_stamp_format(pool, &stamp), text) == 0);
        EXPECT(stamp.last >= 0 && stamp.created >= 0);
        apr_pool_clear(pool);
    }
    else {
        EXPECT(memcmp(&stamp, &nothing, sizeof(stamp)) == 0);
    }
    free(text);
    return 0;
}
