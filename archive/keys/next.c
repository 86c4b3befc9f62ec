/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * next.c - rotation: a new key beside the one in use, and the change to it.
 *
 * Two files cannot be replaced in one step, so their order says what is under
 * way.  Prepared: actor.next.key is there, then actor.next.pem.  Adopting: the
 * key is renamed first.  A certificate without its key therefore only ever
 * means an adoption that was cut short, and whoever opens the folder next
 * completes it; a key without its certificate is a preparation that was cut
 * short, or a discard, and means nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"
#include "keys/keys_internal.h"

/* --- making, in the child ----------------------------------------------- */

struct preparing {
	const char *folder;
	const struct mun_passphrase *passphrase;
	const char *pseudonym; /* NULL: the log's key */
	enum mun_keys_kind kind;
};

/* That nobody has a passphrase of his own for the new key: what encrypts it
 * opens the one in use. */
static enum mun_status
check_passphrase(const struct mun_buffer *in_use, const char *name,
    const struct mun_secret *secret, struct mun_error *err)
{
	EVP_PKEY *key = NULL;
	enum mun_status status =
	    mun_keys_decode_part(&key, name, in_use, secret, err);

	EVP_PKEY_free(key);
	return status;
}

static enum mun_status
make_next_actor(int dir_fd, const struct preparing *preparing,
    const struct mun_secret *secret, struct mun_buffer *answer,
    struct mun_error *err)
{
	struct mun_keys_actor actor = { .key = NULL };
	enum mun_status status;

	MUN_TRY(mun_keys_make_actor(
	    &actor, answer, preparing->kind, preparing->pseudonym, err));
	MUN_TRY(
	    mun_keys_put(dir_fd, MUN_KEYS_NEXT_KEY, actor.key, secret, err));
	MUN_TRY(mun_file_put_new(
	    dir_fd, MUN_KEYS_NEXT_PEM, answer->data, answer->len, 0600, err));
out:
	mun_keys_actor_clear(&actor);
	return status;
}

static enum mun_status
make_next_log(int dir_fd, const struct mun_secret *secret,
    struct mun_buffer *answer, struct mun_error *err)
{
	uint8_t public_key[MUN_KEYS_LOG_KEY_LEN];
	EVP_PKEY *key = NULL;
	enum mun_status status;

	MUN_TRY(mun_keys_make_log(&key, err));
	MUN_TRY(
	    mun_keys_log_public(key, MUN_KEYS_NEXT_LOG_KEY, public_key, err));
	MUN_TRY(mun_keys_put(dir_fd, MUN_KEYS_NEXT_LOG_KEY, key, secret, err));
	mun_buffer_append(answer, public_key, sizeof(public_key));
	status = mun_buffer_status(answer, "a key", err);
out:
	EVP_PKEY_free(key);
	return status;
}

/* What lies under the name of what is in use, and where its passphrase stands
 * in a file.  Of a log key that is lost, the actor's stands in. */
static enum mun_status
read_in_use(struct mun_buffer *pem, size_t *line, const char **name,
    const char *folder, struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	if (!mun_keys_has(dir_fd, *name) &&
	    mun_keys_has(dir_fd, MUN_KEYS_ACTOR_KEY))
		*name = MUN_KEYS_ACTOR_KEY;
	MUN_TRY(mun_keys_read_part(dir_fd, *name, pem, err));
	*line = mun_keys_has(dir_fd, MUN_KEYS_ACTOR_TOKEN) ? 1 : 0;
out:
	mun_file_close(&dir_fd);
	return status;
}

