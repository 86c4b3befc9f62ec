/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_attributes.c - the signed attributes: what they must be, and which
 * certificate they bind.
 *
 * contentType and messageDigest tie the signature to the content (RFC 5652
 * s11), an ESS attribute ties it to one certificate (RFC 5035; RFC 5816 for
 * time-stamps).  Known and checked besides: signingTime, the older ESS
 * attribute with SHA-1 (RFC 2634), which may stand beside the newer one only,
 * and cmsAlgorithmProtection (RFC 6211).
 */
#include <openssl/evp.h>
#include <string.h>

#include "base/macros.h"
#include "digest/digest.h"
#include "timestamp/timestamp_internal.h"
#include "trust/der.h"

enum {
	SHA1_LEN = 20,
	ALGORITHM_PROTECTION_SIGNATURE = 0xa1
};

enum kind {
	CONTENT_TYPE,
	MESSAGE_DIGEST,
	SIGNING_TIME,
	ESS_V1,
	ESS_V2,
	ALGORITHM_PROTECTION,
	KIND_COUNT
};

/* 1.2.840.113549.1.9 and what follows it for each kind. */
static const uint8_t pkcs9[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x09 };
static const struct {
	size_t len;
	uint8_t octets[3];
} suffixes[KIND_COUNT] = {
	[CONTENT_TYPE] = { 1, { 3 } },
	[MESSAGE_DIGEST] = { 1, { 4 } },
	[SIGNING_TIME] = { 1, { 5 } },
	[ESS_V1] = { 3, { 16, 2, 12 } },
	[ESS_V2] = { 3, { 16, 2, 47 } },
	[ALGORITHM_PROTECTION] = { 1, { 52 } },
};

struct values {
	struct mun_timestamp_span value[KIND_COUNT]; /* whole elements */
};

static bool
is_done(const struct mun_reader *reader)
{
	return mun_reader_left(reader) == 0;
}

static enum kind
kind_of(const struct mun_timestamp_span *oid)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		if (oid->len == sizeof(pkcs9) + suffixes[kind].len &&
		    memcmp(oid->data, pkcs9, sizeof(pkcs9)) == 0 &&
		    memcmp(oid->data + sizeof(pkcs9), suffixes[kind].octets,
			suffixes[kind].len) == 0)
			return (enum kind)kind;
	}
	return KIND_COUNT;
}

/* X.690 s11.6: the components of a SET OF are in ascending order; so two that
 * are the same are not in order. */
static bool
is_ascending(const struct mun_timestamp_span *before,
    const struct mun_timestamp_span *after)
{
	size_t len = before->len < after->len ? before->len : after->len;
	int order =
	    before->data == NULL ? -1 : memcmp(before->data, after->data, len);

	return order < 0 || (order == 0 && before->len < after->len);
}

/* Attribute ::= SEQUENCE { type, SET { value } }: each known, none twice, one
 * value each. */
static bool
take_values(struct values *values, const struct mun_timestamp_span *attributes)
{
	struct mun_reader all =
	    mun_reader_over(attributes->data, attributes->len);
	struct mun_timestamp_span before = { .data = NULL };

	while (!is_done(&all)) {
		struct mun_timestamp_span whole, oid;
		struct mun_reader inner, fields, set;
		enum kind kind;

		inner = all;
		if (!mun_der_take_whole(
			&all, MUN_DER_SEQUENCE, &whole.data, &whole.len) ||
		    !mun_der_take(&inner, MUN_DER_SEQUENCE, &fields) ||
		    !mun_timestamp_take_span(&fields, MUN_DER_OID, &oid) ||
		    !mun_der_take(&fields, MUN_DER_SET, &set) ||
		    !is_done(&fields) || is_done(&set))
			return false;
		kind = kind_of(&oid);
		if (kind == KIND_COUNT || values->value[kind].data != NULL ||
		    !is_ascending(&before, &whole))
			return false;
		/* One value: its tag is judged by whoever reads it, that it
		 * fills the set is judged there too. */
		values->value[kind].data = set.data;
		values->value[kind].len = set.len;
		before = whole;
	}
	return true;
}

static size_t
hash_with(uint8_t out[EVP_MAX_MD_SIZE], enum mun_sha2 hash,
    const struct mun_timestamp_span *bytes)
{
	switch (hash) {
	case MUN_SHA2_256:
		mun_sha256_of(out, bytes->data, bytes->len);
		return MUN_SHA256_LEN;
	case MUN_SHA2_384:
		mun_sha384_of(out, bytes->data, bytes->len);
		return MUN_SHA384_LEN;
	case MUN_SHA2_512:
		mun_sha512_of(out, bytes->data, bytes->len);
		return MUN_SHA512_LEN;
	case MUN_SHA2_NONE:
	default:
		return 0;
	}
}

