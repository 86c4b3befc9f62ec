/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tile_builder.c - every tile of a log, from its entries alone.
 *
 * The verifier compares what this tells with what is stored; recovery writes
 * what is missing.
 *
 * Spec: docs/format/log.md, Tree and tiles.
 */
#include <stdlib.h>

#include "base/macros.h"
#include "log/log_internal.h"

struct mun_tile_builder {
	mun_tile_emit *emit;
	void *ctx;
	uint64_t size; /* entries added */
	struct mun_buffer bundle;
	unsigned count[MUN_TILE_LEVELS]; /* hashes in each level's last tile */
	struct mun_hash hash[MUN_TILE_LEVELS][MUN_TILE_WIDTH];
};

enum mun_status
mun_tile_builder_new(struct mun_tile_builder **out, mun_tile_emit *emit,
    void *ctx, struct mun_error *err)
{
	struct mun_tile_builder *builder = calloc(1, sizeof(*builder));

	if (builder == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for tiles");
	builder->emit = emit;
	builder->ctx = ctx;
	builder->bundle = (struct mun_buffer)MUN_BUFFER_INIT(MUN_BUNDLE_MAX);
	*out = builder;
	return MUN_OK;
}

void
mun_tile_builder_free(struct mun_tile_builder *builder)
{
	if (builder == NULL)
		return;
	mun_buffer_free(&builder->bundle);
	free(builder);
}

/* Hashes are written as they lie in memory: nothing is between them. */
_Static_assert(sizeof(struct mun_hash) == MUN_SHA256_LEN, "padding");

/* The last tile of a level, which has width hashes now. */
static enum mun_status
emit_tile(struct mun_tile_builder *builder, int level, unsigned width,
    struct mun_error *err)
{
	uint64_t end = mun_tile_level_count(level, builder->size);
	char name[MUN_TILE_NAME_MAX];

	mun_tile_name(name, level, (end - 1) / MUN_TILE_WIDTH, width);
	return builder->emit(builder->ctx, name, builder->hash[level],
	    width * sizeof(struct mun_hash), err);
}

static enum mun_status
emit_bundle(struct mun_tile_builder *builder, struct mun_error *err)
{
	uint64_t number = (builder->size - 1) / MUN_TILE_WIDTH;
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_tile_name(name, MUN_TILE_ENTRIES, number,
	    (unsigned)((builder->size - 1) % MUN_TILE_WIDTH) + 1);
	MUN_TRY(mun_buffer_status(&builder->bundle, "entry bundle", err));
	MUN_TRY(builder->emit(builder->ctx, name, builder->bundle.data,
	    builder->bundle.len, err));
	mun_buffer_reset(&builder->bundle);
out:
	return status;
}

/* A full tile becomes one hash of the level above. */
static enum mun_status
add_hash(struct mun_tile_builder *builder, struct mun_hash hash,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (int level = 0; level < MUN_TILE_LEVELS; level++) {
		builder->hash[level][builder->count[level]++] = hash;
		if (builder->count[level] < MUN_TILE_WIDTH)
			break;
		MUN_TRY(emit_tile(builder, level, MUN_TILE_WIDTH, err));
		mun_tile_fold(&hash, builder->hash[level], MUN_TILE_WIDTH);
		builder->count[level] = 0;
	}
out:
	return status;
}

enum mun_status
mun_tile_builder_add_leaf(struct mun_tile_builder *builder,
    const struct mun_hash *leaf, struct mun_error *err)
{
	builder->size++;
	return add_hash(builder, *leaf, err);
}

enum mun_status
mun_tile_builder_add(struct mun_tile_builder *builder, const void *entry,
    size_t len, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct mun_hash leaf;

	if (len == 0 || len > MUN_CMS_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log entry: %zu bytes do not fit a bundle", len);
	mun_merkle_leaf(&leaf, entry, len);
	mun_bundle_append(&builder->bundle, entry, len);
	MUN_TRY(mun_tile_builder_add_leaf(builder, &leaf, err));
	if (builder->size % MUN_TILE_WIDTH == 0)
		MUN_TRY(emit_bundle(builder, err));
out:
	return status;
}

enum mun_status
mun_tile_builder_finish(struct mun_tile_builder *builder, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (builder->bundle.len > 0 || builder->bundle.status != MUN_OK)
		MUN_TRY(emit_bundle(builder, err));
	for (int level = 0; level < MUN_TILE_LEVELS; level++) {
		if (builder->count[level] > 0)
			MUN_TRY(emit_tile(
			    builder, level, builder->count[level], err));
	}
out:
	return status;
}

void
mun_tile_builder_root(
    const struct mun_tile_builder *builder, struct mun_hash *root)
{
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;

	for (int level = 0; level < MUN_TILE_LEVELS; level++)
		mun_tile_to_frontier(&frontier, level, builder->hash[level],
		    builder->count[level]);
	mun_merkle_root(&frontier, root);
}
