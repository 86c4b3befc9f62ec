/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_large.c - sizes up to 2^64 - 1, where a shift or a sum could wrap.
 *
 * The tree is imagined: all leaves are equal but one.  A subtree's root then
 * follows from its level and from whether that leaf is in it.
 */
#include "merkle/merkle.h"

#include "harness/harness.h"

struct imagined {
	uint64_t special; /* index of the leaf that differs */
	struct mun_hash plain[64]; /* roots of 2^i equal leaves */
};

static void
imagine(struct imagined *tree, uint64_t special)
{
	tree->special = special;
	mun_merkle_leaf(&tree->plain[0], "plain", 5);
	for (unsigned level = 1; level < 64; level++)
		mun_merkle_node(&tree->plain[level], &tree->plain[level - 1],
		    &tree->plain[level - 1]);
}

static void
special_leaf(struct mun_hash *out)
{
	mun_merkle_leaf(out, "special", 7);
}

static enum mun_status
subtree(void *ctx, struct mun_hash *out, unsigned level, uint64_t index,
    struct mun_error *err)
{
	const struct imagined *tree = ctx;

	(void)err;
	assert_in_range(level, 0, 63);
	*out = tree->plain[level];
	if (tree->special >> level != index)
		return MUN_OK;
	special_leaf(out);
	for (unsigned i = 0; i < level; i++) {
		if (tree->special >> i & 1)
			mun_merkle_node(out, &tree->plain[i], out);
		else
			mun_merkle_node(out, out, &tree->plain[i]);
	}
	return MUN_OK;
}

#define TOP (UINT64_C(1) << 63)

static const uint64_t sizes[] = { 1, 2, 3, (UINT64_C(1) << 32) - 1,
	UINT64_C(1) << 32, (UINT64_C(1) << 32) + 1, TOP - 1, TOP, TOP + 1,
	UINT64_MAX - 1, UINT64_MAX };
enum {
	SIZES = sizeof(sizes) / sizeof(*sizes)
};

static void
inclusion_works_at_every_size(void **state)
{
	struct mun_hash proof[MUN_PROOF_MAX], root, leaf;
	struct mun_error err = MUN_ERROR_INIT;
	struct imagined tree;
	const struct mun_merkle_source source = { subtree, &tree };
	size_t count;

	(void)state;
	special_leaf(&leaf);
	for (size_t i = 0; i < SIZES; i++) {
		const uint64_t indexes[] = { 0, sizes[i] / 3, sizes[i] / 2,
			sizes[i] - 1 };

		for (size_t j = 0; j < 4; j++) {
			imagine(&tree, indexes[j]);
			MUN_EXPECT_OK(
			    mun_merkle_root_of(&source, &root, sizes[i], &err),
			    &err);
			MUN_EXPECT_OK(mun_merkle_prove_inclusion(&source, proof,
					  &count, indexes[j], sizes[i], &err),
			    &err);
			assert_true(count <= 64);
			assert_true(mun_merkle_verify_inclusion(
			    &leaf, indexes[j], sizes[i], proof, count, &root));
			assert_false(mun_merkle_verify_inclusion(&leaf,
			    indexes[j] ^ 1, sizes[i], proof, count, &root));
		}
	}
}

static void
consistency_works_at_every_size(void **state)
{
	struct mun_hash proof[MUN_PROOF_MAX], old_root, root;
	struct mun_error err = MUN_ERROR_INIT;
	struct imagined tree;
	const struct mun_merkle_source source = { subtree, &tree };
	size_t count;

	(void)state;
	imagine(&tree, 1);
	for (size_t i = 0; i < SIZES; i++) {
		for (size_t j = 0; j <= i; j++) {
			MUN_EXPECT_OK(
			    mun_merkle_root_of(&source, &root, sizes[i], &err),
			    &err);
			MUN_EXPECT_OK(mun_merkle_root_of(
					  &source, &old_root, sizes[j], &err),
			    &err);
			MUN_EXPECT_OK(
			    mun_merkle_prove_consistency(&source, proof, &count,
				sizes[j], sizes[i], &err),
			    &err);
			assert_true(mun_merkle_verify_consistency(sizes[j],
			    &old_root, sizes[i], &root, proof, count));
			root.bytes[5] ^= 1;
			assert_false(mun_merkle_verify_consistency(sizes[j],
			    &old_root, sizes[i], &root, proof, count));
		}
	}
}

static void
the_longest_proof_has_as_many_hashes_as_announced(void **state)
{
	struct mun_hash proof[MUN_PROOF_MAX];
	struct mun_error err = MUN_ERROR_INIT;
	struct imagined tree;
	const struct mun_merkle_source source = { subtree, &tree };
	size_t count;

	(void)state;
	imagine(&tree, 0);
	MUN_EXPECT_OK(mun_merkle_prove_consistency(
			  &source, proof, &count, TOP + 1, UINT64_MAX, &err),
	    &err);
	assert_int_equal(count, MUN_PROOF_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inclusion_works_at_every_size),
		cmocka_unit_test(consistency_works_at_every_size),
		cmocka_unit_test(
		    the_longest_proof_has_as_many_hashes_as_announced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
