/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp.c - a batch: one checkpoint, authorities asked one after another, and
 * at the end one event with what was taken.
 *
 * Spec: docs/format/time-stamp.md.
 */
#include "stamp/stamp_internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "log/detail.h"
#include "record/record.h"

enum {
	TRIES = 3,
	WAIT_MS = 2000,
	TIMEOUT_S = 60,
	CONNECT_MS = 15000,
	SLOW_MS = 20000
};

/* ---- what was typed ---- */

static enum mun_status
read_trust(
    struct mun_stamping *stamping, const char *path, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_STAMP_PEM_MAX);
	enum mun_status status;

	MUN_TRY(mun_file_read_whole(AT_FDCWD, path, &pem, err));
	status =
	    mun_certificates_from_text(stamping->trust, MUN_STAMP_TRUST_MAX,
		&stamping->trust_count, pem.data, pem.len, err);
out:
	mun_buffer_free(&pem);
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", path);
	return status;
}

/* Roots first: what signs itself is believed, the rest is not. */
static void
sort_trust(struct mun_stamping *stamping)
{
	for (size_t i = 0; i < stamping->trust_count; i++) {
		struct mun_certificate *one = stamping->trust[i];

		if (!mun_certificate_is_self_signed(one))
			continue;
		stamping->trust[i] = stamping->trust[stamping->root_count];
		stamping->trust[stamping->root_count++] = one;
	}
}

static uint32_t
at_most(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void
take_way(struct mun_stamping *stamping)
{
	const struct mun_stamp_options *options = stamping->options;
	uint32_t timeout_s =
	    options->timeout_s == 0 ? TIMEOUT_S : options->timeout_s;

	stamping->way = (struct mun_timestamp_way){ .proxy = options->proxy,
		.ca_file = options->ca_file,
		.limits = { .total_ms = timeout_s * 1000,
		    .connect_ms = at_most(timeout_s * 1000, CONNECT_MS),
		    .slow_ms = at_most(timeout_s * 500, SLOW_MS) },
		.patience = { .tries =
				  options->tries == 0 ? TRIES : options->tries,
		    .wait_ms = WAIT_MS },
		.is_canceled = options->is_canceled,
		.ctx = options->ctx };
}

static enum mun_status
take_options(struct mun_stamping *stamping, struct mun_error *err)
{
	const struct mun_stamp_options *options = stamping->options;
	enum mun_status status = MUN_OK;

	if (options->policy != NULL &&
	    !mun_timestamp_is_policy(options->policy))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the policy '%s' is not an object identifier such as "
		    "1.2.3.4",
		    options->policy);
	if (options->proxy != NULL)
		MUN_TRY(mun_http_check_proxy(options->proxy, err));
	for (size_t i = 0; i < options->trust_count; i++)
		MUN_TRY(read_trust(stamping, options->trust[i], err));
	sort_trust(stamping);
	if (stamping->root_count == 0)
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "a time-stamp is stored only when it was checked: give the "
		    "authorities' root certificates with --tsa-trust PEM");
	take_way(stamping);
out:
	return status;
}

enum mun_status
mun_stamp_open(struct mun_stamping **out, struct mun_vault *vault,
    const struct mun_stamp_options *options, struct mun_error *err)
{
	struct mun_stamping *stamping = calloc(1, sizeof(*stamping));
	enum mun_status status;

	*out = NULL;
	if (stamping == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for time-stamps");
	stamping->vault = vault;
	stamping->options = options;
	stamping->checkpoint =
	    (struct mun_buffer)MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	MUN_TRY(take_options(stamping, err));
	*out = stamping;
	stamping = NULL;
out:
	mun_stamp_close(stamping);
	return status;
}

void
mun_stamp_close(struct mun_stamping *stamping)
{
	if (stamping == NULL)
		return;
	for (size_t i = 0; i < stamping->trust_count; i++)
		mun_certificate_free(stamping->trust[i]);
	for (size_t i = 0; i < stamping->taken_count; i++) {
		mun_buffer_free(&stamping->taken[i].query);
		mun_buffer_free(&stamping->taken[i].token);
		mun_buffer_free(&stamping->taken[i].certificates);
		mun_buffer_free(&stamping->taken[i].crls);
	}
	mun_buffer_free(&stamping->checkpoint);
	free(stamping);
}

enum mun_status
mun_stamp_check(const struct mun_stamp_options *options,
    const char *const *urls, size_t url_count, struct mun_error *err)
{
	struct mun_stamping *stamping = NULL;
	enum mun_status status;

	if (url_count > MUN_STAMP_AUTHORITIES_MAX)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "no more than %d authorities are asked at a time",
		    MUN_STAMP_AUTHORITIES_MAX);
	MUN_TRY(mun_stamp_open(&stamping, NULL, options, err));
	for (size_t i = 0; i < url_count; i++)
		MUN_TRY(mun_http_check_url(urls[i], err));
out:
	mun_stamp_close(stamping);
	return status;
}

