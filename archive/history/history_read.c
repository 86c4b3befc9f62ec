/* SPDX-License-Identifier: BSD-2-Clause */
/* history_read.c - one entry of the log, believed only after it was checked. */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "history/history_internal.h"
#include "merkle/merkle.h"

static enum mun_status
refuse(uint64_t seq, const char *why, struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "log entry %llu %s; no history is told of such a log: run "
	    "'muniment verify'",
	    (unsigned long long)seq, why);
}

/* That the head counts these very bytes at this place. */
static enum mun_status
prove_place(struct mun_history *history, uint64_t seq, struct mun_error *err)
{
	const struct mun_merkle_source source = mun_log_source(history->log);
	const struct mun_checkpoint *head = mun_log_checkpoint(history->log);
	struct mun_hash proof[MUN_PROOF_MAX], leaf;
	size_t count;
	enum mun_status status;

	mun_merkle_leaf(&leaf, history->der.data, history->der.len);
	MUN_TRY(mun_merkle_prove_inclusion(
	    &source, proof, &count, seq, head->size, err));
	if (!mun_merkle_verify_inclusion(
		&leaf, seq, head->size, proof, count, &head->root))
		status = refuse(
		    seq, "is not the one that the log's head counts", err);
out:
	return status;
}

static enum mun_status
judge(struct mun_history *history, uint64_t seq, struct mun_error *err)
{
	const struct mun_event *event = &history->entry.event;
	struct mun_vault_info info;
	const char *rule;

	mun_vault_get_info(history->vault, &info);
	if (event->seq != seq || strcmp(event->origin, info.origin) != 0 ||
	    event->has_vault != (seq != 0) ||
	    (seq != 0 &&
		!mun_bytes_equal(
		    event->vault, info.fingerprint, MUN_SHA256_LEN)))
		return refuse(seq, "is of another place or vault", err);
	rule = mun_entry_check(
	    &history->entry, history->der.data, history->der.len);
	if (rule != NULL)
		return refuse(seq, "is not properly signed", err);
	return MUN_OK;
}

/* What is not of its form says nothing: its type and signer are told. */
static enum mun_status
read_detail(struct mun_history *history, struct mun_error *err)
{
	const struct mun_event *event = &history->entry.event;
	const enum mun_event_type type = mun_event_type_of(event->type);
	enum mun_status status = MUN_OK;

	history->detail = (struct mun_detail){ .type = type };
	if (type != MUN_EVENT_VAULT_CREATED)
		status = mun_detail_read(&history->detail, event, err);
	if (status != MUN_ERR_FORMAT)
		return status;
	history->detail = (struct mun_detail){ .type = type };
	return refuse(event->seq, "is not of the form of its type", err);
}

void
mun_history_forget_entry(struct mun_history *history)
{
	mun_detail_clear(&history->detail);
	history->detail = (struct mun_detail){ .type = MUN_EVENT_UNKNOWN };
	mun_entry_clear(&history->entry);
	history->entry = (struct mun_entry)MUN_ENTRY_INIT;
}

static enum mun_status
take_apart(struct mun_history *history, struct mun_error *err)
{
	return mun_entry_unverified_next(&history->entry, &history->recent,
	    history->der.data, history->der.len, err);
}

enum mun_status
mun_history_read(struct mun_history *history, uint64_t seq, bool prove,
    struct mun_error *err)
{
	enum mun_status status;

	mun_history_forget_entry(history);
	MUN_TRY(mun_log_entry(history->log, seq, &history->der, err));
	MUN_TRY(take_apart(history, err));
	MUN_TRY(judge(history, seq, err));
	if (prove)
		MUN_TRY(prove_place(history, seq, err));
	status = read_detail(history, err);
out:
	return status;
}

enum mun_status
mun_history_read_again(struct mun_history *history,
    const struct mun_history_step *step, struct mun_error *err)
{
	uint8_t sha256[MUN_SHA256_LEN];
	enum mun_status status;

	mun_history_forget_entry(history);
	MUN_TRY(mun_log_entry(history->log, step->seq, &history->der, err));
	mun_sha256_of(sha256, history->der.data, history->der.len);
	if (!mun_bytes_equal(step->sha256, sha256, sizeof(sha256))) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log entry %llu changed while its history was told",
		    (unsigned long long)step->seq);
		goto out;
	}
	MUN_TRY(take_apart(history, err));
	status = read_detail(history, err);
out:
	return status;
}

enum mun_status
mun_history_check_head(struct mun_history *history, struct mun_error *err)
{
	const struct mun_checkpoint *head = mun_log_checkpoint(history->log);
	const struct mun_log_key_fact *key;
	const void *note;
	size_t len;

	/* a newer key may stand in an entry that the index does not have yet */
	if (history->log_size != head->size)
		return MUN_OK;
	key = mun_custody_log_key_at(history->custody, head->size);
	note = mun_log_checkpoint_bytes(history->log, &len);
	if (key == NULL || !mun_checkpoint_verify(head, note, key->key))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the head of the log is not signed by the log's key; no "
		    "history is told of such a log: run 'muniment verify'");
	return MUN_OK;
}
