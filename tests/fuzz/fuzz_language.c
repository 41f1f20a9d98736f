/* SPDX-License-Identifier: Apache-2.0
 * Knows the grammar of Accept-Language once more, as a regular expression, and
 * that no other item changes what is chosen but a better one.
 * Must not know how the core reads it. */

#include <regex.h>
#include <stdio.h>

#include "core/language.h"
#include "fuzz.h"

enum {
    EN,
    DE,
    BR,
    NB
};

static const mss_language known[] = {{"en", EN}, {"de", DE}, {"pt-BR", BR},
                                     {"pt", BR}, {"no", NB}, {NULL, 0}};

/* RFC 9110, 12.5.4 and 12.4.2; what a tag is made of does not matter. */
static const char item_grammar[] =
    "^[ \t]*([^ \t;]+)[ \t]*"
    "(;[ \t]*q=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)[ \t]*)?$";

static int choose_again(char *accept)
{
    static regex_t grammar;
    static const regex_t *compiled;
    double best_weight = 0;
    int best = -1;
    char *item;

    if (!compiled) {
        EXPECT(!regcomp(&grammar, item_grammar, REG_EXTENDED | REG_ICASE));
        compiled = &grammar;
    }
    while ((item = strsep(&accept, ","))) {
        regmatch_t part[4];

        if (regexec(compiled, item, 4, part, 0) == 0) {
            const size_t n = (size_t)(part[1].rm_eo - part[1].rm_so);
            const int found = mss_language_find(known, item + part[1].rm_so, n);
            const double weight =
                part[3].rm_so < 0 ? 1 : strtod(item + part[3].rm_so, NULL);

            if (found >= 0 && weight > best_weight) {
                best = found;
                best_weight = weight;
            }
        }
    }
    return best;
}

static int choose_with(const char *before, const char *accept,
                       const char *behind)
{
    char *all = NULL;
    int chosen;

    EXPECT(asprintf(&all, "%s%s%s", before, accept, behind) >= 0);
    chosen = mss_language_choose(known, all);
    free(all);
    return chosen;
}

static void fuzz_accept(char *accept)
{
    const int chosen = mss_language_choose(known, accept);

    EXPECT(chosen >= -1 && chosen <= NB);
    EXPECT(choose_with("xx, de;q=0,", accept, ",xx;q=1,en;q=0") == chosen);
    EXPECT(choose_with("de,", accept, "") == DE);
    EXPECT(choose_again(accept) == chosen);
}

static void fuzz_tag(const char *tag)
{
    const size_t n = strlen(tag);
    const int found = mss_language_find(known, tag, n);
    char *longer = NULL;

    EXPECT(asprintf(&longer, "%s-zz", tag) >= 0);
    EXPECT(mss_language_find(known, longer, n + 3) == found);
    EXPECT(mss_language_find(known, longer, n) == found);
    free(longer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_pair pair = fuzz_split(data, size);

    fuzz_tag(pair.second);
    fuzz_accept(pair.first);
    fuzz_free(&pair);
    return 0;
}
