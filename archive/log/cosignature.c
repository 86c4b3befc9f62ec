/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cosignature.c - what witnesses sign, and the checkpoint that holds it.
 *
 * Spec: C2SP tlog-cosignature, Ed25519 signed message; docs/format/log.md,
 * Witnesses.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "log/log_internal.h"
#include "log/note.h"
#include "trust/certificate.h"

enum {
	TIME_LEN = 8,
	SIGNATURE_LEN = 64,
	BLOB_LEN = MUN_KEY_ID_LEN + TIME_LEN + SIGNATURE_LEN,
	/* base64 of key id and signature: no cosignature has that length */
	LOG_BLOB_TEXT = (MUN_KEY_ID_LEN + SIGNATURE_LEN + 2) / 3 * 4
};
_Static_assert(BLOB_LEN == 76, "note.h says so");

/* ---- judging ---- */

void
mun_cosignature_message(struct mun_buffer *out, int64_t time_utc_s,
    const void *body, size_t body_len)
{
	mun_buffer_append_format(
	    out, "cosignature/v1\ntime %" PRId64 "\n", time_utc_s);
	mun_buffer_append(out, body, body_len);
}

/* The time in a blob; false above 2^63 - 1, which no cosignature has. */
static bool
take_time(int64_t *time_utc_s, const uint8_t *blob)
{
	struct mun_reader reader =
	    mun_reader_over(blob + MUN_KEY_ID_LEN, TIME_LEN);
	uint64_t value;

	if (!mun_reader_u64(&reader, &value) || value > INT64_MAX)
		return false;
	*time_utc_s = (int64_t)value;
	return true;
}

static enum mun_status
judge(bool *holds, int64_t *time_utc_s, const struct mun_buffer *blob,
    const struct mun_note_key *key, const void *body, size_t body_len,
    struct mun_error *err)
{
	struct mun_buffer message = MUN_BUFFER_INIT(MUN_NOTE_MAX + 64);
	enum mun_status status = MUN_OK;

	*holds = false;
	if (blob->len != BLOB_LEN || !take_time(time_utc_s, blob->data))
		return MUN_OK;
	mun_cosignature_message(&message, *time_utc_s, body, body_len);
	MUN_TRY(mun_buffer_status(&message, "cosignature", err));
	*holds = mun_ed25519_verify(key->key, message.data, message.len,
	    blob->data + MUN_KEY_ID_LEN + TIME_LEN);
out:
	mun_buffer_free(&message);
	return status;
}

static bool
is_by(const struct mun_note_key *key, const char *name, size_t name_len,
    const struct mun_buffer *blob)
{
	return blob->len >= MUN_KEY_ID_LEN && name_len == strlen(key->name) &&
	    mun_bytes_equal(name, key->name, name_len) &&
	    mun_bytes_equal(blob->data, key->id, MUN_KEY_ID_LEN);
}

enum mun_status
mun_cosignature_find(struct mun_cosignature *out,
    const struct mun_checkpoint *checkpoint, const void *bytes, size_t len,
    const struct mun_note_key *key, struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct mun_buffer blob = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	enum mun_status status = MUN_OK;
	const uint8_t *body;
	const char *name;
	size_t name_len;
	bool all_hold = true;

	*out = (struct mun_cosignature){ .is_there = false };
	MUN_ASSERT(key->type == MUN_NOTE_COSIGNATURE);
	MUN_ASSERT(mun_reader_take(&reader, checkpoint->body_len, &body));
	MUN_ASSERT(mun_reader_literal(&reader, "\n"));
	for (unsigned i = 0; mun_reader_left(&reader) > 0; i++) {
		int64_t time_utc_s = 0;
		bool holds;

		if (i == MUN_NOTE_LINES_MAX || len > MUN_NOTE_MAX) {
			status = mun_error_set(err, MUN_ERR_FORMAT,
			    "checkpoint: too many signatures");
			goto out;
		}
		MUN_TRY(mun_note_line(&reader, &name, &name_len, &blob, err));
		if (!is_by(key, name, name_len, &blob))
			continue;
		MUN_TRY(judge(&holds, &time_utc_s, &blob, key, body,
		    checkpoint->body_len, err));
		all_hold = all_hold && holds;
		if (holds &&
		    (!out->is_there || time_utc_s >= out->time_utc_s)) {
			out->time_utc_s = time_utc_s;
			for (size_t k = 0; k < BLOB_LEN; k++)
				out->blob[k] = blob.data[k];
		}
		out->is_there = true;
	}
	out->holds = out->is_there && all_hold;
out:
	mun_buffer_free(&blob);
	return status;
}

