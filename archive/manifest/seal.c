/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seal.c - seal.json, the statement that is signed.
 *
 * Spec: docs/format/archive.md, "seal/seal.json".
 */
#include "manifest/manifest_internal.h"

#include <string.h>

#include "base/macros.h"
#include "base/time.h"

static const char seal_format[] = "muniment-archive/1";

void
mun_seal_write(const struct mun_seal *seal, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);
	char sealed_at[MUN_TIME_TEXT_LEN + 1] = "";

	/* Outside its years the text stays empty, which no parser accepts. */
	(void)mun_time_format(sealed_at, seal->sealed_at_utc_s);
	mun_json_begin_object(&json);
	mun_json_key(&json, "format");
	mun_json_text(&json, seal_format);
	mun_json_key(&json, "origin");
	mun_json_text(&json, seal->origin);
	mun_json_key(&json, "vault");
	mun_json_hex(&json, seal->vault, MUN_SHA256_LEN);
	mun_json_key(&json, "archive");
	mun_json_text(&json, seal->archive);
	mun_json_key(&json, "after");
	mun_json_hex(&json, seal->after, MUN_SHA256_LEN);
	mun_json_key(&json, "sealed_at");
	mun_json_text(&json, sealed_at);
	mun_json_key(&json, "complete");
	mun_json_boolean(&json, seal->complete);
	mun_json_key(&json, "document_root");
	mun_json_hex(&json, seal->document_root.bytes, MUN_SHA256_LEN);
	mun_json_key(&json, "tagmanifest_sha256");
	mun_json_hex(&json, seal->tagmanifest_sha256, MUN_SHA256_LEN);
	mun_json_key(&json, "tagmanifest_sha512");
	mun_json_hex(&json, seal->tagmanifest_sha512, MUN_SHA512_LEN);
	mun_json_key(&json, "nonce");
	mun_json_hex(&json, seal->nonce, MUN_NONCE_LEN);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

bool
mun_origin_is_valid(const char *origin)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._/-";
	size_t len = strlen(origin);

	return len >= 1 && len <= MUN_ORIGIN_MAX &&
	    strspn(origin, allowed) == len;
}

static enum mun_status
take_digests(
    struct mun_seal *out, const struct mun_line *line, struct mun_error *err)
{
	const struct {
		const char *key;
		uint8_t *to;
		size_t len;
	} digests[] = {
		{ "vault", out->vault, MUN_SHA256_LEN },
		{ "after", out->after, MUN_SHA256_LEN },
		{ "document_root", out->document_root.bytes, MUN_SHA256_LEN },
		{ "tagmanifest_sha256", out->tagmanifest_sha256,
		    MUN_SHA256_LEN },
		{ "tagmanifest_sha512", out->tagmanifest_sha512,
		    MUN_SHA512_LEN },
		{ "nonce", out->nonce, MUN_NONCE_LEN },
	};

	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		if (!mun_json_get_hex(line->root, digests[i].key, digests[i].to,
			digests[i].len))
			return mun_line_refuse(line, digests[i].key, err);
	}
	return MUN_OK;
}

static enum mun_status
take_seal(
    struct mun_seal *out, const struct mun_line *line, struct mun_error *err)
{
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	if (!mun_json_copy_text(
		line->root, "origin", out->origin, sizeof(out->origin)) ||
	    !mun_origin_is_valid(out->origin))
		return mun_line_refuse(line, "origin", err);
	if (!mun_json_copy_text(
		line->root, "archive", out->archive, sizeof(out->archive)) ||
	    !mun_archive_id_parse(
		out->archive, strlen(out->archive), prefix, &number))
		return mun_line_refuse(line, "archive", err);
	if (!mun_json_get_time(line->root, "sealed_at", &out->sealed_at_utc_s))
		return mun_line_refuse(line, "sealed_at", err);
	if (!mun_json_get_boolean(line->root, "complete", &out->complete))
		return mun_line_refuse(line, "complete", err);
	return take_digests(out, line, err);
}

enum mun_status
mun_seal_parse(
    struct mun_seal *out, const void *bytes, size_t len, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_SEAL_MAX);
	struct mun_line line;
	enum mun_status status;

	*out = (struct mun_seal){ .complete = false };
	MUN_TRY(mun_line_open_file(
	    &line, "seal.json", bytes, len, MUN_SEAL_MAX, err));
	MUN_TRY(take_seal(out, &line, err));
	mun_seal_write(out, &again);
	MUN_TRY(mun_line_compare(&line, &again, err));
out:
	mun_line_close(&line);
	mun_buffer_free(&again);
	return status;
}
