/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_reader.c - the reader sees what was written, and nothing else passes.
 */
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcntl.h>

#include "package/package.h"

/* An archive in memory, and where it is written for the reader. */
struct image {
	uint8_t *bytes;
	size_t len;
	size_t capacity;
	int fd;
};

static void
image_open(struct image *image, const struct mun_scratch *scratch)
{
	*image = (struct image){ .fd = -1 };
	image->fd =
	    openat(scratch->fd, "a.tar", O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(image->fd >= 0);
}

static void
image_close(struct image *image)
{
	free(image->bytes);
	close(image->fd);
}

static void
image_add(struct image *image, const void *bytes, size_t len)
{
	if (image->len + len > image->capacity) {
		image->capacity = (image->len + len) * 2;
		image->bytes = realloc(image->bytes, image->capacity);
		assert_non_null(image->bytes);
	}
	if (bytes != NULL)
		memcpy(image->bytes + image->len, bytes, len);
	else
		memset(image->bytes + image->len, 0, len);
	image->len += len;
}

static void
image_add_member(
    struct image *image, const char *path, const void *data, size_t len)
{
	uint8_t header[MUN_TAR_HEADER_MAX];

	image_add(image, header, mun_tar_header(header, path, len));
	image_add(image, data, len);
	image_add(image, NULL, mun_tar_padding(len));
}

static void
image_add_end(struct image *image)
{
	image_add(image, NULL, MUN_TAR_END_LEN);
}

/* Put the first len bytes where the reader reads them. */
static void
image_store(struct image *image, size_t len)
{
	assert_int_equal(ftruncate(image->fd, 0), 0);
	assert_int_equal(pwrite(image->fd, image->bytes, len, 0), len);
	assert_int_equal(lseek(image->fd, 0, SEEK_SET), 0);
}

static void
start(struct image *image, size_t file_size, struct mun_pump **pump,
    struct mun_package_reader **reader, unsigned threads)
{
	const struct mun_pump_options options = { .write_fd = -1,
		.threads = threads };
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_OK(mun_pump_new(pump, &options, &err), &err);
	MUN_EXPECT_OK(
	    mun_package_reader_new(reader, image->fd, file_size, *pump, &err),
	    &err);
}

/* Read all members without looking at them, through a pump that may be used;
 * the status that ended it. */
static enum mun_status
read_through(struct mun_pump *pump, struct image *image, size_t file_size,
    struct mun_error *err)
{
	struct mun_package_reader *reader;
	struct mun_package_member member;
	enum mun_status status =
	    mun_package_reader_new(&reader, image->fd, file_size, pump, err);

	while (status == MUN_OK)
		status = mun_package_reader_next(reader, &member, err);
	mun_package_reader_free(reader);
	return status;
}

static enum mun_status
read_all(struct image *image, size_t file_size, struct mun_error *err)
{
	const struct mun_pump_options options = { .write_fd = -1 };
	struct mun_pump *pump;
	enum mun_status status;

	MUN_EXPECT_OK(mun_pump_new(&pump, &options, err), err);
	status = read_through(pump, image, file_size, err);
	mun_pump_free(pump);
	return status;
}

static uint8_t *
noise(size_t len)
{
	uint8_t *bytes = malloc(len);
	uint32_t state = 12345;

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++) {
		state = state * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(state >> 24);
	}
	return bytes;
}

static void
test_every_member_size_gives_its_digests_and_the_files(void **state)
{
	/* Around blocks of tar, the small piece, the buffer and the pump. */
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 65535, 65536,
		65537, 260000, 262143, 262144, 262145, 600000, 1048576, 3000001,
		0, 5 };
	enum {
		COUNT = sizeof(sizes) / sizeof(sizes[0])
	};
	uint8_t *data = noise(3000001);
	struct image image;

	image_open(&image, *state);
	for (size_t i = 0; i < COUNT; i++) {
		char path[32];

		snprintf(path, sizeof(path), "X-0001/data/%zu", i);
		image_add_member(&image, path, data, sizes[i]);
	}
	image_add_end(&image);
	for (unsigned threads = 0; threads <= 2; threads++) {
		struct mun_package_reader *reader;
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_package_member member;
		struct mun_pump *pump;
		uint8_t expected[64];
		uint8_t sha256[MUN_SHA256_LEN];

		image_store(&image, image.len);
		start(&image, image.len, &pump, &reader, threads);
		for (size_t i = 0; i < COUNT; i++) {
			struct mun_digests digests;

			MUN_EXPECT_OK(
			    mun_package_reader_next(reader, &member, &err),
			    &err);
			assert_true(member.size == sizes[i]);
			assert_memory_equal(
			    image.bytes + member.offset, data, sizes[i]);
			/* Some are passed over, which must not matter. */
			if (i % 4 == 3 && threads == 1)
				continue;
			MUN_EXPECT_OK(
			    mun_package_reader_digests(reader, &digests, &err),
			    &err);
			mun_sha256_of(expected, data, sizes[i]);
			assert_memory_equal(digests.sha256, expected, 32);
			mun_sha512_of(expected, data, sizes[i]);
			assert_memory_equal(digests.sha512, expected, 64);
		}
		MUN_EXPECT_STATUS(
		    mun_package_reader_next(reader, &member, &err),
		    MUN_ERR_NOT_FOUND, &err);
		MUN_EXPECT_OK(
		    mun_package_reader_finish(reader, sha256, &err), &err);
		mun_sha256_of(expected, image.bytes, image.len);
		assert_memory_equal(sha256, expected, 32);
		mun_package_reader_free(reader);
		mun_pump_free(pump);
	}
	free(data);
	image_close(&image);
}

