/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_zip.c - the parcel as one zip: files stored as they are, in bytewise
 * order of their names, below one folder; with zip64 where a size or an offset
 * needs it.
 *
 * A writer of one form only.  libarchive's puts sizes behind the data of a
 * stored file, which some readers cannot follow; here they stand before it, as
 * each file is read twice.
 *
 * Spec: PKWARE APPNOTE.TXT 6.3.9, sections 4.3 and 4.5.3.
 */
#include "export/export_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	VERSION_PLAIN = 10,
	VERSION_ZIP64 = 45,
	MADE_BY_UNIX = 3 << 8,
	DATE = (0 << 9) | (1 << 5) | 1, /* 1980-01-01 */
	EXTRA_ZIP64 = 1,
	NAME_MAX_LEN = 600
};
#define MODE (UINT32_C(0100444) << 16)
#define LIMIT UINT32_C(0xffffffff)

struct file {
	const char *name; /* borrowed */
	uint64_t size, offset; /* of its local header */
	uint32_t crc;
};

struct zip {
	struct mun_exporting *exporting;
	int fd;
	uint64_t offset; /* written so far */
	struct file *files;
	size_t count;
	struct mun_buffer head; /* records under way */
	uint8_t *block;
	uint32_t table[256];
};

/* ---- CRC-32, as in APPNOTE 4.4.7 ---- */

static void
make_table(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;

		for (int bit = 0; bit < 8; bit++)
			value = (value & 1) != 0
			    ? UINT32_C(0xedb88320) ^ (value >> 1)
			    : value >> 1;
		table[i] = value;
	}
}

static uint32_t
update(
    const uint32_t table[256], uint32_t crc, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >> 8);
	return crc;
}

/* ---- little-endian numbers ---- */

static void
put(struct zip *zip, uint64_t number, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		mun_buffer_append_byte(
		    &zip->head, (uint8_t)(number >> (8 * i) & 0xff));
}

static void
put_name(struct zip *zip, const struct file *file)
{
	mun_buffer_append_text(&zip->head, zip->exporting->base);
	mun_buffer_append_byte(&zip->head, '/');
	mun_buffer_append_text(&zip->head, file->name);
}

static size_t
name_len(const struct zip *zip, const struct file *file)
{
	return strlen(zip->exporting->base) + 1 + strlen(file->name);
}

static enum mun_status
flush(struct zip *zip, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_buffer_status(&zip->head, "zip", err));
	MUN_TRY(
	    mun_file_write_all(zip->fd, zip->head.data, zip->head.len, err));
	zip->offset += zip->head.len;
	mun_buffer_reset(&zip->head);
out:
	return status;
}

/* ---- records ---- */

static bool
is_large(const struct file *file)
{
	return file->size >= LIMIT;
}

/* What local and central header have in common. */
static void
put_common(
    struct zip *zip, const struct file *file, bool zip64, unsigned extra_len)
{
	put(zip, zip64 ? VERSION_ZIP64 : VERSION_PLAIN, 2);
	put(zip, 1 << 11, 2); /* names are UTF-8 */
	put(zip, 0, 2); /* stored */
	put(zip, 0, 2);
	put(zip, DATE, 2);
	put(zip, file->crc, 4);
	put(zip, is_large(file) ? LIMIT : file->size, 4);
	put(zip, is_large(file) ? LIMIT : file->size, 4);
	put(zip, name_len(zip, file), 2);
	put(zip, extra_len, 2);
}

static void
put_local(struct zip *zip, const struct file *file)
{
	bool large = is_large(file);

	put(zip, 0x04034b50, 4);
	put_common(zip, file, large, large ? 20 : 0);
	put_name(zip, file);
	if (large) {
		put(zip, EXTRA_ZIP64, 2);
		put(zip, 16, 2);
		put(zip, file->size, 8);
		put(zip, file->size, 8);
	}
}

static void
put_central(struct zip *zip, const struct file *file)
{
	bool large = is_large(file), far = file->offset >= LIMIT;
	unsigned extra = (large ? 16u : 0) + (far ? 8u : 0);

	put(zip, 0x02014b50, 4);
	put(zip, MADE_BY_UNIX | VERSION_ZIP64, 2);
	put_common(zip, file, large || far, extra == 0 ? 0 : extra + 4);
	put(zip, 0, 2); /* comment */
	put(zip, 0, 2); /* disk */
	put(zip, 0, 2);
	put(zip, MODE, 4);
	put(zip, far ? LIMIT : file->offset, 4);
	put_name(zip, file);
	if (extra == 0)
		return;
	put(zip, EXTRA_ZIP64, 2);
	put(zip, extra, 2);
	if (large) {
		put(zip, file->size, 8);
		put(zip, file->size, 8);
	}
	if (far)
		put(zip, file->offset, 8);
}

