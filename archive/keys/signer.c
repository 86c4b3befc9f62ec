/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signer.c - the parent's side: asks for signatures, and believes none that
 * the verifier's own path does not verify.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/macros.h"
#include "keys/keys_internal.h"

struct mun_signer {
	struct mun_keys_child child;
	struct mun_certificate *certificate;
	struct mun_buffer certificate_pem;
	bool has_log_key, has_next_log_key;
	uint8_t log_key[MUN_KEYS_LOG_KEY_LEN];
	uint8_t next_log_key[MUN_KEYS_LOG_KEY_LEN];
};

/* Its parts; false: it is too short for them. */
static bool
split_hello(struct mun_signer *signer, const struct mun_buffer *hello,
    struct mun_buffer *recovery_pem)
{
	const uint8_t *at = hello->data;
	size_t len;

	if (hello->len < MUN_KEYS_HELLO_LEN)
		return false;
	signer->has_log_key = (*at & MUN_KEYS_HELLO_LOG) != 0;
	signer->has_next_log_key = (*at & MUN_KEYS_HELLO_LOG_NEXT) != 0;
	at++;
	for (size_t i = 0; i < MUN_KEYS_LOG_KEY_LEN; i++) {
		signer->log_key[i] = at[i];
		signer->next_log_key[i] = at[MUN_KEYS_LOG_KEY_LEN + i];
	}
	at += 2 * MUN_KEYS_LOG_KEY_LEN;
	len = (size_t)at[0] << 8 | at[1];
	at += 2;
	if (hello->len < MUN_KEYS_HELLO_LEN + len)
		return false;
	mun_buffer_append(&signer->certificate_pem, at, len);
	if (recovery_pem != NULL)
		mun_buffer_append(recovery_pem, at + len,
		    hello->len - MUN_KEYS_HELLO_LEN - len);
	return true;
}

/* The child's first answer. */
static enum mun_status
take_hello(struct mun_signer *signer, struct mun_buffer *recovery_pem,
    struct mun_error *err)
{
	struct mun_buffer hello = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	enum mun_status status;

	MUN_TRY(mun_keys_receive_answer(signer->child.fd, &hello, err));
	if (!split_hello(signer, &hello, recovery_pem)) {
		status = mun_error_set(err, MUN_ERR_INTERNAL,
		    "the process that holds the keys answered nonsense");
		goto out;
	}
	MUN_TRY(
	    mun_buffer_status(&signer->certificate_pem, "a certificate", err));
	if (recovery_pem != NULL)
		MUN_TRY(mun_buffer_status(recovery_pem, "a certificate", err));
	MUN_TRY(mun_certificate_from_pem(&signer->certificate,
	    signer->certificate_pem.data, signer->certificate_pem.len, true,
	    err));
out:
	mun_buffer_free(&hello);
	return status;
}

static enum mun_status
start(struct mun_signer **out, struct mun_keys_serve *serve,
    struct mun_buffer *recovery_pem, struct mun_error *err)
{
	struct mun_signer *signer = calloc(1, sizeof(*signer));
	enum mun_status status;

	*out = NULL;
	if (signer == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a signer");
	signer->child.fd = -1;
	signer->certificate_pem.max = MUN_KEYS_FILE_MAX;
	MUN_TRY(
	    mun_keys_child_start(&signer->child, mun_keys_serve, serve, err));
	MUN_TRY(take_hello(signer, recovery_pem, err));
	*out = signer;
	signer = NULL;
out:
	mun_signer_close(signer);
	return status;
}

enum mun_status
mun_signer_open_with(struct mun_signer **out,
    const struct mun_signer_options *options, struct mun_error *err)
{
	struct mun_keys_serve serve = { .open = options };

	return start(out, &serve, NULL, err);
}

enum mun_status
mun_signer_open(struct mun_signer **out, const char *folder,
    const struct mun_passphrase *passphrase, struct mun_error *err)
{
	const struct mun_signer_options options = { .folder = folder,
		.passphrase = *passphrase };

	return mun_signer_open_with(out, &options, err);
}

enum mun_status
mun_signer_create(struct mun_signer **out,
    const struct mun_keys_options *options, struct mun_buffer *recovery_pem,
    struct mun_error *err)
{
	struct mun_keys_serve serve = { .create = options };
	bool made_folder, is_clear;
	enum mun_status status;