static void
prepare(int fd, void *ctx)
{
	const struct preparing *preparing = ctx;
	const char *name = preparing->pseudonym != NULL ? MUN_KEYS_ACTOR_KEY
							: MUN_KEYS_LOG_KEY;
	struct mun_buffer in_use = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_secret secret = { NULL, 0 };
	struct mun_secret_want want = { .secret = &secret,
		.prompt = preparing->passphrase->prompt };
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(
	    read_in_use(&in_use, &want.line, &name, preparing->folder, &err));
	if (mun_keys_is_encrypted(&in_use) && !preparing->passphrase->none)
		want.source = preparing->passphrase;
	MUN_TRY(mun_secret_take(&want, 1, &fd, &err));
	MUN_TRY(mun_secret_ask_rest(&want, 1, &err));
	MUN_TRY(check_passphrase(&in_use, name, &secret, &err));
	MUN_TRY(mun_keys_open_folder(preparing->folder, &dir_fd, &err));
	if (preparing->pseudonym != NULL)
		MUN_TRY(
		    make_next_actor(dir_fd, preparing, &secret, &answer, &err));
	else
		MUN_TRY(make_next_log(dir_fd, &secret, &answer, &err));
out:
	mun_secret_clear(&secret);
	mun_secret_free_buffer(&in_use);
	mun_file_close(&dir_fd);
	mun_keys_send_outcome(fd, status, &answer, &err);
	mun_buffer_free(&answer);
}

/* --- asking for it ------------------------------------------------------ */

/* A certificate stays alone where adopting was cut short. */
static enum mun_status
expect_nothing_prepared(int dir_fd, bool is_log, struct mun_error *err)
{
	enum mun_status status = mun_keys_finish_adoption(dir_fd, err);

	if (status != MUN_OK)
		return status;
	if (is_log ? mun_keys_has(dir_fd, MUN_KEYS_NEXT_LOG_KEY)
		   : mun_keys_has(dir_fd, MUN_KEYS_NEXT_PEM))
		return mun_error_set(err, MUN_ERR_EXISTS,
		    "a rotation is under way: a new key is there already");
	if (!is_log && mun_keys_has(dir_fd, MUN_KEYS_ACTOR_TOKEN))
		return mun_error_set(err, MUN_ERR_UNSUPPORTED,
		    "the actor's key is on a token; make a keys folder of its "
		    "own for the new key");
	/* Of a preparation that was cut short. */
	if (!is_log && unlinkat(dir_fd, MUN_KEYS_NEXT_KEY, 0) != 0 &&
	    errno != ENOENT)
		return mun_error_system(
		    err, errno, "remove '" MUN_KEYS_NEXT_KEY "'");
	return MUN_OK;
}

static enum mun_status
order(struct preparing *preparing, struct mun_buffer *answer,
    struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(preparing->folder, &dir_fd, err));
	MUN_TRY(
	    expect_nothing_prepared(dir_fd, preparing->pseudonym == NULL, err));
	MUN_TRY(mun_keys_child_run(prepare, preparing, answer, err));
out:
	if (status != MUN_OK && dir_fd >= 0)
		mun_error_wrap(err, "keys folder '%s'", preparing->folder);
	mun_file_close(&dir_fd);
	return status;
}

enum mun_status
mun_keys_prepare_actor(const char *folder, enum mun_keys_kind kind,
    const char *pseudonym, const struct mun_passphrase *passphrase,
    struct mun_buffer *certificate_pem, struct mun_error *err)
{
	struct preparing preparing = { folder, passphrase,
		pseudonym == NULL ? "" : pseudonym, kind };
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	enum mun_status status;

	MUN_TRY(order(&preparing, &answer, err));
	mun_buffer_append(certificate_pem, answer.data, answer.len);
	status = mun_buffer_status(certificate_pem, "a certificate", err);
out:
	mun_buffer_free(&answer);
	return status;
}

enum mun_status
mun_keys_prepare_log(const char *folder,
    const struct mun_passphrase *passphrase, uint8_t public_key[32],
    struct mun_error *err)
{
	struct preparing preparing = { .folder = folder,
		.passphrase = passphrase };
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	enum mun_status status;

	MUN_TRY(order(&preparing, &answer, err));
	if (answer.len != MUN_KEYS_LOG_KEY_LEN) {
		status = mun_error_set(err, MUN_ERR_INTERNAL,
		    "the process that holds the keys answered nonsense");
		goto out;
	}
	for (size_t i = 0; i < MUN_KEYS_LOG_KEY_LEN; i++)
		public_key[i] = answer.data[i];
out:
	mun_buffer_free(&answer);
	return status;
}

