/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signature_build.c - writes the one encoding of a signature.
 *
 * Certificate, content, time and signature value go in; DER comes out.  There
 * is nothing to choose: two programs that follow docs/format/cms.md write the
 * same bytes, and they are the bytes that `openssl cms -sign -cades -binary
 * -nosmimecap` writes.  libcrypto's CMS is not used, so that there is one
 * encoder for signing and for judging.
 *
 * Spec: RFC 5652 (CMS), RFC 5754 (SHA-2 in CMS), RFC 5753 (ECDSA in CMS),
 * RFC 5035 (signingCertificateV2).
 */
#include "signature/signature.h"

#include <string.h>

#include "base/time.h"
#include "digest/digest.h"
#include "trust/der.h"

enum {
	DIGEST_LEN_MAX = 48
};

/* Contents octets of the object identifiers. */
static const uint8_t oid_signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x07, 0x02 }; /* 1.2.840.113549.1.7.2 */
static const uint8_t oid_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x07, 0x01 }; /* 1.2.840.113549.1.7.1 */
static const uint8_t oid_content_type[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x09, 0x03 }; /* 1.2.840.113549.1.9.3 */
static const uint8_t oid_message_digest[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
	0x0d, 0x01, 0x09, 0x04 }; /* 1.2.840.113549.1.9.4 */
static const uint8_t oid_signing_time[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x09, 0x05 }; /* 1.2.840.113549.1.9.5 */
static const uint8_t oid_signing_certificate_v2[] = { 0x2a, 0x86, 0x48, 0x86,
	0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f };
/* 1.2.840.113549.1.9.16.2.47 */
static const uint8_t oid_sha256[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
	0x02, 0x01 }; /* 2.16.840.1.101.3.4.2.1 */
static const uint8_t oid_sha384[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
	0x02, 0x02 }; /* 2.16.840.1.101.3.4.2.2 */
static const uint8_t oid_ecdsa_sha256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,
	0x03, 0x02 }; /* 1.2.840.10045.4.3.2 */
static const uint8_t oid_ecdsa_sha384[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,
	0x03, 0x03 }; /* 1.2.840.10045.4.3.3 */
static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x01, 0x01 }; /* 1.2.840.113549.1.1.1 */

#define PUT_OID(out, oid) mun_der_put((out), MUN_DER_OID, (oid), sizeof(oid))

static void
put_version(struct mun_buffer *out)
{
	const uint8_t version = 1;

	mun_der_put(out, MUN_DER_INTEGER, &version, 1);
}

static bool
uses_sha384(const struct mun_certificate *signer)
{
	return mun_certificate_key_kind(signer) == MUN_KEY_P384;
}

/* RFC 5754 s2: "implementations MUST generate SHA2 AlgorithmIdentifiers with
 * absent parameters." */
static void
put_digest_algorithm(
    struct mun_buffer *out, const struct mun_certificate *signer)
{
	size_t mark = mun_der_open(out, MUN_DER_SEQUENCE);

	if (uses_sha384(signer))
		PUT_OID(out, oid_sha384);
	else
		PUT_OID(out, oid_sha256);
	mun_der_close(out, mark);
}

/* RFC 5753 s7.1.3: ECDSA parameters "MUST be absent"; RFC 3370 s3.2: for
 * rsaEncryption "the AlgorithmIdentifier parameters field MUST contain
 * NULL". */
static void
put_signature_algorithm(
    struct mun_buffer *out, const struct mun_certificate *signer)
{
	size_t mark = mun_der_open(out, MUN_DER_SEQUENCE);

	switch (mun_certificate_key_kind(signer)) {
	case MUN_KEY_P256:
		PUT_OID(out, oid_ecdsa_sha256);
		break;
	case MUN_KEY_P384:
		PUT_OID(out, oid_ecdsa_sha384);
		break;
	case MUN_KEY_RSA:
		PUT_OID(out, oid_rsa);
		mun_der_put(out, MUN_DER_NULL, NULL, 0);
		break;
	case MUN_KEY_UNKNOWN:
	default:
		/* Sticky: an object for such a key does not exist. */
		out->status = MUN_ERR_UNSUPPORTED;
		break;
	}
	mun_der_close(out, mark);
}

