/* SPDX-License-Identifier: BSD-2-Clause */
/* reader.c - a bounded cursor.  Invariant: pos <= len, kept by every step. */
#include "base/reader.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

struct mun_reader
mun_reader_over(const void *bytes, size_t len)
{
	return (struct mun_reader){ .data = bytes, .len = len };
}

size_t
mun_reader_left(const struct mun_reader *reader)
{
	MUN_ASSERT(reader->pos <= reader->len);
	return reader->len - reader->pos;
}

bool
mun_reader_take(struct mun_reader *reader, size_t len, const uint8_t **out)
{
	if (len > mun_reader_left(reader))
		return false;
	*out = len > 0 ? reader->data + reader->pos : reader->data;
	reader->pos += len;
	return true;
}

bool
mun_reader_copy(struct mun_reader *reader, void *out, size_t len)
{
	const uint8_t *bytes;

	if (!mun_reader_take(reader, len, &bytes))
		return false;
	if (len > 0)
		memcpy(out, bytes, len);
	return true;
}

bool
mun_reader_literal(struct mun_reader *reader, const char *text)
{
	size_t len = strlen(text);

	if (len > mun_reader_left(reader))
		return false;
	if (len > 0 && memcmp(reader->data + reader->pos, text, len) != 0)
		return false;
	reader->pos += len;
	return true;
}

bool
mun_reader_line(struct mun_reader *reader, const char **line, size_t *len)
{
	size_t left = mun_reader_left(reader);
	const uint8_t *start;
	const uint8_t *end;

	if (left == 0)
		return false;
	start = reader->data + reader->pos;
	end = memchr(start, '\n', left);
	if (!end)
		return false;
	*line = (const char *)start;
	*len = (size_t)(end - start);
	reader->pos += *len + 1;
	return true;
}

bool
mun_reader_u16(struct mun_reader *reader, uint16_t *out)
{
	const uint8_t *b;

	if (!mun_reader_take(reader, 2, &b))
		return false;
	*out = (uint16_t)(b[0] << 8 | b[1]);
	return true;
}

bool
mun_reader_u64(struct mun_reader *reader, uint64_t *out)
{
	const uint8_t *b;

	if (!mun_reader_take(reader, 8, &b))
		return false;
	*out = 0;
	for (size_t i = 0; i < 8; i++)
		*out = *out << 8 | b[i];
	return true;
}

bool
mun_reader_decimal(struct mun_reader *reader, uint64_t *out)
{
	size_t pos = reader->pos;
	uint64_t value = 0;

	MUN_ASSERT(reader->pos <= reader->len);
	for (; pos < reader->len; pos++) {
		unsigned digit = (unsigned)reader->data[pos] - '0';

		if (digit > 9)
			break;
		if (pos > reader->pos && value == 0)
			return false; /* a leading zero */
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (pos == reader->pos)
		return false;
	*out = value;
	reader->pos = pos;
	return true;
}
