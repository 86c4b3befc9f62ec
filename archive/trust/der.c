/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * der.c - DER in and out.
 *
 * Writing: an element is opened with its tag only; closing it knows the length
 * and moves the contents up by the length octets.  Objects here are below
 * 64 KiB, so the moving is nothing.  Reading: one function decides what a
 * header may look like, everything else goes through it.
 */
#include "trust/der.h"

#include <string.h>

enum {
	LENGTH_OCTETS_MAX = 5, /* one that counts, four that hold 32 bits */
	CONSTRUCTED = 0x20,
	HIGH_TAG = 0x1f
};

/* X.690 s10.1: "the definite form of length encoding shall be used, encoded in
 * the minimum number of octets." */
static size_t
encode_length(uint8_t octets[LENGTH_OCTETS_MAX], size_t len)
{
	size_t count = 0;

	if (len < 0x80) {
		octets[0] = (uint8_t)len;
		return 1;
	}
	for (size_t rest = len; rest > 0; rest >>= 8)
		count++;
	octets[0] = (uint8_t)(0x80 | count);
	for (size_t i = 0; i < count; i++)
		octets[count - i] = (uint8_t)(len >> (8 * i));
	return 1 + count;
}

size_t
mun_der_open(struct mun_buffer *out, uint8_t tag)
{
	mun_buffer_append_byte(out, tag);
	return out->len;
}

void
mun_der_close(struct mun_buffer *out, size_t mark)
{
	uint8_t octets[LENGTH_OCTETS_MAX];
	size_t contents_len, count;

	if (out->status != MUN_OK)
		return;
	contents_len = out->len - mark;
	/* Buffers of evidence are far below this; a length that would need a
	 * fifth octet is a limit, not a case. */
	if (contents_len > UINT32_MAX) {
		out->status = MUN_ERR_LIMIT;
		return;
	}
	count = encode_length(octets, contents_len);
	if (mun_buffer_reserve(out, count) == NULL)
		return;
	memmove(out->data + mark + count, out->data + mark, contents_len);
	for (size_t i = 0; i < count; i++)
		out->data[mark + i] = octets[i];
	out->len += count;
}

void
mun_der_put(
    struct mun_buffer *out, uint8_t tag, const void *contents, size_t len)
{
	size_t mark = mun_der_open(out, tag);

	mun_buffer_append(out, contents, len);
	mun_der_close(out, mark);
}

/* Length octets at the reader; false if indefinite, not minimal, or too long
 * for anything we hold. */
static bool
take_length(struct mun_reader *reader, size_t *len)
{
	const uint8_t *octets;
	size_t count;

	if (!mun_reader_take(reader, 1, &octets))
		return false;
	if (octets[0] < 0x80) {
		*len = octets[0];
		return true;
	}
	count = octets[0] & 0x7fU;
	if (count == 0 || count > LENGTH_OCTETS_MAX - 1)
		return false;
	if (!mun_reader_take(reader, count, &octets))
		return false;
	*len = 0;
	for (size_t i = 0; i < count; i++)
		*len = (*len << 8) | octets[i];
	return octets[0] != 0 && *len >= 0x80;
}

/* The next element of any one-octet tag. */
static bool
take_any(struct mun_reader *reader, uint8_t *tag, struct mun_reader *contents)
{
	struct mun_reader ahead = *reader;
	const uint8_t *bytes;
	size_t len;

	if (!mun_reader_take(&ahead, 1, &bytes))
		return false;
	*tag = bytes[0];
	if ((*tag & HIGH_TAG) == HIGH_TAG || *tag == 0)
		return false;
	if (!take_length(&ahead, &len) || !mun_reader_take(&ahead, len, &bytes))
		return false;
	*contents = mun_reader_over(bytes, len);
	*reader = ahead;
	return true;
}

bool
mun_der_take(
    struct mun_reader *reader, uint8_t tag, struct mun_reader *contents)
{
	uint8_t found;

	return mun_der_next_is(reader, tag) &&
	    take_any(reader, &found, contents);
}

bool
mun_der_take_whole(struct mun_reader *reader, uint8_t tag,
    const uint8_t **element, size_t *len)
{
	struct mun_reader contents;
	size_t start = reader->pos;

	if (!mun_der_take(reader, tag, &contents))
		return false;
	*element = reader->data + start;
	*len = reader->pos - start;
	return true;
}

bool
mun_der_next_is(const struct mun_reader *reader, uint8_t tag)
{
	return mun_reader_left(reader) > 0 && reader->data[reader->pos] == tag;
}

bool
mun_der_is_strict(const void *der, size_t len)
{
	struct mun_reader levels[MUN_DER_DEPTH_MAX];
	size_t depth = 0;
	uint8_t tag;

	levels[0] = mun_reader_over(der, len);
	if (!take_any(&levels[0], &tag, &levels[1]) ||
	    mun_reader_left(&levels[0]) != 0)
		return false;
	if ((tag & CONSTRUCTED) == 0)
		return true;
	depth = 1;
	while (depth > 0) {
		if (mun_reader_left(&levels[depth]) == 0) {
			depth--;
			continue;
		}
		if (depth + 1 == MUN_DER_DEPTH_MAX)
			return false;
		if (!take_any(&levels[depth], &tag, &levels[depth + 1]))
			return false;
		if ((tag & CONSTRUCTED) != 0)
			depth++;
	}
	return true;
}
