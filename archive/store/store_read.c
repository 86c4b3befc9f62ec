/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_read.c - reads a vault that may be hostile, and writes nothing.
 *
 * Every name is checked, every folder on the way is entered through no link,
 * every file is a plain one.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "store/store_internal.h"

enum mun_status
mun_store_open(struct mun_store **out, const char *path, struct mun_error *err)
{
	struct mun_store *store = calloc(1, sizeof(*store));
	enum mun_status status = MUN_OK;

	*out = NULL;
	if (!store)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for vault '%s'", path);
	store->fd = -1;
	store->path = strdup(path);
	if (!store->path) {
		status = mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for vault '%s'", path);
		goto out;
	}
	/* Links in a path that a person typed are that person's. */
	store->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->fd < 0) {
		status = mun_error_system(err, errno, "open vault '%s'", path);
		goto out;
	}
	*out = store;
	store = NULL;
out:
	mun_store_close(store);
	return status;
}

void
mun_store_close(struct mun_store *store)
{
	if (!store)
		return;
	mun_file_close(&store->fd);
	free(store->path);
	free(store);
}

int
mun_store_fd(const struct mun_store *store)
{
	return store->fd;
}

const char *
mun_store_path(const struct mun_store *store)
{
	return store->path;
}

enum mun_status
mun_store_open_parent(const struct mun_store *store, const char *name, int *fd,
    const char **base_name, struct mun_error *err)
{
	char folder[MUN_STORE_NAME_MAX + 1];

	*base_name = mun_store_split(name, folder);
	return mun_file_open_folder(store->fd, folder, fd, err);
}

enum mun_status
mun_store_open_file(struct mun_store *store, const char *name, int *fd,
    uint64_t *size, struct mun_error *err)
{
	const char *base_name;
	int folder = -1;
	enum mun_status status;

	*fd = -1;
	MUN_TRY(mun_store_check_name(name, err));
	MUN_TRY(mun_store_open_parent(store, name, &folder, &base_name, err));
	status = mun_file_open_regular(folder, base_name, fd, size, err);
out:
	mun_file_close(&folder);
	return status;
}

enum mun_status
mun_store_read(struct mun_store *store, const char *name,
    struct mun_buffer *out, struct mun_error *err)
{
	int fd = -1;
	uint64_t size;
	enum mun_status status;

	MUN_TRY(mun_store_open_file(store, name, &fd, &size, err));
	status = mun_file_read_open(fd, size, out, err);
out:
	mun_file_close(&fd);
	if (status != MUN_OK)
		mun_error_wrap(err, "read '%s'", name);
	return status;
}

enum mun_status
mun_store_has(
    struct mun_store *store, const char *name, bool *has, struct mun_error *err)
{
	const char *base_name;
	int folder = -1;
	struct stat found;
	enum mun_status status;

	*has = false;
	MUN_TRY(mun_store_check_name(name, err));
	status = mun_store_open_parent(store, name, &folder, &base_name, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	if (fstatat(folder, base_name, &found, AT_SYMLINK_NOFOLLOW) == 0)
		*has = S_ISREG(found.st_mode);
	else if (errno != ENOENT)
		status = mun_error_system(err, errno, "examine '%s'", name);
out:
	mun_file_close(&folder);
	return status;
}
