/* SPDX-License-Identifier: BSD-2-Clause */
/* image.c - an archive made in memory, put into a file, and read. */
#include "image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcntl.h>

void
image_open(struct image *image, const struct mun_scratch *scratch)
{
	*image = (struct image){ .fd = -1 };
	image->fd =
	    openat(scratch->fd, "a.tar", O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(image->fd >= 0);
}

void
image_close(struct image *image)
{
	free(image->bytes);
	close(image->fd);
}

void
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

void
image_add_member(
    struct image *image, const char *path, const void *data, size_t len)
{
	uint8_t header[MUN_TAR_HEADER_MAX];

	image_add(image, header, mun_tar_header(header, path, len));
	image_add(image, data, len);
	image_add(image, NULL, mun_tar_padding(len));
}

void
image_add_end(struct image *image)
{
	image_add(image, NULL, MUN_TAR_END_LEN);
}

void
image_store(struct image *image, size_t len)
{
	assert_int_equal(ftruncate(image->fd, 0), 0);
	assert_int_equal(pwrite(image->fd, image->bytes, len, 0), len);
	assert_int_equal(lseek(image->fd, 0, SEEK_SET), 0);
}

void
image_start(struct image *image, size_t file_size, struct mun_pump **pump,
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

enum mun_status
image_read_through(struct mun_pump *pump, struct image *image, size_t file_size,
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

enum mun_status
image_read_all(struct image *image, size_t file_size, struct mun_error *err)
{
	const struct mun_pump_options options = { .write_fd = -1 };
	struct mun_pump *pump;
	enum mun_status status;

	MUN_EXPECT_OK(mun_pump_new(&pump, &options, err), err);
	status = image_read_through(pump, image, file_size, err);
	mun_pump_free(pump);
	return status;
}

uint8_t *
image_noise(size_t len)
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
