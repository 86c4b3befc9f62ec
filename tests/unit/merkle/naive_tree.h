/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * naive_tree.h - RFC 6962 section 2.1 as it is written: downwards, by
 * recursion, to hold the climbing code against.
 */
#ifndef MUN_TEST_NAIVE_TREE_H
#define MUN_TEST_NAIVE_TREE_H

#include "merkle/merkle.h"

enum {
	NAIVE_LEAVES = 1000
};

/* The tree's leaves: leaf i is the hash of the two bytes of i. */
const struct mun_hash *naive_leaf(size_t i);
/* MTH(D[from:to]); from < to <= NAIVE_LEAVES. */
const struct mun_hash *naive_root(size_t from, size_t to);
/* PATH(m, D[0:size]); the number of hashes. */
size_t naive_path(struct mun_hash *out, size_t m, size_t size);
/* PROOF(m, D[0:size]); the number of hashes. */
size_t naive_proof(struct mun_hash *out, size_t m, size_t size);

/* The same leaves for the code under test. */
extern const struct mun_merkle_source naive_source;

#endif
