/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_request.c - what a person asked for, in words, as the closed fields of
 * an event and the statement beside it.
 *
 * Names are resolved here: actors and archives by the log, documents by their
 * archive, nothing by the index.  Whether the result may be logged is not asked
 * here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"
#include "digest/digest.h"
#include "index/reference.h"
#include "log/detail_form.h"
#include "record/record_internal.h"

/* ---- archives and documents ---- */

/* MUN_ERR_NOT_FOUND, with the reason, where the file of an archive is not
 * there. */
static enum mun_status
must_have_file(
    struct mun_record *record, const char *archive, struct mun_error *err)
{
	char name[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status;
	bool has;

	mun_vault_archive_name(name, archive);
	MUN_TRY(mun_store_has(mun_vault_store(record->vault), name, &has, err));
	if (!has)
		status = mun_record_tell_absence(record->vault, archive, err);
out:
	return status;
}

static enum mun_status
resolve_place(struct mun_record *record, struct mun_reference *out,
    const char *text, struct mun_error *err)
{
	struct mun_index_reference place;
	struct mun_deposit_subject deposit;
	struct mun_log *log = NULL;
	enum mun_status status;

	*out = (struct mun_reference){ .document = 0 };
	MUN_TRY(mun_index_take_apart(&place, text, err));
	if (place.member != 0)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is a member inside a document; name the document",
		    text);
	memcpy(out->archive, place.archive, sizeof(out->archive));
	out->document = place.document;
	if (out->document != 0)
		MUN_TRY(must_have_file(record, out->archive, err));
	MUN_TRY(mun_log_open(&log, mun_vault_store(record->vault), err));
	if (out->document != 0)
		status = mun_record_prove_document(out, &record->state.survey,
		    log, mun_vault_store(record->vault), err);
	else
		status = mun_record_survey_deposit(
		    &deposit, &record->state.survey, log, out->archive, err);
out:
	mun_log_close(log);
	return status;
}

/* ---- actors ---- */

static enum mun_status
resolve_name(struct mun_record *record, uint8_t out[MUN_SHA256_LEN],
    const char *text, struct mun_error *err)
{
	const struct mun_custody *custody = record->state.custody;
	const struct mun_actor *found = NULL;

	for (size_t i = 0; i < mun_custody_actor_count(custody); i++) {
		const struct mun_actor *actor = mun_custody_actor(custody, i);

		if (actor->is_recovery || strcmp(actor->name, text) != 0)
			continue;
		if (found != NULL && !found->is_revoked && !actor->is_revoked)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "two actors are called '%s'; name one by the "
			    "SHA-256 of its certificate ('muniment actor "
			    "list')",
			    text);
		if (found == NULL || found->is_revoked)
			found = actor;
	}
	if (found == NULL)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "no actor is called '%s'; 'muniment actor list' shows "
		    "them",
		    text);
	memcpy(out, found->sha256, MUN_SHA256_LEN);
	return MUN_OK;
}

static enum mun_status
resolve_actor(struct mun_record *record, uint8_t out[MUN_SHA256_LEN],
    const char *text, struct mun_error *err)
{
	if (strlen(text) != 2 * (size_t)MUN_SHA256_LEN ||
	    !mun_hex_decode(out, MUN_SHA256_LEN, text, strlen(text)))
		return resolve_name(record, out, text, err);
	if (mun_custody_find_actor(record->state.custody, out) != NULL)
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_NOT_FOUND,
	    "no actor has the certificate '%s'; 'muniment actor list' shows "
	    "them",
	    text);
}

/* ---- entries ---- */

static enum mun_status
resolve_entry(struct mun_record *record, uint8_t out[MUN_SHA256_LEN],
    const char *text, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_log *log = NULL;
	enum mun_status status = MUN_OK;
	unsigned long long seq;
	char *end;

	if (strlen(text) == 2 * (size_t)MUN_SHA256_LEN &&
	    mun_hex_decode(out, MUN_SHA256_LEN, text, strlen(text)))
		goto out;
	seq = strtoull(text, &end, 10);
	if (*end != '\0' || text[0] < '0' || text[0] > '9') {
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is neither the number of an entry nor its SHA-256",
		    text);
		goto out;
	}
	MUN_TRY(mun_log_open(&log, mun_vault_store(record->vault), err));
	if (seq >= mun_log_checkpoint(log)->size) {
		status = mun_error_set(
		    err, MUN_ERR_NOT_FOUND, "the log has no entry %llu", seq);
		goto out;
	}
	MUN_TRY(mun_log_entry(log, seq, &der, err));
	mun_sha256_of(out, der.data, der.len);
out:
	mun_log_close(log);
	mun_buffer_free(&der);
	return status;
}

/* ---- fields ---- */

static bool
is_actor(enum mun_detail_field which)
{
	return which == MUN_DETAIL_ACTOR || which == MUN_DETAIL_FROM ||
	    which == MUN_DETAIL_TO || which == MUN_DETAIL_BY;
}

