/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_info.c - TSTInfo, what an authority states.
 *
 * RFC 3161 s2.4.2: TSTInfo ::= SEQUENCE { version 1, policy, messageImprint,
 * serialNumber, genTime, accuracy OPTIONAL, ordering DEFAULT FALSE, nonce
 * OPTIONAL, [0] tsa OPTIONAL, [1] extensions OPTIONAL }.  All of it is signed;
 * strictness here keeps two readers from reading two things.
 */
#include <string.h>

#include "base/time.h"
#include "timestamp/timestamp_internal.h"
#include "trust/der.h"

enum {
	MILLIS_TAG = 0x80,
	MICROS_TAG = 0x81,
	FRACTION_DIGITS_MAX = 9,
	ACCURACY_OCTETS_MAX = 4 /* 68 years; more is no accuracy */
};

static bool
is_done(const struct mun_reader *reader)
{
	return mun_reader_left(reader) == 0;
}

static bool
take_small(struct mun_reader *reader, uint8_t tag, uint32_t *number)
{
	struct mun_timestamp_span octets;

	if (!mun_timestamp_take_number(reader, tag, &octets) ||
	    octets.len > ACCURACY_OCTETS_MAX)
		return false;
	*number = 0;
	for (size_t i = 0; i < octets.len; i++)
		*number = *number << 8 | octets.data[i];
	return true;
}

/* ".123" of ".123Z": X.690 s11.7.3, "the fractional-seconds elements, if
 * present, shall omit all trailing zeros". */
static bool
read_fraction(uint32_t *ns, const uint8_t *digits, size_t len)
{
	uint32_t unit = 100000000;

	if (len == 0 || len > FRACTION_DIGITS_MAX || digits[len - 1] == '0')
		return false;
	*ns = 0;
	for (size_t i = 0; i < len; i++, unit /= 10) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
		*ns += unit * (uint32_t)(digits[i] - '0');
	}
	return true;
}

/* RFC 3161 s2.4.2: YYYYMMDDhhmmss[.s...]Z */
static bool
take_time(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_timestamp_span text;
	char plain[MUN_TIME_TEXT_LEN + 1] = "YYYY-MM-DDThh:mm:ssZ";
	size_t at = 0;

	if (!mun_timestamp_take_span(fields, MUN_DER_GENERALIZED_TIME, &text) ||
	    text.len < 15 || text.data[text.len - 1] != 'Z')
		return false;
	for (size_t i = 0; i < MUN_TIME_TEXT_LEN; i++) {
		if (strchr("YMDhms", plain[i]) != NULL)
			plain[i] = (char)text.data[at++];
	}
	if (!mun_time_parse(&token->time_utc_s, plain, MUN_TIME_TEXT_LEN))
		return false;
	if (text.len == 15)
		return true;
	return text.data[14] == '.' &&
	    read_fraction(&token->time_ns, text.data + 15, text.len - 16);
}

/* Accuracy ::= SEQUENCE { seconds OPTIONAL, [0] millis (1..999) OPTIONAL,
 * [1] micros (1..999) OPTIONAL }; one that says nothing is refused. */
static bool
take_accuracy(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_reader parts;
	uint32_t millis = 0, micros = 0;

	if (!mun_der_next_is(fields, MUN_DER_SEQUENCE))
		return true;
	if (!mun_der_take(fields, MUN_DER_SEQUENCE, &parts) || is_done(&parts))
		return false;
	if (mun_der_next_is(&parts, MUN_DER_INTEGER) &&
	    !take_small(&parts, MUN_DER_INTEGER, &token->accuracy_s))
		return false;
	if (mun_der_next_is(&parts, MILLIS_TAG) &&
	    (!take_small(&parts, MILLIS_TAG, &millis) || millis == 0 ||
		millis > 999))
		return false;
	if (mun_der_next_is(&parts, MICROS_TAG) &&
	    (!take_small(&parts, MICROS_TAG, &micros) || micros == 0 ||
		micros > 999))
		return false;
	token->has_accuracy = true;
	token->accuracy_us = millis * 1000 + micros;
	return is_done(&parts);
}

/* X.690 s11.1 and s11.5: TRUE is 0xff, and a default is left out. */
static bool
take_ordering(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	static const uint8_t yes[] = { 0xff };
	struct mun_timestamp_span value;

	if (!mun_der_next_is(fields, MUN_DER_BOOLEAN))
		return true;
	token->is_ordered = true;
	return mun_timestamp_take_span(fields, MUN_DER_BOOLEAN, &value) &&
	    mun_timestamp_span_is(&value, yes, sizeof(yes));
}