static void
put_end(struct zip *zip, uint64_t start, uint64_t size)
{
	bool zip64 = start >= LIMIT || size >= LIMIT || zip->count >= 0xffff;

	if (zip64) {
		put(zip, 0x06064b50, 4);
		put(zip, 44, 8);
		put(zip, MADE_BY_UNIX | VERSION_ZIP64, 2);
		put(zip, VERSION_ZIP64, 2);
		put(zip, 0, 8); /* disks */
		put(zip, zip->count, 8);
		put(zip, zip->count, 8);
		put(zip, size, 8);
		put(zip, start, 8);
		put(zip, 0x07064b50, 4);
		put(zip, 0, 4);
		put(zip, start + size, 8);
		put(zip, 1, 4);
	}
	put(zip, 0x06054b50, 4);
	put(zip, 0, 4); /* disks */
	put(zip, zip->count >= 0xffff ? 0xffff : zip->count, 2);
	put(zip, zip->count >= 0xffff ? 0xffff : zip->count, 2);
	put(zip, size >= LIMIT ? LIMIT : size, 4);
	put(zip, start >= LIMIT ? LIMIT : start, 4);
	put(zip, 0, 2);
}

/* ---- files ---- */

/* Read an open file to its end, into the zip or only through the CRC. */
static enum mun_status
pass_over(struct zip *zip, int fd, struct file *file, bool copy,
    struct mun_error *err)
{
	uint32_t crc = LIMIT;
	uint64_t size = 0;
	enum mun_status status = MUN_OK;
	size_t got;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return mun_error_system(
		    err, errno, "cannot read '%s'", file->name);
	do {
		MUN_TRY(mun_file_read_full(
		    fd, zip->block, MUN_BLOCK_LEN, &got, err));
		crc = update(zip->table, crc, zip->block, got);
		size += got;
		if (copy)
			MUN_TRY(
			    mun_file_write_all(zip->fd, zip->block, got, err));
	} while (got == MUN_BLOCK_LEN);
	crc ^= LIMIT;
	if (copy && (crc != file->crc || size != file->size))
		status = mun_error_set(err, MUN_ERR_SYSTEM,
		    "'%s' was read in two ways", file->name);
	file->crc = crc;
	file->size = size;
out:
	return status;
}

static enum mun_status
put_file(struct zip *zip, struct file *file, struct mun_error *err)
{
	enum mun_status status;
	uint64_t size;
	int fd = -1;

	MUN_TRY(mun_file_open_regular(
	    zip->exporting->fd, file->name, &fd, &size, err));
	MUN_TRY(pass_over(zip, fd, file, false, err));
	file->offset = zip->offset;
	put_local(zip, file);
	MUN_TRY(flush(zip, err));
	MUN_TRY(pass_over(zip, fd, file, true, err));
	zip->offset += file->size;
out:
	mun_file_close(&fd);
	return status;
}

static int
compare_files(const void *a, const void *b)
{
	const struct file *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static enum mun_status
put_all(struct zip *zip, struct mun_error *err)
{
	enum mun_status status;
	uint64_t start;

	for (size_t i = 0; i < zip->count; i++)
		zip->files[i].name = zip->exporting->files[i];
	qsort(zip->files, zip->count, sizeof(*zip->files), compare_files);
	for (size_t i = 0; i < zip->count; i++)
		MUN_TRY(put_file(zip, &zip->files[i], err));
	start = zip->offset;
	for (size_t i = 0; i < zip->count; i++) {
		put_central(zip, &zip->files[i]);
		MUN_TRY(flush(zip, err));
	}
	put_end(zip, start, zip->offset - start);
	status = flush(zip, err);
out:
	return status;
}

enum mun_status
mun_export_zip(struct mun_exporting *exporting, int fd, struct mun_error *err)
{
	struct zip zip = { .exporting = exporting,
		.fd = fd,
		.count = exporting->file_count,
		.head = MUN_BUFFER_INIT(NAME_MAX_LEN + 256) };
	enum mun_status status;

	make_table(zip.table);
	zip.files = calloc(zip.count + 1, sizeof(*zip.files));
	zip.block = malloc(MUN_BLOCK_LEN);
	if (zip.files == NULL || zip.block == NULL)
		status = mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a zip");
	else
		status = put_all(&zip, err);
	free(zip.files);
	free(zip.block);
	mun_buffer_free(&zip.head);
	return status;
}
