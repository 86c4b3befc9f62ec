/* SPDX-License-Identifier: BSD-2-Clause */
/* target.c - see target.h. */
#include "extract/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"

/* ---- the folder ---- */

enum mun_status
mun_target_open(
    struct mun_target *target, const char *folder, struct mun_error *err)
{
	*target = (struct mun_target){ .fd = -1,
		.parent_fd = -1,
		.parent = MUN_BUFFER_INIT(MUN_PATH_MAX) };
	if (mkdir(folder, MUN_FOLDER_BY_UMASK) == 0)
		target->made = folder;
	else if (errno != EEXIST)
		return mun_error_system(err, errno, "make folder '%s'", folder);
	target->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (target->fd < 0)
		return mun_error_system(err, errno, "open '%s'", folder);
	return MUN_OK;
}

/* In a folder of ours every folder is; only those without a document go. */
void
mun_target_take_back(struct mun_target *target)
{
	struct mun_buffer *parent = &target->parent;

	if (target->made == NULL)
		return;
	while (parent->len > 0) {
		(void)unlinkat(
		    target->fd, mun_buffer_text(parent), AT_REMOVEDIR);
		while (parent->len > 0 && parent->data[--parent->len] != '/')
			;
	}
	(void)rmdir(target->made);
}

void
mun_target_close(struct mun_target *target)
{
	mun_file_close(&target->parent_fd);
	mun_file_close(&target->fd);
	mun_buffer_free(&target->parent);
}

/* ---- paths ---- */

/* Stored paths have been written by Muniment, but not necessarily these. */
static bool
is_clean_path(const uint8_t *path, size_t len)
{
	size_t start = 0;

	if (len == 0 || len > MUN_PATH_MAX || memchr(path, 0, len) != NULL)
		return false;
	for (size_t i = 0; i <= len; i++) {
		size_t part;

		if (i < len && path[i] != '/')
			continue;
		part = i - start;
		if (part == 0 || (part == 1 && path[start] == '.') ||
		    (part == 2 && path[start] == '.' && path[start + 1] == '.'))
			return false;
		start = i + 1;
	}
	return true;
}

/* The folder of path: the last one again, or made and opened anew. */
static enum mun_status
open_parent(struct mun_target *target, const uint8_t *path, size_t len,
    struct mun_error *err)
{
	struct mun_buffer *parent = &target->parent;
	enum mun_status status;

	if (target->parent_fd >= 0 && parent->len == len &&
	    (len == 0 || memcmp(parent->data, path, len) == 0))
		return MUN_OK;
	mun_file_close(&target->parent_fd);
	mun_buffer_reset(parent);
	mun_buffer_append(parent, path, len);
	MUN_TRY(mun_buffer_status(parent, "path", err));
	if (len == 0) {
		target->parent_fd =
		    openat(target->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (target->parent_fd < 0)
			status = mun_error_system(err, errno, "open folder");
		goto out;
	}
	status =
	    mun_file_make_folders_beneath(target->fd, mun_buffer_text(parent),
		MUN_FOLDER_BY_UMASK, &target->parent_fd, err);
out:
	return status;
}

/* ---- bytes ---- */

static enum mun_status
copy_bytes(int to, int from, const struct mun_original *original,
    struct mun_error *err)
{
	uint8_t *block = malloc(MUN_BLOCK_LEN);
	struct mun_digest_pair *pair = NULL;
	uint64_t done = 0, size = original->record.size;
	struct mun_digests digests;
	enum mun_status status;
	size_t got;

	if (block == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	MUN_TRY(mun_digest_pair_new(&pair, err));
	mun_digest_pair_start(pair);
	while (done < size) {
		size_t wanted = size - done < MUN_BLOCK_LEN
		    ? (size_t)(size - done)
		    : MUN_BLOCK_LEN;

		MUN_TRY(mun_file_read_at(
		    from, block, wanted, original->offset + done, &got, err));
		if (got < wanted)
			break;
		mun_digest_pair_update(pair, block, got);
		MUN_TRY(mun_file_append_sparse(to, block, got, err));
		done += got;
	}
	mun_digest_pair_finish(pair, &digests);
	if (done < size ||
	    !mun_bytes_equal(
		&digests, &original->record.digests, sizeof(digests)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the stored bytes of '%s' are not those of its record: "
		    "'muniment verify' says what else is wrong, restore the "
		    "archive from a copy",
		    original->record.file);
out:
	mun_digest_pair_free(pair);
	free(block);
	return status;
}

static void
restore_times(int fd, const struct mun_original *original)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_nsec = UTIME_OMIT } };

	if (!original->has_times)
		return;
	times[1].tv_sec = (time_t)original->modified_s;
	times[1].tv_nsec = (long)original->modified_ns;
	/* A file system that cannot hold that time still has the bytes. */
	(void)futimens(fd, times);
}

static enum mun_status
open_temporary(int dir_fd, const char *name, int *fd, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (int tries = 0; tries < 2; tries++) {
		*fd = openat(dir_fd, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (*fd >= 0)
			return MUN_OK;
		if (errno != EEXIST)
			break;
		status = mun_file_remove_dead_temporary(dir_fd, name, err);
		if (status != MUN_OK)
			return status;
	}
	return mun_error_system(err, errno, "make '%s'", name);
}

static enum mun_status
put(struct mun_target *target, const char *name,
    const struct mun_original *original, int archive_fd, struct mun_error *err)
{
	char temporary[64];
	struct stat state;
	enum mun_status status;
	int fd = -1;

	if (fstatat(target->parent_fd, name, &state, AT_SYMLINK_NOFOLLOW) == 0)
		return mun_error_set(err, MUN_ERR_EXISTS, "is there already");
	(void)snprintf(temporary, sizeof(temporary), ".%llu.muniment.tmp",
	    (unsigned long long)original->record.number);
	MUN_TRY(open_temporary(target->parent_fd, temporary, &fd, err));
	status = copy_bytes(fd, archive_fd, original, err);
	if (status == MUN_OK)
		restore_times(fd, original);
	if (status == MUN_OK)
		status = mun_file_close_written(&fd, name, err);
	if (status == MUN_OK)
		status = mun_file_rename_new(
		    target->parent_fd, temporary, target->parent_fd, name, err);
	if (status != MUN_OK)
		(void)unlinkat(target->parent_fd, temporary, 0);
out:
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_target_put(struct mun_target *target, const uint8_t *path, size_t path_len,
    const struct mun_original *original, int archive_fd, struct mun_error *err)
{
	struct mun_buffer name = MUN_BUFFER_INIT(MUN_PATH_MAX);
	size_t name_at = path_len;
	enum mun_status status;

	if (!is_clean_path(path, path_len))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' has a path that leads elsewhere",
		    original->record.file);
	while (name_at > 0 && path[name_at - 1] != '/')
		name_at--;
	mun_buffer_append(&name, path + name_at, path_len - name_at);
	MUN_TRY(mun_buffer_status(&name, "name", err));
	MUN_TRY(open_parent(target, path, name_at > 0 ? name_at - 1 : 0, err));
	status = put(target, mun_buffer_text(&name), original, archive_fd, err);
out:
	if (status != MUN_OK)
		mun_error_wrap(
		    err, "'%.*s'", (int)path_len, (const char *)path);
	mun_buffer_free(&name);
	return status;
}
