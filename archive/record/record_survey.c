/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_survey.c - which entries of a log change what custody knows, and of
 * which archive.
 *
 * Looked for in the log itself, at a glance: the index would tell in an
 * instant, but one that leaves out a revocation would have an event signed that
 * no verifier accepts, and the log never forgets it.  A glance costs about a
 * microsecond, so this is felt only in logs of millions; to take every entry
 * apart costs a hundred times as much.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "record/record.h"

void
mun_record_survey_clear(struct mun_record_survey *survey)
{
	free(survey->marks);
	*survey = (struct mun_record_survey){ .size = 0 };
}

static enum mun_status
add(struct mun_record_survey *survey, uint64_t seq, const char *archive,
    struct mun_error *err)
{
	struct mun_record_mark *mark;

	if (survey->count == survey->capacity) {
		size_t capacity = survey->capacity * 2 + 64;

		mark = reallocarray(survey->marks, capacity, sizeof(*mark));
		if (mark == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for the entries of a log");
		survey->marks = mark;
		survey->capacity = capacity;
	}
	mark = &survey->marks[survey->count++];
	mark->seq = seq;
	memcpy(mark->archive, archive, sizeof(mark->archive));
	return MUN_OK;
}

/* What is not to be seen at a glance may be about anything. */
static enum mun_status
look_at(struct mun_record_survey *survey, uint64_t seq,
    const struct mun_buffer *der, struct mun_error *err)
{
	struct mun_entry_glance glance;

	if (!mun_entry_glance(&glance, der->data, der->len)) {
		glance.archive[0] = '\0';
		return add(survey, seq, glance.archive, err);
	}
	if (seq != 0 && !mun_custody_is_changed_by(glance.type))
		return MUN_OK;
	return add(survey, seq, glance.archive, err);
}

enum mun_status
mun_record_survey_extend(struct mun_record_survey *survey, struct mun_log *log,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	uint64_t size = mun_log_checkpoint(log)->size;
	enum mun_status status = MUN_OK;

	if (survey->size > size) /* another log than before */
		mun_record_survey_clear(survey);
	for (; survey->size < size; survey->size++) {
		MUN_TRY(mun_log_entry(log, survey->size, &der, err));
		MUN_TRY(look_at(survey, survey->size, &der, err));
	}
out:
	mun_buffer_free(&der);
	return status;
}
