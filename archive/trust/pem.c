/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pem.c - canonical PEM, one block at a time.
 *
 * Reading takes the base64 out, writes the block again and compares, so that
 * the form is defined by the writer alone.
 */
#include "trust/pem.h"

#include <string.h>

#include "base/encoding.h"

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
