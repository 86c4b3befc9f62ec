/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_recover.c - what a writer that stopped left undone, or left lying about.
 *
 * Every append is preceded by this, so only the last entry's bundle and tiles
 * can be missing, and only one statement, one file of results, some staged entries and one
 * temporary of each kind can be left over.  Nothing is removed before the log
 * was found to be what its checkpoint says.
 *
 * Spec: docs/ARCHITECTURE.md, commit order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "log/log_internal.h"

/* ---- completing ---- */

static enum mun_status
put_if_missing(struct mun_store *store, const char *name, const void *bytes,
    size_t len, struct mun_error *err)
{
	enum mun_status status;
	bool has;

	MUN_TRY(mun_store_has(store, name, &has, err));
	if (!has)
		status = mun_store_put_derived(store, name, bytes, len, err);
out:
	return status;
}

/* Widths met in one folder of partial tiles. */
struct widths {
	struct mun_tile tile;
	bool met[MUN_TILE_WIDTH];
};

static enum mun_status
visit_width(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	struct widths *widths = ctx;
	struct mun_tile found;

	(void)size;
	(void)err;
	if (kind == MUN_STORE_FILE && mun_tile_name_parse(&found, name) &&
	    found.level == widths->tile.level &&
	    found.number == widths->tile.number && found.width < MUN_TILE_WIDTH)
		widths->met[found.width] = true;
	return MUN_OK;
}

static enum mun_status
list_widths(
    struct mun_store *store, struct widths *widths, struct mun_error *err)
{
	char folder[MUN_TILE_NAME_MAX];

	mun_tile_folder(folder, widths->tile.level, widths->tile.number);
	return mun_store_list(store, folder, visit_width, widths, err);
}

static enum mun_status
remove_narrower(
    struct mun_store *store, const struct mun_tile *tile, struct mun_error *err)
{
	struct widths widths = { .tile = *tile };
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	MUN_TRY(list_widths(store, &widths, err));
	for (unsigned width = 1; width < tile->width; width++) {
		if (!widths.met[width])
			continue;
		mun_tile_name(name, tile->level, tile->number, width);
		MUN_TRY(mun_store_remove(store, name, err));
	}
out:
	return status;
}

/* A checkpoint older than its own bundles was put back by hand: to go on from
 * it would overwrite history, and to tidy up after it would remove some. */
static enum mun_status
refuse_older_checkpoint(struct mun_log *log, struct mun_error *err)
{
	uint64_t size = log->checkpoint.size;
	struct widths widths = { .tile = { .level = MUN_TILE_ENTRIES,
				     .number = size / MUN_TILE_WIDTH } };
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;
	bool more;

	mun_tile_name(
	    name, widths.tile.level, widths.tile.number, MUN_TILE_WIDTH);
	MUN_TRY(mun_store_has(log->store, name, &more, err));
	MUN_TRY(list_widths(log->store, &widths, err));
	for (size_t i = size % MUN_TILE_WIDTH + 1; i < MUN_TILE_WIDTH; i++)
		more = more || widths.met[i];
	if (more)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: it holds entries beyond its checkpoint of %llu: an "
		    "older checkpoint was put back; restore the whole vault "
		    "from its newest copy",
		    (unsigned long long)size);
out:
	return status;
}

/* The tile of each level that the last entry changed; false above them. */
static bool
changed_tile(struct mun_tile *tile, int level, uint64_t size)
{
	uint64_t count = mun_tile_level_count(level, size);

	if (count == 0 || (level > 0 && count << (8 * level) != size))
		return false;
	tile->level = level;
	tile->number = (count - 1) / MUN_TILE_WIDTH;
	tile->width = mun_tile_width(level, tile->number, size);
	return true;
}

static enum mun_status
write_bundle(
    struct mun_log *log, const struct mun_tile *tile, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_tile_name(name, tile->level, tile->number, tile->width);
	MUN_TRY(mun_log_load_bundle(log, tile->number, err));
	MUN_TRY(put_if_missing(log->store, name, log->bundle.bytes.data,
	    log->bundle.bytes.len, err));
out:
	return status;
}

