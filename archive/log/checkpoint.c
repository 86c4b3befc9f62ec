/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checkpoint.c - the signed head of the log, as a C2SP signed note.
 *
 * Spec: docs/format/log.md, Checkpoint; C2SP signed-note, tlog-checkpoint.
 */
#include "log/checkpoint.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/reader.h"
#include "log/log_internal.h"

enum {
	SIGNATURE_LEN = 64,
	BLOB_LEN = MUN_KEY_ID_LEN + SIGNATURE_LEN
};

void
mun_checkpoint_write_body(struct mun_buffer *out, const char *origin,
    uint64_t size, const struct mun_hash *root)
{
	mun_buffer_append_format(out, "%s\n%" PRIu64 "\n", origin, size);
	mun_buffer_append_base64(out, root->bytes, sizeof(root->bytes));
	mun_buffer_append_byte(out, '\n');
}

static void
write_line(struct mun_buffer *out, const char *origin,
    const uint8_t key_id[MUN_KEY_ID_LEN],
    const uint8_t signature[SIGNATURE_LEN])
{
	uint8_t blob[BLOB_LEN];

	for (size_t i = 0; i < BLOB_LEN; i++)
		blob[i] = i < MUN_KEY_ID_LEN ? key_id[i]
					     : signature[i - MUN_KEY_ID_LEN];
	mun_buffer_append_text(out, MUN_NOTE_MARK);
	mun_buffer_append_text(out, origin);
	mun_buffer_append_byte(out, ' ');
	mun_buffer_append_base64(out, blob, sizeof(blob));
	mun_buffer_append_byte(out, '\n');
}

void
mun_checkpoint_write_again(
    struct mun_buffer *out, const struct mun_checkpoint *checkpoint)
{
	mun_checkpoint_write_body(
	    out, checkpoint->origin, checkpoint->size, &checkpoint->root);
	mun_buffer_append_byte(out, '\n');
	write_line(
	    out, checkpoint->origin, checkpoint->key_id, checkpoint->signature);
	if (checkpoint->has_outgoing)
		write_line(out, checkpoint->origin, checkpoint->outgoing_key_id,
		    checkpoint->outgoing_signature);
}

void
mun_checkpoint_write(struct mun_buffer *out, const char *origin, uint64_t size,
    const struct mun_hash *root, const uint8_t log_key[32],
    const uint8_t signature[64])
{
	uint8_t key_id[MUN_KEY_ID_LEN];

	mun_log_key_id(key_id, origin, log_key);
	mun_checkpoint_write_body(out, origin, size, root);
	mun_buffer_append_byte(out, '\n');
	write_line(out, origin, key_id, signature);
}

void
mun_checkpoint_write_outgoing(struct mun_buffer *out, const char *origin,
    const uint8_t outgoing_key[32], const uint8_t signature[64])
{
	uint8_t key_id[MUN_KEY_ID_LEN];

	mun_log_key_id(key_id, origin, outgoing_key);
	write_line(out, origin, key_id, signature);
}

static enum mun_status
malformed(struct mun_error *err, const char *what)
{
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "checkpoint: %s is missing or malformed", what);
}

/* Replace out's contents with the decoded text. */
static enum mun_status
decode(struct mun_buffer *out, const char *text, size_t len, const char *what,
    struct mun_error *err)
{
	mun_buffer_reset(out);
	if (mun_base64_decode(out, text, len))
		return MUN_OK;
	if (out->status == MUN_ERR_NOMEM)
		return mun_buffer_status(out, "checkpoint", err);
	return malformed(err, what);
}

static bool
take_origin(struct mun_checkpoint *out, struct mun_reader *reader)
{
	const char *line;
	size_t len;

	return mun_reader_line(reader, &line, &len) &&
	    mun_log_take_origin(out->origin, line, len);
}

