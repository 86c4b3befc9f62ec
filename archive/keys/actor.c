/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * actor.c - signs with an actor's key, wherever it is: in this process's
 * memory, or on a token that is asked.  What comes back has the one form that
 * a verifier accepts, whoever made it.
 */
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/macros.h"
#include "keys/keys_internal.h"
#include "keys/token.h"
#include "trust/openssl.h"

const EVP_MD *
mun_keys_digest(enum mun_key_kind kind)
{
	return kind == MUN_KEY_P384 ? EVP_sha384() : EVP_sha256();
}

enum mun_status
mun_keys_sign_raw(struct mun_buffer *value, EVP_PKEY *key, const EVP_MD *digest,
    const void *message, size_t len, struct mun_error *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t raw[MUN_KEYS_SIGNATURE_MAX];
	size_t raw_len = sizeof(raw);
	enum mun_status status = MUN_OK;

	if (ctx == NULL ||
	    EVP_DigestSignInit(ctx, NULL, digest, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, raw, &raw_len, message, len) != 1)
		status = mun_openssl_error(err, MUN_ERR_CRYPTO, "cannot sign");
	else
		mun_buffer_append(value, raw, raw_len);
	EVP_MD_CTX_free(ctx);
	return status;
}

/* --- the lower half ----------------------------------------------------- */

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
    struct mun_buffer *value, enum mun_key_kind kind, struct mun_error *err)
{
	const unsigned char *at = value->data;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)value->len);
	EC_GROUP *group = EC_GROUP_new_by_curve_name(
	    kind == MUN_KEY_P384 ? NID_secp384r1 : NID_X9_62_prime256v1);
	unsigned char *der = NULL;
	enum mun_status status = MUN_OK;
	int len = -1;

	if (pair != NULL && group != NULL &&
	    normalise(pair, EC_GROUP_get0_order(group)))
		len = i2d_ECDSA_SIG(pair, &der);
	if (len <= 0) {
		status = mun_openssl_error(err, MUN_ERR_CRYPTO, "cannot sign");
	} else {
		mun_buffer_reset(value);
		mun_buffer_append(value, der, (size_t)len);
	}
	OPENSSL_free(der);
	EC_GROUP_free(group);
	ECDSA_SIG_free(pair);
	return status;
}

/* --- signing ------------------------------------------------------------ */

static enum mun_status
sign_on_token(struct mun_buffer *value, const struct mun_keys_actor *actor,
    const void *message, size_t len, struct mun_error *err)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len;

	if (EVP_Digest(message, len, digest, &digest_len,
		mun_keys_digest(actor->kind), NULL) != 1)
		return mun_openssl_error(err, MUN_ERR_CRYPTO, "cannot sign");
	return mun_keys_token_sign(
	    actor->token, value, actor->kind, digest, digest_len, err);
}

enum mun_status
mun_keys_actor_sign(const struct mun_keys_actor *actor, const void *message,
    size_t len, struct mun_buffer *value, struct mun_error *err)
{
	struct mun_buffer one = MUN_BUFFER_INIT(MUN_KEYS_SIGNATURE_MAX);
	enum mun_status status;

	if (actor->token != NULL)
		MUN_TRY(sign_on_token(&one, actor, message, len, err));
	else
		MUN_TRY(mun_keys_sign_raw(&one, actor->key,
		    mun_keys_digest(actor->kind), message, len, err));
	MUN_TRY(mun_buffer_status(&one, "a signature", err));
	if (actor->kind == MUN_KEY_P256 || actor->kind == MUN_KEY_P384)
		MUN_TRY(normalise_value(&one, actor->kind, err));
	mun_buffer_append(value, one.data, one.len);
	status = mun_buffer_status(value, "a signature", err);
out:
	mun_buffer_free(&one);
	return status;
}

/* --- does it belong to its certificate? --------------------------------- */

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

static enum mun_status
try_key(const struct mun_keys_actor *actor,
    const struct mun_certificate *certificate, struct mun_error *err)
{
	static const char text[] = "muniment tries a key";
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_KEYS_SIGNATURE_MAX);
	enum mun_status status;

	MUN_TRY(mun_keys_actor_sign(actor, text, sizeof(text), &value, err));
	if (mun_certificate_verify(
		certificate, text, sizeof(text), value.data, value.len))
		goto out;
	if (actor->token != NULL)
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_PEM "' is the certificate of another "
		    "key than the one on the token that '" MUN_KEYS_ACTOR_TOKEN
		    "' names");
	else
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_KEY "': it is damaged: what it signs "
		    "does not verify");
out:
	mun_buffer_free(&value);
	return status;
}

enum mun_status
mun_keys_actor_match(struct mun_keys_actor *actor,
    const struct mun_certificate *certificate, struct mun_error *err)
{
	const char *unfit = mun_certificate_unfit(certificate);

	actor->kind = mun_certificate_key_kind(certificate);
	if (actor->key != NULL && !is_key_of(certificate, actor->key))
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_PEM
		    "' is the certificate of another key "
		    "than '" MUN_KEYS_ACTOR_KEY "'");
	if (unfit != NULL)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_PEM "' may not sign: %s", unfit);
	return try_key(actor, certificate, err);
}

void
mun_keys_actor_clear(struct mun_keys_actor *actor)
{
	EVP_PKEY_free(actor->key);
	mun_keys_token_close(actor->token);
	*actor = (struct mun_keys_actor){ .key = NULL };
}
