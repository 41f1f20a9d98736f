/* SPDX-License-Identifier: Apache-2.0
 * Knows the bytes that stand for a session's record in a store that several
 * front ends share. Must not know the store, or which of two records counts. */

#ifndef MSS_NOTE_H
#define MSS_NOTE_H

#include <stdbool.h>

#include "apr_time.h"

#include "clock.h"

/** The longest note. */
#define MSS_NOTE_BYTES 18

/** Notes of activity and of an end have keys of their own, so that neither can
 * overwrite the other. Format, numbers big-endian, times in microseconds:
 *   activity  'a' 1 created[8] last[8]
 *   end       'e' 1 reason[1]
 * 1 is the version. */
typedef enum {
    MSS_NOTE_ACTIVITY = 'a',
    MSS_NOTE_END = 'e'
} mss_note;

/** Writes a record's note: of an end if its source is MSS_SOURCE_REVOKED, else of
 * activity. @return the bytes used of note */
unsigned mss_note_write(const mss_record *record,
                        unsigned char note[MSS_NOTE_BYTES]);

/**
 * Reads a note. A note of an end always ends the session, even one that cannot
 * be read; it has no reason then. One of activity that cannot be read is none.
 *
 * @param kind which of the two the note was filed as
 * @param record gets source, times or reason; MSS_SOURCE_NONE for no note
 */
void mss_note_read(mss_note kind, const unsigned char *note, unsigned n,
                   mss_record *record);

#endif
