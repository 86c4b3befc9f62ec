/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ask.c - has a witness cosign the head: C2SP tlog-witness, add-checkpoint.
 *
 * The witness is a stranger: its answer is bounded, and nothing of it is kept
 * that does not verify under the key that was typed.  What it may know that we
 * do not want to hear, another or a longer history, is said as such.
 *
 * Spec: C2SP tlog-witness, HTTP Interface; docs/format/log.md, Witnesses.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/reader.h"
#include "base/system.h"
#include "base/time.h"
#include "http/http.h"
#include "log/note.h"
#include "muniment/witness.h"
#include "vault/vault.h"

enum {
	LOCK_WAIT_S = 60,
	/* Two clocks in time zones that were set wrong are up to 14 hours
	 * apart; more is a clock that is wrong, or a time that is made up. */
	CLOCKS_APART_MAX_S = 86400,
	PROOF_MAX = 63, /* C2SP tlog-witness */
	BODY_MAX = 16384 /* head, and 63 hashes of 45 bytes */
};

struct ask {
	struct mun_vault *vault; /* borrowed */
	const struct mun_witness_options *options; /* borrowed */
	struct mun_note_key key;
	struct mun_buffer url;
	struct mun_log *log;
	const struct mun_checkpoint *head; /* of log */
	const void *note; /* the head as stored */
	size_t note_len;
	uint64_t old_size; /* what the witness holds, as far as we know */
	struct mun_http_answer answer;
	struct mun_buffer cosigned; /* the head with the answer's lines */
	struct mun_cosignature cosignature;
};

/* ---- what was typed ---- */

static enum mun_status
take_options(struct ask *ask, struct mun_error *err)
{
	const struct mun_witness_options *options = ask->options;
	enum mun_status status;
	size_t len;

	status = mun_note_key_parse(
	    &ask->key, options->key, strlen(options->key), err);
	if (status == MUN_ERR_FORMAT ||
	    (status == MUN_OK && ask->key.type != MUN_NOTE_COSIGNATURE)) {
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is not a witness's key: name+hex+base64, of type "
		    "0x04 (its base64 begins with B)",
		    options->key);
	}
	MUN_TRY(status);
	len = strlen(options->url);
	while (len > 0 && options->url[len - 1] == '/')
		len--;
	mun_buffer_append(&ask->url, options->url, len);
	mun_buffer_append_text(&ask->url, "/add-checkpoint");
	MUN_TRY(mun_buffer_status(&ask->url, "the witness's URL", err));
	status = mun_http_check_url(mun_buffer_text(&ask->url), err);
out:
	return status;
}

/* ---- what it holds ---- */

/* The largest head stored with a cosignature of that key. */
static enum mun_status
visit(void *ctx, const char *name, enum mun_store_kind kind, uint64_t bytes,
    struct mun_error *err)
{
	struct ask *ask = ctx;
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_checkpoint checkpoint;
	struct mun_cosignature found;
	enum mun_status status;
	uint64_t size;

	(void)bytes;
	if (kind != MUN_STORE_FILE || !mun_witness_name_parse(&size, name) ||
	    size <= ask->old_size || size > ask->head->size)
		return MUN_OK;
	MUN_TRY(mun_store_read(mun_vault_store(ask->vault), name, &note, err));
	MUN_TRY(mun_cosigned_parse(&checkpoint, note.data, note.len, err));
	MUN_TRY(mun_cosignature_find(
	    &found, &checkpoint, note.data, note.len, &ask->key, err));
	if (found.holds && checkpoint.size == size)
		ask->old_size = size;
out:
	/* a damaged one is for the verifier to report; 0 is always a start */
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT ||
	    status == MUN_ERR_NOT_FOUND)
		status = MUN_OK;
	mun_buffer_free(&note);
	return status;
}

/* ---- one exchange ---- */

/* Convincing to us first: what does not hold here is damage here. */
static enum mun_status
prove(struct ask *ask, struct mun_hash proof[MUN_PROOF_MAX], size_t *count,
    struct mun_error *err)
{
	const struct mun_merkle_source source = mun_log_source(ask->log);
	enum mun_status status;
	struct mun_hash old_root;

	*count = 0;
	if (ask->old_size == 0)
		return MUN_OK;
	MUN_TRY(mun_merkle_root_of(&source, &old_root, ask->old_size, err));
	MUN_TRY(mun_merkle_prove_consistency(
	    &source, proof, count, ask->old_size, ask->head->size, err));
	if (*count > PROOF_MAX ||
	    !mun_merkle_verify_consistency(ask->old_size, &old_root,
		ask->head->size, &ask->head->root, proof, *count))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the log's stored tiles do not prove its own head; "
		    "'muniment verify' says which is damaged");
out:
	return status;
}

