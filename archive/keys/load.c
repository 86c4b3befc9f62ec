/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.c - a keys folder into memory: its files are read, the passphrase is
 * taken, everything else is closed, and only then is anything opened that
 * needs a secret.  Keys that do not belong together are refused.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/macros.h"
#include "keys/keys_internal.h"
#include "keys/token.h"

/* The folder's files as they are. */
struct files {
	struct mun_buffer actor, token, log, log_next;
	bool has_token, has_log, has_log_next;
};

struct secrets {
	struct mun_secret pin, passphrase, recovery;
};

enum {
	WANTS_MAX = 2 /* one for what signs events, one for the log */
};

enum mun_status
mun_keys_read_part(
    int dir_fd, const char *name, struct mun_buffer *out, struct mun_error *err)
{
	enum mun_status status = mun_file_read_whole(dir_fd, name, out, err);

	if (status == MUN_ERR_NOT_FOUND)
		return mun_error_set(err, status,
		    "there is no '%s'; name the keys folder with --keys", name);
	return status;
}

enum mun_status
mun_keys_decode_part(EVP_PKEY **key, const char *name,
    const struct mun_buffer *pem, const struct mun_secret *secret,
    struct mun_error *err)
{
	enum mun_status status = mun_keys_decode(key, pem, secret, err);

	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", name);
	return status;
}

/* --- reading ------------------------------------------------------------ */

static enum mun_status
read_actor_key(struct files *files, int dir_fd, struct mun_error *err)
{
	files->has_token = mun_keys_has(dir_fd, MUN_KEYS_ACTOR_TOKEN);
	if (!files->has_token)
		return mun_keys_read_part(
		    dir_fd, MUN_KEYS_ACTOR_KEY, &files->actor, err);
	if (mun_keys_has(dir_fd, MUN_KEYS_ACTOR_KEY))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "there are both '" MUN_KEYS_ACTOR_KEY
		    "' and '" MUN_KEYS_ACTOR_TOKEN
		    "': it cannot be told which one is the actor's");
	return mun_keys_read_part(
	    dir_fd, MUN_KEYS_ACTOR_TOKEN, &files->token, err);
}

static enum mun_status
read_actor(struct files *files, struct mun_keys_held *held, int dir_fd,
    struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(read_actor_key(files, dir_fd, err));
	MUN_TRY(mun_keys_read_part(
	    dir_fd, MUN_KEYS_ACTOR_PEM, &held->certificate_pem, err));
out:
	return status;
}

static enum mun_status
read_recovery(struct files *files, struct mun_keys_held *held,
    const struct mun_signer_options *options, struct mun_error *err)
{
	enum mun_status status;

	mun_buffer_append_text(&held->certificate_pem, options->recovery_pem);
	MUN_TRY(
	    mun_buffer_status(&held->certificate_pem, "a certificate", err));
	status = mun_file_read_whole(
	    AT_FDCWD, options->recovery_path, &files->actor, err);
	if (status == MUN_ERR_NOT_FOUND)
		status = mun_error_set(err, status, "there is no such file");
	if (status != MUN_OK)
		mun_error_wrap(
		    err, "recovery key '%s'", options->recovery_path);
out:
	return status;
}

static enum mun_status
read_files(struct files *files, struct mun_keys_held *held, int dir_fd,
    const struct mun_signer_options *options, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (options->recovery_path == NULL)
		MUN_TRY(read_actor(files, held, dir_fd, err));
	files->has_log =
	    !options->log_is_optional || mun_keys_has(dir_fd, MUN_KEYS_LOG_KEY);
	files->has_log_next = options->with_next_log &&
	    mun_keys_has(dir_fd, MUN_KEYS_NEXT_LOG_KEY);
	if (files->has_log)
		MUN_TRY(mun_keys_read_part(
		    dir_fd, MUN_KEYS_LOG_KEY, &files->log, err));
	if (files->has_log_next)
		MUN_TRY(mun_keys_read_part(
		    dir_fd, MUN_KEYS_NEXT_LOG_KEY, &files->log_next, err));
out:
	return status;
}

static void
free_files(struct files *files)
{
	mun_secret_free_buffer(&files->actor);
	mun_buffer_free(&files->token);
	mun_secret_free_buffer(&files->log);
	mun_secret_free_buffer(&files->log_next);
}

/* --- secrets ------------------------------------------------------------ */

/* Whether the folder's passphrase is needed; a recovery key has its own. */
static bool
needs_passphrase(
    const struct files *files, const struct mun_signer_options *options)
{
	return !options->passphrase.none &&
	    ((options->recovery_path == NULL &&
		 mun_keys_is_encrypted(&files->actor)) ||
		mun_keys_is_encrypted(&files->log) ||
		mun_keys_is_encrypted(&files->log_next));
}

/* What signs events first (a PIN, or the recovery key's passphrase), the
 * folder's passphrase second; none where none is needed. */
static size_t
want_secrets(struct mun_secret_want wants[WANTS_MAX], struct secrets *secrets,
    const struct files *files, const struct mun_signer_options *options)
{
	const struct mun_passphrase *source = &options->passphrase;
	const struct mun_passphrase *recovery = &options->recovery_passphrase;
	size_t count = 0;

	if (options->recovery_path != NULL && !recovery->none &&
	    mun_keys_is_encrypted(&files->actor))
		wants[count++] = (struct mun_secret_want){
			.secret = &secrets->recovery,
			.source = recovery,
			.prompt = recovery->prompt,
		};
	if (files->has_token)
		wants[count++] = (struct mun_secret_want){
			.secret = &secrets->pin,
			.source = source,
			.prompt = "PIN of the token: ",
		};
	if (needs_passphrase(files, options)) {
		wants[count] = (struct mun_secret_want){
			.secret = &secrets->passphrase,
			.source = source,
			.line = files->has_token ? 1 : 0,
			.prompt = source->prompt,
		};
		count++;
	}
	return count;
}

