/* SPDX-License-Identifier: BSD-2-Clause */
/* test_proof.c - every proof of every tree up to 1,000 leaves, and damaged
 * ones. */
#include "merkle/merkle.h"

#include <string.h>

#include "harness/harness.h"
#include "naive_tree.h"

/* Trees in which every proof is damaged in every way. */
enum {
	DAMAGED_LEAVES = 40
};

static void
every_inclusion_proof_is_the_defined_one_and_verifies(void **state)
{
	struct mun_hash proof[MUN_PROOF_MAX], expected[MUN_PROOF_MAX];
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	for (size_t size = 1; size <= NAIVE_LEAVES; size++) {
		for (size_t index = 0; index < size; index++) {
			size_t count, wanted;

			MUN_EXPECT_OK(mun_merkle_prove_inclusion(&naive_source,
					  proof, &count, index, size, &err),
			    &err);
			wanted = naive_path(expected, index, size);
			assert_int_equal(count, wanted);
			assert_memory_equal(
			    proof, expected, count * sizeof(*proof));
			assert_true(mun_merkle_verify_inclusion(
			    naive_leaf(index), index, size, proof, count,
			    naive_root(0, size)));
		}
	}
}

static void
every_consistency_proof_is_the_defined_one_and_verifies(void **state)
{
	struct mun_hash proof[MUN_PROOF_MAX], expected[MUN_PROOF_MAX];
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	for (size_t size = 1; size <= NAIVE_LEAVES; size++) {
		for (size_t old = 1; old <= size; old++) {
			size_t count, wanted;

			MUN_EXPECT_OK(
			    mun_merkle_prove_consistency(
				&naive_source, proof, &count, old, size, &err),
			    &err);
			wanted = naive_proof(expected, old, size);
			assert_int_equal(count, wanted);
			assert_memory_equal(
			    proof, expected, count * sizeof(*proof));
			assert_true(mun_merkle_verify_consistency(old,
			    naive_root(0, old), size, naive_root(0, size),
			    proof, count));
		}
	}
}

/* A proof, and how to ask whether it (still) holds. */
struct claim {
	bool is_inclusion;
	uint64_t first; /* index or old size */
	uint64_t size;
	struct mun_hash from; /* leaf or old root */
	struct mun_hash root;
	struct mun_hash proof[MUN_PROOF_MAX + 1];
	size_t count;
};

static bool
holds(const struct claim *claim)
{
	if (claim->is_inclusion)
		return mun_merkle_verify_inclusion(&claim->from, claim->first,
		    claim->size, claim->proof, claim->count, &claim->root);
	return mun_merkle_verify_consistency(claim->first, &claim->from,
	    claim->size, &claim->root, claim->proof, claim->count);
}

static void
expect_damaged_hashes_to_fail(const struct claim *good)
{
	struct claim bad = *good;

	for (size_t i = 0; i < good->count; i++) {
		bad = *good;
		bad.proof[i].bytes[i % 32] ^= 0x10;
		assert_false(holds(&bad));
		if (i == 0)
			continue;
		/* two hashes in the wrong order */
		bad = *good;
		bad.proof[i] = good->proof[i - 1];
		bad.proof[i - 1] = good->proof[i];
		assert_false(holds(&bad));
	}
	bad = *good;
	bad.from.bytes[31] ^= 1;
	assert_false(holds(&bad));
	bad = *good;
	bad.root.bytes[0] ^= 0x80;
	assert_false(holds(&bad));
}

static void
expect_other_lengths_to_fail(const struct claim *good)
{
	struct claim bad = *good;

	for (bad.count = 0; bad.count < good->count; bad.count++)
		assert_false(holds(&bad));
	/* something after the last hash, and before the first */
	bad.count = good->count + 1;
	bad.proof[good->count] = good->root;
	assert_false(holds(&bad));
	for (size_t i = 0; i < good->count; i++)
		bad.proof[i + 1] = good->proof[i];
	bad.proof[0] = good->from;
	assert_false(holds(&bad));
}

static void
no_damaged_inclusion_proof_verifies(void **state)
{
	struct claim claim = { .is_inclusion = true };

	(void)state;
	for (size_t size = 1; size <= DAMAGED_LEAVES; size++) {
		for (size_t index = 0; index < size; index++) {
			claim.first = index;
			claim.size = size;
			claim.from = *naive_leaf(index);
			claim.root = *naive_root(0, size);
			claim.count = naive_path(claim.proof, index, size);
			assert_true(holds(&claim));
			expect_damaged_hashes_to_fail(&claim);
			expect_other_lengths_to_fail(&claim);
			for (claim.first = 0; claim.first < size + 2;
			     claim.first++)
				assert_int_equal(
				    holds(&claim), claim.first == index);
			claim.first = UINT64_MAX;
			assert_false(holds(&claim));
		}
	}
}

