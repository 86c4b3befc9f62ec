/* SPDX-License-Identifier: BSD-2-Clause */
/* test_reader_refuses.c - nothing but a whole, exact archive passes. */
#include "image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
make_small(struct image *image, const struct mun_scratch *scratch)
{
	image_open(image, scratch);
	image_add_member(image, "X-0001/bagit.txt", "bag\n", 4);
	image_add_member(image, "X-0001/data/X-0001-000001.pdf", NULL, 0);
	image_add_member(image, "X-0001/seal/seal.json", "{}\n", 3);
	image_add_end(image);
}

static void
test_a_small_archive_is_read(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct image image;

	make_small(&image, *state);
	image_store(&image, image.len);
	MUN_EXPECT_STATUS(
	    image_read_all(&image, image.len, &err), MUN_ERR_NOT_FOUND, &err);
	image_close(&image);
}

/* Walk the cursor to where it stops. */
static enum mun_status
walk(struct image *image, size_t file_size, struct mun_error *err)
{
	struct mun_package_cursor cursor = { .fd = image->fd,
		.file_size = file_size };
	struct mun_package_member member;
	enum mun_status status = MUN_OK;

	while (status == MUN_OK)
		status = mun_package_cursor_next(&cursor, &member, err);
	return status;
}

static void
test_truncation_at_every_byte_is_refused(void **state)
{
	const struct mun_pump_options options = { .write_fd = -1 };
	struct mun_pump *pump;
	struct image image;

	MUN_EXPECT_OK(mun_pump_new(&pump, &options, NULL), NULL);
	make_small(&image, *state);
	for (size_t len = 0; len < image.len; len++) {
		struct mun_error err = MUN_ERROR_INIT;

		image_store(&image, len);
		MUN_EXPECT_STATUS(image_read_through(pump, &image, len, &err),
		    MUN_ERR_FORMAT, &err);
		MUN_EXPECT_TEXT(&err, "byte");
		/* The cursor does not judge the end. */
		MUN_EXPECT_STATUS(walk(&image, len, &err),
		    len >= image.len - 512 ? MUN_ERR_NOT_FOUND : MUN_ERR_FORMAT,
		    &err);
		/* And when the file was longer a moment ago. */
		image_store(&image, len);
		MUN_EXPECT_STATUS(
		    image_read_through(pump, &image, image.len, &err),
		    MUN_ERR_FORMAT, &err);
	}
	mun_pump_free(pump);
	image_close(&image);
}

static void
test_anything_after_the_end_is_refused(void **state)
{
	static const size_t extra[] = { 1, 511, 512, 1024, 10240, 300000 };
	struct image image;

	make_small(&image, *state);
	for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++) {
		struct mun_error err = MUN_ERROR_INIT;
		size_t len = image.len;

		image_add(&image, NULL, extra[i]);
		image_store(&image, image.len);
		MUN_EXPECT_STATUS(image_read_all(&image, image.len, &err),
		    MUN_ERR_FORMAT, &err);
		MUN_EXPECT_TEXT(&err, "after the end, from byte");
		/* Appended after the size was taken. */
		image_store(&image, image.len);
		MUN_EXPECT_STATUS(
		    image_read_all(&image, len, &err), MUN_ERR_FORMAT, &err);
		image.len = len;
	}
	/* A second archive behind the first. */
	image_add_member(&image, "X-0001/bagit.txt", "bag\n", 4);
	image_add_end(&image);
	image_store(&image, image.len);
	assert_int_equal(
	    image_read_all(&image, image.len, NULL), MUN_ERR_FORMAT);
	image_close(&image);
}

/* Whether a byte is data, which is for the digests to judge. */
static bool
is_data(size_t at)
{
	return (at >= 512 && at < 516) || (at >= 2048 && at < 2051);
}

static void
test_every_bit_flip_outside_the_data_is_refused(void **state)
{
	const struct mun_pump_options options = { .write_fd = -1 };
	struct mun_pump *pump;
	struct image image;

	MUN_EXPECT_OK(mun_pump_new(&pump, &options, NULL), NULL);
	make_small(&image, *state);
	image_store(&image, image.len);
	for (size_t bit = 0; bit < image.len * 8; bit += MUN_FLIP_STEP) {
		uint8_t byte = image.bytes[bit / 8];
		uint8_t flipped = (uint8_t)(byte ^ 1U << bit % 8);
		off_t at = (off_t)(bit / 8);
		enum mun_status status;

		assert_int_equal(pwrite(image.fd, &flipped, 1, at), 1);
		assert_int_equal(lseek(image.fd, 0, SEEK_SET), 0);
		status = image_read_through(pump, &image, image.len, NULL);
		assert_int_equal(status,
		    is_data(bit / 8) ? MUN_ERR_NOT_FOUND : MUN_ERR_FORMAT);
		assert_int_equal(pwrite(image.fd, &byte, 1, at), 1);
	}
	mun_pump_free(pump);
	image_close(&image);
}