/* --- opening ------------------------------------------------------------ */

static enum mun_status
open_token(struct mun_keys_held *held, const struct files *files,
    const struct mun_signer_options *options, struct mun_error *err)
{
	if (!files->has_token)
		return MUN_OK;
	return mun_keys_token_open(
	    &held->actor.token, &files->token, options->environment, err);
}

static enum mun_status
open_log(struct mun_keys_held *held, const struct files *files,
    const struct mun_secret *passphrase, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (files->has_log) {
		MUN_TRY(mun_keys_decode_part(&held->log, MUN_KEYS_LOG_KEY,
		    &files->log, passphrase, err));
		MUN_TRY(mun_keys_log_public(
		    held->log, MUN_KEYS_LOG_KEY, held->log_public, err));
	}
	if (files->has_log_next) {
		MUN_TRY(mun_keys_decode_part(&held->log_next,
		    MUN_KEYS_NEXT_LOG_KEY, &files->log_next, passphrase, err));
		MUN_TRY(mun_keys_log_public(held->log_next,
		    MUN_KEYS_NEXT_LOG_KEY, held->log_next_public, err));
	}
out:
	return status;
}

/* The key alone has no certificate beside it that would say whose it is. */
static enum mun_status
open_recovery(struct mun_keys_held *held, const struct files *files,
    const struct mun_secret *passphrase, const char *path,
    struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	enum mun_status status;

	MUN_TRY(mun_certificate_from_pem(&certificate,
	    held->certificate_pem.data, held->certificate_pem.len, true, err));
	status =
	    mun_keys_decode(&held->actor.key, &files->actor, passphrase, err);
	if (status == MUN_OK &&
	    mun_keys_actor_match(&held->actor, certificate, NULL) != MUN_OK)
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is not the recovery key of this vault");
	if (status != MUN_OK)
		mun_error_wrap(err, "recovery key '%s'", path);
out:
	mun_certificate_free(certificate);
	return status;
}

static enum mun_status
open_actor(struct mun_keys_held *held, const struct files *files,
    const struct secrets *secrets, struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	enum mun_status status;

	if (held->actor.token != NULL)
		MUN_TRY(mun_keys_token_log_in(
		    held->actor.token, &secrets->pin, err));
	else
		MUN_TRY(
		    mun_keys_decode_part(&held->actor.key, MUN_KEYS_ACTOR_KEY,
			&files->actor, &secrets->passphrase, err));
	status = mun_certificate_from_pem(&certificate,
	    held->certificate_pem.data, held->certificate_pem.len, true, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "'" MUN_KEYS_ACTOR_PEM "'");
		status = MUN_ERR_CRYPTO;
		if (err != NULL)
			err->status = status;
		goto out;
	}
	status = mun_keys_actor_match(&held->actor, certificate, err);
out:
	mun_certificate_free(certificate);
	return status;
}

enum mun_status
mun_keys_load(struct mun_keys_held *held,
    const struct mun_signer_options *options, int *fd, struct mun_error *err)
{
	struct files files = { .actor = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX),
		.token = MUN_BUFFER_INIT(MUN_KEYS_URI_MAX),
		.log = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX),
		.log_next = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX) };
	struct secrets secrets = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	struct mun_secret_want wants[WANTS_MAX];
	enum mun_status status;
	size_t count;
	bool is_folders = false; /* what fails is the folder's fault */
	int dir_fd = -1;

	if (options->recovery_path != NULL)
		MUN_TRY(read_recovery(&files, held, options, err));
	MUN_TRY(mun_keys_open_folder(options->folder, &dir_fd, err));
	is_folders = true;
	MUN_TRY(mun_keys_finish_adoption(dir_fd, err));
	MUN_TRY(read_files(&files, held, dir_fd, options, err));
	count = want_secrets(wants, &secrets, &files, options);
	MUN_TRY(mun_secret_take(wants, count, fd, err));
	dir_fd = -1; /* closed with all others */
	/* A person is asked for a PIN only if the token is there. */
	MUN_TRY(open_token(held, &files, options, err));
	if (held->actor.token != NULL &&
	    !mun_keys_token_wants_pin(held->actor.token))
		wants[0].source = NULL;
	MUN_TRY(mun_secret_ask_rest(wants, count, err));
	is_folders = options->recovery_path == NULL;
	if (is_folders)
		MUN_TRY(open_actor(held, &files, &secrets, err));
	else
		MUN_TRY(open_recovery(held, &files, &secrets.recovery,
		    options->recovery_path, err));
	is_folders = true;
	MUN_TRY(open_log(held, &files, &secrets.passphrase, err));
out:
	if (status != MUN_OK && is_folders)
		mun_error_wrap(err, "keys folder '%s'", options->folder);
	mun_secret_clear(&secrets.pin);
	mun_secret_clear(&secrets.passphrase);
	mun_secret_clear(&secrets.recovery);
	free_files(&files);
	mun_file_close(&dir_fd);
	return status;
}

void
mun_keys_held_clear(struct mun_keys_held *held)
{
	mun_keys_actor_clear(&held->actor);
	EVP_PKEY_free(held->log);
	EVP_PKEY_free(held->log_next);
	mun_buffer_free(&held->certificate_pem);
}
