/* SPDX-License-Identifier: Apache-2.0
 * Knows when a path is one of those that a sysadmin wrote down.
 * Must not know where either comes from. */

#ifndef MSS_MATCH_H
#define MSS_MATCH_H

#include <stdbool.h>

/**
 * Whether a path, or the start of it up to a slash or a semicolon, matches a
 * pattern.
 *
 * The pattern is the path itself or a folder above it: "/poll" matches "/poll"
 * and "/poll/now", not "/pollute". `*` stands for any characters, slashes
 * included, `?` for one that is no slash. Upper and lower case differ.
 *
 * @param path decoded and normalised, without the query
 */
bool mss_match_path(const char *pattern, const char *path);

/** Whether name is the pattern, or begins with it where the pattern ends in
 * `*`. For cookies' names: whatever case they are in, as to ASP.NET. */
bool mss_match_name(const char *pattern, const char *name);

#endif