/* ---- the checkpoint ---- */

enum mun_status
mun_stamp_read_event(struct mun_log *log, uint64_t seq, struct mun_entry *entry,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	enum mun_status status;

	mun_entry_clear(entry);
	MUN_TRY(mun_log_entry(log, seq, &der, err));
	status = mun_entry_unverified(entry, der.data, der.len, err);
out:
	mun_buffer_free(&der);
	return status;
}

/* As a verifier demands it of a stamped checkpoint: by the log key of that size
 * and, where that key is new, by the one before it. */
static bool
is_signed(const struct mun_custody *custody,
    const struct mun_checkpoint *checkpoint, const void *note)
{
	const struct mun_log_key_fact *key =
	    mun_custody_log_key_at(custody, checkpoint->size);
	const struct mun_log_key_fact *before;

	if (key == NULL || !mun_checkpoint_verify(checkpoint, note, key->key))
		return false;
	if (key->from_size != checkpoint->size || checkpoint->size <= 1 ||
	    key->by_recovery)
		return !checkpoint->has_outgoing;
	before = mun_custody_log_key_at(custody, checkpoint->size - 1);
	return mun_checkpoint_verify_outgoing(checkpoint, note, before->key);
}

enum mun_status
mun_stamp_check_signed(struct mun_log *log,
    const struct mun_checkpoint *checkpoint, const void *note,
    struct mun_error *err)
{
	struct mun_record_state state = { .custody = NULL };
	enum mun_status status;

	MUN_TRY(mun_record_state_load(&state, log, NULL, err));
	if (!is_signed(state.custody, checkpoint, note))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the checkpoint to be stamped is not signed by the log's "
		    "key of that size; a time-stamp over it would never hold: "
		    "run 'muniment verify'");
out:
	mun_record_state_clear(&state);
	return status;
}

static enum mun_status
look_at_log(struct mun_stamping *stamping, struct mun_error *err)
{
	const struct mun_buffer *note = &stamping->checkpoint;
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_checkpoint checkpoint;
	struct mun_log *log = NULL;
	enum mun_status status;
	bool extends = false;

	MUN_TRY(mun_checkpoint_parse(&checkpoint, note->data, note->len, err));
	MUN_TRY(mun_log_open(&log, mun_vault_store(stamping->vault), err));
	if (strcmp(checkpoint.origin, mun_log_checkpoint(log)->origin) == 0)
		MUN_TRY(mun_log_extends(
		    log, checkpoint.size, &checkpoint.root, &extends, err));
	if (!extends) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the checkpoint to be stamped is not one of this log");
		goto out;
	}
	MUN_TRY(mun_stamp_check_signed(log, &checkpoint, note->data, err));
	MUN_TRY(mun_stamp_read_event(log, checkpoint.size - 1, &entry, err));
	stamping->size = checkpoint.size;
	stamping->logged_utc_s = entry.event.time_utc_s;
	mun_sha256_of(stamping->imprint, note->data, note->len);
out:
	mun_entry_clear(&entry);
	mun_log_close(log);
	return status;
}

enum mun_status
mun_stamp_set_checkpoint(struct mun_stamping *stamping, const void *bytes,
    size_t len, struct mun_error *err)
{
	enum mun_status status;

	MUN_ASSERT(stamping->size == 0);
	mun_buffer_reset(&stamping->checkpoint);
	mun_buffer_append(&stamping->checkpoint, bytes, len);
	MUN_TRY(mun_buffer_status(&stamping->checkpoint, "checkpoint", err));
	status = look_at_log(stamping, err);
out:
	return status;
}

