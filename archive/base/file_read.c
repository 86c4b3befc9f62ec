/* SPDX-License-Identifier: BSD-2-Clause */
/* file_read.c - reading files without following, waiting or trusting. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_internal.h"
#include "base/limits.h"
#include "base/macros.h"

enum {
	READ_STEP_MIN = 4096,
	READ_STEP_MAX = 65536
};

void
mun_file_close(int *fd)
{
	/* Only read from: no write can be lost by an error here. */
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

const char *
mun_file_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

enum mun_status
mun_file_open_parent(
    int dir_fd, const char *path, int *fd, struct mun_error *err)
{
	struct mun_buffer parent = MUN_BUFFER_INIT(MUN_PATH_MAX);
	size_t len = (size_t)(mun_file_base_name(path) - path);
	enum mun_status status;

	/* "a/b" lies in "a", "/b" in "/", "b" in ".". */
	mun_buffer_append(&parent, path, len > 1 ? len - 1 : len);
	if (len == 0)
		mun_buffer_append_byte(&parent, '.');
	MUN_TRY(mun_buffer_status(&parent, path, err));
	*fd = openat(dir_fd, mun_buffer_text(&parent),
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		status = mun_error_system(
		    err, errno, "open folder '%s'", mun_buffer_text(&parent));
out:
	mun_buffer_free(&parent);
	return status;
}

enum mun_status
mun_file_read_full(
    int fd, void *out, size_t len, size_t *got, struct mun_error *err)
{
	uint8_t *bytes = out;

	*got = 0;
	while (*got < len) {
		ssize_t step = read(fd, bytes + *got, len - *got);

		if (step < 0 && errno == EINTR)
			continue;
		if (step < 0)
			return mun_error_system(err, errno, "read");
		if (step == 0)
			break;
		*got += (size_t)step;
	}
	return MUN_OK;
}

enum mun_status
mun_file_read_at(int fd, void *out, size_t len, uint64_t offset, size_t *got,
    struct mun_error *err)
{
	uint8_t *bytes = out;

	*got = 0;
	if (offset > INT64_MAX || len > (uint64_t)INT64_MAX - offset)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "read at offset %llu: beyond any file",
		    (unsigned long long)offset);
	while (*got < len) {
		ssize_t step =
		    pread(fd, bytes + *got, len - *got, (off_t)(offset + *got));

		if (step < 0 && errno == EINTR)
			continue;
		if (step < 0)
			return mun_error_system(err, errno, "read");
		if (step == 0)
			break;
		*got += (size_t)step;
	}
	return MUN_OK;
}

static enum mun_status
not_regular(const char *path, struct mun_error *err)
{
	return mun_error_set(
	    err, MUN_ERR_FORMAT, "'%s' is not a plain file", path);
}

enum mun_status
mun_file_open_regular(int dir_fd, const char *path, int *fd, uint64_t *size,
    struct mun_error *err)
{
	struct stat found;

	*fd = -1;
	/* Looked at before it is opened: opening a device can act on it. */
	if (fstatat(dir_fd, path, &found, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOTDIR
		    ? not_regular(path, err)
		    : mun_error_system(err, errno, "open '%s'", path);
	if (!S_ISREG(found.st_mode))
		return not_regular(path, err);
	/* O_NONBLOCK: it may have become a FIFO since. */
	*fd = openat(dir_fd, path,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0 && (errno == ELOOP || errno == ENXIO))
		return not_regular(path, err);
	if (*fd < 0)
		return mun_error_system(err, errno, "open '%s'", path);
	if (fstat(*fd, &found) != 0) {
		int saved_errno = errno;

		mun_file_close(fd);
		return mun_error_system(err, saved_errno, "examine '%s'", path);
	}
	if (!S_ISREG(found.st_mode)) {
		mun_file_close(fd);
		return not_regular(path, err);
	}
	*size = (uint64_t)found.st_size;
	return MUN_OK;
}

/* One byte more than expected, so that the end is seen. */
static size_t
step_for(uint64_t expected)
{
	if (expected < READ_STEP_MIN)
		return READ_STEP_MIN;
	return expected < READ_STEP_MAX ? (size_t)expected + 1 : READ_STEP_MAX;
}

/* Append what is left of fd; LIMIT on the buffer if it does not fit. */
static enum mun_status
read_to_end(
    int fd, uint64_t expected, struct mun_buffer *out, struct mun_error *err)
{
	enum mun_status status;
	size_t got;

	do {
		/* Never more than may be held: so that LIMIT is exact. */
		size_t room = out->max - out->len;
		size_t step = step_for(expected);
		uint8_t spare;
		uint8_t *into = &spare;

		if (step > room)
			step = room;
		if (step > 0)
			into = mun_buffer_reserve(out, step);
		if (!into)
			return mun_buffer_status(out, "file", err);
		status = mun_file_read_full(
		    fd, into, step > 0 ? step : 1, &got, err);
		if (status != MUN_OK)
			return status;
		if (step == 0 && got > 0)
			return mun_error_set(err, MUN_ERR_LIMIT,
			    "longer than its limit of %zu bytes", out->max);
		out->len += got;
		expected -= expected < got ? expected : got;
		if (got < step)
			break;
	} while (got > 0);
	return MUN_OK;
}

enum mun_status
mun_file_read_open(
    int fd, uint64_t size, struct mun_buffer *out, struct mun_error *err)
{
	size_t before = out->len;
	enum mun_status status;

	MUN_TRY(mun_buffer_status(out, "file", err));
	if (size > out->max - out->len)
		status = mun_error_set(err, MUN_ERR_LIMIT,
		    "longer than its limit of %zu bytes", out->max);
	else
		status = read_to_end(fd, size, out, err);
out:
	/* All of it or none of it. */
	if (status != MUN_OK)
		out->len = before;
	return status;
}

enum mun_status
mun_file_read_whole(
    int dir_fd, const char *path, struct mun_buffer *out, struct mun_error *err)
{
	int fd = -1;
	uint64_t size;
	enum mun_status status;

	status = mun_file_open_regular(dir_fd, path, &fd, &size, err);
	if (status != MUN_OK)
		return status;
	status = mun_file_read_open(fd, size, out, err);
	if (status != MUN_OK)
		mun_error_wrap(err, "read '%s'", path);
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_file_leads_to(
    int dir_fd, const char *name, int fd, bool *same, struct mun_error *err)
{
	struct stat opened;
	struct stat named;

	*same = false;
	if (fstat(fd, &opened) != 0)
		return mun_error_system(err, errno, "examine '%s'", name);
	if (fstatat(dir_fd, name, &named, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno == ENOENT)
			return MUN_OK;
		return mun_error_system(err, errno, "examine '%s'", name);
	}
	*same = opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
	return MUN_OK;
}