static void
test_read_and_whole_give_the_data(void **state)
{
	uint8_t *data = noise(700000);
	uint8_t *got = malloc(700000);
	struct mun_buffer buf = MUN_BUFFER_INIT(700000);
	struct mun_package_reader *reader;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_package_member member;
	struct mun_digests digests;
	struct mun_pump *pump;
	struct image image;
	uint8_t expected[64];
	size_t len;

	assert_non_null(got);
	image_open(&image, *state);
	image_add_member(&image, "X-0001/a", data, 700000);
	image_add_member(&image, "X-0001/b", data, 700000);
	image_add_member(&image, "X-0001/c", data, 700000);
	image_add_end(&image);
	image_store(&image, image.len);
	start(&image, image.len, &pump, &reader, 1);

	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	for (size_t i = 0; i < 700000; i += 70000) {
		MUN_EXPECT_OK(
		    mun_package_reader_read(reader, got + i, 70000, &len, &err),
		    &err);
		assert_int_equal(len, 70000);
	}
	assert_memory_equal(got, data, 700000);
	MUN_EXPECT_OK(
	    mun_package_reader_read(reader, got, 1, &len, &err), &err);
	assert_int_equal(len, 0);

	/* A part, then the rest: the digests are of all. */
	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	MUN_EXPECT_OK(
	    mun_package_reader_read(reader, got, 100, &len, &err), &err);
	assert_memory_equal(got, data, 100);
	MUN_EXPECT_OK(mun_package_reader_digests(reader, &digests, &err), &err);
	mun_sha512_of(expected, data, 700000);
	assert_memory_equal(digests.sha512, expected, 64);
	MUN_EXPECT_OK(mun_package_reader_digests(reader, &digests, &err), &err);
	assert_memory_equal(digests.sha512, expected, 64);

	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	buf.max = 699999;
	MUN_EXPECT_STATUS(
	    mun_package_reader_whole(reader, &buf, &err), MUN_ERR_LIMIT, &err);
	assert_int_equal(buf.len, 0);
	buf.max = 700000;
	MUN_EXPECT_OK(mun_package_reader_whole(reader, &buf, &err), &err);
	assert_int_equal(buf.len, 700000);
	assert_memory_equal(buf.data, data, 700000);
	MUN_EXPECT_STATUS(mun_package_reader_next(reader, &member, &err),
	    MUN_ERR_NOT_FOUND, &err);

	mun_package_reader_free(reader);
	mun_pump_free(pump);
	mun_buffer_free(&buf);
	free(data);
	free(got);
	image_close(&image);
}

/* Lines of all lengths around the buffer's end, in one member. */
static size_t
make_lines(struct image *text)
{
	char *line = malloc(300000);
	size_t count = 0;

	assert_non_null(line);
	for (size_t i = 0; i < 3000; i++) {
		size_t len = i * 7 % 500;

		if (i == 1000)
			len = 299999;
		memset(line, (int)('a' + i % 26), len);
		line[len] = '\n';
		image_add(text, line, len + 1);
		count++;
	}
	free(line);
	return count;
}

static void
expect_line(const struct image *text, size_t *at, const char *line, size_t len)
{
	assert_true(*at + len < text->len);
	assert_memory_equal(line, text->bytes + *at, len);
	assert_int_equal(text->bytes[*at + len], '\n');
	*at += len + 1;
}

