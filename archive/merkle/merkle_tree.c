/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merkle_tree.c - leaf and node hashes, and the frontier of a growing tree.
 *
 * Spec: RFC 6962 section 2.1.  A leaf starts with 0x00, a node with 0x01, so
 * that neither can stand for the other.
 */
#include "merkle/merkle.h"

#include <assert.h>

#include "base/macros.h"
#include "digest/digest.h"

enum {
	LEAF_TAG = 0x00,
	NODE_TAG = 0x01
};

void
mun_merkle_leaf(struct mun_hash *out, const void *data, size_t len)
{
	mun_sha256_of_tagged(out->bytes, LEAF_TAG, data, len);
}

void
mun_merkle_node(struct mun_hash *out, const struct mun_hash *left,
    const struct mun_hash *right)
{
	struct {
		uint8_t tag;
		struct mun_hash left, right;
	} input = { NODE_TAG, *left, *right };

	static_assert(sizeof(input) == 1 + 2 * sizeof(struct mun_hash),
	    "hashed as it lies in memory");
	mun_sha256_of(out->bytes, &input, sizeof(input));
}

void
mun_merkle_add(
    struct mun_merkle_frontier *frontier, const struct mun_hash *leaf)
{
	struct mun_hash hash = *leaf;
	unsigned level = 0;

	MUN_ASSERT(frontier->size < UINT64_MAX);
	/* As in binary counting: each full neighbour is carried upwards. */
	for (; frontier->size >> level & 1; level++)
		mun_merkle_node(&hash, &frontier->full[level], &hash);
	frontier->full[level] = hash;
	frontier->size++;
}

void
mun_merkle_root(
    const struct mun_merkle_frontier *frontier, struct mun_hash *out)
{
	bool is_first = true;

	/* RFC 6962 s2.1: the hash of an empty list is that of no bytes. */
	if (frontier->size == 0)
		mun_sha256_of(out->bytes, "", 0);
	for (unsigned level = 0; level < 64; level++) {
		if ((frontier->size >> level & 1) == 0)
			continue;
		if (is_first)
			*out = frontier->full[level];
		else
			mun_merkle_node(out, &frontier->full[level], out);
		is_first = false;
	}
}
