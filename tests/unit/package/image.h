/* SPDX-License-Identifier: BSD-2-Clause */
/* image.h - an archive made in memory, put into a file, and read. */
#ifndef MUN_TEST_PACKAGE_IMAGE_H
#define MUN_TEST_PACKAGE_IMAGE_H

#include "harness/harness.h"

#include "package/package.h"

/* An archive in memory, and where it is written for the reader. */
struct image {
	uint8_t *bytes;
	size_t len;
	size_t capacity;
	int fd;
};

void image_open(struct image *image, const struct mun_scratch *scratch);
void image_close(struct image *image);
void image_add(struct image *image, const void *bytes, size_t len);
void image_add_member(
    struct image *image, const char *path, const void *data, size_t len);
void image_add_end(struct image *image);
/* Put the first len bytes where the reader reads them. */
void image_store(struct image *image, size_t len);
void image_start(struct image *image, size_t file_size, struct mun_pump **pump,
    struct mun_package_reader **reader, unsigned threads);
/* Read all members without looking at them, through a pump that may be used;
 * the status that ended it. */
enum mun_status image_read_through(struct mun_pump *pump, struct image *image,
    size_t file_size, struct mun_error *err);
enum mun_status image_read_all(
    struct image *image, size_t file_size, struct mun_error *err);
uint8_t *image_noise(size_t len);

#endif
