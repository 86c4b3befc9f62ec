/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_read.c - the head and the entries, while somebody may be appending.
 *
 * The checkpoint is read once.  What it names can only be replaced by
 * something wider: a partial bundle by a wider one or by the full one, the
 * staged entry by a bundle that has it.
 *
 * Spec: docs/format/log.md, Tree and tiles.
 */
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "log/log_internal.h"

enum mun_status
mun_log_open(
    struct mun_log **out, struct mun_store *store, struct mun_error *err)
{
	struct mun_log *log = calloc(1, sizeof(*log));
	enum mun_status status;

	if (log == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for log");
	log->store = store;
	log->checkpoint_bytes =
	    (struct mun_buffer)MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	log->bundle = (struct mun_bundle)MUN_BUNDLE_INIT;
	status = mun_store_read(
	    store, "log/checkpoint", &log->checkpoint_bytes, err);
	if (status == MUN_ERR_LIMIT)
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "log/checkpoint: too long");
	if (status != MUN_OK)
		goto out;
	MUN_TRY(mun_checkpoint_parse(&log->checkpoint,
	    log->checkpoint_bytes.data, log->checkpoint_bytes.len, err));
	*out = log;
	log = NULL;
out:
	mun_log_close(log);
	return status;
}

void
mun_log_close(struct mun_log *log)
{
	if (log == NULL)
		return;
	mun_buffer_free(&log->checkpoint_bytes);
	mun_buffer_free(&log->bundle.bytes);
	free(log);
}

const struct mun_checkpoint *
mun_log_checkpoint(const struct mun_log *log)
{
	return &log->checkpoint;
}

const void *
mun_log_checkpoint_bytes(const struct mun_log *log, size_t *len)
{
	*len = log->checkpoint_bytes.len;
	return log->checkpoint_bytes.data;
}

/* Replace the contents; what is too long for its kind is damaged. */
static enum mun_status
read_whole(struct mun_log *log, const char *name, struct mun_buffer *bytes,
    struct mun_error *err)
{
	enum mun_status status;

	mun_buffer_reset(bytes);
	status = mun_store_read(log->store, name, bytes, err);
	if (status == MUN_ERR_LIMIT)
		status =
		    mun_error_set(err, MUN_ERR_FORMAT, "'%s': too long", name);
	return status;
}

/* Keeps the widest of the partial tiles met. */
static enum mun_status
visit_partial(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	struct mun_tile *widest = ctx;
	struct mun_tile found;

	(void)size;
	(void)err;
	if (kind == MUN_STORE_FILE && mun_tile_name_parse(&found, name) &&
	    found.level == widest->level && found.number == widest->number &&
	    found.width > widest->width)
		widest->width = found.width;
	return MUN_OK;
}

static enum mun_status
read_wider(struct mun_log *log, struct mun_tile *tile, struct mun_buffer *bytes,
    struct mun_error *err)
{
	struct mun_tile widest = *tile;
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_tile_folder(name, tile->level, tile->number);
	MUN_TRY(mun_store_list(log->store, name, visit_partial, &widest, err));
	/* None wider: it is full by now, or was never there. */
	if (widest.width == tile->width)
		widest.width = MUN_TILE_WIDTH;
	mun_tile_name(name, tile->level, tile->number, widest.width);
	MUN_TRY(read_whole(log, name, bytes, err));
	tile->width = widest.width;
out:
	return status;
}

enum mun_status
mun_log_read_tile(struct mun_log *log, struct mun_tile *tile,
    struct mun_buffer *bytes, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_tile_name(name, tile->level, tile->number, tile->width);
	status = read_whole(log, name, bytes, err);
	if (status == MUN_ERR_NOT_FOUND && tile->width < MUN_TILE_WIDTH)
		status = read_wider(log, tile, bytes, err);
	return status;
}

/* The last bundle before its last entry was put into it, and that entry from
 * where it waits. */
static enum mun_status
read_bundle_and_staged(
    struct mun_log *log, const struct mun_tile *tile, struct mun_error *err)
{
	const struct mun_checkpoint *head = &log->checkpoint;
	struct mun_buffer entry = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer *bytes = &log->bundle.bytes;
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_buffer_reset(bytes);
	if (tile->width > 1) {
		mun_tile_name(name, tile->level, tile->number, tile->width - 1);
		MUN_TRY(read_whole(log, name, bytes, err));
	}
	mun_staged_name(name, head->size, &head->root);
	MUN_TRY(read_whole(log, name, &entry, err));
	mun_bundle_append(bytes, entry.data, entry.len);
	status = mun_buffer_status(bytes, "entry bundle", err);
out:
	mun_buffer_free(&entry);
	return status;
}

static enum mun_status
read_bundle(struct mun_log *log, struct mun_tile *tile, struct mun_error *err)
{
	enum mun_status status = MUN_ERR_NOT_FOUND;
	struct mun_tile wanted = *tile;
	bool last = tile->number == (log->checkpoint.size - 1) / MUN_TILE_WIDTH;

	for (int i = 0; i < MUN_READ_ATTEMPTS; i++) {
		*tile = wanted;
		status = mun_log_read_tile(log, tile, &log->bundle.bytes, err);
		if (status == MUN_ERR_NOT_FOUND && last) {
			*tile = wanted;
			status = read_bundle_and_staged(log, tile, err);
		}
		if (status != MUN_ERR_NOT_FOUND)
			break;
	}
	return status;
}

enum mun_status
mun_log_load_bundle(struct mun_log *log, uint64_t number, struct mun_error *err)
{
	struct mun_tile tile = { .level = MUN_TILE_ENTRIES, .number = number };
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	if (log->has_bundle && log->bundle_number == number)
		return MUN_OK;
	log->has_bundle = false;
	tile.width = mun_tile_width(tile.level, number, log->checkpoint.size);
	MUN_ASSERT(tile.width > 0);
	MUN_TRY(read_bundle(log, &tile, err));
	MUN_TRY(mun_bundle_parse(&log->bundle, err));
	if (log->bundle.count != tile.width) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "entry bundle: it has %u entries, not %u",
		    log->bundle.count, tile.width);
		goto out;
	}
	log->has_bundle = true;
	log->bundle_number = number;
out:
	if (status != MUN_OK) {
		mun_tile_name(name, MUN_TILE_ENTRIES, number, MUN_TILE_WIDTH);
		mun_error_wrap(err, "entries '%s'", name);
	}
	return status;
}

enum mun_status
mun_log_entry(struct mun_log *log, uint64_t seq, struct mun_buffer *entry,
    struct mun_error *err)
{
	enum mun_status status;
	unsigned i = (unsigned)(seq % MUN_TILE_WIDTH);

	if (seq >= log->checkpoint.size)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "log: there is no entry %llu", (unsigned long long)seq);
	MUN_TRY(mun_log_load_bundle(log, seq / MUN_TILE_WIDTH, err));
	mun_buffer_reset(entry);
	mun_buffer_append(entry, log->bundle.bytes.data + log->bundle.start[i],
	    log->bundle.len[i]);
	status = mun_buffer_status(entry, "log entry", err);
out:
	return status;
}

enum mun_status
mun_log_statement(struct mun_log *log, uint64_t seq,
    struct mun_buffer *statement, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];

	mun_statement_name(name, seq);
	return read_whole(log, name, statement, err);
}
