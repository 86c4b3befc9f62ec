/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_tiles.c - hashes of the stored tree.
 *
 * Stored hashes are hints: whoever uses them has to come out at the
 * checkpoint's root.
 *
 * Spec: docs/format/log.md, Tree and tiles.
 */
#include "base/encoding.h"
#include "base/macros.h"
#include "base/reader.h"
#include "log/log_internal.h"

_Static_assert(sizeof(struct mun_hash) == MUN_SHA256_LEN, "padding");

enum {
	TILE_BYTES_MAX = MUN_TILE_WIDTH * MUN_SHA256_LEN
};

/* The first count hashes of a tile file that has to have width of them. */
static enum mun_status
take_hashes(struct mun_hash *out, unsigned count,
    const struct mun_buffer *bytes, unsigned width, struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes->data, bytes->len);

	if (bytes->len != (size_t)width * MUN_SHA256_LEN ||
	    !mun_reader_copy(&reader, out, (size_t)count * MUN_SHA256_LEN))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "tile: %zu bytes, not %u hashes", bytes->len, width);
	return MUN_OK;
}

/* Whether the last entry of the log made the last hash of this tile, so that
 * a writer that stopped after its commit left the tile one hash short. */
static bool
may_be_short(const struct mun_log *log, const struct mun_tile *tile)
{
	uint64_t size = log->checkpoint.size;
	uint64_t count = mun_tile_level_count(tile->level, size);

	return count << (8 * tile->level) == size &&
	    tile->number == (count - 1) / MUN_TILE_WIDTH;
}

/* Hash number index of level, from below. */
static enum mun_status
compute_hash(struct mun_log *log, int level, uint64_t index,
    struct mun_hash *out, struct mun_error *err)
{
	enum mun_status status;
	unsigned i = (unsigned)(index % MUN_TILE_WIDTH);

	if (level > 0) {
		MUN_TRY(mun_log_load_tile(log, level - 1, index, err));
		mun_tile_fold(out, log->tile[level - 1], MUN_TILE_WIDTH);
		goto out;
	}
	MUN_TRY(mun_log_load_bundle(log, index / MUN_TILE_WIDTH, err));
	mun_merkle_leaf(out, log->bundle.bytes.data + log->bundle.start[i],
	    log->bundle.len[i]);
out:
	return status;
}

static enum mun_status
read_short_tile(struct mun_log *log, const struct mun_tile *tile,
    struct mun_buffer *bytes, struct mun_error *err)
{
	struct mun_hash *hashes = log->tile[tile->level];
	unsigned before = tile->width - 1;
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status = MUN_OK;

	if (before > 0) {
		mun_tile_name(name, tile->level, tile->number, before);
		mun_buffer_reset(bytes);
		MUN_TRY(mun_store_read(log->store, name, bytes, err));
		MUN_TRY(take_hashes(hashes, before, bytes, before, err));
	}
	MUN_TRY(compute_hash(log, tile->level,
	    tile->number * MUN_TILE_WIDTH + before, &hashes[before], err));
out:
	return status;
}

static enum mun_status
read_tile(
    struct mun_log *log, const struct mun_tile *wanted, struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(TILE_BYTES_MAX);
	enum mun_status status = MUN_ERR_NOT_FOUND;

	for (int i = 0; i < MUN_READ_ATTEMPTS; i++) {
		struct mun_tile tile = *wanted;

		status = mun_log_read_tile(log, &tile, &bytes, err);
		if (status == MUN_OK)
			status = take_hashes(log->tile[tile.level],
			    wanted->width, &bytes, tile.width, err);
		else if (status == MUN_ERR_NOT_FOUND &&
		    may_be_short(log, wanted))
			status = read_short_tile(log, wanted, &bytes, err);
		if (status != MUN_ERR_NOT_FOUND)
			break;
	}
	mun_buffer_free(&bytes);
	return status;
}

enum mun_status
mun_log_load_tile(
    struct mun_log *log, int level, uint64_t number, struct mun_error *err)
{
	struct mun_tile tile = { .level = level, .number = number };
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	if (log->has_tile[level] && log->tile_number[level] == number)
		return MUN_OK;
	log->has_tile[level] = false;
	tile.width = mun_tile_width(level, number, log->checkpoint.size);
	MUN_ASSERT(tile.width > 0);
	MUN_TRY(read_tile(log, &tile, err));
	log->has_tile[level] = true;
	log->tile_number[level] = number;
	log->tile_width[level] = tile.width;
out:
	if (status != MUN_OK) {
		mun_tile_name(name, level, number, tile.width);
		mun_error_wrap(err, "hashes '%s'", name);
	}
	return status;
}

