/* SPDX-License-Identifier: BSD-2-Clause */
/* keeper.c - which vault, which keys: docs/format/vault.md, "Keys folder". */
#include "muniment/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "muniment/record.h"

enum {
	PEM_MAX = 65536
};

void
keeper_start(struct keeper *keeper)
{
	*keeper = (struct keeper){ .keys = MUN_BUFFER_INIT(65536) };
	tool_start(&keeper->tool, "muniment");
}

void
keeper_end(struct keeper *keeper)
{
	mun_vault_close(keeper->vault);
	mun_buffer_free(&keeper->keys);
}

enum mun_status
keeper_find_vault(
    struct keeper *keeper, struct mun_buffer *path, struct mun_error *err)
{
	const char *given = keeper->vault_given;
	enum mun_status status;

	if (given == NULL)
		given = tool_env("MUNIMENT_VAULT");
	if (given != NULL) {
		mun_buffer_append_text(path, given);
		return mun_buffer_status(path, "vault path", err);
	}
	status = mun_vault_find(".", path, err);
	if (status == MUN_ERR_NOT_FOUND)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no vault here or further up; say -C DIR, or set "
		    "MUNIMENT_VAULT, or make one with 'muniment init DIR'");
	return status;
}

enum mun_status
keeper_open(struct keeper *keeper, struct mun_error *err)
{
	struct mun_buffer path = MUN_BUFFER_INIT(65536);
	enum mun_status status = keeper_find_vault(keeper, &path, err);

	if (status == MUN_OK)
		status =
		    mun_vault_open(&keeper->vault, mun_buffer_text(&path), err);
	if (status == MUN_OK)
		mun_vault_get_info(keeper->vault, &keeper->info);
	mun_buffer_free(&path);
	return status;
}

/* <data folder>/muniment/<origin with _ for />. */
static void
append_default_keys(struct mun_buffer *keys, const char *origin)
{
	const char *data = tool_env("XDG_DATA_HOME");
	const char *home = tool_env("HOME");

	if (data != NULL && data[0] == '/') {
		mun_buffer_append_text(keys, data);
	} else if (home != NULL) {
		mun_buffer_append_text(keys, home);
		mun_buffer_append_text(keys, "/.local/share");
	} else {
		return;
	}
	mun_buffer_append_text(keys, "/muniment/");
	for (; *origin != '\0'; origin++)
		mun_buffer_append_byte(
		    keys, *origin == '/' ? '_' : (uint8_t)*origin);
}

enum mun_status
keeper_find_keys(
    struct keeper *keeper, const char *origin, struct mun_error *err)
{
	const char *given = keeper->keys_given;

	mun_buffer_reset(&keeper->keys);
	if (given == NULL)
		given = tool_env("MUNIMENT_KEYS");
	if (given != NULL)
		mun_buffer_append_text(&keeper->keys, given);
	else
		append_default_keys(&keeper->keys, origin);
	if (keeper->keys.status == MUN_OK && keeper->keys.len == 0)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "there is no place for keys: say --keys DIR, or set HOME");
	return mun_buffer_status(&keeper->keys, "keys path", err);
}

static bool
to_descriptor(const char *text, int *fd)
{
	char *end;
	long number;

	/* Digits only: strtol takes signs and blanks. */
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno != 0 || *end != '\0' || number > INT_MAX)
		return false;
	*fd = (int)number;
	return true;
}

enum mun_status
keeper_passphrase(const struct passphrase_given *given, const char *prompt,
    struct mun_passphrase *passphrase, struct mun_error *err)
{
	*passphrase =
	    (struct mun_passphrase){ .file = given->file, .prompt = prompt };
	if (given->fd == NULL)
		return MUN_OK;
	if (given->file != NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "a passphrase comes from a file or from a descriptor, not "
		    "from both");
	if (!to_descriptor(given->fd, &passphrase->fd) ||
	    !tool_is_inherited(passphrase->fd))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is not the number of a descriptor that is open; say "
		    "for example: --passphrase-fd 3 3<FILE",
		    given->fd);
	passphrase->has_fd = true;
	return MUN_OK;
}

static enum mun_status
take_recovery(struct keeper *keeper, struct mun_signer_options *options,
    struct mun_buffer *pem, struct mun_error *err)
{
	enum mun_status status;

	if (keeper->recovery.file == NULL)
		return MUN_OK;
	status = keeper_passphrase(&keeper->recovery.passphrase,
	    "Passphrase of the recovery key: ", &options->recovery_passphrase,
	    err);
	if (status == MUN_OK)
		status =
		    mun_record_recovery_certificate(keeper->vault, pem, err);
	options->recovery_path = keeper->recovery.file;
	options->recovery_pem = mun_buffer_text(pem);
	return status;
}

