/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.c - one event, under the writer's lock: recover, load what has to be
 * known, sign, judge, commit; then the index.
 *
 * Spec: docs/ARCHITECTURE.md, the commit order.
 */
#include "record/record_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "muniment/index.h"

enum mun_status
mun_record_open(struct mun_record **out, struct mun_vault *vault,
    struct mun_signer *signer, const char *keys_folder, struct mun_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for an event");
	(*out)->vault = vault;
	(*out)->signer = signer;
	(*out)->keys_folder = keys_folder;
	return MUN_OK;
}

void
mun_record_close(struct mun_record *record)
{
	if (record == NULL)
		return;
	mun_record_state_clear(&record->state);
	free(record);
}

struct mun_vault *
mun_record_vault(const struct mun_record *record)
{
	return record->vault;
}

/* ---- under the lock ---- */

/* Where the recovery certificate replaces the log's key, the one in use is
 * taken to be lost (docs/format/custody.md); else NULL. */
static const uint8_t *
lost_log_key(struct mun_record *record, const struct mun_detail *detail)
{
	const struct mun_custody *custody = record->state.custody;
	const struct mun_log_key_fact *fact;

	if (!mun_detail_has(detail, MUN_DETAIL_LOG_KEY) ||
	    !mun_record_is_recovery(record))
		return NULL;
	fact = mun_custody_log_key_at(custody, record->state.size);
	return fact == NULL ? NULL : fact->key;
}

static enum mun_status
append(struct mun_record *record, const struct mun_record_parts *parts,
    struct mun_log_appended *appended, struct mun_error *err)
{
	const struct mun_detail *detail = parts->detail;
	struct mun_buffer subject = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_log_draft draft = {
		.type = mun_event_type_name(detail->type),
		.detail = &text,
		.statement = parts->statement,
		.results = parts->results,
		.judge = mun_record_judge,
		.judge_ctx = &record->state,
		.replaces_log_key = mun_detail_has(detail, MUN_DETAIL_LOG_KEY),
		.lost_log_key = lost_log_key(record, detail),
	};
	enum mun_status status;

	mun_detail_write_subject(detail, &subject);
	mun_detail_write(detail, &text);
	MUN_TRY(mun_buffer_status(&subject, "event subject", err));
	MUN_TRY(mun_buffer_status(&text, "event detail", err));
	if (subject.len > 0)
		draft.subject = &subject;
	status = mun_log_append(mun_vault_store(record->vault), record->signer,
	    record->keys_folder, &draft, appended, err);
out:
	mun_buffer_free(&subject);
	mun_buffer_free(&text);
	return status;
}

enum mun_status
mun_record_load(
    struct mun_record *record, const char *archive, struct mun_error *err)
{
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, mun_vault_store(record->vault), err));
	MUN_TRY(mun_record_state_load(&record->state, log, archive, err));
out:
	mun_log_close(log);
	return status;
}

enum mun_status
mun_record_append_locked(struct mun_record *record,
    const struct mun_record_parts *parts, struct mun_recorded *recorded,
    struct mun_error *err)
{
	const char *archive = parts->detail->subject.archive;
	struct mun_log_appended appended;
	enum mun_status status;

	MUN_TRY(
	    mun_record_load(record, archive[0] == '\0' ? NULL : archive, err));
	MUN_TRY(append(record, parts, &appended, err));
	recorded->seq = appended.seq;
	memcpy(recorded->entry, appended.sha256, sizeof(recorded->entry));
	recorded->clock_behind = appended.clock_behind;
	recorded->head_kept = appended.head_kept;
	(void)snprintf(recorded->remark, sizeof(recorded->remark), "%s",
	    record->state.heard.remark);
out:
	if (status != MUN_OK)
		mun_record_state_clear(&record->state);
	return status;
}

enum mun_status
mun_record_lock(struct mun_record *record, struct mun_store_lock *lock,
    struct mun_error *err)
{
	struct mun_store *store = mun_vault_store(record->vault);
	enum mun_status status;

	MUN_TRY(mun_store_lock(store, lock, MUN_RECORD_LOCK_WAIT_S, err));
	status = mun_log_recover(store, err);
	if (status != MUN_OK)
		mun_store_unlock(lock);
out:
	return status;
}

/* The index is a view: without it the event counts all the same. */
void
mun_record_update_index(
    struct mun_record *record, struct mun_recorded *recorded)
{
	struct mun_error err = MUN_ERROR_INIT;

	recorded->index_updated =
	    mun_index_catch_up(record->vault, &err) == MUN_OK;
	if (!recorded->index_updated)
		(void)snprintf(recorded->index_problem,
		    sizeof(recorded->index_problem), "%.255s", err.text);
}

enum mun_status
mun_record_append(struct mun_record *record, const struct mun_detail *detail,
    const struct mun_statement *statement, struct mun_recorded *recorded,
    struct mun_error *err)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	const struct mun_record_parts parts = { detail, statement, NULL };
	enum mun_status status;

	*recorded = (struct mun_recorded){ .seq = 0 };
	MUN_TRY(mun_record_lock(record, &lock, err));
	status = mun_record_append_locked(record, &parts, recorded, err);
	mun_store_unlock(&lock);
	if (status == MUN_OK)
		mun_record_update_index(record, recorded);
out:
	return status;
}