static void
test_a_claimed_size_is_not_believed(void **state)
{
	static const uint64_t sizes[] = { 5000, UINT64_C(1) << 33,
		UINT64_C(1) << 36, INT64_MAX - 1, INT64_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct mun_error err = MUN_ERROR_INIT;
		uint8_t header[MUN_TAR_HEADER_MAX];
		struct mun_package_cursor cursor;
		struct mun_package_member member;
		struct image image;

		image_open(&image, *state);
		image_add(&image, header,
		    mun_tar_header(header, "X-0001/a", sizes[i]));
		image_add(&image, NULL, 2048);
		image_store(&image, image.len);
		MUN_EXPECT_STATUS(image_read_all(&image, image.len, &err),
		    MUN_ERR_FORMAT, &err);
		MUN_EXPECT_TEXT(&err, "do not fit");
		cursor = (struct mun_package_cursor){ .fd = image.fd,
			.file_size = image.len };
		MUN_EXPECT_STATUS(
		    mun_package_cursor_next(&cursor, &member, &err),
		    MUN_ERR_FORMAT, &err);
		image_close(&image);
	}
}

static void
test_finish_after_a_refusal_still_hashes_the_whole_file(void **state)
{
	struct mun_package_reader *reader;
	struct mun_package_member member;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_pump *pump;
	struct image image;
	uint8_t expected[MUN_SHA256_LEN];
	uint8_t sha256[MUN_SHA256_LEN];
	uint8_t *data = image_noise(1000000);

	for (int at_member = 0; at_member < 3; at_member++) {
		make_small(&image, *state);
		image_add(&image, data, 1000000);
		image_store(&image, image.len);
		image_start(&image, image.len, &pump, &reader, 1);
		for (int i = 0; i < at_member; i++)
			MUN_EXPECT_OK(
			    mun_package_reader_next(reader, &member, &err),
			    &err);
		if (at_member == 2)
			while (mun_package_reader_next(reader, &member, &err) ==
			    MUN_OK)
				;
		MUN_EXPECT_OK(
		    mun_package_reader_finish(reader, sha256, &err), &err);
		mun_sha256_of(expected, image.bytes, image.len);
		assert_memory_equal(sha256, expected, MUN_SHA256_LEN);
		/* And nothing more after it. */
		MUN_EXPECT_STATUS(
		    mun_package_reader_finish(reader, sha256, &err),
		    MUN_ERR_USAGE, &err);
		MUN_EXPECT_STATUS(
		    mun_package_reader_next(reader, &member, &err),
		    MUN_ERR_USAGE, &err);
		mun_package_reader_free(reader);
		mun_pump_free(pump);
		image_close(&image);
	}
	free(data);
}

static void
test_a_call_in_the_wrong_order_is_refused(void **state)
{
	struct mun_package_reader *reader;
	struct mun_buffer buf = MUN_BUFFER_INIT(100);
	struct mun_digests digests;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_pump *pump;
	struct image image;
	const char *line;
	uint8_t byte;
	size_t len;

	make_small(&image, *state);
	image_store(&image, image.len);
	image_start(&image, image.len, &pump, &reader, 0);
	MUN_EXPECT_STATUS(mun_package_reader_read(reader, &byte, 1, &len, &err),
	    MUN_ERR_USAGE, &err);
	MUN_EXPECT_STATUS(mun_package_reader_line(reader, &line, &len, &err),
	    MUN_ERR_USAGE, &err);
	MUN_EXPECT_STATUS(
	    mun_package_reader_whole(reader, &buf, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_STATUS(mun_package_reader_digests(reader, &digests, &err),
	    MUN_ERR_USAGE, &err);
	mun_package_reader_free(reader);
	mun_package_reader_free(NULL);
	mun_package_lines_free(NULL);
	mun_pump_free(pump);
	image_close(&image);
}

static void
test_a_failing_read_is_not_a_bad_archive(void **state)
{
	struct mun_package_reader *reader;
	struct mun_package_member member;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_pump *pump;
	struct image image;
	const struct mun_scratch *scratch = *state;
	uint8_t sha256[MUN_SHA256_LEN];
	int good_fd;

	make_small(&image, scratch);
	good_fd = image.fd;
	/* Reading a folder fails with EISDIR. */
	image.fd = scratch->fd;
	image_start(&image, image.len, &pump, &reader, 0);
	MUN_EXPECT_STATUS(mun_package_reader_next(reader, &member, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_STATUS(mun_package_reader_finish(reader, sha256, &err),
	    MUN_ERR_USAGE, &err);
	mun_package_reader_free(reader);
	mun_pump_free(pump);
	image.fd = good_fd;
	image_close(&image);
}

#define IN_SCRATCH(test)                 \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_a_small_archive_is_read),
		IN_SCRATCH(test_truncation_at_every_byte_is_refused),
		IN_SCRATCH(test_anything_after_the_end_is_refused),
		IN_SCRATCH(test_every_bit_flip_outside_the_data_is_refused),
		IN_SCRATCH(test_a_claimed_size_is_not_believed),
		IN_SCRATCH(
		    test_finish_after_a_refusal_still_hashes_the_whole_file),
		IN_SCRATCH(test_a_call_in_the_wrong_order_is_refused),
		IN_SCRATCH(test_a_failing_read_is_not_a_bad_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
