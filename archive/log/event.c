/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event.c - the event line: written, and read by writing it again.
 *
 * Subject and detail are kept as the canonical text of their objects; what is
 * in them is judged by event_detail.c, for the types it knows.
 *
 * Spec: docs/format/log.md, Event; docs/format/json.md.
 */
#include "log/event.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"
#include "json/json_parse.h"
#include "log/log_internal.h"
#include "manifest/manifest.h"
#include "muniment/json.h"

#define EVENT_FORMAT "muniment-event/1"

void
mun_event_clear(struct mun_event *event)
{
	mun_buffer_free(&event->subject);
	mun_buffer_free(&event->detail);
}

static bool
type_is_valid(const char *type)
{
	size_t len = strspn(type, "abcdefghijklmnopqrstuvwxyz-");

	return len > 0 && type[len] == '\0';
}

enum mun_status
mun_log_same_bytes(const struct mun_buffer *written, const void *bytes,
    size_t len, const char *what, struct mun_error *err)
{
	enum mun_status status = mun_buffer_status(written, what, err);

	if (status == MUN_ERR_LIMIT || status == MUN_ERR_INTERNAL)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "%s: cannot be written again", what);
	if (status != MUN_OK)
		return status;
	if (written->len != len || !mun_bytes_equal(written->data, bytes, len))
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "%s: not in canonical form", what);
	return MUN_OK;
}

/* A failure sticks to the writer's buffer, as all of the writer's do. */
static void
write_object(struct mun_json_writer *json, const struct mun_buffer *object)
{
	struct mun_json *parsed = NULL;
	enum mun_status status;

	status = mun_json_parse(&parsed, object->data, object->len, NULL);
	if (status == MUN_OK &&
	    (!mun_json_is_object(mun_json_root(parsed)) ||
		!mun_json_rewrite(json, mun_json_root(parsed))))
		status = MUN_ERR_INTERNAL;
	/* Not JSON is our own mistake here; no memory is nobody's. */
	if (status != MUN_OK && json->out->status == MUN_OK)
		json->out->status =
		    status == MUN_ERR_NOMEM ? status : MUN_ERR_INTERNAL;
	mun_json_free(parsed);
}

void
mun_event_write(const struct mun_event *event, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);
	char time[MUN_TIME_TEXT_LEN + 1] = "";

	if (!mun_time_format(time, event->time_utc_s) && out->status == MUN_OK)
		out->status = MUN_ERR_INTERNAL;
	mun_json_begin_object(&json);
	mun_json_key(&json, "format");
	mun_json_text(&json, EVENT_FORMAT);
	mun_json_key(&json, "origin");
	mun_json_text(&json, event->origin);
	if (event->has_vault) {
		mun_json_key(&json, "vault");
		mun_json_hex(&json, event->vault, sizeof(event->vault));
	}
	mun_json_key(&json, "seq");
	mun_json_unsigned(&json, event->seq);
	mun_json_key(&json, "prev");
	mun_json_hex(&json, event->prev, sizeof(event->prev));
	mun_json_key(&json, "time");
	mun_json_text(&json, time);
	mun_json_key(&json, "type");
	mun_json_text(&json, event->type);
	mun_json_key(&json, "actor");
	mun_json_hex(&json, event->actor, sizeof(event->actor));
	if (event->subject.len > 0) {
		mun_json_key(&json, "subject");
		write_object(&json, &event->subject);
	}
	mun_json_key(&json, "detail");
	write_object(&json, &event->detail);
	if (event->has_statement) {
		mun_json_key(&json, "statement");
		mun_json_hex(&json, event->statement, sizeof(event->statement));
	}
	mun_json_key(&json, "nonce");
	mun_json_hex(&json, event->nonce, sizeof(event->nonce));
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

static bool
take_object(
    struct mun_buffer *out, const struct mun_json_value *event, const char *key)
{
	const struct mun_json_value *value = mun_json_member(event, key);
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	return value != NULL && mun_json_is_object(value) &&
	    mun_json_rewrite(&json, value);
}

