/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.c - the line that describes one document: a leaf of the document
 * root, and what a disclosure opens.
 *
 * Spec: docs/format/archive.md, "metadata/documents.jsonl".
 */
#include "manifest/manifest_internal.h"

#include <string.h>

#include "base/macros.h"

static const char *const private_keys[MUN_PRIVATE_FIELDS] = { "name", "path",
	"times", "description" };

void
mun_record_write(const struct mun_record *record, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "n");
	mun_json_unsigned(&json, record->number);
	mun_json_key(&json, "file");
	mun_json_text(&json, record->file);
	mun_json_key(&json, "size");
	mun_json_unsigned(&json, record->size);
	mun_json_key(&json, "sha256");
	mun_json_hex(&json, record->digests.sha256, MUN_SHA256_LEN);
	mun_json_key(&json, "sha512");
	mun_json_hex(&json, record->digests.sha512, MUN_SHA512_LEN);
	mun_json_key(&json, "media_type");
	mun_json_text(&json, record->media_type);
	mun_json_key(&json, "private");
	mun_json_begin_object(&json);
	for (int i = 0; i < MUN_PRIVATE_FIELDS; i++) {
		if (!record->has_private[i])
			continue;
		mun_json_key(&json, private_keys[i]);
		mun_json_hex(&json, record->private_sha256[i], MUN_SHA256_LEN);
	}
	mun_json_end_object(&json);
	mun_json_key(&json, "salt");
	mun_json_hex(&json, record->salt, MUN_NONCE_LEN);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

/* data/ and a flat ASCII name; which name, the reader of an archive knows. */
static bool
is_payload_file(const char *file)
{
	static const char allowed[] = "0123456789-."
				      "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return strncmp(file, "data/", 5) == 0 && file[5] != '\0' &&
	    file[5] != '.' && file[5 + strspn(file + 5, allowed)] == '\0';
}

static bool
is_media_type(const char *type)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				      ".+_-";
	size_t half = strspn(type, allowed);
	size_t rest;

	if (half == 0 || type[half] != '/')
		return false;
	rest = strspn(type + half + 1, allowed);
	return rest > 0 && type[half + 1 + rest] == '\0';
}

static enum mun_status
take_private(struct mun_record *record, const struct mun_line *line,
    struct mun_error *err)
{
	const struct mun_json_value *private_digests =
	    mun_json_member(line->root, "private");

	if (private_digests == NULL || !mun_json_is_object(private_digests))
		return mun_line_refuse(line, "private", err);
	for (int i = 0; i < MUN_PRIVATE_FIELDS; i++) {
		const char *key = private_keys[i];
		bool must_be = i == MUN_PRIVATE_NAME || i == MUN_PRIVATE_PATH;

		record->has_private[i] =
		    mun_json_member(private_digests, key) != NULL;
		if (!record->has_private[i] && !must_be)
			continue;
		if (!mun_json_get_hex(private_digests, key,
			record->private_sha256[i], MUN_SHA256_LEN))
			return mun_line_refuse(line, key, err);
	}
	return MUN_OK;
}

static enum mun_status
take_record(struct mun_record *record, const struct mun_line *line,
    struct mun_error *err)
{
	const struct mun_json_value *root = line->root;

	if (!mun_json_get_unsigned(root, "n", &record->number) ||
	    record->number == 0)
		return mun_line_refuse(line, "n", err);
	if (!mun_json_copy_text(
		root, "file", record->file, sizeof(record->file)) ||
	    !is_payload_file(record->file))
		return mun_line_refuse(line, "file", err);
	if (!mun_json_get_unsigned(root, "size", &record->size))
		return mun_line_refuse(line, "size", err);
	if (!mun_json_get_hex(
		root, "sha256", record->digests.sha256, MUN_SHA256_LEN))
		return mun_line_refuse(line, "sha256", err);
	if (!mun_json_get_hex(
		root, "sha512", record->digests.sha512, MUN_SHA512_LEN))
		return mun_line_refuse(line, "sha512", err);
	if (!mun_json_copy_text(root, "media_type", record->media_type,
		sizeof(record->media_type)) ||
	    !is_media_type(record->media_type))
		return mun_line_refuse(line, "media_type", err);
	if (!mun_json_get_hex(root, "salt", record->salt, MUN_NONCE_LEN))
		return mun_line_refuse(line, "salt", err);
	return take_private(record, line, err);
}

enum mun_status
mun_record_parse(struct mun_record *record, const char *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_line line;
	enum mun_status status;

	*record = (struct mun_record){ .number = 0 };
	MUN_TRY(mun_line_open(&line, "record", bytes, len, err));
	MUN_TRY(take_record(record, &line, err));
	mun_record_write(record, &again);
	MUN_TRY(mun_line_compare(&line, &again, err));
out:
	mun_line_close(&line);
	mun_buffer_free(&again);
	return status;
}
