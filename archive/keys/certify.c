/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * certify.c - a self-made certificate that says as little as it can: a
 * pseudonym, the key, ten years, and that it signs and is no authority.
 * Nothing of the machine or the person but what was typed.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/limits.h"
#include "base/macros.h"
#include "base/system.h"
#include "keys/keys_internal.h"
#include "muniment/text.h"
#include "trust/der.h"
#include "trust/openssl.h"

enum {
	SERIAL_LEN = 16,
	KEY_IDENTIFIER_LEN = 20,
	/* Ten years, two of them leap years. */
	VALID_DAYS = 3652,
	DAY_S = 86400,
	DIGITAL_SIGNATURE_BIT = 0
};

/* RFC 5280 s4.1.2.2: a positive integer of at most 20 octets.  Always the same
 * length, so that nothing but chance is in it. */
static enum mun_status
set_serial(X509 *x509, struct mun_error *err)
{
	uint8_t serial[SERIAL_LEN];
	BIGNUM *number = NULL;
	enum mun_status status;

	MUN_TRY(mun_system_random(serial, sizeof(serial), err));
	serial[0] = (serial[0] & 0x3f) | 0x40;
	number = BN_bin2bn(serial, sizeof(serial), NULL);
	if (number == NULL ||
	    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) == NULL)
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot set a serial number");
out:
	BN_free(number);
	return status;
}

static enum mun_status
set_validity(X509 *x509, struct mun_error *err)
{
	int64_t now_utc_s;
	enum mun_status status = mun_system_clock(&now_utc_s, err);

	if (status != MUN_OK)
		return status;
	/* ASN1_TIME_set writes UTCTime until 2049, GeneralizedTime after. */
	if (ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)now_utc_s) ==
		NULL ||
	    ASN1_TIME_set(X509_getm_notAfter(x509),
		(time_t)now_utc_s + (time_t)VALID_DAYS * DAY_S) == NULL)
		return mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot set a validity");
	return MUN_OK;
}

static bool
set_name(X509 *x509, const char *pseudonym)
{
	X509_NAME *name = X509_get_subject_name(x509);

	return X509_NAME_add_entry_by_NID(name, NID_commonName,
		   V_ASN1_UTF8STRING, (const unsigned char *)pseudonym, -1, -1,
		   0) == 1 &&
	    X509_set_issuer_name(x509, name) == 1;
}

static bool
add_usage(X509 *x509)
{
	ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();
	BASIC_CONSTRAINTS *constraints = BASIC_CONSTRAINTS_new();
	bool is_added = usage != NULL && constraints != NULL &&
	    ASN1_BIT_STRING_set_bit(usage, DIGITAL_SIGNATURE_BIT, 1) == 1 &&
	    X509_add1_ext_i2d(x509, NID_basic_constraints, constraints, 1, 0) ==
		1 &&
	    X509_add1_ext_i2d(x509, NID_key_usage, usage, 1, 0) == 1;

	ASN1_BIT_STRING_free(usage);
	BASIC_CONSTRAINTS_free(constraints);
	return is_added;
}

/* RFC 7093 s2 method 1: the leftmost 160 bits of the SHA-256 of the key. */
static bool
add_key_identifier(X509 *x509)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	ASN1_OCTET_STRING *identifier = ASN1_OCTET_STRING_new();
	bool is_added = identifier != NULL &&
	    X509_pubkey_digest(x509, EVP_sha256(), digest, NULL) == 1 &&
	    ASN1_OCTET_STRING_set(identifier, digest, KEY_IDENTIFIER_LEN) ==
		1 &&
	    X509_add1_ext_i2d(
		x509, NID_subject_key_identifier, identifier, 0, 0) == 1;

	ASN1_OCTET_STRING_free(identifier);
	return is_added;
}

static bool
fill(X509 *x509, EVP_PKEY *public_key, const char *pseudonym)
{
	return X509_set_version(x509, X509_VERSION_3) == 1 &&
	    X509_set_pubkey(x509, public_key) == 1 &&
	    set_name(x509, pseudonym) && add_usage(x509) &&
	    add_key_identifier(x509);
}

/* --- signing it --------------------------------------------------------- */

static void
put_der(struct mun_buffer *out, unsigned char *der, int len)
{
	if (len > 0)
		mun_buffer_append(out, der, (size_t)len);
	else if (out->status == MUN_OK)
		out->status = MUN_ERR_NOMEM;
	OPENSSL_free(der);
}

/* RFC 5280 s4.1: SEQUENCE { tbsCertificate, signatureAlgorithm, BIT STRING } */
static enum mun_status
put_certificate(struct mun_buffer *der, const struct mun_buffer *tbs,
    const X509_ALGOR *algorithm, const struct mun_buffer *value,
    struct mun_error *err)
{
	unsigned char *encoded = NULL;
	int encoded_len = i2d_X509_ALGOR(algorithm, &encoded);
	size_t whole = mun_der_open(der, MUN_DER_SEQUENCE), bits;

