/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * statement.c - what people typed about an event, beside the log.
 *
 * The salt keeps a short text from being guessed by its digest, which the
 * entry holds.
 *
 * Spec: docs/format/log.md, Statement.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "json/json_parse.h"
#include "log/detail_form.h"
#include "log/log_internal.h"
#include "muniment/json.h"

#define STATEMENT_FORMAT "muniment-statement/1"

const char *
mun_statement_key(enum mun_statement_field field)
{
	static const char *const keys[MUN_STATEMENT_FIELDS] = {
		[MUN_STATEMENT_CASE] = "case",
		[MUN_STATEMENT_RECEIVED_FROM] = "received_from",
		[MUN_STATEMENT_RECEIVED_ON] = "received_on",
		[MUN_STATEMENT_METHOD] = "method",
		[MUN_STATEMENT_PLACE] = "place",
		[MUN_STATEMENT_PURPOSE] = "purpose",
		[MUN_STATEMENT_LEGAL_BASIS] = "legal_basis",
		[MUN_STATEMENT_NOTE] = "note",
		[MUN_STATEMENT_WHO] = "who",
		[MUN_STATEMENT_CARRIER] = "carrier",
		[MUN_STATEMENT_WITNESS] = "witness",
		[MUN_STATEMENT_MEDIUM] = "medium",
		[MUN_STATEMENT_TOOL] = "tool",
		[MUN_STATEMENT_CHANGES] = "changes",
		[MUN_STATEMENT_REASON] = "reason",
		[MUN_STATEMENT_TITLE] = "title",
		[MUN_STATEMENT_DATE] = "date",
		[MUN_STATEMENT_AUTHOR] = "author",
		[MUN_STATEMENT_RECIPIENT] = "recipient",
		[MUN_STATEMENT_LANGUAGE] = "language",
		[MUN_STATEMENT_TYPE] = "type",
		[MUN_STATEMENT_EXHIBIT] = "exhibit",
		[MUN_STATEMENT_HANDLING] = "handling",
	};

	MUN_ASSERT((size_t)field < MUN_STATEMENT_FIELDS);
	return keys[field];
}

bool
mun_annotation_has(enum mun_statement_field field)
{
	return field == MUN_STATEMENT_CASE || field == MUN_STATEMENT_NOTE ||
	    (field >= MUN_STATEMENT_TITLE && field < MUN_STATEMENT_FIELDS);
}

void
mun_statement_clear(struct mun_statement *statement)
{
	for (size_t i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		free(statement->text[i]);
		statement->text[i] = NULL;
	}
}

void
mun_statement_name(char out[MUN_TILE_NAME_MAX], uint64_t seq)
{
	snprintf(out, MUN_TILE_NAME_MAX, "log/statements/%06llu.json",
	    (unsigned long long)seq);
}

void
mun_statement_write(
    const struct mun_statement *statement, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "format");
	mun_json_text(&json, STATEMENT_FORMAT);
	for (size_t i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		if (statement->text[i] == NULL)
			continue;
		mun_json_key(
		    &json, mun_statement_key((enum mun_statement_field)i));
		mun_json_text(&json, statement->text[i]);
	}
	mun_json_key(&json, "salt");
	mun_json_hex(&json, statement->salt, sizeof(statement->salt));
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

static enum mun_status
take_text(struct mun_statement *out, size_t i,
    const struct mun_json_value *root, struct mun_error *err)
{
	const char *key = mun_statement_key((enum mun_statement_field)i);
	const char *text;
	size_t len;

	if (mun_json_member(root, key) == NULL)
		return MUN_OK;
	text = mun_json_get_text(root, key, &len);
	if (text == NULL)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "statement: '%s' is not text", key);
	out->text[i] = strndup(text, len);
	if (out->text[i] == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for statement");
	return MUN_OK;
}

static enum mun_status
take_statement(struct mun_statement *out, const struct mun_json_value *root,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (root == NULL || !mun_json_is_object(root) ||
	    !mun_json_get_hex(root, "salt", out->salt, sizeof(out->salt)))
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "statement: 'salt' is missing");
	for (size_t i = 0; i < MUN_STATEMENT_FIELDS; i++)
		MUN_TRY(take_text(out, i, root, err));
out:
	return status;
}

enum mun_status
mun_statement_parse(struct mun_statement *out, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	struct mun_json *json = NULL;
	enum mun_status status = MUN_OK;

	*out = (struct mun_statement){ .text = { NULL } };
	if (len > MUN_STATEMENT_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "statement: longer than %d bytes", MUN_STATEMENT_MAX);
	MUN_TRY(mun_json_parse(&json, bytes, len, err));
	MUN_TRY(take_statement(out, mun_json_root(json), err));
	mun_statement_write(out, &again);
	MUN_TRY(mun_log_same_bytes(&again, bytes, len, "statement", err));
out:
	if (status != MUN_OK)
		mun_statement_clear(out);
	mun_json_free(json);
	mun_buffer_free(&again);
	return status;
}
