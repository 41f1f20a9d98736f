/* SPDX-License-Identifier: Apache-2.0
 * Knows the plural rules of languages, for embed.c alone: the families that
 * locales.json names, after Unicode CLDR, for whole numbers.
 * Must not know the texts. */

#ifndef MSS_PLURALS_H
#define MSS_PLURALS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef enum {
    OTHER,
    ZERO,
    ONE,
    TWO,
    FEW,
    MANY,
    CATEGORIES
} category;

static const char *const category_names[CATEGORIES] = {"other", "zero", "one",
                                                       "two",   "few",  "many"};

static bool within(int n, int low, int high)
{
    return n >= low && n <= high;
}

static category plural_one(int n)
{
    return n == 1 ? ONE : OTHER;
}

static category plural_fr(int n)
{
    return n < 2 ? ONE : OTHER;
}

static category plural_none(int n)
{
    (void)n;
    return OTHER;
}

static category plural_hr(int n)
{
    if (n % 10 == 1 && n % 100 != 11)
        return ONE;
    return within(n % 10, 2, 4) && !within(n % 100, 12, 14) ? FEW : OTHER;
}

static category plural_east(int n)
{
    category c = plural_hr(n);
    return c == OTHER ? MANY : c;
}

static category plural_pl(int n)
{
    category c = plural_east(n);
    if (n == 1)
        return ONE;
    return c == ONE ? MANY : c;
}

static category plural_cs(int n)
{
    if (n == 1)
        return ONE;
    return within(n, 2, 4) ? FEW : OTHER;
}

static category plural_sl(int n)
{
    if (n % 100 == 1)
        return ONE;
    if (n % 100 == 2)
        return TWO;
    return within(n % 100, 3, 4) ? FEW : OTHER;
}

static category plural_lt(int n)
{
    if (n % 10 == 0 || within(n % 100, 11, 19))
        return OTHER;
    return n % 10 == 1 ? ONE : FEW;
}

static category plural_lv(int n)
{
    if (n % 10 == 0 || within(n % 100, 11, 19))
        return ZERO;
    return n % 10 == 1 ? ONE : OTHER;
}

static category plural_ro(int n)
{
    if (n == 1)
        return ONE;
    return n == 0 || within(n % 100, 1, 19) ? FEW : OTHER;
}

static category plural_ar(int n)
{
    static const category first[] = {ZERO, ONE, TWO};
    if (n < 3)
        return first[n];
    if (within(n % 100, 3, 10))
        return FEW;
    return n % 100 > 10 ? MANY : OTHER;
}

static category plural_he(int n)
{
    if (n == 2)
        return TWO;
    return plural_one(n);
}

static category plural_is(int n)
{
    return n % 10 == 1 && n % 100 != 11 ? ONE : OTHER;
}

static category plural_cy(int n)
{
    static const category first[] = {ZERO, ONE, TWO, FEW, OTHER, OTHER, MANY};
    return n < 7 ? first[n] : OTHER;
}

typedef category (*plural_rule)(int n);

static plural_rule plural_find(const char *family)
{
    static const struct {
        const char *family;
        plural_rule rule;
    } rules[] = {
        {"one", plural_one},   {"fr", plural_fr}, {"none", plural_none},
        {"east", plural_east}, {"hr", plural_hr}, {"pl", plural_pl},
        {"cs", plural_cs},     {"sl", plural_sl}, {"lt", plural_lt},
        {"lv", plural_lv},     {"ro", plural_ro}, {"ar", plural_ar},
        {"he", plural_he},     {"is", plural_is}, {"cy", plural_cy},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (!strcmp(rules[i].family, family))
            return rules[i].rule;
    }
    return NULL;
}

#endif
