/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_detail.c - what is in subject and detail of the types that this
 * version writes.
 *
 * The event is canonical already; here the keys and their order are judged,
 * again by writing them and comparing.
 *
 * Spec: docs/format/log.md, Types written by this version.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"
#include "json/json_parse.h"
#include "log/log_internal.h"
#include "manifest/manifest.h"
#include "muniment/json.h"

void
mun_deposit_subject_write(
    const struct mun_deposit_subject *subject, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "archive");
	mun_json_text(&json, subject->archive);
	mun_json_key(&json, "sha256");
	mun_json_hex(&json, subject->sha256, sizeof(subject->sha256));
	mun_json_key(&json, "seal");
	mun_json_hex(&json, subject->seal, sizeof(subject->seal));
	mun_json_key(&json, "seal_signature");
	mun_json_hex(
	    &json, subject->seal_signature, sizeof(subject->seal_signature));
	mun_json_end_object(&json);
}

static const char *
take_subject(struct mun_deposit_subject *out, const struct mun_json_value *root)
{
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	if (!mun_json_copy_text(
		root, "archive", out->archive, sizeof(out->archive)) ||
	    !mun_archive_id_parse(
		out->archive, strlen(out->archive), prefix, &number))
		return "archive";
	if (!mun_json_get_hex(root, "sha256", out->sha256, sizeof(out->sha256)))
		return "sha256";
	if (!mun_json_get_hex(root, "seal", out->seal, sizeof(out->seal)))
		return "seal";
	if (!mun_json_get_hex(root, "seal_signature", out->seal_signature,
		sizeof(out->seal_signature)))
		return "seal_signature";
	return NULL;
}

/* {} or {"clock":"..."}, a clock that was behind. */
static bool
detail_is_plain(const struct mun_event *event)
{
	struct mun_buffer plain = MUN_BUFFER_INIT(64);
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&plain);
	char text[MUN_TIME_TEXT_LEN + 1];
	int64_t clock_utc_s;
	bool same = true;

	mun_json_begin_object(&json);
	if (mun_event_clock(event, &clock_utc_s)) {
		same = clock_utc_s < event->time_utc_s &&
		    mun_time_format(text, clock_utc_s);
		mun_json_key(&json, "clock");
		mun_json_text(&json, same ? text : "");
	}
	mun_json_end_object(&json);
	same = same && plain.status == MUN_OK &&
	    plain.len == event->detail.len &&
	    mun_bytes_equal(plain.data, event->detail.data, plain.len);
	mun_buffer_free(&plain);
	return same;
}

enum mun_status
mun_event_deposit(struct mun_deposit_subject *out,
    const struct mun_event *event, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_json *json = NULL;
	enum mun_status status = MUN_OK;
	const char *bad;

	if (strcmp(event->type, "deposit") != 0)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "event: not a deposit");
	if (event->subject.len == 0)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "deposit event: it has no subject");
	MUN_TRY(mun_json_parse(
	    &json, event->subject.data, event->subject.len, err));
	bad = take_subject(out, mun_json_root(json));
	if (bad == NULL && !detail_is_plain(event))
		bad = "detail";
	if (bad != NULL) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "deposit event: '%s' is missing or malformed", bad);
		goto out;
	}
	mun_deposit_subject_write(out, &again);
	MUN_TRY(mun_log_same_bytes(&again, event->subject.data,
	    event->subject.len, "deposit event: subject", err));
out:
	mun_json_free(json);
	mun_buffer_free(&again);
	return status;
}

void
mun_vault_created_clear(struct mun_vault_created *created)
{
	mun_certificate_free(created->certificate);
	mun_certificate_free(created->recovery);
	created->certificate = NULL;
	created->recovery = NULL;
}

static void
write_certificate(struct mun_json_writer *json, const char *key,
    const struct mun_certificate *certificate)
{
	const uint8_t *der;
	size_t len;

	der = mun_certificate_der(certificate, &len);
	mun_json_key(json, key);
	mun_json_base64(json, der, len);
}

