/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_draft.c - the folder of a vault that is being made.
 *
 * Two marks say that an init is under way: `.unfinished` in the vault's folder
 * (flocked while its process lives; holds the keys folder's path) and
 * `unfinished` beside the keys (holds the vault's path).  Both are there before
 * the first key and gone after vault.json, which makes the vault visible.  Keys
 * are thrown away only when each mark names the other's folder, nobody holds
 * the lock, and there is no vault.json: a forged mark alone destroys nothing.
 */
#define _DEFAULT_SOURCE /* flock, realpath */
#include "vault/vault_draft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "muniment/keys.h"
#include "vault/vault_internal.h"

/* ---- folders on the way ---- */

/* mkdir -p, remembering what was made. */
static enum mun_status
make_path(const char *path, struct mun_made *made, struct mun_error *err)
{
	size_t len = strlen(path);

	free(made->path);
	made->path = strdup(path);
	if (made->path == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	for (size_t i = 1; i <= len; i++) {
		int failed, saved_errno;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		made->path[i] = '\0';
		failed = mkdir(made->path, 0700);
		saved_errno = errno;
		made->path[i] = path[i];
		if (failed != 0 && saved_errno != EEXIST)
			return mun_error_system(
			    err, saved_errno, "make folder '%s'", path);
		if (failed == 0 && made->count < MUN_MADE_MAX)
			made->len[made->count++] = i;
	}
	return MUN_OK;
}

static void
unmake_path(struct mun_made *made)
{
	while (made->count > 0) {
		made->path[made->len[--made->count]] = '\0';
		(void)rmdir(made->path);
	}
}

/* Replace *path by its real one, which is to exist. */
static enum mun_status
resolve(char **path, struct mun_error *err)
{
	char *real = realpath(*path, NULL);

	if (real == NULL)
		return mun_error_system(err, errno, "'%s'", *path);
	free(*path);
	*path = real;
	return MUN_OK;
}

/* ---- marks ---- */

/* Whether the mark name below folder says exactly `wanted`. */
static bool
mark_says(const char *folder, const char *name, const char *wanted)
{
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_PATH_MAX);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool same = false;

	if (fd >= 0 && mun_file_read_whole(fd, name, &text, NULL) == MUN_OK)
		same = strcmp(mun_buffer_text(&text), wanted) == 0;
	mun_file_close(&fd);
	mun_buffer_free(&text);
	return same;
}

static enum mun_status
lock_mark(int fd, const char *path, struct mun_error *err)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return MUN_OK;
	if (errno == EWOULDBLOCK)
		return mun_error_set(
		    err, MUN_ERR_BUSY, "another init is at work in '%s'", path);
	return mun_error_system(err, errno, "lock '%s'", path);
}

/* What a killed init left here goes, with its keys. */
static enum mun_status
clear_leftovers(struct mun_vault_draft *draft, int mark, struct mun_error *err)
{
	struct mun_buffer keys = MUN_BUFFER_INIT(MUN_PATH_MAX);
	enum mun_status status;

	MUN_TRY(lock_mark(mark, draft->path, err));
	MUN_TRY(
	    mun_file_read_whole(draft->fd, MUN_VAULT_UNFINISHED, &keys, err));
	if (keys.len > 0 &&
	    mark_says(
		mun_buffer_text(&keys), MUN_KEYS_UNFINISHED, draft->path)) {
		mun_keys_discard(mun_buffer_text(&keys));
		mun_vault_unmark_keys(mun_buffer_text(&keys));
		(void)rmdir(mun_buffer_text(&keys));
	}
	MUN_TRY(mun_vault_remove_parts(draft->fd, err));
	if (unlinkat(draft->fd, MUN_VAULT_UNFINISHED, 0) != 0)
		status = mun_error_system(err, errno, "remove mark");
out:
	mun_buffer_free(&keys);
	return status;
}

static enum mun_status
expect_empty(struct mun_vault_draft *draft, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct dirent *entry;
	DIR *folder;
	int fd = openat(draft->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (folder = fdopendir(fd)) == NULL) {
		status = mun_error_system(err, errno, "'%s'", draft->path);
		mun_file_close(&fd);
		return status;
	}
	while (status == MUN_OK && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			status = mun_error_set(err, MUN_ERR_EXISTS,
			    "'%s' is not empty; a vault needs a folder of its "
			    "own",
			    draft->path);
	}
	(void)closedir(folder);
	return status;
}

static enum mun_status
clear_folder(struct mun_vault_draft *draft, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct stat state;
	int mark;

	if (fstatat(draft->fd, MUN_VAULT_JSON, &state, AT_SYMLINK_NOFOLLOW) ==
	    0)
		return mun_error_set(err, MUN_ERR_EXISTS,
		    "'%s' is a vault already", draft->path);
	mark = openat(draft->fd, MUN_VAULT_UNFINISHED,
	    O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (mark >= 0) {
		status = clear_leftovers(draft, mark, err);
		mun_file_close(&mark);
	}
	return status == MUN_OK ? expect_empty(draft, err) : status;
}

static enum mun_status
mark_folder(struct mun_vault_draft *draft, struct mun_error *err)
{
	enum mun_status status;

	draft->mark = openat(draft->fd, MUN_VAULT_UNFINISHED,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (draft->mark < 0)
		return mun_error_system(
		    err, errno, "write in '%s'", draft->path);
	MUN_TRY(lock_mark(draft->mark, draft->path, err));
	MUN_TRY(mun_file_write_all(
	    draft->mark, draft->keys, strlen(draft->keys), err));
	if (fsync(draft->mark) != 0 || fsync(draft->fd) != 0)
		status =
		    mun_error_system(err, errno, "write in '%s'", draft->path);
out:
	return status;
}

void
mun_vault_unmark_keys(const char *keys_folder)
{
	int fd = open(keys_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (unlinkat(fd, MUN_KEYS_UNFINISHED, 0) == 0)
		(void)fsync(fd);
	mun_file_close(&fd);
}

/* Keys that are there already are never marked: marked keys may be thrown
 * away. */
static enum mun_status
mark_keys(struct mun_vault_draft *draft, struct mun_error *err)
{
	struct stat state;
	enum mun_status status = MUN_OK;
	int fd;

	if (mark_says(draft->keys, MUN_KEYS_UNFINISHED, draft->path)) {
		mun_keys_discard(draft->keys);
		mun_vault_unmark_keys(draft->keys);
	}
	/* Again: it may have gone with what a killed init left. */
	if (mkdir(draft->keys, 0700) != 0 && errno != EEXIST) {
		status = mun_error_system(
		    err, errno, "make folder '%s'", draft->keys);
		goto out;
	}
	fd = open(draft->keys, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mun_error_system(err, errno, "'%s'", draft->keys);
	if (fstatat(fd, "actor.key", &state, AT_SYMLINK_NOFOLLOW) == 0 ||
	    fstatat(fd, "log.key", &state, AT_SYMLINK_NOFOLLOW) == 0)
		status = mun_error_set(err, MUN_ERR_EXISTS,
		    "'%s' holds keys already; name another folder with --keys",
		    draft->keys);
	if (status == MUN_OK) {
		/* A put that failed may have left the mark all the same. */
		draft->keys_marked = true;
		status = mun_file_put_new(fd, MUN_KEYS_UNFINISHED, draft->path,
		    strlen(draft->path), 0600, err);
	}
	mun_file_close(&fd);
out:
	return status;
}

/* ---- opening and closing ---- */

static bool
is_within(const char *inner, const char *outer)
{
	size_t len = strlen(outer);

	return strncmp(inner, outer, len) == 0 &&
	    (inner[len] == '\0' || inner[len] == '/');
}

/* With every copy of the vault or of the keys, it would be copied too. */
static enum mun_status
check_recovery_place(const struct mun_vault_draft *draft, struct mun_error *err)
{
	const char *path = draft->options.recovery_path;
	enum mun_status status = MUN_OK;
	const char *slash;
	char *folder;

	if (path == NULL)
		return MUN_OK;
	slash = strrchr(path, '/');
	folder = slash == NULL ? strdup(".")
	    : slash == path    ? strdup("/")
			       : strndup(path, (size_t)(slash - path));
	if (folder == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	/* where there is no such folder, making the key says so */
	if (resolve(&folder, NULL) == MUN_OK &&
	    (is_within(folder, draft->path) || is_within(folder, draft->keys)))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "the recovery key ('%s') has to lie outside of the vault "
		    "and of the keys folder: it is what is left when they are "
		    "lost",
		    path);
	free(folder);
	return status;
}

static enum mun_status
check_place(const struct mun_vault_draft *draft, struct mun_error *err)
{
	bool is_volatile = false;
	enum mun_status status;

	if (is_within(draft->keys, draft->path) ||
	    is_within(draft->path, draft->keys))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the keys ('%s') have to lie outside of the vault",
		    draft->keys);
	MUN_TRY(check_recovery_place(draft, err));
	if (draft->options.allow_volatile)
		goto out;
	MUN_TRY(mun_keys_folder_is_volatile(draft->path, &is_volatile, err));
	if (is_volatile)
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' lies on a file system that is lost at power-off; "
		    "choose another folder, or say --volatile",
		    draft->path);
out:
	return status;
}

enum mun_status
mun_vault_draft_take(
    struct mun_vault_draft *draft, bool keys_are_new, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(make_path(draft->path, &draft->made_folder, err));
	MUN_TRY(resolve(&draft->path, err));
	MUN_TRY(make_path(draft->keys, &draft->made_keys, err));
	MUN_TRY(resolve(&draft->keys, err));
	MUN_TRY(check_place(draft, err));
	draft->fd = open(draft->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (draft->fd < 0) {
		status = mun_error_system(err, errno, "'%s'", draft->path);
		goto out;
	}
	MUN_TRY(clear_folder(draft, err));
	MUN_TRY(mark_folder(draft, err));
	if (keys_are_new)
		MUN_TRY(mark_keys(draft, err));
out:
	return status;
}

static void
give_back(struct mun_vault_draft *draft)
{
	if (draft->keys_marked) {
		mun_keys_discard(draft->keys);
		mun_vault_unmark_keys(draft->keys);
	}
	if (draft->mark >= 0) {
		/* What cannot be removed now keeps its mark, and goes with the
		 * next init here. */
		if (mun_vault_remove_parts(draft->fd, NULL) == MUN_OK)
			(void)unlinkat(draft->fd, MUN_VAULT_UNFINISHED, 0);
	}
	unmake_path(&draft->made_keys);
	unmake_path(&draft->made_folder);
}

void
mun_vault_draft_close(struct mun_vault_draft *draft)
{
	if (draft == NULL)
		return;
	if (!draft->is_finished)
		give_back(draft);
	mun_file_close(&draft->mark);
	mun_file_close(&draft->fd);
	free(draft->made_folder.path);
	free(draft->made_keys.path);
	free(draft->path);
	free(draft->keys);
	free(draft);
}
