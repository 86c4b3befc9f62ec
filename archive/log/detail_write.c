/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detail_write.c - subject and detail as canonical JSON, by the table of
 * detail_form.c.
 *
 * Spec: docs/format/custody.md; docs/format/json.md.
 */
#include "base/macros.h"
#include "base/time.h"
#include "log/detail_form.h"
#include "muniment/json.h"

static void
write_reference(
    struct mun_json_writer *json, const struct mun_reference *reference)
{
	mun_json_begin_object(json);
	mun_json_key(json, "archive");
	mun_json_text(json, reference->archive);
	if (reference->document != 0) {
		mun_json_key(json, "document");
		mun_json_unsigned(json, reference->document);
		mun_json_key(json, "leaf");
		mun_json_hex(json, reference->leaf, sizeof(reference->leaf));
	}
	mun_json_end_object(json);
}

void
mun_detail_write_subject(
    const struct mun_detail *detail, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	if (detail->type == MUN_EVENT_DEPOSIT)
		mun_deposit_subject_write(&detail->deposit, out);
	else if (detail->subject.archive[0] != '\0')
		write_reference(&json, &detail->subject);
}

static void
write_time(struct mun_json_writer *json, int64_t utc_s)
{
	char text[MUN_TIME_TEXT_LEN + 1] = "";

	if (!mun_time_format(text, utc_s) && json->out->status == MUN_OK)
		json->out->status = MUN_ERR_INTERNAL;
	mun_json_text(json, text);
}

static void
write_ranges(struct mun_json_writer *json, const struct mun_detail *detail)
{
	mun_json_begin_array(json);
	for (size_t i = 0; i < detail->entry_count; i++) {
		mun_json_begin_array(json);
		mun_json_unsigned(json, detail->entries[i].first);
		mun_json_unsigned(json, detail->entries[i].last);
		mun_json_end_array(json);
	}
	mun_json_end_array(json);
}

static void
write_keys(struct mun_json_writer *json, uint32_t keys)
{
	mun_json_begin_array(json);
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++)
		if ((keys >> i & 1u) != 0)
			mun_json_text(json,
			    mun_statement_key((enum mun_statement_field)i));
	mun_json_end_array(json);
}

static void
write_policy(struct mun_json_writer *json, const struct mun_detail *detail)
{
	mun_json_begin_object(json);
	mun_json_key(json, "time_stamp_authorities");
	mun_json_unsigned(json, detail->time_stamp_authorities);
	mun_json_end_object(json);
}

static void
write_checkpoint(struct mun_json_writer *json, const struct mun_detail *detail)
{
	mun_json_begin_object(json);
	mun_json_key(json, "size");
	mun_json_unsigned(json, detail->checkpoint_size);
	mun_json_key(json, "sha256");
	mun_json_hex(
	    json, detail->checkpoint_sha256, sizeof(detail->checkpoint_sha256));
	mun_json_end_object(json);
}

static void
write_stamps(struct mun_json_writer *json, const struct mun_detail *detail)
{
	mun_json_begin_array(json);
	for (size_t i = 0; i < detail->stamp_count; i++) {
		const struct mun_stamp *stamp = &detail->stamps[i];

		mun_json_begin_object(json);
		mun_json_key(json, "query");
		mun_json_hex(json, stamp->query, sizeof(stamp->query));
		mun_json_key(json, "token");
		mun_json_hex(json, stamp->token, sizeof(stamp->token));
		mun_json_key(json, "certificates");
		mun_json_hex(
		    json, stamp->certificates, sizeof(stamp->certificates));
		mun_json_key(json, "crls");
		mun_json_hex(json, stamp->crls, sizeof(stamp->crls));
		mun_json_end_object(json);
	}
	mun_json_end_array(json);
}

static void
write_certificate(struct mun_json_writer *json, const struct mun_detail *detail)
{
	const uint8_t *der;
	size_t len;

	if (detail->certificate == NULL) {
		mun_json_null(json);
		return;
	}
	der = mun_certificate_der(detail->certificate, &len);
	mun_json_base64(json, der, len);
}

static void
write_value(struct mun_json_writer *json, const struct mun_detail *detail,
    enum mun_detail_field which)
{
	const struct mun_field *field = &mun_fields[which];
	const void *at = (const char *)detail + field->offset;

	switch (field->kind) {
	case MUN_FIELD_WORD:
		mun_json_text(
		    json, mun_detail_word(which, *(const unsigned *)at));
		break;
	case MUN_FIELD_DIGEST:
		mun_json_hex(json, at, MUN_SHA256_LEN);
		break;
	case MUN_FIELD_TIME:
		write_time(json, *(const int64_t *)at);
		break;
	case MUN_FIELD_REFERENCE:
		write_reference(json, at);
		break;
	case MUN_FIELD_CERTIFICATE:
		write_certificate(json, detail);
		break;
	case MUN_FIELD_POLICY:
		write_policy(json, detail);
		break;
	case MUN_FIELD_RANGES:
		write_ranges(json, detail);
		break;
	case MUN_FIELD_KEYS:
		write_keys(json, detail->keys);
		break;
	case MUN_FIELD_CHECKPOINT:
		write_checkpoint(json, detail);
		break;
	case MUN_FIELD_STAMPS:
		write_stamps(json, detail);
		break;
	}
}

void
mun_detail_write_fields(
    const struct mun_detail *detail, struct mun_json_writer *json)
{
	const struct mun_type_form *form = &mun_type_forms[detail->type];

	for (size_t i = 0; i < form->field_count; i++) {
		enum mun_detail_field which = form->fields[i].field;

		if (!mun_detail_has(detail, which))
			continue;
		mun_json_key(json, mun_fields[which].key);
		write_value(json, detail, which);
	}
}

void
mun_detail_write(const struct mun_detail *detail, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_detail_write_fields(detail, &json);
	mun_json_end_object(&json);
}