enum mun_status
mun_keys_read_next_actor(const char *folder, struct mun_buffer *certificate_pem,
    struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	MUN_TRY(mun_keys_finish_adoption(dir_fd, err));
	MUN_TRY(mun_file_read_whole(
	    dir_fd, MUN_KEYS_NEXT_PEM, certificate_pem, err));
out:
	mun_file_close(&dir_fd);
	return status;
}

/* --- changing over ------------------------------------------------------ */

/* Whoever else was faster did the same. */
static enum mun_status
put_in_place(
    int dir_fd, const char *from, const char *to, struct mun_error *err)
{
	if (renameat(dir_fd, from, dir_fd, to) != 0 && errno != ENOENT)
		return mun_error_system(
		    err, errno, "rename '%s' to '%s'", from, to);
	return mun_file_sync(dir_fd, "the keys folder", err);
}

enum mun_status
mun_keys_finish_adoption(int dir_fd, struct mun_error *err)
{
	if (!mun_keys_has(dir_fd, MUN_KEYS_NEXT_PEM) ||
	    mun_keys_has(dir_fd, MUN_KEYS_NEXT_KEY))
		return MUN_OK;
	return put_in_place(dir_fd, MUN_KEYS_NEXT_PEM, MUN_KEYS_ACTOR_PEM, err);
}

static enum mun_status
expect_prepared(int dir_fd, const char *name, struct mun_error *err)
{
	if (!mun_keys_has(dir_fd, name))
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "no new key is prepared: there is no '%s'", name);
	return MUN_OK;
}

enum mun_status
mun_keys_adopt_actor(const char *folder, struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	MUN_TRY(expect_prepared(dir_fd, MUN_KEYS_NEXT_PEM, err));
	MUN_TRY(
	    put_in_place(dir_fd, MUN_KEYS_NEXT_KEY, MUN_KEYS_ACTOR_KEY, err));
	MUN_TRY(mun_keys_finish_adoption(dir_fd, err));
out:
	if (status != MUN_OK && dir_fd >= 0)
		mun_error_wrap(err, "keys folder '%s'", folder);
	mun_file_close(&dir_fd);
	return status;
}

enum mun_status
mun_keys_adopt_log(const char *folder, struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	MUN_TRY(expect_prepared(dir_fd, MUN_KEYS_NEXT_LOG_KEY, err));
	MUN_TRY(
	    put_in_place(dir_fd, MUN_KEYS_NEXT_LOG_KEY, MUN_KEYS_LOG_KEY, err));
out:
	if (status != MUN_OK && dir_fd >= 0)
		mun_error_wrap(err, "keys folder '%s'", folder);
	mun_file_close(&dir_fd);
	return status;
}

enum mun_status
mun_keys_discard_next(const char *folder, bool log_key, struct mun_error *err)
{
	/* The certificate first: alone it would be taken for an adoption. */
	static const char *const actors[] = { MUN_KEYS_NEXT_PEM,
		MUN_KEYS_NEXT_KEY };
	static const char *const logs[] = { MUN_KEYS_NEXT_LOG_KEY };
	const char *const *names = log_key ? logs : actors;
	const size_t count = log_key ? 1 : 2;
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	MUN_TRY(mun_keys_finish_adoption(dir_fd, err));
	for (size_t i = 0; i < count; i++) {
		if (unlinkat(dir_fd, names[i], 0) != 0 && errno != ENOENT) {
			status = mun_error_system(
			    err, errno, "remove '%s'", names[i]);
			goto out;
		}
		MUN_TRY(mun_file_sync(dir_fd, "the keys folder", err));
	}
out:
	if (status != MUN_OK && dir_fd >= 0)
		mun_error_wrap(err, "keys folder '%s'", folder);
	mun_file_close(&dir_fd);
	return status;
}