	mun_buffer_append(der, tbs->data, tbs->len);
	put_der(der, encoded, encoded_len);
	bits = mun_der_open(der, MUN_DER_BIT_STRING);
	mun_buffer_append_byte(der, 0); /* no unused bits */
	mun_buffer_append(der, value->data, value->len);
	mun_der_close(der, bits);
	mun_der_close(der, whole);
	return mun_buffer_status(der, "a certificate", err);
}

/*
 * libcrypto signs a certificate only with a key it holds, and sets the signed
 * algorithm field nowhere else.  So a key of the same kind that is thrown away
 * sets it; then the token signs what is to be signed.
 */
static enum mun_status
sign_by_token(struct mun_buffer *der, X509 *x509,
    const struct mun_keys_actor *actor, struct mun_error *err)
{
	EVP_PKEY *thrown_away = actor->kind == MUN_KEY_RSA
	    ? EVP_RSA_gen(2048)
	    : EVP_EC_gen("P-256");
	struct mun_buffer tbs = MUN_BUFFER_INIT(MUN_CERTIFICATE_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_KEYS_SIGNATURE_MAX);
	unsigned char *encoded = NULL;
	enum mun_status status;
	int encoded_len;

	if (thrown_away == NULL ||
	    X509_sign(x509, thrown_away, mun_keys_digest(actor->kind)) <= 0) {
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot make a certificate");
		goto out;
	}
	encoded_len = i2d_re_X509_tbs(x509, &encoded);
	put_der(&tbs, encoded, encoded_len);
	MUN_TRY(mun_buffer_status(&tbs, "a certificate", err));
	MUN_TRY(mun_keys_actor_sign(actor, tbs.data, tbs.len, &value, err));
	status =
	    put_certificate(der, &tbs, X509_get0_tbs_sigalg(x509), &value, err);
out:
	EVP_PKEY_free(thrown_away);
	mun_buffer_free(&tbs);
	mun_buffer_free(&value);
	return status;
}

static enum mun_status
sign_here(struct mun_buffer *der, X509 *x509,
    const struct mun_keys_actor *actor, struct mun_error *err)
{
	unsigned char *encoded = NULL;
	int len = -1;

	if (X509_sign(x509, actor->key, mun_keys_digest(actor->kind)) > 0)
		len = i2d_X509(x509, &encoded);
	if (len <= 0)
		return mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot make a certificate");
	put_der(der, encoded, len);
	return mun_buffer_status(der, "a certificate", err);
}

/* Read what was made with the verifier's own eyes. */
static enum mun_status
write_checked(struct mun_buffer *pem, const struct mun_buffer *der,
    bool is_on_token, struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	const char *unfit;
	enum mun_status status;

	MUN_TRY(
	    mun_certificate_from_der(&certificate, der->data, der->len, err));
	unfit = mun_certificate_unfit(certificate);
	/* Here the kind was ours to choose; on a token it is what it is. */
	if (unfit != NULL && is_on_token)
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "the key on the token is not fit to sign: %s; it has to be "
		    "P-256, P-384 or RSA of 3072 bits or more",
		    unfit);
	else if (unfit != NULL || !mun_certificate_is_self_signed(certificate))
		status = mun_error_set(err, MUN_ERR_INTERNAL,
		    "the new certificate is not fit to sign");
	if (status != MUN_OK)
		goto out;
	mun_certificate_write_pem(certificate, pem);
	MUN_TRY(mun_buffer_status(pem, "a certificate", err));
out:
	mun_certificate_free(certificate);
	return status;
}

static enum mun_status
check_pseudonym(const char *pseudonym, struct mun_error *err)
{
	size_t len = pseudonym == NULL ? 0 : strlen(pseudonym);

	if (len == 0)
		return mun_error_set(
		    err, MUN_ERR_USAGE, "a pseudonym is needed");
	if (len > MUN_PSEUDONYM_MAX)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the pseudonym is longer than %d bytes", MUN_PSEUDONYM_MAX);
	if (!mun_text_is_utf8(pseudonym, len))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "the pseudonym is not UTF-8");
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)pseudonym[i] < 0x20 || pseudonym[i] == 0x7f)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "the pseudonym holds a control character");
	return MUN_OK;
}

enum mun_status
mun_keys_certify(struct mun_buffer *pem, const struct mun_keys_actor *actor,
    EVP_PKEY *public_key, const char *pseudonym, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CERTIFICATE_MAX);
	X509 *x509 = X509_new();
	enum mun_status status;

	if (x509 == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a certificate");
	MUN_TRY(check_pseudonym(pseudonym, err));
	MUN_TRY(set_serial(x509, err));
	MUN_TRY(set_validity(x509, err));
	if (!fill(x509, public_key, pseudonym)) {
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot make a certificate");
		goto out;
	}
	if (actor->token != NULL)
		MUN_TRY(sign_by_token(&der, x509, actor, err));
	else
		MUN_TRY(sign_here(&der, x509, actor, err));
	MUN_TRY(write_checked(pem, &der, actor->token != NULL, err));
out:
	X509_free(x509);
	mun_buffer_free(&der);
	return status;
}
