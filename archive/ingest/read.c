/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * read.c - one document, opened once, its blocks straight into the pump.
 *
 * The header comes before the bytes and says how many, so a document that gets
 * shorter while it is read is taken back out of the file and read again.  What
 * the source refuses (a finding, or the end of the deposit) is kept apart from
 * what the archive file refuses (always the end).
 */
#define _DEFAULT_SOURCE /* posix_fadvise is POSIX; readahead hints are not */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "ingest/ingest_internal.h"

enum {
	READS_MAX = 4,
	LARGE = 1 << 20
};

/* What came of reading once. */
enum outcome {
	STORED,
	SHRUNK, /* fewer bytes came than there were */
	REFUSED /* the source's error is in source_err */
};

struct reading {
	struct mun_ingest *run;
	struct mun_pending *pending;
	uint64_t entry;
	int fd;
	enum outcome outcome;
	struct mun_error source_err;
};

/* Running out of descriptors or memory is our failure, not the source's. */
static bool
is_ours(const struct mun_error *err)
{
	return err->status == MUN_ERR_NOMEM ||
	    (err->domain == MUN_DOMAIN_SYSTEM &&
		(err->code == EMFILE || err->code == ENFILE));
}

static enum mun_status
refuse(struct reading *reading, struct mun_error *err)
{
	if (is_ours(&reading->source_err)) {
		if (err != NULL)
			*err = reading->source_err;
		return reading->source_err.status;
	}
	reading->outcome = REFUSED;
	return MUN_OK;
}

static void
keep_first(struct mun_ingest *run, const uint8_t *block, size_t len)
{
	run->first_len = len < MUN_IDENTIFY_LEN ? len : MUN_IDENTIFY_LEN;
	memcpy(run->first, block, run->first_len);
}

static enum mun_status
read_blocks(struct reading *reading, struct mun_error *err)
{
	struct mun_ingest *run = reading->run;
	uint64_t left = reading->pending->state.size;
	bool is_first = true;
	enum mun_status status = MUN_OK;

	run->first_len = 0;
	while (left > 0) {
		uint8_t *block = mun_pump_block(run->tar.pump);
		size_t wanted =
		    left < MUN_BLOCK_LEN ? (size_t)left : MUN_BLOCK_LEN;
		size_t got;

		if (mun_file_read_full(reading->fd, block, wanted, &got,
			&reading->source_err) != MUN_OK) {
			mun_error_wrap(&reading->source_err, "'%.*s'",
			    (int)run->path.len, (const char *)run->path.data);
			return refuse(reading, err);
		}
		if (is_first)
			keep_first(run, block, got);
		is_first = false;
		mun_pump_submit(
		    run->tar.pump, got, MUN_PUMP_STREAM | MUN_PUMP_ITEM);
		if (got < wanted) {
			reading->outcome = SHRUNK;
			break;
		}
		left -= got;
		run->progress.done.bytes += got;
		MUN_TRY(mun_ingest_look(run, err));
	}
out:
	return status;
}

static bool
is_same_state(const struct mun_walk_state *a, const struct mun_walk_state *b)
{
	return a->size == b->size && a->mtime_s == b->mtime_s &&
	    a->mtime_ns == b->mtime_ns && a->ctime_s == b->ctime_s &&
	    a->ctime_ns == b->ctime_ns && a->inode == b->inode &&
	    a->device == b->device;
}

/* Size or times other than before: what was read is stored, and said.  More
 * bytes and the same size: a file system that says sizes which are none (FUSE;
 * /proc says 0), and what was read is not all. */
static enum mun_status
compare_state(struct reading *reading, struct mun_error *err)
{
	const struct mun_ingest *run = reading->run;
	struct mun_walk_state after;
	uint8_t beyond;
	size_t got;

	/* in this order: what is appended meanwhile is a change */
	if (mun_file_read_full(reading->fd, &beyond, sizeof(beyond), &got,
		&reading->source_err) != MUN_OK ||
	    mun_walk_state_of(reading->fd, &after, &reading->source_err) !=
		MUN_OK)
		return refuse(reading, err);
	reading->pending->has_changed =
	    !is_same_state(&after, &reading->pending->state);
	if (got == 0 || reading->pending->has_changed)
		return MUN_OK;
	(void)mun_error_set(&reading->source_err, MUN_ERR_SYSTEM,
	    "'%.*s' has more bytes than its file system says; copy it to "
	    "another disk and deposit the copy",
	    (int)run->path.len, (const char *)run->path.data);
	return refuse(reading, err);
}

