/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * receipt.c - what a depositor keeps: a C2SP tlog-proof of one entry.
 *
 * Spec: docs/format/log.md, Receipt; C2SP tlog-proof.
 */
#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/reader.h"
#include "digest/digest.h"
#include "json/json_parse.h"
#include "log/log_internal.h"
#include "manifest/manifest.h"
#include "muniment/json.h"

#define PROOF_LINE "c2sp.org/tlog-proof@v1\n"
#define RECEIPT_FORMAT "muniment-receipt/1"

void
mun_receipt_clear(struct mun_receipt *receipt)
{
	mun_buffer_free(&receipt->checkpoint);
}

/* The line that goes, in base64, after "extra". */
static void
write_line(const struct mun_receipt *receipt, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "format");
	mun_json_text(&json, RECEIPT_FORMAT);
	mun_json_key(&json, "vault");
	mun_json_hex(&json, receipt->vault, sizeof(receipt->vault));
	mun_json_key(&json, "archive");
	mun_json_text(&json, receipt->archive);
	mun_json_key(&json, "entry");
	mun_json_hex(&json, receipt->entry, sizeof(receipt->entry));
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

void
mun_receipt_write(const struct mun_receipt *receipt, struct mun_buffer *out)
{
	struct mun_buffer line = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);

	write_line(receipt, &line);
	mun_buffer_append_text(out, PROOF_LINE "extra ");
	mun_buffer_append_base64(out, line.data, line.len);
	mun_buffer_append_format(out, "\nindex %" PRIu64 "\n", receipt->index);
	for (size_t i = 0; i < receipt->proof_count; i++) {
		mun_buffer_append_base64(out, receipt->proof[i].bytes,
		    sizeof(receipt->proof[i].bytes));
		mun_buffer_append_byte(out, '\n');
	}
	mun_buffer_append_byte(out, '\n');
	mun_buffer_append(
	    out, receipt->checkpoint.data, receipt->checkpoint.len);
	if (line.status != MUN_OK && out->status == MUN_OK)
		out->status = line.status;
	mun_buffer_free(&line);
}

static enum mun_status
malformed(struct mun_error *err, const char *what)
{
	return mun_error_set(
	    err, MUN_ERR_FORMAT, "receipt: %s is missing or malformed", what);
}

/* Replace out's contents with the decoded rest of the line. */
static enum mun_status
decode_line(struct mun_buffer *out, struct mun_reader *reader, const char *what,
    struct mun_error *err)
{
	const char *text;
	size_t len;

	mun_buffer_reset(out);
	if (!mun_reader_line(reader, &text, &len))
		return malformed(err, what);
	if (mun_base64_decode(out, text, len))
		return MUN_OK;
	if (out->status == MUN_ERR_NOMEM)
		return mun_buffer_status(out, "receipt", err);
	return malformed(err, what);
}

static enum mun_status
take_line(
    struct mun_receipt *out, struct mun_reader *reader, struct mun_error *err)
{
	struct mun_buffer line = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
	char prefix[MUN_PREFIX_MAX + 1];
	struct mun_json *json = NULL;
	const struct mun_json_value *root;
	enum mun_status status;
	uint64_t number;

	MUN_TRY(decode_line(&line, reader, "the extra line", err));
	MUN_TRY(mun_json_parse(&json, line.data, line.len, err));
	root = mun_json_root(json);
	if (!mun_json_is_object(root) ||
	    !mun_json_get_hex(root, "vault", out->vault, sizeof(out->vault)) ||
	    !mun_json_copy_text(
		root, "archive", out->archive, sizeof(out->archive)) ||
	    !mun_archive_id_parse(
		out->archive, strlen(out->archive), prefix, &number) ||
	    !mun_json_get_hex(root, "entry", out->entry, sizeof(out->entry)))
		status = malformed(err, "a value of the extra line");
out:
	mun_json_free(json);
	mun_buffer_free(&line);
	return status;
}

static enum mun_status
take_proof(
    struct mun_receipt *out, struct mun_reader *reader, struct mun_error *err)
{
	struct mun_buffer hash = MUN_BUFFER_INIT(MUN_SHA256_LEN);
	enum mun_status status = MUN_OK;

