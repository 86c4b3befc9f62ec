/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp_request.c - across an air gap: a query goes out on a stick, the answer
 * comes back on one.
 *
 * What the answer is held against, checkpoint and query, is kept beside the
 * keys: the vault holds nothing that its log does not name, and the head will
 * have moved on.
 *
 * Spec: docs/format/vault.md, The keys folder.
 */
#include "stamp/stamp_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/reader.h"
#include "digest/digest.h"

/* ---- a request that is kept ---- */

/* base64 of the query, LF, the checkpoint. */
static void
write_kept(struct mun_buffer *out, const struct mun_buffer *query,
    const void *checkpoint, size_t len)
{
	mun_buffer_append_base64(out, query->data, query->len);
	mun_buffer_append_byte(out, '\n');
	mun_buffer_append(out, checkpoint, len);
}

static bool
read_kept(struct mun_timestamp_query *query, const void **checkpoint,
    size_t *len, const void *bytes, size_t bytes_len)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
	struct mun_reader reader = mun_reader_over(bytes, bytes_len);
	uint8_t imprint[MUN_SHA256_LEN];
	const char *line;
	size_t line_len;
	bool good;

	good = mun_reader_line(&reader, &line, &line_len) &&
	    mun_base64_decode(&der, line, line_len) &&
	    mun_timestamp_query_read(query, der.data, der.len) == NULL;
	mun_buffer_free(&der);
	if (!good)
		return false;
	*len = mun_reader_left(&reader);
	*checkpoint = (const char *)bytes + (bytes_len - *len);
	mun_sha256_of(imprint, *checkpoint, *len);
	return mun_bytes_equal(imprint, query->imprint, sizeof(imprint));
}

enum mun_status
mun_stamp_request(struct mun_vault *vault, const char *keys_folder,
    const char *policy, struct mun_buffer *query_der, uint64_t *size,
    struct mun_error *err)
{
	struct mun_buffer kept = MUN_BUFFER_INIT(MUN_STAMP_REQUEST_MAX);
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
	uint8_t imprint[MUN_SHA256_LEN], name[MUN_SHA256_LEN];
	struct mun_timestamp_query query;
	struct mun_log *log = NULL;
	enum mun_status status;
	const void *bytes;
	size_t len;

	MUN_TRY(mun_log_open(&log, mun_vault_store(vault), err));
	bytes = mun_log_checkpoint_bytes(log, &len);
	*size = mun_log_checkpoint(log)->size;
	MUN_TRY(
	    mun_stamp_check_signed(log, mun_log_checkpoint(log), bytes, err));
	mun_sha256_of(imprint, bytes, len);
	MUN_TRY(mun_timestamp_query_make(&query, imprint, policy, err));
	mun_timestamp_query_write(&der, &query);
	write_kept(&kept, &der, bytes, len);
	MUN_TRY(mun_buffer_status(&der, "a query", err));
	MUN_TRY(mun_buffer_status(&kept, "a request", err));
	mun_sha256_of(name, der.data, der.len);
	MUN_TRY(mun_keys_write_request(
	    keys_folder, name, kept.data, kept.len, err));
	mun_buffer_append(query_der, der.data, der.len);
	status = mun_buffer_status(query_der, "a query", err);
out:
	mun_log_close(log);
	mun_buffer_free(&kept);
	mun_buffer_free(&der);
	return status;
}

/* ---- an answer ---- */

struct matching {
	struct mun_stamping *stamping;
	const void *response;
	size_t len;
	size_t waiting; /* requests looked at */
	bool is_found;
	uint8_t name[MUN_SHA256_LEN];
	struct mun_timestamp_query query;
	struct mun_buffer checkpoint;
	struct mun_timestamp_answer answer; /* to the request found, else the
					       last one tried */
};

