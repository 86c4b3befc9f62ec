/* SPDX-License-Identifier: BSD-2-Clause */
/* spool.c - see spool.h. */
#include "ingest/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

void
mun_spool_init(struct mun_spool *spool, int dir_fd, size_t memory_max)
{
	*spool = (struct mun_spool){ .dir_fd = dir_fd,
		.fd = -1,
		.memory = MUN_BUFFER_INIT(memory_max) };
}

/* The name lives only between two calls, under the deposit's own lock. */
static enum mun_status
open_file(struct mun_spool *spool, struct mun_error *err)
{
	static const char name[] = "spool";

	spool->fd = openat(spool->dir_fd, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (spool->fd < 0)
		return mun_error_system(err, errno, "make a spool file");
	if (unlinkat(spool->dir_fd, name, 0) != 0)
		return mun_error_system(err, errno, "unname a spool file");
	return MUN_OK;
}

static enum mun_status
write_out(struct mun_spool *spool, const void *bytes, size_t len,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (spool->fd < 0)
		MUN_TRY(open_file(spool, err));
	MUN_TRY(mun_file_write_all(spool->fd, bytes, len, err));
	spool->in_file += len;
out:
	return status;
}

enum mun_status
mun_spool_append(struct mun_spool *spool, const void *bytes, size_t len,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (len > spool->memory.max - spool->memory.len) {
		MUN_TRY(write_out(
		    spool, spool->memory.data, spool->memory.len, err));
		mun_buffer_reset(&spool->memory);
	}
	if (len > spool->memory.max)
		return write_out(spool, bytes, len, err);
	mun_buffer_append(&spool->memory, bytes, len);
	status = mun_buffer_status(&spool->memory, "spool", err);
out:
	return status;
}

enum mun_status
mun_spool_take(
    struct mun_spool *spool, struct mun_buffer *line, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_buffer_status(line, "line of metadata", err));
	status = mun_spool_append(spool, line->data, line->len, err);
out:
	mun_buffer_reset(line);
	return status;
}

uint64_t
mun_spool_size(const struct mun_spool *spool)
{
	return spool->in_file + spool->memory.len;
}

enum mun_status
mun_spool_read(struct mun_spool *spool, void *out, size_t len, size_t *got,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	size_t left;

	*got = 0;
	if (spool->read < spool->in_file) {
		uint64_t in_file = spool->in_file - spool->read;

		if (len > in_file)
			len = (size_t)in_file;
		MUN_TRY(mun_file_read_at(
		    spool->fd, out, len, spool->read, got, err));
		if (*got != len)
			status = mun_error_set(
			    err, MUN_ERR_SYSTEM, "a spool file got shorter");
		spool->read += *got;
		goto out;
	}
	left = (size_t)(mun_spool_size(spool) - spool->read);
	if (left == 0)
		goto out;
	*got = len < left ? len : left;
	memcpy(out, spool->memory.data + spool->memory.len - left, *got);
	spool->read += *got;
out:
	return status;
}

enum mun_status
mun_spool_copy(
    struct mun_spool *spool, struct mun_spool *from, struct mun_error *err)
{
	enum mun_status status;
	uint8_t piece[8192];
	size_t got;

	from->read = 0;
	do {
		MUN_TRY(mun_spool_read(from, piece, sizeof(piece), &got, err));
		MUN_TRY(mun_spool_append(spool, piece, got, err));
	} while (got > 0);
out:
	return status;
}

void
mun_spool_reset(struct mun_spool *spool)
{
	mun_file_close(&spool->fd);
	mun_buffer_reset(&spool->memory);
	spool->in_file = spool->read = 0;
}

void
mun_spool_free(struct mun_spool *spool)
{
	mun_file_close(&spool->fd);
	mun_buffer_free(&spool->memory);
	spool->in_file = spool->read = 0;
}