static bool
take_origin(struct mun_event *out, const struct mun_json_value *root)
{
	return mun_json_copy_text(
		   root, "origin", out->origin, sizeof(out->origin)) &&
	    mun_origin_is_valid(out->origin);
}

/* Entry 0 has no vault and nothing before it; every other one has both. */
static bool
take_place(struct mun_event *out, const struct mun_json_value *root)
{
	static const uint8_t zeros[MUN_SHA256_LEN];

	if (!mun_json_get_unsigned(root, "seq", &out->seq) ||
	    !mun_json_get_hex(root, "prev", out->prev, sizeof(out->prev)))
		return false;
	out->has_vault = mun_json_member(root, "vault") != NULL;
	if (out->has_vault &&
	    !mun_json_get_hex(root, "vault", out->vault, sizeof(out->vault)))
		return false;
	return out->has_vault == (out->seq > 0) &&
	    mun_bytes_equal(out->prev, zeros, sizeof(zeros)) == (out->seq == 0);
}

/* NULL, or what is missing or malformed. */
static const char *
take_event(struct mun_event *out, const struct mun_json_value *root)
{
	if (root == NULL || !mun_json_is_object(root))
		return "object";
	if (!take_origin(out, root))
		return "origin";
	if (!take_place(out, root))
		return "seq, vault or prev";
	if (!mun_json_get_time(root, "time", &out->time_utc_s))
		return "time";
	if (!mun_json_copy_text(root, "type", out->type, sizeof(out->type)) ||
	    !type_is_valid(out->type))
		return "type";
	if (!mun_json_get_hex(root, "actor", out->actor, sizeof(out->actor)))
		return "actor";
	if (mun_json_member(root, "subject") != NULL &&
	    !take_object(&out->subject, root, "subject"))
		return "subject";
	if (!take_object(&out->detail, root, "detail"))
		return "detail";
	out->has_statement = mun_json_member(root, "statement") != NULL;
	if (out->has_statement &&
	    !mun_json_get_hex(
		root, "statement", out->statement, sizeof(out->statement)))
		return "statement";
	if (!mun_json_get_hex(root, "nonce", out->nonce, sizeof(out->nonce)))
		return "nonce";
	return NULL;
}

enum mun_status
mun_event_parse(
    struct mun_event *out, const void *bytes, size_t len, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_json *json = NULL;
	enum mun_status status = MUN_OK;
	const char *bad;

	mun_buffer_reset(&out->subject);
	mun_buffer_reset(&out->detail);
	if (len > MUN_EVENT_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "event: longer than %d bytes", MUN_EVENT_MAX);
	MUN_TRY(mun_json_parse(&json, bytes, len, err));
	bad = take_event(out, mun_json_root(json));
	MUN_TRY(mun_buffer_status(&out->subject, "event subject", err));
	MUN_TRY(mun_buffer_status(&out->detail, "event detail", err));
	if (bad != NULL) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "event: '%s' is missing or malformed", bad);
		goto out;
	}
	mun_event_write(out, &again);
	MUN_TRY(mun_log_same_bytes(&again, bytes, len, "event", err));
out:
	mun_json_free(json);
	mun_buffer_free(&again);
	return status;
}

bool
mun_event_clock(const struct mun_event *event, int64_t *clock_utc_s)
{
	const struct mun_json_value *root;
	struct mun_json *json = NULL;
	bool found = false;
	size_t count;

	/* asked of every event, and hardly any has it */
	if (strstr(mun_buffer_text(&event->detail), "\"clock\"") == NULL)
		return false;
	if (mun_json_parse(
		&json, event->detail.data, event->detail.len, NULL) != MUN_OK)
		return false;
	root = mun_json_root(json);
	count = mun_json_is_object(root) ? mun_json_count(root) : 0;
	if (count > 0 && strcmp(mun_json_key_at(root, count - 1), "clock") == 0)
		found = mun_json_get_time(root, "clock", clock_utc_s);
	mun_json_free(json);
	return found;
}
