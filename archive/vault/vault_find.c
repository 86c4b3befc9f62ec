/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_find.c - from a folder upwards to the vault that it lies in; and that
 * there is none, for those who are about to write.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "vault/vault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool
is_vault(const char *folder, struct mun_buffer *scratch)
{
	struct stat state;

	mun_buffer_reset(scratch);
	mun_buffer_append_text(scratch, folder);
	mun_buffer_append_text(scratch, "/" MUN_VAULT_JSON);
	return scratch->status == MUN_OK &&
	    lstat(mun_buffer_text(scratch), &state) == 0 &&
	    S_ISREG(state.st_mode);
}

/* Cut the last component; false at the root. */
static bool
go_up(char *folder)
{
	char *slash = strrchr(folder, '/');

	if (slash == NULL || strcmp(folder, "/") == 0)
		return false;
	if (slash == folder)
		slash++;
	*slash = '\0';
	return true;
}

/* Other programs have a vault.json, too: a vault has a log beside it. */
static bool
has_log(const char *folder, struct mun_buffer *scratch)
{
	struct stat state;

	mun_buffer_reset(scratch);
	mun_buffer_append_text(scratch, folder);
	mun_buffer_append_text(scratch, "/log");
	return scratch->status == MUN_OK &&
	    lstat(mun_buffer_text(scratch), &state) == 0 &&
	    S_ISDIR(state.st_mode);
}

/* Whether there is a vault at or above this real path, which is cut to it. */
static bool
cut_to_vault(char *folder, bool with_log)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_PATH_MAX);
	bool found;

	do {
		found = is_vault(folder, &scratch) &&
		    (!with_log || has_log(folder, &scratch));
	} while (!found && go_up(folder));
	mun_buffer_free(&scratch);
	return found;
}

enum mun_status
mun_vault_find(const char *from, struct mun_buffer *path, struct mun_error *err)
{
	enum mun_status status;
	char *folder = realpath(from, NULL);

	if (folder == NULL)
		return mun_error_system(err, errno, "'%s'", from);
	if (cut_to_vault(folder, false)) {
		mun_buffer_append_text(path, folder);
		status = mun_buffer_status(path, "vault path", err);
	} else {
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no vault at or above '%s'", from);
	}
	free(folder);
	return status;
}

/* The real path of the nearest thing at or above a path; NULL with errno. */
static char *
nearest(const char *path)
{
	char *copy = strdup(path);
	char *real = realpath(path, NULL);

	while (copy != NULL && real == NULL &&
	    (errno == ENOENT || errno == ENOTDIR)) {
		char *slash = strrchr(copy, '/');

		if (slash == NULL || slash == copy) {
			real = realpath(slash == NULL ? "." : "/", NULL);
			break;
		}
		*slash = '\0';
		real = realpath(copy, NULL);
	}
	free(copy);
	return real;
}

enum mun_status
mun_vault_expect_outside(const char *path, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	char *real = nearest(path);

	if (real == NULL)
		return mun_error_system(err, errno, "'%s'", path);
	if (cut_to_vault(real, true))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' lies in the folder of a vault, where nothing but "
		    "the vault's own files may be: name a place elsewhere",
		    path);
	free(real);
	return status;
}
