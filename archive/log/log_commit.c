/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_commit.c - the commit order, each step durable before the next.
 *
 * statement, staged entry, checkpoint (this is the commit), bundle and tiles,
 * staged entry removed, head copied beside the keys.  Before the checkpoint is
 * replaced nothing counts, after that nothing is taken back.
 *
 * Spec: docs/ARCHITECTURE.md, commit order.
 */
#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "log/log_internal.h"
#include "muniment/keys.h"

const uint8_t *
mun_log_key_in_use(const struct mun_log_commit *commit)
{
	return commit->lost_log_key != NULL
	    ? commit->lost_log_key
	    : mun_signer_log_key(commit->signer);
}

/* The head as the keys folder remembers it; MUN_ERR_NOT_FOUND. */
static enum mun_status
read_kept(const struct mun_log_commit *commit, struct mun_checkpoint *kept,
    struct mun_error *err)
{
	const uint8_t *log_key = mun_log_key_in_use(commit);
	struct mun_buffer vkey = MUN_BUFFER_INIT(MUN_ORIGIN_MAX + 64);
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	enum mun_status status;

	mun_vkey_write(&vkey, commit->origin, log_key);
	MUN_TRY(mun_buffer_status(&vkey, "log key", err));
	MUN_TRY(mun_keys_read_head(
	    commit->keys_folder, mun_buffer_text(&vkey), &bytes, err));
	status = mun_checkpoint_parse_kept(
	    kept, bytes.data, bytes.len, log_key, err);
	if (status == MUN_ERR_FORMAT ||
	    (status == MUN_OK &&
		(!mun_checkpoint_verify(kept, bytes.data, log_key) ||
		    strcmp(kept->origin, commit->origin) != 0 ||
		    kept->size == 0)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: the copy of the log's head beside the keys is "
		    "damaged, so it cannot be told whether this vault is its "
		    "newest copy; nothing was signed; restore the keys folder "
		    "from its backup");
out:
	mun_buffer_free(&vkey);
	mun_buffer_free(&bytes);
	return status;
}

/* Two trees cannot both hold: the proof is of stored hashes, so it convinces
 * only if the stored tree really grew out of the kept one. */
static enum mun_status
check_extends(struct mun_log *log, const struct mun_checkpoint *kept,
    struct mun_error *err)
{
	const struct mun_merkle_source source = mun_log_source(log);
	const struct mun_checkpoint *head = &log->checkpoint;
	struct mun_hash proof[MUN_PROOF_MAX];
	enum mun_status status;
	size_t count;

	MUN_TRY(mun_merkle_prove_consistency(
	    &source, proof, &count, kept->size, head->size, err));
	if (!mun_merkle_verify_consistency(
		kept->size, &kept->root, head->size, &head->root, proof, count))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: the history of this vault is not the one that "
		    "these keys have signed (entry %" PRIu64
		    " and those before "
		    "it differ): it was forked or altered; nothing was signed; "
		    "find the copy that these keys signed last, or make a "
		    "successor vault",
		    kept->size - 1);
out:
	return status;
}

enum mun_status
mun_log_check_head(struct mun_log *log, const struct mun_log_commit *commit,
    struct mun_error *err)
{
	struct mun_checkpoint kept;
	enum mun_status status;
	uint64_t size = log != NULL ? log->checkpoint.size : 0;

	status = read_kept(commit, &kept, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK; /* these keys have signed nothing yet */
	if (status != MUN_OK)
		return status;
	if (kept.size > size)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: the log has %" PRIu64 " entries, but these "
		    "keys have signed %" PRIu64 ": this is an older copy of "
		    "the vault; nothing was signed, because that would fork "
		    "its history; fetch the newer copy, or make a successor "
		    "vault",
		    size, kept.size);
	return check_extends(log, &kept, err);
}

/* The key that heads are signed with from the entry under way on. */
static const uint8_t *
key_from_now(const struct mun_log_commit *commit)
{
	return commit->replaces_log_key
	    ? mun_signer_next_log_key(commit->signer)
	    : mun_signer_log_key(commit->signer);
}

/* Whether the key in use signs the next one in; one that is lost cannot. */
static bool
hands_on(const struct mun_log_commit *commit)
{
	return commit->replaces_log_key && commit->lost_log_key == NULL;
}

