/* SPDX-License-Identifier: Apache-2.0
 * Knows how to tell where the element goes in each document of standard input.
 * Must not know what is right.
 * Each document is a line with its size in bytes, then its bytes; each answer
 * a line with an offset, or -1 for nowhere. */

#include <stdio.h>
#include <stdlib.h>

#include "core/scan.h"

static long place(const char *text, size_t n)
{
    mss_scan s;
    apr_size_t tail;

    mss_scan_init(&s, MSS_SCAN_HTML);
    return mss_scan_feed(&s, text, n, &tail) == MSS_SCAN_HERE ? (long)(n - tail)
                                                              : -1;
}

int main(void)
{
    size_t n;

    while (scanf("%zu", &n) == 1 && getchar() == '\n') {
        char *text = malloc(n + 1);

        if (!text || fread(text, 1, n, stdin) != n) {
            return EXIT_FAILURE;
        }
        printf("%ld\n", place(text, n));
        free(text);
    }
    return feof(stdin) ? EXIT_SUCCESS : EXIT_FAILURE;
}
