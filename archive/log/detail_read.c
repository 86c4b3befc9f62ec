/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detail_read.c - subject and detail of an event, taken out by the table of
 * detail_form.c, written again and compared.
 *
 * Spec: docs/format/custody.md.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"
#include "json/json_parse.h"
#include "log/detail_form.h"
#include "log/log_internal.h"
#include "manifest/manifest.h"
#include "muniment/json.h"

void
mun_detail_clear(struct mun_detail *detail)
{
	mun_certificate_free(detail->certificate);
	detail->certificate = NULL;
	free(detail->entries);
	detail->entries = NULL;
	detail->entry_count = 0;
	free(detail->stamps);
	detail->stamps = NULL;
	detail->stamp_count = 0;
}

/* ---- values ---- */

static bool
take_reference(struct mun_reference *out, const struct mun_json_value *value)
{
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	if (value == NULL || !mun_json_is_object(value) ||
	    !mun_json_copy_text(
		value, "archive", out->archive, sizeof(out->archive)) ||
	    !mun_archive_id_parse(
		out->archive, strlen(out->archive), prefix, &number))
		return false;
	if (mun_json_member(value, "document") == NULL)
		return true;
	return mun_json_get_unsigned(value, "document", &out->document) &&
	    out->document > 0 && out->document <= UINT32_MAX &&
	    mun_json_get_hex(value, "leaf", out->leaf, sizeof(out->leaf));
}

static bool
take_word(unsigned *out, enum mun_detail_field which,
    const struct mun_json_value *value)
{
	size_t len;
	const char *word = mun_json_string(value, &len);

	if (word == NULL || strlen(word) != len)
		return false;
	*out = mun_detail_number(which, word);
	return *out != 0;
}

static bool
take_range(struct mun_seq_range *out, const struct mun_json_value *pair)
{
	int64_t first, last;

	if (!mun_json_is_array(pair) || mun_json_count(pair) != 2 ||
	    !mun_json_integer(mun_json_item(pair, 0), &first) ||
	    !mun_json_integer(mun_json_item(pair, 1), &last) || first < 0 ||
	    last < first)
		return false;
	out->first = (uint64_t)first;
	out->last = (uint64_t)last;
	return true;
}

/* Rising, and apart: two that touch are one. */
static bool
take_ranges(struct mun_detail *out, const struct mun_json_value *value,
    enum mun_status *status)
{
	size_t count = mun_json_is_array(value) ? mun_json_count(value) : 0;

	if (count == 0 || count > MUN_ENTRIES_RANGES_MAX)
		return false;
	out->entries = calloc(count, sizeof(*out->entries));
	if (out->entries == NULL) {
		*status = MUN_ERR_NOMEM;
		return false;
	}
	out->entry_count = count;
	for (size_t i = 0; i < count; i++) {
		if (!take_range(&out->entries[i], mun_json_item(value, i)))
			return false;
		if (i > 0 &&
		    out->entries[i].first <= out->entries[i - 1].last + 1)
			return false;
	}
	return true;
}

static bool
take_keys(uint32_t *out, const struct mun_json_value *value)
{
	size_t count = mun_json_is_array(value) ? mun_json_count(value) : 0;

	*out = 0;
	for (size_t i = 0; i < count; i++) {
		size_t len;
		const char *key =
		    mun_json_string(mun_json_item(value, i), &len);
		unsigned field = 0;

		if (key == NULL)
			return false;
		while (field < MUN_STATEMENT_FIELDS &&
		    strcmp(mun_statement_key((enum mun_statement_field)field),
			key) != 0)
			field++;
		if (field == MUN_STATEMENT_FIELDS ||
		    !mun_annotation_has((enum mun_statement_field)field))
			return false;
		*out |= 1u << field;
	}
	return *out != 0;
}

static bool
take_checkpoint(struct mun_detail *out, const struct mun_json_value *value)
{
	return mun_json_is_object(value) &&
	    mun_json_get_unsigned(value, "size", &out->checkpoint_size) &&
	    mun_json_get_hex(value, "sha256", out->checkpoint_sha256,
		sizeof(out->checkpoint_sha256));
}