/* ---- the stored form ---- */

struct line {
	const char *name; /* borrowed */
	size_t name_len;
	uint8_t blob[BLOB_LEN];
};

struct lines {
	struct line line[MUN_NOTE_LINES_MAX];
	size_t count;
};

static int
compare_lines(const void *a, const void *b)
{
	const struct line *left = a, *right = b;
	size_t shorter =
	    left->name_len < right->name_len ? left->name_len : right->name_len;
	int order = memcmp(left->name, right->name, shorter);

	if (order == 0 && left->name_len != right->name_len)
		order = left->name_len < right->name_len ? -1 : 1;
	return order != 0 ? order
			  : memcmp(left->blob, right->blob, MUN_KEY_ID_LEN);
}

static void
write_lines(struct mun_buffer *out, const struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		mun_buffer_append_text(out, MUN_NOTE_MARK);
		mun_buffer_append(
		    out, lines->line[i].name, lines->line[i].name_len);
		mun_buffer_append_byte(out, ' ');
		mun_buffer_append_base64(out, lines->line[i].blob, BLOB_LEN);
		mun_buffer_append_byte(out, '\n');
	}
}

static enum mun_status
not_cosigned(struct mun_error *err, const char *what)
{
	return mun_error_set(
	    err, MUN_ERR_FORMAT, "cosigned checkpoint: %s", what);
}

/* The lines after the log's, in order. */
static enum mun_status
take_lines(
    struct lines *lines, struct mun_reader *reader, struct mun_error *err)
{
	struct mun_buffer blob = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	enum mun_status status = MUN_OK;

	lines->count = 0;
	while (mun_reader_left(reader) > 0) {
		struct line *line = &lines->line[lines->count];

		if (lines->count + 1 == MUN_NOTE_LINES_MAX) {
			status = not_cosigned(err, "too many signatures");
			goto out;
		}
		MUN_TRY(mun_note_line(
		    reader, &line->name, &line->name_len, &blob, err));
		if (blob.len != BLOB_LEN) {
			status = not_cosigned(
			    err, "a line that is no cosignature/v1");
			goto out;
		}
		for (size_t i = 0; i < BLOB_LEN; i++)
			line->blob[i] = blob.data[i];
		if (lines->count > 0 && compare_lines(line - 1, line) >= 0) {
			status = not_cosigned(
			    err, "its lines are not in order, or one twice");
			goto out;
		}
		lines->count++;
	}
out:
	mun_buffer_free(&blob);
	return status;
}

/* A second line by the log: that of the key that was replaced by this head. */
static bool
is_outgoing(const struct mun_reader *origin, const char *line, size_t len)
{
	struct mun_reader reader = mun_reader_over(line, len);

	return mun_reader_literal(&reader, MUN_NOTE_MARK) &&
	    mun_reader_left(&reader) == origin->len + 1 + LOG_BLOB_TEXT &&
	    memcmp(line + reader.pos, origin->data, origin->len) == 0 &&
	    line[reader.pos + origin->len] == ' ';
}

/* The length of the part up to the log's own lines: what log/checkpoint held
 * when this was made. */
