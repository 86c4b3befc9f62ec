/* SPDX-License-Identifier: BSD-2-Clause */
/* test_tree.c - leaf and node hashes, the frontier, roots. */
#include "merkle/merkle.h"

#include <string.h>

#include "base/encoding.h"
#include "harness/harness.h"
#include "naive_tree.h"

/*
 * SOURCE: the reference tree of Certificate Transparency
 * (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc;
 * transparency-dev/merkle, testonly/constants.go): eight inputs, and the root
 * after each.  Recomputed with Python's hashlib from RFC 6962 section 2.1.
 */
static const struct {
	const char *input, *root;
} reference[] = {
	{ "",
	    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01"
	    "d" },
	{ "00",
	    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c12"
	    "5" },
	{ "10",
	    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e7"
	    "7" },
	{ "2021",
	    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b"
	    "7" },
	{ "3031",
	    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d"
	    "4" },
	{ "40414243",
	    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087e"
	    "f" },
	{ "5051525354555657",
	    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8"
	    "c" },
	{ "606162636465666768696a6b6c6d6e6f",
	    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff460432"
	    "8" },
};

/* SOURCE: FIPS 180-4, SHA-256 of no bytes (RFC 6962 section 2.1). */
static const char empty_root[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void
expect_hash(const struct mun_hash *hash, const char *hex)
{
	char text[2 * MUN_SHA256_LEN + 1];

	mun_hex_encode(text, hash->bytes, sizeof(hash->bytes));
	assert_string_equal(text, hex);
}

static void
the_reference_tree_has_its_published_roots(void **state)
{
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(reference) / sizeof(*reference); i++) {
		size_t len = strlen(reference[i].input) / 2;
		struct mun_hash hash;
		uint8_t input[16];

		assert_true(
		    mun_hex_decode(input, len, reference[i].input, 2 * len));
		mun_merkle_leaf(&hash, input, len);
		mun_merkle_add(&frontier, &hash);
		mun_merkle_root(&frontier, &hash);
		expect_hash(&hash, reference[i].root);
	}
}

static void
the_empty_tree_has_the_hash_of_no_bytes(void **state)
{
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_hash root;

	(void)state;
	mun_merkle_root(&frontier, &root);
	expect_hash(&root, empty_root);
	MUN_EXPECT_OK(mun_merkle_root_of(&naive_source, &root, 0, &err), &err);
	expect_hash(&root, empty_root);
}

static void
frontier_and_stored_subtrees_agree_with_the_definition(void **state)
{
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_hash root;

	(void)state;
	for (size_t size = 1; size <= NAIVE_LEAVES; size++) {
		const struct mun_hash *expected = naive_root(0, size);

		mun_merkle_add(&frontier, naive_leaf(size - 1));
		assert_int_equal(frontier.size, size);
		mun_merkle_root(&frontier, &root);
		assert_memory_equal(&root, expected, sizeof(root));
		MUN_EXPECT_OK(
		    mun_merkle_root_of(&naive_source, &root, size, &err), &err);
		assert_memory_equal(&root, expected, sizeof(root));
	}
}

static void
a_node_may_be_written_over_one_of_its_children(void **state)
{
	struct mun_hash expected, left = *naive_leaf(1), right = *naive_leaf(2);

	(void)state;
	mun_merkle_node(&expected, naive_leaf(1), naive_leaf(2));
	mun_merkle_node(&left, &left, naive_leaf(2));
	mun_merkle_node(&right, naive_leaf(1), &right);
	assert_memory_equal(&left, &expected, sizeof(left));
	assert_memory_equal(&right, &expected, sizeof(right));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reference_tree_has_its_published_roots),
		cmocka_unit_test(the_empty_tree_has_the_hash_of_no_bytes),
		cmocka_unit_test(
		    frontier_and_stored_subtrees_agree_with_the_definition),
		cmocka_unit_test(
		    a_node_may_be_written_over_one_of_its_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
