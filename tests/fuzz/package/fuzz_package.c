/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_package.c - the reader and the cursor, on archives made from a script.
 *
 * Raw bytes would never get past a checksum, so the input is text, a command
 * per line, that builds an archive and then damages it:
 *
 *   m PATH SIZE    a member with its header, SIZE bytes and padding
 *   h PATH SIZE    a header alone, claiming SIZE
 *   r BYTES        these bytes
 *   z COUNT        zero bytes
 *   e              the end
 *   x OFFSET BYTE  overwrite a byte (decimal)
 *   c OFFSET       make the checksum of that block right again
 *   t LENGTH       truncate
 *
 * Whatever is accepted must be, byte for byte, what its members make.
 */
/* memfd_create */
#define _GNU_SOURCE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/macros.h"
#include "package/package_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	IMAGE_MAX = 1 << 20,
	PIECE_MAX = 100000
};

static struct {
	uint8_t bytes[IMAGE_MAX];
	size_t len;
} image;

static void
add(const void *bytes, size_t len)
{
	if (len > IMAGE_MAX - image.len)
		return;
	if (bytes == NULL)
		memset(image.bytes + image.len, 0, len);
	else
		memcpy(image.bytes + image.len, bytes, len);
	image.len += len;
}

static void
add_member(const char *path, uint64_t size, bool has_data)
{
	static char text[PIECE_MAX]; /* lines; the last one is ended */
	uint8_t header[MUN_TAR_HEADER_MAX];

	if (!mun_tar_path_is_valid(path) || size > INT64_MAX)
		return;
	if (has_data && size > PIECE_MAX)
		size %= PIECE_MAX;
	add(header, mun_tar_header(header, path, size));
	if (!has_data)
		return;
	for (size_t i = 0; i < PIECE_MAX && text[0] == '\0'; i++)
		text[PIECE_MAX - 1 - i] = i % 7 == 0 ? '\n' : 'a';
	add(text + PIECE_MAX - size, (size_t)size);
	add(NULL, mun_tar_padding(size));
}

static void
fix_checksum(size_t offset)
{
	uint8_t *block = image.bytes + offset / MUN_TAR_BLOCK * MUN_TAR_BLOCK;
	unsigned sum = 0;
	char text[8];

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < MUN_TAR_BLOCK; i++)
		sum += block[i];
	(void)snprintf(text, sizeof(text), "%06o", sum & 0777777);
	memcpy(block + 148, text, 7);
}

/* The decimal at *text, which is stepped over; 0 if there is none. */
static uint64_t
take_number(const char **text)
{
	char *end;
	uint64_t number = strtoull(*text, &end, 10);

	*text = end;
	return number;
}

/* PATH SIZE */
static void
run_member(const char *words, bool has_data)
{
	char path[MUN_TAR_PATH_MAX + 1];
	size_t len = strcspn(words, " ");

	if (len > MUN_TAR_PATH_MAX)
		return;
	memcpy(path, words, len);
	path[len] = '\0';
	words += len;
	add_member(path, take_number(&words), has_data);
}

/* OFFSET BYTE */
static void
overwrite(const char *words)
{
	uint64_t offset = take_number(&words);

	if (offset < image.len)
		image.bytes[offset] = (uint8_t)take_number(&words);
}

static void
run_command(const char *line, size_t len)
{
	const char *words = line + (len > 2 ? 2 : len);
	uint64_t number;

	switch (line[0]) {
	case 'm':
	case 'h':
		run_member(words, line[0] == 'm');
		break;
	case 'r':
		add(words, len - (size_t)(words - line));
		break;
	case 'z':
		add(NULL, (size_t)(take_number(&words) % PIECE_MAX));
		break;
	case 'e':
		add(NULL, MUN_TAR_END_LEN);
		break;
	case 'x':
		overwrite(words);
		break;
	case 'c':
		number = take_number(&words);
		if (number / MUN_TAR_BLOCK < image.len / MUN_TAR_BLOCK)
			fix_checksum((size_t)number);
		break;
	case 't':
		number = take_number(&words);
		if (number < image.len)
			image.len = (size_t)number;
		break;
	default:
		break;
	}
}

static void
build_image(const uint8_t *data, size_t size)
{
	char line[600];
	size_t start = 0;

	image.len = 0;
	for (size_t i = 0; i <= size; i++) {
		size_t len = i - start;

		if (i < size && data[i] != '\n')
			continue;
		if (len > 0 && len < sizeof(line)) {
			memcpy(line, data + start, len);
			line[len] = '\0';
			run_command(line, len);
		}
		start = i + 1;
	}
}

