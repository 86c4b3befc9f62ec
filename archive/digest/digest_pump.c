/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_pump.c - the bytes of a .tar, each read once, on their way through
 * three digests and into a file.
 *
 * Full blocks go to the lanes (digest_lanes.h).  Small pieces do not: waking a
 * thread costs more than hashing them.  Their item digests are made at once on
 * the caller's thread, and their bytes are gathered in `tail`, which goes to
 * the stream's lanes when it is full.  The stream is thus made of tails and
 * full blocks in the order of the calls.
 *
 * The caller touches an item's digests only while no lane has a block of it.
 */
#include "digest/digest.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/file.h"
#include "base/macros.h"
#include "digest/digest_check.h"
#include "digest/digest_internal.h"
#include "digest/digest_lanes.h"

/* Up to here hashing both digests here (0.1 ms) beats two thread switches. */
enum {
	SMALL = 65536
};

/* Written before it is flushed and read back: so much that a disk's time goes
 * into writing, not into flushing, and so little that the end is not a wait. */
#define SEGMENT ((uint64_t)64 << 20)

struct mun_pump {
	int write_fd;
	bool leaves_holes;
	struct mun_lanes *lanes;
	struct mun_block *current; /* lent to the caller */
	struct mun_block *tail; /* small pieces of the stream */
	bool has_mark;
	struct mun_check *check; /* NULL: nothing is read back */

	EVP_MD_CTX *item_sha512; /* the lane of that name */
	/* Its own lane; where native, that of the stream: one pass makes both. */
	struct mun_sha256 *item_sha256;
	struct mun_sha256 *stream; /* MUN_LANE_STREAM_SHA256, all three */
	struct mun_sha256 *marked;
	struct mun_error mark_error;
	struct mun_error write_error; /* MUN_LANE_WRITE */
	/* Set after write_error, which then changes no more: so the caller may
	 * look while the lane is busy. */
	atomic_bool has_write_failed;
};

static bool
is_native(const struct mun_pump *pump)
{
	return mun_sha256_is_native(pump->stream);
}

/* ---- what the lanes do ---- */

/* The native lane of both.  A block of an item has no mark: tails have. */
static void
hash_item_and_stream(struct mun_pump *pump, const struct mun_block *block)
{
	if (block->feeds & MUN_PUMP_STREAM)
		mun_sha256_update_both(
		    pump->stream, pump->item_sha256, block->bytes, block->len);
	else
		mun_sha256_update(pump->item_sha256, block->bytes, block->len);
}

static void
hash_stream(struct mun_pump *pump, const struct mun_block *block)
{
	size_t before = block->mark == MUN_NO_MARK ? 0 : block->mark;

	if (is_native(pump) && (block->feeds & MUN_PUMP_ITEM) != 0) {
		hash_item_and_stream(pump, block);
		return;
	}
	mun_sha256_update(pump->stream, block->bytes, before);
	if (block->mark != MUN_NO_MARK && pump->mark_error.status == MUN_OK)
		(void)!mun_sha256_copy(
		    pump->marked, pump->stream, &pump->mark_error);
	mun_sha256_update(
	    pump->stream, block->bytes + before, block->len - before);
}

/* After one failure the file is lost: nothing more goes into it. */
static void
write_stream(struct mun_pump *pump, const struct mun_block *block)
{
	enum mun_status (*put)(int, const void *, size_t, struct mun_error *) =
	    pump->leaves_holes ? mun_file_append_sparse : mun_file_write_all;

	if (atomic_load(&pump->has_write_failed))
		return;
	if (put(pump->write_fd, block->bytes, block->len, &pump->write_error) !=
	    MUN_OK)
		atomic_store(&pump->has_write_failed, true);
	else if (pump->check != NULL)
		mun_lanes_add_checks(pump->lanes,
		    mun_check_wrote(pump->check, block->len, block->mark));
}

