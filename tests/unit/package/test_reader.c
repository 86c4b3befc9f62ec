/* SPDX-License-Identifier: BSD-2-Clause */
/* test_reader.c - the reader gives back what was written. */
#include "image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	uint8_t *data = image_noise(3000001);
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
		image_start(&image, image.len, &pump, &reader, threads);
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
	uint8_t *data = image_noise(700000);
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
	image_start(&image, image.len, &pump, &reader, 1);

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
	image_start(&image, image.len, &pump, &reader, 2);

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
	image_start(&image, image.len, &pump, &reader, 0);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
