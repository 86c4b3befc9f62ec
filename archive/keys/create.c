/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * create.c - makes the keys folder, and the recovery key.
 *
 * All of it happens in a child: the process that goes on to make a vault has
 * never held a key.  The actor's key comes last, so a folder with it holds a
 * whole set.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"
#include "keys/keys_internal.h"
#include "keys/token.h"

/* As they are made; those of a rotation only to be found or thrown away. */
static const char *const key_names[] = { MUN_KEYS_LOG_KEY, MUN_KEYS_ACTOR_PEM,
	MUN_KEYS_ACTOR_TOKEN, MUN_KEYS_ACTOR_KEY, MUN_KEYS_NEXT_LOG_KEY,
	MUN_KEYS_NEXT_PEM, MUN_KEYS_NEXT_KEY };
enum {
	KEY_NAMES = sizeof(key_names) / sizeof(key_names[0])
};

/* What the child works with. */
struct making {
	const struct mun_keys_options *options;
	struct mun_keys_import import;
	struct mun_buffer log_pem; /* of another folder */
	size_t log_line; /* where its passphrase stands in a file */
	struct mun_buffer token_line;
	struct mun_secret pin, passphrase, import_secret, log_secret, recovery;
};

enum {
	WANTS_MAX = 5
};

/* --- what it is made from ----------------------------------------------- */