	*out = NULL;
	MUN_TRY(mun_keys_begin(options, &made_folder, &is_clear, err));
	MUN_TRY(start(out, &serve, recovery_pem, err));
out:
	if (status != MUN_OK)
		mun_keys_take_back(options, made_folder, is_clear);
	return status;
}

enum mun_status
mun_keys_create(const struct mun_keys_options *options, struct mun_error *err)
{
	struct mun_signer *signer;
	enum mun_status status = mun_signer_create(&signer, options, NULL, err);

	mun_signer_close(signer);
	return status;
}

void
mun_signer_close(struct mun_signer *signer)
{
	if (signer == NULL)
		return;
	mun_keys_child_end(&signer->child);
	mun_certificate_free(signer->certificate);
	mun_buffer_free(&signer->certificate_pem);
	free(signer);
}

const char *
mun_signer_certificate_pem(const struct mun_signer *signer)
{
	return mun_buffer_text(&signer->certificate_pem);
}

const uint8_t *
mun_signer_log_key(const struct mun_signer *signer)
{
	return signer->has_log_key ? signer->log_key : NULL;
}

const uint8_t *
mun_signer_next_log_key(const struct mun_signer *signer)
{
	return signer->has_next_log_key ? signer->next_log_key : NULL;
}

static enum mun_status
ask(struct mun_signer *signer, enum mun_keys_message kind, const void *message,
    size_t len, struct mun_buffer *value, struct mun_error *err)
{
	if (len > MUN_KEYS_MESSAGE_MAX)
		return mun_error_set(
		    err, MUN_ERR_LIMIT, "there is too much to sign at once");
	/* A failure to ask shows as a failure to answer, once the child knows
	 * that no more comes: else both wait for the other for ever. */
	if (!mun_keys_send(signer->child.fd, kind, message, len))
		(void)shutdown(signer->child.fd, SHUT_WR);
	return mun_keys_receive_answer(signer->child.fd, value, err);
}

enum mun_status
mun_signer_sign_actor(struct mun_signer *signer, const void *message,
    size_t len, struct mun_buffer *value, struct mun_error *err)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	enum mun_status status;

	MUN_TRY(ask(signer, MUN_KEYS_SIGN_ACTOR, message, len, &answer, err));
	if (!mun_certificate_verify(
		signer->certificate, message, len, answer.data, answer.len)) {
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "the actor's signature does not verify");
		goto out;
	}
	mun_buffer_append(value, answer.data, answer.len);
	MUN_TRY(mun_buffer_status(value, "a signature", err));
out:
	mun_buffer_free(&answer);
	return status;
}

static enum mun_status
sign_log(struct mun_signer *signer, enum mun_keys_message kind,
    const uint8_t *log_key, const void *message, size_t len,
    uint8_t signature[MUN_KEYS_LOG_SIGNATURE_LEN], struct mun_error *err)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	enum mun_status status;

	MUN_TRY(ask(signer, kind, message, len, &answer, err));
	if (answer.len != MUN_KEYS_LOG_SIGNATURE_LEN ||
	    !mun_ed25519_verify(log_key, message, len, answer.data)) {
		status = mun_error_set(
		    err, MUN_ERR_CRYPTO, "the log's signature does not verify");
		goto out;
	}
	for (size_t i = 0; i < MUN_KEYS_LOG_SIGNATURE_LEN; i++)
		signature[i] = answer.data[i];
out:
	mun_buffer_free(&answer);
	return status;
}

enum mun_status
mun_signer_sign_log(struct mun_signer *signer, const void *message, size_t len,
    uint8_t signature[64], struct mun_error *err)
{
	return sign_log(signer, MUN_KEYS_SIGN_LOG, signer->log_key, message,
	    len, signature, err);
}

enum mun_status
mun_signer_sign_log_next(struct mun_signer *signer, const void *message,
    size_t len, uint8_t signature[64], struct mun_error *err)
{
	return sign_log(signer, MUN_KEYS_SIGN_LOG_NEXT, signer->next_log_key,
	    message, len, signature, err);
}
