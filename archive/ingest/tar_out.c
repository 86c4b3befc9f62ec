/* SPDX-License-Identifier: BSD-2-Clause */
/* tar_out.c - see tar_out.h.  The profile is docs/format/tar.md. */
#include "ingest/tar_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "package/package.h"

enum {
	PUMP_THREADS = 2
};

static const uint8_t zeros[MUN_TAR_END_LEN];

enum mun_status
mun_tar_out_open(
    struct mun_tar_out *tar, int dir_fd, const char *id, struct mun_error *err)
{
	struct mun_pump_options options = { .threads = mun_pump_threads() };
	char name[MUN_ARCHIVE_ID_MAX + 5];

	(void)snprintf(tar->id, sizeof(tar->id), "%s", id);
	(void)snprintf(name, sizeof(name), "%s.tar", tar->id);
	tar->fd = openat(dir_fd, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (tar->fd < 0)
		return mun_error_system(err, errno, "make '%s'", name);
	options.write_fd = tar->fd;
	options.read_fd = tar->fd;
	options.reads_back = true;
	options.leaves_holes = true;
	return mun_pump_new(&tar->pump, &options, err);
}

void
mun_tar_out_close(struct mun_tar_out *tar)
{
	mun_pump_free(tar->pump);
	tar->pump = NULL;
	mun_file_close(&tar->fd);
}

enum mun_status
mun_tar_out_begin(struct mun_tar_out *tar, const char *path, uint64_t size,
    struct mun_error *err)
{
	char full[MUN_TAR_PATH_MAX + 1];
	uint8_t header[MUN_TAR_HEADER_MAX];
	size_t header_len;
	int len = snprintf(full, sizeof(full), "%s/%s", tar->id, path);

	if (len < 0 || (size_t)len >= sizeof(full))
		return mun_error_set(
		    err, MUN_ERR_INTERNAL, "member name '%s' too long", path);
	header_len = mun_tar_header(header, full, size);
	mun_pump_put(tar->pump, header, header_len, MUN_PUMP_STREAM);
	tar->offset += header_len;
	return MUN_OK;
}

enum mun_status
mun_tar_out_end(struct mun_tar_out *tar, uint64_t size,
    struct mun_digests *digests, struct mun_error *err)
{
	size_t padding = mun_tar_padding(size);
	enum mun_status status;

	MUN_TRY(mun_pump_end_item(tar->pump, digests, err));
	if (padding > 0)
		mun_pump_put(tar->pump, zeros, padding, MUN_PUMP_STREAM);
	tar->offset += size + padding;
out:
	return status;
}

void
mun_tar_out_mark(struct mun_tar_out *tar)
{
	tar->marked = tar->offset;
	mun_pump_mark(tar->pump);
}

enum mun_status
mun_tar_out_rewind(struct mun_tar_out *tar, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_pump_rewind(tar->pump, err));
	if (ftruncate(tar->fd, (off_t)tar->marked) != 0 ||
	    lseek(tar->fd, (off_t)tar->marked, SEEK_SET) < 0)
		status = mun_error_system(
		    err, errno, "go back in '%s.tar'", tar->id);
	tar->offset = tar->marked;
out:
	return status;
}

enum mun_status
mun_tar_out_bytes(struct mun_tar_out *tar, const char *path, const void *bytes,
    size_t len, struct mun_digests *digests, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_tar_out_begin(tar, path, len, err));
	mun_pump_put(tar->pump, bytes, len, MUN_PUMP_STREAM | MUN_PUMP_ITEM);
	status = mun_tar_out_end(tar, len, digests, err);
out:
	return status;
}

static enum mun_status
put_spool(
    struct mun_tar_out *tar, struct mun_spool *spool, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	size_t got;

	spool->read = 0;
	for (;;) {
		uint8_t *block = mun_pump_block(tar->pump);

		MUN_TRY(mun_spool_read(spool, block, MUN_BLOCK_LEN, &got, err));
		if (got == 0)
			break;
		mun_pump_submit(
		    tar->pump, got, MUN_PUMP_STREAM | MUN_PUMP_ITEM);
	}
out:
	return status;
}

enum mun_status
mun_tar_out_spools(struct mun_tar_out *tar, const char *path,
    struct mun_spool *const *spools, size_t count, struct mun_digests *digests,
    struct mun_error *err)
{
	enum mun_status status;
	uint64_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += mun_spool_size(spools[i]);
	MUN_TRY(mun_tar_out_begin(tar, path, size, err));
	for (size_t i = 0; i < count; i++)
		MUN_TRY(put_spool(tar, spools[i], err));
	status = mun_tar_out_end(tar, size, digests, err);
out:
	return status;
}

enum mun_status
mun_tar_out_finish(struct mun_tar_out *tar, uint8_t sha256[MUN_SHA256_LEN],
    struct mun_error *err)
{
	enum mun_status status;

	mun_pump_put(tar->pump, zeros, MUN_TAR_END_LEN, MUN_PUMP_STREAM);
	tar->offset += MUN_TAR_END_LEN;
	status = mun_pump_finish(tar->pump, sha256, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "'%s.tar'", tar->id);
		goto out;
	}
	status = mun_file_sync(tar->fd, "archive file", err);
out:
	return status;
}
