/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * serve.c - the process that holds the keys: loads them, or makes them first,
 * then signs what its parent asks for, until the parent is gone.
 */
#include <signal.h>
#include <sys/prctl.h>

#include "base/macros.h"
#include "keys/keys_internal.h"

static enum mun_status
sign_by_log(struct mun_buffer *value, EVP_PKEY *key,
    const struct mun_buffer *message, struct mun_error *err)
{
	if (key == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOT_FOUND, "the signer has no such log key");
	return mun_keys_sign_raw(
	    value, key, NULL, message->data, message->len, err);
}

static enum mun_status
answer(struct mun_buffer *value, const struct mun_keys_held *held, uint8_t kind,
    const struct mun_buffer *message, struct mun_error *err)
{
	enum mun_status status;

	switch (kind) {
	case MUN_KEYS_SIGN_ACTOR:
		MUN_TRY(mun_keys_actor_sign(
		    &held->actor, message->data, message->len, value, err));
		break;
	case MUN_KEYS_SIGN_LOG:
		MUN_TRY(sign_by_log(value, held->log, message, err));
		break;
	case MUN_KEYS_SIGN_LOG_NEXT:
		MUN_TRY(sign_by_log(value, held->log_next, message, err));
		break;
	default:
		return mun_error_set(err, MUN_ERR_INTERNAL,
		    "the process that holds the keys was asked nonsense");
	}
	status = mun_buffer_status(value, "a signature", err);
out:
	return status;
}

static void
serve_until_alone(int fd, const struct mun_keys_held *held)
{
	struct mun_buffer message = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_KEYS_SIGNATURE_MAX);
	uint8_t kind;

	while (mun_keys_receive(fd, &kind, &message)) {
		struct mun_error err = MUN_ERROR_INIT;

		mun_buffer_reset(&value);
		if (answer(&value, held, kind, &message, &err) != MUN_OK)
			mun_keys_send_failure(fd, &err);
		else if (!mun_keys_send(
			     fd, MUN_KEYS_DONE, value.data, value.len))
			break;
	}
	mun_buffer_free(&value);
	mun_buffer_free(&message);
}

/* From here on only the parent decides when to stop: its terminal's signals
 * are its own, and when it dies, so does this. */
static void
belong_to_parent(void)
{
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTSTP, SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
say_hello(int fd, const struct mun_keys_held *held,
    const struct mun_buffer *recovery_pem, bool *is_heard)
{
	struct mun_buffer hello = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	const struct mun_buffer *pem = &held->certificate_pem;
	const int flags = (held->log != NULL ? MUN_KEYS_HELLO_LOG : 0) |
	    (held->log_next != NULL ? MUN_KEYS_HELLO_LOG_NEXT : 0);

	mun_buffer_append_byte(&hello, (uint8_t)flags);
	mun_buffer_append(&hello, held->log_public, MUN_KEYS_LOG_KEY_LEN);
	mun_buffer_append(&hello, held->log_next_public, MUN_KEYS_LOG_KEY_LEN);
	mun_buffer_append_byte(&hello, (uint8_t)(pem->len >> 8));
	mun_buffer_append_byte(&hello, (uint8_t)pem->len);
	mun_buffer_append(&hello, pem->data, pem->len);
	mun_buffer_append(&hello, recovery_pem->data, recovery_pem->len);
	*is_heard = hello.status == MUN_OK &&
	    mun_keys_send(fd, MUN_KEYS_DONE, hello.data, hello.len);
	mun_buffer_free(&hello);
}

void
mun_keys_serve(int fd, void *ctx)
{
	const struct mun_keys_serve *serve = ctx;
	struct mun_keys_held held = MUN_KEYS_HELD_INIT;
	struct mun_buffer recovery_pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;
	bool is_heard;

	if (serve->create != NULL)
		status = mun_keys_fill(
		    &held, &recovery_pem, serve->create, &fd, &err);
	else
		status = mun_keys_load(&held, serve->open, &fd, &err);
	if (status != MUN_OK) {
		mun_keys_send_failure(fd, &err);
	} else {
		belong_to_parent();
		say_hello(fd, &held, &recovery_pem, &is_heard);
		if (is_heard)
			serve_until_alone(fd, &held);
	}
	mun_keys_held_clear(&held);
	mun_buffer_free(&recovery_pem);
}