static bool
take_stamp(struct mun_stamp *out, const struct mun_json_value *value)
{
	return mun_json_is_object(value) &&
	    mun_json_get_hex(value, "query", out->query, sizeof(out->query)) &&
	    mun_json_get_hex(value, "token", out->token, sizeof(out->token)) &&
	    mun_json_get_hex(value, "certificates", out->certificates,
		sizeof(out->certificates)) &&
	    mun_json_get_hex(value, "crls", out->crls, sizeof(out->crls));
}

static bool
take_stamps(struct mun_detail *out, const struct mun_json_value *value,
    enum mun_status *status)
{
	size_t count = mun_json_is_array(value) ? mun_json_count(value) : 0;

	if (count == 0 || count > MUN_STAMPS_MAX)
		return false;
	out->stamps = calloc(count, sizeof(*out->stamps));
	if (out->stamps == NULL) {
		*status = MUN_ERR_NOMEM;
		return false;
	}
	out->stamp_count = count;
	for (size_t i = 0; i < count; i++)
		if (!take_stamp(&out->stamps[i], mun_json_item(value, i)))
			return false;
	return true;
}

static bool
take_certificate(struct mun_detail *out, const struct mun_json_value *value,
    enum mun_status *status)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CERTIFICATE_MAX);
	enum mun_status parsed = MUN_ERR_FORMAT;
	size_t len;
	const char *text = mun_json_string(value, &len);

	if (text != NULL && mun_base64_decode(&der, text, len))
		parsed = mun_certificate_from_der(
		    &out->certificate, der.data, der.len, NULL);
	if (parsed == MUN_ERR_NOMEM || der.status == MUN_ERR_NOMEM)
		*status = MUN_ERR_NOMEM;
	mun_buffer_free(&der);
	return parsed == MUN_OK;
}

static bool
take_value(struct mun_detail *out, enum mun_detail_field which,
    const struct mun_json_value *object, enum mun_status *status)
{
	const struct mun_field *field = &mun_fields[which];
	const struct mun_json_value *value =
	    mun_json_member(object, field->key);
	void *at = (char *)out + field->offset;

	switch (field->kind) {
	case MUN_FIELD_WORD:
		return take_word(at, which, value);
	case MUN_FIELD_DIGEST:
		return mun_json_get_hex(object, field->key, at, MUN_SHA256_LEN);
	case MUN_FIELD_TIME:
		return mun_json_get_time(object, field->key, at);
	case MUN_FIELD_REFERENCE:
		return take_reference(at, value);
	case MUN_FIELD_CERTIFICATE:
		return take_certificate(out, value, status);
	case MUN_FIELD_POLICY:
		return mun_json_is_object(value) &&
		    mun_json_get_unsigned(value, "time_stamp_authorities", at);
	case MUN_FIELD_RANGES:
		return take_ranges(out, value, status);
	case MUN_FIELD_KEYS:
		return take_keys(at, value);
	case MUN_FIELD_CHECKPOINT:
		return take_checkpoint(out, value);
	case MUN_FIELD_STAMPS:
		return take_stamps(out, value, status);
	}
	return false;
}

/* NULL, or the key that is missing or malformed. */
static const char *
take_fields(struct mun_detail *out, const struct mun_json_value *object,
    enum mun_status *status)
{
	const struct mun_type_form *form = &mun_type_forms[out->type];

	for (size_t i = 0; i < form->field_count; i++) {
		enum mun_detail_field which = form->fields[i].field;
		const char *key = mun_fields[which].key;

		if (mun_json_member(object, key) == NULL) {
			if (form->fields[i].is_optional)
				continue;
			return key;
		}
		mun_detail_give(out, which);
		if (!take_value(out, which, object, status))
			return key;
	}
	return NULL;
}

/* ---- what has to go together ---- */

