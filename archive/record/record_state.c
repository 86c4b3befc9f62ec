/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_state.c - what has to be known before an event is signed: the actors,
 * and the custody of the archive that it is about.
 *
 * The index only says where to look; what counts is read from the log.  It
 * decides nothing either: the verifier judges the whole log again.
 */
#include "record/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "muniment/index.h"

static void
hear(void *ctx, const struct mun_remark *remark)
{
	struct mun_record_state *state = ctx;
	bool refuses = remark->kind < MUN_REMARK_UNKNOWN_TYPE;

	if (!state->heard.is_listening)
		return;
	if (refuses && !state->heard.is_refused) {
		state->heard.is_refused = true;
		(void)snprintf(state->heard.refusal,
		    sizeof(state->heard.refusal), "%s",
		    remark->kind == MUN_REMARK_SUBJECT
			? "it is about an archive that is not in the log"
			: remark->detail);
	} else if (!refuses && remark->detail[0] != '\0') {
		(void)snprintf(state->heard.remark, sizeof(state->heard.remark),
		    "%s", remark->detail);
	}
}

void
mun_record_state_clear(struct mun_record_state *state)
{
	mun_custody_free(state->custody);
	*state = (struct mun_record_state){ .custody = NULL };
}

/* ---- entries ---- */

static bool
is_wanted(const struct mun_record_state *state, const struct mun_detail *detail)
{
	const char *archive = detail->subject.archive;

	return archive[0] == '\0' || strcmp(archive, state->archive) == 0;
}

static enum mun_status
take_founding(struct mun_record_state *state, const struct mun_entry *entry,
    struct mun_error *err)
{
	struct mun_vault_created created;
	enum mun_status status;

	MUN_TRY(mun_event_vault_created(&created, &entry->event, err));
	status = mun_custody_found(state->custody, &created, err);
	mun_vault_created_clear(&created);
out:
	return status;
}

static enum mun_status
apply(struct mun_record_state *state, const struct mun_entry *entry,
    struct mun_error *err)
{
	struct mun_detail detail;
	enum mun_status status;

	if (entry->event.seq == 0)
		return take_founding(state, entry, err);
	MUN_TRY(mun_detail_read(&detail, &entry->event, err));
	if (is_wanted(state, &detail))
		status = mun_custody_apply(
		    state->custody, &entry->event, entry->sha256, &detail, err);
	mun_detail_clear(&detail);
out:
	return status;
}

static enum mun_status
read_entry(struct mun_record_state *state, struct mun_log *log, uint64_t seq,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	enum mun_status status;

	MUN_TRY(mun_log_entry(log, seq, &der, err));
	MUN_TRY(mun_entry_unverified(&entry, der.data, der.len, err));
	if (entry.event.seq != seq) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log entry %" PRIu64 " bears another number", seq);
		goto out;
	}
	MUN_TRY(apply(state, &entry, err));
out:
	mun_entry_clear(&entry);
	mun_buffer_free(&der);
	return status;
}

/* ---- the whole ---- */

static bool
fits(const struct mun_record_state *state, const char *archive)
{
	return state->custody != NULL &&
	    (archive == NULL || strcmp(state->archive, archive) == 0);
}

static enum mun_status
begin(struct mun_record_state *state, struct mun_log *log, const char *archive,
    struct mun_error *err)
{
	enum mun_status status;

	mun_record_state_clear(state);
	(void)snprintf(state->archive, sizeof(state->archive), "%s",
	    archive == NULL ? "" : archive);
	MUN_TRY(mun_custody_new(&state->custody, hear, state, err));
	MUN_TRY(read_entry(state, log, 0, err));
	state->size = 1;
out:
	return status;
}

struct seqs {
	struct mun_record_state *state;
	struct mun_log *log;
};

static enum mun_status
see_seq(void *ctx, uint64_t seq, struct mun_error *err)
{
	struct seqs *seqs = ctx;

	return seq == 0 ? MUN_OK : read_entry(seqs->state, seqs->log, seq, err);
}

/* As far as an index of this log tells where to look.  Whatever is wrong with
 * it, all of the log is read instead. */
static enum mun_status
follow_index(struct mun_record_state *state, struct mun_vault *vault,
    struct mun_log *log, struct mun_error *err)
{
	struct seqs seqs = { state, log };
	struct mun_index *index = NULL;
	enum mun_status status;
	uint64_t size;

	MUN_TRY(mun_index_open(&index, vault, err));
	size = mun_index_log_size(index);
	if (size == 0 || size > mun_log_checkpoint(log)->size) {
		status = MUN_ERR_FORMAT;
		goto out;
	}
	MUN_TRY(
	    mun_index_custody_seqs(index, state->archive, see_seq, &seqs, err));
	state->size = size;
out:
	mun_index_close(index);
	return status;
}

static enum mun_status
load_new(struct mun_record_state *state, struct mun_vault *vault,
    struct mun_log *log, const char *archive, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(begin(state, log, archive, err));
	status = follow_index(state, vault, log, NULL);
	if (status == MUN_ERR_NOMEM)
		return mun_error_set(err, status, "out of memory for custody");
	if (status != MUN_OK)
		status = begin(state, log, archive, err);
out:
	return status;
}

enum mun_status
mun_record_state_load(struct mun_record_state *state, struct mun_vault *vault,
    struct mun_log *log, const char *archive, struct mun_error *err)
{
	uint64_t size = mun_log_checkpoint(log)->size;
	enum mun_status status = MUN_OK;

	if (!fits(state, archive) || state->size > size)
		MUN_TRY(load_new(state, vault, log, archive, err));
	for (; state->size < size; state->size++)
		MUN_TRY(read_entry(state, log, state->size, err));
out:
	if (status != MUN_OK)
		mun_record_state_clear(state);
	return status;
}

enum mun_status
mun_record_judge(
    void *ctx, const struct mun_entry *entry, struct mun_error *err)
{
	struct mun_record_state *state = ctx;
	enum mun_status status;

	state->heard.is_refused = false;
	state->heard.remark[0] = '\0';
	state->heard.is_listening = true;
	status = apply(state, entry, err);
	state->heard.is_listening = false;
	if (status == MUN_OK && state->heard.is_refused)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "this event is not allowed: %s", state->heard.refusal);
	if (status == MUN_OK)
		state->size = entry->event.seq + 1;
	return status;
}