/* One signature line, or two where one key hands on to the next. */
static enum mun_status
sign_body(struct mun_log_commit *commit, const struct mun_buffer *body,
    struct mun_error *err)
{
	const uint8_t *own = mun_signer_log_key(commit->signer);
	const uint8_t *now = key_from_now(commit);
	uint8_t signature[64];
	enum mun_status status;

	if (now == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "there is no next log key to sign with");
	if (commit->replaces_log_key)
		MUN_TRY(mun_signer_sign_log_next(
		    commit->signer, body->data, body->len, signature, err));
	else
		MUN_TRY(mun_signer_sign_log(
		    commit->signer, body->data, body->len, signature, err));
	mun_checkpoint_write(&commit->checkpoint, commit->origin,
	    commit->frontier.size, &commit->root, now, signature);
	if (hands_on(commit)) {
		MUN_TRY(mun_signer_sign_log(
		    commit->signer, body->data, body->len, signature, err));
		mun_checkpoint_write_outgoing(
		    &commit->checkpoint, commit->origin, own, signature);
	}
	status = mun_buffer_status(&commit->checkpoint, "checkpoint", err);
out:
	return status;
}

static enum mun_status
sign_checkpoint(struct mun_log_commit *commit, struct mun_error *err)
{
	struct mun_buffer body = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	const struct mun_buffer *note = &commit->checkpoint;
	struct mun_checkpoint read;
	enum mun_status status;
	struct mun_hash leaf;

	mun_merkle_leaf(&leaf, commit->entry.data, commit->entry.len);
	mun_merkle_add(&commit->frontier, &leaf);
	mun_merkle_root(&commit->frontier, &commit->root);
	mun_checkpoint_write_body(
	    &body, commit->origin, commit->frontier.size, &commit->root);
	MUN_TRY(mun_buffer_status(&body, "checkpoint", err));
	MUN_TRY(sign_body(commit, &body, err));
	MUN_TRY(mun_checkpoint_parse(&read, note->data, note->len, err));
	if (!mun_checkpoint_verify(&read, note->data, key_from_now(commit)) ||
	    (hands_on(commit) &&
		!mun_checkpoint_verify_outgoing(
		    &read, note->data, mun_signer_log_key(commit->signer))))
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "the checkpoint that was signed does not verify");
out:
	mun_buffer_free(&body);
	return status;
}

/* What is put before the commit, by name. */
struct prepared {
	char statement[MUN_TILE_NAME_MAX], results[MUN_TILE_NAME_MAX],
	    staged[MUN_TILE_NAME_MAX];
};

static struct prepared
names(const struct mun_log_commit *commit)
{
	struct prepared prepared;

	mun_statement_name(prepared.statement, commit->frontier.size - 1);
	mun_results_name(prepared.results, commit->frontier.size - 1);
	mun_staged_name(prepared.staged, commit->frontier.size, &commit->root);
	return prepared;
}

/* Nothing names it: the next recovery would remove it anyway. */
static void
try_to_remove(struct mun_store *store, const char *name)
{
	if (mun_store_remove(store, name, NULL) != MUN_OK)
		return;
}

static void
remove_prepared(const struct mun_log_commit *commit)
{
	const struct prepared prepared = names(commit);

	if (commit->statement.len > 0)
		try_to_remove(commit->store, prepared.statement);
	if (commit->results != NULL)
		try_to_remove(commit->store, prepared.results);
	try_to_remove(commit->store, prepared.staged);
}

/* What is there is somebody else's, and not ours to remove: *is_ours. */
static enum mun_status
put_beside(const struct mun_log_commit *commit, const char *name,
    const struct mun_buffer *bytes, bool *is_ours, struct mun_error *err)
{
	enum mun_status status = mun_store_put_new(
	    commit->store, name, bytes->data, bytes->len, err);

	*is_ours = *is_ours && status != MUN_ERR_EXISTS;
	return status;
}

static enum mun_status
put_prepared(const struct mun_log_commit *commit, struct mun_error *err)
{
	const struct prepared prepared = names(commit);
	enum mun_status status = MUN_OK;
	bool is_ours = true;

	if (commit->statement.len > 0)
		MUN_TRY(put_beside(commit, prepared.statement,
		    &commit->statement, &is_ours, err));
	if (commit->results != NULL)
		MUN_TRY(put_beside(
		    commit, prepared.results, commit->results, &is_ours, err));
	MUN_TRY(mun_store_put_new(commit->store, prepared.staged,
	    commit->entry.data, commit->entry.len, err));
out:
	if (status != MUN_OK && is_ours)
		remove_prepared(commit);
	return status;
}

