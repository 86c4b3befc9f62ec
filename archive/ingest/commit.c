/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commit.c - the archive gets its name, then the log names the archive.
 *
 * Under the writer's lock: publish, sign, append.  The commit is the log's
 * replaced checkpoint; until then the archive is taken away again, so that the
 * vault is as it was.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "ingest/ingest_internal.h"
#include "record/record.h"

enum {
	LOCK_WAIT_S = 600, /* hours of packing are worth some waiting */
	APPENDS_MAX = 16
};

static enum mun_status
append(struct mun_ingest *run, struct mun_error *err)
{
	struct mun_buffer subject = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_deposit_subject about;
	struct mun_record_state state = { .custody = NULL };
	struct mun_log_draft draft = { .type = "deposit",
		.subject = &subject,
		.judge = mun_record_judge,
		.judge_ctx = &state };
	struct mun_log *log = NULL;
	enum mun_status status;

	memcpy(about.archive, run->id, sizeof(about.archive));
	memcpy(about.sha256, run->sha256, MUN_SHA256_LEN);
	memcpy(about.seal, run->seal_sha256, MUN_SHA256_LEN);
	memcpy(
	    about.seal_signature, run->seal_signature_sha256, MUN_SHA256_LEN);
	mun_deposit_subject_write(&about, &subject);
	MUN_TRY(mun_buffer_status(&subject, "event subject", err));
	MUN_TRY(mun_log_open(&log, run->store, err));
	MUN_TRY(mun_record_state_load(&state, log, run->id, err));
	if (run->deposit->has_statement)
		draft.statement = &run->deposit->statement;
	status = mun_log_append(run->store, run->signer,
	    run->deposit->options.keys_folder, &draft, &run->appended, err);
out:
	mun_log_close(log);
	mun_record_state_clear(&state);
	mun_buffer_free(&subject);
	return status;
}

/* Whether entry seq is the deposit of this archive. */
static enum mun_status
is_ours(struct mun_ingest *run, struct mun_log *log, uint64_t seq, bool *ours,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_deposit_subject about;
	enum mun_status status;

	*ours = false;
	MUN_TRY(mun_log_entry(log, seq, &der, err));
	MUN_TRY(mun_entry_unverified(&entry, der.data, der.len, err));
	if (mun_event_deposit(&about, &entry.event, NULL) != MUN_OK ||
	    !mun_bytes_equal(about.sha256, run->sha256, MUN_SHA256_LEN))
		goto out;
	*ours = true;
	run->appended = (struct mun_log_appended){ .seq = seq,
		.size = mun_log_checkpoint(log)->size };
	memcpy(run->appended.sha256, entry.sha256, MUN_SHA256_LEN);
out:
	mun_entry_clear(&entry);
	mun_buffer_free(&der);
	return status;
}

/* After a failed append that may have been the commit, the log itself knows.
 * MUN_OK: it was asked. */
static enum mun_status
ask_log(struct mun_ingest *run, bool *committed)
{
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_recover(run->store, NULL));
	MUN_TRY(mun_log_open(&log, run->store, NULL));
	status = is_ours(
	    run, log, mun_log_checkpoint(log)->size - 1, committed, NULL);
out:
	mun_log_close(log);
	return status;
}

static void
take_back(struct mun_ingest *run, struct mun_error *err)
{
	char name[MUN_ARCHIVE_NAME_MAX];

	mun_vault_archive_name(name, run->id);
	if (mun_store_remove(run->store, name, NULL) != MUN_OK)
		mun_error_wrap(err, "'%s' could not be removed again", name);
}

/* Publish and append, under the lock. */
static enum mun_status
commit_once(struct mun_ingest *run, bool *published, struct mun_error *err)
{
	bool committed = false;
	enum mun_status status;

	run->appended = (struct mun_log_appended){ .seq = 0 };
	MUN_TRY(mun_log_recover(run->store, err));
	if (!*published) {
		*published = true; /* after a failure it may be, too */
		MUN_TRY(mun_store_incoming_publish(
		    run->store, &run->incoming, err));
	}
	status = append(run, err);
out:
	if (status == MUN_OK || status == MUN_ERR_BUSY || !*published)
		return status;
	if (run->appended.committed && ask_log(run, &committed) != MUN_OK) {
		/* Removing what the log may name would be loss. */
		mun_error_wrap(err,
		    "'%s' may be in the log or not; run 'muniment verify'",
		    run->id);
		return status;
	}
	if (committed)
		return MUN_OK;
	if (status != MUN_ERR_EXISTS)
		take_back(run, err);
	return status;
}

enum mun_status
mun_ingest_commit(struct mun_ingest *run, struct mun_error *err)
{
	enum mun_status status = MUN_ERR_BUSY;
	bool published = false;

	for (unsigned i = 0; status == MUN_ERR_BUSY && i < APPENDS_MAX; i++) {
		struct mun_store_lock lock = MUN_STORE_LOCK_INIT;

		status = mun_store_lock(run->store, &lock, LOCK_WAIT_S, err);
		if (status == MUN_OK)
			status = commit_once(run, &published, err);
		mun_store_unlock(&lock);
	}
	/* Never had the log's turn.  The number is still ours alone. */
	if (status == MUN_ERR_BUSY && published)
		take_back(run, err);
	return status;
}
