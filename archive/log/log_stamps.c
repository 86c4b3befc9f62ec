/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_stamps.c - the files of a stamped checkpoint go in before the event that
 * names them, and out again if it never came.
 *
 * A mark is put first and goes last, so that a writer that dies in between
 * leaves no file without one, and a recovery has to look for the event only
 * where there is a mark.
 *
 * Spec: docs/format/log.md, Tree and tiles; docs/ARCHITECTURE.md, commit order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "log/detail.h"
#include "log/log_internal.h"

/* ---- lists of names ---- */

struct names {
	char (*list)[MUN_TILE_NAME_MAX];
	size_t count;
};

static enum mun_status
visit_file(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct names *names = ctx;
	char(*longer)[MUN_TILE_NAME_MAX];

	(void)size;
	/* what no writer of ours made is for the verifier to report */
	if (kind != MUN_STORE_FILE || strlen(name) >= MUN_TILE_NAME_MAX)
		return MUN_OK;
	longer = realloc(names->list, (names->count + 1) * sizeof(*longer));
	if (longer == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for names of files");
	names->list = longer;
	(void)snprintf(
	    names->list[names->count++], MUN_TILE_NAME_MAX, "%s", name);
	return MUN_OK;
}

/* ---- putting ---- */

static enum mun_status
put_stamp(struct mun_store *store, uint64_t size, unsigned number,
    const struct mun_stamp_bytes *stamp, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	char name[MUN_TILE_NAME_MAX];

	for (unsigned i = MUN_STAMP_QUERY; i < MUN_STAMP_FILES; i++) {
		const struct mun_buffer *bytes =
		    stamp->files[i - MUN_STAMP_QUERY];

		mun_stamp_name(name, size, number, (enum mun_stamp_file)i);
		MUN_TRY(mun_store_put_new(store, name,
		    bytes->len == 0 ? (const void *)"" : bytes->data,
		    bytes->len, err));
	}
out:
	return status;
}

static enum mun_status
put_files(struct mun_store *store, uint64_t size,
    const struct mun_buffer *checkpoint, const struct mun_stamp_bytes *stamps,
    size_t stamp_count, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_stamps_mark_name(name, size);
	MUN_TRY(mun_store_put_new(store, name, "", 0, err));
	mun_stamp_name(name, size, 0, MUN_STAMP_CHECKPOINT);
	MUN_TRY(mun_store_put_new(
	    store, name, checkpoint->data, checkpoint->len, err));
	for (size_t i = 0; i < stamp_count; i++)
		MUN_TRY(
		    put_stamp(store, size, (unsigned)i + 1, &stamps[i], err));
out:
	return status;
}

static enum mun_status
remove_folder(struct mun_store *store, uint64_t size, struct mun_error *err)
{
	struct names found = { .list = NULL };
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_stamp_name(name, size, 0, MUN_STAMP_CHECKPOINT);
	*strrchr(name, '/') = '\0';
	MUN_TRY(mun_store_list(store, name, visit_file, &found, err));
	for (size_t i = 0; i < found.count; i++)
		MUN_TRY(mun_store_remove(store, found.list[i], err));
	mun_stamps_mark_name(name, size);
	MUN_TRY(mun_store_remove(store, name, err));
out:
	free(found.list);
	return status;
}

enum mun_status
mun_log_put_stamps(struct mun_store *store, uint64_t size,
    const struct mun_buffer *checkpoint, const struct mun_stamp_bytes *stamps,
    size_t stamp_count, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;
	bool has;

	MUN_ASSERT(stamp_count >= 1 && stamp_count <= MUN_STAMPS_MAX);
	mun_stamp_name(name, size, 0, MUN_STAMP_CHECKPOINT);
	MUN_TRY(mun_store_has(store, name, &has, err));
	if (has)
		return mun_error_set(err, MUN_ERR_EXISTS,
		    "the head of %llu entries was time-stamped before",
		    (unsigned long long)size);
	status = put_files(store, size, checkpoint, stamps, stamp_count, err);
	/* else a recovery will: the mark is there */
	if (status != MUN_OK && remove_folder(store, size, NULL) != MUN_OK)
		return status;
out:
	return status;
}

/* ---- settling ---- */

static enum mun_status
stamps_of(struct mun_log *log, uint64_t seq, uint64_t size, bool *found,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_detail detail;
	enum mun_status status;

	MUN_TRY(mun_log_entry(log, seq, &der, err));
	MUN_TRY(mun_entry_unverified(&entry, der.data, der.len, err));
	if (mun_event_type_of(entry.event.type) != MUN_EVENT_TIME_STAMP)
		goto out;
	MUN_TRY(mun_detail_read(&detail, &entry.event, err));
	*found = *found || detail.checkpoint_size == size;
	mun_detail_clear(&detail);
out:
	mun_entry_clear(&entry);
	mun_buffer_free(&der);
	return status;
}

/* An event stands at the size that it stamps, or later. */
static enum mun_status
is_named(
    struct mun_store *store, uint64_t size, bool *named, struct mun_error *err)
{
	struct mun_log *log = NULL;
	enum mun_status status = mun_log_open(&log, store, err);

	*named = false;
	if (status == MUN_ERR_NOT_FOUND) {
		status = MUN_OK;
		goto out;
	}
	MUN_TRY(status);
	for (uint64_t i = size; i < log->checkpoint.size && !*named; i++)
		MUN_TRY(stamps_of(log, i, size, named, err));
out:
	mun_log_close(log);
	return status;
}

/* The size that a mark's name says; 0: it is none. */
static uint64_t
marked_size(const char *name)
{
	struct mun_reader reader = mun_reader_over(name, strlen(name));
	uint64_t size;

	return mun_reader_literal(&reader, MUN_STAMPS_MARK) &&
		mun_reader_decimal(&reader, &size) &&
		mun_reader_left(&reader) == 0
	    ? size
	    : 0;
}

static enum mun_status
settle(struct mun_store *store, uint64_t size, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;
	bool named;

	MUN_TRY(is_named(store, size, &named, err));
	if (!named)
		return remove_folder(store, size, err);
	mun_stamps_mark_name(name, size);
	MUN_TRY(mun_store_remove(store, name, err));
out:
	return status;
}

enum mun_status
mun_log_settle_stamps(struct mun_store *store, struct mun_error *err)
{
	struct names staged = { .list = NULL };
	enum mun_status status;

	MUN_TRY(mun_store_list(store, "log/staged", visit_file, &staged, err));
	for (size_t i = 0; i < staged.count; i++) {
		uint64_t size = marked_size(staged.list[i]);

		if (size > 0)
			MUN_TRY(settle(store, size, err));
	}
out:
	free(staged.list);
	return status;
}