static void
run_lane(void *ctx, enum mun_lane lane, const struct mun_block *block)
{
	struct mun_pump *pump = ctx;

	switch (lane) {
	case MUN_LANE_ITEM_SHA512:
		mun_digest_context_update(
		    pump->item_sha512, block->bytes, block->len);
		break;
	case MUN_LANE_ITEM_SHA256:
		mun_sha256_update(pump->item_sha256, block->bytes, block->len);
		break;
	case MUN_LANE_STREAM_SHA256:
		hash_stream(pump, block);
		break;
	case MUN_LANE_WRITE:
		write_stream(pump, block);
		break;
	case MUN_LANE_CHECK:
		mun_check_unit(pump->check);
		break;
	case MUN_LANES:
		MUN_ASSERT(false);
	}
}

/* ---- the caller's side ---- */

unsigned
mun_pump_threads(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	/* One is the caller's. */
	if (processors <= 1)
		return 0;
	return processors == 2 ? 1 : 2;
}

enum mun_status
mun_pump_new(struct mun_pump **out, const struct mun_pump_options *options,
    struct mun_error *err)
{
	enum mun_status (*new_sha256)(
	    struct mun_sha256 **, struct mun_error *) =
	    options->is_all_openssl ? mun_sha256_new : mun_sha256_new_native;
	enum mun_status status;
	struct mun_pump *pump = calloc(1, sizeof(*pump));

	if (pump == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a pump");
	pump->write_fd = options->write_fd;
	pump->leaves_holes = options->leaves_holes;
	MUN_TRY(
	    mun_digest_context_new(&pump->item_sha512, MUN_DIGEST_SHA512, err));
	MUN_TRY(new_sha256(&pump->item_sha256, err));
	MUN_TRY(new_sha256(&pump->stream, err));
	MUN_TRY(new_sha256(&pump->marked, err));
	if (options->reads_back)
		MUN_TRY(mun_check_new(&pump->check, options->write_fd,
		    options->read_fd, SEGMENT, err));
	MUN_TRY(
	    mun_lanes_new(&pump->lanes, options->threads, run_lane, pump, err));
	*out = pump;
	pump = NULL;
out:
	mun_pump_free(pump);
	return status;
}

void
mun_pump_free(struct mun_pump *pump)
{
	if (pump == NULL)
		return;
	/* First: its helpers use the rest. */
	mun_lanes_free(pump->lanes);
	mun_check_free(pump->check);
	EVP_MD_CTX_free(pump->item_sha512);
	mun_sha256_free(pump->item_sha256);
	mun_sha256_free(pump->stream);
	mun_sha256_free(pump->marked);
	free(pump);
}

static void
send_block(struct mun_pump *pump, struct mun_block *block, unsigned feeds)
{
	unsigned set = 0;

	block->feeds = feeds;
	if (feeds & MUN_PUMP_ITEM)
		block->item_lanes = 1 << MUN_LANE_ITEM_SHA512 |
		    1 << (is_native(pump) ? MUN_LANE_STREAM_SHA256
					  : MUN_LANE_ITEM_SHA256);
	set |= block->item_lanes;
	if (feeds & MUN_PUMP_STREAM)
		set |= 1 << MUN_LANE_STREAM_SHA256;
	if (feeds & MUN_PUMP_STREAM && pump->write_fd >= 0)
		set |= 1 << MUN_LANE_WRITE;
	mun_lanes_submit(pump->lanes, block, set);
}

static struct mun_block *
tail_of(struct mun_pump *pump)
{
	if (pump->tail == NULL)
		pump->tail = mun_lanes_take(pump->lanes);
	return pump->tail;
}

static void
flush_tail(struct mun_pump *pump)
{
	if (pump->tail == NULL)
		return;
	send_block(pump, pump->tail, MUN_PUMP_STREAM);
	pump->tail = NULL;
}

static void
append_to_tail(struct mun_pump *pump, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		struct mun_block *tail = tail_of(pump);
		size_t room = MUN_BLOCK_LEN - tail->len;
		size_t piece = len < room ? len : room;

		memcpy(tail->bytes + tail->len, bytes, piece);
		tail->len += piece;
		bytes += piece;
		len -= piece;
		if (tail->len == MUN_BLOCK_LEN)
			flush_tail(pump);
	}
}

