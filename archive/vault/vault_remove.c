/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_remove.c - takes away what an unfinished vault can hold, by name, so
 * that nothing of anybody else's ever goes with it.
 */
#include "vault/vault_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "vault/vault.h"

enum {
	DEPTH_MAX = 16
}; /* log/tile/<L>/x001/x234/067.p and some */

static enum mun_status remove_tree(
    int dir_fd, const char *name, unsigned depth, struct mun_error *err);

static enum mun_status
remove_contents(DIR *folder, unsigned depth, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct dirent *entry;

	while (status == MUN_OK && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		status =
		    remove_tree(dirfd(folder), entry->d_name, depth + 1, err);
	}
	return status;
}

/* Remove a file, or a folder with all in it; absent is fine. */
static enum mun_status
remove_tree(int dir_fd, const char *name, unsigned depth, struct mun_error *err)
{
	enum mun_status status;
	DIR *folder;
	int fd;

	if (depth > DEPTH_MAX)
		return mun_error_set(
		    err, MUN_ERR_LIMIT, "'%s' is too deep", name);
	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return MUN_OK;
	fd = openat(
	    dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return mun_error_system(err, errno, "remove '%s'", name);
	folder = fdopendir(fd);
	if (folder == NULL) {
		(void)close(fd);
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	}
	status = remove_contents(folder, depth, err);
	(void)closedir(folder);
	if (status == MUN_OK && unlinkat(dir_fd, name, AT_REMOVEDIR) != 0)
		status = mun_error_system(err, errno, "remove '%s'", name);
	return status;
}

/* What base/file.h was writing when the process died goes too. */
static enum mun_status
remove_temporaries(int vault_fd, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct dirent *entry;
	DIR *folder;
	int fd = openat(vault_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (folder = fdopendir(fd)) == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return mun_error_system(err, errno, "open folder");
	}
	while (status == MUN_OK && (entry = readdir(folder)) != NULL) {
		if (mun_file_is_temporary_name(entry->d_name))
			status = remove_tree(vault_fd, entry->d_name, 0, err);
	}
	(void)closedir(folder);
	return status;
}

enum mun_status
mun_vault_remove_parts(int vault_fd, struct mun_error *err)
{
	/* vault.json first: without it, there is no vault to be seen. */
	static const char *const parts[] = { MUN_VAULT_JSON, "log", "certs",
		"crls", "archives", "incoming", "index.sqlite" };
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (status == MUN_OK)
			status = remove_tree(vault_fd, parts[i], 0, err);
	}
	return status == MUN_OK ? remove_temporaries(vault_fd, err) : status;
}