static enum mun_status
write_body(struct ask *ask, struct mun_buffer *body, struct mun_error *err)
{
	struct mun_hash proof[MUN_PROOF_MAX];
	enum mun_status status;
	size_t count;

	MUN_TRY(prove(ask, proof, &count, err));
	mun_buffer_append_format(body, "old %" PRIu64 "\n", ask->old_size);
	for (size_t i = 0; i < count; i++) {
		mun_buffer_append_base64(
		    body, proof[i].bytes, sizeof(proof[i].bytes));
		mun_buffer_append_byte(body, '\n');
	}
	mun_buffer_append_byte(body, '\n');
	mun_buffer_append(body, ask->note, ask->note_len);
	status = mun_buffer_status(body, "the request", err);
out:
	return status;
}

static enum mun_status
exchange(struct ask *ask, struct mun_error *err)
{
	struct mun_buffer body = MUN_BUFFER_INIT(BODY_MAX);
	struct mun_http_request request = { .method = MUN_HTTP_POST,
		.url = mun_buffer_text(&ask->url),
		.proxy = ask->options->proxy,
		.ca_file = ask->options->ca_file,
		.limits = { .body_max_bytes = MUN_NOTE_MAX },
		.is_canceled = ask->options->is_canceled,
		.ctx = ask->options->ctx };
	enum mun_status status;

	MUN_TRY(write_body(ask, &body, err));
	request.body = body.data;
	request.body_len = body.len;
	mun_http_answer_clear(&ask->answer);
	MUN_TRY(mun_http_ask(&ask->answer, &request, err));
	if (ask->answer.rule != NULL)
		status = mun_error_set(err,
		    mun_http_may_pass(&ask->answer) ? MUN_ERR_BUSY
						    : MUN_ERR_FORMAT,
		    "no answer (%s): %s", ask->answer.rule,
		    mun_buffer_text(&ask->answer.detail));
out:
	mun_buffer_free(&body);
	return status;
}

/* ---- its answer ---- */

static bool
is_type(const struct mun_http_answer *answer, const char *type)
{
	size_t len = strcspn(answer->type, "; \t");

	return len == strlen(type) && strncasecmp(answer->type, type, len) == 0;
}

/* 409: the size that it holds instead. */
static enum mun_status
take_size(struct ask *ask, uint64_t *size, struct mun_error *err)
{
	const struct mun_buffer *body = &ask->answer.body;
	struct mun_reader reader = mun_reader_over(body->data, body->len);

	if (!is_type(&ask->answer, "text/x.tlog.size") ||
	    !mun_reader_decimal(&reader, size) ||
	    !mun_reader_literal(&reader, "\n") || mun_reader_left(&reader) > 0)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "it holds another head than was expected, and does not "
		    "say of which size (HTTP 409)");
	if (*size > ask->head->size)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: it holds a head of %" PRIu64 " entries of this "
		    "log, but here are only %" PRIu64 ": this is an older copy "
		    "of the vault, or the log was cut; fetch the newer copy "
		    "before anything is deposited",
		    *size, ask->head->size);
	if (*size == ask->old_size && *size == ask->head->size)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: it holds another head of %" PRIu64 " entries "
		    "of this log: its history was forked; keep both heads as "
		    "evidence before anything is deposited",
		    *size);
	if (*size == ask->old_size)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "it refuses the very size that it says it holds (HTTP "
		    "409)");
	return MUN_OK;
}

static enum mun_status
refusal(const struct ask *ask, struct mun_error *err)
{
	uint32_t status = ask->answer.status;

	switch (status) {
	case 400:
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "it does not take the request for one (HTTP 400)");
	case 403:
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "it knows this log by another key, and refuses the head's "
		    "signature (HTTP 403); have its keeper compare the log key "
		    "(muniment fingerprint --json)");
	case 404:
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "it does not know this log (HTTP 404): give its keeper the "
		    "log key (muniment fingerprint --json), or check the URL");
	case 422:
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: this log does not extend the head of %" PRIu64
		    " entries that it holds (HTTP 422): the history was "
		    "rewritten or forked; keep everything as evidence before "
		    "anything is deposited",
		    ask->old_size);
	default:
		break;
	}
	if (mun_http_may_pass(&ask->answer))
		return mun_error_set(err, MUN_ERR_BUSY,
		    "it is busy or broken (HTTP %" PRIu32 "): ask again later",
		    status);
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "it answers HTTP %" PRIu32 ", which says nothing to this request",
	    status);
}

/* Ask, and once more if it holds another size than was thought. */
static enum mun_status
converse(struct ask *ask, struct mun_error *err)
{
	enum mun_status status;
	uint64_t size = 0;

	MUN_TRY(exchange(ask, err));
	if (ask->answer.status == 409) {
		MUN_TRY(take_size(ask, &size, err));
		ask->old_size = size;
		MUN_TRY(exchange(ask, err));
	}
	if (ask->answer.status == 409) {
		MUN_TRY(take_size(ask, &size, err));
		status = mun_error_set(err, MUN_ERR_BUSY,
		    "it changes what it says it holds (HTTP 409 twice): ask "
		    "again later");
	} else if (ask->answer.status != 200) {
		status = refusal(ask, err);
	}
out:
	return status;
}

