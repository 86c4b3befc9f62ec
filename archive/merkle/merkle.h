/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merkle.h - RFC 6962 trees and proofs; no I/O, no allocation by callers.
 *
 * Every size to 2^64 - 1 works, in at most 64 steps a loop, without recursion.
 *
 * Thread rule: functions may run at once on different arguments.
 * Spec: RFC 6962 section 2.1 (hashing), RFC 9162 section 2.1.3.2 (inclusion)
 * and 2.1.4.2 (consistency).
 */
#ifndef MUN_MERKLE_MERKLE_H
#define MUN_MERKLE_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"

/* Hashes of a proof in a tree below 2^64: 64 levels, and one more with which a
 * consistency proof starts (RFC 9162 s2.1.4: ceil(log2(n)) + 1). */
enum { MUN_PROOF_MAX = 65 };

struct mun_hash {
	uint8_t bytes[MUN_SHA256_LEN];
};

/* SHA-256(0x00 || data). */
void mun_merkle_leaf(struct mun_hash *out, const void *data, size_t len);
/* SHA-256(0x01 || left || right). */
void mun_merkle_node(struct mun_hash *out, const struct mun_hash *left,
    const struct mun_hash *right);

/* An append-only tree's frontier: memory is 64 hashes whatever the size. */
struct mun_merkle_frontier {
	uint64_t size; /* leaves added; bit i says whether full[i] is in use */
	struct mun_hash full[64]; /* root of the full subtree of 2^i leaves */
};

#define MUN_MERKLE_FRONTIER_INIT { .size = 0 }

void mun_merkle_add(struct mun_merkle_frontier *frontier,
    const struct mun_hash *leaf);
/* Root of what was added; SHA-256("") for nothing. */
void mun_merkle_root(const struct mun_merkle_frontier *frontier,
    struct mun_hash *out);

/* Where a prover gets hashes: the root of the full, aligned subtree `level`
 * (2^level leaves, level 0 to 63), the index-th of that level.  Never asked
 * for a leaf at or above the size it proves in; its failure is passed on. */
struct mun_merkle_source {
	enum mun_status (*subtree)(void *ctx, struct mun_hash *out,
	    unsigned level, uint64_t index, struct mun_error *err);
	void *ctx;
};

/* Root of the first size leaves; SHA-256("") for none. */
MUN_MUST_USE enum mun_status mun_merkle_root_of(
    const struct mun_merkle_source *source, struct mun_hash *out,
    uint64_t size, struct mun_error *err);
/* Inclusion proof of leaf index in the first size leaves, leaf's sibling
 * first; index < size, else MUN_ERR_USAGE. */
MUN_MUST_USE enum mun_status mun_merkle_prove_inclusion(
    const struct mun_merkle_source *source,
    struct mun_hash proof[MUN_PROOF_MAX], size_t *count, uint64_t index,
    uint64_t size, struct mun_error *err);
/* Consistency proof from old_size to size, empty if these are equal;
 * 0 < old_size <= size, else MUN_ERR_USAGE. */
MUN_MUST_USE enum mun_status mun_merkle_prove_consistency(
    const struct mun_merkle_source *source,
    struct mun_hash proof[MUN_PROOF_MAX], size_t *count, uint64_t old_size,
    uint64_t size, struct mun_error *err);

/* true exactly when the proof shows that leaf is number index of the tree of
 * size leaves with that root. */
bool mun_merkle_verify_inclusion(const struct mun_hash *leaf, uint64_t index,
    uint64_t size, const struct mun_hash *proof, size_t count,
    const struct mun_hash *root);
/* true exactly when the tree (size, root) extends (old_size, old_root).
 * old_size 0: only with an empty proof and old_root SHA-256("") (C2SP
 * tlog-witness), equal sizes: only with an empty proof and equal roots. */
bool mun_merkle_verify_consistency(uint64_t old_size,
    const struct mun_hash *old_root, uint64_t size,
    const struct mun_hash *root, const struct mun_hash *proof, size_t count);

#endif
