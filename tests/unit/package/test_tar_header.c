/* SPDX-License-Identifier: BSD-2-Clause */
/* test_tar_header.c - the header bytes, against libarchive and against harm. */
#include "harness/harness.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#include "package/package_internal.h"

static const uint64_t sizes[] = { 0, 1, 7, 8, 511, 512, 513, 1000000,
	(UINT64_C(1) << 32) - 1, UINT64_C(1) << 32, (UINT64_C(1) << 33) - 1,
	UINT64_C(1) << 33, (UINT64_C(1) << 33) + 1, UINT64_C(9999999999),
	UINT64_C(10000000000), (UINT64_C(1) << 36) - 1, UINT64_C(1) << 36,
	(UINT64_C(1) << 36) + 1, UINT64_C(99999999999), UINT64_C(100000000000),
	(UINT64_C(1) << 56) - 1, UINT64_C(1) << 56, UINT64_C(1) << 62,
	UINT64_C(999999999999999999), UINT64_C(1000000000000000000),
	(UINT64_C(1) << 63) - 1 };
enum {
	SIZES_COUNT = sizeof(sizes) / sizeof(sizes[0])
};

struct sink {
	uint8_t bytes[8192];
	size_t len;
	bool is_closed;
};

static la_ssize_t
sink_write(struct archive *archive, void *ctx, const void *bytes, size_t len)
{
	struct sink *sink = ctx;

	(void)archive;
	if (sink->is_closed)
		return -1;
	if (len <= sizeof(sink->bytes) - sink->len) {
		memcpy(sink->bytes + sink->len, bytes, len);
		sink->len += len;
	}
	return (la_ssize_t)len;
}

/* What libarchive writes before the data of such a member. */
static void
make_reference(struct sink *sink, const char *path, uint64_t size)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	*sink = (struct sink){ .len = 0 };
	archive_write_set_format_pax_restricted(archive);
	archive_write_set_bytes_per_block(archive, 0);
	assert_int_equal(
	    archive_write_open(archive, sink, NULL, sink_write, NULL), 0);
	archive_entry_set_pathname(entry, path);
	archive_entry_set_size(entry, (la_int64_t)size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0444);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	archive_entry_set_uname(entry, "");
	archive_entry_set_gname(entry, "");
	archive_entry_set_mtime(entry, 0, 0);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	archive_entry_free(entry);
	/* Freeing would write the data that was never given, up to 2^63. */
	sink->is_closed = true;
	archive_write_free(archive);
}

static void
expect_same(const char *path, uint64_t size)
{
	static struct sink sink;
	uint8_t header[MUN_TAR_HEADER_MAX];
	size_t len = mun_tar_header(header, path, size);

	make_reference(&sink, path, size);
	assert_int_equal(len, sink.len);
	assert_memory_equal(header, sink.bytes, len);
}

static void
test_header_is_libarchives_in_every_size_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZES_COUNT; i++) {
		expect_same("XPF-0003/data/XPF-0003-000042.pdf", sizes[i]);
		expect_same("XPF-0003/bagit.txt", sizes[i]);
		expect_same("a", sizes[i]);
	}
}

static void
test_header_is_libarchives_at_every_path_length(void **state)
{
	char path[MUN_TAR_PATH_MAX + 1];

	(void)state;
	for (size_t len = 1; len <= MUN_TAR_PATH_MAX; len++) {
		memset(path, 'a', len);
		path[len] = '\0';
		expect_same(path, 0);
		/* Above, libarchive shortens the name of a pax member that
		 * lies in no folder; ours lie in one, and end shorter. */
		if (len <= 87)
			expect_same(path, UINT64_C(1) << 33);
		if (len < 5)
			continue;
		path[len / 2] = '/';
		expect_same(path, 12345);
		expect_same(path, UINT64_C(1) << 40);
	}
}

static void
test_header_is_read_back(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < SIZES_COUNT; i++) {
		uint8_t header[MUN_TAR_HEADER_MAX];
		struct mun_package_member member;
		size_t needed;
		size_t len = mun_tar_header(header, "X-1/data/a.pdf", sizes[i]);

		MUN_EXPECT_OK(mun_tar_header_parse(&member, &needed, header,
				  MUN_TAR_BLOCK, &err),
		    &err);
		assert_int_equal(needed, len);
		MUN_EXPECT_OK(
		    mun_tar_header_parse(&member, &needed, header, len, &err),
		    &err);
		assert_string_equal(member.path, "X-1/data/a.pdf");
		assert_true(member.size == sizes[i]);
	}
}

