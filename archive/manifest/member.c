/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * member.c - the fingerprint of a file found inside a container document.
 *
 * Spec: docs/format/archive.md, "metadata/members.jsonl".
 */
#include "manifest/manifest_internal.h"

#include "base/macros.h"

void
mun_member_write(const struct mun_member *member, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "n");
	mun_json_unsigned(&json, member->document);
	mun_json_key(&json, "m");
	mun_json_unsigned(&json, member->number);
	mun_json_key(&json, "in");
	mun_json_unsigned(&json, member->container);
	mun_line_put_bytes(
	    &json, "name_b64", "name", member->name, member->name_len);
	mun_json_key(&json, "size");
	mun_json_unsigned(&json, member->size);
	mun_json_key(&json, "sha256");
	mun_json_hex(&json, member->digests.sha256, MUN_SHA256_LEN);
	mun_json_key(&json, "sha512");
	mun_json_hex(&json, member->digests.sha512, MUN_SHA512_LEN);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

static bool
take_u32(const struct mun_line *line, const char *key, uint32_t *out)
{
	uint64_t number;

	if (!mun_json_get_unsigned(line->root, key, &number) ||
	    number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

static enum mun_status
take_member(struct mun_member *out, struct mun_buffer *scratch,
    const struct mun_line *line, struct mun_error *err)
{
	enum mun_status status;
	size_t offset;

	if (!mun_json_get_unsigned(line->root, "n", &out->document) ||
	    out->document == 0)
		return mun_line_refuse(line, "n", err);
	if (!take_u32(line, "m", &out->number) || out->number == 0)
		return mun_line_refuse(line, "m", err);
	/* A container comes before what lies in it. */
	if (!take_u32(line, "in", &out->container) ||
	    out->container >= out->number)
		return mun_line_refuse(line, "in", err);
	if (!mun_json_get_unsigned(line->root, "size", &out->size))
		return mun_line_refuse(line, "size", err);
	if (!mun_json_get_hex(
		line->root, "sha256", out->digests.sha256, MUN_SHA256_LEN))
		return mun_line_refuse(line, "sha256", err);
	if (!mun_json_get_hex(
		line->root, "sha512", out->digests.sha512, MUN_SHA512_LEN))
		return mun_line_refuse(line, "sha512", err);
	MUN_TRY(mun_line_take_bytes(
	    line, scratch, "name_b64", &offset, &out->name_len, err));
	if (out->name_len > MUN_PATH_MAX)
		return mun_line_refuse(line, "name_b64", err);
	out->name = scratch->data + offset;
out:
	return status;
}

enum mun_status
mun_member_parse(struct mun_member *out, struct mun_buffer *scratch,
    const char *bytes, size_t len, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_line line;
	enum mun_status status;

	*out = (struct mun_member){ .document = 0 };
	mun_buffer_reset(scratch);
	MUN_TRY(mun_line_open(&line, "member line", bytes, len, err));
	MUN_TRY(take_member(out, scratch, &line, err));
	mun_member_write(out, &again);
	MUN_TRY(mun_line_compare(&line, &again, err));
out:
	mun_line_close(&line);
	mun_buffer_free(&again);
	return status;
}
