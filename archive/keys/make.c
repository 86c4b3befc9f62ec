/* SPDX-License-Identifier: BSD-2-Clause */
/* make.c - new keys: an actor's of the kind asked for, a log's. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/limits.h"
#include "base/macros.h"
#include "keys/keys_internal.h"
#include "trust/openssl.h"

enum {
	RSA_BITS = 3072
};

static const struct {
	const char *text;
	enum mun_key_kind kind;
} kinds[MUN_KEYS_KINDS] = {
	[MUN_KEYS_P256] = { "p256", MUN_KEY_P256 },
	[MUN_KEYS_P384] = { "p384", MUN_KEY_P384 },
	[MUN_KEYS_RSA3072] = { "rsa3072", MUN_KEY_RSA },
};

const char *
mun_keys_kind_text(enum mun_keys_kind kind)
{
	return kind < MUN_KEYS_KINDS ? kinds[kind].text : "unknown";
}

enum mun_status
mun_keys_kind_from_text(
    enum mun_keys_kind *kind, const char *text, struct mun_error *err)
{
	for (size_t i = 0; i < MUN_KEYS_KINDS; i++) {
		if (strcmp(kinds[i].text, text) == 0) {
			*kind = (enum mun_keys_kind)i;
			return MUN_OK;
		}
	}
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s' is no kind of key; there are p256, p384 and rsa3072", text);
}

static EVP_PKEY *
make_key(enum mun_keys_kind kind)
{
	switch (kind) {
	case MUN_KEYS_P256:
		return EVP_EC_gen("P-256");
	case MUN_KEYS_P384:
		return EVP_EC_gen("P-384");
	case MUN_KEYS_RSA3072:
		return EVP_RSA_gen(RSA_BITS);
	case MUN_KEYS_KINDS:
	default:
		return NULL;
	}
}

enum mun_status
mun_keys_make_actor(struct mun_keys_actor *actor,
    struct mun_buffer *certificate_pem, enum mun_keys_kind kind,
    const char *pseudonym, struct mun_error *err)
{
	enum mun_status status;

	*actor = (struct mun_keys_actor){ .key = make_key(kind) };
	if (actor->key == NULL) {
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot make a signing key");
		goto out;
	}
	actor->kind = kinds[kind].kind;
	MUN_TRY(mun_keys_certify(
	    certificate_pem, actor, actor->key, pseudonym, err));
out:
	if (status != MUN_OK)
		mun_keys_actor_clear(actor);
	return status;
}

enum mun_status
mun_keys_make_log(EVP_PKEY **key, struct mun_error *err)
{
	*key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (*key == NULL)
		return mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot make an Ed25519 key");
	return MUN_OK;
}

enum mun_status
mun_keys_log_public(const EVP_PKEY *key, const char *name,
    uint8_t out[MUN_KEYS_LOG_KEY_LEN], struct mun_error *err)
{
	size_t len = MUN_KEYS_LOG_KEY_LEN;

	if (!EVP_PKEY_is_a(key, "ED25519") ||
	    EVP_PKEY_get_raw_public_key(key, out, &len) != 1 ||
	    len != MUN_KEYS_LOG_KEY_LEN) {
		mun_openssl_forget();
		return mun_error_set(
		    err, MUN_ERR_CRYPTO, "'%s' is not an Ed25519 key", name);
	}
	return MUN_OK;
}
