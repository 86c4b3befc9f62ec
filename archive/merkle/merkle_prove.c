/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merkle_prove.c - roots and proofs from stored subtree hashes.
 *
 * RFC 6962 defines proofs downwards, by recursion.  Here the same lists are
 * made upwards, level by level: node i of level l covers the leaves from
 * i * 2^l; all nodes of a level are full but perhaps the last.  Because only
 * the right edge is not full, at most one hash of a proof has to be put
 * together from smaller ones.
 */
#include "merkle/merkle.h"

#include "base/macros.h"
#include "digest/digest.h"

/* A proof under way: where it comes from, where it goes. */
struct climb {
	const struct mun_merkle_source *source;
	uint64_t size; /* leaves of the tree */
	struct mun_hash *proof;
	size_t count;
};

/* Root of the leaves of the first size that lie beyond the last multiple of
 * 2^levels: the frontier's full subtrees below that level, joined from the
 * right.  There is at least one. */
static enum mun_status
edge_root(const struct mun_merkle_source *source, struct mun_hash *out,
    uint64_t size, unsigned levels, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct mun_hash left;
	bool is_first = true;

	for (unsigned level = 0; level < levels; level++) {
		if ((size >> level & 1) == 0)
			continue;
		MUN_TRY(source->subtree(
		    source->ctx, &left, level, (size >> level) - 1, err));
		if (is_first)
			*out = left;
		else
			mun_merkle_node(out, &left, out);
		is_first = false;
	}
out:
	return status;
}

/* Add node `index` of `level` to the proof. */
static enum mun_status
add_node(
    struct climb *climb, unsigned level, uint64_t index, struct mun_error *err)
{
	const struct mun_merkle_source *source = climb->source;
	struct mun_hash *out;

	MUN_ASSERT(climb->count < MUN_PROOF_MAX);
	out = &climb->proof[climb->count++];
	if (index < climb->size >> level)
		return source->subtree(source->ctx, out, level, index, err);
	return edge_root(source, out, climb->size, level, err);
}

/* Add the siblings on the way from node `index` of `level` to the root. */
static enum mun_status
add_siblings(
    struct climb *climb, unsigned level, uint64_t index, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	uint64_t last = (climb->size - 1) >> level;

	for (; last > 0; level++, index >>= 1, last >>= 1) {
		/* A last node without sibling moves up unchanged. */
		if ((index ^ 1) > last)
			continue;
		MUN_TRY(add_node(climb, level, index ^ 1, err));
	}
out:
	return status;
}

enum mun_status
mun_merkle_root_of(const struct mun_merkle_source *source, struct mun_hash *out,
    uint64_t size, struct mun_error *err)
{
	if (size == 0)
		mun_sha256_of(out->bytes, "", 0);
	return edge_root(source, out, size, 64, err);
}

enum mun_status
mun_merkle_prove_inclusion(const struct mun_merkle_source *source,
    struct mun_hash proof[MUN_PROOF_MAX], size_t *count, uint64_t index,
    uint64_t size, struct mun_error *err)
{
	struct climb climb = { source, size, proof, 0 };
	enum mun_status status;

	if (index >= size)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "inclusion proof of leaf %llu in a tree of %llu",
		    (unsigned long long)index, (unsigned long long)size);
	MUN_TRY(add_siblings(&climb, 0, index, err));
	*count = climb.count;
out:
	return status;
}

enum mun_status
mun_merkle_prove_consistency(const struct mun_merkle_source *source,
    struct mun_hash proof[MUN_PROOF_MAX], size_t *count, uint64_t old_size,
    uint64_t size, struct mun_error *err)
{
	struct climb climb = { source, size, proof, 0 };
	enum mun_status status;
	uint64_t index = old_size - 1;
	unsigned level = 0;

	if (old_size == 0 || old_size > size)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "consistency proof from size %llu to %llu",
		    (unsigned long long)old_size, (unsigned long long)size);
	*count = 0;
	if (old_size == size)
		return MUN_OK;
	/* The largest full subtree that ends where the old tree does. */
	for (; index & 1; index >>= 1)
		level++;
	/* Index 0: it is the whole old tree, and its root is known. */
	if (index > 0)
		MUN_TRY(add_node(&climb, level, index, err));
	MUN_TRY(add_siblings(&climb, level, index, err));
	*count = climb.count;
out:
	return status;
}
