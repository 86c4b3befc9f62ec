/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tar_header.c - a member's header made from its path and size, and read back.
 *
 * The bytes are those of libarchive's restricted pax writer for a regular
 * file, mode 0444, owner 0, no names, time 0; tests compare.  Reading trusts
 * nothing: it takes path and size out, makes the header and compares.
 *
 * Spec: docs/format/tar.md; POSIX.1-2017 pax, "ustar Interchange Format".
 */
#include "package/package_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

/* Offsets of the fields of a ustar header, and their lengths. */
enum {
	NAME = 0,
	NAME_LEN = 100,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	SIZE_LEN = 12,
	MTIME = 136,
	CHECKSUM = 148,
	CHECKSUM_LEN = 8,
	TYPE = 156,
	MAGIC = 257,
	DEVICE_MAJOR = 329,
	DEVICE_MINOR = 337
};

enum {
	TYPE_FILE = '0',
	TYPE_PAX = 'x'
};

/* Above this 11 octal digits do not hold a size; from here a pax record says
 * it, and the field is whatever still fits. */
#define SIZE_PLAIN_MAX ((UINT64_C(1) << 33) - 1)
#define SIZE_OCTAL_MAX ((UINT64_C(1) << 36) - 1)
#define SIZE_MAX_63 ((uint64_t)INT64_MAX)

#define PAX_FOLDER "PaxHeader/"

static void
put_text(uint8_t *field, const char *text)
{
	memcpy(field, text, strlen(text));
}

static void
put_octal(uint8_t *field, unsigned digits, uint64_t value)
{
	while (digits > 0) {
		field[--digits] = (uint8_t)('0' + (value & 7));
		value >>= 3;
	}
}

static void
put_size(uint8_t field[SIZE_LEN], uint64_t size)
{
	if (size <= SIZE_PLAIN_MAX) {
		put_octal(field, 11, size);
		field[11] = ' ';
	} else if (size <= SIZE_OCTAL_MAX) {
		put_octal(field, SIZE_LEN, size);
	} else {
		/* GNU base-256: a set top bit, then a big-endian number. */
		field[0] = 0x80;
		for (unsigned i = SIZE_LEN - 1; i > 0; i--) {
			field[i] = (uint8_t)(size & 0xff);
			size >>= 8;
		}
	}
}

/* POSIX: the sum of all bytes, the checksum field taken as spaces. */
static void
put_checksum(uint8_t block[MUN_TAR_BLOCK])
{
	uint64_t sum = 0;

	memset(block + CHECKSUM, ' ', CHECKSUM_LEN);
	for (size_t i = 0; i < MUN_TAR_BLOCK; i++)
		sum += block[i];
	put_octal(block + CHECKSUM, 6, sum);
	block[CHECKSUM + 6] = '\0';
}

/* One 512-byte header; everything in it but name, size and type is fixed. */
static void
put_block(
    uint8_t block[MUN_TAR_BLOCK], const char *name, uint64_t size, char type)
{
	memset(block, 0, MUN_TAR_BLOCK);
	put_text(block + NAME, name);
	put_text(block + MODE, "000444 ");
	put_text(block + UID, "000000 ");
	put_text(block + GID, "000000 ");
	put_size(block + SIZE, size);
	put_text(block + MTIME, "00000000000 ");
	block[TYPE] = (uint8_t)type;
	put_text(block + MAGIC, "ustar");
	/* Version "00" follows the magic's NUL. */
	put_text(block + MAGIC + 6, "00");
	put_text(block + DEVICE_MAJOR, "000000 ");
	put_text(block + DEVICE_MINOR, "000000 ");
	put_checksum(block);
}

/* "<length> size=<size>\n", the length counting itself: two digits always, as
 * the record has 18 to 28 bytes. */
static size_t
put_pax_record(uint8_t *out, uint64_t size)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "00 size=%" PRIu64 "\n", size);

	MUN_ASSERT(len >= 10 && len <= 99);
	text[0] = (char)('0' + len / 10);
	text[1] = (char)('0' + len % 10);
	put_text(out, text);
	return (size_t)len;
}

