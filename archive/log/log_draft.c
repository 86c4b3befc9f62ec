/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_draft.c - from what happened to a signed entry, before anything is
 * stored.
 *
 * The entry is judged by the verifier's own path: what would not verify is
 * never put into a log.
 *
 * Spec: docs/format/log.md, Event and Entry.
 */
#include <string.h>

#include "base/macros.h"
#include "base/system.h"
#include "base/time.h"
#include "digest/digest.h"
#include "json/json_parse.h"
#include "log/detail.h"
#include "log/log_internal.h"
#include "muniment/json.h"
#include "muniment/keys.h"
#include "muniment/text.h"
#include "signature/signature.h"

void
mun_log_commit_clear(struct mun_log_commit *commit)
{
	mun_certificate_free(commit->certificate);
	commit->certificate = NULL;
	mun_buffer_free(&commit->statement);
	mun_buffer_free(&commit->entry);
	mun_buffer_free(&commit->checkpoint);
}

enum mun_status
mun_log_draft_certificate(struct mun_log_commit *commit, struct mun_error *err)
{
	const char *pem = mun_signer_certificate_pem(commit->signer);

	return mun_certificate_from_pem(
	    &commit->certificate, pem, strlen(pem), true, err);
}

/* People type it on terminals of any encoding. */
static enum mun_status
check_typed(const struct mun_statement *statement, struct mun_error *err)
{
	for (size_t i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		const char *text = statement->text[i];

		if (text != NULL && !mun_text_is_utf8(text, strlen(text)))
			return mun_error_set(err, MUN_ERR_USAGE,
			    "statement: '%s' is not UTF-8",
			    mun_statement_key((enum mun_statement_field)i));
	}
	return MUN_OK;
}

enum mun_status
mun_log_draft_statement(struct mun_log_commit *commit, struct mun_event *event,
    const struct mun_statement *statement, struct mun_error *err)
{
	struct mun_statement salted;
	struct mun_statement read = { .text = { NULL } };
	enum mun_status status;

	if (statement == NULL)
		return MUN_OK;
	MUN_TRY(check_typed(statement, err));
	salted = *statement;
	MUN_TRY(mun_system_random(salted.salt, sizeof(salted.salt), err));
	mun_statement_write(&salted, &commit->statement);
	MUN_TRY(mun_buffer_status(&commit->statement, "statement", err));
	MUN_TRY(mun_statement_parse(
	    &read, commit->statement.data, commit->statement.len, err));
	mun_sha256_of(
	    event->statement, commit->statement.data, commit->statement.len);
	event->has_statement = true;
out:
	mun_statement_clear(&read);
	return status;
}

/* The same object with one more key at its end. */
static enum mun_status
add_clock(struct mun_buffer *detail, int64_t clock_utc_s, struct mun_error *err)
{
	struct mun_buffer longer = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&longer);
	char text[MUN_TIME_TEXT_LEN + 1] = "";
	const struct mun_json_value *root;
	struct mun_json *parsed = NULL;
	enum mun_status status;

	MUN_TRY(mun_json_parse(&parsed, detail->data, detail->len, err));
	root = mun_json_root(parsed);
	mun_json_begin_object(&json);
	for (size_t i = 0; i < mun_json_count(root); i++) {
		mun_json_key(&json, mun_json_key_at(root, i));
		if (!mun_json_rewrite(&json, mun_json_value_at(root, i))) {
			status =
			    mun_error_set(err, MUN_ERR_USAGE, "event detail");
			goto out;
		}
	}
	mun_json_key(&json, "clock");
	(void)mun_time_format(text, clock_utc_s);
	mun_json_text(&json, text);
	mun_json_end_object(&json);
	MUN_TRY(mun_buffer_status(&longer, "event detail", err));
	mun_buffer_reset(detail);
	mun_buffer_append(detail, longer.data, longer.len);
	status = mun_buffer_status(detail, "event detail", err);
out:
	mun_json_free(parsed);
	mun_buffer_free(&longer);
	return status;
}

