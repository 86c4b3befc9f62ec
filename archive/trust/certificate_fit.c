/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * certificate_fit.c - may the key in this certificate sign evidence?
 *
 * The rules are few and closed: what is not known to be good is unfit.  They
 * stand for libcrypto's auth_level 2 and more, without its chain building,
 * which would bring roots nobody here asked for.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "trust/certificate_internal.h"

enum {
	RSA_BITS_MAX = 8192, /* a verification must not take seconds */
	RSA_EXPONENT_BITS_MIN = 17, /* 65537 */
	RSA_EXPONENT_BITS_MAX = 64,
	UNCOMPRESSED = 0x04
};

/* id-kp-documentSigning, 1.3.6.1.5.5.7.3.36 (RFC 9336) */
static const uint8_t document_signing[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07,
	0x03, 0x24 };

/* RFC 5480 s2.1.1: "specifiedCurve ... MUST NOT be used"; only a curve given
 * by name, and its point in the form everyone writes. */
static enum mun_key_kind
ec_key_kind(const X509_ALGOR *algorithm, const unsigned char *point, int len)
{
	const ASN1_OBJECT *unused;
	const void *curve = NULL;
	int type = V_ASN1_UNDEF, nid;

	X509_ALGOR_get0(&unused, &type, &curve, algorithm);
	if (type != V_ASN1_OBJECT)
		return MUN_KEY_UNKNOWN;
	nid = OBJ_obj2nid(curve);
	if (nid == NID_X9_62_prime256v1 && len == 65 &&
	    point[0] == UNCOMPRESSED)
		return MUN_KEY_P256;
	if (nid == NID_secp384r1 && len == 97 && point[0] == UNCOMPRESSED)
		return MUN_KEY_P384;
	return MUN_KEY_UNKNOWN;
}

/* An exponent of 1 would make every message its own signature. */
static bool
exponent_is_sound(EVP_PKEY *key)
{
	BIGNUM *exponent = NULL;
	bool is_sound;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
		return false;
	is_sound = BN_is_odd(exponent) &&
	    BN_num_bits(exponent) >= RSA_EXPONENT_BITS_MIN &&
	    BN_num_bits(exponent) <= RSA_EXPONENT_BITS_MAX;
	BN_free(exponent);
	return is_sound;
}

static enum mun_key_kind
rsa_key_kind(const X509_ALGOR *algorithm, EVP_PKEY *key, int rsa_bits_min)
{
	const ASN1_OBJECT *unused;
	const void *parameters = NULL;
	int type = V_ASN1_UNDEF, bits = EVP_PKEY_get_bits(key);

	/* RFC 3279 s2.3.1: "The parameters field MUST have ASN.1 type NULL" */
	X509_ALGOR_get0(&unused, &type, &parameters, algorithm);
	if (type != V_ASN1_NULL || bits < rsa_bits_min || bits > RSA_BITS_MAX)
		return MUN_KEY_UNKNOWN;
	return exponent_is_sound(key) ? MUN_KEY_RSA : MUN_KEY_UNKNOWN;
}

enum mun_key_kind
mun_certificate_find_key_kind(const X509 *x509, int rsa_bits_min)
{
	X509_PUBKEY *field = X509_get_X509_PUBKEY(x509);
	EVP_PKEY *key = X509_get0_pubkey(x509);
	ASN1_OBJECT *algorithm_id = NULL;
	X509_ALGOR *algorithm = NULL;
	const unsigned char *bits = NULL;
	int len = 0;

	/* No key: libcrypto could not read it, or the point is off the
	 * curve. */
	if (key == NULL ||
	    X509_PUBKEY_get0_param(
		&algorithm_id, &bits, &len, &algorithm, field) != 1)
		return MUN_KEY_UNKNOWN;
	switch (OBJ_obj2nid(algorithm_id)) {
	case NID_X9_62_id_ecPublicKey:
		return ec_key_kind(algorithm, bits, len);
	case NID_rsaEncryption:
		return rsa_key_kind(algorithm, key, rsa_bits_min);
	default:
		return MUN_KEY_UNKNOWN;
	}
}

/* The extension is absent, or there once and readable. */
static bool
is_readable(const X509 *x509, int nid)
{
	int critical = 0;
	void *value = X509_get_ext_d2i(x509, nid, &critical, NULL);
	bool is_there = value != NULL;

	switch (nid) {
	case NID_basic_constraints:
		BASIC_CONSTRAINTS_free(value);
		break;
	case NID_key_usage:
		ASN1_BIT_STRING_free(value);
		break;
	default:
		EXTENDED_KEY_USAGE_free(value);
		break;
	}
	return is_there || critical == -1;
}

/* RFC 5280 s4.2: "A certificate-using system MUST reject the certificate if it
 * encounters a critical extension it does not recognize". */
bool
mun_certificate_extensions_are_known(const X509 *x509)
{
	for (int i = 0; i < X509_get_ext_count(x509); i++) {
		X509_EXTENSION *extension = X509_get_ext(x509, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));

		if (X509_EXTENSION_get_critical(extension) &&
		    nid != NID_basic_constraints && nid != NID_key_usage &&
		    nid != NID_ext_key_usage)
			return false;
	}
	return is_readable(x509, NID_basic_constraints) &&
	    is_readable(x509, NID_key_usage) &&
	    is_readable(x509, NID_ext_key_usage);
}

static bool
is_for_documents(const X509 *x509)
{
	EXTENDED_KEY_USAGE *usage =
	    X509_get_ext_d2i(x509, NID_ext_key_usage, NULL, NULL);
	const ASN1_OBJECT *purpose;
	bool is_for;

	if (usage == NULL)
		return true;
	purpose = sk_ASN1_OBJECT_value(usage, 0);
	is_for = sk_ASN1_OBJECT_num(usage) == 1 &&
	    OBJ_length(purpose) == sizeof(document_signing) &&
	    memcmp(OBJ_get0_data(purpose), document_signing,
		sizeof(document_signing)) == 0;
	EXTENDED_KEY_USAGE_free(usage);
	return is_for;
}

static bool
is_strong(int digest, int key)
{
	switch (digest) {
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
	case NID_sha3_256:
	case NID_sha3_384:
	case NID_sha3_512:
		return true;
	default:
		return key == NID_ED25519 || key == NID_ED448;
	}
}

bool
mun_certificate_is_strong(int signature_nid)
{
	int digest = NID_undef, key = NID_undef;

	return OBJ_find_sigid_algs(signature_nid, &digest, &key) == 1 &&
	    is_strong(digest, key);
}

static bool
is_signed_strongly(X509 *x509)
{
	int digest = NID_undef, key = NID_undef;

	/* This knows the digest of RSA-PSS too. */
	return X509_get_signature_info(x509, &digest, &key, NULL, NULL) == 1 &&
	    is_strong(digest, key);
}

const char *
mun_certificate_find_unfit(X509 *x509, enum mun_key_kind kind)
{
	uint32_t flags = X509_get_extension_flags(x509);

	if (kind == MUN_KEY_UNKNOWN)
		return "certificate.key-weak";
	if (!mun_certificate_extensions_are_known(x509))
		return "certificate.extension-unknown";
	if ((flags & EXFLAG_CA) != 0)
		return "certificate.is-ca";
	if ((flags & EXFLAG_KUSAGE) == 0 ||
	    (X509_get_key_usage(x509) & KU_DIGITAL_SIGNATURE) == 0 ||
	    !is_for_documents(x509))
		return "certificate.usage";
	if (!is_signed_strongly(x509))
		return "certificate.signature-weak";
	return NULL;
}
