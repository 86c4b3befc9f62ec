/* SPDX-License-Identifier: BSD-2-Clause */
/* words.c - what people typed, from a file instead of options. */
#include <string.h>

#include "base/macros.h"
#include "ingest/ingest_internal.h"
#include "json/json_parse.h"

struct target {
	const char *key;
	const char **word;
};

static const char **
find_word(const struct target *targets, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(targets[i].key, key) == 0)
			return targets[i].word;
	}
	return NULL;
}

static enum mun_status
take_value(const char **word, const char *key,
    const struct mun_json_value *value, struct mun_buffer *storage,
    struct mun_error *err)
{
	const char *text;
	size_t len, start = storage->len;

	text = mun_json_string(value, &len);
	if (text == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the statement's '%s' is not text", key);
	if (*word != NULL)
		return MUN_OK;
	mun_buffer_append(storage, text, len);
	mun_buffer_append_byte(storage, '\0');
	*word = (const char *)storage->data + start;
	return mun_buffer_status(storage, "statement", err);
}

static enum mun_status
take_values(struct mun_deposit_words *words, const struct mun_json_value *root,
    struct mun_buffer *storage, struct mun_error *err)
{
	const struct target targets[] = {
		{ "case", &words->case_name },
		{ "received_from", &words->received_from },
		{ "received_on", &words->received_on },
		{ "method", &words->method },
		{ "place", &words->place },
		{ "purpose", &words->purpose },
		{ "legal_basis", &words->legal_basis },
		{ "note", &words->note },
	};
	size_t count = mun_json_count(root);
	enum mun_status status = MUN_OK;

	for (size_t i = 0; status == MUN_OK && i < count; i++) {
		const char *key = mun_json_key_at(root, i);
		const char **word = find_word(
		    targets, sizeof(targets) / sizeof(targets[0]), key);

		if (word != NULL)
			status = take_value(word, key,
			    mun_json_value_at(root, i), storage, err);
		else if (strcmp(key, "format") != 0 && strcmp(key, "salt") != 0)
			status = mun_error_set(
			    err, MUN_ERR_USAGE, "a statement has no '%s'", key);
	}
	return status;
}

enum mun_status
mun_deposit_words_parse(struct mun_deposit_words *words,
    struct mun_buffer *storage, const void *json, size_t json_len,
    struct mun_error *err)
{
	struct mun_json *parsed = NULL;
	enum mun_status status;

	status = mun_json_parse(&parsed, json, json_len, err);
	if (status == MUN_ERR_FORMAT)
		status = mun_error_set(
		    err, MUN_ERR_USAGE, "the statement is not proper JSON");
	if (status != MUN_OK)
		goto out;
	if (!mun_json_is_object(mun_json_root(parsed))) {
		status = mun_error_set(
		    err, MUN_ERR_USAGE, "the statement is not a JSON object");
		goto out;
	}
	/* Room for all texts and their ends now, so that none moves. */
	if (mun_buffer_reserve(storage, json_len + MUN_STATEMENT_FIELDS) ==
	    NULL)
		MUN_TRY(mun_buffer_status(storage, "statement", err));
	status = take_values(words, mun_json_root(parsed), storage, err);
out:
	mun_json_free(parsed);
	return status;
}