static bool
take_size(struct mun_checkpoint *out, struct mun_reader *reader)
{
	struct mun_reader digits;
	const char *line;
	size_t len;

	if (!mun_reader_line(reader, &line, &len))
		return false;
	digits = mun_reader_over(line, len);
	return mun_reader_decimal(&digits, &out->size) &&
	    mun_reader_left(&digits) == 0;
}

static enum mun_status
take_root(struct mun_checkpoint *out, struct mun_reader *reader,
    struct mun_error *err)
{
	struct mun_buffer root = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	enum mun_status status;
	const char *line;
	size_t len;

	if (!mun_reader_line(reader, &line, &len))
		return malformed(err, "root hash");
	MUN_TRY(decode(&root, line, len, "root hash", err));
	if (root.len != sizeof(out->root.bytes)) {
		status = malformed(err, "root hash");
		goto out;
	}
	mun_log_copy32(out->root.bytes, root.data);
out:
	mun_buffer_free(&root);
	return status;
}

enum mun_status
mun_checkpoint_take_body(struct mun_checkpoint *out, struct mun_reader *reader,
    struct mun_error *err)
{
	enum mun_status status;

	if (!take_origin(out, reader))
		return malformed(err, "origin");
	if (!take_size(out, reader))
		return malformed(err, "tree size");
	MUN_TRY(take_root(out, reader, err));
	out->body_len = reader->pos;
	if (!mun_reader_literal(reader, "\n"))
		status = malformed(err, "the empty line");
out:
	return status;
}

static bool
name_is_origin(
    const struct mun_checkpoint *checkpoint, const char *name, size_t name_len)
{
	return name_len == strlen(checkpoint->origin) &&
	    mun_bytes_equal(name, checkpoint->origin, name_len);
}

static void
take_blob(uint8_t key_id[MUN_KEY_ID_LEN], uint8_t signature[SIGNATURE_LEN],
    const struct mun_buffer *blob)
{
	for (size_t i = 0; i < MUN_KEY_ID_LEN; i++)
		key_id[i] = blob->data[i];
	for (size_t i = 0; i < SIGNATURE_LEN; i++)
		signature[i] = blob->data[MUN_KEY_ID_LEN + i];
}

/* One signature line under the log's own name. */
static enum mun_status
take_own_line(const struct mun_checkpoint *out, struct mun_reader *reader,
    uint8_t key_id[MUN_KEY_ID_LEN], uint8_t signature[SIGNATURE_LEN],
    struct mun_error *err)
{
	struct mun_buffer blob = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	enum mun_status status;
	const char *name;
	size_t name_len;

	MUN_TRY(mun_note_line(reader, &name, &name_len, &blob, err));
	if (name_is_origin(out, name, name_len) && blob.len == BLOB_LEN)
		take_blob(key_id, signature, &blob);
	else
		status = malformed(err, "the log's signature");
out:
	mun_buffer_free(&blob);
	return status;
}

enum mun_status
mun_checkpoint_parse(struct mun_checkpoint *out, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	enum mun_status status;

	if (len > MUN_CHECKPOINT_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "checkpoint: longer than %d bytes", MUN_CHECKPOINT_MAX);
	MUN_TRY(mun_checkpoint_take_body(out, &reader, err));
	MUN_TRY(take_own_line(out, &reader, out->key_id, out->signature, err));
	out->has_outgoing = mun_reader_left(&reader) > 0;
	if (out->has_outgoing)
		MUN_TRY(take_own_line(out, &reader, out->outgoing_key_id,
		    out->outgoing_signature, err));
	/* One key hands on to another, not to itself. */
	if (out->has_outgoing &&
	    mun_bytes_equal(
		out->outgoing_key_id, out->key_id, MUN_KEY_ID_LEN)) {
		status = malformed(err, "the outgoing key's signature");
		goto out;
	}
	mun_checkpoint_write_again(&again, out);
	MUN_TRY(mun_log_same_bytes(&again, bytes, len, "checkpoint", err));
out:
	mun_buffer_free(&again);
	return status;
}

