/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deposit.c - deposit.json: how an archive was made.  Nothing that a person
 * typed, nothing of the machine.
 *
 * Spec: docs/format/archive.md, "metadata/deposit.json".
 */
#include "manifest/manifest_internal.h"

#include <string.h>

#include "base/macros.h"

static const char deposit_format[] = "muniment-deposit/1";

/* The members of `limits`, in their order. */
static const struct {
	const char *key;
	size_t offset;
} limit_keys[] = {
	{ "identify_bytes",
	    offsetof(struct mun_deposit_limits, identify_bytes) },
	{ "inspect_depth", offsetof(struct mun_deposit_limits, inspect_depth) },
	{ "inspect_members",
	    offsetof(struct mun_deposit_limits, inspect_members) },
	{ "inspect_bytes", offsetof(struct mun_deposit_limits, inspect_bytes) },
	{ "inspect_nested_bytes",
	    offsetof(struct mun_deposit_limits, inspect_nested_bytes) },
	{ "inspect_ratio", offsetof(struct mun_deposit_limits, inspect_ratio) },
	{ "inspect_cpu_s", offsetof(struct mun_deposit_limits, inspect_cpu_s) },
};
enum {
	LIMITS_COUNT = sizeof(limit_keys) / sizeof(limit_keys[0])
};

static void
write_limits(
    struct mun_json_writer *json, const struct mun_deposit_limits *limits)
{
	mun_json_begin_object(json);
	for (size_t i = 0; i < LIMITS_COUNT; i++) {
		const uint64_t *limit =
		    (const uint64_t *)(const void *)((const uint8_t *)limits +
			limit_keys[i].offset);

		mun_json_key(json, limit_keys[i].key);
		mun_json_unsigned(json, *limit);
	}
	mun_json_end_object(json);
}

void
mun_deposit_metadata_write(
    const struct mun_deposit_metadata *metadata, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "format");
	mun_json_text(&json, deposit_format);
	mun_json_key(&json, "archive");
	mun_json_text(&json, metadata->archive);
	mun_json_key(&json, "tool");
	mun_json_text(&json, metadata->tool);
	mun_json_key(&json, "algorithms");
	mun_json_begin_array(&json);
	mun_json_text(&json, "sha256");
	mun_json_text(&json, "sha512");
	mun_json_end_array(&json);
	mun_json_key(&json, "documents");
	mun_json_unsigned(&json, metadata->documents);
	mun_json_key(&json, "bytes");
	mun_json_unsigned(&json, metadata->bytes);
	mun_json_key(&json, "members");
	mun_json_unsigned(&json, metadata->members);
	mun_json_key(&json, "findings");
	mun_json_unsigned(&json, metadata->findings);
	mun_json_key(&json, "sandbox");
	mun_json_boolean(&json, metadata->sandbox);
	mun_json_key(&json, "times");
	mun_json_boolean(&json, metadata->times);
	mun_json_key(&json, "limits");
	write_limits(&json, &metadata->limits);
	mun_json_key(&json, "padding_seed");
	mun_json_hex(&json, metadata->padding_seed, MUN_NONCE_LEN);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

static enum mun_status
take_limits(struct mun_deposit_limits *limits, const struct mun_line *line,
    struct mun_error *err)
{
	const struct mun_json_value *object =
	    mun_json_member(line->root, "limits");

	for (size_t i = 0; i < LIMITS_COUNT; i++) {
		uint64_t *limit = (uint64_t *)(void *)((uint8_t *)limits +
		    limit_keys[i].offset);

		if (!mun_json_get_unsigned(object, limit_keys[i].key, limit))
			return mun_line_refuse(line, limit_keys[i].key, err);
	}
	return MUN_OK;
}

static enum mun_status
take_names(struct mun_deposit_metadata *out, const struct mun_line *line,
    struct mun_error *err)
{
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	if (!mun_json_copy_text(
		line->root, "archive", out->archive, sizeof(out->archive)) ||
	    !mun_archive_id_parse(
		out->archive, strlen(out->archive), prefix, &number))
		return mun_line_refuse(line, "archive", err);
	if (!mun_json_copy_text(
		line->root, "tool", out->tool, sizeof(out->tool)) ||
	    out->tool[0] == '\0')
		return mun_line_refuse(line, "tool", err);
	for (const char *c = out->tool; *c != '\0'; c++) {
		if (*c < 0x20 || *c > 0x7e)
			return mun_line_refuse(line, "tool", err);
	}
	return MUN_OK;
}

static enum mun_status
take_metadata(struct mun_deposit_metadata *out, const struct mun_line *line,
    struct mun_error *err)
{
	const struct mun_json_value *root = line->root;
	enum mun_status status;

	MUN_TRY(take_names(out, line, err));
	if (!mun_json_get_unsigned(root, "documents", &out->documents) ||
	    out->documents == 0)
		return mun_line_refuse(line, "documents", err);
	if (!mun_json_get_unsigned(root, "bytes", &out->bytes))
		return mun_line_refuse(line, "bytes", err);
	if (!mun_json_get_unsigned(root, "members", &out->members))
		return mun_line_refuse(line, "members", err);
	if (!mun_json_get_unsigned(root, "findings", &out->findings))
		return mun_line_refuse(line, "findings", err);
	if (!mun_json_get_boolean(root, "sandbox", &out->sandbox))
		return mun_line_refuse(line, "sandbox", err);
	if (!mun_json_get_boolean(root, "times", &out->times))
		return mun_line_refuse(line, "times", err);
	if (!mun_json_get_hex(
		root, "padding_seed", out->padding_seed, MUN_NONCE_LEN))
		return mun_line_refuse(line, "padding_seed", err);
	MUN_TRY(take_limits(&out->limits, line, err));
out:
	return status;
}

enum mun_status
mun_deposit_metadata_parse(struct mun_deposit_metadata *out, const void *bytes,
    size_t len, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX);
	struct mun_line line;
	enum mun_status status;

	*out = (struct mun_deposit_metadata){ .documents = 0 };
	MUN_TRY(mun_line_open_file(
	    &line, "deposit.json", bytes, len, MUN_DEPOSIT_JSON_MAX, err));
	MUN_TRY(take_metadata(out, &line, err));
	mun_deposit_metadata_write(out, &again);
	MUN_TRY(mun_line_compare(&line, &again, err));
out:
	mun_line_close(&line);
	mun_buffer_free(&again);
	return status;
}