static void
no_damaged_consistency_proof_verifies(void **state)
{
	struct claim claim = { .is_inclusion = false };

	(void)state;
	for (size_t size = 2; size <= DAMAGED_LEAVES; size++) {
		for (size_t old = 1; old < size; old++) {
			struct claim swapped;

			claim.first = old;
			claim.size = size;
			claim.from = *naive_root(0, old);
			claim.root = *naive_root(0, size);
			claim.count = naive_proof(claim.proof, old, size);
			assert_true(holds(&claim));
			expect_damaged_hashes_to_fail(&claim);
			expect_other_lengths_to_fail(&claim);
			swapped = claim;
			swapped.from = claim.root;
			swapped.root = claim.from;
			assert_false(holds(&swapped));
			swapped = claim;
			swapped.first = size;
			swapped.size = old;
			assert_false(holds(&swapped));
		}
	}
}

static void
a_node_does_not_pass_for_a_leaf(void **state)
{
	struct mun_hash proof[1] = { *naive_root(2, 4) };
	struct mun_hash leaf;
	uint8_t inside[64];

	(void)state;
	memcpy(inside, naive_leaf(0), 32);
	memcpy(inside + 32, naive_leaf(1), 32);
	mun_merkle_leaf(&leaf, inside, sizeof(inside));
	assert_false(mun_merkle_verify_inclusion(
	    &leaf, 0, 2, proof, 1, naive_root(0, 4)));
}

/* The roots of these fit their hashes; only the sizes say that it is wrong. */
static void
a_proof_too_long_or_too_short_fails_though_its_root_fits(void **state)
{
	struct mun_hash leaf = *naive_leaf(0), proof[2], one, two;

	(void)state;
	proof[0] = *naive_leaf(1);
	proof[1] = *naive_leaf(2);
	mun_merkle_node(&one, &proof[0], &leaf);
	mun_merkle_node(&two, &proof[1], &one);
	assert_false(mun_merkle_verify_inclusion(&leaf, 0, 1, proof, 1, &one));
	assert_true(mun_merkle_verify_inclusion(&leaf, 1, 2, proof, 1, &one));
	assert_false(mun_merkle_verify_inclusion(&leaf, 1, 2, proof, 2, &two));
	assert_false(mun_merkle_verify_inclusion(&leaf, 1, 3, proof, 1, &one));
	assert_false(mun_merkle_verify_inclusion(&leaf, 3, 4, proof, 1, &one));

	mun_merkle_node(&one, &leaf, &proof[0]);
	mun_merkle_node(&two, &proof[1], &one);
	assert_true(mun_merkle_verify_consistency(1, &leaf, 2, &one, proof, 1));
	assert_false(
	    mun_merkle_verify_consistency(1, &leaf, 3, &one, proof, 1));
	assert_false(
	    mun_merkle_verify_consistency(1, &leaf, 2, &two, proof, 2));
}

/* Sizes 3 to 4: the proof is leaf 2, leaf 3, node (0, 1).  One hash more, put
 * left of both roots, fits two roots of no tree. */
static void
a_longer_consistency_proof_fails_though_both_roots_fit(void **state)
{
	struct mun_hash proof[4], old_root, root;

	(void)state;
	assert_int_equal(naive_proof(proof, 3, 4), 3);
	proof[3] = *naive_leaf(9);
	mun_merkle_node(&old_root, &proof[3], naive_root(0, 3));
	mun_merkle_node(&root, &proof[3], naive_root(0, 4));
	assert_false(
	    mun_merkle_verify_consistency(3, &old_root, 4, &root, proof, 4));
}

static void
a_missing_consistency_proof_is_not_read(void **state)
{
	(void)state;
	assert_false(mun_merkle_verify_consistency(
	    3, naive_root(0, 3), 4, naive_root(0, 4), NULL, 0));
	assert_false(mun_merkle_verify_consistency(
	    2, naive_root(0, 2), 4, naive_root(0, 4), NULL, 0));
}

