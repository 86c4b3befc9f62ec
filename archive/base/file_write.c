/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file_write.c - files that appear whole and durable, or not at all.
 *
 * The order is the point: bytes and mode are on the disk before the name
 * leads to them, and the name is on the disk before success is said.
 */
#define _GNU_SOURCE /* renameat2 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_internal.h"
#include "base/macros.h"
#include "base/temporary.h"

/* So many zeros are worth a hole: many times what any file system allots at
 * once, and so few that most of a sparse document stays sparse. */
enum {
	HOLE_LEN = 65536
};

enum mun_status
mun_file_write_all(int fd, const void *bytes, size_t len, struct mun_error *err)
{
	const uint8_t *left = bytes;

	while (len > 0) {
		ssize_t step = write(fd, left, len);

		if (step < 0 && errno == EINTR)
			continue;
		/* Nothing written of something: would go on for ever. */
		if (step <= 0)
			return mun_error_system(
			    err, step < 0 ? errno : EIO, "write");
		left += step;
		len -= (size_t)step;
	}
	return MUN_OK;
}

/* Whether a hole could begin here.  Other bytes differ soon, mostly at once. */
static bool
is_hole(const uint8_t *bytes, size_t len)
{
	return len >= HOLE_LEN && bytes[0] == 0 &&
	    memcmp(bytes, bytes + 1, HOLE_LEN - 1) == 0;
}

/* The file is made longer at once: it may be read before more is written. */
static enum mun_status
append_hole(int fd, size_t len, struct mun_error *err)
{
	off_t end = lseek(fd, (off_t)len, SEEK_CUR);

	if (end < 0 || ftruncate(fd, end) != 0)
		return mun_error_system(err, errno, "write");
	return MUN_OK;
}

enum mun_status
mun_file_append_sparse(
    int fd, const void *bytes, size_t len, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	const uint8_t *next = bytes;

	while (len > 0) {
		bool hole = is_hole(next, len);
		size_t run = 0;

		while (run < len && is_hole(next + run, len - run) == hole)
			run += len - run < HOLE_LEN ? len - run : HOLE_LEN;
		if (hole)
			MUN_TRY(append_hole(fd, run, err));
		else
			MUN_TRY(mun_file_write_all(fd, next, run, err));
		next += run;
		len -= run;
	}
out:
	return status;
}

enum mun_status
mun_file_sync(int fd, const char *what, struct mun_error *err)
{
	int result;

	do {
		result = fsync(fd);
	} while (result != 0 && errno == EINTR);
	if (result != 0)
		return mun_error_system(err, errno, "make '%s' durable", what);
	return MUN_OK;
}

enum mun_status
mun_file_sync_parent(int dir_fd, const char *path, struct mun_error *err)
{
	int fd = -1;
	enum mun_status status;

	status = mun_file_open_parent(dir_fd, path, &fd, err);
	if (status == MUN_OK)
		status = mun_file_sync(fd, path, err);
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_file_close_written(int *fd, const char *what, struct mun_error *err)
{
	int result = *fd >= 0 ? close(*fd) : 0;

	/* Linux has closed it also when it says EINTR; bytes are safe then. */
	*fd = -1;
	if (result != 0 && errno != EINTR)
		return mun_error_system(err, errno, "close '%s'", what);
	return MUN_OK;
}

/* For file systems that cannot rename without replacing: a second name, which
 * fails if it is there, then the first is taken away. */
static int
link_then_unlink(int from_fd, const char *from, int to_fd, const char *to)
{
	if (linkat(from_fd, from, to_fd, to, 0) != 0)
		return -1;
	return unlinkat(from_fd, from, 0);
}

/* A folder cannot be linked; and rename(2) puts none in the place of a file, or
 * of a folder that has anything in it. */
static int
rename_folder_new(int from_fd, const char *from, int to_fd, const char *to)
{
	struct stat there;

	if (fstatat(to_fd, to, &there, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from_fd, from, to_fd, to);
}

static int
rename_new(int from_fd, const char *from, int to_fd, const char *to)
{
	struct stat what;

#if defined(RENAME_NOREPLACE)
	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
		return -1;
#endif
	if (fstatat(from_fd, from, &what, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(what.st_mode))
		return rename_folder_new(from_fd, from, to_fd, to);
	return link_then_unlink(from_fd, from, to_fd, to);
}

enum mun_status
mun_file_rename_new(int from_fd, const char *from, int to_fd, const char *to,
    struct mun_error *err)
{
	if (rename_new(from_fd, from, to_fd, to) != 0)
		return mun_error_system(err, errno, "name '%s'", to);
	return MUN_OK;
}

static enum mun_status
rename_over(int dir_fd, const char *from, const char *to, struct mun_error *err)
{
	if (renameat(dir_fd, from, dir_fd, to) != 0)
		return mun_error_system(err, errno, "name '%s'", to);
	return MUN_OK;
}

/* Bytes and mode to the disk, under the temporary name. */
static enum mun_status
fill(const struct mun_temporary *temporary, const void *bytes, size_t len,
    mode_t mode, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_file_write_all(temporary->fd, bytes, len, err));
	if (fchmod(temporary->fd, mode) != 0)
		return mun_error_system(err, errno, "set the mode");
	status = mun_file_sync(temporary->fd, temporary->name, err);
out:
	return status;
}

static enum mun_status
put(int dir_fd, const char *path, const void *bytes, size_t len, mode_t mode,
    bool replaces, struct mun_error *err)
{
	struct mun_temporary temporary = { .fd = -1 };
	const char *name = mun_file_base_name(path);
	int folder = -1;
	enum mun_status status;

	MUN_TRY(mun_file_open_parent(dir_fd, path, &folder, err));
	MUN_TRY(mun_temporary_make(&temporary, folder, name, err));
	MUN_TRY(fill(&temporary, bytes, len, mode, err));
	if (replaces)
		MUN_TRY(rename_over(folder, temporary.name, name, err));
	else
		MUN_TRY(mun_file_rename_new(
		    folder, temporary.name, folder, name, err));
	/* From here on there is no temporary to take away. */
	MUN_TRY(mun_file_close_written(&temporary.fd, name, err));
	status = mun_file_sync(folder, name, err);
out:
	mun_temporary_discard(&temporary);
	mun_file_close(&folder);
	if (status != MUN_OK)
		mun_error_wrap(err, "write '%s'", path);
	return status;
}

enum mun_status
mun_file_put_new(int dir_fd, const char *path, const void *bytes, size_t len,
    mode_t mode, struct mun_error *err)
{
	return put(dir_fd, path, bytes, len, mode, false, err);
}

enum mun_status
mun_file_replace(int dir_fd, const char *path, const void *bytes, size_t len,
    mode_t mode, struct mun_error *err)
{
	return put(dir_fd, path, bytes, len, mode, true, err);
}