static enum mun_status
take_digest(struct mun_record *record, enum mun_detail_field which,
    uint8_t *out, const char *text, struct mun_error *err)
{
	if (is_actor(which))
		return resolve_actor(record, out, text, err);
	if (which == MUN_DETAIL_ENTRY)
		return resolve_entry(record, out, text, err);
	if (mun_hex_decode(out, MUN_SHA256_LEN, text, strlen(text)))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s': '%s' is not 64 hex "
	    "digits",
	    mun_fields[which].key, text);
}

enum mun_status
mun_record_read_authorities(
    uint64_t *count, const char *text, struct mun_error *err)
{
	const char *at = text;

	*count = 0;
	while (*at >= '0' && *at <= '9' && *count <= MUN_AUTHORITIES_MAX)
		*count = *count * 10 + (uint64_t)(*at++ - '0');
	if (at > text && *at == '\0' && *count <= MUN_AUTHORITIES_MAX)
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s' is not a number of time-stamp authorities: 0 to %d", text,
	    MUN_AUTHORITIES_MAX);
}

/* All words of a closed list, for the sentence that one is needed. */
static void
list_words(char *out, size_t size, enum mun_detail_field which)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned i = 1; mun_detail_word(which, i) != NULL && len < size;
	     i++) {
		int more = snprintf(out + len, size - len, "%s%s",
		    i == 1 ? "" : ", ", mun_detail_word(which, i));

		len += more > 0 ? (size_t)more : 0;
	}
}

static enum mun_status
take_word(unsigned *out, enum mun_detail_field which, const char *text,
    struct mun_error *err)
{
	char words[160];

	*out = mun_detail_number(which, text);
	if (*out != 0)
		return MUN_OK;
	list_words(words, sizeof(words), which);
	return mun_error_set(
	    err, MUN_ERR_USAGE, "'%s' is not one of: %s", text, words);
}

static enum mun_status
take_field(struct mun_record *record, struct mun_detail *detail,
    enum mun_detail_field which, const char *text, struct mun_error *err)
{
	const struct mun_field *field = &mun_fields[which];
	void *at = (char *)detail + field->offset;

	mun_detail_give(detail, which);
	switch (field->kind) {
	case MUN_FIELD_WORD:
		return take_word(at, which, text, err);
	case MUN_FIELD_DIGEST:
		return take_digest(record, which, at, text, err);
	case MUN_FIELD_TIME:
		if (mun_time_parse(at, text, strlen(text)))
			return MUN_OK;
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is not a time like 2026-11-23T10:11:12Z", text);
	case MUN_FIELD_REFERENCE:
		return resolve_place(record, at, text, err);
	case MUN_FIELD_POLICY:
		return mun_record_read_authorities(at, text, err);
	case MUN_FIELD_CERTIFICATE:
	case MUN_FIELD_RANGES:
	case MUN_FIELD_KEYS:
	case MUN_FIELD_CHECKPOINT:
	case MUN_FIELD_STAMPS:
		break;
	}
	return mun_error_set(
	    err, MUN_ERR_USAGE, "'%s' is not given as a field", field->key);
}

/* The field of that type that has this key. */
static bool
find_field(
    enum mun_event_type type, const char *key, enum mun_detail_field *which)
{
	const struct mun_type_form *form = &mun_type_forms[type];

	for (size_t i = 0; i < form->field_count; i++) {
		*which = form->fields[i].field;
		if (strcmp(mun_fields[*which].key, key) == 0)
			return true;
	}
	return false;
}

static enum mun_status
take_fields(struct mun_record *record, const struct mun_record_request *request,
    struct mun_detail *detail, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < request->field_count; i++) {
		const struct mun_record_word *given = &request->fields[i];
		enum mun_detail_field which;

		if (!find_field(detail->type, given->key, &which))
			return mun_error_set(err, MUN_ERR_USAGE,
			    "an event of type '%s' has no '%s'", request->type,
			    given->key);
		MUN_TRY(take_field(record, detail, which, given->text, err));
	}
	if (request->certificate_pem != NULL) {
		MUN_TRY(mun_certificate_from_pem(&detail->certificate,
		    request->certificate_pem, strlen(request->certificate_pem),
		    false, err));
		mun_detail_give(detail, MUN_DETAIL_CERTIFICATE);
	}
out:
	return status;
}

/* A time for those reasons that need one, for no other: said here in words that
 * help; the form of the event demands the same. */
static enum mun_status
check_since(const struct mun_detail *detail, struct mun_error *err)
{
	const bool needs_since = detail->reason == MUN_REVOKED_LOST ||
	    detail->reason == MUN_REVOKED_COMPROMISED;

	if (detail->type != MUN_EVENT_ACTOR_REVOKED ||
	    !mun_detail_has(detail, MUN_DETAIL_REASON) ||
	    needs_since == mun_detail_has(detail, MUN_DETAIL_SINCE))
		return MUN_OK;
	if (needs_since)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "a key that is lost or compromised needs 'since' (--since "
		    "TIME, as 2026-11-23T10:11:12Z): the earliest time from "
		    "which somebody else may have signed with it, as what is "
		    "not proven to be older is contested");
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'since' is of a key that is lost or compromised only: one that is "
	    "retired or superseded is revoked from now on; leave it out "
	    "(--since)");
}

