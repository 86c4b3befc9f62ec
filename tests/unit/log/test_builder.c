/* SPDX-License-Identifier: BSD-2-Clause */
/* test_builder.c - tiles made from entries alone, against RFC 6962 read
 * literally. */
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "log/log.h"

enum {
	ENTRIES_MAX = 66000
};

static struct mun_hash leaves[ENTRIES_MAX];

static size_t
make_entry(uint8_t entry[64], uint64_t i)
{
	size_t len = 1 + i % 61;

	memset(entry, (int)(i & 0xff), len);
	entry[0] = (uint8_t)(i >> 8);
	return len;
}

/* RFC 6962 section 2.1: MTH(D[n]). */
static struct mun_hash
naive_root(size_t from, size_t to)
{
	struct mun_hash left, right, node;
	size_t k = 1;

	if (to - from == 1)
		return leaves[from];
	while (2 * k < to - from)
		k *= 2;
	left = naive_root(from, from + k);
	right = naive_root(from + k, to);
	mun_merkle_node(&node, &left, &right);
	return node;
}

/* What was told, checked as it comes. */
struct told {
	uint64_t size;
	unsigned files;
};

static void
check_bundle(uint64_t first, unsigned width, const uint8_t *bytes, size_t len)
{
	uint8_t entry[64];
	size_t at = 0;

	for (uint64_t i = first; i < first + width; i++) {
		size_t entry_len = make_entry(entry, i);

		assert_true(at + 2 + entry_len <= len);
		assert_int_equal(bytes[at] << 8 | bytes[at + 1], entry_len);
		assert_memory_equal(bytes + at + 2, entry, entry_len);
		at += 2 + entry_len;
	}
	assert_int_equal(at, len);
}

static enum mun_status
check_told(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct told *told = ctx;

	(void)err;
	told->files++;
	if (!mun_tile_name_is_expected(name, told->size))
		fail_msg("a log of %llu has no '%s'",
		    (unsigned long long)told->size, name);
	for (int level = -1; level < 3; level++) {
		uint64_t each = level <= 0 ? 1 : level == 1 ? 256 : 65536;

		for (uint64_t i = 0; i <= told->size / each / 256; i++) {
			const struct mun_hash *hashes = bytes;
			uint64_t rest = told->size / each - 256 * i;
			unsigned width = rest < 256 ? (unsigned)rest : 256;
			char expected[MUN_TILE_NAME_MAX];
			struct mun_hash root;

			mun_tile_name(expected, level, i, width);
			if (strcmp(name, expected) != 0)
				continue;
			if (level < 0) {
				check_bundle(256 * i, width, bytes, len);
				return MUN_OK;
			}
			assert_int_equal(len, width * sizeof(*hashes));
			for (uint64_t j = 0; j < width; j++) {
				uint64_t from = (256 * i + j) * each;

				root = naive_root(from, from + each);
				assert_memory_equal(&root, &hashes[j], 32);
			}
			return MUN_OK;
		}
	}
	fail_msg("'%s' was not expected", name);
	return MUN_ERR_INTERNAL;
}

static unsigned
files_of(uint64_t size)
{
	uint64_t files = (size + 255) / 256;

	for (uint64_t count = size; count > 0; count /= 256)
		files += (count + 255) / 256;
	return (unsigned)files;
}

static void
build(uint64_t size)
{
	struct mun_tile_builder *builder;
	struct mun_error err = MUN_ERROR_INIT;
	struct told told = { .size = size };
	struct mun_hash root, expected;
	uint8_t entry[64];

	MUN_EXPECT_OK(
	    mun_tile_builder_new(&builder, check_told, &told, &err), &err);
	for (uint64_t i = 0; i < size; i++) {
		size_t len = make_entry(entry, i);

		mun_merkle_leaf(&leaves[i], entry, len);
		MUN_EXPECT_OK(
		    mun_tile_builder_add(builder, entry, len, &err), &err);
	}
	MUN_EXPECT_OK(mun_tile_builder_finish(builder, &err), &err);
	mun_tile_builder_root(builder, &root);
	expected = naive_root(0, (size_t)size);
	assert_memory_equal(&root, &expected, sizeof(root));
	assert_int_equal(told.files, files_of(size));
	mun_tile_builder_free(builder);
}

/* Leaves are made in order, so that naive_root has them when tiles come. */
static void
the_tiles_are_those_of_the_naive_tree_at_every_size(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 100, 127, 128,
		255, 256, 257, 258, 300, 511, 512, 513, 1000, 65535, 65536,
		65537 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		build(sizes[i]);
}

static void
an_entry_that_fits_no_bundle_is_refused(void **state)
{
	struct mun_tile_builder *builder;
	struct mun_error err = MUN_ERROR_INIT;
	struct told told = { .size = 1 };
	uint8_t *entry = calloc(1, MUN_CMS_MAX + 1);

	(void)state;
	assert_non_null(entry);
	MUN_EXPECT_OK(
	    mun_tile_builder_new(&builder, check_told, &told, &err), &err);
	MUN_EXPECT_STATUS(
	    mun_tile_builder_add(builder, entry, MUN_CMS_MAX + 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_tile_builder_add(builder, entry, 0, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_OK(
	    mun_tile_builder_add(builder, entry, MUN_CMS_MAX, &err), &err);
	mun_tile_builder_free(builder);
	free(entry);
}

static void
no_entry_gives_no_tile_and_the_empty_root(void **state)
{
	/* SOURCE: FIPS 180-4: SHA-256 of nothing. */
	static const uint8_t empty[4] = { 0xe3, 0xb0, 0xc4, 0x42 };
	struct mun_tile_builder *builder;
	struct mun_error err = MUN_ERROR_INIT;
	struct told told = { .size = 0 };
	struct mun_hash root;

	(void)state;
	MUN_EXPECT_OK(
	    mun_tile_builder_new(&builder, check_told, &told, &err), &err);
	MUN_EXPECT_OK(mun_tile_builder_finish(builder, &err), &err);
	mun_tile_builder_root(builder, &root);
	assert_memory_equal(root.bytes, empty, sizeof(empty));
	assert_int_equal(told.files, 0);
	mun_tile_builder_free(builder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_tiles_are_those_of_the_naive_tree_at_every_size),
		cmocka_unit_test(an_entry_that_fits_no_bundle_is_refused),
		cmocka_unit_test(no_entry_gives_no_tile_and_the_empty_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
