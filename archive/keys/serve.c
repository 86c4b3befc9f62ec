/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * serve.c - the process that holds the keys: loads them, then signs what its
 * parent asks for, until the parent is gone.
 */
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/file.h"
#include "base/macros.h"
#include "keys/keys_internal.h"
#include "trust/openssl.h"

enum {
	VALUE_MAX = 1024
}; /* RSA of 8192 bits */

struct held {
	EVP_PKEY *actor;
	EVP_PKEY *log;
	const EVP_MD *actor_digest;
	struct mun_buffer certificate_pem;
	uint8_t log_public[MUN_KEYS_LOG_KEY_LEN];
};

/* --- signing ------------------------------------------------------------ */

static enum mun_status
sign_raw(struct mun_buffer *value, EVP_PKEY *key, const EVP_MD *digest,
    const struct mun_buffer *message, struct mun_error *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t raw[VALUE_MAX];
	size_t len = sizeof(raw);
	enum mun_status status = MUN_OK;

	if (ctx == NULL ||
	    EVP_DigestSignInit(ctx, NULL, digest, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, raw, &len, message->data, message->len) != 1)
		status = mun_openssl_error(err, MUN_ERR_CRYPTO, "cannot sign");
	else
		mun_buffer_append(value, raw, len);
	EVP_MD_CTX_free(ctx);
	return status;
}

/* The order of the key's curve; owned. */
static BIGNUM *
order_of(const EVP_PKEY *key)
{
	BIGNUM *order = NULL;

	(void)EVP_PKEY_get_bn_param(key, "order", &order);
	return order;
}

/* (r, s) and (r, n - s) both verify; evidence is the one with s <= n / 2. */
static bool
normalise(ECDSA_SIG *pair, const BIGNUM *order)
{
	const BIGNUM *r, *s;
	BIGNUM *r_copy, *lower = BN_new();
	bool is_done = false;

	ECDSA_SIG_get0(pair, &r, &s);
	r_copy = BN_dup(r);
	if (lower != NULL && r_copy != NULL && BN_sub(lower, order, s) == 1) {
		if (BN_cmp(lower, s) >= 0)
			is_done = true;
		else if (ECDSA_SIG_set0(pair, r_copy, lower) == 1) {
			r_copy = NULL; /* pair has them now */
			lower = NULL;
			is_done = true;
		}
	}
	BN_free(r_copy);
	BN_free(lower);
	return is_done;
}

static enum mun_status
normalise_value(
    struct mun_buffer *value, const EVP_PKEY *key, struct mun_error *err)
{
	const unsigned char *at = value->data;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)value->len);
	BIGNUM *order = order_of(key);
	unsigned char *der = NULL;
	enum mun_status status = MUN_OK;
	int len = -1;

	if (pair != NULL && order != NULL && normalise(pair, order))
		len = i2d_ECDSA_SIG(pair, &der);
	if (len <= 0) {
		status = mun_openssl_error(err, MUN_ERR_CRYPTO, "cannot sign");
	} else {
		mun_buffer_reset(value);
		mun_buffer_append(value, der, (size_t)len);
	}
	OPENSSL_free(der);
	BN_free(order);
	ECDSA_SIG_free(pair);
	return status;
}

static enum mun_status
answer(struct mun_buffer *value, const struct held *held, uint8_t kind,
    const struct mun_buffer *message, struct mun_error *err)
{
	enum mun_status status;

	switch (kind) {
	case MUN_KEYS_SIGN_ACTOR:
		MUN_TRY(sign_raw(
		    value, held->actor, held->actor_digest, message, err));
		if (EVP_PKEY_is_a(held->actor, "EC"))
			MUN_TRY(normalise_value(value, held->actor, err));
		break;
	case MUN_KEYS_SIGN_LOG:
		MUN_TRY(sign_raw(value, held->log, NULL, message, err));
		break;
	default:
		return mun_error_set(err, MUN_ERR_INTERNAL,
		    "the process that holds the keys was asked nonsense");
	}
	status = mun_buffer_status(value, "a signature", err);
out:
	return status;
}

/* --- loading ------------------------------------------------------------ */

static enum mun_status
read_part(
    int dir_fd, const char *name, struct mun_buffer *out, struct mun_error *err)
{
	enum mun_status status = mun_file_read_whole(dir_fd, name, out, err);

	if (status == MUN_ERR_NOT_FOUND)
		return mun_error_set(err, status,
		    "there is no '%s'; name the keys folder with --keys", name);
	return status;
}

/* The passphrase if one is needed; then nothing else is open but dir_fd's
 * contents, which have been read. */
static enum mun_status
take_passphrase(struct mun_secret *secret,
    const struct mun_passphrase *passphrase, bool is_needed, int *fd,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	is_needed = is_needed && !passphrase->none;
	if (is_needed && passphrase->file != NULL)
		MUN_TRY(mun_secret_read_file(secret, passphrase->file, err));
	MUN_TRY(mun_keys_child_close_others(fd, err));
	if (is_needed && passphrase->file == NULL)
		MUN_TRY(mun_secret_ask(secret, passphrase->prompt, false, err));
out:
	return status;
}

static enum mun_status
decode_part(EVP_PKEY **key, const char *name, const struct mun_buffer *pem,
    const struct mun_secret *secret, struct mun_error *err)
{
	enum mun_status status = mun_keys_decode(key, pem, secret, err);

	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", name);
	return status;
}

