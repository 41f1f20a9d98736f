/* SPDX-License-Identifier: Apache-2.0
 * Knows what every fuzz target needs: its input as text, in blocks of exactly
 * their size. Must not know what is fuzzed. */

#ifndef MSS_FUZZ_H
#define MSS_FUZZ_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strcasestr */
#endif

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target fails by a trap: the input that led there is kept. */
#define EXPECT(holds)                                                          \
    do {                                                                       \
        if (!(holds)) {                                                        \
            __builtin_trap();                                                  \
        }                                                                      \
    } while (0)

/** The first n bytes, with an end. To be freed. */
static inline char *fuzz_text(const uint8_t *data, size_t n)
{
    char *text = malloc(n + 1);

    EXPECT(text);
    if (n) {
        memcpy(text, data, n);
    }
    text[n] = '\0';
    return text;
}

/** A document: it may have any byte in it. */
typedef struct {
    const char *text;
    size_t n;
} fuzz_bytes;

/** The two texts that an input is, parted by its first line end. To be freed
 * with fuzz_free. */
typedef struct {
    char *first;
    char *second;
} fuzz_pair;

static inline fuzz_pair fuzz_split(const uint8_t *data, size_t n)
{
    const uint8_t *end = n ? memchr(data, '\n', n) : NULL;
    size_t first = end ? (size_t)(end - data) : n;
    size_t second = end ? first + 1 : n;

    return (fuzz_pair){fuzz_text(data, first),
                       fuzz_text(data + second, n - second)};
}

static inline void fuzz_free(fuzz_pair *pair)
{
    free(pair->first);
    free(pair->second);
}

#endif