enum mun_status
keeper_open_signer_with(struct keeper *keeper, struct mun_signer_options more,
    struct mun_signer **signer, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(PEM_MAX);
	enum mun_status status;

	more.folder = mun_buffer_text(&keeper->keys);
	more.environment = tool_module_environment();
	status = keeper_passphrase(&keeper->passphrase,
	    "Passphrase of the keys: ", &more.passphrase, err);
	if (status == MUN_OK)
		status = take_recovery(keeper, &more, &pem, err);
	if (status == MUN_OK) {
		status = mun_signer_open_with(signer, &more, err);
		if (status == MUN_ERR_NOT_FOUND)
			mun_error_wrap(err,
			    "the keys of this vault are needed "
			    "(--keys DIR)");
	}
	mun_buffer_free(&pem);
	return status;
}

/* A key that lies prepared is either in the log, and then the one in use signs
 * nothing any more, or it is not; the remedy is the same. */
static void
warn_of_rotation(struct keeper *keeper)
{
	struct mun_keys_info keys;

	if (mun_keys_describe(mun_buffer_text(&keeper->keys), &keys, NULL) !=
	    MUN_OK)
		return; /* opening the signer says why */
	if (keys.has_next_actor)
		tool_warn(&keeper->tool,
		    "a change of the signing key was not finished: say "
		    "'muniment key rotate' again");
	if (keys.has_next_log)
		tool_warn(&keeper->tool,
		    "a change of the log's key was not finished: say "
		    "'muniment key rotate --log-key' again");
	mun_keys_info_free(&keys);
}

enum mun_status
keeper_open_signer(
    struct keeper *keeper, struct mun_signer **signer, struct mun_error *err)
{
	const struct mun_signer_options nothing = { .folder = NULL };

	warn_of_rotation(keeper);
	return keeper_open_signer_with(keeper, nothing, signer, err);
}

enum mun_status
keeper_open_index(
    struct keeper *keeper, struct mun_index **index, struct mun_error *err)
{
	enum mun_status status = mun_index_open(index, keeper->vault, err);

	if (status == MUN_ERR_NOT_FOUND)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "this vault has no index; 'muniment index rebuild' makes "
		    "it");
	if (status == MUN_OK &&
	    mun_index_log_size(*index) < keeper->info.log_size)
		tool_warn(&keeper->tool,
		    "the index does not show the newest %" PRIu64
		    " events; 'muniment index rebuild' makes it anew",
		    keeper->info.log_size - mun_index_log_size(*index));
	return status;
}

enum mun_status
keeper_check_new(const char *path, struct mun_error *err)
{
	struct stat state;
	enum mun_status status;

	if (path == NULL)
		return MUN_OK;
	status = mun_vault_expect_outside(path, err);
	if (status != MUN_OK)
		return status;
	if (lstat(path, &state) == 0)
		return mun_error_set(err, MUN_ERR_EXISTS,
		    "'%s' is there already; name a new file", path);
	return errno == ENOENT ? MUN_OK
			       : mun_error_system(err, errno, "'%s'", path);
}

enum mun_status
keeper_check_folder_of(const char *path, struct mun_error *err)
{
	struct mun_buffer folder = MUN_BUFFER_INIT(65536);
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	enum mun_status status;
	struct stat state;

	if (slash == NULL)
		return MUN_OK;
	mun_buffer_append(&folder, path, (size_t)(slash - path) + 1);
	status = mun_buffer_status(&folder, "path", err);
	if (status == MUN_OK && stat(mun_buffer_text(&folder), &state) != 0)
		status = mun_error_system(err, errno,
		    "'%s' cannot be written, its folder has to be there", path);
	mun_buffer_free(&folder);
	return status;
}

static bool
write_all(int fd, const struct mun_buffer *bytes)
{
	size_t at = 0;

	while (at < bytes->len) {
		ssize_t put = write(fd, bytes->data + at, bytes->len - at);

		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0)
			at += (size_t)put;
	}
	return fsync(fd) == 0;
}

enum mun_status
keeper_write_new(
    const char *path, const struct mun_buffer *bytes, struct mun_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int saved_errno = 0;

	if (fd < 0)
		return mun_error_system(err, errno, "write '%s'", path);
	if (!write_all(fd, bytes))
		saved_errno = errno;
	if (close(fd) != 0 && saved_errno == 0)
		saved_errno = errno;
	if (saved_errno == 0)
		return MUN_OK;
	(void)unlink(path);
	return mun_error_system(err, saved_errno, "write '%s'", path);
}