/* Use the member in one of the ways there are; its data are known. */
static enum mun_status
use_member(struct mun_package_reader *reader,
    const struct mun_package_member *member, size_t way, struct mun_error *err)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(PIECE_MAX / 2);
	const uint8_t *data = image.bytes + member->offset;
	struct mun_digests digests;
	enum mun_status status = MUN_OK;
	uint8_t expected[MUN_SHA512_LEN];
	uint8_t piece[1000];
	const char *line;
	size_t len;

	switch (way % 5) {
	case 0:
		while (status == MUN_OK)
			status =
			    mun_package_reader_line(reader, &line, &len, err);
		break;
	case 1:
		status = mun_package_reader_whole(reader, &buf, err);
		if (status == MUN_OK && buf.len > 0)
			MUN_ASSERT(memcmp(buf.data, data, buf.len) == 0);
		break;
	case 2:
		status = mun_package_reader_read(
		    reader, piece, sizeof(piece), &len, err);
		if (status == MUN_OK && len > 0)
			MUN_ASSERT(memcmp(piece, data, len) == 0);
		break;
	case 3:
		status = mun_package_reader_digests(reader, &digests, err);
		mun_sha512_of(expected, data, (size_t)member->size);
		MUN_ASSERT(status != MUN_OK ||
		    memcmp(expected, digests.sha512, MUN_SHA512_LEN) == 0);
		break;
	default:
		break;
	}
	mun_buffer_free(&buf);
	return status;
}

/* Compare with what the reader's members make; at is where the next begins. */
static void
expect_member(const struct mun_package_member *member, size_t *at)
{
	uint8_t header[MUN_TAR_HEADER_MAX];
	size_t len = mun_tar_header(header, member->path, member->size);

	MUN_ASSERT(*at + len == member->offset);
	MUN_ASSERT(memcmp(image.bytes + *at, header, len) == 0);
	*at += len + (size_t)member->size + mun_tar_padding(member->size);
	MUN_ASSERT(*at <= image.len);
}

static void
read_members(
    struct mun_package_reader *reader, struct mun_package_cursor *cursor)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_package_member member;
	struct mun_package_member seen;
	enum mun_status status;
	size_t at = 0;

	for (size_t i = 0;; i++) {
		status = mun_package_reader_next(reader, &member, &err);
		if (status != MUN_OK)
			break;
		expect_member(&member, &at);
		MUN_ASSERT(
		    mun_package_cursor_next(cursor, &seen, &err) == MUN_OK);
		MUN_ASSERT(strcmp(seen.path, member.path) == 0 &&
		    seen.size == member.size && seen.offset == member.offset);
		status = use_member(reader, &member, i, &err);
		MUN_ASSERT(status == MUN_OK || status == MUN_ERR_NOT_FOUND ||
		    status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT);
	}
	MUN_ASSERT(status == MUN_ERR_NOT_FOUND || status == MUN_ERR_FORMAT);
	if (status == MUN_ERR_FORMAT)
		return;
	MUN_ASSERT(at + MUN_TAR_END_LEN == image.len);
	for (; at < image.len; at++)
		MUN_ASSERT(image.bytes[at] == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static struct mun_pump *pump;
	const struct mun_pump_options options = { .write_fd = -1 };
	struct mun_package_reader *reader;
	struct mun_package_cursor cursor;
	uint8_t expected[MUN_SHA256_LEN];
	uint8_t sha256[MUN_SHA256_LEN];

	if (fd < 0) {
		fd = memfd_create("package", 0);
		MUN_ASSERT(fd >= 0);
		MUN_ASSERT(mun_pump_new(&pump, &options, NULL) == MUN_OK);
	}
	build_image(data, size);
	MUN_ASSERT(ftruncate(fd, 0) == 0);
	MUN_ASSERT(pwrite(fd, image.bytes, image.len, 0) == (ssize_t)image.len);
	MUN_ASSERT(lseek(fd, 0, SEEK_SET) == 0);
	MUN_ASSERT(mun_package_reader_new(&reader, fd, image.len, pump, NULL) ==
	    MUN_OK);
	cursor =
	    (struct mun_package_cursor){ .fd = fd, .file_size = image.len };
	read_members(reader, &cursor);
	MUN_ASSERT(mun_package_reader_finish(reader, sha256, NULL) == MUN_OK);
	mun_sha256_of(expected, image.bytes, image.len);
	MUN_ASSERT(memcmp(sha256, expected, MUN_SHA256_LEN) == 0);
	mun_package_reader_free(reader);
	return 0;
}