/* Whether value is one element of this tag and these contents. */
static bool
is_element(const struct mun_timestamp_span *value, uint8_t tag,
    const void *contents, size_t len)
{
	struct mun_reader all = mun_reader_over(value->data, value->len);
	struct mun_timestamp_span found;

	return mun_timestamp_take_span(&all, tag, &found) && is_done(&all) &&
	    mun_timestamp_span_is(&found, contents, len);
}

static bool
binds_content(
    const struct mun_timestamp_token *token, const struct values *values)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t len = hash_with(digest, token->hash, &token->content);

	return is_element(&values->value[CONTENT_TYPE], MUN_DER_OID,
		   mun_timestamp_content_type,
		   sizeof(mun_timestamp_content_type)) &&
	    is_element(&values->value[MESSAGE_DIGEST], MUN_DER_OCTET_STRING,
		digest, len);
}

/* One element that is a time; when is for the authority to say in genTime. */
static bool
is_a_time(const struct mun_timestamp_span *value)
{
	struct mun_reader all = mun_reader_over(value->data, value->len);
	struct mun_reader text;

	return (mun_der_take(&all, MUN_DER_UTC_TIME, &text) ||
		   mun_der_take(&all, MUN_DER_GENERALIZED_TIME, &text)) &&
	    is_done(&all);
}

/* RFC 6211 s2: CMSAlgorithmProtection ::= SEQUENCE { digestAlgorithm,
 * [1] signatureAlgorithm }, the same as outside. */
static bool
protects_algorithms(const struct mun_timestamp_token *token,
    const struct mun_timestamp_span *value)
{
	struct mun_reader all = mun_reader_over(value->data, value->len);
	struct mun_reader outside = mun_reader_over(
	    token->signature_algorithm.data, token->signature_algorithm.len);
	struct mun_reader fields, algorithm;
	struct mun_timestamp_span digest, signature;

	return mun_der_take(&all, MUN_DER_SEQUENCE, &fields) && is_done(&all) &&
	    mun_der_take_whole(
		&fields, MUN_DER_SEQUENCE, &digest.data, &digest.len) &&
	    mun_timestamp_span_is(
		&token->digest_algorithm, digest.data, digest.len) &&
	    mun_timestamp_take_span(
		&fields, ALGORITHM_PROTECTION_SIGNATURE, &signature) &&
	    is_done(&fields) &&
	    mun_der_take(&outside, MUN_DER_SEQUENCE, &algorithm) &&
	    mun_timestamp_span_is(&signature, algorithm.data, algorithm.len);
}

/* SigningCertificate(V2) ::= SEQUENCE { certs, policies OPTIONAL }: the first
 * alone, not empty. */
static bool
enter_ess(
    struct mun_timestamp_span *certs, const struct mun_timestamp_span *value)
{
	struct mun_reader all = mun_reader_over(value->data, value->len);
	struct mun_reader fields;

	return mun_der_take(&all, MUN_DER_SEQUENCE, &fields) && is_done(&all) &&
	    mun_timestamp_take_span(&fields, MUN_DER_SEQUENCE, certs) &&
	    is_done(&fields) && certs->len > 0;
}

const char *
mun_timestamp_read_attributes(struct mun_timestamp_token *token)
{
	struct values values = { .value = { { .data = NULL } } };
	const struct mun_timestamp_span *value = values.value;

	if (!take_values(&values, &token->attributes) ||
	    !binds_content(token, &values))
		return "ts.attributes";
	if (value[SIGNING_TIME].data != NULL &&
	    !is_a_time(&value[SIGNING_TIME]))
		return "ts.attributes";
	if (value[ALGORITHM_PROTECTION].data != NULL &&
	    !protects_algorithms(token, &value[ALGORITHM_PROTECTION]))
		return "ts.attributes";
	if (value[ESS_V1].data != NULL &&
	    !enter_ess(&token->ess_v1, &value[ESS_V1]))
		return "ts.attributes";
	if (value[ESS_V2].data != NULL &&
	    !enter_ess(&token->ess_v2, &value[ESS_V2]))
		return "ts.attributes";
	return NULL;
}

/* One ESSCertID or ESSCertIDv2. */
struct identifier {
	enum mun_sha2 hash; /* MUN_SHA2_NONE: SHA-1, the older kind */
	struct mun_timestamp_span digest;
	struct mun_timestamp_span issuer, serial; /* NULL without them */
};

