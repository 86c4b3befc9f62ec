/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * results.c - what a check of everything found, one line an archive, beside
 * the log.
 *
 * The event commits to the lines with a Merkle root.  The salt of each line
 * keeps its leaf from being guessed, so that a line can be shown without the
 * others.
 *
 * Spec: docs/format/log.md, Results.
 */
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "json/json_parse.h"
#include "log/detail.h"
#include "log/log_internal.h"
#include "muniment/json.h"

enum {
	LINE_MAX_LEN = 256 /* keys, an id, a word, a salt: 170 at most */
};

void
mun_results_name(char out[MUN_TILE_NAME_MAX], uint64_t seq)
{
	(void)snprintf(out, MUN_TILE_NAME_MAX, "log/results/%06llu.jsonl",
	    (unsigned long long)seq);
}

void
mun_result_write(const struct mun_result *result, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "archive");
	mun_json_text(&json, result->archive);
	mun_json_key(&json, "result");
	mun_json_text(&json,
	    mun_detail_word(MUN_DETAIL_RESULT,
		result->passed ? MUN_OUTCOME_PASSED : MUN_OUTCOME_FAILED));
	mun_json_key(&json, "salt");
	mun_json_hex(&json, result->salt, sizeof(result->salt));
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

static bool
take_line(struct mun_result *out, const struct mun_json_value *root)
{
	char word[16];

	if (root == NULL || !mun_json_is_object(root) ||
	    !mun_json_copy_text(
		root, "archive", out->archive, sizeof(out->archive)) ||
	    !mun_json_copy_text(root, "result", word, sizeof(word)) ||
	    !mun_json_get_hex(root, "salt", out->salt, sizeof(out->salt)))
		return false;
	/* any other word is written as failed, and so is not the same */
	out->passed =
	    strcmp(word,
		mun_detail_word(MUN_DETAIL_RESULT, MUN_OUTCOME_PASSED)) == 0;
	return true;
}

/* Values out, written again, all bytes compared. */
static enum mun_status
parse_line(struct mun_result *out, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(LINE_MAX_LEN);
	struct mun_json *json = NULL;
	enum mun_status status;

	MUN_TRY(mun_json_parse(&json, bytes, len, err));
	if (!take_line(out, mun_json_root(json))) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "results: a line is not one of archive, result and salt");
		goto out;
	}
	mun_result_write(out, &again);
	status = mun_log_same_bytes(&again, bytes, len, "results", err);
out:
	mun_json_free(json);
	mun_buffer_free(&again);
	return status;
}

enum mun_status
mun_results_next(const struct mun_buffer *file, size_t *at,
    struct mun_result *out, struct mun_merkle_frontier *tree,
    struct mun_error *err)
{
	const uint8_t *start = file->data + *at;
	size_t left = file->len - *at;
	size_t most = left < LINE_MAX_LEN ? left : LINE_MAX_LEN;
	const uint8_t *end = memchr(start, '\n', most);
	struct mun_hash leaf;
	enum mun_status status;
	size_t len;

	if (end == NULL)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "results: a line has no end, or is too long");
	len = (size_t)(end - start) + 1;
	MUN_TRY(parse_line(out, start, len, err));
	mun_merkle_leaf(&leaf, start, len);
	mun_merkle_add(tree, &leaf);
	*at += len;
out:
	return status;
}