static size_t
log_part(const char *bytes, size_t len)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct mun_reader origin = mun_reader_over(bytes, 0);
	const char *line;
	size_t line_len, first;

	for (int i = 0; i < 5; i++) {
		if (!mun_reader_line(&reader, &line, &line_len))
			return 0;
		if (i == 0)
			origin = mun_reader_over(line, line_len);
	}
	first = reader.pos;
	if (mun_reader_line(&reader, &line, &line_len) &&
	    is_outgoing(&origin, line, line_len))
		first = reader.pos;
	return first;
}

static enum mun_status
parse(struct mun_checkpoint *out, struct lines *lines, const void *bytes,
    size_t len, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	size_t first = log_part(bytes, len);
	struct mun_reader reader =
	    mun_reader_over((const uint8_t *)bytes + first, len - first);
	enum mun_status status;

	if (len > MUN_NOTE_MAX)
		return not_cosigned(err, "it is too long");
	MUN_TRY(mun_checkpoint_parse(out, bytes, first, err));
	MUN_TRY(take_lines(lines, &reader, err));
	if (lines->count == 0) {
		status = not_cosigned(err, "nobody has cosigned it");
		goto out;
	}
	mun_buffer_append(&again, bytes, first);
	write_lines(&again, lines);
	MUN_TRY(
	    mun_log_same_bytes(&again, bytes, len, "cosigned checkpoint", err));
out:
	mun_buffer_free(&again);
	return status;
}

enum mun_status
mun_cosigned_parse(struct mun_checkpoint *out, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct lines lines;

	return parse(out, &lines, bytes, len, err);
}

/* Put the line among the others, in place of one by the same key. */
static bool
insert(struct lines *lines, const struct line *line)
{
	for (size_t i = 0; i < lines->count; i++) {
		if (compare_lines(&lines->line[i], line) == 0) {
			lines->line[i] = *line;
			return true;
		}
	}
	if (lines->count + 1 == MUN_NOTE_LINES_MAX)
		return false;
	lines->line[lines->count++] = *line;
	qsort(lines->line, lines->count, sizeof(*line), compare_lines);
	return true;
}

enum mun_status
mun_cosigned_add(struct mun_buffer *out, const void *log_note,
    size_t log_note_len, const void *before, size_t before_len,
    const char *name, const uint8_t blob[76], struct mun_error *err)
{
	struct line line = { .name = name, .name_len = strlen(name) };
	struct lines lines = { .count = 0 };
	struct mun_checkpoint head, old;
	enum mun_status status;

	MUN_TRY(mun_checkpoint_parse(&head, log_note, log_note_len, err));
	if (before_len > 0) {
		MUN_TRY(parse(&old, &lines, before, before_len, err));
		if (old.body_len != head.body_len ||
		    !mun_bytes_equal(before, log_note, head.body_len)) {
			status = not_cosigned(err, "it is of another head");
			goto out;
		}
	}
	for (size_t i = 0; i < BLOB_LEN; i++)
		line.blob[i] = blob[i];
	if (!insert(&lines, &line)) {
		status = mun_error_set(err, MUN_ERR_LIMIT,
		    "a checkpoint holds at most %d cosignatures",
		    MUN_NOTE_LINES_MAX - 1);
		goto out;
	}
	mun_buffer_append(out, log_note, log_note_len);
	write_lines(out, &lines);
	status = mun_buffer_status(out, "cosigned checkpoint", err);
out:
	return status;
}

/* ---- names ---- */

#define WITNESS_FOLDER "log/witness/"
#define WITNESS_FILE "/checkpoint"

void
mun_witness_name(char *out, size_t out_size, uint64_t size)
{
	(void)snprintf(
	    out, out_size, WITNESS_FOLDER "%" PRIu64 WITNESS_FILE, size);
}

bool
mun_witness_name_parse(uint64_t *size, const char *name)
{
	struct mun_reader reader = mun_reader_over(name, strlen(name));

	return mun_reader_literal(&reader, WITNESS_FOLDER) &&
	    mun_reader_decimal(&reader, size) && *size > 0 &&
	    mun_reader_literal(&reader, WITNESS_FILE) &&
	    mun_reader_left(&reader) == 0;
}