static enum mun_status
read_other_log(struct making *making, struct mun_error *err)
{
	const char *folder = making->options->log_from;
	enum mun_status status;
	int fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	status =
	    mun_keys_read_part(fd, MUN_KEYS_LOG_KEY, &making->log_pem, err);
	if (status != MUN_OK)
		mun_error_wrap(err, "keys folder '%s'", folder);
	making->log_line = mun_keys_has(fd, MUN_KEYS_ACTOR_TOKEN) ? 1 : 0;
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
read_sources(struct making *making, struct mun_error *err)
{
	const struct mun_keys_options *options = making->options;
	enum mun_status status = MUN_OK;

	MUN_TRY(mun_keys_import_read(&making->import, options, err));
	if (options->token_uri != NULL)
		MUN_TRY(mun_keys_token_write_uri(&making->token_line,
		    options->token_uri, options->token_module, err));
	if (options->log == MUN_KEYS_LOG_COPY)
		MUN_TRY(read_other_log(making, err));
out:
	return status;
}

/* --- secrets ------------------------------------------------------------ */

static bool
encrypts(const struct mun_keys_options *options)
{
	return !options->passphrase.none &&
	    (options->token_uri == NULL || options->log != MUN_KEYS_LOG_NONE);
}

/* A recovery key has the passphrase of the others, unless it is given one of
 * its own or a person types. */
static bool
asks_for_recovery(const struct mun_keys_options *options)
{
	const struct mun_passphrase *own = &options->passphrase;

	if (options->recovery_path == NULL)
		return false;
	return options->recovery_passphrase.file != NULL ||
	    (!own->none && own->file == NULL && !own->has_fd);
}

/* In the order of lines, where several come from one descriptor. */
static size_t
want_secrets(struct mun_secret_want wants[WANTS_MAX], struct making *making)
{
	const struct mun_keys_options *options = making->options;
	const struct mun_passphrase *own = &options->passphrase;
	const struct mun_passphrase *import = &options->import_passphrase;
	const struct mun_passphrase *log = &options->log_from_passphrase;
	size_t count = 0;

	if (options->token_uri != NULL)
		wants[count++] = (struct mun_secret_want){ &making->pin, own, 0,
			"PIN of the token: ", false };
	if (encrypts(options)) {
		wants[count] = (struct mun_secret_want){ &making->passphrase,
			own, count, own->prompt, true };
		count++;
	}
	if (asks_for_recovery(options))
		wants[count++] = (struct mun_secret_want){ &making->recovery,
			&options->recovery_passphrase, 0,
			options->recovery_passphrase.prompt, true };
	if (mun_keys_import_is_encrypted(&making->import) && !import->none)
		wants[count++] =
		    (struct mun_secret_want){ &making->import_secret, import, 0,
			    import->prompt, false };
	if (mun_keys_is_encrypted(&making->log_pem) && !log->none)
		wants[count++] = (struct mun_secret_want){ &making->log_secret,
			log, making->log_line, log->prompt, false };
	return count;
}

/* --- making ------------------------------------------------------------- */

static enum mun_status
take_import(
    struct mun_keys_held *held, struct making *making, struct mun_error *err)
{
	enum mun_status status =
	    mun_keys_import_decode(&held->actor, &held->certificate_pem,
		&making->import, &making->import_secret, err);

	if (status != MUN_OK)
		mun_error_wrap(err, "import '%s'", making->options->import_key);
	return status;
}

static enum mun_status
take_token(
    struct mun_keys_held *held, struct making *making, struct mun_error *err)
{
	struct mun_keys_actor *actor = &held->actor;
	EVP_PKEY *public_key = NULL;
	enum mun_status status;

	MUN_TRY(mun_keys_token_log_in(actor->token, &making->pin, err));
	if (making->options->import_certificate != NULL) {
		status = mun_keys_import_certificate(&held->certificate_pem,
		    actor, &making->import.certificate, err);
		if (status != MUN_OK)
			mun_error_wrap(err, "import '%s'",
			    making->options->import_certificate);
		goto out;
	}
	status =
	    mun_keys_token_public(actor->token, &public_key, &actor->kind, err);
	if (status == MUN_ERR_NOT_FOUND)
		status = mun_error_set(err, status,
		    "the token shows no public key beside the private one: "
		    "give the key's certificate");
	if (status != MUN_OK)
		goto out;
	status = mun_keys_certify(&held->certificate_pem, actor, public_key,
	    making->options->pseudonym, err);
out:
	EVP_PKEY_free(public_key);
	return status;
}

static enum mun_status
make_actor(
    struct mun_keys_held *held, struct making *making, struct mun_error *err)
{
	const struct mun_keys_options *options = making->options;

	if (options->token_uri != NULL)
		return take_token(held, making, err);
	if (options->import_key != NULL)
		return take_import(held, making, err);
	return mun_keys_make_actor(&held->actor, &held->certificate_pem,
	    options->kind, options->pseudonym, err);
}

static enum mun_status
make_log(
    struct mun_keys_held *held, struct making *making, struct mun_error *err)
{
	const struct mun_keys_options *options = making->options;
	enum mun_status status = MUN_OK;

	if (options->log == MUN_KEYS_LOG_NONE)
		return MUN_OK;
	if (options->log == MUN_KEYS_LOG_NEW)
		MUN_TRY(mun_keys_make_log(&held->log, err));
	else {
		status = mun_keys_decode_part(&held->log, MUN_KEYS_LOG_KEY,
		    &making->log_pem, &making->log_secret, err);
		if (status != MUN_OK) {
			mun_error_wrap(
			    err, "keys folder '%s'", options->log_from);
			goto out;
		}
	}
	status = mun_keys_log_public(
	    held->log, MUN_KEYS_LOG_KEY, held->log_public, err);
out:
	return status;
}

/* --- writing ------------------------------------------------------------ */

static enum mun_status
put_all(const struct mun_keys_held *held, const struct making *making,
    struct mun_error *err)
{
	const struct mun_buffer *pem = &held->certificate_pem;
	const struct mun_buffer *line = &making->token_line;
	enum mun_status status;
	int fd = -1;

	MUN_TRY(mun_keys_open_folder(making->options->folder, &fd, err));
	if (held->log != NULL)
		MUN_TRY(mun_keys_put(
		    fd, MUN_KEYS_LOG_KEY, held->log, &making->passphrase, err));
	MUN_TRY(mun_file_put_new(
	    fd, MUN_KEYS_ACTOR_PEM, pem->data, pem->len, 0600, err));
	if (line->len > 0)
		MUN_TRY(mun_file_put_new(fd, MUN_KEYS_ACTOR_TOKEN, line->data,
		    line->len, 0600, err));
	else
		MUN_TRY(mun_keys_put(fd, MUN_KEYS_ACTOR_KEY, held->actor.key,
		    &making->passphrase, err));
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
put_recovery(struct mun_buffer *pem, const char *path,
    const struct mun_secret *secret, struct mun_error *err)
{
	struct mun_keys_actor recovery = { .key = NULL };
	enum mun_status status;

	MUN_TRY(mun_keys_make_actor(
	    &recovery, pem, MUN_KEYS_P256, "recovery", err));
	MUN_TRY(mun_keys_put(AT_FDCWD, path, recovery.key, secret, err));
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "recovery key '%s'", path);
	mun_keys_actor_clear(&recovery);
	return status;
}

/* --- the child ---------------------------------------------------------- */

static enum mun_status
open_token(
    struct mun_keys_held *held, struct making *making, struct mun_error *err)
{
	if (making->token_line.len == 0)
		return MUN_OK;
	return mun_keys_token_open(&held->actor.token, &making->token_line,
	    making->options->environment, err);
}

static enum mun_status
take_secrets(struct making *making, struct mun_keys_held *held, int *fd,
    struct mun_error *err)
{
	struct mun_secret_want wants[WANTS_MAX];
	size_t count = want_secrets(wants, making);
	enum mun_status status;

	MUN_TRY(mun_secret_take(wants, count, fd, err));
	/* A person is asked for a PIN only if the token is there. */
	MUN_TRY(open_token(held, making, err));
	if (held->actor.token != NULL &&
	    !mun_keys_token_wants_pin(held->actor.token))
		wants[0].source = NULL;
	MUN_TRY(mun_secret_ask_rest(wants, count, err));
out:
	return status;
}

static void
clear_making(struct making *making)
{
	mun_keys_import_clear(&making->import);
	mun_secret_free_buffer(&making->log_pem);
	mun_buffer_free(&making->token_line);
	mun_secret_clear(&making->pin);
	mun_secret_clear(&making->passphrase);
	mun_secret_clear(&making->import_secret);
	mun_secret_clear(&making->log_secret);
	mun_secret_clear(&making->recovery);
}

enum mun_status
mun_keys_fill(struct mun_keys_held *held, struct mun_buffer *recovery_pem,
    const struct mun_keys_options *options, int *fd, struct mun_error *err)
{
	struct making making = { .options = options,
		.log_pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX),
		.token_line = MUN_BUFFER_INIT(MUN_KEYS_URI_MAX) };
	enum mun_status status;

	MUN_TRY(read_sources(&making, err));
	MUN_TRY(take_secrets(&making, held, fd, err));
	MUN_TRY(make_actor(held, &making, err));
	MUN_TRY(make_log(held, &making, err));
	MUN_TRY(put_all(held, &making, err));
	if (options->recovery_path != NULL)
		MUN_TRY(put_recovery(recovery_pem, options->recovery_path,
		    asks_for_recovery(options) ? &making.recovery
					       : &making.passphrase,
		    err));
out:
	clear_making(&making);
	return status;
}

