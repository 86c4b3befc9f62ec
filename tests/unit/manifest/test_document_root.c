/* SPDX-License-Identifier: BSD-2-Clause */
/* test_document_root.c - the padded root, against a naive computation. */
#include "harness/harness.h"

#include <string.h>

#include "digest/digest.h"
#include "manifest/manifest.h"

enum {
	LEAVES_MAX = 1024
};

/* RFC 6962 s2.1 word for word, over a power of two of leaf hashes. */
static void
naive_root(uint8_t out[32], const uint8_t leaves[][32], size_t count)
{
	uint8_t node[65] = { 0x01 };

	if (count == 1) {
		memcpy(out, leaves[0], 32);
		return;
	}
	naive_root(node + 1, leaves, count / 2);
	naive_root(node + 33, leaves + count / 2, count / 2);
	mun_sha256_of(out, node, sizeof(node));
}

static void
naive_padding(uint8_t out[32], const uint8_t seed[32], size_t i)
{
	uint8_t bytes[1 + 16 + 32 + 8] = "\0muniment-padding";

	memcpy(bytes + 17, seed, 32);
	memset(bytes + 49, 0, 8);
	bytes[55] = (uint8_t)(i >> 8);
	bytes[56] = (uint8_t)i;
	mun_sha256_of(out, bytes, sizeof(bytes));
}

static void
expect_root(size_t documents, size_t padded)
{
	static uint8_t leaves[LEAVES_MAX][32];
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;
	struct mun_hash root;
	uint8_t seed[32];
	uint8_t expected[32];

	memset(seed, 0x5e, sizeof(seed));
	for (size_t i = 0; i < padded; i++) {
		char line[] = "\0{\"n\":....}";
		struct mun_hash leaf;

		if (i >= documents) {
			naive_padding(leaves[i], seed, i);
			continue;
		}
		memcpy(line + 6, &i, 4);
		mun_sha256_of(leaves[i], line, sizeof(line) - 1);
		mun_merkle_leaf(&leaf, line + 1, sizeof(line) - 2);
		mun_merkle_add(&frontier, &leaf);
	}
	naive_root(expected, (const uint8_t(*)[32])leaves, padded);
	mun_document_root(&frontier, seed, &root);
	assert_memory_equal(root.bytes, expected, 32);
	assert_true(frontier.size == padded);
}

static void
test_root_is_that_of_leaves_padded_to_a_power_of_two(void **state)
{
	(void)state;
	for (size_t documents = 1; documents <= 64; documents++)
		expect_root(documents, 64);
	expect_root(65, 128);
	expect_root(127, 128);
	expect_root(128, 128);
	expect_root(129, 256);
	expect_root(256, 256);
	expect_root(257, 512);
	expect_root(513, 1024);
	expect_root(1024, 1024);
}

static void
test_root_depends_on_the_seed(void **state)
{
	struct mun_hash roots[2];
	uint8_t seed[32] = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;
		struct mun_hash leaf = { { 1 } };

		seed[31] = (uint8_t)i;
		mun_merkle_add(&frontier, &leaf);
		mun_document_root(&frontier, seed, &roots[i]);
	}
	assert_memory_not_equal(&roots[0], &roots[1], sizeof(roots[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_root_is_that_of_leaves_padded_to_a_power_of_two),
		cmocka_unit_test(test_root_depends_on_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
