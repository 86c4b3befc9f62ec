/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_parcel.c - the folder under way: made beside its place under a
 * temporary name, filled, and given its name when all of it is durable; or
 * removed.
 *
 * Whatever the umask, a parcel is readable by its maker alone: it holds what
 * people said in confidence, and others on the machine are not its receiver.
 */
#define _GNU_SOURCE /* O_DIRECTORY */

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
#include "base/system.h"
#include "export/export_internal.h"

/* ---- where ---- */

/* The folder that the parcel is to lie in, and its name there. */
static enum mun_status
open_parent(struct mun_exporting *exporting, struct mun_buffer *parent,
    struct mun_error *err)
{
	const char *path = exporting->options->folder;
	size_t len = strlen(path), start;
	enum mun_status status;

	while (len > 0 && path[len - 1] == '/')
		len--;
	for (start = len; start > 0 && path[start - 1] != '/'; start--)
		;
	/* room for what is put around it below */
	if (len == start || len - start > sizeof(exporting->base) - 40 ||
	    (path[start] == '.' &&
		(len - start == 1 ||
		    (len - start == 2 && path[start + 1] == '.'))))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no name for a new folder", path);
	(void)snprintf(exporting->base, sizeof(exporting->base), "%.*s",
	    (int)(len - start), path + start);
	mun_buffer_append(parent, path, start);
	mun_buffer_append_text(parent, start == 0 ? "." : "");
	MUN_TRY(mun_buffer_status(parent, "path", err));
	exporting->parent_fd =
	    open(mun_buffer_text(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (exporting->parent_fd < 0)
		status = mun_error_system(
		    err, errno, "cannot open '%s'", mun_buffer_text(parent));
out:
	return status;
}

static enum mun_status
must_be_new(int fd, const char *name, struct mun_error *err)
{
	struct stat state;

	if (fstatat(fd, name, &state, AT_SYMLINK_NOFOLLOW) == 0)
		return mun_error_set(err, MUN_ERR_EXISTS,
		    "'%s' is there already; name a new one", name);
	return errno == ENOENT
	    ? MUN_OK
	    : mun_error_system(err, errno, "cannot look at '%s'", name);
}

static enum mun_status
make_temporary(struct mun_exporting *exporting, struct mun_error *err)
{
	uint8_t random[8];
	char hex[sizeof(random) * 2 + 1];
	enum mun_status status;

	MUN_TRY(mun_system_random(random, sizeof(random), err));
	mun_hex_encode(hex, random, sizeof(random));
	(void)snprintf(exporting->temporary, sizeof(exporting->temporary),
	    ".%.200s.%s.tmp", exporting->base, hex);
	if (mkdirat(exporting->parent_fd, exporting->temporary, 0700) != 0) {
		exporting->temporary[0] = '\0';
		return mun_error_system(
		    err, errno, "cannot make a folder for the parcel");
	}
	exporting->fd = openat(exporting->parent_fd, exporting->temporary,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (exporting->fd < 0)
		status = mun_error_system(
		    err, errno, "cannot open the parcel's folder");
out:
	return status;
}

enum mun_status
mun_export_parcel_open(struct mun_exporting *exporting, struct mun_error *err)
{
	struct mun_buffer parent = MUN_BUFFER_INIT(MUN_PATH_MAX);
	char zip[sizeof(exporting->base) + 4];
	enum mun_status status;

	MUN_TRY(mun_vault_expect_outside(exporting->options->folder, err));
	MUN_TRY(open_parent(exporting, &parent, err));
	MUN_TRY(must_be_new(exporting->parent_fd, exporting->base, err));
	(void)snprintf(zip, sizeof(zip), "%s.zip", exporting->base);
	if (exporting->options->zip)
		MUN_TRY(must_be_new(exporting->parent_fd, zip, err));
	MUN_TRY(make_temporary(exporting, err));
	mun_buffer_append_text(&exporting->path, mun_buffer_text(&parent));
	mun_buffer_append_text(
	    &exporting->path, parent.data[parent.len - 1] == '/' ? "" : "/");
	mun_buffer_append_text(&exporting->path, exporting->temporary);
	status = mun_buffer_status(&exporting->path, "path", err);
out:
	mun_buffer_free(&parent);
	return status;
}

/* ---- files ---- */

enum mun_status
mun_export_parcel_file(struct mun_exporting *exporting, const char *name,
    int *fd, struct mun_error *err)
{
	char *copy = strdup(name);

	if (copy == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
	*fd = openat(exporting->fd, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*fd < 0) {
		free(copy);
		return mun_error_system(err, errno, "cannot make '%s'", name);
	}
	exporting->files[exporting->file_count++] = copy;
	return MUN_OK;
}

enum mun_status
mun_export_parcel_adopt(
    struct mun_exporting *exporting, const char *name, struct mun_error *err)
{
	char *copy = strdup(name);
	int fd = -1;

	if (copy == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
	exporting->files[exporting->file_count++] = copy;
	fd = openat(exporting->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return mun_error_system(err, errno, "cannot open '%s'", name);
	return mun_export_parcel_end(&fd, name, err);
}

enum mun_status
mun_export_parcel_end(int *fd, const char *name, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	/* A stick with FAT keeps no modes, and is what parcels go onto. */
	if (fchmod(*fd, 0400) != 0 && errno != EPERM)
		return mun_error_system(
		    err, errno, "cannot set the mode of '%s'", name);
	MUN_TRY(mun_file_sync(*fd, name, err));
	status = mun_file_close_written(fd, name, err);
out:
	return status;
}

static enum mun_status
copy_bytes(struct mun_exporting *exporting, const char *name, int from, int to,
    uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err)
{
	const struct mun_export_options *options = exporting->options;
	uint8_t *block = malloc(MUN_BLOCK_LEN);
	struct mun_sha256 *hash = NULL;
	enum mun_status status;
	size_t got;

	if (block == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
	MUN_TRY(mun_sha256_new(&hash, err));
	do {
		MUN_TRY(
		    mun_file_read_full(from, block, MUN_BLOCK_LEN, &got, err));
		mun_sha256_update(hash, block, got);
		MUN_TRY(mun_file_write_all(to, block, got, err));
		exporting->done_bytes += got;
		if (options->watch != NULL &&
		    !options->watch(options->ctx, name, exporting->done_bytes,
			exporting->all_bytes)) {
			status = mun_error_set(
			    err, MUN_ERR_CANCELED, "the export was stopped");
			goto out;
		}
	} while (got == MUN_BLOCK_LEN);
	mun_sha256_finish(hash, sha256);
out:
	mun_sha256_free(hash);
	free(block);
	return status;
}

enum mun_status
mun_export_parcel_copy(struct mun_exporting *exporting,
    const struct mun_export_archive *archive, struct mun_error *err)
{
	char stored[MUN_ARCHIVE_NAME_MAX];
	const char *name;
	uint8_t sha256[MUN_SHA256_LEN];
	uint64_t size;
	int from = -1, to = -1;
	enum mun_status status;

	mun_vault_archive_name(stored, archive->id);
	name = strrchr(stored, '/') + 1;
	MUN_TRY(mun_store_open_file(
	    mun_vault_store(exporting->vault), stored, &from, &size, err));
	MUN_TRY(mun_export_parcel_file(exporting, name, &to, err));
	MUN_TRY(copy_bytes(exporting, name, from, to, sha256, err));
	if (!mun_bytes_equal(sha256, archive->sha256, sizeof(sha256))) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' is not the file that was logged (archive.digest); "
		    "restore it from a copy, then export again",
		    stored);
		goto out;
	}
	status = mun_export_parcel_end(&to, name, err);
out:
	mun_file_close(&from);
	mun_file_close(&to);
	return status;
}

/* ---- the end ---- */

static enum mun_status
publish_zip(struct mun_exporting *exporting, const char *temporary,
    struct mun_error *err)
{
	char name[sizeof(exporting->base) + 4];
	enum mun_status status;

	(void)snprintf(name, sizeof(name), "%s.zip", exporting->base);
	MUN_TRY(mun_file_rename_new(
	    exporting->parent_fd, temporary, exporting->parent_fd, name, err));
out:
	return status;
}

static enum mun_status
write_zip(struct mun_exporting *exporting, const char *temporary,
    struct mun_error *err)
{
	enum mun_status status;
	int fd = openat(exporting->parent_fd, temporary,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return mun_error_system(err, errno, "cannot make a zip");
	MUN_TRY(mun_export_zip(exporting, fd, err));
	status = mun_export_parcel_end(&fd, "zip", err);
out:
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_export_parcel_publish(
    struct mun_exporting *exporting, struct mun_error *err)
{
	char zip[sizeof(exporting->temporary) + 4];
	bool has_zip = exporting->options->zip;
	enum mun_status status = MUN_OK;

	(void)snprintf(zip, sizeof(zip), "%s.zip", exporting->temporary);
	if (has_zip)
		MUN_TRY(write_zip(exporting, zip, err));
	MUN_TRY(mun_file_sync(exporting->fd, "the parcel's folder", err));
	MUN_TRY(mun_file_rename_new(exporting->parent_fd, exporting->temporary,
	    exporting->parent_fd, exporting->base, err));
	exporting->temporary[0] = '\0';
	if (has_zip)
		MUN_TRY(publish_zip(exporting, zip, err));
	has_zip = false;
	status = mun_file_sync(exporting->parent_fd, "folder", err);
out:
	if (has_zip)
		(void)unlinkat(exporting->parent_fd, zip, 0);
	return status;
}

void
mun_export_parcel_close(struct mun_exporting *exporting)
{
	for (size_t i = 0; i < exporting->file_count; i++) {
		if (exporting->temporary[0] != '\0')
			(void)unlinkat(exporting->fd, exporting->files[i], 0);
		free((char *)(uintptr_t)exporting->files[i]);
	}
	free(exporting->files);
	if (exporting->temporary[0] != '\0')
		(void)unlinkat(
		    exporting->parent_fd, exporting->temporary, AT_REMOVEDIR);
	mun_file_close(&exporting->fd);
	mun_file_close(&exporting->parent_fd);
	mun_buffer_free(&exporting->path);
}