void
mun_vault_created_write(
    const struct mun_vault_created *created, struct mun_buffer *detail)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(detail);

	mun_json_begin_object(&json);
	mun_json_key(&json, "prefix");
	mun_json_text(&json, created->prefix);
	mun_json_key(&json, "log_key");
	mun_json_hex(&json, created->log_key, sizeof(created->log_key));
	write_certificate(&json, "certificate_b64", created->certificate);
	if (created->recovery != NULL)
		write_certificate(&json, "recovery_b64", created->recovery);
	mun_json_key(&json, "policy");
	mun_json_begin_object(&json);
	mun_json_key(&json, "time_stamp_authorities");
	mun_json_unsigned(&json, created->time_stamp_authorities);
	mun_json_end_object(&json);
	if (created->continues) {
		mun_json_key(&json, "continues");
		mun_json_begin_object(&json);
		mun_json_key(&json, "vault");
		mun_json_hex(&json, created->continues_vault, MUN_SHA256_LEN);
		mun_json_key(&json, "checkpoint");
		mun_json_hex(
		    &json, created->continues_checkpoint, MUN_SHA256_LEN);
		mun_json_key(&json, "reason");
		mun_json_text(&json, created->continues_reason);
		mun_json_end_object(&json);
	}
	mun_json_end_object(&json);
}

static enum mun_status
take_certificate(struct mun_certificate **out,
    const struct mun_json_value *root, const char *key, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CERTIFICATE_MAX);
	enum mun_status status;
	const char *text;
	size_t len;

	text = mun_json_get_text(root, key, &len);
	if (text == NULL || !mun_base64_decode(&der, text, len)) {
		status = der.status == MUN_ERR_NOMEM
		    ? mun_buffer_status(&der, key, err)
		    : mun_error_set(err, MUN_ERR_FORMAT,
			  "'%s' is missing or malformed", key);
		goto out;
	}
	status = mun_certificate_from_der(out, der.data, der.len, err);
	if (status == MUN_ERR_LIMIT)
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "'%s' is too large", key);
out:
	mun_buffer_free(&der);
	return status;
}

static bool
take_policy(struct mun_vault_created *out, const struct mun_json_value *root)
{
	const struct mun_json_value *policy = mun_json_member(root, "policy");

	return policy != NULL && mun_json_is_object(policy) &&
	    mun_json_get_unsigned(
		policy, "time_stamp_authorities", &out->time_stamp_authorities);
}

bool
mun_continues_reason_is_known(const char *reason)
{
	static const char *const known[] = { "key-lost", "log-lost", "forked",
		"migrated", "merged" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(reason, known[i]) == 0)
			return true;
	}
	return false;
}

static bool
take_continues(struct mun_vault_created *out, const struct mun_json_value *root)
{
	const struct mun_json_value *before;

	before = mun_json_member(root, "continues");
	out->continues = before != NULL;
	if (before == NULL)
		return true;
	return mun_json_is_object(before) &&
	    mun_json_get_hex(
		before, "vault", out->continues_vault, MUN_SHA256_LEN) &&
	    mun_json_get_hex(before, "checkpoint", out->continues_checkpoint,
		MUN_SHA256_LEN) &&
	    mun_json_copy_text(before, "reason", out->continues_reason,
		sizeof(out->continues_reason)) &&
	    mun_continues_reason_is_known(out->continues_reason);
}

static enum mun_status
take_created(struct mun_vault_created *out, const struct mun_json_value *root,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	const char *bad = NULL;

	if (!mun_json_copy_text(
		root, "prefix", out->prefix, sizeof(out->prefix)) ||
	    !mun_prefix_is_valid(out->prefix))
		bad = "prefix";
	else if (!mun_json_get_hex(
		     root, "log_key", out->log_key, sizeof(out->log_key)))
		bad = "log_key";
	else if (!take_policy(out, root))
		bad = "policy";
	else if (!take_continues(out, root))
		bad = "continues";
	if (bad != NULL)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "'%s' is missing or malformed", bad);
	MUN_TRY(
	    take_certificate(&out->certificate, root, "certificate_b64", err));
	if (mun_json_member(root, "recovery_b64") != NULL)
		MUN_TRY(take_certificate(
		    &out->recovery, root, "recovery_b64", err));
out:
	return status;
}

enum mun_status
mun_event_vault_created(struct mun_vault_created *out,
    const struct mun_event *event, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_json *json = NULL;
	enum mun_status status = MUN_OK;

	*out = (struct mun_vault_created){ .certificate = NULL };
	if (strcmp(event->type, "vault-created") != 0 || event->seq != 0 ||
	    event->subject.len != 0)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "event: not the creation of a vault");
	MUN_TRY(
	    mun_json_parse(&json, event->detail.data, event->detail.len, err));
	MUN_TRY(take_created(out, mun_json_root(json), err));
	mun_vault_created_write(out, &again);
	MUN_TRY(mun_log_same_bytes(
	    &again, event->detail.data, event->detail.len, "detail", err));
out:
	if (status != MUN_OK) {
		mun_error_wrap(err, "vault-created event");
		mun_vault_created_clear(out);
	}
	mun_json_free(json);
	mun_buffer_free(&again);
	return status;
}