static enum mun_status
source_subtree(void *ctx, struct mun_hash *out, unsigned level, uint64_t index,
    struct mun_error *err)
{
	struct mun_log *log = ctx;
	unsigned within = level % 8;
	int tile_level = (int)(level / 8);
	enum mun_status status;
	unsigned first;

	if (level >= 64 || index >= log->checkpoint.size >> level)
		return mun_error_set(err, MUN_ERR_INTERNAL,
		    "log: a hash beyond the end was asked for");
	first = (unsigned)(index << within) % MUN_TILE_WIDTH;
	MUN_TRY(mun_log_load_tile(log, tile_level, index >> (8 - within), err));
	mun_tile_fold(out, log->tile[tile_level] + first, (size_t)1 << within);
out:
	return status;
}

struct mun_merkle_source
mun_log_source(struct mun_log *log)
{
	return (struct mun_merkle_source){
		.subtree = source_subtree,
		.ctx = log,
	};
}

/* The tile over the last entries says of them what they hash to. */
static enum mun_status
check_leaves(struct mun_log *log, struct mun_error *err)
{
	uint64_t number = (log->checkpoint.size - 1) / MUN_TILE_WIDTH;
	const struct mun_bundle *bundle = &log->bundle;
	enum mun_status status;
	struct mun_hash leaf;

	MUN_TRY(mun_log_load_bundle(log, number, err));
	MUN_TRY(mun_log_load_tile(log, 0, number, err));
	for (unsigned i = 0; i < log->tile_width[0]; i++) {
		mun_merkle_leaf(&leaf, bundle->bytes.data + bundle->start[i],
		    bundle->len[i]);
		if (mun_bytes_equal(
			leaf.bytes, log->tile[0][i].bytes, sizeof(leaf.bytes)))
			continue;
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: entry %llu is not the one in the tree",
		    (unsigned long long)(number * MUN_TILE_WIDTH + i));
		break;
	}
out:
	return status;
}

/* Where the last tile of a level is full, the level above says of it what it
 * hashes to. */
static enum mun_status
check_full_tiles(struct mun_log *log, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct mun_hash hash;
	uint64_t count;

	for (int level = 0; level + 1 < MUN_TILE_LEVELS; level++) {
		count = mun_tile_level_count(level, log->checkpoint.size);
		if (count == 0 || count % MUN_TILE_WIDTH != 0)
			break;
		count /= MUN_TILE_WIDTH;
		MUN_TRY(mun_log_load_tile(log, level, count - 1, err));
		mun_tile_fold(&hash, log->tile[level], MUN_TILE_WIDTH);
		MUN_TRY(mun_log_load_tile(
		    log, level + 1, (count - 1) / MUN_TILE_WIDTH, err));
		if (mun_bytes_equal(hash.bytes,
			log->tile[level + 1][(count - 1) % MUN_TILE_WIDTH]
			    .bytes,
			sizeof(hash.bytes)))
			continue;
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: the tiles of levels %d and %d do not agree", level,
		    level + 1);
		break;
	}
out:
	return status;
}

enum mun_status
mun_log_frontier(struct mun_log *log, struct mun_merkle_frontier *frontier,
    struct mun_error *err)
{
	uint64_t size = log->checkpoint.size;
	enum mun_status status;
	struct mun_hash root;

	*frontier = (struct mun_merkle_frontier)MUN_MERKLE_FRONTIER_INIT;
	if (size == 0)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "log: it has no entry");
	MUN_TRY(check_leaves(log, err));
	MUN_TRY(check_full_tiles(log, err));
	for (int level = 0; level < MUN_TILE_LEVELS; level++) {
		uint64_t count = mun_tile_level_count(level, size);
		unsigned width = (unsigned)(count % MUN_TILE_WIDTH);

		if (width == 0)
			continue;
		MUN_TRY(
		    mun_log_load_tile(log, level, count / MUN_TILE_WIDTH, err));
		mun_tile_to_frontier(frontier, level, log->tile[level], width);
	}
	mun_merkle_root(frontier, &root);
	if (!mun_bytes_equal(
		root.bytes, log->checkpoint.root.bytes, sizeof(root.bytes)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: what is stored does not give the root of the "
		    "checkpoint");
out:
	return status;
}
