/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_find.c - from a folder upwards to the vault that it lies in.
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

enum mun_status
mun_vault_find(const char *from, struct mun_buffer *path, struct mun_error *err)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_PATH_MAX);
	enum mun_status status;
	char *folder = realpath(from, NULL);

	if (folder == NULL)
		return mun_error_system(err, errno, "'%s'", from);
	do {
		if (is_vault(folder, &scratch)) {
			mun_buffer_append_text(path, folder);
			status = mun_buffer_status(path, "vault path", err);
			goto out;
		}
	} while (go_up(folder));
	status = mun_error_set(
	    err, MUN_ERR_NOT_FOUND, "there is no vault at or above '%s'", from);
out:
	mun_buffer_free(&scratch);
	free(folder);
	return status;
}
