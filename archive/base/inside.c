/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inside.c - where a path really leads: for those who must not write into what
 * they read.  Folders are compared by device and inode, upwards.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum {
	CLIMB_MAX = 4096, /* folders above one; PATH_MAX has no more */
	FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC
};

enum mun_status
mun_file_resolve(
    const char *path, struct mun_buffer *out, struct mun_error *err)
{
	char *real = realpath(path, NULL);

	if (real == NULL)
		return mun_error_system(err, errno, "'%s'", path);
	mun_buffer_append_text(out, real);
	free(real);
	return mun_buffer_status(out, "path", err);
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The nearest folder at or above path that is there; -1 with errno. */
static int
open_nearest(const char *path)
{
	struct mun_buffer copy = MUN_BUFFER_INIT(MUN_PATH_MAX);
	int fd = open(path, FOLDER_FLAGS);

	mun_buffer_append_text(&copy, path);
	while (fd < 0 && errno == ENOENT && copy.len > 0 &&
	    copy.status == MUN_OK) {
		char *text = (char *)copy.data;
		char *slash = strrchr(text, '/');

		if (slash == NULL || slash == text) {
			fd = open(slash == NULL ? "." : "/", FOLDER_FLAGS);
			break;
		}
		*slash = '\0';
		fd = open(text, FOLDER_FLAGS);
	}
	mun_buffer_free(&copy);
	return fd;
}

/* *fd becomes the folder above; false at the top, or with errno set. */
static bool
climb(int *fd, struct stat *is)
{
	struct stat above;
	int next = openat(*fd, "..", FOLDER_FLAGS);

	if (next < 0)
		return false;
	mun_file_close(fd);
	*fd = next;
	errno = 0;
	if (fstat(next, &above) != 0 || is_same(&above, is))
		return false;
	*is = above;
	return true;
}

/* Whether the folder *fd, or one above it, is top; errno is 0 if that was found
 * out to the end.  *fd moves up. */
static bool
meets(int *fd, const struct stat *top)
{
	struct stat is;
	bool found;

	if (fstat(*fd, &is) != 0)
		return false;
	found = is_same(&is, top);
	errno = 0;
	for (int i = 0; i < CLIMB_MAX && !found; i++) {
		errno = 0;
		if (!climb(fd, &is))
			break;
		found = is_same(&is, top);
	}
	return found;
}

enum mun_status
mun_file_lies_in(
    const char *path, const char *folder, bool *inside, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct stat top;
	int fd;

	*inside = false;
	if (stat(folder, &top) != 0 || !S_ISDIR(top.st_mode))
		return MUN_OK;
	fd = open_nearest(path);
	if (fd < 0)
		return mun_error_system(
		    err, errno, "cannot open folder '%s'", path);
	*inside = meets(&fd, &top);
	if (!*inside && errno != 0)
		status = mun_error_system(
		    err, errno, "examine the folders above '%s'", path);
	mun_file_close(&fd);
	return status;
}