	out->proof_count = 0;
	while (!mun_reader_literal(reader, "\n")) {
		MUN_TRY(decode_line(&hash, reader, "a hash", err));
		if (hash.len != MUN_SHA256_LEN ||
		    out->proof_count == MUN_PROOF_MAX) {
			status = malformed(err, "a hash");
			goto out;
		}
		mun_log_copy32(out->proof[out->proof_count].bytes, hash.data);
		out->proof_count++;
	}
out:
	mun_buffer_free(&hash);
	return status;
}

static enum mun_status
take_receipt(
    struct mun_receipt *out, struct mun_reader *reader, struct mun_error *err)
{
	enum mun_status status;
	const uint8_t *rest;
	size_t len;

	if (!mun_reader_literal(reader, PROOF_LINE "extra "))
		return malformed(err, "the first or extra line");
	MUN_TRY(take_line(out, reader, err));
	if (!mun_reader_literal(reader, "index ") ||
	    !mun_reader_decimal(reader, &out->index) ||
	    !mun_reader_literal(reader, "\n"))
		return malformed(err, "the index line");
	MUN_TRY(take_proof(out, reader, err));
	len = mun_reader_left(reader);
	if (len == 0 || !mun_reader_take(reader, len, &rest))
		return malformed(err, "the checkpoint");
	mun_buffer_append(&out->checkpoint, rest, len);
out:
	return status;
}

enum mun_status
mun_receipt_parse(struct mun_receipt *out, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
	enum mun_status status;

	mun_buffer_reset(&out->checkpoint);
	if (len > MUN_RECEIPT_MAX)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "receipt: longer than %d bytes", MUN_RECEIPT_MAX);
	MUN_TRY(take_receipt(out, &reader, err));
	if (out->checkpoint.status == MUN_ERR_LIMIT) {
		status = malformed(err, "the checkpoint");
		goto out;
	}
	MUN_TRY(mun_buffer_status(&out->checkpoint, "receipt", err));
	mun_receipt_write(out, &again);
	MUN_TRY(mun_log_same_bytes(&again, bytes, len, "receipt", err));
out:
	mun_buffer_free(&again);
	return status;
}

static enum mun_status
take_entry(struct mun_log *log, uint64_t seq, struct mun_receipt *receipt,
    struct mun_hash *leaf, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_deposit_subject subject;
	enum mun_status status;

	MUN_TRY(mun_log_entry(log, seq, &der, err));
	MUN_TRY(mun_entry_unverified(&entry, der.data, der.len, err));
	MUN_TRY(mun_event_deposit(&subject, &entry.event, err));
	mun_merkle_leaf(leaf, der.data, der.len);
	mun_log_copy32(receipt->entry, entry.sha256);
	for (size_t i = 0; i < sizeof(receipt->archive); i++)
		receipt->archive[i] = subject.archive[i];
	MUN_TRY(mun_log_entry(log, 0, &der, err));
	mun_sha256_of(receipt->vault, der.data, der.len);
out:
	mun_entry_clear(&entry);
	mun_buffer_free(&der);
	return status;
}

enum mun_status
mun_log_receipt(struct mun_log *log, uint64_t seq, struct mun_receipt *receipt,
    struct mun_error *err)
{
	const struct mun_merkle_source source = mun_log_source(log);
	const struct mun_checkpoint *head = &log->checkpoint;
	enum mun_status status;
	struct mun_hash leaf;

	MUN_TRY(take_entry(log, seq, receipt, &leaf, err));
	receipt->index = seq;
	MUN_TRY(mun_merkle_prove_inclusion(&source, receipt->proof,
	    &receipt->proof_count, seq, head->size, err));
	if (!mun_merkle_verify_inclusion(&leaf, seq, head->size, receipt->proof,
		receipt->proof_count, &head->root)) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: the stored tiles do not prove entry %llu",
		    (unsigned long long)seq);
		goto out;
	}
	mun_buffer_reset(&receipt->checkpoint);
	mun_buffer_append(&receipt->checkpoint, log->checkpoint_bytes.data,
	    log->checkpoint_bytes.len);
	status = mun_buffer_status(&receipt->checkpoint, "receipt", err);
out:
	return status;
}
