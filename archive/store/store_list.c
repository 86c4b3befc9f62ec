/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_list.c - everything that lies in a vault, named byte for byte.
 *
 * What is listed may be hostile: any name, any kind of file, any depth.  So
 * links are not followed, nothing but folders is opened, and a folder deeper
 * than any of ours is named but not entered.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "store/store_internal.h"

struct listing {
	struct mun_buffer path; /* of the folder being listed, then its entry */
	mun_store_visit *visit;
	void *ctx;
	struct mun_error *err;
};

static enum mun_status list_folder(
    struct listing *listing, int fd, unsigned depth);

static enum mun_store_kind
kind_of(const struct stat *found, unsigned depth)
{
	if (S_ISREG(found->st_mode))
		return MUN_STORE_FILE;
	if (S_ISDIR(found->st_mode) && depth < MUN_STORE_DEPTH_MAX)
		return MUN_STORE_FOLDER;
	return MUN_STORE_OTHER;
}

static enum mun_status
enter(struct listing *listing, int fd, const char *name, unsigned depth)
{
	int below;
	enum mun_status status;

	below =
	    openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* Removed or replaced since it was visited: nothing to list. */
	if (below < 0 &&
	    (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return MUN_OK;
	if (below < 0)
		return mun_error_system(listing->err, errno, "list '%s'",
		    mun_buffer_text(&listing->path));
	status = list_folder(listing, below, depth + 1);
	mun_file_close(&below);
	return status;
}

static enum mun_status
list_entry(struct listing *listing, int fd, const char *name, unsigned depth)
{
	struct stat found;
	enum mun_store_kind kind;
	enum mun_status status;

	if (fstatat(fd, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
		/* A live vault: taken away since its name was read. */
		if (errno == ENOENT)
			return MUN_OK;
		return mun_error_system(listing->err, errno, "examine '%s'",
		    mun_buffer_text(&listing->path));
	}
	kind = kind_of(&found, depth);
	MUN_TRY(listing->visit(listing->ctx, mun_buffer_text(&listing->path),
	    kind, (uint64_t)found.st_size, listing->err));
	if (kind == MUN_STORE_FOLDER)
		status = enter(listing, fd, name, depth);
out:
	return status;
}

static enum mun_status
list_folder(struct listing *listing, int fd, unsigned depth)
{
	struct mun_store_names names;
	size_t folder_len = listing->path.len;
	enum mun_status status;

	MUN_TRY(mun_store_names_read(&names, fd, listing->err));
	for (size_t i = 0; i < names.count; i++) {
		if (folder_len > 0)
			mun_buffer_append_byte(&listing->path, '/');
		mun_buffer_append_text(&listing->path, names.names[i]);
		MUN_TRY(
		    mun_buffer_status(&listing->path, "path", listing->err));
		MUN_TRY(list_entry(listing, fd, names.names[i], depth));
		listing->path.len = folder_len;
	}
out:
	mun_store_names_free(&names);
	return status;
}

enum mun_status
mun_store_list(struct mun_store *store, const char *folder,
    mun_store_visit *visit, void *ctx, struct mun_error *err)
{
	struct listing listing = { /* each level adds a name and a slash */
		.path = MUN_BUFFER_INIT(
		    MUN_STORE_NAME_MAX + 1 + 256 * (MUN_STORE_DEPTH_MAX + 1)),
		.visit = visit,
		.ctx = ctx,
		.err = err
	};
	int fd = -1;
	enum mun_status status;

	if (*folder)
		MUN_TRY(mun_store_check_name(folder, err));
	status = mun_file_open_folder(store->fd, folder, &fd, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	mun_buffer_append_text(&listing.path, folder);
	status = list_folder(&listing, fd, 0);
out:
	mun_file_close(&fd);
	mun_buffer_free(&listing.path);
	return status;
}