enum mun_status
mun_log_draft_time(struct mun_event *event, int64_t not_before_utc_s,
    bool *clock_behind, struct mun_error *err)
{
	enum mun_status status;
	int64_t now_utc_s;

	MUN_TRY(mun_system_clock(&now_utc_s, err));
	if (now_utc_s < MUN_CLOCK_EPOCH_UTC_S)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "the clock of this machine is before this program was "
		    "made: set it and try again");
	*clock_behind = now_utc_s < not_before_utc_s;
	event->time_utc_s = *clock_behind ? not_before_utc_s : now_utc_s;
	if (*clock_behind)
		MUN_TRY(add_clock(&event->detail, now_utc_s, err));
out:
	return status;
}

static enum mun_status
sign_content(struct mun_log_commit *commit, const struct mun_event *event,
    const struct mun_buffer *content, struct mun_error *err)
{
	struct mun_buffer attributes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_CMS_MAX);
	enum mun_status status;

	mun_signature_attributes(&attributes, commit->certificate,
	    content->data, content->len, event->time_utc_s);
	MUN_TRY(mun_buffer_status(&attributes, "signed attributes", err));
	MUN_TRY(mun_signer_sign_actor(
	    commit->signer, attributes.data, attributes.len, &value, err));
	mun_signature_build(&commit->entry, MUN_SIGNATURE_ENCLOSING,
	    commit->certificate, content->data, content->len, event->time_utc_s,
	    value.data, value.len);
	status = mun_buffer_status(&commit->entry, "log entry", err);
out:
	mun_buffer_free(&attributes);
	mun_buffer_free(&value);
	return status;
}

/* Only types whose subject and detail this version can judge. */
static enum mun_status
judge_type(const struct mun_event *event, struct mun_error *err)
{
	struct mun_vault_created created;
	struct mun_detail detail;
	enum mun_status status;

	if (strcmp(event->type, "vault-created") == 0) {
		status = mun_event_vault_created(&created, event, err);
		mun_vault_created_clear(&created);
		return status;
	}
	if (mun_event_type_of(event->type) == MUN_EVENT_UNKNOWN)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "event type '%s' is not written by this version",
		    event->type);
	status = mun_detail_read(&detail, event, err);
	if (status == MUN_OK)
		mun_detail_clear(&detail);
	return status;
}

static enum mun_status
judge_entry(const struct mun_buffer *der, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	enum mun_status status;
	const char *rule;

	MUN_TRY(mun_entry_unverified(&entry, der->data, der->len, err));
	MUN_TRY(judge_type(&entry.event, err));
	rule = mun_entry_check(&entry, der->data, der->len);
	if (rule != NULL)
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "what was signed does not verify (%s)", rule);
out:
	mun_entry_clear(&entry);
	return status;
}

enum mun_status
mun_log_check_validity(const struct mun_certificate *certificate,
    int64_t time_utc_s, struct mun_error *err)
{
	if (time_utc_s > mun_certificate_not_after(certificate))
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "the certificate of these keys has ended, unless the clock "
		    "of this machine, or of one that wrote the log, is ahead; "
		    "look at the clock, or have another custodian enrol new "
		    "keys ('muniment actor enrol')");
	if (time_utc_s < mun_certificate_not_before(certificate))
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "the certificate of these keys is not valid yet: the clock "
		    "of this machine is behind, or that of the machine they "
		    "were made on was ahead; look at the clocks");
	return MUN_OK;
}

enum mun_status
mun_log_draft_sign(struct mun_log_commit *commit, struct mun_event *event,
    struct mun_error *err)
{
	struct mun_buffer content = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	enum mun_status status;

	if (!mun_log_take_origin(
		event->origin, commit->origin, strlen(commit->origin)))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' cannot be an origin: 1 to %d of A-Z a-z 0-9 . _ / -",
		    commit->origin, MUN_ORIGIN_MAX);
	mun_log_copy32(
	    event->actor, mun_certificate_sha256(commit->certificate));
	MUN_TRY(mun_log_check_validity(
	    commit->certificate, event->time_utc_s, err));
	MUN_TRY(mun_system_random(event->nonce, sizeof(event->nonce), err));
	mun_event_write(event, &content);
	MUN_TRY(mun_buffer_status(&content, "event", err));
	MUN_TRY(sign_content(commit, event, &content, err));
	MUN_TRY(judge_entry(&commit->entry, err));
out:
	mun_buffer_free(&content);
	return status;
}