static bool
is_key_of(const struct mun_certificate *certificate, const EVP_PKEY *key)
{
	size_t len;
	const unsigned char *der = mun_certificate_der(certificate, &len);
	X509 *x509 = d2i_X509(NULL, &der, (long)len);
	bool is_same =
	    x509 != NULL && EVP_PKEY_eq(X509_get0_pubkey(x509), key) == 1;

	X509_free(x509);
	mun_openssl_forget();
	return is_same;
}

/* A private number that does not fit its public one signs what nobody can
 * verify: better to hear of it now. */
static enum mun_status
try_actor(const struct held *held, const struct mun_certificate *certificate,
    struct mun_error *err)
{
	static const char text[] = "muniment tries a key";
	struct mun_buffer message = MUN_BUFFER_INIT(sizeof(text));
	struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);
	enum mun_status status;

	mun_buffer_append_text(&message, text);
	MUN_TRY(mun_buffer_status(&message, "a message", err));
	MUN_TRY(answer(&value, held, MUN_KEYS_SIGN_ACTOR, &message, err));
	if (!mun_certificate_verify(
		certificate, message.data, message.len, value.data, value.len))
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_KEY "': it is damaged: what it signs "
		    "does not verify");
out:
	mun_buffer_free(&value);
	mun_buffer_free(&message);
	return status;
}

static enum mun_status
check_certificate(struct held *held, struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	const char *unfit;
	enum mun_status status;

	status = mun_certificate_from_pem(&certificate,
	    held->certificate_pem.data, held->certificate_pem.len, true, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "'" MUN_KEYS_ACTOR_PEM "'");
		if (err != NULL)
			err->status = MUN_ERR_CRYPTO;
		return MUN_ERR_CRYPTO;
	}
	unfit = mun_certificate_unfit(certificate);
	held->actor_digest =
	    mun_certificate_key_kind(certificate) == MUN_KEY_P384
	    ? EVP_sha384()
	    : EVP_sha256();
	if (!is_key_of(certificate, held->actor))
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_PEM
		    "' is the certificate of another key "
		    "than '" MUN_KEYS_ACTOR_KEY "'");
	else if (unfit != NULL)
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_PEM "' may not sign: %s", unfit);
	else
		status = try_actor(held, certificate, err);
	mun_certificate_free(certificate);
	return status;
}

static enum mun_status
check_log_key(struct held *held, struct mun_error *err)
{
	size_t len = sizeof(held->log_public);

	if (!EVP_PKEY_is_a(held->log, "ED25519") ||
	    EVP_PKEY_get_raw_public_key(held->log, held->log_public, &len) !=
		1 ||
	    len != sizeof(held->log_public)) {
		mun_openssl_forget();
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_LOG_KEY "' is not an Ed25519 key");
	}
	return MUN_OK;
}

static enum mun_status
load(struct held *held, const struct mun_keys_serve *serve, int *fd,
    struct mun_error *err)
{
	struct mun_buffer actor = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_buffer log = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_secret secret = { NULL, 0 };
	enum mun_status status;
	bool is_open = false;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(serve->folder, &dir_fd, err));
	is_open = true;
	MUN_TRY(read_part(dir_fd, MUN_KEYS_ACTOR_KEY, &actor, err));
	MUN_TRY(
	    read_part(dir_fd, MUN_KEYS_ACTOR_PEM, &held->certificate_pem, err));
	MUN_TRY(read_part(dir_fd, MUN_KEYS_LOG_KEY, &log, err));
	MUN_TRY(take_passphrase(&secret, serve->passphrase,
	    mun_keys_is_encrypted(&actor) || mun_keys_is_encrypted(&log), fd,
	    err));
	dir_fd = -1; /* closed with all others */
	MUN_TRY(decode_part(
	    &held->actor, MUN_KEYS_ACTOR_KEY, &actor, &secret, err));
	MUN_TRY(decode_part(&held->log, MUN_KEYS_LOG_KEY, &log, &secret, err));
	MUN_TRY(check_certificate(held, err));
	MUN_TRY(check_log_key(held, err));
out:
	if (status != MUN_OK && is_open)
		mun_error_wrap(err, "keys folder '%s'", serve->folder);
	mun_secret_clear(&secret);
	mun_secret_free_buffer(&actor);
	mun_secret_free_buffer(&log);
	mun_file_close(&dir_fd);
	return status;
}

/* --- serving ------------------------------------------------------------ */

static void
serve_until_alone(int fd, const struct held *held)
{
	struct mun_buffer message = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);
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

void
mun_keys_serve(int fd, void *ctx)
{
	struct held held = { .certificate_pem =
				 MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX) };
	struct mun_buffer hello = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	struct mun_error err = MUN_ERROR_INIT;

	if (load(&held, ctx, &fd, &err) != MUN_OK) {
		mun_keys_send_failure(fd, &err);
	} else {
		belong_to_parent();
		mun_buffer_append(
		    &hello, held.log_public, sizeof(held.log_public));
		mun_buffer_append(&hello, held.certificate_pem.data,
		    held.certificate_pem.len);
		if (mun_keys_send(fd, MUN_KEYS_DONE, hello.data, hello.len))
			serve_until_alone(fd, &held);
	}
	EVP_PKEY_free(held.actor);
	EVP_PKEY_free(held.log);
	mun_buffer_free(&held.certificate_pem);
	mun_buffer_free(&hello);
}
