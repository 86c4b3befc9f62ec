/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_survey.c - which entries of a log change what custody knows, and of
 * which archive; and which of them a hand-out has to list.
 *
 * Looked for in the log itself, at a glance: the index would tell in an
 * instant, but one that leaves out a revocation would have an event signed that
 * no verifier accepts, and the log never forgets it.  A glance costs about a
 * few microseconds, so this is felt only in logs of millions; to take every
 * entry apart costs a hundred times as much.
 *
 * Nor does a bundle have a say that was edited: what is looked at is hashed, and
 * has to give the head's root.  That head an append judges.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "record/record.h"

void
mun_record_survey_clear(struct mun_record_survey *survey)
{
	free(survey->marks);
	mun_dossier_listing_free(survey->listing);
	survey->marks = NULL;
	survey->listing = NULL;
	survey->count = survey->capacity = 0;
	survey->tree.size = 0;
}

static enum mun_status
add(struct mun_record_survey *survey, const struct mun_record_mark *mark,
    struct mun_error *err)
{
	struct mun_record_mark *grown;

	if (survey->count == survey->capacity) {
		size_t capacity = survey->capacity * 2 + 64;

		grown = reallocarray(survey->marks, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for the entries of a log");
		survey->marks = grown;
		survey->capacity = capacity;
	}
	survey->marks[survey->count++] = *mark;
	return MUN_OK;
}

/* What it is about, where the place in which a known type has it does not say:
 * then it is taken apart.  What cannot be is about nothing, and is told by who
 * verifies. */
static enum mun_status
look_closer(struct mun_entry_glance *glance, const struct mun_buffer *der,
    struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_detail detail;
	enum mun_status status;

	glance->archive[0] = '\0';
	status = mun_entry_unverified(&entry, der->data, der->len, err);
	if (status == MUN_OK)
		status = mun_detail_read(&detail, &entry.event, err);
	if (status == MUN_OK) {
		glance->type = detail.type;
		memcpy(glance->archive, detail.subject.archive,
		    sizeof(glance->archive));
		mun_detail_clear(&detail);
	}
	mun_entry_clear(&entry);
	return status == MUN_ERR_NOMEM ? status : MUN_OK;
}

static enum mun_status
list(struct mun_record_survey *survey, const struct mun_buffer *der,
    const struct mun_entry_glance *seen, bool is_seen, struct mun_error *err)
{
	struct mun_entry_glance glance = *seen;
	enum mun_status status = MUN_OK;

	if (survey->listing == NULL)
		MUN_TRY(mun_dossier_listing_new(&survey->listing, err));
	if (!is_seen || glance.type == MUN_EVENT_UNKNOWN)
		MUN_TRY(look_closer(&glance, der, err));
	status = mun_dossier_listing_take(survey->listing, survey->tree.size,
	    glance.type, glance.archive, err);
out:
	return status;
}

/* What is not to be seen at a glance may be about anything. */
static enum mun_status
look_at(struct mun_record_survey *survey, const struct mun_buffer *der,
    struct mun_error *err)
{
	struct mun_record_mark mark = { .seq = survey->tree.size };
	struct mun_entry_glance glance;
	bool is_seen = mun_entry_glance(&glance, der->data, der->len);
	enum mun_status status;

	MUN_TRY(list(survey, der, &glance, is_seen, err));
	mun_merkle_leaf(&mark.leaf, der->data, der->len);
	if (!is_seen) {
		status = add(survey, &mark, err);
	} else if (mark.seq == 0 || mun_custody_is_changed_by(glance.type)) {
		memcpy(mark.archive, glance.archive, sizeof(mark.archive));
		status = add(survey, &mark, err);
	}
	if (status == MUN_OK)
		mun_merkle_add(&survey->tree, &mark.leaf);
out:
	return status;
}

static enum mun_status
must_give_root(const struct mun_record_survey *survey,
    const struct mun_checkpoint *head, struct mun_error *err)
{
	struct mun_hash root;

	mun_merkle_root(&survey->tree, &root);
	if (mun_bytes_equal(&root, &head->root, sizeof(root)))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "the log's entries are not those that its head counts; "
	    "'muniment verify' says which, restore them from a copy");
}

enum mun_status
mun_record_survey_extend(struct mun_record_survey *survey, struct mun_log *log,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	const struct mun_checkpoint *head = mun_log_checkpoint(log);
	enum mun_status status = MUN_OK;

	if (survey->tree.size > head->size) /* another log than before */
		mun_record_survey_clear(survey);
	while (survey->tree.size < head->size) {
		MUN_TRY(mun_log_entry(log, survey->tree.size, &der, err));
		MUN_TRY(look_at(survey, &der, err));
	}
	status = must_give_root(survey, head, err);
out:
	mun_buffer_free(&der);
	return status;
}

/* ---- what was marked ---- */

enum mun_status
mun_record_survey_entry(struct mun_entry *out,
    const struct mun_record_mark *mark, struct mun_log *log,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_hash leaf;
	enum mun_status status;

	MUN_TRY(mun_log_entry(log, mark->seq, &der, err));
	mun_merkle_leaf(&leaf, der.data, der.len);
	if (!mun_bytes_equal(&leaf, &mark->leaf, sizeof(leaf))) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log entry %" PRIu64 " changed while it was read",
		    mark->seq);
		goto out;
	}
	MUN_TRY(mun_entry_unverified(out, der.data, der.len, err));
	if (out->event.seq != mark->seq)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log entry %" PRIu64 " bears another number", mark->seq);
out:
	mun_buffer_free(&der);
	return status;
}

enum mun_status
mun_record_survey_deposit(struct mun_deposit_subject *out,
    const struct mun_record_survey *survey, struct mun_log *log,
    const char *archive, struct mun_error *err)
{
	for (size_t i = 0; i < survey->count; i++) {
		struct mun_entry entry = MUN_ENTRY_INIT;
		bool is_deposit = false;
		enum mun_status status;

		if (strcmp(survey->marks[i].archive, archive) != 0)
			continue;
		status = mun_record_survey_entry(
		    &entry, &survey->marks[i], log, err);
		if (status == MUN_OK &&
		    mun_event_type_of(entry.event.type) == MUN_EVENT_DEPOSIT) {
			is_deposit = true;
			status = mun_event_deposit(out, &entry.event, err);
		}
		mun_entry_clear(&entry);
		if (status != MUN_OK || is_deposit)
			return status;
	}
	return mun_error_set(err, MUN_ERR_NOT_FOUND,
	    "there is no archive '%s' in this vault", archive);
}