static void
nothing_is_included_in_an_empty_tree(void **state)
{
	struct mun_hash leaf = *naive_leaf(0);

	(void)state;
	assert_false(mun_merkle_verify_inclusion(&leaf, 0, 0, &leaf, 0, &leaf));
	assert_false(mun_merkle_verify_inclusion(&leaf, 0, 0, &leaf, 1, &leaf));
}

static void
every_tree_extends_the_empty_one_by_an_empty_proof(void **state)
{
	struct mun_merkle_frontier nothing = MUN_MERKLE_FRONTIER_INIT;
	struct mun_hash empty, root = *naive_root(0, 5);

	(void)state;
	mun_merkle_root(&nothing, &empty);
	assert_true(
	    mun_merkle_verify_consistency(0, &empty, 5, &root, NULL, 0));
	assert_true(
	    mun_merkle_verify_consistency(0, &empty, 0, &empty, NULL, 0));
	assert_false(
	    mun_merkle_verify_consistency(0, &root, 5, &root, NULL, 0));
	assert_false(
	    mun_merkle_verify_consistency(0, &empty, 5, &root, &root, 1));
	assert_false(
	    mun_merkle_verify_consistency(0, &empty, 0, &root, NULL, 0));
	assert_false(
	    mun_merkle_verify_consistency(0, &root, 0, &root, NULL, 0));
	assert_false(
	    mun_merkle_verify_consistency(0, &empty, 0, &empty, &empty, 1));
}

static void
equal_sizes_want_equal_roots_and_no_proof(void **state)
{
	struct mun_hash root = *naive_root(0, 7), other = *naive_root(0, 6);

	(void)state;
	assert_true(mun_merkle_verify_consistency(7, &root, 7, &root, NULL, 0));
	assert_false(
	    mun_merkle_verify_consistency(7, &root, 7, &other, NULL, 0));
	assert_false(
	    mun_merkle_verify_consistency(7, &root, 7, &root, &other, 1));
}

static void
proofs_outside_the_tree_are_refused(void **state)
{
	struct mun_hash proof[MUN_PROOF_MAX];
	struct mun_error err = MUN_ERROR_INIT;
	size_t count;

	(void)state;
	MUN_EXPECT_STATUS(mun_merkle_prove_inclusion(
			      &naive_source, proof, &count, 5, 5, &err),
	    MUN_ERR_USAGE, &err);
	MUN_EXPECT_STATUS(mun_merkle_prove_inclusion(
			      &naive_source, proof, &count, 0, 0, &err),
	    MUN_ERR_USAGE, &err);
	MUN_EXPECT_STATUS(mun_merkle_prove_consistency(
			      &naive_source, proof, &count, 0, 5, &err),
	    MUN_ERR_USAGE, &err);
	MUN_EXPECT_STATUS(mun_merkle_prove_consistency(
			      &naive_source, proof, &count, 6, 5, &err),
	    MUN_ERR_USAGE, &err);
}

static void
a_failing_source_fails_the_proof(void **state)
{
	struct mun_hash proof[MUN_PROOF_MAX];
	struct mun_error err = MUN_ERROR_INIT;
	size_t count;

	(void)state;
	MUN_EXPECT_STATUS(mun_merkle_prove_inclusion(
			      &naive_source, proof, &count, 0, 1024, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_STATUS(mun_merkle_prove_consistency(
			      &naive_source, proof, &count, 300, 1024, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_STATUS(mun_merkle_root_of(&naive_source, proof, 1024, &err),
	    MUN_ERR_NOT_FOUND, &err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_inclusion_proof_is_the_defined_one_and_verifies),
		cmocka_unit_test(
		    every_consistency_proof_is_the_defined_one_and_verifies),
		cmocka_unit_test(no_damaged_inclusion_proof_verifies),
		cmocka_unit_test(no_damaged_consistency_proof_verifies),
		cmocka_unit_test(a_node_does_not_pass_for_a_leaf),
		cmocka_unit_test(
		    a_proof_too_long_or_too_short_fails_though_its_root_fits),
		cmocka_unit_test(
		    a_longer_consistency_proof_fails_though_both_roots_fit),
		cmocka_unit_test(a_missing_consistency_proof_is_not_read),
		cmocka_unit_test(nothing_is_included_in_an_empty_tree),
		cmocka_unit_test(
		    every_tree_extends_the_empty_one_by_an_empty_proof),
		cmocka_unit_test(equal_sizes_want_equal_roots_and_no_proof),
		cmocka_unit_test(proofs_outside_the_tree_are_refused),
		cmocka_unit_test(a_failing_source_fails_the_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
