/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_json.c - a verification for programs.  Spec: docs/format/
 * verification.md.
 *
 * Texts from outside that are not UTF-8 are escaped first: JSON has no other
 * way to carry them.
 */
#include "muniment/report.h"

#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "muniment/json.h"

static void
put_outside_text(struct mun_json_writer *json, const char *text)
{
	struct mun_buffer escaped = MUN_BUFFER_INIT(1 << 20);

	if (mun_text_is_utf8(text, strlen(text))) {
		mun_json_text(json, text);
		return;
	}
	mun_text_escape(&escaped, text, strlen(text), MUN_TEXT_ASCII);
	if (escaped.status == MUN_ERR_NOMEM)
		json->out->status = escaped.status;
	mun_json_text(json, mun_buffer_text(&escaped));
	mun_buffer_free(&escaped);
}

static void
put_member(struct mun_json_writer *json, const char *key, const char *text)
{
	mun_json_key(json, key);
	put_outside_text(json, text);
}

static void
put_question(struct mun_json_writer *json, const struct mun_question *question)
{
	mun_json_begin_object(json);
	put_member(json, "question", mun_question_text(question->kind));
	mun_json_key(json, "verdict");
	if (question->claimed)
		mun_json_text(json, mun_verdict_text(question->verdict));
	else
		mun_json_null(json);
	put_member(json, "because", question->because);
	put_member(json, "missing", question->missing);
	mun_json_end_object(json);
}

static void
put_input(struct mun_json_writer *json, const struct mun_verify_input *input)
{
	mun_json_begin_object(json);
	put_member(json, "name", input->path);
	mun_json_key(json, "sha256");
	if (input->has_sha256)
		mun_json_hex(json, input->sha256, sizeof(input->sha256));
	else
		mun_json_null(json);
	mun_json_end_object(json);
}

static void
put_check(struct mun_json_writer *json, const struct mun_check *check)
{
	mun_json_begin_object(json);
	put_member(json, "check", mun_check_kind_text(check->kind));
	put_member(json, "verdict", mun_verdict_text(check->verdict));
	put_member(json, "rule", check->rule);
	put_member(json, "subject", check->subject);
	put_member(json, "detail", check->detail);
	put_member(json, "means", check->means);
	put_member(json, "next", check->next);
	mun_json_end_object(json);
}

static void
put_inputs(struct mun_json_writer *json, const struct mun_verification *v)
{
	mun_json_key(json, "anchors");
	mun_json_begin_array(json);
	for (size_t i = 0; i < mun_verification_anchor_count(v); i++)
		mun_json_text(json, mun_verification_anchor(v, i));
	mun_json_end_array(json);
	mun_json_key(json, "inputs");
	mun_json_begin_array(json);
	for (size_t i = 0; i < mun_verification_input_count(v); i++)
		put_input(json, mun_verification_input(v, i));
	mun_json_end_array(json);
}

static void
put_tool(struct mun_json_writer *json, const struct mun_verification *v)
{
	char time[MUN_TIME_TEXT_LEN + 1] = "";
	uint8_t fingerprint[MUN_SHA256_LEN];

	mun_json_key(json, "vault");
	if (mun_verification_claimed_vault(v, fingerprint))
		mun_json_hex(json, fingerprint, sizeof(fingerprint));
	else
		mun_json_null(json);
	put_member(json, "tool", "muniment-verify " MUN_VERSION);
	(void)mun_time_format(time, mun_verification_time_utc_s(v));
	put_member(json, "verified_at", time);
}

static void
put_recorded(
    struct mun_json_writer *json, const struct mun_report_entry *recorded)
{
	mun_json_key(json, "recorded");
	mun_json_begin_object(json);
	mun_json_key(json, "seq");
	mun_json_unsigned(json, recorded->seq);
	mun_json_key(json, "entry");
	mun_json_hex(json, recorded->sha256, sizeof(recorded->sha256));
	mun_json_end_object(json);
}

void
mun_report_json(struct mun_buffer *out, const struct mun_verification *v,
    const struct mun_report_entry *recorded)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	put_member(
	    &json, "verdict", mun_verdict_text(mun_verification_verdict(v)));
	mun_json_key(&json, "questions");
	mun_json_begin_array(&json);
	for (unsigned kind = 0; kind < MUN_QUESTIONS; kind++)
		put_question(&json,
		    mun_verification_question(v, (enum mun_question_kind)kind));
	mun_json_end_array(&json);
	put_inputs(&json, v);
	put_tool(&json, v);
	mun_json_key(&json, "checks");
	mun_json_begin_array(&json);
	for (size_t i = 0; i < mun_verification_check_count(v); i++)
		put_check(&json, mun_verification_check(v, i));
	mun_json_end_array(&json);
	if (recorded != NULL)
		put_recorded(&json, recorded);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}