static enum mun_status
judge_time(int64_t time_utc_s, struct mun_error *err)
{
	char said[MUN_TIME_TEXT_LEN + 1] = "a time that is none";
	int64_t now_utc_s, apart_s;
	enum mun_status status = mun_system_clock(&now_utc_s, err);

	if (status != MUN_OK)
		return status;
	/* neither is negative, so this cannot overflow */
	apart_s = time_utc_s > now_utc_s ? time_utc_s - now_utc_s
					 : now_utc_s - time_utc_s;
	if (apart_s <= CLOCKS_APART_MAX_S)
		return MUN_OK;
	(void)mun_time_format(said, time_utc_s);
	return mun_error_set(err, MUN_ERR_CRYPTO,
	    "its cosignature says %s, more than a day from this machine's "
	    "clock: one of the two is wrong; nothing was stored",
	    said);
}

/* The answer's lines under the head, judged as a note. */
static enum mun_status
take_lines(struct ask *ask, struct mun_error *err)
{
	const struct mun_buffer *body = &ask->answer.body;
	struct mun_checkpoint checkpoint;
	enum mun_status status;
	uint8_t log_key[32];

	MUN_TRY(mun_vault_log_key_at(
	    ask->vault, ask->log, ask->head->size, log_key, err));
	mun_buffer_append(&ask->cosigned, ask->note, ask->note_len);
	mun_buffer_append(&ask->cosigned, body->data, body->len);
	status = mun_buffer_status(&ask->cosigned, "the answer", err);
	if (status == MUN_OK)
		status = mun_checkpoint_parse_kept(&checkpoint,
		    ask->cosigned.data, ask->cosigned.len, log_key, err);
	if (status == MUN_OK)
		status = mun_cosignature_find(&ask->cosignature, &checkpoint,
		    ask->cosigned.data, ask->cosigned.len, &ask->key, err);
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "its answer is not lines of cosignatures");
	MUN_TRY(status);
	if (!ask->cosignature.is_there)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "it answers with no cosignature by the key that was "
		    "given; check the key");
	if (!ask->cosignature.holds)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "its cosignature is not by the key that was given; "
		    "nothing was stored");
	status = judge_time(ask->cosignature.time_utc_s, err);
out:
	return status;
}

/* ---- storing ---- */

static enum mun_status
store(struct ask *ask, struct mun_error *err)
{
	struct mun_store *store = mun_vault_store(ask->vault);
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	struct mun_buffer before = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_buffer with = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_witness_name(name, sizeof(name), ask->head->size);
	MUN_TRY(mun_store_lock(store, &lock, LOCK_WAIT_S, err));
	status = mun_store_read(store, name, &before, err);
	if (status == MUN_ERR_NOT_FOUND)
		status = MUN_OK;
	MUN_TRY(status);
	status = mun_cosigned_add(&with, ask->note, ask->note_len, before.data,
	    before.len, ask->key.name, ask->cosignature.blob, err);
	if (status == MUN_ERR_FORMAT)
		mun_error_wrap(err,
		    "'%s' is damaged or of another head: 'muniment verify' "
		    "says more",
		    name);
	MUN_TRY(status);
	status = mun_store_put_derived(store, name, with.data, with.len, err);
out:
	mun_store_unlock(&lock);
	mun_buffer_free(&before);
	mun_buffer_free(&with);
	return status;
}

/* ---- the whole ---- */

static void
begin(struct ask *ask, struct mun_vault *vault,
    const struct mun_witness_options *options)
{
	*ask = (struct ask){ .vault = vault,
		.options = options,
		.url = MUN_BUFFER_INIT(MUN_HTTP_URL_MAX),
		.cosigned = MUN_BUFFER_INIT(MUN_NOTE_MAX) };
}

static void
end(struct ask *ask)
{
	mun_http_answer_clear(&ask->answer);
	mun_buffer_free(&ask->url);
	mun_buffer_free(&ask->cosigned);
	mun_log_close(ask->log);
}

enum mun_status
mun_witness_check(
    const struct mun_witness_options *options, struct mun_error *err)
{
	enum mun_status status;
	struct ask ask;

	begin(&ask, NULL, options);
	status = take_options(&ask, err);
	if (status == MUN_OK && options->proxy != NULL)
		status = mun_http_check_proxy(options->proxy, err);
	end(&ask);
	return status;
}

enum mun_status
mun_witness_ask(struct mun_vault *vault,
    const struct mun_witness_options *options,
    struct mun_witness_result *result, struct mun_error *err)
{
	enum mun_status status;
	struct ask ask;

	begin(&ask, vault, options);
	MUN_TRY(take_options(&ask, err));
	MUN_TRY(mun_log_open(&ask.log, mun_vault_store(vault), err));
	ask.head = mun_log_checkpoint(ask.log);
	ask.note = mun_log_checkpoint_bytes(ask.log, &ask.note_len);
	MUN_TRY(mun_store_list(
	    mun_vault_store(vault), "log/witness", visit, &ask, err));
	MUN_TRY(converse(&ask, err));
	MUN_TRY(take_lines(&ask, err));
	MUN_TRY(store(&ask, err));
	result->size = ask.head->size;
	result->time_utc_s = ask.cosignature.time_utc_s;
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "witness '%s'", options->url);
	end(&ask);
	return status;
}