enum outcome {
	REPLACED,
	UNCHANGED,
	OVERTAKEN,
	UNKNOWN
};

/* What the store's checkpoint says after a swap that reported a failure. */
static enum outcome
look(const struct mun_log_commit *commit)
{
	struct mun_buffer now = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	const struct mun_buffer *old = commit->old_checkpoint;
	enum outcome outcome = OVERTAKEN;
	enum mun_status status;

	status = mun_store_read(commit->store, "log/checkpoint", &now, NULL);
	if (status == MUN_ERR_NOT_FOUND)
		outcome = old == NULL ? UNCHANGED : UNKNOWN;
	else if (status != MUN_OK)
		outcome = UNKNOWN;
	else if (now.len == commit->checkpoint.len &&
	    mun_bytes_equal(now.data, commit->checkpoint.data, now.len))
		outcome = REPLACED;
	else if (old != NULL && now.len == old->len &&
	    mun_bytes_equal(now.data, old->data, now.len))
		outcome = UNCHANGED;
	mun_buffer_free(&now);
	return outcome;
}

/* The swap said that it failed: find out what is true. */
static enum mun_status
settle(const struct mun_log_commit *commit, enum mun_status failure,
    struct mun_log_appended *appended, struct mun_error *err)
{
	const struct mun_buffer *head = &commit->checkpoint;

	switch (look(commit)) {
	case UNCHANGED:
		remove_prepared(commit);
		return failure;
	case OVERTAKEN:
		remove_prepared(commit);
		return mun_error_set(err, MUN_ERR_BUSY,
		    "somebody else's event came first: try again");
	case REPLACED:
		/* It is there; whether it would survive a power cut is not
		 * known, so it is written once more. */
		appended->committed = true;
		if (mun_store_swap_checkpoint(commit->store, head->data,
			head->len, head->data, head->len, err) == MUN_OK)
			return MUN_OK;
		mun_error_wrap(err,
		    "the event is in the log, but the disk "
		    "would not confirm it");
		return failure;
	case UNKNOWN:
		break;
	}
	appended->committed = true;
	mun_error_wrap(err,
	    "whether the event is in the log is not known, "
	    "because its head cannot be read back");
	return failure;
}

static enum mun_status
swap(const struct mun_log_commit *commit, struct mun_log_appended *appended,
    struct mun_error *err)
{
	const struct mun_buffer *old = commit->old_checkpoint;
	enum mun_status status;

	status = mun_store_swap_checkpoint(commit->store,
	    old != NULL ? old->data : NULL, old != NULL ? old->len : 0,
	    commit->checkpoint.data, commit->checkpoint.len, err);
	if (status != MUN_OK)
		return settle(commit, status, appended, err);
	appended->committed = true;
	return MUN_OK;
}

static enum mun_status
keep_head(const struct mun_log_commit *commit)
{
	struct mun_buffer vkey = MUN_BUFFER_INIT(MUN_ORIGIN_MAX + 64);
	enum mun_status status;

	mun_vkey_write(&vkey, commit->origin, key_from_now(commit));
	MUN_TRY(mun_buffer_status(&vkey, "log key", NULL));
	status =
	    mun_keys_write_head(commit->keys_folder, mun_buffer_text(&vkey),
		commit->checkpoint.data, commit->checkpoint.len, NULL);
out:
	mun_buffer_free(&vkey);
	return status;
}

enum mun_status
mun_log_commit_run(struct mun_log_commit *commit,
    struct mun_log_appended *appended, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(sign_checkpoint(commit, err));
	appended->size = commit->frontier.size;
	appended->seq = appended->size - 1;
	mun_sha256_of(appended->sha256, commit->entry.data, commit->entry.len);
	MUN_TRY(put_prepared(commit, err));
	MUN_TRY(swap(commit, appended, err));
	/* Committed.  What follows is derived: a recovery can do it again. */
	appended->unfinished = mun_log_complete(commit->store, NULL) != MUN_OK;
	appended->head_kept = keep_head(commit) == MUN_OK;
out:
	return status;
}