static enum mun_status
write_tile(
    struct mun_log *log, const struct mun_tile *tile, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_tile_name(name, tile->level, tile->number, tile->width);
	MUN_TRY(mun_log_load_tile(log, tile->level, tile->number, err));
	MUN_TRY(put_if_missing(log->store, name, log->tile[tile->level],
	    tile->width * sizeof(struct mun_hash), err));
out:
	return status;
}

/* Everything wider is there before anything narrower goes. */
static enum mun_status
complete_tiles(struct mun_log *log, struct mun_error *err)
{
	uint64_t size = log->checkpoint.size;
	enum mun_status status = MUN_OK;
	struct mun_tile tile;

	if (changed_tile(&tile, MUN_TILE_ENTRIES, size))
		MUN_TRY(write_bundle(log, &tile, err));
	for (int i = 0; i < MUN_TILE_LEVELS && changed_tile(&tile, i, size);
	     i++)
		MUN_TRY(write_tile(log, &tile, err));
	for (int i = MUN_TILE_ENTRIES;
	     i < MUN_TILE_LEVELS && changed_tile(&tile, i, size); i++)
		MUN_TRY(remove_narrower(log->store, &tile, err));
out:
	return status;
}

/* ---- making all tiles again ---- */

static enum mun_status
emit_nothing(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	(void)ctx;
	(void)name;
	(void)bytes;
	(void)len;
	(void)err;
	return MUN_OK;
}

static enum mun_status
emit_missing(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	return put_if_missing(ctx, name, bytes, len, err);
}

static enum mun_status
build_all(struct mun_log *log, mun_tile_emit *emit, struct mun_error *err)
{
	struct mun_buffer entry = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_tile_builder *builder = NULL;
	enum mun_status status;
	struct mun_hash root;

	MUN_TRY(mun_tile_builder_new(&builder, emit, log->store, err));
	for (uint64_t i = 0; i < log->checkpoint.size; i++) {
		MUN_TRY(mun_log_entry(log, i, &entry, err));
		MUN_TRY(
		    mun_tile_builder_add(builder, entry.data, entry.len, err));
	}
	MUN_TRY(mun_tile_builder_finish(builder, err));
	mun_tile_builder_root(builder, &root);
	if (!mun_bytes_equal(
		root.bytes, log->checkpoint.root.bytes, sizeof(root.bytes)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: its entries do not give the root of its checkpoint");
out:
	mun_tile_builder_free(builder);
	mun_buffer_free(&entry);
	return status;
}

/* Judged first, written after. */
static enum mun_status
rebuild(struct mun_log *log, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(build_all(log, emit_nothing, err));
	MUN_TRY(build_all(log, emit_missing, err));
out:
	if (status == MUN_ERR_NOT_FOUND)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: an entry bundle is missing; restore it from a copy");
	return status;
}

enum mun_status
mun_log_complete(struct mun_store *store, struct mun_error *err)
{
	struct mun_merkle_frontier frontier;
	struct mun_log *log = NULL;
	char staged[MUN_TILE_NAME_MAX];
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, store, err));
	status = mun_log_frontier(log, &frontier, err);
	if (status == MUN_ERR_NOT_FOUND) {
		MUN_TRY(rebuild(log, err));
		status = mun_log_frontier(log, &frontier, err);
	}
	MUN_TRY(status);
	MUN_TRY(refuse_older_checkpoint(log, err));
	MUN_TRY(complete_tiles(log, err));
	MUN_TRY(mun_log_put_certificates(log, err));
	mun_staged_name(staged, log->checkpoint.size, &log->checkpoint.root);
	MUN_TRY(mun_store_remove(store, staged, err));
out:
	mun_log_close(log);
	return status;
}

/* ---- tidying up ---- */

static enum mun_status
remove_if_there(
    struct mun_store *store, const char *name, struct mun_error *err)
{
	enum mun_status status;
	bool has;

	MUN_TRY(mun_store_has(store, name, &has, err));
	if (has)
		status = mun_store_remove(store, name, err);
out:
	return status;
}

/* base/file.h makes "folder/name" as "folder/.name.tmp" first. */
static enum mun_status
remove_temporary(
    struct mun_store *store, const char *name, struct mun_error *err)
{
	char temporary[MUN_TILE_NAME_MAX + 8];
	const char *base = strrchr(name, '/') + 1;