/* --- the parent --------------------------------------------------------- */

static enum mun_status
expect_no_keys(const char *folder, struct mun_error *err)
{
	struct stat found;
	enum mun_status status;
	int fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	for (size_t i = 0; i < KEY_NAMES && status == MUN_OK; i++)
		if (fstatat(fd, key_names[i], &found, AT_SYMLINK_NOFOLLOW) == 0)
			status = mun_error_set(err, MUN_ERR_EXISTS,
			    "keys folder '%s' holds '%s' already; name another "
			    "folder",
			    folder, key_names[i]);
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
make_folder(const char *folder, bool *made, struct mun_error *err)
{
	struct stat found;

	*made = false;
	if (stat(folder, &found) == 0)
		return MUN_OK;
	*made = true;
	return mun_file_make_folders(AT_FDCWD, folder, 0700, err);
}

static enum mun_status
check_volatile(const struct mun_keys_options *options, struct mun_error *err)
{
	bool is_volatile = false;
	enum mun_status status;

	if (options->allow_volatile)
		return MUN_OK;
	status =
	    mun_keys_folder_is_volatile(options->folder, &is_volatile, err);
	if (status == MUN_OK && is_volatile)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "keys folder '%s' lies on a file system that is lost at "
		    "power-off; choose another folder, or say --volatile",
		    options->folder);
	return status;
}