enum mun_status
mun_checkpoint_size(
    uint64_t *size, const void *bytes, size_t len, struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct mun_checkpoint body = { .size = 0 };
	enum mun_status status;

	MUN_TRY(mun_checkpoint_take_body(&body, &reader, err));
	*size = body.size;
out:
	return status;
}

/* One line below the body, whoever signed it; lines counts them. */
static enum mun_status
next_line(struct mun_reader *reader, unsigned *lines, const char **name,
    size_t *name_len, struct mun_buffer *blob, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_note_line(reader, name, name_len, blob, err));
	if (++*lines > MUN_NOTE_LINES_MAX)
		status = malformed(err, "an end to the signatures");
	else if (blob->len <= MUN_KEY_ID_LEN)
		status = malformed(err, "a signature");
out:
	return status;
}

static enum mun_status
take_kept_body(struct mun_checkpoint *out, struct mun_reader *reader,
    struct mun_error *err)
{
	if (mun_reader_left(reader) > MUN_NOTE_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "checkpoint: longer than %d bytes", MUN_NOTE_MAX);
	out->has_outgoing = false;
	return mun_checkpoint_take_body(out, reader, err);
}

enum mun_status
mun_checkpoint_check_kept(const void *bytes, size_t len, struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct mun_checkpoint checkpoint = { .size = 0 };
	struct mun_buffer blob = MUN_BUFFER_INIT(len);
	enum mun_status status;
	unsigned lines = 0;
	const char *name;
	size_t name_len;

	MUN_TRY(take_kept_body(&checkpoint, &reader, err));
	do {
		MUN_TRY(
		    next_line(&reader, &lines, &name, &name_len, &blob, err));
	} while (mun_reader_left(&reader) > 0);
out:
	mun_buffer_free(&blob);
	return status;
}

enum mun_status
mun_checkpoint_parse_kept(struct mun_checkpoint *out, const void *bytes,
    size_t len, const uint8_t log_key[32], struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct mun_buffer blob = MUN_BUFFER_INIT(len);
	uint8_t key_id[MUN_KEY_ID_LEN];
	enum mun_status status;
	unsigned found = 0, lines = 0;
	const char *name;
	size_t name_len;

	MUN_TRY(take_kept_body(out, &reader, err));
	mun_log_key_id(key_id, out->origin, log_key);
	while (mun_reader_left(&reader) > 0) {
		MUN_TRY(
		    next_line(&reader, &lines, &name, &name_len, &blob, err));
		/* Other people's signatures are other people's business. */
		if (!name_is_origin(out, name, name_len) ||
		    !mun_bytes_equal(blob.data, key_id, MUN_KEY_ID_LEN))
			continue;
		if (blob.len != BLOB_LEN || found++ > 0) {
			status = malformed(err, "the log's one signature");
			goto out;
		}
		take_blob(out->key_id, out->signature, &blob);
	}
	if (found == 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "checkpoint: no signature of the log's key");
out:
	mun_buffer_free(&blob);
	return status;
}

bool
mun_checkpoint_verify(const struct mun_checkpoint *checkpoint,
    const void *bytes, const uint8_t log_key[32])
{
	uint8_t key_id[MUN_KEY_ID_LEN];

	mun_log_key_id(key_id, checkpoint->origin, log_key);
	return mun_bytes_equal(checkpoint->key_id, key_id, sizeof(key_id)) &&
	    mun_ed25519_verify(
		log_key, bytes, checkpoint->body_len, checkpoint->signature);
}

bool
mun_checkpoint_verify_outgoing(const struct mun_checkpoint *checkpoint,
    const void *bytes, const uint8_t outgoing_key[32])
{
	uint8_t key_id[MUN_KEY_ID_LEN];

	mun_log_key_id(key_id, checkpoint->origin, outgoing_key);
	return checkpoint->has_outgoing &&
	    mun_bytes_equal(
		checkpoint->outgoing_key_id, key_id, sizeof(key_id)) &&
	    mun_ed25519_verify(outgoing_key, bytes, checkpoint->body_len,
		checkpoint->outgoing_signature);
}
