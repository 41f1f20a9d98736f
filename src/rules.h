/* SPDX-License-Identifier: Apache-2.0
 * Knows which limits are in force where they depend on who is logged in. Must
 * not know when that is asked. */

#ifndef MSS_RULES_H
#define MSS_RULES_H

#include "config.h"

/*
 * A choice says which of a section's conditional times apply to a user. It is
 * kept in the record of his session, since before the next login, and for a ping,
 * nobody can be asked who he is:
 *
 *   hash of the section's rules[5]  warn  expire  lifetime
 *
 * each of the last three a byte: 0 for the unconditional time, n for the nth
 * condition, 255 for the strictest. 0 alone is no choice. One of another section,
 * or of another configuration, is known by its hash.
 */

/** How many conditions a directive can have in a section. */
#define MSS_RULES_MAX 254

/** Whether there are conditions in force in a section. */
bool mss_rules_exist(const mss_conf *c);

/** Asks the conditions of the section that r is in, whose user is known. One that
 * cannot be answered is logged, and makes all times the strictest. */
apr_uint64_t mss_rules_choose(request_rec *r, const mss_conf *c);

/** Whether a choice says which limits of c apply. */
bool mss_rules_decide(const mss_conf *c, apr_uint64_t choice);

/** The limits of c that a choice says, or, if it says none, the longest of all. */
mss_limits mss_rules_limits(const mss_conf *c, apr_uint64_t choice);

/** Limits that meet in c for some user, as far as can be told without asking
 * conditions: the unconditional ones, and those with the same condition.
 * @param n from 0 on @return false: there is no nth */
bool mss_rules_meet(const mss_conf *c, int n, mss_limits *limits);

#endif
