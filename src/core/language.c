/* SPDX-License-Identifier: Apache-2.0 */

#include "language.h"

#include <string.h>
#include <strings.h>

#define SPACE " \t"
/* The weight of "q=1": three decimals are all there can be. */
#define WHOLE 1000

static int find_exactly(const mss_language *known, const char *tag, size_t n)
{
    for (; known->tag; known++) {
        if (strncasecmp(known->tag, tag, n) == 0 && !known->tag[n]) {
            return known->texts;
        }
    }
    return -1;
}

int mss_language_find(const mss_language *known, const char *tag, size_t n)
{
    int found = -1;

    while (n > 0 && found < 0) {
        found = find_exactly(known, tag, n);
        while (n > 0 && tag[--n] != '-') {
        }
    }
    return found;
}

/* "0.85" and what may follow it, in thousandths; -1: no weight. */
static int read_weight(const char *at)
{
    int weight = 0;
    int unit = WHOLE;

    if (*at != '0' && *at != '1') {
        return -1;
    }
    weight = (*at++ - '0') * unit;
    if (*at == '.') {
        for (at++; *at >= '0' && *at <= '9' && unit > 1; at++) {
            unit /= 10;
            weight += (*at - '0') * unit;
        }
    }
    at += strspn(at, SPACE);
    return (!*at || *at == ',') && weight <= WHOLE ? weight : -1;
}

/* The weight of an item whose tag ends at a place. */
static int weight_of(const char *at)
{
    at += strspn(at, SPACE);
    if (!*at || *at == ',') {
        return WHOLE;
    }
    if (*at != ';') {
        return -1;
    }
    at++;
    at += strspn(at, SPACE);
    return strncasecmp(at, "q=", 2) == 0 ? read_weight(at + 2) : -1;
}

int mss_language_choose(const mss_language *known, const char *accept)
{
    int best = -1;
    int best_weight = 0;

    while (accept && *accept) {
        const char *tag = accept + strspn(accept, SPACE ",");
        size_t n = strcspn(tag, SPACE ",;");
        int weight = weight_of(tag + n);

        if (weight > best_weight) {
            int found = mss_language_find(known, tag, n);

            if (found >= 0) {
                best = found;
                best_weight = weight;
            }
        }
        accept = tag + n;
        accept += strcspn(accept, ",");
    }
    return best;
}