/* A flipped header is refused, or is that of another path or size. */
static void
expect_flips_noticed(uint64_t size)
{
	uint8_t header[MUN_TAR_HEADER_MAX];
	uint8_t again[MUN_TAR_HEADER_MAX];
	size_t len = mun_tar_header(header, "X-1/data/a.pdf", size);

	for (size_t bit = 0; bit < len * 8; bit++) {
		struct mun_package_member member;
		size_t needed;
		enum mun_status status;

		header[bit / 8] ^= (uint8_t)(1U << bit % 8);
		status =
		    mun_tar_header_parse(&member, &needed, header, len, NULL);
		/* One bit cannot keep the checksum right. */
		assert_int_equal(status, MUN_ERR_FORMAT);
		header[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	assert_int_equal(mun_tar_header(again, "X-1/data/a.pdf", size), len);
	assert_memory_equal(header, again, len);
}

static void
test_every_bit_flip_of_a_header_is_refused(void **state)
{
	(void)state;
	expect_flips_noticed(0);
	expect_flips_noticed(777);
	expect_flips_noticed(UINT64_C(1) << 33);
	expect_flips_noticed((UINT64_C(1) << 36) - 1);
	expect_flips_noticed(UINT64_C(1) << 36);
}

/* Make the checksum of a tampered header right again. */
static void
fix_checksum(uint8_t *block)
{
	unsigned sum = 0;
	char text[8];

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < MUN_TAR_BLOCK; i++)
		sum += block[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(block + 148, text, 7);
}

static void
test_tampered_fields_with_a_right_checksum_are_refused(void **state)
{
	/* name, offset and bytes: what tar readers accept or read otherwise */
	static const struct {
		const char *what;
		size_t offset;
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "mode 0644", 100, "000644 ", 7 },
		{ "mode GNU style", 100, "0000444\0", 8 },
		{ "setuid", 100, "004444 ", 7 },
		{ "uid 1000", 108, "001750 ", 7 },
		{ "gid 1000", 116, "001750 ", 7 },
		{ "mtime", 136, "14000000000 ", 12 },
		{ "base-256 mtime", 136, "\x80", 1 },
		{ "uname", 265, "root", 4 },
		{ "gname", 297, "root", 4 },
		{ "device", 329, "000001 ", 7 },
		{ "prefix", 345, "evil", 4 },
		{ "typeflag NUL", 156, "\0", 1 },
		{ "typeflag directory", 156, "5", 1 },
		{ "typeflag symlink", 156, "2", 1 },
		{ "typeflag contiguous", 156, "7", 1 },
		{ "typeflag GNU long name", 156, "L", 1 },
		{ "typeflag GNU sparse", 156, "S", 1 },
		{ "typeflag global pax", 156, "g", 1 },
		{ "typeflag pax", 156, "x", 1 },
		{ "link name", 157, "x", 1 },
		{ "GNU magic", 257, "ustar  \0", 8 },
		{ "version", 263, "01", 2 },
		{ "bytes after the name's NUL", 50, "x", 1 },
		{ "last byte", 511, "x", 1 },
		{ "size with a NUL end", 124, "00000001411\0", 12 },
		{ "size with leading spaces", 124, "       1411 ", 12 },
		{ "size of 12 digits", 124, "000000001411", 12 },
		{ "base-256 of a small size", 124,
		    "\x80\0\0\0\0\0\0\0\0\0\x03\x09", 12 },
		{ "negative size", 124,
		    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12 },
		{ "size without pax", 124, "100000000000", 12 },
		{ "dot-dot", 0, "X-1/../../a.pd", 14 },
		{ "absolute", 0, "/", 1 },
		{ "empty component", 0, "X-1//ata/a.pdf", 14 },
		{ "dot component", 0, "X-1/./ta/a.pdf", 14 },
		{ "trailing slash", 0, "X-1/data/a.pd/", 14 },
		{ "backslash", 0, "X-1\\data", 8 },
		{ "space", 0, "X 1", 3 },
		{ "control", 0,
		    "X\x1b"
		    "1",
		    3 },
		{ "no name", 0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t header[MUN_TAR_HEADER_MAX] = { 0 };
		struct mun_package_member member;
		size_t needed;

		mun_tar_header(header, "X-1/data/a.pdf", 777);
		memcpy(header + cases[i].offset, cases[i].bytes, cases[i].len);
		fix_checksum(header);
		if (mun_tar_header_parse(&member, &needed, header,
			sizeof(header), NULL) != MUN_ERR_FORMAT)
			fail_msg("accepted: %s", cases[i].what);
	}
}

static void
test_pax_records_other_than_the_one_are_refused(void **state)
{
	static const char *const records[] = {
		"19 size=8589934593\n", /* disagrees */
		"019 size=8589934592\n", /* leading zero */
		"20 size=08589934592\n", /* leading zero */
		"19 size=8589934592\n19 size=8589934592\n", /* twice */
		"11 path=a\n\n19 size=8589934592\n",
		"19 SIZE=8589934592\n",
		"19 size=8589934592 ",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		uint8_t header[MUN_TAR_HEADER_MAX];
		struct mun_package_member member;
		char digits[32];
		size_t needed;
		size_t len =
		    mun_tar_header(header, "X-1/data/a.pdf", UINT64_C(1) << 33);

		memset(header + 512, 0, 512);
		memcpy(header + 512, records[i], strlen(records[i]));
		snprintf(digits, sizeof(digits), "%011zo ", strlen(records[i]));
		memcpy(header + 124, digits, 12);
		fix_checksum(header);
		if (mun_tar_header_parse(&member, &needed, header, len, NULL) !=
		    MUN_ERR_FORMAT)
			fail_msg("accepted: %s", records[i]);
	}
}

static void
test_padding_fills_the_last_block(void **state)
{
	(void)state;
	assert_int_equal(mun_tar_padding(0), 0);
	assert_int_equal(mun_tar_padding(1), 511);
	assert_int_equal(mun_tar_padding(511), 1);
	assert_int_equal(mun_tar_padding(512), 0);
	assert_int_equal(mun_tar_padding(513), 511);
	assert_int_equal(mun_tar_padding((UINT64_C(1) << 63) - 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_header_is_libarchives_in_every_size_range),
		cmocka_unit_test(
		    test_header_is_libarchives_at_every_path_length),
		cmocka_unit_test(test_header_is_read_back),
		cmocka_unit_test(test_every_bit_flip_of_a_header_is_refused),
		cmocka_unit_test(
		    test_tampered_fields_with_a_right_checksum_are_refused),
		cmocka_unit_test(
		    test_pax_records_other_than_the_one_are_refused),
		cmocka_unit_test(test_padding_fills_the_last_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
