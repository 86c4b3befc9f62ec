/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_write.c - puts whole, durable files into a vault of our own.
 *
 * The folder of a name is made (and made durable) before the file; base/file.h
 * does the rest.  Nothing here keeps a document or the log: callers order the
 * calls (docs/ARCHITECTURE.md, commit order).
 */
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"
#include "store/store_internal.h"

static const char checkpoint_name[] = "log/checkpoint";

/* Make sure of the folder of name and open it. */
static enum mun_status
make_parent(const struct mun_store *store, const char *name, int *fd,
    const char **base_name, struct mun_error *err)
{
	char folder[MUN_STORE_NAME_MAX + 1];
	enum mun_status status;

	*fd = -1;
	MUN_TRY(mun_store_check_name(name, err));
	*base_name = mun_store_split(name, folder);
	/* The sweep would take it for litter. */
	if (mun_file_is_temporary_name(*base_name))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "'%s' is a name for temporaries", name);
	status = mun_file_make_folders_beneath(
	    store->fd, folder, MUN_STORE_FOLDER_MODE, fd, err);
out:
	return status;
}

enum mun_status
mun_store_put_new(struct mun_store *store, const char *name, const void *bytes,
    size_t len, struct mun_error *err)
{
	const char *base_name;
	int folder = -1;
	enum mun_status status;

	MUN_TRY(make_parent(store, name, &folder, &base_name, err));
	status = mun_file_put_new(
	    folder, base_name, bytes, len, MUN_STORE_FILE_MODE, err);
out:
	mun_file_close(&folder);
	return status;
}

enum mun_status
mun_store_put_derived(struct mun_store *store, const char *name,
    const void *bytes, size_t len, struct mun_error *err)
{
	const char *base_name;
	int folder = -1;
	enum mun_status status;

	MUN_TRY(make_parent(store, name, &folder, &base_name, err));
	status = mun_file_replace(
	    folder, base_name, bytes, len, MUN_STORE_FILE_MODE, err);
out:
	mun_file_close(&folder);
	return status;
}

/* MUN_ERR_BUSY unless log/checkpoint is what the caller builds on. */
static enum mun_status
compare_checkpoint(struct mun_store *store, const void *expected,
    size_t expected_len, struct mun_error *err)
{
	struct mun_buffer found = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	bool is_there = true;
	enum mun_status status;

	status = mun_store_read(store, checkpoint_name, &found, err);
	if (status == MUN_ERR_NOT_FOUND) {
		is_there = false;
		status = MUN_OK;
	}
	if (status != MUN_OK)
		goto out;
	if (is_there != (expected_len > 0) || found.len != expected_len ||
	    (is_there && !mun_bytes_equal(found.data, expected, found.len)))
		status = mun_error_set(err, MUN_ERR_BUSY,
		    "'%s' has changed meanwhile", checkpoint_name);
out:
	mun_buffer_free(&found);
	return status;
}

enum mun_status
mun_store_swap_checkpoint(struct mun_store *store, const void *expected,
    size_t expected_len, const void *bytes, size_t len, struct mun_error *err)
{
	enum mun_status status;

	if (len == 0 || len > MUN_CHECKPOINT_MAX)
		return mun_error_set(
		    err, MUN_ERR_USAGE, "a checkpoint of %zu bytes", len);
	MUN_TRY(compare_checkpoint(store, expected, expected_len, err));
	status = mun_store_put_derived(store, checkpoint_name, bytes, len, err);
out:
	return status;
}

enum mun_status
mun_store_remove(
    struct mun_store *store, const char *name, struct mun_error *err)
{
	const char *base_name;
	int folder = -1;
	enum mun_status status;

	MUN_TRY(mun_store_check_name(name, err));
	status = mun_store_open_parent(store, name, &folder, &base_name, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	if (unlinkat(folder, base_name, 0) == 0)
		status = mun_file_sync(folder, name, err);
	else if (errno != ENOENT)
		status = mun_error_system(err, errno, "remove '%s'", name);
out:
	mun_file_close(&folder);
	return status;
}

/* Whether a temporary lies outside incoming/, which has a sweep of its own. */
static bool
is_litter(const char *name)
{
	static const char incoming[] = "incoming/";
	char folder[MUN_STORE_NAME_MAX + 1];

	return mun_store_is_name(name) &&
	    strncmp(name, incoming, sizeof(incoming) - 1) != 0 &&
	    mun_file_is_temporary_name(mun_store_split(name, folder));
}

static enum mun_status
sweep_one(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	const struct mun_store *store = ctx;
	const char *base_name;
	int folder = -1;
	enum mun_status status;

	(void)size;
	if (kind != MUN_STORE_FILE || !is_litter(name))
		return MUN_OK;
	MUN_TRY(mun_store_open_parent(store, name, &folder, &base_name, err));
	status = mun_file_remove_dead_temporary(folder, base_name, err);
out:
	mun_file_close(&folder);
	return status;
}

enum mun_status
mun_store_sweep_temporaries(struct mun_store *store, struct mun_error *err)
{
	return mun_store_list(store, "", sweep_one, store, err);
}

enum mun_status
mun_store_or_unwritable(enum mun_status status, struct mun_error *err)
{
	if (status == MUN_ERR_SYSTEM && err != NULL &&
	    (err->code == EROFS || err->code == EACCES || err->code == EPERM ||
		err->code == ENOSPC || err->code == EDQUOT))
		mun_error_wrap(err, "the vault cannot be written");
	return status;
}
