/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_check.c - the outcome of a check of everything as one event: the
 * lines go beside the log, their root into the entry.
 *
 * Spec: docs/format/log.md, Results.
 */
#include "record/record_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/system.h"

static enum mun_status
write_line(const struct mun_record_outcome *outcome, struct mun_buffer *lines,
    struct mun_error *err)
{
	struct mun_result result = { .passed = outcome->passed };
	enum mun_status status;

	(void)snprintf(
	    result.archive, sizeof(result.archive), "%s", outcome->archive);
	MUN_TRY(mun_system_random(result.salt, sizeof(result.salt), err));
	mun_result_write(&result, lines);
	status = mun_buffer_status(lines, "results", err);
out:
	return status;
}

/* Read back, as a verifier will. */
static enum mun_status
take_root(struct mun_detail *detail, const struct mun_buffer *lines,
    struct mun_error *err)
{
	struct mun_merkle_frontier tree = MUN_MERKLE_FRONTIER_INIT;
	enum mun_status status = MUN_OK;
	struct mun_hash root;
	size_t at = 0;

	detail->result = MUN_OUTCOME_PASSED;
	while (at < lines->len) {
		struct mun_result line;

		MUN_TRY(mun_results_next(lines, &at, &line, &tree, err));
		if (!line.passed)
			detail->result = MUN_OUTCOME_FAILED;
	}
	mun_merkle_root(&tree, &root);
	memcpy(detail->results, root.bytes, sizeof(detail->results));
	mun_detail_give(detail, MUN_DETAIL_RESULT);
	mun_detail_give(detail, MUN_DETAIL_RESULTS);
out:
	return status;
}

enum mun_status
mun_record_check(struct mun_record *record,
    const struct mun_record_outcome *outcomes, size_t count,
    struct mun_recorded *recorded, struct mun_error *err)
{
	struct mun_detail detail = { .type = MUN_EVENT_FIXITY_CHECK };
	struct mun_buffer lines = MUN_BUFFER_INIT(MUN_RESULTS_MAX);
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	enum mun_status status;

	*recorded = (struct mun_recorded){ .seq = 0 };
	if (count == 0)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no archive in this vault whose check could be "
		    "recorded");
	for (size_t i = 0; i < count; i++)
		MUN_TRY(write_line(&outcomes[i], &lines, err));
	MUN_TRY(take_root(&detail, &lines, err));
	MUN_TRY(mun_record_lock(record, &lock, err));
	status = mun_record_append_locked(record,
	    &(struct mun_record_parts){ .detail = &detail, .results = &lines },
	    recorded, err);
	mun_store_unlock(&lock);
	if (status == MUN_OK)
		mun_record_update_index(record, recorded);
out:
	mun_buffer_free(&lines);
	return status;
}