static void
test_lines_are_read_wherever_they_lie(void **state)
{
	struct image text = { .fd = -1 };
	size_t count = make_lines(&text);
	struct mun_package_reader *reader;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_package_member member;
	struct mun_digests digests;
	struct mun_pump *pump;
	struct image image;
	uint8_t expected[64];
	const char *line;
	size_t len;
	size_t at = 0;

	image_open(&image, *state);
	image_add_member(&image, "X-0001/empty", NULL, 0);
	image_add_member(&image, "X-0001/lines", text.bytes, text.len);
	image_add_end(&image);
	image_store(&image, image.len);
	start(&image, image.len, &pump, &reader, 2);

	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	MUN_EXPECT_STATUS(mun_package_reader_line(reader, &line, &len, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	for (size_t i = 0; i < count; i++) {
		MUN_EXPECT_OK(
		    mun_package_reader_line(reader, &line, &len, &err), &err);
		expect_line(&text, &at, line, len);
	}
	MUN_EXPECT_STATUS(mun_package_reader_line(reader, &line, &len, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_OK(mun_package_reader_digests(reader, &digests, &err), &err);
	mun_sha256_of(expected, text.bytes, text.len);
	assert_memory_equal(digests.sha256, expected, 32);

	mun_package_reader_free(reader);
	mun_pump_free(pump);
	free(text.bytes);
	image_close(&image);
}

static void
test_lines_are_read_side_by_side(void **state)
{
	struct image text = { .fd = -1 };
	size_t count = make_lines(&text);
	struct mun_package_cursor cursor;
	struct mun_package_member members[2];
	struct mun_package_lines *lines[2];
	struct mun_error err = MUN_ERROR_INIT;
	struct image image;
	const char *line;
	size_t at[2] = { 0, 0 };
	size_t len;

	image_open(&image, *state);
	image_add_member(&image, "X-0001/a", text.bytes, text.len);
	image_add_member(&image, "X-0001/b", text.bytes, text.len);
	image_add_end(&image);
	image_store(&image, image.len);
	cursor = (struct mun_package_cursor){ .fd = image.fd,
		.file_size = image.len };
	for (int i = 0; i < 2; i++) {
		MUN_EXPECT_OK(
		    mun_package_cursor_next(&cursor, &members[i], &err), &err);
		MUN_EXPECT_OK(mun_package_lines_open(
				  &lines[i], image.fd, &members[i], &err),
		    &err);
	}
	MUN_EXPECT_STATUS(mun_package_cursor_next(&cursor, &members[0], &err),
	    MUN_ERR_NOT_FOUND, &err);
	for (size_t n = 0; n < count * 2; n++) {
		MUN_EXPECT_OK(
		    mun_package_lines_next(lines[n % 2], &line, &len, &err),
		    &err);
		expect_line(&text, &at[n % 2], line, len);
	}
	for (int i = 0; i < 2; i++) {
		MUN_EXPECT_STATUS(
		    mun_package_lines_next(lines[i], &line, &len, &err),
		    MUN_ERR_NOT_FOUND, &err);
		mun_package_lines_free(lines[i]);
	}
	free(text.bytes);
	image_close(&image);
}

static void
test_an_unended_or_endless_line_is_refused(void **state)
{
	size_t long_len = MUN_LINE_MAX + 2;
	char *long_line = malloc(long_len);
	struct mun_package_reader *reader;
	struct mun_package_cursor cursor;
	struct mun_package_lines *lines;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_package_member member;
	struct mun_pump *pump;
	struct image image;
	const char *line;
	size_t len;

	assert_non_null(long_line);
	memset(long_line, 'x', long_len);
	long_line[long_len - 1] = '\n';
	image_open(&image, *state);
	image_add_member(&image, "X-0001/a", "one\ntwo", 7);
	/* A LF further on is not this line's. */
	image_add_member(&image, "X-0001/a2", "\n", 1);
	image_add_member(&image, "X-0001/b", long_line, long_len);
	image_add_member(&image, "X-0001/c", long_line + 1, long_len - 1);
	image_add_end(&image);
	image_store(&image, image.len);
	start(&image, image.len, &pump, &reader, 0);
	cursor = (struct mun_package_cursor){ .fd = image.fd,
		.file_size = image.len };

	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	MUN_EXPECT_OK(mun_package_reader_line(reader, &line, &len, &err), &err);
	MUN_EXPECT_STATUS(mun_package_reader_line(reader, &line, &len, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "X-0001/a");
	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	MUN_EXPECT_STATUS(mun_package_reader_line(reader, &line, &len, &err),
	    MUN_ERR_LIMIT, &err);
	MUN_EXPECT_OK(mun_package_reader_next(reader, &member, &err), &err);
	MUN_EXPECT_OK(mun_package_reader_line(reader, &line, &len, &err), &err);
	assert_int_equal(len, MUN_LINE_MAX);
	MUN_EXPECT_STATUS(mun_package_reader_next(reader, &member, &err),
	    MUN_ERR_NOT_FOUND, &err);

	MUN_EXPECT_OK(mun_package_cursor_next(&cursor, &member, &err), &err);
	MUN_EXPECT_OK(
	    mun_package_lines_open(&lines, image.fd, &member, &err), &err);
	MUN_EXPECT_OK(mun_package_lines_next(lines, &line, &len, &err), &err);
	MUN_EXPECT_STATUS(mun_package_lines_next(lines, &line, &len, &err),
	    MUN_ERR_FORMAT, &err);
	mun_package_lines_free(lines);
	MUN_EXPECT_OK(mun_package_cursor_next(&cursor, &member, &err), &err);
	MUN_EXPECT_OK(mun_package_cursor_next(&cursor, &member, &err), &err);
	MUN_EXPECT_OK(
	    mun_package_lines_open(&lines, image.fd, &member, &err), &err);
	MUN_EXPECT_STATUS(mun_package_lines_next(lines, &line, &len, &err),
	    MUN_ERR_LIMIT, &err);
	mun_package_lines_free(lines);

	mun_package_reader_free(reader);
	mun_pump_free(pump);
	free(long_line);
	image_close(&image);
}

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
	    read_all(&image, image.len, &err), MUN_ERR_NOT_FOUND, &err);
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
	struct image image;

	make_small(&image, *state);
	for (size_t len = 0; len < image.len; len++) {
		struct mun_error err = MUN_ERROR_INIT;

		image_store(&image, len);
		MUN_EXPECT_STATUS(
		    read_all(&image, len, &err), MUN_ERR_FORMAT, &err);
		MUN_EXPECT_TEXT(&err, "byte");
		/* The cursor does not judge the end. */
		MUN_EXPECT_STATUS(walk(&image, len, &err),
		    len >= image.len - 512 ? MUN_ERR_NOT_FOUND : MUN_ERR_FORMAT,
		    &err);
		/* And when the file was longer a moment ago. */
		image_store(&image, len);
		MUN_EXPECT_STATUS(
		    read_all(&image, image.len, &err), MUN_ERR_FORMAT, &err);
	}
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
		MUN_EXPECT_STATUS(
		    read_all(&image, image.len, &err), MUN_ERR_FORMAT, &err);
		MUN_EXPECT_TEXT(&err, "after the end, from byte");
		/* Appended after the size was taken. */
		image_store(&image, image.len);
		MUN_EXPECT_STATUS(
		    read_all(&image, len, &err), MUN_ERR_FORMAT, &err);
		image.len = len;
	}
	/* A second archive behind the first. */
	image_add_member(&image, "X-0001/bagit.txt", "bag\n", 4);
	image_add_end(&image);
	image_store(&image, image.len);
	assert_int_equal(read_all(&image, image.len, NULL), MUN_ERR_FORMAT);
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
	for (size_t bit = 0; bit < image.len * 8; bit++) {
		uint8_t byte = image.bytes[bit / 8];
		uint8_t flipped = (uint8_t)(byte ^ 1U << bit % 8);
		off_t at = (off_t)(bit / 8);
		enum mun_status status;

		assert_int_equal(pwrite(image.fd, &flipped, 1, at), 1);
		assert_int_equal(lseek(image.fd, 0, SEEK_SET), 0);
		status = read_through(pump, &image, image.len, NULL);
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
		MUN_EXPECT_STATUS(
		    read_all(&image, image.len, &err), MUN_ERR_FORMAT, &err);
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
	uint8_t *data = noise(1000000);

	for (int at_member = 0; at_member < 3; at_member++) {
		make_small(&image, *state);
		image_add(&image, data, 1000000);
		image_store(&image, image.len);
		start(&image, image.len, &pump, &reader, 1);
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
	start(&image, image.len, &pump, &reader, 0);
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
	start(&image, image.len, &pump, &reader, 0);
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
		IN_SCRATCH(
		    test_every_member_size_gives_its_digests_and_the_files),
		IN_SCRATCH(test_read_and_whole_give_the_data),
		IN_SCRATCH(test_lines_are_read_wherever_they_lie),
		IN_SCRATCH(test_lines_are_read_side_by_side),
		IN_SCRATCH(test_an_unended_or_endless_line_is_refused),
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
