/* SPDX-License-Identifier: Apache-2.0
 * Knows that whatever a store has filed as an end ends a session, and that what
 * is read from a note can be written as that note. Must not know the bytes. */

#include "core/note.h"
#include "fuzz.h"

static void fuzz_kind(mss_note kind, const unsigned char *note, unsigned n)
{
    unsigned char again[MSS_NOTE_BYTES];
    mss_record record = {.source = MSS_SOURCE_NONE};
    mss_record copy = {.source = MSS_SOURCE_NONE};

    mss_note_read(kind, note, n, &record);
    if (kind == MSS_NOTE_END) {
        EXPECT(record.source == MSS_SOURCE_REVOKED);
    }
    else {
        EXPECT(record.source == MSS_SOURCE_STORE
               || record.source == MSS_SOURCE_NONE);
    }
    if (record.source == MSS_SOURCE_NONE) {
        return;
    }
    EXPECT(record.last >= 0 && record.created >= 0);
    mss_note_read(kind, again, mss_note_write(&record, again), &copy);
    EXPECT(copy.source == record.source && copy.reason == record.reason);
    EXPECT(copy.last == record.last && copy.created == record.created);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Of exactly its size, so that reading beyond it is seen. */
    unsigned char *note = malloc(size ? size : 1);

    EXPECT(note);
    if (size) {
        memcpy(note, data, size);
    }
    fuzz_kind(MSS_NOTE_ACTIVITY, note, (unsigned)size);
    fuzz_kind(MSS_NOTE_END, note, (unsigned)size);
    free(note);
    return 0;
}