static enum mun_status
take_head(struct mun_stamping *stamping, struct mun_error *err)
{
	struct mun_log *log = NULL;
	enum mun_status status;
	const void *bytes;
	size_t len;

	MUN_TRY(mun_log_open(&log, mun_vault_store(stamping->vault), err));
	bytes = mun_log_checkpoint_bytes(log, &len);
	status = mun_stamp_set_checkpoint(stamping, bytes, len, err);
out:
	mun_log_close(log);
	return status;
}

/* ---- asking ---- */

enum mun_status
mun_stamp_ask(struct mun_stamping *stamping, const char *url,
    mun_stamp_heard *heard, void *ctx, struct mun_error *err)
{
	struct mun_timestamp_answer answer = { .rule = NULL };
	struct mun_buffer name = MUN_BUFFER_INIT(MUN_ERROR_TEXT_MAX);
	struct mun_stamp_outcome outcome = { .from = url, .authority = "" };
	struct mun_timestamp_query query;
	enum mun_status status = MUN_OK;

	if (stamping->taken_count == MUN_STAMP_AUTHORITIES_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "no more than %d authorities are asked at a time",
		    MUN_STAMP_AUTHORITIES_MAX);
	if (stamping->size == 0)
		MUN_TRY(take_head(stamping, err));
	MUN_TRY(mun_timestamp_query_make(
	    &query, stamping->imprint, stamping->options->policy, err));
	MUN_TRY(mun_timestamp_ask(&answer, &query, url, &stamping->way, err));
	outcome.rule = answer.rule;
	if (answer.rule == NULL)
		MUN_TRY(mun_stamp_accept(stamping, &query, &answer.token,
		    &outcome, &answer.detail, &name, err));
	outcome.sentence = mun_buffer_text(&answer.detail);
	outcome.authority = mun_buffer_text(&name);
	heard(ctx, &outcome);
out:
	mun_timestamp_answer_clear(&answer);
	mun_buffer_free(&name);
	return status;
}

size_t
mun_stamp_count(const struct mun_stamping *stamping)
{
	return stamping->taken_count;
}

size_t
mun_stamp_authorities(const struct mun_stamping *stamping)
{
	const struct mun_chain_keys *keys[MUN_STAMP_AUTHORITIES_MAX];

	for (size_t i = 0; i < stamping->taken_count; i++)
		keys[i] = &stamping->taken[i].keys;
	return mun_chain_keys_independent(keys, stamping->taken_count);
}

uint64_t
mun_stamp_size(const struct mun_stamping *stamping)
{
	return stamping->size;
}

/* ---- storing ---- */

static void
forget_requests(const struct mun_stamping *stamping, const char *keys_folder)
{
	for (size_t i = 0; i < stamping->taken_count; i++) {
		const struct mun_stamp_taken *taken = &stamping->taken[i];

		/* one that stays does no harm */
		if (taken->has_request &&
		    mun_keys_remove_request(
			keys_folder, taken->request, NULL) != MUN_OK)
			continue;
	}
}

enum mun_status
mun_stamp_store(struct mun_stamping *stamping, struct mun_record *record,
    const char *keys_folder, struct mun_recorded *recorded,
    struct mun_error *err)
{
	struct mun_stamp_bytes bytes[MUN_STAMP_AUTHORITIES_MAX];
	enum mun_status status;

	if (stamping->taken_count == 0)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "no authority gave a time-stamp that can be kept; nothing "
		    "was stored");
	for (size_t i = 0; i < stamping->taken_count; i++) {
		const struct mun_stamp_taken *taken = &stamping->taken[i];

		bytes[i] = (struct mun_stamp_bytes){ { &taken->query,
		    &taken->token, &taken->certificates, &taken->crls } };
	}
	MUN_TRY(mun_record_stamps(record, stamping->size, &stamping->checkpoint,
	    bytes, stamping->taken_count, recorded, err));
	forget_requests(stamping, keys_folder);
out:
	return status;
}
