/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pem.c - PEM, one block at a time.
 *
 * Reading what Muniment stores takes the base64 out, writes the block again and
 * compares, so that the form is defined by the writer alone.  What a person
 * hands over is only looked for.
 */
#include "trust/pem.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

enum {
	LINE_LEN = 64 /* RFC 7468 s2: "exactly 64 characters" */
};

static void
write_boundary(struct mun_buffer *out, const char *word, const char *label)
{
	mun_buffer_append_text(out, word);
	mun_buffer_append_text(out, label);
	mun_buffer_append_text(out, "-----\n");
}

void
mun_pem_write(
    struct mun_buffer *out, const char *label, const void *der, size_t len)
{
	struct mun_buffer base64 = MUN_BUFFER_INIT(out->max);

	mun_buffer_append_base64(&base64, der, len);
	if (base64.status != MUN_OK && out->status == MUN_OK)
		out->status = base64.status;
	write_boundary(out, "-----BEGIN ", label);
	for (size_t at = 0; at < base64.len; at += LINE_LEN) {
		size_t left = base64.len - at;

		mun_buffer_append(
		    out, base64.data + at, left < LINE_LEN ? left : LINE_LEN);
		mun_buffer_append_byte(out, '\n');
	}
	write_boundary(out, "-----END ", label);
	mun_buffer_free(&base64);
}

/* The lines from here up to one that begins with '-', without their ends. */
static bool
collect_base64(struct mun_reader *reader, struct mun_buffer *base64)
{
	const char *line;
	size_t len;

	while (
	    mun_reader_left(reader) > 0 && reader->data[reader->pos] != '-') {
		if (!mun_reader_line(reader, &line, &len))
			return false;
		mun_buffer_append(base64, line, len);
	}
	return mun_reader_line(reader, &line, &len) && base64->status == MUN_OK;
}

bool
mun_pem_take(
    struct mun_reader *reader, const char *label, struct mun_buffer *der)
{
	struct mun_buffer base64 = MUN_BUFFER_INIT(reader->len);
	struct mun_buffer again = MUN_BUFFER_INIT(reader->len);
	struct mun_reader ahead = *reader;
	const size_t before = der->len;
	const char *line;
	size_t len, whole_len;
	bool is_canonical = false;

	if (!mun_reader_line(&ahead, &line, &len) ||
	    !collect_base64(&ahead, &base64) ||
	    !mun_base64_decode(der, mun_buffer_text(&base64), base64.len))
		goto out;
	mun_pem_write(&again, label, der->data + before, der->len - before);
	whole_len = ahead.pos - reader->pos;
	is_canonical = again.status == MUN_OK && again.len == whole_len &&
	    memcmp(again.data, reader->data + reader->pos, whole_len) == 0;
	if (is_canonical)
		*reader = ahead;
	else
		der->len = before;
out:
	mun_buffer_free(&base64);
	mun_buffer_free(&again);
	return is_canonical;
}

/* Where word, label and dashes begin, from at on; len if nowhere. */
static size_t
find_boundary(const struct mun_reader *reader, size_t at, const char *word,
    const char *label, size_t *after)
{
	struct mun_buffer line = MUN_BUFFER_INIT(LINE_LEN);

	/* without the line's end: that may be CR LF */
	write_boundary(&line, word, label);
	MUN_ASSERT(line.status == MUN_OK && line.len > 0);
	line.len--;
	while (at + line.len <= reader->len &&
	    memcmp(reader->data + at, line.data, line.len) != 0)
		at++;
	if (at + line.len > reader->len)
		at = reader->len;
	*after = at + line.len;
	mun_buffer_free(&line);
	return at;
}

bool
mun_pem_find(struct mun_reader *reader, const char *label,
    struct mun_buffer *der, bool *is_damaged)
{
	struct mun_buffer base64 = MUN_BUFFER_INIT(reader->len);
	const size_t before = der->len;
	size_t from, to, after;

	*is_damaged = false;
	if (find_boundary(reader, reader->pos, "-----BEGIN ", label, &from) ==
	    reader->len)
		return false;
	to = find_boundary(reader, from, "-----END ", label, &after);
	*is_damaged = to == reader->len;
	for (size_t at = from; at < to; at++)
		if (reader->data[at] == '\0' ||
		    strchr(" \t\r\n", reader->data[at]) == NULL)
			mun_buffer_append_byte(&base64, reader->data[at]);
	*is_damaged = *is_damaged || base64.status != MUN_OK ||
	    !mun_base64_decode(der, mun_buffer_text(&base64), base64.len) ||
	    der->status != MUN_OK;
	mun_buffer_free(&base64);
	if (*is_damaged)
		der->len = before;
	else
		reader->pos = after;
	return !*is_damaged;
}
