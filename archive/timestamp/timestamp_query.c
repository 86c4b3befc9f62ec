/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_query.c - the one query that Muniment sends.
 *
 * RFC 3161 s2.4.1: TimeStampReq ::= SEQUENCE { version, messageImprint,
 * reqPolicy OPTIONAL, nonce OPTIONAL, certReq DEFAULT FALSE, extensions }.
 * The imprint's algorithm has NULL parameters, as `openssl ts -query` writes
 * them.  Reading takes imprint, policy and nonce out and writes again.
 */
#include <string.h>

#include "base/macros.h"
#include "timestamp/timestamp_internal.h"
#include "trust/der.h"

static const uint8_t version_1[] = { 1 };
static const uint8_t yes[] = { 0xff };

static bool
nonce_is_ours(const uint8_t nonce[MUN_TIMESTAMP_NONCE_LEN])
{
	return (nonce[0] & 0xc0) == 0x40;
}

static void
write_imprint(struct mun_buffer *out, const struct mun_timestamp_query *query)
{
	size_t imprint = mun_der_open(out, MUN_DER_SEQUENCE);
	size_t algorithm = mun_der_open(out, MUN_DER_SEQUENCE);

	mun_der_put(out, MUN_DER_OID, mun_timestamp_sha256,
	    sizeof(mun_timestamp_sha256));
	mun_der_put(out, MUN_DER_NULL, "", 0);
	mun_der_close(out, algorithm);
	mun_der_put(out, MUN_DER_OCTET_STRING, query->imprint, MUN_SHA256_LEN);
	mun_der_close(out, imprint);
}

void
mun_timestamp_query_write(
    struct mun_buffer *out, const struct mun_timestamp_query *query)
{
	size_t whole = mun_der_open(out, MUN_DER_SEQUENCE);

	MUN_ASSERT(nonce_is_ours(query->nonce));
	mun_der_put(out, MUN_DER_INTEGER, version_1, sizeof(version_1));
	write_imprint(out, query);
	if (query->policy[0] != '\0') {
		size_t policy = mun_der_open(out, MUN_DER_OID);

		MUN_ASSERT(mun_timestamp_oid_from_text(out, query->policy));
		mun_der_close(out, policy);
	}
	mun_der_put(
	    out, MUN_DER_INTEGER, query->nonce, MUN_TIMESTAMP_NONCE_LEN);
	mun_der_put(out, MUN_DER_BOOLEAN, yes, sizeof(yes));
	mun_der_close(out, whole);
}

static bool
find_parts(struct mun_timestamp_query *query, const void *der, size_t der_len)
{
	struct mun_reader all = mun_reader_over(der, der_len);
	struct mun_reader fields, imprint, skipped;
	struct mun_timestamp_span hash, policy, nonce;

	if (!mun_der_take(&all, MUN_DER_SEQUENCE, &fields) ||
	    !mun_der_take(&fields, MUN_DER_INTEGER, &skipped) ||
	    !mun_der_take(&fields, MUN_DER_SEQUENCE, &imprint) ||
	    !mun_der_take(&imprint, MUN_DER_SEQUENCE, &skipped) ||
	    !mun_timestamp_take_span(&imprint, MUN_DER_OCTET_STRING, &hash) ||
	    hash.len != MUN_SHA256_LEN)
		return false;
	if (mun_der_next_is(&fields, MUN_DER_OID) &&
	    (!mun_timestamp_take_span(&fields, MUN_DER_OID, &policy) ||
		!mun_timestamp_oid_to_text(
		    query->policy, policy.data, policy.len)))
		return false;
	if (!mun_timestamp_take_span(&fields, MUN_DER_INTEGER, &nonce) ||
	    nonce.len != MUN_TIMESTAMP_NONCE_LEN || !nonce_is_ours(nonce.data))
		return false;
	memcpy(query->imprint, hash.data, MUN_SHA256_LEN);
	memcpy(query->nonce, nonce.data, MUN_TIMESTAMP_NONCE_LEN);
	return true;
}

const char *
mun_timestamp_query_read(
    struct mun_timestamp_query *query, const void *der, size_t der_len)
{
	const struct mun_timestamp_query empty = { .policy = "" };
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
	bool is_same = false;

	*query = empty;
	if (der_len <= MUN_TIMESTAMP_QUERY_MAX &&
	    find_parts(query, der, der_len)) {
		mun_timestamp_query_write(&again, query);
		MUN_ASSERT(again.status != MUN_ERR_NOMEM);
		is_same = again.status == MUN_OK && again.len == der_len &&
		    memcmp(again.data, der, der_len) == 0;
		mun_buffer_free(&again);
	}
	if (is_same)
		return NULL;
	*query = empty;
	return "ts.query";
}
