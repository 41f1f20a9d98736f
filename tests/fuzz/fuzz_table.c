/* SPDX-License-Identifier: Apache-2.0
 * Knows what holds in a table whatever is done to it and in whatever order: who
 * has ended stays so, stamps do not go back, nobody has another's. Must not know
 * how slots are laid out. */

#include "core/table.h"
#include "fuzz.h"

#define KEYS 8
#define ENTRIES 64 /* room for all of them: nobody has to give way */
#define FOR_EVER (INT64_MAX / 2)

typedef struct {
    bool known;
    bool ended;
    mss_end reason;
    apr_time_t last;
    apr_time_t created;
} model;

static mss_key key_of(unsigned i)
{
    mss_key key = {{0}};

    /* All in one set. */
    key.bytes[MSS_KEY_BYTES - 1] = (unsigned char)i;
    return key;
}

static void check(const mss_table *t, const model *all)
{
    for (unsigned i = 0; i < KEYS; i++) {
        const model *m = &all[i];
        mss_key key = key_of(i);
        mss_record record = {.source = MSS_SOURCE_NONE};

        mss_table_get(t, &key, &record);
        if (m->ended) {
            EXPECT(record.source == MSS_SOURCE_REVOKED
                   && record.reason == m->reason);
        }
        else if (m->known) {
            EXPECT(record.source == MSS_SOURCE_STORE && record.last == m->last
                   && record.created == m->created);
        }
        else {
            EXPECT(record.source == MSS_SOURCE_NONE);
        }
    }
    EXPECT(mss_table_evictions(t) == 0);
}

static void move_stamp(mss_table *t, model *m, const mss_key *key,
                       apr_time_t at, apr_time_t now)
{
    const mss_visit visit = {.created = now, .at = at};

    EXPECT(mss_table_touch(t, key, &visit, 0, now)
           == (m->ended ? MSS_TOUCH_REVOKED : MSS_TOUCH_NOTED));
    if (m->ended) {
        return;
    }
    if (!m->known) {
        *m = (model){.known = true, .last = at, .created = now};
    }
    else {
        m->last = at > m->last || m->last > now + MSS_SKEW ? at : m->last;
        m->created = m->created > now + MSS_SKEW ? now : m->created;
    }
}

static void end(mss_table *t, model *m, const mss_key *key, unsigned n,
                apr_time_t now)
{
    mss_end reason = (mss_end)(1 + n % 3);

    EXPECT(mss_table_revoke(t, key, FOR_EVER, reason, 0, now) == !m->ended);
    if (!m->ended) {
        m->ended = true;
        m->reason = reason;
    }
}

/* What a restart with another size does. */
static mss_table *resize(mss_table *from, void **memory)
{
    void *larger =
        aligned_alloc(64, (mss_table_size(2 * ENTRIES) + 63) & ~63UL);
    mss_table *to = mss_table_make(larger, 2 * ENTRIES);

    mss_table_copy(from, mss_table_slots(from), to);
    free(*memory);
    *memory = larger;
    return to;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *memory = aligned_alloc(64, (mss_table_size(ENTRIES) + 63) & ~63UL);
    mss_table *t = mss_table_make(memory, ENTRIES);
    model all[KEYS] = {{0}};
    apr_time_t now = apr_time_from_sec(1000000);
    bool moved = false;

    for (; size >= 3; data += 3, size -= 3) {
        unsigned i = data[0] % KEYS;
        mss_key key = key_of(i);

        /* Clocks can be set back. */
        now += apr_time_from_sec((int8_t)data[1]);
        switch (data[0] / KEYS % 8) {
        case 0:
            end(t, &all[i], &key, data[2], now);
            break;
        case 1:
            if (!moved) {
                t = resize(t, &memory);
                moved = true;
            }
            break;
        default:
            move_stamp(t, &all[i], &key,
                       now + apr_time_from_sec((int8_t)data[2]), now);
        }
        check(t, all);
    }
    free(memory);
    return 0;
}
