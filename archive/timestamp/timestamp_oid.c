/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_oid.c - object identifiers as octets and as text, and the small
 * steps through DER that the other files share.
 *
 * Spec: X.690 sections 8.3 (INTEGER) and 8.19 (OBJECT IDENTIFIER).
 */
#include <inttypes.h>
#include <string.h>

#include "base/macros.h"
#include "timestamp/timestamp_internal.h"
#include "trust/der.h"

/* 2.16.840.1.101.3.4.2.1 */
const uint8_t mun_timestamp_sha256[9] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x01 };
/* 1.2.840.113549.1.9.16.1.4 */
const uint8_t mun_timestamp_content_type[11] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
	0x0d, 0x01, 0x09, 0x10, 0x01, 0x04 };

/* The next group of seven bits each; the first octet is never 0x80. */
static bool
take_subidentifier(struct mun_reader *reader, uint64_t *number)
{
	const uint8_t *octet;

	*number = 0;
	if (mun_reader_left(reader) > 0 && reader->data[reader->pos] == 0x80)
		return false;
	do {
		if (*number > UINT64_MAX >> 7 ||
		    !mun_reader_take(reader, 1, &octet))
			return false;
		*number = *number << 7 | (octet[0] & 0x7fU);
	} while ((octet[0] & 0x80) != 0);
	return true;
}

bool
mun_timestamp_oid_to_text(
    char text[MUN_TIMESTAMP_POLICY_MAX + 1], const uint8_t *octets, size_t len)
{
	struct mun_reader reader = mun_reader_over(octets, len);
	struct mun_buffer dotted = MUN_BUFFER_INIT(MUN_TIMESTAMP_POLICY_MAX);
	uint64_t number, first;
	bool is_oid = false;

	/* X.690 s8.19.4: the first two numbers are one, 40 x + y. */
	if (!take_subidentifier(&reader, &number))
		goto out;
	first = number < 80 ? number / 40 : 2;
	mun_buffer_append_format(
	    &dotted, "%" PRIu64 ".%" PRIu64, first, number - first * 40);
	while (mun_reader_left(&reader) > 0) {
		if (!take_subidentifier(&reader, &number))
			goto out;
		mun_buffer_append_format(&dotted, ".%" PRIu64, number);
	}
	MUN_ASSERT(dotted.status != MUN_ERR_NOMEM);
	is_oid = dotted.status == MUN_OK;
	for (size_t i = 0; is_oid && i <= dotted.len; i++)
		text[i] = i < dotted.len ? (char)dotted.data[i] : '\0';
out:
	mun_buffer_free(&dotted);
	return is_oid;
}

static void
append_subidentifier(struct mun_buffer *octets, uint64_t number)
{
	int shift = 63;

	while (shift > 0 && number >> shift == 0)
		shift -= 7;
	for (; shift > 0; shift -= 7)
		mun_buffer_append_byte(
		    octets, (uint8_t)(0x80 | (number >> shift & 0x7f)));
	mun_buffer_append_byte(octets, (uint8_t)(number & 0x7f));
}

bool
mun_timestamp_oid_from_text(struct mun_buffer *octets, const char *text)
{
	size_t len = strnlen(text, MUN_TIMESTAMP_POLICY_MAX + 1);
	struct mun_reader reader = mun_reader_over(text, len);
	uint64_t first, number;

	if (len > MUN_TIMESTAMP_POLICY_MAX ||
	    !mun_reader_decimal(&reader, &first) || first > 2 ||
	    !mun_reader_literal(&reader, ".") ||
	    !mun_reader_decimal(&reader, &number) ||
	    number > (first < 2 ? 39 : UINT64_MAX - 80))
		return false;
	append_subidentifier(octets, first * 40 + number);
	while (mun_reader_left(&reader) > 0) {
		if (!mun_reader_literal(&reader, ".") ||
		    !mun_reader_decimal(&reader, &number))
			return false;
		append_subidentifier(octets, number);
	}
	return true;
}

bool
mun_timestamp_is_policy(const char *text)
{
	struct mun_buffer octets = MUN_BUFFER_INIT(MUN_TIMESTAMP_POLICY_MAX);
	bool is_oid = mun_timestamp_oid_from_text(&octets, text);

	MUN_ASSERT(octets.status != MUN_ERR_NOMEM);
	mun_buffer_free(&octets);
	return is_oid;
}

bool
mun_timestamp_span_is(
    const struct mun_timestamp_span *span, const void *bytes, size_t len)
{
	return span->data != NULL && span->len == len &&
	    memcmp(span->data, bytes, len) == 0;
}

bool
mun_timestamp_take_span(
    struct mun_reader *reader, uint8_t tag, struct mun_timestamp_span *contents)
{
	struct mun_reader inside;

	if (!mun_der_take(reader, tag, &inside))
		return false;
	contents->data = inside.data;
	contents->len = inside.len;
	return true;
}

bool
mun_timestamp_take_oid(
    struct mun_reader *reader, const uint8_t *oid, size_t len)
{
	struct mun_timestamp_span found;

	return mun_timestamp_take_span(reader, MUN_DER_OID, &found) &&
	    mun_timestamp_span_is(&found, oid, len);
}

bool
mun_timestamp_take_number(
    struct mun_reader *reader, uint8_t tag, struct mun_timestamp_span *octets)
{
	if (!mun_timestamp_take_span(reader, tag, octets) || octets->len == 0 ||
	    (octets->data[0] & 0x80) != 0)
		return false;
	/* X.690 s8.3.2: no leading zero octet but for the sign's sake. */
	return octets->len == 1 || octets->data[0] != 0 ||
	    (octets->data[1] & 0x80) != 0;
}

enum mun_sha2
mun_timestamp_hash_of(const struct mun_timestamp_span *whole)
{
	struct mun_reader all = mun_reader_over(whole->data, whole->len);
	struct mun_reader fields;
	struct mun_timestamp_span oid, null;
	const size_t last = sizeof(mun_timestamp_sha256) - 1;

	if (!mun_der_take(&all, MUN_DER_SEQUENCE, &fields) ||
	    !mun_timestamp_take_span(&fields, MUN_DER_OID, &oid) ||
	    oid.len != last + 1 ||
	    memcmp(oid.data, mun_timestamp_sha256, last) != 0 ||
	    oid.data[last] < MUN_SHA2_256 || oid.data[last] > MUN_SHA2_512)
		return MUN_SHA2_NONE;
	/* RFC 5754 s2: "Implementations MUST accept ... absent parameters ...
	 * Implementations MUST accept NULL parameters." */
	if (mun_reader_left(&fields) > 0 &&
	    (!mun_timestamp_take_span(&fields, MUN_DER_NULL, &null) ||
		null.len != 0 || mun_reader_left(&fields) > 0))
		return MUN_SHA2_NONE;
	/* They end in 1, 2 and 3. */
	return (enum mun_sha2)oid.data[last];
}
