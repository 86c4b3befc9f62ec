/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_token.c - the frame of a token: CMS SignedData, by position.
 *
 * Every field that a signature does not cover has one acceptable value, or is
 * compared with one that it covers, or is a certificate that something else
 * accounts for; so no bit of a token can change unnoticed.
 *
 * RFC 5652 s5.1: SignedData ::= SEQUENCE { version, digestAlgorithms,
 * encapContentInfo, [0] certificates, [1] crls, signerInfos }.
 */
#include <string.h>

#include "base/macros.h"
#include "timestamp/timestamp_internal.h"
#include "trust/der.h"

/* 1.2.840.113549.1.7.2 */
static const uint8_t signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x07, 0x02 };

static bool
is_done(const struct mun_reader *reader)
{
	return mun_reader_left(reader) == 0;
}

static bool
take_whole(
    struct mun_reader *reader, uint8_t tag, struct mun_timestamp_span *element)
{
	return mun_der_take_whole(reader, tag, &element->data, &element->len);
}

/* A version, which has one octet and one value. */
static bool
take_version(struct mun_reader *reader, uint8_t version)
{
	struct mun_timestamp_span found;

	return mun_timestamp_take_span(reader, MUN_DER_INTEGER, &found) &&
	    mun_timestamp_span_is(&found, &version, 1);
}

static bool
enter(struct mun_reader *fields, const void *der, size_t der_len)
{
	struct mun_reader all = mun_reader_over(der, der_len);
	struct mun_reader info, explicit_0;

	return mun_der_take(&all, MUN_DER_SEQUENCE, &info) &&
	    mun_timestamp_take_oid(&info, signed_data, sizeof(signed_data)) &&
	    mun_der_take(&info, MUN_DER_CONTEXT_0, &explicit_0) &&
	    is_done(&info) &&
	    mun_der_take(&explicit_0, MUN_DER_SEQUENCE, fields) &&
	    is_done(&explicit_0);
}

/* encapContentInfo: id-ct-TSTInfo, and its DER in one OCTET STRING. */
static bool
take_content(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_reader info, explicit_0;

	return mun_der_take(fields, MUN_DER_SEQUENCE, &info) &&
	    mun_timestamp_take_oid(&info, mun_timestamp_content_type,
		sizeof(mun_timestamp_content_type)) &&
	    mun_der_take(&info, MUN_DER_CONTEXT_0, &explicit_0) &&
	    is_done(&info) &&
	    mun_timestamp_take_span(
		&explicit_0, MUN_DER_OCTET_STRING, &token->content) &&
	    is_done(&explicit_0);
}

/* Certificates only, none twice. */
static bool
take_certificates(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_reader set;

	if (!mun_der_take(fields, MUN_DER_CONTEXT_0, &set))
		return false;
	while (!is_done(&set)) {
		struct mun_timestamp_span one;

		if (token->certificate_count ==
			MUN_TIMESTAMP_CERTIFICATES_MAX ||
		    !take_whole(&set, MUN_DER_SEQUENCE, &one))
			return false;
		for (size_t i = 0; i < token->certificate_count; i++) {
			if (mun_timestamp_span_is(
				&token->certificates[i], one.data, one.len))
				return false;
		}
		token->certificates[token->certificate_count++] = one;
	}
	return token->certificate_count > 0;
}

/* RFC 5652 s5.3: version 1 goes with issuerAndSerialNumber; nothing after the
 * value, so no unsigned attributes. */
static bool
take_signer(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_reader set, info, id;

	return mun_der_take(fields, MUN_DER_SET, &set) &&
	    mun_der_take(&set, MUN_DER_SEQUENCE, &info) && is_done(&set) &&
	    take_version(&info, 1) &&
	    mun_der_take(&info, MUN_DER_SEQUENCE, &id) &&
	    take_whole(&id, MUN_DER_SEQUENCE, &token->issuer) &&
	    mun_timestamp_take_span(
		&id, MUN_DER_INTEGER, &token->issuer_serial) &&
	    is_done(&id) &&
	    take_whole(&info, MUN_DER_SEQUENCE, &token->digest_algorithm) &&
	    mun_timestamp_take_span(
		&info, MUN_DER_CONTEXT_0, &token->attributes) &&
	    take_whole(&info, MUN_DER_SEQUENCE, &token->signature_algorithm) &&
	    mun_timestamp_take_span(
		&info, MUN_DER_OCTET_STRING, &token->value) &&
	    is_done(&info);
}

static bool
take_frame(struct mun_timestamp_token *token)
{
	struct mun_reader fields, algorithms;
	struct mun_timestamp_span digest;

	/* RFC 5652 s5.1: version 3, since the content is not id-data. */
	return enter(&fields, token->der.data, token->der.len) &&
	    take_version(&fields, 3) &&
	    mun_der_take(&fields, MUN_DER_SET, &algorithms) &&
	    take_whole(&algorithms, MUN_DER_SEQUENCE, &digest) &&
	    is_done(&algorithms) && take_content(token, &fields) &&
	    take_certificates(token, &fields) && take_signer(token, &fields) &&
	    is_done(&fields) &&
	    mun_timestamp_span_is(
		&token->digest_algorithm, digest.data, digest.len);
}

/* The AlgorithmIdentifiers in use, whole: rsaEncryption, which leaves the
 * digest to digestAlgorithm; sha*WithRSAEncryption and ecdsa-with-SHA*, which
 * have to agree with it (RFC 4055 s5, RFC 5758 s3.2). */
static bool
signature_algorithm_fits(const struct mun_timestamp_token *token)
{
	static const uint8_t plain_rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86,
		0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
	uint8_t rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		0x0d, 0x01, 0x01, 0x00, 0x05, 0x00 };
	uint8_t ecdsa[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x04, 0x03, 0x00 };
	const struct mun_timestamp_span *found = &token->signature_algorithm;

	/* 1.2.840.113549.1.1.11 to .13, 1.2.840.10045.4.3.2 to .4 */
	rsa[12] = (uint8_t)(10 + token->hash);
	ecdsa[11] = (uint8_t)(1 + token->hash);
	return mun_timestamp_span_is(found, plain_rsa, sizeof(plain_rsa)) ||
	    mun_timestamp_span_is(found, rsa, sizeof(rsa)) ||
	    mun_timestamp_span_is(found, ecdsa, sizeof(ecdsa));
}

static const char *
read_token(struct mun_timestamp_token *token)
{
	const char *rule;

	if (token->der.len > MUN_TIMESTAMP_TOKEN_MAX ||
	    !mun_der_is_strict(token->der.data, token->der.len) ||
	    !take_frame(token))
		return "ts.encoding";
	token->hash = mun_timestamp_hash_of(&token->digest_algorithm);
	if (token->hash == MUN_SHA2_NONE || !signature_algorithm_fits(token))
		return "ts.algorithm";
	rule = mun_timestamp_read_info(token);
	if (rule == NULL)
		rule = mun_timestamp_read_attributes(token);
	return rule;
}

const char *
mun_timestamp_token_read(
    struct mun_timestamp_token *token, const void *der, size_t der_len)
{
	const struct mun_timestamp_token empty = { .hash = MUN_SHA2_NONE };
	const char *rule;

	*token = empty;
	token->der.data = der;
	token->der.len = der_len;
	rule = read_token(token);
	if (rule != NULL)
		*token = empty;
	return rule;
}
