/* SPDX-License-Identifier: BSD-2-Clause */
/* receipt.c - see receipt.h. */
#include "muniment/receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum mun_status
write_file(const char *path, const struct mun_buffer *bytes, int extra_flags,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | extra_flags, 0600);
	size_t done = 0;

	if (fd < 0)
		return mun_error_system(err, errno, "write '%s'", path);
	while (done < bytes->len) {
		ssize_t step = write(fd, bytes->data + done, bytes->len - done);

		if (step < 0 && errno == EINTR)
			continue;
		if (step <= 0)
			break;
		done += (size_t)step;
	}
	if (done < bytes->len || fsync(fd) != 0)
		status = mun_error_system(err, errno, "write '%s'", path);
	if (close(fd) != 0 && status == MUN_OK)
		status = mun_error_system(err, errno, "write '%s'", path);
	return status;
}

/* The name of path is on the disk, too. */
static enum mun_status
sync_folder_of(const char *path, struct mun_error *err)
{
	struct mun_buffer folder = MUN_BUFFER_INIT(65536);
	const char *slash = strrchr(path, '/');
	enum mun_status status = MUN_OK;
	int fd = -1;

	if (slash == NULL)
		mun_buffer_append_text(&folder, ".");
	else if (slash == path)
		mun_buffer_append_text(&folder, "/");
	else
		mun_buffer_append(&folder, path, (size_t)(slash - path));
	if (mun_buffer_status(&folder, "receipt path", err) == MUN_OK)
		fd = open(mun_buffer_text(&folder),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* A folder that cannot be synced (EINVAL) keeps its names itself. */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
		status = mun_error_system(err, errno, "write '%s'", path);
	if (fd >= 0)
		(void)close(fd);
	mun_buffer_free(&folder);
	return status;
}

enum mun_status
receipt_write(struct keeper *keeper, const char *path, const char *archive,
    const struct mun_buffer *receipt, struct mun_buffer *used,
    struct mun_error *err)
{
	enum mun_status status;

	if (receipt->len == 0)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "no receipt could be made; 'muniment verify' says why");
	if (path != NULL) {
		mun_buffer_append_text(used, path);
	} else {
		mun_buffer_append_text(used, mun_buffer_text(&keeper->keys));
		mun_buffer_append_text(used, "/receipts");
		if (mkdir(mun_buffer_text(used), 0700) != 0 && errno != EEXIST)
			return mun_error_system(err, errno, "make folder '%s'",
			    mun_buffer_text(used));
		status = sync_folder_of(mun_buffer_text(used), err);
		if (status != MUN_OK)
			return status;
		mun_buffer_append_byte(used, '/');
		mun_buffer_append_text(used, archive);
		mun_buffer_append_text(used, ".receipt");
	}
	status = mun_buffer_status(used, "receipt path", err);
	if (status == MUN_OK)
		status = write_file(mun_buffer_text(used), receipt,
		    path != NULL ? O_EXCL : O_TRUNC, err);
	if (status == MUN_OK)
		status = sync_folder_of(mun_buffer_text(used), err);
	return status;
}