static enum mun_status
begin(struct reading *reading, struct mun_error *err)
{
	struct mun_ingest *run = reading->run;
	struct mun_pending *pending = reading->pending;
	const uint8_t *path, *slash;
	enum mun_status status;
	size_t len;

	mun_buffer_reset(&run->path);
	mun_walk_path(run->deposit->walk, reading->entry, &run->path);
	MUN_TRY(mun_buffer_status(&run->path, "path", err));
	path = run->path.data;
	len = run->path.len;
	slash = path + len;
	while (slash > path && slash[-1] != '/')
		slash--;
	mun_payload_name(pending->file, run->id, run->width, pending->number,
	    slash, (size_t)(path + len - slash));
	MUN_TRY(mun_tar_out_begin(
	    &run->tar, pending->file, pending->state.size, err));
	pending->offset = run->tar.offset;
	if (pending->state.size >= LARGE)
		(void)posix_fadvise(reading->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
out:
	return status;
}

static enum mun_status
read_once(struct reading *reading, struct mun_error *err)
{
	struct mun_ingest *run = reading->run;
	struct mun_pending *pending = reading->pending;
	enum mun_status status;

	reading->outcome = STORED;
	if (mun_walk_open(run->deposit->walk, reading->entry, &reading->fd,
		&pending->state, &reading->source_err) != MUN_OK)
		return refuse(reading, err);
	pending->was_changed = !mun_walk_is_as_listed(
	    run->deposit->walk, reading->entry, &pending->state);
	MUN_TRY(begin(reading, err));
	MUN_TRY(read_blocks(reading, err));
	if (reading->outcome == STORED)
		MUN_TRY(compare_state(reading, err));
	if (reading->outcome == STORED)
		status = mun_tar_out_end(
		    &run->tar, pending->state.size, &pending->digests, err);
out:
	mun_file_close(&reading->fd);
	return status;
}

/* Left out knowingly, or the end of the deposit. */
static enum mun_status
leave_out(struct reading *reading, struct mun_error *err)
{
	struct mun_deposit *deposit = reading->run->deposit;
	const struct mun_error *why = &reading->source_err;
	bool is_gone = why->status == MUN_ERR_NOT_FOUND;

	if (deposit->options.accept_unreadable)
		return mun_deposit_skip(deposit, reading->entry,
		    is_gone ? "source.vanished" : "source.unreadable",
		    is_gone ? "" : mun_errno_words(why->code), err);
	return mun_error_set(err, MUN_ERR_SYSTEM,
	    "%s; nothing was deposited (--accept-unreadable deposits without "
	    "it and says so)",
	    why->text);
}

enum mun_status
mun_ingest_read(struct mun_ingest *run, uint64_t entry,
    struct mun_pending *pending, bool *stored, struct mun_error *err)
{
	struct reading reading = { .run = run,
		.pending = pending,
		.entry = entry,
		.fd = -1,
		.source_err = MUN_ERROR_INIT };
	uint64_t done_bytes = run->progress.done.bytes;
	enum mun_status status = MUN_OK;

	*stored = false;
	mun_tar_out_mark(&run->tar);
	for (unsigned reads = 0; reads < READS_MAX; reads++) {
		MUN_TRY(read_once(&reading, err));
		if (reading.outcome == STORED) {
			*stored = true;
			goto out;
		}
		run->progress.done.bytes = done_bytes;
		MUN_TRY(mun_tar_out_rewind(&run->tar, err));
		if (reading.outcome == REFUSED) {
			status = leave_out(&reading, err);
			goto out;
		}
	}
	status = mun_error_set(err, MUN_ERR_SYSTEM,
	    "'%.*s' got shorter each time it was read; deposit it when nobody "
	    "writes to it",
	    (int)run->path.len, (const char *)run->path.data);
out:
	return status;
}
