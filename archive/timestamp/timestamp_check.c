/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_check.c - is this token signed by the certificate it names, and is
 * it about these bytes?  No trust yet.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "timestamp/timestamp_internal.h"
#include "trust/der.h"

bool
mun_timestamp_parse_embedded(
    struct mun_timestamp_found *found, const struct mun_timestamp_token *token)
{
	for (size_t i = 0; i < token->certificate_count; i++) {
		enum mun_status status = mun_certificate_from_der(
		    &found->embedded[i], token->certificates[i].data,
		    token->certificates[i].len, NULL);

		/* No memory is no verdict. */
		MUN_ASSERT(status != MUN_ERR_NOMEM);
		if (status != MUN_OK)
			return false;
		found->embedded_count++;
	}
	return true;
}

static bool
is_named(const struct mun_timestamp_token *token,
    const struct mun_certificate *certificate)
{
	struct mun_timestamp_span issuer, serial;

	issuer.data = mun_certificate_issuer_der(certificate, &issuer.len);
	serial.data = mun_certificate_serial(certificate, &serial.len);
	return mun_timestamp_span_is(&token->issuer, issuer.data, issuer.len) &&
	    mun_timestamp_span_is(
		&token->issuer_serial, serial.data, serial.len);
}

bool
mun_timestamp_find_authority(
    struct mun_timestamp_found *found, const struct mun_timestamp_token *token)
{
	size_t count = 0;

	for (size_t i = 0; i < found->embedded_count; i++) {
		if (is_named(token, found->embedded[i])) {
			found->authority = found->embedded[i];
			count++;
		}
	}
	if (count != 1)
		found->authority = NULL;
	return count == 1;
}

/* RFC 3161 s2.4.2: "If present, [tsa] MUST correspond to one of the subject
 * names included in the certificate that is to be used to verify the token." */
static bool
name_is_the_authoritys(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority)
{
	struct mun_timestamp_span subject;

	subject.data = mun_certificate_subject_der(authority, &subject.len);
	return token->authority_name.data == NULL ||
	    mun_timestamp_span_is(
		&token->authority_name, subject.data, subject.len);
}

/* RFC 5652 s5.4: what is signed is the attributes with the tag of a SET in
 * place of [0]. */
static bool
is_signed(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority)
{
	struct mun_buffer message = MUN_BUFFER_INIT(MUN_TIMESTAMP_TOKEN_MAX);
	bool is_verified;

	mun_der_put(&message, MUN_DER_SET, token->attributes.data,
	    token->attributes.len);
	MUN_ASSERT(message.status != MUN_ERR_NOMEM);
	is_verified = message.status == MUN_OK &&
	    mun_certificate_verify_foreign(authority, token->hash, message.data,
		message.len, token->value.data, token->value.len);
	mun_buffer_free(&message);
	return is_verified;
}

/* The signature algorithm's family has to be that of the key: RSA identifiers
 * begin with 30 0d, ECDSA ones with 30 0a; and only an ECDSA value is a
 * SEQUENCE of the right form, which verifying sees to. */
static bool
family_is_the_keys(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority)
{
	bool is_rsa = token->signature_algorithm.data[1] == 0x0d;

	return mun_certificate_has_rsa_key(authority) == is_rsa;
}

static const char *
check_query(const struct mun_timestamp_token *token,
    const struct mun_timestamp_query *query)
{
	if (!mun_bytes_equal(token->imprint, query->imprint, MUN_SHA256_LEN))
		return "ts.imprint";
	/* Neither begins with a zero octet that the other lacks: both are
	 * INTEGERs in the fewest octets. */
	if (!mun_timestamp_span_is(
		&token->nonce, query->nonce, MUN_TIMESTAMP_NONCE_LEN))
		return "ts.nonce";
	if (query->policy[0] != '\0' &&
	    strcmp(query->policy, token->policy) != 0)
		return "ts.policy";
	return NULL;
}

const char *
mun_timestamp_check_by(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority,
    const uint8_t imprint[MUN_SHA256_LEN],
    const struct mun_timestamp_query *query)
{
	const char *unfit = mun_chain_unfit(authority);

	if (unfit != NULL)
		return strcmp(unfit, "chain.eku") == 0 ? "ts.eku"
						       : "ts.algorithm";
	if (!family_is_the_keys(token, authority))
		return "ts.algorithm";
	if (!mun_timestamp_ess_binds(token, authority))
		return "ts.ess";
	if (!name_is_the_authoritys(token, authority))
		return "ts.signer";
	if (!is_signed(token, authority))
		return "ts.signature";
	if (!mun_bytes_equal(token->imprint, imprint, MUN_SHA256_LEN))
		return "ts.imprint";
	return query == NULL ? NULL : check_query(token, query);
}

const char *
mun_timestamp_check(const struct mun_timestamp_token *token,
    const uint8_t imprint[MUN_SHA256_LEN],
    const struct mun_timestamp_query *query)
{
	struct mun_timestamp_found found = { .rule = NULL };
	const char *rule = "ts.encoding";

	if (mun_timestamp_parse_embedded(&found, token)) {
		rule = mun_timestamp_find_authority(&found, token)
		    ? mun_timestamp_check_by(
			  token, found.authority, imprint, query)
		    : "ts.signer";
	}
	mun_timestamp_found_clear(&found);
	return rule;
}
