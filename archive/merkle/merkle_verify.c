/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merkle_verify.c - RFC 9162 sections 2.1.3.2 and 2.1.4.2, step by step.
 *
 * fn and sn are the RFC's names: the node climbed from and the last node of
 * the same level.  Nothing is allocated, nothing is believed.
 */
#include "merkle/merkle.h"

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"

static bool
is_equal(const struct mun_hash *a, const struct mun_hash *b)
{
	return mun_bytes_equal(a->bytes, b->bytes, sizeof(a->bytes));
}

static bool
is_empty_root(const struct mun_hash *root)
{
	struct mun_hash empty;

	mun_sha256_of(empty.bytes, "", 0);
	return is_equal(root, &empty);
}

/* Skip the levels on which the last node has no sibling. */
static void
skip_lone_levels(uint64_t *fn, uint64_t *sn)
{
	while ((*fn & 1) == 0 && *fn != 0) {
		*fn >>= 1;
		*sn >>= 1;
	}
}

bool
mun_merkle_verify_inclusion(const struct mun_hash *leaf, uint64_t index,
    uint64_t size, const struct mun_hash *proof, size_t count,
    const struct mun_hash *root)
{
	struct mun_hash r = *leaf;
	uint64_t fn = index, sn = size - 1;

	/* s2.1.3.2 step 1 */
	if (index >= size)
		return false;
	for (size_t i = 0; i < count; i++) {
		/* step 4: a hash too many */
		if (sn == 0)
			return false;
		if ((fn & 1) == 1 || fn == sn) {
			mun_merkle_node(&r, &proof[i], &r);
			skip_lone_levels(&fn, &sn);
		} else {
			mun_merkle_node(&r, &r, &proof[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	/* step 5: a hash too few, or another root */
	return sn == 0 && is_equal(&r, root);
}

/* s2.1.4.2 steps 3 to 7; 0 < old_size < size. */
static bool
is_extension(uint64_t old_size, const struct mun_hash *old_root, uint64_t size,
    const struct mun_hash *root, const struct mun_hash *proof, size_t count)
{
	bool is_power_of_two = (old_size & (old_size - 1)) == 0;
	uint64_t fn = old_size - 1, sn = size - 1;
	struct mun_hash fr, sr;
	size_t i = 0;

	/* step 1 */
	if (count == 0)
		return false;
	/* step 2: the old root stands for the first hash */
	fr = sr = is_power_of_two ? *old_root : proof[i++];
	/* steps 3 and 4 */
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	/* step 6 */
	for (; i < count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) == 1 || fn == sn) {
			mun_merkle_node(&fr, &proof[i], &fr);
			mun_merkle_node(&sr, &proof[i], &sr);
			skip_lone_levels(&fn, &sn);
		} else {
			mun_merkle_node(&sr, &sr, &proof[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	/* step 7 */
	return sn == 0 && is_equal(&fr, old_root) && is_equal(&sr, root);
}

bool
mun_merkle_verify_consistency(uint64_t old_size,
    const struct mun_hash *old_root, uint64_t size, const struct mun_hash *root,
    const struct mun_hash *proof, size_t count)
{
	if (old_size > size)
		return false;
	/* An empty tree is RFC 6962's, and every tree extends it. */
	if (old_size == 0 && !is_empty_root(old_root))
		return false;
	if (old_size == size)
		return count == 0 && is_equal(old_root, root);
	if (old_size == 0)
		return count == 0;
	return is_extension(old_size, old_root, size, root, proof, count);
}