uint8_t *
mun_pump_block(struct mun_pump *pump)
{
	if (pump->current == NULL)
		pump->current = mun_lanes_take(pump->lanes);
	return pump->current->bytes;
}

void
mun_pump_submit(struct mun_pump *pump, size_t len, unsigned feeds)
{
	struct mun_block *block = pump->current;

	MUN_ASSERT(block != NULL && len <= MUN_BLOCK_LEN);
	/* Small, and nothing of this item under way: done here, and the caller
	 * keeps the block. */
	if (len <= SMALL &&
	    ((feeds & MUN_PUMP_ITEM) == 0 ||
		mun_lanes_are_items_done(pump->lanes))) {
		mun_pump_put(pump, block->bytes, len, feeds);
		return;
	}
	if (feeds & MUN_PUMP_STREAM)
		flush_tail(pump);
	block->len = len;
	pump->current = NULL;
	send_block(pump, block, feeds);
}

void
mun_pump_put(
    struct mun_pump *pump, const void *bytes, size_t len, unsigned feeds)
{
	if (feeds & MUN_PUMP_ITEM) {
		mun_lanes_wait_items(pump->lanes);
		mun_digest_context_update(pump->item_sha512, bytes, len);
		mun_sha256_update(pump->item_sha256, bytes, len);
	}
	if (feeds & MUN_PUMP_STREAM)
		append_to_tail(pump, bytes, len);
}

static void
start_item(struct mun_pump *pump)
{
	mun_digest_context_start(pump->item_sha512);
	mun_sha256_start(pump->item_sha256);
}

static enum mun_status
find_write_error(const struct mun_pump *pump, struct mun_error *err)
{
	if (!atomic_load(&pump->has_write_failed))
		return MUN_OK;
	if (err != NULL)
		*err = pump->write_error;
	return pump->write_error.status;
}

enum mun_status
mun_pump_end_item(
    struct mun_pump *pump, struct mun_digests *out, struct mun_error *err)
{
	mun_lanes_wait_items(pump->lanes);
	mun_digest_context_finish(pump->item_sha512, out->sha512);
	mun_sha256_finish(pump->item_sha256, out->sha256);
	start_item(pump);
	return find_write_error(pump, err);
}

enum mun_status
mun_pump_drain(struct mun_pump *pump, struct mun_error *err)
{
	flush_tail(pump);
	mun_lanes_wait(pump->lanes, MUN_LANES_BLOCKS);
	return find_write_error(pump, err);
}

void
mun_pump_mark(struct mun_pump *pump)
{
	struct mun_block *tail = tail_of(pump);

	/* The lane remembers its state when it comes to this place. */
	tail->mark = tail->len;
	pump->has_mark = true;
}

enum mun_status
mun_pump_rewind(struct mun_pump *pump, struct mun_error *err)
{
	enum mun_status status;

	if (!pump->has_mark)
		return mun_error_set(
		    err, MUN_ERR_USAGE, "rewind of a pump without mark");
	MUN_TRY(mun_pump_drain(pump, err));
	if (pump->mark_error.status != MUN_OK && err != NULL)
		*err = pump->mark_error;
	MUN_TRY(pump->mark_error.status);
	MUN_TRY(mun_sha256_copy(pump->stream, pump->marked, err));
	if (pump->check != NULL) {
		mun_lanes_wait(pump->lanes, MUN_LANES_CHECK);
		MUN_TRY(mun_check_rewind(pump->check, err));
	}
	start_item(pump);
out:
	return status;
}

enum mun_status
mun_pump_finish(struct mun_pump *pump, uint8_t stream_sha256[MUN_SHA256_LEN],
    struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_pump_drain(pump, err));
	mun_sha256_finish(pump->stream, stream_sha256);
	mun_sha256_start(pump->stream);
	start_item(pump);
	pump->has_mark = false;
	if (pump->check != NULL) {
		mun_lanes_add_checks(pump->lanes, mun_check_rest(pump->check));
		mun_lanes_wait(pump->lanes, MUN_LANES_CHECK);
		status = mun_check_finish(pump->check, stream_sha256, err);
	}
out:
	return status;
}
