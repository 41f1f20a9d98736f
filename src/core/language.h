/* SPDX-License-Identifier: Apache-2.0
 * Knows how a language is chosen among those there are.
 * Must not know which these are, or what is said in them. */

#ifndef MSS_LANGUAGE_H
#define MSS_LANGUAGE_H

#include <stddef.h>

/** A tag, and the number of the texts that it leads to. */
typedef struct {
    const char *tag; /* RFC 5646; NULL at the end of a list */
    int texts;
} mss_language;

/** The texts for a tag of n bytes: its own, else those of the tag without its
 * last part, and so on (RFC 4647, 3.4). @return their number, or -1 */
int mss_language_find(const mss_language *known, const char *tag, size_t n);

/**
 * The texts that an Accept-Language, NULL allowed, likes best of those there
 * are (RFC 9110, 12.5.4): the highest weight, among equals the first. What
 * cannot be read, weights included, is passed over.
 *
 * @return their number, or -1
 */
int mss_language_choose(const mss_language *known, const char *accept);

#endif
