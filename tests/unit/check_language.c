/* SPDX-License-Identifier: Apache-2.0
 * Knows which language suits an Accept-Language.
 * Must not know which there are. */

#include <stdlib.h>
#include <string.h>

#include "core/language.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum {
    EN,
    DE,
    BR,
    CN,
    NB
};

static const mss_language known[] = {
    {"en", EN}, {"de", DE}, {"pt-BR", BR}, {"zh-CN", CN}, {"nb", NB},
    {"no", NB}, {"pt", BR}, {"zh", CN},    {NULL, 0},
};

static const struct {
    const char *accept;
    int texts;
} wishes[] = {
    {"", -1},
    {"de", DE},
    {"DE-at", DE},
    {"de-AT-1996-x-y", DE},
    {"d", -1},
    {"deu", -1},
    {"-de", -1},
    {"-", -1},
    {"*", -1},
    {"pt-PT", BR},
    {"zh-Hans-CN", CN},
    {"no", NB},
    {"fr, de", DE},
    {"en,de", EN},
    {"en;q=0.5,de", DE},
    {"en;q=0.5,de;q=0.51", DE},
    {"en;q=0.505,de;q=0.51", DE},
    {"en;q=0.51,de;q=0.505", EN},
    {"en ; q=0.1 , de\t;\tQ=0.2 ", DE},
    {"de;q=0", -1},
    {"de;q=0.000, en;q=0.001", EN},
    {"de;q=1.000", DE},
    {"de;q=1", DE},
    {"de;q=1,en;q=0.9", DE},
    {"de;q=1.001, en;q=0.1", EN},
    {"de;q=2, en;q=0.1", EN},
    {"de;q=, en;q=0.1", EN},
    {"de;q, en;q=0.1", EN},
    {"de;x=1, en;q=0.1", EN},
    {"de;q=0.5x, en;q=0.1", EN},
    {"de;q=0.1234, en;q=0.1", EN},
    {"de;q=-1, en;q=0.1", EN},
    {"de x, en;q=0.1", EN},
    {",,, ,de,,", DE},
    {";q=1", -1},
    {"de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", DE},
    {"fr-CA,fr;q=0.9,*;q=0.5", -1},
};

START_TEST(chosen)
{
    char *accept = mss_exact(wishes[_i].accept, strlen(wishes[_i].accept) + 1);

    ck_assert_int_eq(mss_language_choose(known, accept), wishes[_i].texts);
    free(accept);
}
END_TEST

START_TEST(none_wished)
{
    ck_assert_int_eq(mss_language_choose(known, NULL), -1);
    ck_assert_int_eq(mss_language_find(known, "", 0), -1);
    ck_assert_int_eq(mss_language_find(known, "de-AT", 5), DE);
    ck_assert_int_eq(mss_language_find(known, "dent", 2), DE);
}
END_TEST

Suite *mss_suite_language(void)
{
    Suite *suite = suite_create("language");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, chosen, 0, COUNT(wishes));
    tcase_add_test(tc, none_wished);
    suite_add_tcase(suite, tc);
    return suite;
}
