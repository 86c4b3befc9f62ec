/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish.c - the part of a log that anybody may see, as a folder that any web
 * server can hand out: C2SP tlog-tiles without its entries.
 *
 * What may lie there is a closed list, looked at before anything is written:
 * an entry or a statement that got there would be out for ever.
 *
 * Spec: docs/format/log.md, The public copy.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "muniment/witness.h"
#include "vault/vault.h"
#include "witness/witness_internal.h"

#define IN_LOG "log/"

enum {
	NAME_MAX_LEN = MUN_TILE_NAME_MAX + 4,
	FOLDER_MODE = 0755, /* it is for everybody */
	FILE_MODE = 0644
};

struct publish {
	struct mun_vault *vault;
	struct mun_store *from, *to;
	struct mun_log *log;
	uint64_t size;
	const char *folder; /* as typed */
	struct mun_publish_result *result;
	struct mun_buffer file;
};

/* ---- what may lie there ---- */

static bool
starts(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool
is_temporary(const char *name)
{
	const char *slash = strrchr(name, '/');

	return mun_file_is_temporary_name(slash == NULL ? name : slash + 1);
}

/* What an earlier copy had and this one need not: a tile that grew. */
static bool
is_outgrown(const struct publish *publish, const char *name)
{
	char in_log[NAME_MAX_LEN];

	if (!starts(name, "tile/") || starts(name, "tile/entries") ||
	    strlen(name) + sizeof(IN_LOG) > sizeof(in_log))
		return false;
	(void)snprintf(in_log, sizeof(in_log), IN_LOG "%s", name);
	return mun_tile_name_is_litter(in_log, publish->size);
}

static bool
is_public(const struct publish *publish, const char *name)
{
	char in_log[NAME_MAX_LEN];
	uint64_t size;

	if (strlen(name) + sizeof(IN_LOG) > sizeof(in_log))
		return false;
	(void)snprintf(in_log, sizeof(in_log), IN_LOG "%s", name);
	if (mun_witness_name_parse(&size, in_log))
		return size <= publish->size;
	return strcmp(name, "checkpoint") == 0 ||
	    (starts(name, "tile/") && !starts(name, "tile/entries") &&
		mun_tile_name_is_expected(in_log, publish->size));
}

static enum mun_status
look(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct publish *publish = ctx;

	(void)size;
	if (kind == MUN_STORE_FOLDER ||
	    (kind == MUN_STORE_FILE &&
		(is_public(publish, name) || is_outgrown(publish, name) ||
		    is_temporary(name))))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_EXISTS,
	    "'%s' is no part of a public copy of this log; nothing was "
	    "written: name a new or empty folder",
	    name);
}

/* The copy has to be of this log, and not ahead of it. */
static enum mun_status
check_copy(struct publish *publish, struct mun_error *err)
{
	struct mun_checkpoint old;
	enum mun_status status;

	mun_buffer_reset(&publish->file);
	status = mun_store_read(publish->to, "checkpoint", &publish->file, err);
	if (status == MUN_ERR_NOT_FOUND)
		status = MUN_OK; /* a new one, or one that was interrupted */
	else if (status == MUN_OK)
		status = mun_witness_check_extends(
		    publish->vault, publish->log, &publish->file, &old, err);
	if (status != MUN_OK)
		mun_error_wrap(err, "checkpoint");
	return status;
}

/* ---- writing ---- */