/* One that answers another query says so by imprint or nonce. */
static enum mun_status
try_request(void *ctx, const uint8_t name[32], const void *bytes, size_t len,
    struct mun_error *err)
{
	struct matching *matching = ctx;
	struct mun_timestamp_query query;
	const void *checkpoint;
	size_t checkpoint_len;

	if (matching->is_found ||
	    !read_kept(&query, &checkpoint, &checkpoint_len, bytes, len))
		return MUN_OK;
	matching->waiting++;
	mun_timestamp_answer_clear(&matching->answer);
	mun_timestamp_take(
	    &matching->answer, &query, matching->response, matching->len);
	if (matching->answer.rule != NULL)
		return MUN_OK;
	matching->is_found = true;
	matching->query = query;
	memcpy(matching->name, name, sizeof(matching->name));
	mun_buffer_append(&matching->checkpoint, checkpoint, checkpoint_len);
	return mun_buffer_status(&matching->checkpoint, "checkpoint", err);
}

/* The batch is over this answer's checkpoint, now or since before. */
static enum mun_status
same_checkpoint(struct matching *matching, bool *same, struct mun_error *err)
{
	struct mun_stamping *stamping = matching->stamping;

	*same = true;
	if (stamping->size == 0)
		return mun_stamp_set_checkpoint(stamping,
		    matching->checkpoint.data, matching->checkpoint.len, err);
	*same = mun_bytes_equal(stamping->imprint, matching->query.imprint,
	    sizeof(stamping->imprint));
	return MUN_OK;
}

static enum mun_status
judge(struct matching *matching, struct mun_stamp_outcome *outcome,
    struct mun_buffer *name, struct mun_error *err)
{
	struct mun_stamping *stamping = matching->stamping;
	size_t before = stamping->taken_count;
	enum mun_status status;
	bool same;

	outcome->rule = matching->answer.rule;
	if (!matching->is_found)
		return MUN_OK;
	MUN_TRY(same_checkpoint(matching, &same, err));
	if (!same) {
		outcome->rule = "ts.imprint";
		mun_buffer_append_text(&matching->answer.detail,
		    "the answer is over another head than the answers before "
		    "it; take it in by a command of its own");
		goto out;
	}
	MUN_TRY(mun_stamp_accept(stamping, &matching->query,
	    &matching->answer.token, outcome, &matching->answer.detail, name,
	    err));
	if (stamping->taken_count > before) {
		struct mun_stamp_taken *taken = &stamping->taken[before];

		taken->has_request = true;
		memcpy(taken->request, matching->name, sizeof(taken->request));
	}
out:
	return status;
}

enum mun_status
mun_stamp_take(struct mun_stamping *stamping, const char *keys_folder,
    const char *from, const void *response, size_t len, mun_stamp_heard *heard,
    void *ctx, struct mun_error *err)
{
	struct matching matching = { .stamping = stamping,
		.response = response,
		.len = len,
		.checkpoint = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX) };
	struct mun_buffer name = MUN_BUFFER_INIT(MUN_ERROR_TEXT_MAX);
	struct mun_stamp_outcome outcome = { .from = from, .authority = "" };
	enum mun_status status = MUN_OK;

	if (stamping->taken_count == MUN_STAMP_AUTHORITIES_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "no more than %d answers are taken at a time",
		    MUN_STAMP_AUTHORITIES_MAX);
	MUN_TRY(
	    mun_keys_each_request(keys_folder, try_request, &matching, err));
	if (matching.waiting == 0) {
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "no request waits for an answer beside these keys; make "
		    "one with --request FILE");
		goto out;
	}
	MUN_TRY(judge(&matching, &outcome, &name, err));
	outcome.sentence = mun_buffer_text(&matching.answer.detail);
	outcome.authority = mun_buffer_text(&name);
	heard(ctx, &outcome);
out:
	mun_timestamp_answer_clear(&matching.answer);
	mun_buffer_free(&matching.checkpoint);
	mun_buffer_free(&name);
	return status;
}