/* ---- words ---- */

static enum mun_status
take_typed(struct mun_statement *statement, uint32_t *keys,
    const struct mun_record_word *word, struct mun_error *err)
{
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		enum mun_statement_field field = (enum mun_statement_field)i;

		if (strcmp(mun_statement_key(field), word->key) != 0)
			continue;
		/* borrowed: the writer only reads it */
		statement->text[i] = (char *)(uintptr_t)word->text;
		*keys |= 1u << i;
		return MUN_OK;
	}
	return mun_error_set(
	    err, MUN_ERR_USAGE, "a statement has no '%s'", word->key);
}

static enum mun_status
check_keys(uint32_t keys, struct mun_error *err)
{
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		enum mun_statement_field field = (enum mun_statement_field)i;

		if ((keys >> i & 1u) != 0 && !mun_annotation_has(field))
			return mun_error_set(err, MUN_ERR_USAGE,
			    "'%s' is not a key of annotations",
			    mun_statement_key(field));
	}
	return keys != 0 ? MUN_OK
			 : mun_error_set(err, MUN_ERR_USAGE,
			       "an annotation needs a key and a value");
}

enum mun_status
mun_record_read_request(struct mun_record *record,
    const struct mun_record_request *request, struct mun_detail *detail,
    struct mun_statement *statement, bool *has_statement, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	uint32_t keys = 0;

	*statement = (struct mun_statement){ .text = { NULL } };
	*detail =
	    (struct mun_detail){ .type = mun_event_type_of(request->type) };
	if (detail->type == MUN_EVENT_UNKNOWN)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "there is no event of type '%s'", request->type);
	if (request->reference != NULL)
		MUN_TRY(resolve_place(
		    record, &detail->subject, request->reference, err));
	MUN_TRY(take_fields(record, request, detail, err));
	MUN_TRY(check_since(detail, err));
	for (size_t i = 0; i < request->word_count; i++)
		MUN_TRY(take_typed(statement, &keys, &request->words[i], err));
	*has_statement = keys != 0;
	if (detail->type == MUN_EVENT_ANNOTATION) {
		MUN_TRY(check_keys(keys, err));
		detail->keys = keys;
		mun_detail_give(detail, MUN_DETAIL_KEYS);
	}
out:
	if (status != MUN_OK)
		mun_detail_clear(detail);
	return status;
}

/* Who signs: as the state has it, so that a key replaced or revoked is told. */
static enum mun_status
may_sign(
    struct mun_record *record, enum mun_event_type type, struct mun_error *err)
{
	const char *pem = mun_signer_certificate_pem(record->signer);
	struct mun_certificate *own = NULL;
	enum mun_status status;
	const char *why;

	MUN_TRY(mun_certificate_from_pem(&own, pem, strlen(pem), true, err));
	why = mun_custody_may_not(
	    record->state.custody, mun_certificate_sha256(own), type);
	if (why != NULL)
		status = mun_error_set(
		    err, MUN_ERR_CRYPTO, "this event is not allowed: %s", why);
out:
	mun_certificate_free(own);
	return status;
}

/* What was typed fits into a statement. */
static enum mun_status
check_statement(const struct mun_statement *statement, struct mun_error *err)
{
	struct mun_buffer line = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	enum mun_status status;

	mun_statement_write(statement, &line);
	status = mun_buffer_status(&line, "statement", err);
	mun_buffer_free(&line);
	return status;
}

enum mun_status
mun_record_foresee(struct mun_record *record,
    const struct mun_record_request *request, struct mun_error *err)
{
	struct mun_detail detail = { .certificate = NULL };
	struct mun_statement statement;
	enum mun_status status;
	bool has_statement;

	MUN_TRY(mun_record_load(record, NULL, err));
	MUN_TRY(mun_record_read_request(
	    record, request, &detail, &statement, &has_statement, err));
	if (has_statement)
		MUN_TRY(check_statement(&statement, err));
	MUN_TRY(may_sign(record, detail.type, err));
out:
	mun_detail_clear(&detail);
	return status;
}

enum mun_status
mun_record_event(struct mun_record *record,
    const struct mun_record_request *request, struct mun_recorded *recorded,
    struct mun_error *err)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	struct mun_detail detail = { .certificate = NULL };
	struct mun_record_parts parts = { .detail = &detail };
	struct mun_statement statement;
	enum mun_status status;
	bool has_statement;

	*recorded = (struct mun_recorded){ .seq = 0 };
	MUN_TRY(mun_record_lock(record, &lock, err));
	MUN_TRY(mun_record_load(record, NULL, err));
	MUN_TRY(mun_record_read_request(
	    record, request, &detail, &statement, &has_statement, err));
	MUN_TRY(mun_record_doubt(record, request, &detail, recorded, err));
	parts.statement = has_statement ? &statement : NULL;
	MUN_TRY(mun_record_append_locked(record, &parts, recorded, err));
out:
	mun_store_unlock(&lock);
	mun_detail_clear(&detail);
	if (status == MUN_OK)
		mun_record_update_index(record, recorded);
	return status;
}
