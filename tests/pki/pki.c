/* SPDX-License-Identifier: BSD-2-Clause */
/* pki.c - libcrypto as a signer, for tests only. */
#include "pki/pki.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/harness.h"

static void *
read_named(const char *name, const char *suffix, size_t *len)
{
	char path[4096];

	assert_true(snprintf(path, sizeof(path), "%s/%s%s", MUN_PKI_DIR, name,
			suffix) < (int)sizeof(path));
	return mun_harness_read(path, len);
}

struct mun_certificate *
mun_pki_certificate(const char *name)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_certificate *certificate;
	size_t len;
	void *pem = read_named(name, ".pem", &len);

	MUN_EXPECT_OK(
	    mun_certificate_from_pem(&certificate, pem, len, true, &err), &err);
	free(pem);
	return certificate;
}

static EVP_PKEY *
read_key(const char *name)
{
	size_t len;
	void *pem = read_named(name, ".key", &len);
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	assert_non_null(key);
	BIO_free(bio);
	free(pem);
	return key;
}

/* value, or the same with n - s for s. */
static void
append_pair(EVP_PKEY *key, const unsigned char *value, size_t len,
    bool want_lower, struct mun_buffer *out)
{
	char name[32];
	EC_GROUP *group;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &value, (long)len);
	const BIGNUM *r, *s, *order;
	BIGNUM *twin = BN_new();
	unsigned char *der = NULL;
	int der_len;

	assert_non_null(pair);
	assert_int_equal(
	    EVP_PKEY_get_group_name(key, name, sizeof(name), NULL), 1);
	group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(name));
	order = EC_GROUP_get0_order(group);
	ECDSA_SIG_get0(pair, &r, &s);
	assert_int_equal(BN_sub(twin, order, s), 1);
	if (!want_lower || BN_cmp(twin, s) < 0)
		assert_int_equal(ECDSA_SIG_set0(pair, BN_dup(r), twin), 1);
	else
		BN_free(twin);
	der_len = i2d_ECDSA_SIG(pair, &der);
	assert_true(der_len > 0);
	mun_buffer_append(out, der, (size_t)der_len);
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	EC_GROUP_free(group);
}

void
mun_pki_sign(
    const char *name, const void *message, size_t len, struct mun_buffer *value)
{
	EVP_PKEY *key = read_key(name);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool is_ec = EVP_PKEY_is_a(key, "EC");
	const EVP_MD *digest = is_ec && EVP_PKEY_get_bits(key) == 384
	    ? EVP_sha384()
	    : EVP_sha256();
	unsigned char raw[1024];
	size_t raw_len = sizeof(raw);

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, digest, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, raw, &raw_len, message, len), 1);
	if (is_ec)
		append_pair(key, raw, raw_len, true, value);
	else
		mun_buffer_append(value, raw, raw_len);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

void
mun_pki_twin(
    const char *name, const void *value, size_t len, struct mun_buffer *twin)
{
	EVP_PKEY *key = read_key(name);

	append_pair(key, value, len, false, twin);
	EVP_PKEY_free(key);
}