static bool
transfer_fits(const struct mun_detail *detail)
{
	bool has_entry = mun_detail_has(detail, MUN_DETAIL_ENTRY);
	bool has_form = mun_detail_has(detail, MUN_DETAIL_FORM);
	bool has_to = mun_detail_has(detail, MUN_DETAIL_TO);
	bool has_receipt = mun_detail_has(detail, MUN_DETAIL_RECEIPT);

	if (detail->step == MUN_TRANSFER_ACCEPTED)
		return has_entry && !has_form && !has_to && !has_receipt &&
		    !mun_detail_has(detail, MUN_DETAIL_FROM);
	return has_form && !has_entry &&
	    has_receipt == (detail->form == MUN_TRANSFER_RECEIPTED) &&
	    (has_to || detail->form != MUN_TRANSFER_COUNTERSIGNED);
}

static bool
rotation_fits(const struct mun_detail *detail)
{
	bool has_actor = mun_detail_has(detail, MUN_DETAIL_ACTOR);

	return has_actor == mun_detail_has(detail, MUN_DETAIL_CERTIFICATE) &&
	    has_actor != mun_detail_has(detail, MUN_DETAIL_LOG_KEY);
}

static bool
times_fit(const struct mun_detail *detail)
{
	return !mun_detail_has(detail, MUN_DETAIL_STARTED) ||
	    !mun_detail_has(detail, MUN_DETAIL_ENDED) ||
	    detail->started_utc_s <= detail->ended_utc_s;
}

static bool
copy_fits(const struct mun_detail *detail, uint64_t seq)
{
	if (!mun_detail_has(detail, MUN_DETAIL_ENTRIES))
		return true;
	return detail->copy == MUN_COPY_EVIDENTIARY &&
	    detail->subject.document == 0 &&
	    detail->entries[detail->entry_count - 1].last < seq;
}

static bool
is_same_place(const struct mun_reference *a, const struct mun_reference *b)
{
	return strcmp(a->archive, b->archive) == 0 &&
	    a->document == b->document;
}

static bool
fits_together(const struct mun_detail *detail, const struct mun_event *event)
{
	bool has_subject = detail->subject.archive[0] != '\0';

	switch (detail->type) {
	case MUN_EVENT_ACTOR_REVOKED:
		return mun_detail_has(detail, MUN_DETAIL_SINCE) ==
		    (detail->reason == MUN_REVOKED_LOST ||
			detail->reason == MUN_REVOKED_COMPROMISED);
	case MUN_EVENT_KEY_ROTATED:
		return rotation_fits(detail);
	case MUN_EVENT_TRANSFER:
		return transfer_fits(detail);
	case MUN_EVENT_ACCESS:
	case MUN_EVENT_EXAMINATION:
		return times_fit(detail);
	case MUN_EVENT_COPY:
		return copy_fits(detail, event->seq);
	case MUN_EVENT_FIXITY_CHECK:
		return mun_detail_has(detail, MUN_DETAIL_RESULTS) ==
		    !has_subject;
	case MUN_EVENT_RELATION:
		return !is_same_place(&detail->subject, &detail->object);
	case MUN_EVENT_ANNOTATION:
		return event->has_statement;
	case MUN_EVENT_TIME_STAMP:
		/* of a head that was there before this entry */
		return detail->checkpoint_size >= 1 &&
		    detail->checkpoint_size <= event->seq;
	case MUN_EVENT_UNKNOWN:
	case MUN_EVENT_VAULT_CREATED:
	case MUN_EVENT_ACTOR_ENROLLED:
	case MUN_EVENT_POLICY_CHANGED:
	case MUN_EVENT_DEPOSIT:
	case MUN_EVENT_MIGRATION:
	case MUN_EVENT_DEACCESSION:
	case MUN_EVENT_TYPES:
		break;
	}
	return true;
}

/* ---- the whole ---- */

static enum mun_status
read_subject(struct mun_detail *out, const struct mun_event *event,
    struct mun_error *err)
{
	unsigned allowed = mun_type_forms[out->type].subjects;
	struct mun_json *json = NULL;
	enum mun_status status = MUN_OK;
	unsigned is = MUN_SUBJECT_NONE;