/* The pax member's name: PaxHeader/ before the last component. */
static void
make_pax_name(char out[NAME_LEN + 1], const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash == NULL ? 0 : (int)(slash + 1 - path);
	int len = snprintf(out, NAME_LEN + 1, "%.*s" PAX_FOLDER "%s", folder,
	    path, path + folder);

	MUN_ASSERT(len > 0 && len <= NAME_LEN);
}

bool
mun_tar_path_is_valid(const char *path)
{
	size_t len = strlen(path);
	size_t component = 0; /* length of the current one */
	bool only_dots = true;

	if (len == 0 || len > MUN_TAR_PATH_MAX)
		return false;
	for (size_t i = 0; i <= len; i++) {
		char c = path[i];

		if (c == '/' || c == '\0') {
			if (component == 0 || (only_dots && component <= 2))
				return false;
			component = 0;
			only_dots = true;
			continue;
		}
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '.' || c == '_' ||
			c == '-'))
			return false;
		only_dots = only_dots && c == '.';
		component++;
	}
	return true;
}

size_t
mun_tar_header(uint8_t out[MUN_TAR_HEADER_MAX], const char *path, uint64_t size)
{
	char pax_name[NAME_LEN + 1];
	size_t record_len;
	size_t len = 0;

	MUN_ASSERT(mun_tar_path_is_valid(path));
	MUN_ASSERT(size <= SIZE_MAX_63);
	if (size > SIZE_PLAIN_MAX) {
		make_pax_name(pax_name, path);
		memset(out + MUN_TAR_BLOCK, 0, MUN_TAR_BLOCK);
		record_len = put_pax_record(out + MUN_TAR_BLOCK, size);
		put_block(out, pax_name, record_len, TYPE_PAX);
		len = (size_t)2 * MUN_TAR_BLOCK;
	}
	put_block(out + len, path, size, TYPE_FILE);
	return len + MUN_TAR_BLOCK;
}

size_t
mun_tar_padding(uint64_t size)
{
	return (size_t)((MUN_TAR_BLOCK - size % MUN_TAR_BLOCK) % MUN_TAR_BLOCK);
}

/* The number in a size field, whichever of the three forms it has.  Lenient:
 * the comparison decides. */
static uint64_t
take_size(const uint8_t field[SIZE_LEN])
{
	uint64_t size = 0;
	bool is_binary = (field[0] & 0x80) != 0;

	for (unsigned i = is_binary ? 4 : 0; i < SIZE_LEN; i++) {
		if (is_binary)
			size = size << 8 | field[i];
		else if (field[i] >= '0' && field[i] <= '7')
			size = size << 3 | (uint64_t)(field[i] - '0');
		else
			break;
	}
	return size;
}

static enum mun_status
take_path(
    char path[MUN_TAR_PATH_MAX + 1], const uint8_t *name, struct mun_error *err)
{
	size_t len = strnlen((const char *)name, NAME_LEN);

	if (len > MUN_TAR_PATH_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the name is longer than %d bytes", MUN_TAR_PATH_MAX);
	memcpy(path, name, len);
	path[len] = '\0';
	if (!mun_tar_path_is_valid(path))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the name is not one this format makes");
	return MUN_OK;
}

enum mun_status
mun_tar_header_parse(struct mun_package_member *member, size_t *needed,
    const uint8_t *bytes, size_t len, struct mun_error *err)
{
	uint8_t expected[MUN_TAR_HEADER_MAX];
	const uint8_t *last;
	enum mun_status status;
	uint64_t size;
	size_t i;

	MUN_ASSERT(len >= MUN_TAR_BLOCK);
	*needed = MUN_TAR_BLOCK;
	if (bytes[TYPE] == TYPE_PAX)
		*needed = (size_t)3 * MUN_TAR_BLOCK;
	if (len < *needed)
		return MUN_OK;
	last = bytes + *needed - MUN_TAR_BLOCK;
	size = take_size(last + SIZE);
	if (size > SIZE_MAX_63)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the size in the header is out of range");
	MUN_TRY(take_path(member->path, last + NAME, err));
	if (mun_tar_header(expected, member->path, size) != *needed)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "a pax header stands exactly before members of 8 GiB or "
		    "more");
	for (i = 0; i < *needed && expected[i] == bytes[i]; i++)
		;
	if (i < *needed)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "byte %zu of the header is not the one its name and size "
		    "demand",
		    i);
	member->size = size;
out:
	return status;
}