/* IssuerSerial ::= SEQUENCE { GeneralNames, serialNumber }, the names being one
 * directory name. */
static bool
take_issuer_serial(struct identifier *id, struct mun_reader *fields)
{
	struct mun_reader both, names, directory;

	return mun_der_take(fields, MUN_DER_SEQUENCE, &both) &&
	    mun_der_take(&both, MUN_DER_SEQUENCE, &names) &&
	    mun_der_take(&names, MUN_DER_CONTEXT_4, &directory) &&
	    is_done(&names) &&
	    mun_der_take_whole(&directory, MUN_DER_SEQUENCE, &id->issuer.data,
		&id->issuer.len) &&
	    is_done(&directory) &&
	    mun_timestamp_take_span(&both, MUN_DER_INTEGER, &id->serial) &&
	    is_done(&both);
}

/* ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT SHA-256, certHash,
 * issuerSerial OPTIONAL }; the older one has no hashAlgorithm. */
static bool
take_identifier(struct identifier *id, struct mun_reader *certs, bool is_v2)
{
	const struct identifier empty = { .hash = is_v2 ? MUN_SHA2_256
							: MUN_SHA2_NONE };
	struct mun_reader fields;
	struct mun_timestamp_span algorithm;

	*id = empty;
	if (!mun_der_take(certs, MUN_DER_SEQUENCE, &fields))
		return false;
	if (is_v2 && mun_der_next_is(&fields, MUN_DER_SEQUENCE)) {
		if (!mun_der_take_whole(&fields, MUN_DER_SEQUENCE,
			&algorithm.data, &algorithm.len))
			return false;
		id->hash = mun_timestamp_hash_of(&algorithm);
		if (id->hash == MUN_SHA2_NONE)
			return false;
	}
	if (!mun_timestamp_take_span(
		&fields, MUN_DER_OCTET_STRING, &id->digest))
		return false;
	return is_done(&fields) ||
	    (take_issuer_serial(id, &fields) && is_done(&fields));
}

/* SHA-1 only where SHA-256 or better has to hold as well. */
static bool
identifies(
    const struct identifier *id, const struct mun_certificate *certificate)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct mun_timestamp_span der, issuer, serial;
	size_t len = SHA1_LEN;

	der.data = mun_certificate_der(certificate, &der.len);
	if (id->hash != MUN_SHA2_NONE)
		len = hash_with(digest, id->hash, &der);
	else
		MUN_ASSERT(EVP_Digest(der.data, der.len, digest, NULL,
			       EVP_sha1(), NULL) == 1);
	if (!mun_timestamp_span_is(&id->digest, digest, len))
		return false;
	if (id->issuer.data == NULL)
		return true;
	issuer.data = mun_certificate_issuer_der(certificate, &issuer.len);
	serial.data = mun_certificate_serial(certificate, &serial.len);
	return mun_timestamp_span_is(&id->issuer, issuer.data, issuer.len) &&
	    mun_timestamp_span_is(&id->serial, serial.data, serial.len);
}

static bool
identifies_any(const struct identifier *id, const struct mun_chain *path)
{
	for (size_t i = 0; i < path->count; i++) {
		if (identifies(id, path->path[i]))
			return true;
	}
	return false;
}

/* The first identifier is the authority's (path NULL); or all that follow are
 * of the path. */
static bool
list_holds(const struct mun_timestamp_span *list, bool is_v2,
    const struct mun_certificate *authority, const struct mun_chain *path)
{
	struct mun_reader certs = mun_reader_over(list->data, list->len);
	struct identifier id;

	if (!take_identifier(&id, &certs, is_v2))
		return false;
	if (path == NULL)
		return identifies(&id, authority);
	while (!is_done(&certs)) {
		if (!take_identifier(&id, &certs, is_v2) ||
		    !identifies_any(&id, path))
			return false;
	}
	return true;
}

static bool
lists_hold(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority, const struct mun_chain *path)
{
	/* RFC 5816 s2.2.1: ESSCertIDv2 "MUST be used if any hash algorithm
	 * other than SHA-1"; SHA-1 alone binds nothing any more. */
	return token->ess_v2.data != NULL &&
	    list_holds(&token->ess_v2, true, authority, path) &&
	    (token->ess_v1.data == NULL ||
		list_holds(&token->ess_v1, false, authority, path));
}

bool
mun_timestamp_ess_binds(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority)
{
	return lists_hold(token, authority, NULL);
}

bool
mun_timestamp_ess_follows(
    const struct mun_timestamp_token *token, const struct mun_chain *path)
{
	return lists_hold(token, NULL, path);
}
