/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_hash.c - SHA-2 by OpenSSL: contexts, one running SHA-256 (this may be
 * our own, digest_native.h), one-shots.
 *
 * Started contexts do not fail: their provider has no reason to refuse bytes.
 * Should one ever do so, the program stops (MUN_ASSERT) rather than go on with
 * a digest of something else.
 */
#include "digest/digest.h"

#include <pthread.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/macros.h"
#include "digest/digest_internal.h"
#include "digest/digest_native.h"

struct mun_sha256 {
	EVP_MD_CTX *context; /* NULL: it is native */
	struct mun_native native;
};

/*
 * The library's only state that outlives its callers: three constants, looked
 * up once, because a look-up costs more than hashing a Merkle node.
 */
static EVP_MD *fetched[3];
static pthread_once_t fetched_once = PTHREAD_ONCE_INIT;

static void
fetch_all(void)
{
	/* As trust/openssl.h does: no configuration file decides what SHA-256
	 * is.  Whoever uses libcrypto first decides whether one is read. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	fetched[MUN_DIGEST_SHA256] = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	fetched[MUN_DIGEST_SHA384] = EVP_MD_fetch(NULL, "SHA2-384", NULL);
	fetched[MUN_DIGEST_SHA512] = EVP_MD_fetch(NULL, "SHA2-512", NULL);
}

static const EVP_MD *
algorithm_of(enum mun_digest_algorithm algorithm)
{
	MUN_ASSERT(pthread_once(&fetched_once, fetch_all) == 0);
	return fetched[algorithm];
}

enum mun_status
mun_digest_context_new(EVP_MD_CTX **out, enum mun_digest_algorithm algorithm,
    struct mun_error *err)
{
	const EVP_MD *md = algorithm_of(algorithm);
	EVP_MD_CTX *context;

	if (md == NULL)
		return mun_error_set(
		    err, MUN_ERR_CRYPTO, "OpenSSL does not offer SHA-2");
	context = EVP_MD_CTX_new();
	if (context == NULL || EVP_DigestInit_ex2(context, md, NULL) != 1) {
		EVP_MD_CTX_free(context);
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a digest");
	}
	*out = context;
	return MUN_OK;
}

void
mun_digest_context_start(EVP_MD_CTX *context)
{
	MUN_ASSERT(EVP_DigestInit_ex2(context, NULL, NULL) == 1);
}

void
mun_digest_context_update(EVP_MD_CTX *context, const void *bytes, size_t len)
{
	MUN_ASSERT(EVP_DigestUpdate(context, bytes, len) == 1);
}

void
mun_digest_context_finish(EVP_MD_CTX *context, uint8_t *out)
{
	MUN_ASSERT(EVP_DigestFinal_ex(context, out, NULL) == 1);
}

enum mun_status
mun_sha256_new(struct mun_sha256 **out, struct mun_error *err)
{
	enum mun_status status;
	struct mun_sha256 *hash = calloc(1, sizeof(*hash));

	if (hash == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a digest");
	MUN_TRY(mun_digest_context_new(&hash->context, MUN_DIGEST_SHA256, err));
	*out = hash;
	hash = NULL;
out:
	mun_sha256_free(hash);
	return status;
}

enum mun_status
mun_sha256_new_native(struct mun_sha256 **out, struct mun_error *err)
{
	struct mun_sha256 *hash;

	if (!mun_native_is_usable())
		return mun_sha256_new(out, err);
	hash = calloc(1, sizeof(*hash));
	if (hash == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a digest");
	mun_native_start(&hash->native);
	*out = hash;
	return MUN_OK;
}

bool
mun_sha256_is_native(const struct mun_sha256 *hash)
{
	return hash->context == NULL;
}

void
mun_sha256_start(struct mun_sha256 *hash)
{
	if (mun_sha256_is_native(hash))
		mun_native_start(&hash->native);
	else
		mun_digest_context_start(hash->context);
}

void
mun_sha256_update(struct mun_sha256 *hash, const void *bytes, size_t len)
{
	if (mun_sha256_is_native(hash))
		mun_native_update(&hash->native, bytes, len);
	else
		mun_digest_context_update(hash->context, bytes, len);
}

void
mun_sha256_update_both(struct mun_sha256 *first, struct mun_sha256 *second,
    const void *bytes, size_t len)
{
	MUN_ASSERT(mun_sha256_is_native(first) == mun_sha256_is_native(second));
	if (mun_sha256_is_native(first)) {
		mun_native_update_both(
		    &first->native, &second->native, bytes, len);
		return;
	}
	mun_sha256_update(first, bytes, len);
	mun_sha256_update(second, bytes, len);
}

enum mun_status
mun_sha256_peek(const struct mun_sha256 *hash, uint8_t out[MUN_SHA256_LEN],
    struct mun_error *err)
{
	enum mun_status status;
	struct mun_sha256 *copy = NULL;

	if (mun_sha256_is_native(hash))
		MUN_TRY(mun_sha256_new_native(&copy, err));
	else
		MUN_TRY(mun_sha256_new(&copy, err));
	MUN_TRY(mun_sha256_copy(copy, hash, err));
	mun_sha256_finish(copy, out);
out:
	mun_sha256_free(copy);
	return status;
}

void
mun_sha256_finish(struct mun_sha256 *hash, uint8_t out[MUN_SHA256_LEN])
{
	if (mun_sha256_is_native(hash))
		mun_native_finish(&hash->native, out);
	else
		mun_digest_context_finish(hash->context, out);
}

enum mun_status
mun_sha256_copy(
    struct mun_sha256 *to, const struct mun_sha256 *from, struct mun_error *err)
{
	MUN_ASSERT(mun_sha256_is_native(to) == mun_sha256_is_native(from));
	to->native = from->native;
	if (!mun_sha256_is_native(to) &&
	    EVP_MD_CTX_copy_ex(to->context, from->context) != 1)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a digest");
	return MUN_OK;
}

void
mun_sha256_free(struct mun_sha256 *hash)
{
	if (hash == NULL)
		return;
	EVP_MD_CTX_free(hash->context);
	free(hash);
}

static void
digest_of(enum mun_digest_algorithm algorithm, uint8_t *out, const void *bytes,
    size_t len)
{
	const EVP_MD *md = algorithm_of(algorithm);

	MUN_ASSERT(md != NULL);
	MUN_ASSERT(EVP_Digest(bytes, len, out, NULL, md, NULL) == 1);
}

void
mun_sha256_of(uint8_t out[MUN_SHA256_LEN], const void *bytes, size_t len)
{
	digest_of(MUN_DIGEST_SHA256, out, bytes, len);
}

void
mun_sha512_of(uint8_t out[MUN_SHA512_LEN], const void *bytes, size_t len)
{
	digest_of(MUN_DIGEST_SHA512, out, bytes, len);
}

void
mun_sha384_of(uint8_t out[MUN_SHA384_LEN], const void *bytes, size_t len)
{
	digest_of(MUN_DIGEST_SHA384, out, bytes, len);
}

void
mun_sha256_of_tagged(
    uint8_t out[MUN_SHA256_LEN], uint8_t tag, const void *bytes, size_t len)
{
	const EVP_MD *md = algorithm_of(MUN_DIGEST_SHA256);
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	MUN_ASSERT(md != NULL && context != NULL);
	MUN_ASSERT(EVP_DigestInit_ex2(context, md, NULL) == 1);
	mun_digest_context_update(context, &tag, sizeof(tag));
	mun_digest_context_update(context, bytes, len);
	mun_digest_context_finish(context, out);
	EVP_MD_CTX_free(context);
}
