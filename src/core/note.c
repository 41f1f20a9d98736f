/* SPDX-License-Identifier: Apache-2.0 */

#include "note.h"

#include <string.h>

#define VERSION 1
#define ACTIVITY_BYTES 18
#define END_BYTES 3

static void put_time(unsigned char *to, apr_time_t time)
{
    apr_uint64_t rest = (apr_uint64_t)time;

    for (int i = 7; i >= 0; i--) {
        to[i] = (unsigned char)(rest & 0xff);
        rest >>= 8;
    }
}

static apr_time_t get_time(const unsigned char *from)
{
    apr_uint64_t time = 0;

    for (int i = 0; i < 8; i++) {
        time = time << 8 | from[i];
    }
    return (apr_time_t)time;
}

unsigned mss_note_write(const mss_record *record,
                        unsigned char note[MSS_NOTE_BYTES])
{
    note[1] = VERSION;
    if (record->source == MSS_SOURCE_REVOKED) {
        note[0] = MSS_NOTE_END;
        note[2] = (unsigned char)record->reason;
        return END_BYTES;
    }
    note[0] = MSS_NOTE_ACTIVITY;
    put_time(note + 2, record->created);
    put_time(note + 10, record->last);
    return ACTIVITY_BYTES;
}

static void read_end(const unsigned char *note, unsigned n, mss_record *record)
{
    record->source = MSS_SOURCE_REVOKED;
    record->reason = MSS_END_NONE;
    if (n == END_BYTES && note[0] == MSS_NOTE_END && note[1] == VERSION
        && note[2] < MSS_ENDS) {
        record->reason = (mss_end)note[2];
    }
}

static void read_activity(const unsigned char *note, unsigned n,
                          mss_record *record)
{
    apr_time_t created, last;

    if (n != ACTIVITY_BYTES || note[0] != MSS_NOTE_ACTIVITY
        || note[1] != VERSION) {
        return;
    }
    created = get_time(note + 2);
    last = get_time(note + 10);
    if (created > 0 && last > 0) {
        record->source = MSS_SOURCE_STORE;
        record->created = created;
        record->last = last;
    }
}

void mss_note_read(mss_note kind, const unsigned char *note, unsigned n,
                   mss_record *record)
{
    memset(record, 0, sizeof(*record));
    if (kind == MSS_NOTE_END) {
        read_end(note, n, record);
    }
    else {
        read_activity(note, n, record);
    }
}
