/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_check.c - the reader that follows the writer.
 *
 *   0 ... checked        read back and hashed
 *   checked ... flushed  on the disk and out of the cache
 *   flushed ... written  written, and flushed when a segment is full
 *
 * A unit is one read of up to MUN_BLOCK_LEN.  Units are counted, not queued:
 * whoever runs one reads at `checked`.
 */
#include "digest/digest_check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "digest/digest_lanes.h"

#define NO_OFFSET UINT64_MAX

struct mun_check {
	int write_fd, read_fd;
	uint64_t segment;

	pthread_mutex_t lock; /* guards the next three */
	uint64_t written;
	uint64_t due; /* up to here units were given out */
	uint64_t mark; /* offset of the newest mark, or NO_OFFSET */

	uint64_t flushed;
	uint64_t checked;
	uint64_t kept_at; /* offset at which `kept` is the state */
	struct mun_sha256 *hash;
	struct mun_sha256 *kept;
	uint8_t *bytes;
	struct mun_error failure;
};

enum mun_status
mun_check_new(struct mun_check **out, int write_fd, int read_fd,
    uint64_t segment, struct mun_error *err)
{
	enum mun_status status;
	struct mun_check *check = calloc(1, sizeof(*check));

	if (check == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for reading back");
	check->write_fd = write_fd;
	check->read_fd = read_fd;
	check->segment = segment;
	check->mark = check->kept_at = NO_OFFSET;
	MUN_ASSERT(pthread_mutex_init(&check->lock, NULL) == 0);
	MUN_TRY(mun_sha256_new(&check->hash, err));
	MUN_TRY(mun_sha256_new(&check->kept, err));
	check->bytes = malloc(MUN_BLOCK_LEN);
	if (check->bytes == NULL)
		MUN_TRY(mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for reading back"));
	*out = check;
	check = NULL;
out:
	mun_check_free(check);
	return status;
}

void
mun_check_free(struct mun_check *check)
{
	if (check == NULL)
		return;
	mun_sha256_free(check->hash);
	mun_sha256_free(check->kept);
	pthread_mutex_destroy(&check->lock);
	free(check->bytes);
	free(check);
}

static void
lock(struct mun_check *check)
{
	MUN_ASSERT(pthread_mutex_lock(&check->lock) == 0);
}

static void
unlock(struct mun_check *check)
{
	MUN_ASSERT(pthread_mutex_unlock(&check->lock) == 0);
}

/* Units for what lies between `due` and an offset, which then is due. */
static size_t
give_out(struct mun_check *check, uint64_t offset)
{
	uint64_t len = offset - check->due;

	check->due = offset;
	return (size_t)((len + MUN_BLOCK_LEN - 1) / MUN_BLOCK_LEN);
}

size_t
mun_check_wrote(struct mun_check *check, size_t len, size_t mark)
{
	size_t units = 0;

	lock(check);
	if (mark != MUN_NO_MARK)
		check->mark = check->written + mark;
	check->written += len;
	while (check->written - check->due >= check->segment)
		units += give_out(check, check->due + check->segment);
	unlock(check);
	return units;
}

size_t
mun_check_rest(struct mun_check *check)
{
	size_t units;

	lock(check);
	units = give_out(check, check->written);
	unlock(check);
	return units;
}

/* Make sure that what is read next comes from the disk. */
static enum mun_status
flush(struct mun_check *check, uint64_t due)
{
	if (check->checked < check->flushed)
		return MUN_OK;
	if (fdatasync(check->write_fd) != 0)
		return mun_error_system(&check->failure, errno, "flush");
	/* Only advice: a file system that has no disk keeps its pages. */
	(void)posix_fadvise(check->read_fd, (off_t)check->checked,
	    (off_t)(due - check->checked), POSIX_FADV_DONTNEED);
	check->flushed = due;
	return MUN_OK;
}

/* Read on from `checked`, at most to an offset. */
static enum mun_status
read_to(struct mun_check *check, uint64_t end)
{
	size_t len = (size_t)(end - check->checked), got;
	enum mun_status status;

	MUN_TRY(mun_file_read_at(check->read_fd, check->bytes, len,
	    check->checked, &got, &check->failure));
	mun_sha256_update(check->hash, check->bytes, got);
	check->checked += got;
	if (got < len)
		status = mun_error_set(&check->failure, MUN_ERR_SYSTEM,
		    "the file is shorter than what was written");
out:
	return status;
}

void
mun_check_unit(struct mun_check *check)
{
	enum mun_status status = check->failure.status;
	uint64_t end, due, mark;

	lock(check);
	due = check->due;
	mark = check->mark;
	unlock(check);
	end = check->checked + MUN_BLOCK_LEN;
	if (end > due)
		end = due;
	if (status != MUN_OK || end == check->checked)
		return;
	MUN_TRY(flush(check, due));
	/* At the mark, remember the state.  A mark is set before anything
	 * behind it is due, so it is never passed unseen. */
	if (mark >= check->checked && mark <= end) {
		MUN_TRY(read_to(check, mark));
		MUN_TRY(
		    mun_sha256_copy(check->kept, check->hash, &check->failure));
		check->kept_at = mark;
	}
	if (check->checked < end)
		MUN_TRY(read_to(check, end));
out:
	return;
}

enum mun_status
mun_check_rewind(struct mun_check *check, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	MUN_ASSERT(check->mark != NO_OFFSET);
	if (check->checked > check->mark) {
		MUN_ASSERT(check->kept_at == check->mark);
		MUN_TRY(mun_sha256_copy(check->hash, check->kept, err));
		check->checked = check->mark;
	}
	check->written = check->mark;
	if (check->due > check->mark)
		check->due = check->mark;
	if (check->flushed > check->mark)
		check->flushed = check->mark;
out:
	return status;
}

enum mun_status
mun_check_finish(struct mun_check *check, const uint8_t sha256[MUN_SHA256_LEN],
    struct mun_error *err)
{
	uint8_t found[MUN_SHA256_LEN];

	if (check->failure.status != MUN_OK) {
		if (err != NULL)
			*err = check->failure;
		mun_error_wrap(err, "read back");
		return check->failure.status;
	}
	mun_sha256_finish(check->hash, found);
	mun_sha256_start(check->hash);
	check->written = check->due = check->flushed = check->checked = 0;
	check->mark = check->kept_at = NO_OFFSET;
	if (!mun_bytes_equal(found, sha256, sizeof(found)))
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "what was read back is not what was written; do not "
		    "trust this disk or this memory");
	return MUN_OK;
}