/* Nothing is touched that is as it should be. */
static enum mun_status
put(struct publish *publish, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	const char *slash = strrchr(name, '/');
	char parent[NAME_MAX_LEN] = "";
	enum mun_status status;
	int fd = -1;

	MUN_ASSERT(is_public(publish, name));
	publish->result->files++;
	mun_buffer_reset(&publish->file);
	status = mun_store_read(publish->to, name, &publish->file, NULL);
	if (status == MUN_OK && publish->file.len == len &&
	    memcmp(publish->file.data, bytes, len) == 0)
		return MUN_OK;
	if (slash != NULL)
		(void)snprintf(
		    parent, sizeof(parent), "%.*s", (int)(slash - name), name);
	MUN_TRY(mun_file_make_folders_beneath(
	    mun_store_fd(publish->to), parent, FOLDER_MODE, &fd, err));
	MUN_TRY(mun_file_replace(
	    fd, slash == NULL ? name : slash + 1, bytes, len, FILE_MODE, err));
	publish->result->written++;
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
put_tile(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	return put(ctx, name + strlen(IN_LOG), bytes, len, err);
}

/* One that is damaged, or that this log does not extend, is not shown. */
static enum mun_status
put_cosigned(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t bytes, struct mun_error *err)
{
	struct publish *publish = ctx;
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_checkpoint cosigned, old;
	enum mun_status status;
	uint64_t size;

	(void)bytes;
	/* of a head above ours: made while we were at work */
	if (kind != MUN_STORE_FILE || !mun_witness_name_parse(&size, name) ||
	    size > publish->size)
		return MUN_OK;
	MUN_TRY(mun_store_read(publish->from, name, &note, err));
	MUN_TRY(mun_cosigned_parse(&cosigned, note.data, note.len, err));
	MUN_TRY(mun_witness_check_extends(
	    publish->vault, publish->log, &note, &old, err));
	if (cosigned.size != size) {
		status =
		    mun_error_set(err, MUN_ERR_FORMAT, "it is of another size");
		goto out;
	}
	MUN_TRY(put(publish, name + strlen(IN_LOG), note.data, note.len, err));
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", name);
	mun_buffer_free(&note);
	return status;
}

static enum mun_status
put_head(struct publish *publish, struct mun_error *err)
{
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	enum mun_status status;

	MUN_TRY(
	    mun_witness_append_head(publish->from, publish->log, &note, err));
	status = put(publish, "checkpoint", note.data, note.len, err);
out:
	mun_buffer_free(&note);
	return status;
}

/* ---- tidying ---- */

static enum mun_status
tidy(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct publish *publish = ctx;

	(void)size;
	if (kind != MUN_STORE_FILE ||
	    (!is_outgrown(publish, name) && !is_temporary(name)))
		return MUN_OK;
	return mun_store_remove(publish->to, name, err);
}

/* ---- the whole ---- */

static enum mun_status
open_folder(struct publish *publish, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_vault_expect_outside(publish->folder, err));
	MUN_TRY(
	    mun_file_make_folders(AT_FDCWD, publish->folder, FOLDER_MODE, err));
	MUN_TRY(mun_store_open(&publish->to, publish->folder, err));
out:
	return status;
}

enum mun_status
mun_log_publish(struct mun_vault *vault, const char *folder,
    struct mun_publish_result *result, struct mun_error *err)
{
	struct publish publish = { .vault = vault,
		.from = mun_vault_store(vault),
		.folder = folder,
		.result = result,
		.file = MUN_BUFFER_INIT(MUN_NOTE_MAX) };
	enum mun_status status;

	*result = (struct mun_publish_result){ .size = 0 };
	MUN_TRY(mun_log_open(&publish.log, publish.from, err));
	publish.size = mun_log_checkpoint(publish.log)->size;
	result->size = publish.size;
	MUN_TRY(open_folder(&publish, err));
	MUN_TRY(check_copy(&publish, err));
	MUN_TRY(mun_store_list(publish.to, "", look, &publish, err));
	MUN_TRY(mun_log_each_tile(publish.log, put_tile, &publish, err));
	MUN_TRY(mun_store_list(
	    publish.from, "log/witness", put_cosigned, &publish, err));
	MUN_TRY(put_head(&publish, err));
	MUN_TRY(mun_store_list(publish.to, "", tidy, &publish, err));
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "public copy '%s'", folder);
	mun_store_close(publish.to);
	mun_log_close(publish.log);
	mun_buffer_free(&publish.file);
	return status;
}