static void
put_digest(struct mun_buffer *out, const struct mun_certificate *signer,
    const void *bytes, size_t len)
{
	uint8_t digest[DIGEST_LEN_MAX];

	if (uses_sha384(signer)) {
		mun_sha384_of(digest, bytes, len);
		mun_der_put(out, MUN_DER_OCTET_STRING, digest, 48);
	} else {
		mun_sha256_of(digest, bytes, len);
		mun_der_put(out, MUN_DER_OCTET_STRING, digest, 32);
	}
}

static void
put_issuer(struct mun_buffer *out, const struct mun_certificate *signer)
{
	size_t len;
	const uint8_t *issuer = mun_certificate_issuer_der(signer, &len);

	mun_buffer_append(out, issuer, len);
}

static void
put_serial(struct mun_buffer *out, const struct mun_certificate *signer)
{
	size_t len;
	const uint8_t *serial = mun_certificate_serial(signer, &len);

	mun_der_put(out, MUN_DER_INTEGER, serial, len);
}

/* RFC 5652 s11.3: "Dates between 1 January 1950 and 31 December 2049
 * (inclusive) MUST be encoded as UTCTime.  Any dates with year values before
 * 1950 or after 2049 MUST be encoded as GeneralizedTime." */
static void
put_time(struct mun_buffer *out, int64_t utc_s)
{
	char text[MUN_TIME_TEXT_LEN + 1];
	/* YYYY-MM-DDTHH:MM:SSZ: where each pair of digits stands. */
	static const size_t pairs[] = { 0, 2, 5, 8, 11, 14, 17 };
	size_t mark, first = 0;

	if (!mun_time_format(text, utc_s)) {
		if (out->status == MUN_OK)
			out->status = MUN_ERR_LIMIT;
		return;
	}
	/* Digits compare as text; UTCTime has no century. */
	if (memcmp(text, "2050", 4) < 0)
		first = 1;
	mark = mun_der_open(
	    out, first == 1 ? MUN_DER_UTC_TIME : MUN_DER_GENERALIZED_TIME);
	for (size_t i = first; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		mun_buffer_append(out, text + pairs[i], 2);
	mun_buffer_append_byte(out, 'Z');
	mun_der_close(out, mark);
}

static void
put_content_type_attribute(struct mun_buffer *out)
{
	size_t attribute = mun_der_open(out, MUN_DER_SEQUENCE), values;

	PUT_OID(out, oid_content_type);
	values = mun_der_open(out, MUN_DER_SET);
	PUT_OID(out, oid_data);
	mun_der_close(out, values);
	mun_der_close(out, attribute);
}

static void
put_signing_time_attribute(struct mun_buffer *out, int64_t utc_s)
{
	size_t attribute = mun_der_open(out, MUN_DER_SEQUENCE), values;

	PUT_OID(out, oid_signing_time);
	values = mun_der_open(out, MUN_DER_SET);
	put_time(out, utc_s);
	mun_der_close(out, values);
	mun_der_close(out, attribute);
}

static void
put_message_digest_attribute(struct mun_buffer *out,
    const struct mun_certificate *signer, const void *content,
    size_t content_len)
{
	size_t attribute = mun_der_open(out, MUN_DER_SEQUENCE), values;

	PUT_OID(out, oid_message_digest);
	values = mun_der_open(out, MUN_DER_SET);
	put_digest(out, signer, content, content_len);
	mun_der_close(out, values);
	mun_der_close(out, attribute);
}

/* IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber }, the issuer
 * being one directoryName. */
static void
put_issuer_serial(struct mun_buffer *out, const struct mun_certificate *signer)
{
	size_t issuer_serial = mun_der_open(out, MUN_DER_SEQUENCE);
	size_t names = mun_der_open(out, MUN_DER_SEQUENCE);
	size_t directory_name = mun_der_open(out, MUN_DER_CONTEXT_4);

	put_issuer(out, signer);
	mun_der_close(out, directory_name);
	mun_der_close(out, names);
	put_serial(out, signer);
	mun_der_close(out, issuer_serial);
}

/* RFC 5035 s4: ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256,
 * certHash, issuerSerial }.  DER leaves a default out. */
static void
put_certificate_attribute(
    struct mun_buffer *out, const struct mun_certificate *signer)
{
	size_t attribute = mun_der_open(out, MUN_DER_SEQUENCE), values;
	size_t signing_certificate, ids, id, der_len;
	const uint8_t *der = mun_certificate_der(signer, &der_len);

	PUT_OID(out, oid_signing_certificate_v2);
	values = mun_der_open(out, MUN_DER_SET);
	signing_certificate = mun_der_open(out, MUN_DER_SEQUENCE);
	ids = mun_der_open(out, MUN_DER_SEQUENCE);
	id = mun_der_open(out, MUN_DER_SEQUENCE);
	if (uses_sha384(signer))
		put_digest_algorithm(out, signer);
	put_digest(out, signer, der, der_len);
	put_issuer_serial(out, signer);
	mun_der_close(out, id);
	mun_der_close(out, ids);
	mun_der_close(out, signing_certificate);
	mun_der_close(out, values);
	mun_der_close(out, attribute);
}

/* X.690 s11.6 sorts a SET OF by its elements' encodings.  All four begin with
 * 0x30 and differ in the length octet after it, and their lengths only allow
 * this order: 24, then 28 or 30, then 47 or 63, then more. */
static void
put_attributes(struct mun_buffer *out, uint8_t tag,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s)
{
	size_t set = mun_der_open(out, tag);

	put_content_type_attribute(out);
	put_signing_time_attribute(out, signing_time_utc_s);
	put_message_digest_attribute(out, signer, content, content_len);
	put_certificate_attribute(out, signer);
	mun_der_close(out, set);
}

void
mun_signature_attributes(struct mun_buffer *out,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s)
{
	/* RFC 5652 s5.4: "A separate encoding of the signedAttrs field is
	 * performed for message digest calculation.  The IMPLICIT [0] tag in
	 * the signedAttrs is not used for the DER encoding, rather an EXPLICIT
	 * SET OF tag is used." */
	put_attributes(
	    out, MUN_DER_SET, signer, content, content_len, signing_time_utc_s);
}

/* EncapsulatedContentInfo ::= SEQUENCE { eContentType, [0] EXPLICIT OCTET
 * STRING OPTIONAL } */
static void
put_content_info(struct mun_buffer *out, enum mun_signature_form form,
    const void *content, size_t content_len)
{
	size_t info = mun_der_open(out, MUN_DER_SEQUENCE), explicit_0;

	PUT_OID(out, oid_data);
	if (form == MUN_SIGNATURE_ENCLOSING) {
		explicit_0 = mun_der_open(out, MUN_DER_CONTEXT_0);
		mun_der_put(out, MUN_DER_OCTET_STRING, content, content_len);
		mun_der_close(out, explicit_0);
	}
	mun_der_close(out, info);
}

/* SignerInfo ::= SEQUENCE { version 1, issuerAndSerialNumber, digestAlgorithm,
 * [0] signedAttrs, signatureAlgorithm, signature } */
static void
put_signer_info(struct mun_buffer *out, const struct mun_certificate *signer,
    const void *content, size_t content_len, int64_t signing_time_utc_s,
    const void *value, size_t value_len)
{
	size_t info = mun_der_open(out, MUN_DER_SEQUENCE), issuer_and_serial;

	put_version(out);
	issuer_and_serial = mun_der_open(out, MUN_DER_SEQUENCE);
	put_issuer(out, signer);
	put_serial(out, signer);
	mun_der_close(out, issuer_and_serial);
	put_digest_algorithm(out, signer);
	put_attributes(out, MUN_DER_CONTEXT_0, signer, content, content_len,
	    signing_time_utc_s);
	put_signature_algorithm(out, signer);
	mun_der_put(out, MUN_DER_OCTET_STRING, value, value_len);
	mun_der_close(out, info);
}

void
mun_signature_build(struct mun_buffer *out, enum mun_signature_form form,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s, const void *value,
    size_t value_len)
{
	size_t content_info = mun_der_open(out, MUN_DER_SEQUENCE);
	size_t explicit_0, signed_data, set, der_len;
	const uint8_t *der = mun_certificate_der(signer, &der_len);

	PUT_OID(out, oid_signed_data);
	explicit_0 = mun_der_open(out, MUN_DER_CONTEXT_0);
	signed_data = mun_der_open(out, MUN_DER_SEQUENCE);
	put_version(out);
	set = mun_der_open(out, MUN_DER_SET);
	put_digest_algorithm(out, signer);
	mun_der_close(out, set);
	put_content_info(out, form, content, content_len);
	mun_der_put(out, MUN_DER_CONTEXT_0, der, der_len);
	set = mun_der_open(out, MUN_DER_SET);
	put_signer_info(out, signer, content, content_len, signing_time_utc_s,
	    value, value_len);
	mun_der_close(out, set);
	mun_der_close(out, signed_data);
	mun_der_close(out, explicit_0);
	mun_der_close(out, content_info);
}
