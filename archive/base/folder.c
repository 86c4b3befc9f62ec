/* SPDX-License-Identifier: BSD-2-Clause */
/* folder.c - makes folders that are still there after a power cut. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/macros.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* mkdir with exactly this mode, or by the umask; *made is false if something
 * was there. */
static enum mun_status
make_one(int dir_fd, const char *path, mode_t mode, bool *made,
    struct mun_error *err)
{
	*made = false;
	if (mkdirat(dir_fd, path, mode) != 0) {
		if (errno == EEXIST)
			return MUN_OK;
		return mun_error_system(err, errno, "make folder '%s'", path);
	}
	*made = true;
	if (mode != MUN_FOLDER_BY_UMASK && fchmodat(dir_fd, path, mode, 0) != 0)
		return mun_error_system(
		    err, errno, "set the mode of folder '%s'", path);
	return MUN_OK;
}

/* Whether path is a folder, following links if it is only on the way. */
static enum mun_status
require_folder(
    int dir_fd, const char *path, bool is_last, struct mun_error *err)
{
	struct stat found;

	if (fstatat(dir_fd, path, &found, is_last ? AT_SYMLINK_NOFOLLOW : 0) !=
	    0)
		return mun_error_system(err, errno, "examine '%s'", path);
	if (!S_ISDIR(found.st_mode))
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "'%s' is not a folder", path);
	return MUN_OK;
}

/* For a folder that was there: its maker may have died before this.  A parent
 * that we may not read is not one our maker wrote in. */
static enum mun_status
sync_parent_if_readable(int dir_fd, const char *path, struct mun_error *err)
{
	struct mun_error cause = MUN_ERROR_INIT;
	enum mun_status status = mun_file_sync_parent(dir_fd, path, &cause);

	if (cause.domain == MUN_DOMAIN_SYSTEM && cause.code == EACCES)
		return MUN_OK;
	if (status != MUN_OK && err)
		*err = cause;
	return status;
}

/* One folder of mun_file_make_folders, its parents being there. */
static enum mun_status
make_durably(int dir_fd, const char *path, mode_t mode, bool is_last,
    struct mun_error *err)
{
	enum mun_status status;
	bool made;

	MUN_TRY(make_one(dir_fd, path, mode, &made, err));
	if (made)
		return mun_file_sync_parent(dir_fd, path, err);
	MUN_TRY(require_folder(dir_fd, path, is_last, err));
	if (is_last)
		status = sync_parent_if_readable(dir_fd, path, err);
out:
	return status;
}

enum mun_status
mun_file_make_folders(
    int dir_fd, const char *path, mode_t mode, struct mun_error *err)
{
	struct mun_buffer copy = MUN_BUFFER_INIT(MUN_PATH_MAX);
	enum mun_status status;
	char *text;
	size_t len;

	mun_buffer_append_text(&copy, path);
	MUN_TRY(mun_buffer_status(&copy, "path", err));
	/* Trailing slashes name no further folder. */
	while (copy.len > 1 && copy.data[copy.len - 1] == '/')
		copy.len--;
	text = (char *)copy.data;
	len = copy.len;
	text[len] = '\0';
	/* Cut at each slash that ends a component, then all of it. */
	for (size_t i = 1; i < len; i++) {
		if (text[i] != '/' || text[i - 1] == '/')
			continue;
		text[i] = '\0';
		MUN_TRY(make_durably(dir_fd, text, mode, false, err));
		text[i] = '/';
	}
	status = make_durably(dir_fd, text, mode, true, err);
out:
	mun_buffer_free(&copy);
	return status;
}

/* Make name in at, make it durable there, and open it. */
static enum mun_status
enter_folder(
    int at, const char *name, mode_t mode, int *fd, struct mun_error *err)
{
	enum mun_status status;
	bool made;

	MUN_TRY(make_one(at, name, mode, &made, err));
	MUN_TRY(mun_file_sync(at, name, err));
	*fd = openat(at, name, FOLDER_FLAGS);
	if (*fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "'%s' is not a folder", name);
	else if (*fd < 0)
		status = mun_error_system(err, errno, "open folder '%s'", name);
out:
	return status;
}

enum mun_status
mun_file_make_folders_beneath(
    int dir_fd, const char *path, mode_t mode, int *fd, struct mun_error *err)
{
	int at = -1;
	enum mun_status status = MUN_OK;

	*fd = -1;
	at = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
	if (at < 0)
		return mun_error_system(err, errno, "open folder '%s'", path);
	while (*path) {
		size_t len = strcspn(path, "/");
		char name[MUN_NAME_MAX + 1] = "";
		int next = -1;

		if (len > 0 && len <= MUN_NAME_MAX)
			memcpy(name, path, len);
		if (!name[0] || strcmp(name, ".") == 0 ||
		    strcmp(name, "..") == 0) {
			status = mun_error_set(err, MUN_ERR_FORMAT,
			    "'%s' is not a folder below its root", path);
			goto out;
		}
		MUN_TRY(enter_folder(at, name, mode, &next, err));
		mun_file_close(&at);
		at = next;
		path += len + (path[len] == '/');
	}
	*fd = at;
	at = -1;
out:
	mun_file_close(&at);
	return status;
}
