/* SPDX-License-Identifier: BSD-2-Clause */
/* tree.h - what the tests of walk/ share: making trees, printing lists. */
#ifndef MUN_TEST_WALK_TREE_H
#define MUN_TEST_WALK_TREE_H

#include "harness/harness.h"
#include "walk/walk.h"

void tree_folder(const struct mun_scratch *scratch, const char *path);
void tree_file(const struct mun_scratch *scratch, const char *path);
void tree_link(
    const struct mun_scratch *scratch, const char *path, const char *target);
/* A chain of `levels` folders named name below path, and "end.txt" in the
 * last; deeper than PATH_MAX. */
void tree_deep(const struct mun_scratch *scratch, const char *path,
    const char *name, int levels);
/* Scan one operand below the scratch folder; fails the test if it fails. */
struct mun_walk *tree_scan(
    const struct mun_scratch *scratch, const char *operand);
enum mun_status tree_try(const struct mun_scratch *scratch, const char *operand,
    struct mun_walk **walk, struct mun_error *err);
/* The list in letters, an entry a line: "D path", sorted as the walk says.
 * free() it. */
char *tree_list(const struct mun_walk *walk);
/* Index of the entry with this path; fails the test if there is none. */
uint64_t tree_find(const struct mun_walk *walk, const char *path);

#endif
