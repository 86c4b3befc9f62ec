/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * folder.c - the keys folder apart from its keys: where it lies, and the head
 * of each log that they last signed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "keys/keys_internal.h"

#define HEADS "heads"

/* statfs(2): file systems that live in memory, or throw away what is written
 * above an image. */
enum {
	TMPFS = 0x01021994,
	OVERLAYFS = 0x794c7630
};
#define RAMFS 0x858458f6U

enum {
	HEAD_PATH_LEN = sizeof(HEADS) + 2 * MUN_SHA256_LEN
};

enum mun_status
mun_keys_open_folder(const char *folder, int *fd, struct mun_error *err)
{
	*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "keys folder '%s': there is no such folder", folder);
	if (*fd < 0)
		return mun_error_system(err, errno, "keys folder '%s'", folder);
	return MUN_OK;
}

bool
mun_keys_has(int dir_fd, const char *name)
{
	struct stat found;

	return fstatat(dir_fd, name, &found, AT_SYMLINK_NOFOLLOW) == 0;
}

/* path may not exist yet: then what it would be made in counts. */
static int
statfs_nearest(struct mun_buffer *path, struct statfs *found)
{
	while (statfs(mun_buffer_text(path), found) != 0) {
		if (errno != ENOENT)
			return -1;
		while (path->len > 0 && path->data[path->len - 1] == '/')
			path->len--;
		while (path->len > 0 && path->data[path->len - 1] != '/')
			path->len--;
		if (path->len == 0)
			mun_buffer_append_text(path, ".");
		path->data[path->len] = '\0';
	}
	return 0;
}

enum mun_status
mun_keys_folder_is_volatile(
    const char *path, bool *is_volatile, struct mun_error *err)
{
	struct mun_buffer copy = MUN_BUFFER_INIT(MUN_PATH_MAX);
	struct statfs found;
	enum mun_status status;
	uint32_t type;

	*is_volatile = false;
	mun_buffer_append_text(&copy, path[0] == '\0' ? "." : path);
	MUN_TRY(mun_buffer_status(&copy, "a path", err));
	if (statfs_nearest(&copy, &found) != 0) {
		status = mun_error_system(err, errno, "examine '%s'", path);
		goto out;
	}
	/* Magic numbers have 32 bits; f_type's width and sign vary. */
	type = (uint32_t)found.f_type;
	*is_volatile = type == TMPFS || type == RAMFS || type == OVERLAYFS;
out:
	mun_buffer_free(&copy);
	return status;
}

static void
head_path(char path[HEAD_PATH_LEN + 1], const char *vkey)
{
	uint8_t sha256[MUN_SHA256_LEN];
	char hex[2 * MUN_SHA256_LEN + 1];
	size_t at = 0;

	mun_sha256_of(sha256, vkey, strlen(vkey));
	mun_hex_encode(hex, sha256, sizeof(sha256));
	for (const char *from = HEADS "/"; *from != '\0'; from++)
		path[at++] = *from;
	for (const char *from = hex; *from != '\0'; from++)
		path[at++] = *from;
	path[at] = '\0';
}

enum mun_status
mun_keys_read_head(const char *folder, const char *vkey,
    struct mun_buffer *checkpoint, struct mun_error *err)
{
	char path[HEAD_PATH_LEN + 1];
	enum mun_status status;
	int fd = -1;

	head_path(path, vkey);
	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	MUN_TRY(mun_file_read_whole(fd, path, checkpoint, err));
out:
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_keys_write_head(const char *folder, const char *vkey,
    const void *checkpoint, size_t len, struct mun_error *err)
{
	char path[HEAD_PATH_LEN + 1];
	enum mun_status status;
	int fd = -1;

	head_path(path, vkey);
	if (len > MUN_CHECKPOINT_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "the checkpoint is larger than %d bytes",
		    MUN_CHECKPOINT_MAX);
	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	MUN_TRY(mun_file_make_folders(fd, HEADS, 0700, err));
	MUN_TRY(mun_file_replace(fd, path, checkpoint, len, 0600, err));
out:
	mun_file_close(&fd);
	return status;
}