	(void)snprintf(temporary, sizeof(temporary), "%.*s.%s.tmp",
	    (int)(base - name), name, base);
	return remove_if_there(store, temporary, err);
}

struct staged_list {
	char (*names)[MUN_TILE_NAME_MAX];
	size_t count;
};

static enum mun_status
visit_staged(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	struct staged_list *list = ctx;
	char(*longer)[MUN_TILE_NAME_MAX];

	(void)size;
	/* What no writer of ours made is for the verifier to report. */
	if (kind != MUN_STORE_FILE || strlen(name) >= MUN_TILE_NAME_MAX)
		return MUN_OK;
	longer = realloc(list->names, (list->count + 1) * sizeof(*longer));
	if (longer == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for staged entries");
	list->names = longer;
	(void)snprintf(
	    list->names[list->count++], MUN_TILE_NAME_MAX, "%s", name);
	return MUN_OK;
}

static enum mun_status
remove_staged(struct mun_store *store, struct mun_error *err)
{
	struct staged_list list = { .names = NULL };
	enum mun_status status;

	MUN_TRY(mun_store_list(store, "log/staged", visit_staged, &list, err));
	for (size_t i = 0; i < list.count; i++)
		MUN_TRY(mun_store_remove(store, list.names[i], err));
out:
	free(list.names);
	return status;
}

/* A writer of a cosigned checkpoint that died in the middle of it. */
static enum mun_status
visit_witness(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	(void)size;
	if (kind != MUN_STORE_FILE ||
	    !mun_file_is_temporary_name(strrchr(name, '/') + 1))
		return MUN_OK;
	return mun_store_remove(ctx, name, err);
}

/* All that an append of entry number size can have left. */
static enum mun_status
remove_leftovers(struct mun_store *store, uint64_t size, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	MUN_TRY(mun_log_settle_stamps(store, err));
	MUN_TRY(remove_staged(store, err));
	mun_statement_name(name, size);
	MUN_TRY(remove_if_there(store, name, err));
	MUN_TRY(remove_temporary(store, name, err));
	mun_results_name(name, size);
	MUN_TRY(remove_if_there(store, name, err));
	MUN_TRY(remove_temporary(store, name, err));
	MUN_TRY(remove_temporary(store, "log/checkpoint", err));
	MUN_TRY(
	    mun_store_list(store, "log/witness", visit_witness, store, err));
out:
	return status;
}

static enum mun_status
visit_any(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	bool *any = ctx;

	(void)name;
	(void)size;
	(void)err;
	if (kind != MUN_STORE_FOLDER)
		*any = true;
	return MUN_OK;
}

/* No checkpoint: either creation stopped before its commit, or somebody took
 * the checkpoint away, and then nothing may be removed. */
static enum mun_status
recover_uncreated(struct mun_store *store, struct mun_error *err)
{
	enum mun_status status;
	bool any = false;

	MUN_TRY(mun_store_list(store, "log/tile", visit_any, &any, err));
	if (any)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log: 'log/checkpoint' is missing though there are "
		    "entries; restore it from a copy");
	MUN_TRY(remove_leftovers(store, 0, err));
out:
	return status;
}

static enum mun_status
read_size(struct mun_store *store, uint64_t *size, struct mun_error *err)
{
	struct mun_log *log = NULL;
	enum mun_status status;

	status = mun_log_open(&log, store, err);
	if (status == MUN_OK)
		*size = log->checkpoint.size;
	mun_log_close(log);
	return status;
}

static enum mun_status
recover(struct mun_store *store, uint64_t size, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_log_complete(store, err));
	MUN_TRY(remove_leftovers(store, size, err));
out:
	return status;
}

enum mun_status
mun_log_recover(struct mun_store *store, struct mun_error *err)
{
	enum mun_status status;
	uint64_t size;

	status = read_size(store, &size, err);
	if (status == MUN_ERR_NOT_FOUND)
		return recover_uncreated(store, err);
	MUN_TRY(status);
	status = mun_store_or_unwritable(recover(store, size, err), err);
out:
	return status;
}