/* tsa is a GeneralName in an explicit tag; only a directory name can be held
 * against the certificate. */
static bool
take_authority_name(
    struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_reader explicit_0, name;

	if (!mun_der_next_is(fields, MUN_DER_CONTEXT_0))
		return true;
	return mun_der_take(fields, MUN_DER_CONTEXT_0, &explicit_0) &&
	    mun_der_take(&explicit_0, MUN_DER_CONTEXT_4, &name) &&
	    is_done(&explicit_0) &&
	    mun_der_take_whole(&name, MUN_DER_SEQUENCE,
		&token->authority_name.data, &token->authority_name.len) &&
	    is_done(&name);
}

/* Extension ::= SEQUENCE { OID, critical DEFAULT FALSE, OCTET STRING }.  Some
 * authorities state there that they are qualified (ETSI EN 319 422); none is
 * understood here, so none may be critical. */
static bool
take_extensions(struct mun_reader *fields)
{
	struct mun_reader list, extension, skipped;

	if (!mun_der_next_is(fields, MUN_DER_CONTEXT_1))
		return true;
	if (!mun_der_take(fields, MUN_DER_CONTEXT_1, &list) || is_done(&list))
		return false;
	while (!is_done(&list)) {
		if (!mun_der_take(&list, MUN_DER_SEQUENCE, &extension) ||
		    !mun_der_take(&extension, MUN_DER_OID, &skipped) ||
		    !mun_der_take(&extension, MUN_DER_OCTET_STRING, &skipped) ||
		    !is_done(&extension))
			return false;
	}
	return true;
}

static bool
take_nonce(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	return !mun_der_next_is(fields, MUN_DER_INTEGER) ||
	    mun_timestamp_take_number(fields, MUN_DER_INTEGER, &token->nonce);
}

static bool
take_policy(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_timestamp_span oid;

	return mun_timestamp_take_span(fields, MUN_DER_OID, &oid) &&
	    mun_timestamp_oid_to_text(token->policy, oid.data, oid.len);
}

/* MessageImprint: SHA-256 and its 32 octets, nothing else. */
static const char *
take_imprint(struct mun_timestamp_token *token, struct mun_reader *fields)
{
	struct mun_reader imprint;
	struct mun_timestamp_span algorithm, hash;

	if (!mun_der_take(fields, MUN_DER_SEQUENCE, &imprint) ||
	    !mun_der_take_whole(
		&imprint, MUN_DER_SEQUENCE, &algorithm.data, &algorithm.len) ||
	    !mun_timestamp_take_span(&imprint, MUN_DER_OCTET_STRING, &hash) ||
	    !is_done(&imprint))
		return "ts.encoding";
	if (mun_timestamp_hash_of(&algorithm) != MUN_SHA2_256)
		return "ts.algorithm";
	if (hash.len != MUN_SHA256_LEN)
		return "ts.encoding";
	memcpy(token->imprint, hash.data, MUN_SHA256_LEN);
	return NULL;
}

const char *
mun_timestamp_read_info(struct mun_timestamp_token *token)
{
	static const uint8_t version_1[] = { 1 };
	struct mun_reader all =
	    mun_reader_over(token->content.data, token->content.len);
	struct mun_reader fields;
	struct mun_timestamp_span version;
	const char *rule;

	if (!mun_der_is_strict(token->content.data, token->content.len) ||
	    !mun_der_take(&all, MUN_DER_SEQUENCE, &fields) ||
	    !mun_timestamp_take_span(&fields, MUN_DER_INTEGER, &version) ||
	    !mun_timestamp_span_is(&version, version_1, sizeof(version_1)) ||
	    !take_policy(token, &fields))
		return "ts.encoding";
	rule = take_imprint(token, &fields);
	if (rule != NULL)
		return rule;
	if (!mun_timestamp_take_number(
		&fields, MUN_DER_INTEGER, &token->serial) ||
	    token->serial.len > MUN_TIMESTAMP_SERIAL_MAX ||
	    !take_time(token, &fields) || !take_accuracy(token, &fields) ||
	    !take_ordering(token, &fields) || !take_nonce(token, &fields) ||
	    !take_authority_name(token, &fields) || !take_extensions(&fields) ||
	    !is_done(&fields))
		return "ts.encoding";
	return NULL;
}