enum mun_status
mun_keys_begin(const struct mun_keys_options *options, bool *made_folder,
    bool *is_clear, struct mun_error *err)
{
	enum mun_status status;

	*made_folder = *is_clear = false;
	MUN_TRY(check_volatile(options, err));
	MUN_TRY(make_folder(options->folder, made_folder, err));
	MUN_TRY(expect_no_keys(options->folder, err));
	*is_clear = true;
out:
	return status;
}

void
mun_keys_take_back(
    const struct mun_keys_options *options, bool made_folder, bool is_clear)
{
	if (is_clear)
		mun_keys_discard(options->folder);
	if (made_folder)
		(void)rmdir(options->folder);
}

/* Heads of logs that these keys signed, which nobody will sign again. */
static void
discard_heads(int dir_fd)
{
	int fd = openat(
	    dir_fd, "heads", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *heads = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (heads == NULL) {
		mun_file_close(&fd);
		return;
	}
	while ((entry = readdir(heads)) != NULL)
		(void)unlinkat(dirfd(heads), entry->d_name, 0);
	(void)closedir(heads);
	(void)unlinkat(dir_fd, "heads", AT_REMOVEDIR);
}

void
mun_keys_discard(const char *folder)
{
	char temporary[MUN_NAME_MAX + 1];
	int fd;

	if (mun_keys_open_folder(folder, &fd, NULL) != MUN_OK)
		return;
	for (size_t i = KEY_NAMES; i > 0; i--) {
		/* A maker that was killed leaves its temporary. */
		(void)snprintf(
		    temporary, sizeof(temporary), ".%s.tmp", key_names[i - 1]);
		if (mun_file_remove_dead_temporary(fd, temporary, NULL) ==
		    MUN_ERR_BUSY)
			continue;
		(void)unlinkat(fd, key_names[i - 1], 0);
	}
	discard_heads(fd);
	(void)fsync(fd);
	mun_file_close(&fd);
}

/* --- a recovery key alone ----------------------------------------------- */

struct recovery {
	const char *path;
	const struct mun_passphrase *passphrase;
};

static void
make_recovery(int fd, void *ctx)
{
	const struct recovery *order = ctx;
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_secret secret = { NULL, 0 };
	const struct mun_secret_want want = { &secret,
		order->passphrase->none ? NULL : order->passphrase, 0,
		order->passphrase->prompt, true };
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;

	MUN_TRY(mun_secret_take(&want, 1, &fd, &err));
	MUN_TRY(mun_secret_ask_rest(&want, 1, &err));
	MUN_TRY(put_recovery(&pem, order->path, &secret, &err));
out:
	mun_secret_clear(&secret);
	mun_keys_send_outcome(fd, status, &pem, &err);
	mun_buffer_free(&pem);
}

enum mun_status
mun_keys_create_recovery(const char *path,
    const struct mun_passphrase *passphrase, struct mun_buffer *certificate_pem,
    struct mun_error *err)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	struct recovery order = { path, passphrase };
	enum mun_status status;

	MUN_TRY(mun_keys_child_run(make_recovery, &order, &answer, err));
	mun_buffer_append(certificate_pem, answer.data, answer.len);
	status = mun_buffer_status(certificate_pem, "a certificate", err);
out:
	mun_buffer_free(&answer);
	return status;
}
