/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_append.c - one more event, on top of a log that was looked at first.
 *
 * Nothing is signed before it is known that the log is this key's, is what its
 * checkpoint says, and extends what this key has signed before.
 *
 * Spec: docs/format/log.md; docs/ARCHITECTURE.md, commit order.
 */
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "log/log_internal.h"
#include "muniment/keys.h"

static enum mun_status
read_entry(struct mun_log *log, uint64_t seq, struct mun_entry *entry,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	enum mun_status status;

	MUN_TRY(mun_log_entry(log, seq, &der, err));
	MUN_TRY(mun_entry_unverified(entry, der.data, der.len, err));
	if (entry->event.seq != seq ||
	    strcmp(entry->event.origin, log->checkpoint.origin) != 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: entry %llu is of another place or log",
		    (unsigned long long)seq);
out:
	mun_buffer_free(&der);
	return status;
}

static enum mun_status
judge_head(
    const struct mun_log *log, const uint8_t log_key[32], struct mun_error *err)
{
	const struct mun_checkpoint *head = &log->checkpoint;
	uint8_t key_id[MUN_KEY_ID_LEN];

	mun_log_key_id(key_id, head->origin, log_key);
	if (!mun_bytes_equal(head->key_id, key_id, sizeof(key_id)))
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "log/checkpoint: it names another log key than these "
		    "keys hold: if the log's key was replaced, bring the new "
		    "one with 'muniment key import KEYS/actor.key "
		    "KEYS/actor.pem --keys NEW --log-key-from DIR'; else "
		    "these keys are of another vault, or it was altered");
	if (!mun_checkpoint_verify(head, log->checkpoint_bytes.data, log_key))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log/checkpoint: its signature does not verify; restore "
		    "it from a copy");
	return MUN_OK;
}

/* The log is what its head says, its head is ours, and it extends what we
 * signed before. */
static enum mun_status
judge_log(
    struct mun_log *log, struct mun_log_commit *commit, struct mun_error *err)
{
	enum mun_status status;

	const uint8_t *log_key = mun_log_key_in_use(commit);

	if (log_key == NULL)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "these keys may not write to a log: they hold no log key");
	MUN_TRY(judge_head(log, log_key, err));
	MUN_TRY(mun_log_check_head(log, commit, err));
	MUN_TRY(mun_log_frontier(log, &commit->frontier, err));
out:
	return status;
}

/* Where nobody else says who may sign, the founder does. */
static enum mun_status
judge_actor(const struct mun_log_commit *commit, const struct mun_entry *first,
    const struct mun_log_draft *draft, struct mun_error *err)
{
	if (draft->judge != NULL ||
	    mun_bytes_equal(first->event.actor,
		mun_certificate_sha256(commit->certificate), MUN_SHA256_LEN))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_CRYPTO,
	    "the actor of these keys is not enrolled in this vault");
}

/* Vault, seq, prev and time: where the event stands. */
static enum mun_status
place_event(struct mun_log *log, const struct mun_log_commit *commit,
    const struct mun_log_draft *draft, struct mun_event *event,
    struct mun_log_appended *appended, struct mun_error *err)
{
	struct mun_entry first = MUN_ENTRY_INIT;
	struct mun_entry last = MUN_ENTRY_INIT;
	enum mun_status status;

	event->seq = log->checkpoint.size;
	MUN_TRY(read_entry(log, 0, &first, err));
	MUN_TRY(judge_actor(commit, &first, draft, err));
	MUN_TRY(read_entry(log, event->seq - 1, &last, err));
	if (last.event.has_vault &&
	    !mun_bytes_equal(last.event.vault, first.sha256, MUN_SHA256_LEN)) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log: its last entry is of another vault");
		goto out;
	}
	event->has_vault = true;
	mun_log_copy32(event->vault, first.sha256);
	mun_log_copy32(event->prev, last.sha256);
	status = mun_log_draft_time(
	    event, last.event.time_utc_s, &appended->clock_behind, err);
out:
	mun_entry_clear(&first);
	mun_entry_clear(&last);
	return status;
}

static enum mun_status
take_draft(struct mun_event *event, const struct mun_log_draft *draft,
    struct mun_error *err)
{
	enum mun_status status;

	if (strlen(draft->type) >= sizeof(event->type))
		return mun_error_set(err, MUN_ERR_USAGE, "event type");
	(void)snprintf(event->type, sizeof(event->type), "%s", draft->type);
	if (draft->subject != NULL)
		mun_buffer_append(
		    &event->subject, draft->subject->data, draft->subject->len);
	if (draft->detail != NULL)
		mun_buffer_append(
		    &event->detail, draft->detail->data, draft->detail->len);
	else
		mun_buffer_append_text(&event->detail, "{}");
	MUN_TRY(mun_buffer_status(&event->subject, "event subject", err));
	status = mun_buffer_status(&event->detail, "event detail", err);
out:
	return status;
}

/* What was signed, seen as the verifier will see it. */
static enum mun_status
judge_entry(const struct mun_log_commit *commit,
    const struct mun_log_draft *draft, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	enum mun_status status = MUN_OK;

	if (draft->judge == NULL)
		return MUN_OK;
	MUN_TRY(mun_entry_unverified(
	    &entry, commit->entry.data, commit->entry.len, err));
	MUN_TRY(draft->judge(draft->judge_ctx, &entry, err));
out:
	mun_entry_clear(&entry);
	return status;
}

enum mun_status
mun_log_append(struct mun_store *store, struct mun_signer *signer,
    const char *keys_folder, const struct mun_log_draft *draft,
    struct mun_log_appended *appended, struct mun_error *err)
{
	struct mun_log_commit commit = MUN_LOG_COMMIT_INIT;
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_log *log = NULL;
	enum mun_status status;

	*appended = (struct mun_log_appended){ .seq = 0 };
	MUN_TRY(mun_log_open(&log, store, err));
	commit.store = store;
	commit.signer = signer;
	commit.keys_folder = keys_folder;
	commit.origin = log->checkpoint.origin;
	commit.old_checkpoint = &log->checkpoint_bytes;
	commit.replaces_log_key = draft->replaces_log_key;
	commit.lost_log_key = draft->lost_log_key;
	commit.results = draft->results;
	MUN_TRY(mun_log_draft_certificate(&commit, err));
	MUN_TRY(judge_log(log, &commit, err));
	MUN_TRY(take_draft(&event, draft, err));
	MUN_TRY(place_event(log, &commit, draft, &event, appended, err));
	MUN_TRY(
	    mun_log_draft_statement(&commit, &event, draft->statement, err));
	MUN_TRY(mun_log_draft_sign(&commit, &event, err));
	MUN_TRY(judge_entry(&commit, draft, err));
	status = mun_store_or_unwritable(
	    mun_log_commit_run(&commit, appended, err), err);
out:
	mun_log_close(log);
	mun_event_clear(&event);
	mun_log_commit_clear(&commit);
	return status;
}
