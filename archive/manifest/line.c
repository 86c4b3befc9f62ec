/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line.c - the frame of every strict parser.  The JSON library need not be
 * strict: what it understood is written again and must be the same bytes.
 *
 * Spec: docs/format/json.md.
 */
#include "manifest/manifest_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "muniment/text.h"

enum mun_status
mun_line_open(struct mun_line *line, const char *what, const char *bytes,
    size_t len, struct mun_error *err)
{
	enum mun_status status;

	*line = (struct mun_line){ .what = what, .bytes = bytes, .len = len };
	if (len > MUN_LINE_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the %s is longer than %d bytes", what, MUN_LINE_MAX);
	status = mun_json_parse(&line->json, bytes, len, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "the %s", what);
		return status;
	}
	line->root = mun_json_root(line->json);
	if (!mun_json_is_object(line->root))
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "the %s is not a JSON object", what);
	return MUN_OK;
}

enum mun_status
mun_line_open_file(struct mun_line *line, const char *what, const char *bytes,
    size_t len, size_t max, struct mun_error *err)
{
	*line = (struct mun_line){ .what = what };
	if (len > max)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the %s is longer than %zu bytes", what, max);
	if (len == 0 || bytes[len - 1] != '\n')
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the %s does not end with a line feed", what);
	return mun_line_open(line, what, bytes, len - 1, err);
}

enum mun_status
mun_line_compare(const struct mun_line *line, const struct mun_buffer *written,
    struct mun_error *err)
{
	size_t same = 0;

	if (written->status == MUN_ERR_NOMEM)
		return mun_buffer_status(written, line->what, err);
	/* Too long for a line, or no JSON: not this line, in any case. */
	if (written->status != MUN_OK || written->len == 0)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the %s has no form that is allowed", line->what);
	if (written->len - 1 == line->len &&
	    memcmp(written->data, line->bytes, line->len) == 0)
		return MUN_OK;
	while (same < line->len && same < written->len - 1 &&
	    written->data[same] == (uint8_t)line->bytes[same])
		same++;
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "the %s is not in the one form allowed, from its byte %zu on",
	    line->what, same);
}

enum mun_status
mun_line_refuse(
    const struct mun_line *line, const char *key, struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "the %s has no acceptable '%s'", line->what, key);
}

void
mun_line_close(struct mun_line *line)
{
	mun_json_free(line->json);
	*line = (struct mun_line){ .what = line->what };
}

enum mun_status
mun_line_take_bytes(const struct mun_line *line, struct mun_buffer *scratch,
    const char *key, size_t *offset, size_t *len, struct mun_error *err)
{
	size_t text_len;
	const char *text = mun_json_get_text(line->root, key, &text_len);
	bool is_base64;

	*offset = scratch->len;
	is_base64 = text != NULL && mun_base64_decode(scratch, text, text_len);
	if (!is_base64 && scratch->status == MUN_OK)
		return mun_line_refuse(line, key, err);
	*len = scratch->len - *offset;
	mun_buffer_append_byte(scratch, '\0');
	return mun_buffer_status(scratch, key, err);
}

void
mun_line_put_bytes(struct mun_json_writer *json, const char *b64_key,
    const char *text_key, const uint8_t *bytes, size_t len)
{
	mun_json_key(json, b64_key);
	mun_json_base64(json, bytes, len);
	if (mun_text_is_utf8(bytes, len)) {
		mun_json_key(json, text_key);
		mun_json_text_len(json, (const char *)bytes, len);
	}
}

bool
mun_path_bytes_fit(const uint8_t *path, size_t len)
{
	return len >= 1 && len <= MUN_PATH_MAX && memchr(path, 0, len) == NULL;
}

bool
mun_path_is_below(const uint8_t *path, size_t len)
{
	size_t start = 0;

	if (!mun_path_bytes_fit(path, len))
		return false;
	for (size_t i = 0; i <= len; i++) {
		size_t component = i - start;

		if (i < len && path[i] != '/')
			continue;
		if (component == 0 ||
		    (component <= 2 &&
			memcmp(path + start, "..", component) == 0))
			return false;
		start = i + 1;
	}
	return true;
}
