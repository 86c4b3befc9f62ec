/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_state.c - what has to be known before an event is signed: the actors,
 * and the custody of the archive that it is about.
 *
 * It decides nothing: the verifier judges the whole log again.
 */
#include "record/record.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"

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

/* Which entries matter stays known. */
static void
forget_custody(struct mun_record_state *state)
{
	const struct mun_record_survey survey = state->survey;

	mun_custody_free(state->custody);
	*state = (struct mun_record_state){ .survey = survey };
}

void
mun_record_state_clear(struct mun_record_state *state)
{
	forget_custody(state);
	mun_record_survey_clear(&state->survey);
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
read_entry(struct mun_record_state *state, struct mun_log *log,
    const struct mun_record_mark *mark, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	enum mun_status status;

	MUN_TRY(mun_record_survey_entry(&entry, mark, log, err));
	status = apply(state, &entry, err);
out:
	mun_entry_clear(&entry);
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
begin(
    struct mun_record_state *state, const char *archive, struct mun_error *err)
{
	forget_custody(state);
	(void)snprintf(state->archive, sizeof(state->archive), "%s",
	    archive == NULL ? "" : archive);
	return mun_custody_new(&state->custody, hear, state, err);
}

static enum mun_status
follow_survey(
    struct mun_record_state *state, struct mun_log *log, struct mun_error *err)
{
	const struct mun_record_survey *survey = &state->survey;
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < survey->count; i++) {
		const struct mun_record_mark *mark = &survey->marks[i];

		if (mark->seq >= state->size &&
		    (mark->archive[0] == '\0' ||
			strcmp(mark->archive, state->archive) == 0))
			MUN_TRY(read_entry(state, log, mark, err));
	}
	state->size = survey->tree.size;
out:
	return status;
}

enum mun_status
mun_record_state_load(struct mun_record_state *state, struct mun_log *log,
    const char *archive, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (!fits(state, archive) ||
	    state->size > mun_log_checkpoint(log)->size)
		MUN_TRY(begin(state, archive, err));
	MUN_TRY(mun_record_survey_extend(&state->survey, log, err));
	status = follow_survey(state, log, err);
out:
	if (status != MUN_OK)
		mun_record_state_clear(state);
	return status;
}

/* By what the head proves, not by what whoever made the list may have read. */
static enum mun_status
judge_list(const struct mun_record_state *state, const struct mun_entry *entry,
    struct mun_error *err)
{
	char fault[MUN_DOSSIER_FAULT_MAX];
	struct mun_detail detail;
	enum mun_status status;

	if (mun_event_type_of(entry->event.type) != MUN_EVENT_COPY)
		return MUN_OK;
	MUN_TRY(mun_detail_read(&detail, &entry->event, err));
	if (mun_dossier_is_hand_out(&detail) &&
	    !mun_dossier_listing_is_exact(
		state->survey.listing, &detail, fault))
		status = mun_error_set(err, MUN_ERR_BUSY,
		    "the hand-out of '%s' is not what the log has by now: %s; "
		    "export it again",
		    detail.subject.archive, fault);
	mun_detail_clear(&detail);
out:
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
		status = judge_list(state, entry, err);
	if (status == MUN_OK)
		state->size = entry->event.seq + 1;
	return status;
}
