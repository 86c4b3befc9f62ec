/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
	PATH_MAX_HERE = 4096
};

char *
keys_path(const struct mun_scratch *scratch, const char *name)
{
	char *path = malloc(PATH_MAX_HERE);

	assert_non_null(path);
	assert_true(snprintf(path, PATH_MAX_HERE, "%s/%s", scratch->path,
			name) < PATH_MAX_HERE);
	return path;
}

char *
keys_make(const struct mun_scratch *scratch, bool is_encrypted)
{
	char *folder = keys_path(scratch, "keys");
	char *file = keys_path(scratch, "pass");
	struct mun_keys_options options = {
		.folder = folder,
		.pseudonym = "custodian",
		.passphrase = { .file = is_encrypted ? file : NULL,
		    .none = !is_encrypted },
		.allow_volatile = true,
	};
	struct mun_error err = MUN_ERROR_INIT;

	mun_scratch_write(
	    scratch, "pass", KEYS_PASSPHRASE "\n", strlen(KEYS_PASSPHRASE) + 1);
	MUN_EXPECT_OK(mun_keys_create(&options, &err), &err);
	free(file);
	return folder;
}

enum mun_status
keys_open(const struct mun_scratch *scratch, struct mun_signer **signer,
    struct mun_error *err)
{
	char *folder = keys_path(scratch, "keys");
	char *file = keys_path(scratch, "pass");
	struct mun_passphrase passphrase = { .file = file };
	enum mun_status status =
	    mun_signer_open(signer, folder, &passphrase, err);

	free(file);
	free(folder);
	return status;
}

int
keys_shell(const char *format, ...)
{
	char command[2 * PATH_MAX_HERE];
	va_list arguments;
	int status;

	va_start(arguments, format);
	assert_true(vsnprintf(command, sizeof(command), format, arguments) <
	    (int)sizeof(command));
	va_end(arguments);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
