/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * certificate_verify.c - does this value sign this message?
 *
 * libcrypto does the arithmetic.  Before it is asked, an ECDSA value has to be
 * the only form of itself: strict DER, both numbers in range, s in the lower
 * half.  (r, s) and (r, n - s) both verify; of the two only one is evidence.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"
#include "trust/certificate_internal.h"
#include "trust/der.h"
#include "trust/openssl.h"

enum {
	ORDER_LEN_MAX = 48
};

/* FIPS 186-5 / SP 800-186: the order n of each curve's base point. */
struct curve {
	size_t len;
	uint8_t order[ORDER_LEN_MAX];
	uint8_t half_order[ORDER_LEN_MAX]; /* (n - 1) / 2 */
};

static const struct curve p256 = { .len = 32,
	.order = { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
	    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 },
	.half_order = { 0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d, 0x56,
	    0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92,
	    0xa8 } };

static const struct curve p384 = { .len = 48,
	.order = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
	    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19,
	    0x6a, 0xcc, 0xc5, 0x29, 0x73 },
	.half_order = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xe3, 0xb1, 0xa6, 0xc0, 0xfa, 0x1b, 0x96,
	    0xef, 0xac, 0x0d, 0x06, 0xd9, 0x24, 0x58, 0x53, 0xbd, 0x76, 0x76,
	    0x0c, 0xb5, 0x66, 0x62, 0x94, 0xb9 } };

/* The next INTEGER, minimal and at least 1, as big-endian bytes without
 * leading zeros. */
static bool
take_positive(struct mun_reader *reader, const uint8_t **number, size_t *len)
{
	struct mun_reader integer;

	if (!mun_der_take(reader, MUN_DER_INTEGER, &integer) ||
	    integer.len == 0 || (integer.data[0] & 0x80) != 0)
		return false;
	*number = integer.data;
	*len = integer.len;
	if (integer.data[0] != 0)
		return true;
	/* X.690 s8.3.2: a leading zero octet is there only to keep the next
	 * one from being read as a sign; a lone zero is not positive. */
	if (integer.len < 2 || (integer.data[1] & 0x80) == 0)
		return false;
	*number += 1;
	*len -= 1;
	return true;
}

/* number <= bound; neither starts with a zero byte, so a shorter one is
 * smaller. */
static bool
is_at_most(
    const uint8_t *number, size_t len, const uint8_t *bound, size_t bound_len)
{
	if (len != bound_len)
		return len < bound_len;
	return memcmp(number, bound, len) <= 0;
}

/* number < order */
static bool
is_below(const struct curve *curve, const uint8_t *number, size_t len)
{
	return is_at_most(number, len, curve->order, curve->len) &&
	    (len != curve->len || memcmp(number, curve->order, len) != 0);
}

/* RFC 3279 s2.2.3: Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } */
static bool
ecdsa_value_is_strict(
    const struct curve *curve, bool want_lower, const void *value, size_t len)
{
	struct mun_reader all = mun_reader_over(value, len), pair;
	const uint8_t *r, *s;
	size_t r_len, s_len;

	if (!mun_der_take(&all, MUN_DER_SEQUENCE, &pair) ||
	    mun_reader_left(&all) != 0 || !take_positive(&pair, &r, &r_len) ||
	    !take_positive(&pair, &s, &s_len) || mun_reader_left(&pair) != 0)
		return false;
	if (!is_below(curve, r, r_len))
		return false;
	return want_lower ? is_at_most(s, s_len, curve->half_order, curve->len)
			  : is_below(curve, s, s_len);
}

/* Each key kind fixes its digest; NULL when the value cannot be the one form
 * of a signature by such a key. */
static const EVP_MD *
digest_for(
    const struct mun_certificate *certificate, const void *value, size_t len)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate->x509);

	switch (certificate->key_kind) {
	case MUN_KEY_P256:
		return ecdsa_value_is_strict(&p256, true, value, len)
		    ? EVP_sha256()
		    : NULL;
	case MUN_KEY_P384:
		return ecdsa_value_is_strict(&p384, true, value, len)
		    ? EVP_sha384()
		    : NULL;
	case MUN_KEY_RSA:
		return len == (size_t)EVP_PKEY_get_size(key) ? EVP_sha256()
							     : NULL;
	case MUN_KEY_UNKNOWN:
	default:
		return NULL;
	}
}

static bool
verify(EVP_PKEY *key, const EVP_MD *digest, const void *message,
    size_t message_len, const void *signature, size_t signature_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool is_verified = false;

	MUN_ASSERT(ctx != NULL);
	/* EVP_DigestVerify: 1 for success, 0 for no match, below 0 for
	 * trouble; only 1 counts.  RSA padding is PKCS#1 v1.5 by default. */
	if (EVP_DigestVerifyInit(ctx, NULL, digest, NULL, key) == 1 &&
	    EVP_DigestVerify(
		ctx, signature, signature_len, message, message_len) == 1)
		is_verified = true;
	/* No memory is no verdict. */
	MUN_ASSERT(is_verified ||
	    ERR_GET_REASON(ERR_peek_last_error()) != ERR_R_MALLOC_FAILURE);
	EVP_MD_CTX_free(ctx);
	mun_openssl_forget();
	return is_verified;
}

bool
mun_certificate_verify(const struct mun_certificate *certificate,
    const void *message, size_t message_len, const void *signature,
    size_t signature_len)
{
	const EVP_MD *digest =
	    digest_for(certificate, signature, signature_len);

	if (digest == NULL)
		return false;
	return verify(X509_get0_pubkey(certificate->x509), digest, message,
	    message_len, signature, signature_len);
}

bool
mun_certificate_verify_foreign(const struct mun_certificate *certificate,
    enum mun_sha2 hash, const void *message, size_t message_len,
    const void *signature, size_t signature_len)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate->x509);
	const EVP_MD *digest = hash == MUN_SHA2_256 ? EVP_sha256()
	    : hash == MUN_SHA2_384                  ? EVP_sha384()
						    : EVP_sha512();
	bool is_strict = false;

	switch (mun_certificate_find_key_kind(certificate->x509, 2048)) {
	case MUN_KEY_P256:
		is_strict = ecdsa_value_is_strict(
		    &p256, false, signature, signature_len);
		break;
	case MUN_KEY_P384:
		is_strict = ecdsa_value_is_strict(
		    &p384, false, signature, signature_len);
		break;
	case MUN_KEY_RSA:
		is_strict = signature_len == (size_t)EVP_PKEY_get_size(key);
		break;
	case MUN_KEY_UNKNOWN:
	default:
		break;
	}
	return is_strict &&
	    verify(key, digest, message, message_len, signature, signature_len);
}

bool
mun_ed25519_verify(const uint8_t public_key[32], const void *message,
    size_t message_len, const uint8_t signature[64])
{
	EVP_PKEY *key;
	bool is_verified;

	mun_openssl_start();
	key =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	/* RFC 8032 s5.1.7: S outside 0 <= S < L is invalid; libcrypto checks
	 * it, tests hold it to that. */
	is_verified = key != NULL &&
	    verify(key, NULL, message, message_len, signature, 64);
	EVP_PKEY_free(key);
	mun_openssl_forget();
	return is_verified;
}
