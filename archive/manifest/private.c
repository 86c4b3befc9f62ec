/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * private.c - the salted lines about a document's name, path, times and
 * description: each can be opened in a disclosure without the others.
 *
 * Spec: docs/format/archive.md, "metadata/private.jsonl".
 */
#include "manifest/manifest_internal.h"

#include <string.h>

#include "base/macros.h"
#include "muniment/text.h"

enum {
	NANOSECONDS_MAX = 999999999
};

static const char *const field_names[MUN_PRIVATE_FIELDS] = { "name", "path",
	"times", "description" };

void
mun_private_write(const struct mun_private *line, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "n");
	mun_json_unsigned(&json, line->number);
	mun_json_key(&json, "field");
	mun_json_text(&json, field_names[line->field]);
	switch (line->field) {
	case MUN_PRIVATE_NAME:
	case MUN_PRIVATE_PATH:
		mun_line_put_bytes(
		    &json, "bytes_b64", "text", line->bytes, line->len);
		break;
	case MUN_PRIVATE_TIMES:
		mun_json_key(&json, "modified_s");
		mun_json_signed(&json, line->modified_s);
		mun_json_key(&json, "modified_ns");
		mun_json_unsigned(&json, line->modified_ns);
		break;
	case MUN_PRIVATE_DESCRIPTION:
		mun_json_key(&json, "text");
		mun_json_text_len(&json, (const char *)line->bytes, line->len);
		break;
	case MUN_PRIVATE_FIELDS:
	default:
		MUN_ASSERT(false);
	}
	mun_json_key(&json, "salt");
	mun_json_hex(&json, line->salt, MUN_NONCE_LEN);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

static bool
take_field(enum mun_private_field *field, const struct mun_line *line)
{
	char name[16];

	if (!mun_json_copy_text(line->root, "field", name, sizeof(name)))
		return false;
	for (int i = 0; i < MUN_PRIVATE_FIELDS; i++) {
		if (strcmp(name, field_names[i]) == 0) {
			*field = (enum mun_private_field)i;
			return true;
		}
	}
	return false;
}

static enum mun_status
take_name(struct mun_private *out, struct mun_buffer *scratch,
    const struct mun_line *line, struct mun_error *err)
{
	size_t offset;
	enum mun_status status;

	MUN_TRY(mun_line_take_bytes(
	    line, scratch, "bytes_b64", &offset, &out->len, err));
	out->bytes = scratch->data + offset;
	if (!mun_path_is_below(out->bytes, out->len) ||
	    (out->field == MUN_PRIVATE_NAME &&
		memchr(out->bytes, '/', out->len) != NULL))
		status = mun_line_refuse(line, "bytes_b64", err);
out:
	return status;
}

static enum mun_status
take_times(
    struct mun_private *out, const struct mun_line *line, struct mun_error *err)
{
	const struct mun_json_value *seconds =
	    mun_json_member(line->root, "modified_s");
	uint64_t nanoseconds;

	if (seconds == NULL || !mun_json_integer(seconds, &out->modified_s))
		return mun_line_refuse(line, "modified_s", err);
	if (!mun_json_get_unsigned(line->root, "modified_ns", &nanoseconds) ||
	    nanoseconds > NANOSECONDS_MAX)
		return mun_line_refuse(line, "modified_ns", err);
	out->modified_ns = (uint32_t)nanoseconds;
	return MUN_OK;
}

/* Well-formed UTF-8 without C0 controls, DEL and C1 controls (C2 80 to 9F). */
static bool
is_description(const char *text, size_t len)
{
	if (len == 0 || len > MUN_DESCRIPTION_MAX ||
	    !mun_text_is_utf8(text, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)text[i];

		if (byte < 0x20 || byte == 0x7f)
			return false;
		if (byte == 0xc2 && (uint8_t)text[i + 1] < 0xa0)
			return false;
	}
	return true;
}

static enum mun_status
take_description(struct mun_private *out, struct mun_buffer *scratch,
    const struct mun_line *line, struct mun_error *err)
{
	const char *text = mun_json_get_text(line->root, "text", &out->len);

	if (text == NULL || !is_description(text, out->len))
		return mun_line_refuse(line, "text", err);
	mun_buffer_append(scratch, text, out->len);
	mun_buffer_append_byte(scratch, '\0');
	out->bytes = scratch->data;
	return mun_buffer_status(scratch, "text", err);
}

static enum mun_status
take_private(struct mun_private *out, struct mun_buffer *scratch,
    const struct mun_line *line, struct mun_error *err)
{
	if (!mun_json_get_unsigned(line->root, "n", &out->number) ||
	    out->number == 0)
		return mun_line_refuse(line, "n", err);
	if (!mun_json_get_hex(line->root, "salt", out->salt, MUN_NONCE_LEN))
		return mun_line_refuse(line, "salt", err);
	if (!take_field(&out->field, line))
		return mun_line_refuse(line, "field", err);
	if (out->field == MUN_PRIVATE_TIMES)
		return take_times(out, line, err);
	if (out->field == MUN_PRIVATE_DESCRIPTION)
		return take_description(out, scratch, line, err);
	return take_name(out, scratch, line, err);
}

enum mun_status
mun_private_parse(struct mun_private *out, struct mun_buffer *scratch,
    const char *bytes, size_t len, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_line line;
	enum mun_status status;

	*out = (struct mun_private){ .number = 0 };
	mun_buffer_reset(scratch);
	MUN_TRY(mun_line_open(&line, "private line", bytes, len, err));
	MUN_TRY(take_private(out, scratch, &line, err));
	mun_private_write(out, &again);
	MUN_TRY(mun_line_compare(&line, &again, err));
out:
	mun_line_close(&line);
	mun_buffer_free(&again);
	return status;
}
