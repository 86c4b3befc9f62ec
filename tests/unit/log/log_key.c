/* SPDX-License-Identifier: BSD-2-Clause */
#include "log_key.h"

#include <openssl/evp.h>

#include "harness/harness.h"

static EVP_PKEY *
make_key(unsigned char which)
{
	const unsigned char secret[32] = { which, 1, 2, 3 };
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, secret, sizeof(secret));

	assert_non_null(key);
	return key;
}

void
test_log_key(uint8_t public_key[32], unsigned char which)
{
	EVP_PKEY *key = make_key(which);
	size_t len = 32;

	assert_int_equal(EVP_PKEY_get_raw_public_key(key, public_key, &len), 1);
	EVP_PKEY_free(key);
}

void
test_log_key_sign(
    uint8_t signature[64], unsigned char which, const void *message, size_t len)
{
	EVP_PKEY *key = make_key(which);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t signature_len = 64;

	assert_non_null(context);
	assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, key), 1);
	assert_int_equal(
	    EVP_DigestSign(context, signature, &signature_len, message, len),
	    1);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
}
