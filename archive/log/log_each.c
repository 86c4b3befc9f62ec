/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_each.c - the hashes of a log, tile by tile, and what follows from them
 * alone: no entry is read.
 *
 * Spec: docs/format/log.md, Tree and tiles.
 */
#include "base/encoding.h"
#include "base/macros.h"
#include "log/log_internal.h"

/* A full tile is what the level above says of it. */
static enum mun_status
check_full(
    struct mun_log *log, int level, uint64_t number, struct mun_error *err)
{
	const struct mun_hash *above;
	enum mun_status status;
	struct mun_hash hash;

	MUN_TRY(mun_log_load_tile(log, level, number, err));
	mun_tile_fold(&hash, log->tile[level], MUN_TILE_WIDTH);
	MUN_TRY(
	    mun_log_load_tile(log, level + 1, number / MUN_TILE_WIDTH, err));
	above = &log->tile[level + 1][number % MUN_TILE_WIDTH];
	if (!mun_bytes_equal(hash.bytes, above->bytes, sizeof(hash.bytes)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: the tiles of levels %d and %d do not agree", level,
		    level + 1);
out:
	return status;
}

/* What the levels above do not vouch for, the root does. */
static enum mun_status
check_tiles(struct mun_log *log, struct mun_error *err)
{
	const struct mun_merkle_source source = mun_log_source(log);
	uint64_t size = log->checkpoint.size;
	enum mun_status status = MUN_OK;
	struct mun_hash root;

	for (int level = 0; level + 1 < MUN_TILE_LEVELS; level++) {
		uint64_t full =
		    mun_tile_level_count(level, size) / MUN_TILE_WIDTH;

		for (uint64_t i = 0; i < full; i++)
			MUN_TRY(check_full(log, level, i, err));
	}
	MUN_TRY(mun_merkle_root_of(&source, &root, size, err));
	if (!mun_bytes_equal(
		root.bytes, log->checkpoint.root.bytes, sizeof(root.bytes)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: its tiles do not give the root of its checkpoint");
out:
	return status;
}

enum mun_status
mun_log_each_tile(
    struct mun_log *log, mun_tile_emit *emit, void *ctx, struct mun_error *err)
{
	uint64_t size = log->checkpoint.size;
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	MUN_TRY(check_tiles(log, err));
	for (int level = 0; level < MUN_TILE_LEVELS; level++) {
		unsigned width;

		for (uint64_t i = 0;
		     (width = mun_tile_width(level, i, size)) > 0; i++) {
			MUN_TRY(mun_log_load_tile(log, level, i, err));
			mun_tile_name(name, level, i, width);
			MUN_TRY(emit(ctx, name, log->tile[level],
			    width * sizeof(struct mun_hash), err));
		}
	}
out:
	return status;
}

enum mun_status
mun_log_extends(struct mun_log *log, uint64_t size, const struct mun_hash *root,
    bool *extends, struct mun_error *err)
{
	const struct mun_merkle_source source = mun_log_source(log);
	const struct mun_checkpoint *head = &log->checkpoint;
	struct mun_hash proof[MUN_PROOF_MAX];
	enum mun_status status;
	size_t count;

	*extends = false;
	if (size == 0 || size > head->size)
		return MUN_OK;
	status = mun_merkle_prove_consistency(
	    &source, proof, &count, size, head->size, err);
	if (status == MUN_OK)
		*extends = mun_merkle_verify_consistency(
		    size, root, head->size, &head->root, proof, count);
	return status;
}