	if (event->subject.len > 0) {
		MUN_TRY(mun_json_parse(
		    &json, event->subject.data, event->subject.len, err));
		is = 0;
		if (take_reference(&out->subject, mun_json_root(json)))
			is = out->subject.document == 0 ? MUN_SUBJECT_ARCHIVE
							: MUN_SUBJECT_DOCUMENT;
	}
	if ((is & allowed) == 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "its subject is missing, malformed or of the wrong kind");
out:
	mun_json_free(json);
	return status;
}

static enum mun_status
read_deposit(struct mun_detail *out, const struct mun_event *event,
    struct mun_error *err)
{
	enum mun_status status = mun_event_deposit(&out->deposit, event, err);

	if (status == MUN_OK)
		memcpy(out->subject.archive, out->deposit.archive,
		    sizeof(out->subject.archive));
	return status;
}

static void
write_clock(struct mun_json_writer *json, const struct mun_event *event)
{
	char text[MUN_TIME_TEXT_LEN + 1] = "";
	int64_t clock_utc_s;

	if (!mun_event_clock(event, &clock_utc_s))
		return;
	mun_json_key(json, "clock");
	mun_json_text(json,
	    clock_utc_s < event->time_utc_s &&
		    mun_time_format(text, clock_utc_s)
		? text
		: "");
}

/* Subject and detail as they have to stand in the event. */
static enum mun_status
compare(const struct mun_detail *detail, const struct mun_event *event,
    struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&again);
	enum mun_status status;

	mun_detail_write_subject(detail, &again);
	MUN_TRY(mun_log_same_bytes(&again, event->subject.data,
	    event->subject.len, "its subject", err));
	mun_buffer_reset(&again);
	mun_json_begin_object(&json);
	mun_detail_write_fields(detail, &json);
	write_clock(&json, event);
	mun_json_end_object(&json);
	MUN_TRY(mun_log_same_bytes(
	    &again, event->detail.data, event->detail.len, "its detail", err));
out:
	mun_buffer_free(&again);
	return status;
}

static enum mun_status
read_detail(struct mun_detail *out, const struct mun_event *event,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK, memory = MUN_OK;
	struct mun_json *json = NULL;
	const char *bad;

	MUN_TRY(
	    mun_json_parse(&json, event->detail.data, event->detail.len, err));
	bad = take_fields(out, mun_json_root(json), &memory);
	if (memory != MUN_OK)
		status = mun_error_set(err, memory, "out of memory");
	else if (bad != NULL)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "its '%s' is missing or malformed", bad);
	else if (!fits_together(out, event))
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "what it says does not fit together");
	if (status == MUN_OK)
		status = compare(out, event, err);
out:
	mun_json_free(json);
	return status;
}

/* Of a later version: its subject tells what it is about, if it is of a form
 * known here; no more is asked of it. */
static void
read_unknown(struct mun_detail *out, const struct mun_event *event)
{
	struct mun_json *json = NULL;

	if (event->subject.len > 0 &&
	    mun_json_parse(&json, event->subject.data, event->subject.len,
		NULL) == MUN_OK &&
	    !take_reference(&out->subject, mun_json_root(json)))
		out->subject = (struct mun_reference){ .document = 0 };
	mun_json_free(json);
}

enum mun_status
mun_detail_read(struct mun_detail *out, const struct mun_event *event,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	*out = (struct mun_detail){ .type = mun_event_type_of(event->type) };
	if (out->type == MUN_EVENT_UNKNOWN) {
		read_unknown(out, event);
		return MUN_OK;
	}
	if (out->type == MUN_EVENT_VAULT_CREATED)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "vault-created stands at entry 0 and only there");
	if (out->type == MUN_EVENT_DEPOSIT)
		return read_deposit(out, event, err);
	MUN_TRY(read_subject(out, event, err));
	MUN_TRY(read_detail(out, event, err));
out:
	if (status != MUN_OK) {
		mun_error_wrap(err, "%s event", mun_event_type_name(out->type));
		mun_detail_clear(out);
	}
	return status;
}
