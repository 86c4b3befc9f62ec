/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * results_check.c - the lines of a check of everything are those that its event
 * committed to, and are about the archives that there were.
 *
 * Spec: docs/format/log.md, Results; docs/format/custody.md.
 */
#include "verify/verify_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

struct results {
	const struct mun_log_facts *facts; /* as of the entry before */
	const struct mun_buffer *file;
	bool has_failed;
	size_t next; /* deposit that the next line may be about */
};

/* Bytes that were destroyed by then need no line. */
static bool
may_lack(const struct mun_log_facts *facts, const char *archive)
{
	const struct mun_holding *holding =
	    mun_custody_holding(facts->custody, archive, 0);

	return holding == NULL ||
	    (holding->is_withdrawn && holding->fate == MUN_FATE_DESTROYED);
}

/* In the order of deposits, none left out. */
static bool
is_due(struct results *results, const char *archive)
{
	const struct mun_log_facts *facts = results->facts;

	while (results->next < facts->deposit_count) {
		const char *id =
		    facts->deposits[results->next++].subject.archive;

		if (strcmp(id, archive) == 0)
			return true;
		if (!may_lack(facts, id))
			return false;
	}
	return false;
}

/* NULL, or what is wrong with the lines. */
static const char *
lines_fault(struct results *results, const struct mun_detail *detail)
{
	struct mun_merkle_frontier tree = MUN_MERKLE_FRONTIER_INIT;
	struct mun_hash root;
	size_t at = 0;

	if (results->file->len == 0)
		return "there is no line in it";
	while (at < results->file->len) {
		struct mun_result line;

		if (mun_results_next(results->file, &at, &line, &tree, NULL) !=
		    MUN_OK)
			return "a line is not in the form the format allows";
		if (!is_due(results, line.archive))
			return "its lines are not those of the archives "
			       "deposited before, in order";
		results->has_failed = results->has_failed || !line.passed;
	}
	mun_merkle_root(&tree, &root);
	if (!mun_bytes_equal(root.bytes, detail->results, MUN_SHA256_LEN))
		return "its root is another than that in the entry";
	if (results->has_failed != (detail->result == MUN_OUTCOME_FAILED))
		return "its lines say another result than the entry";
	return NULL;
}

enum mun_status
mun_check_results(struct mun_verification *v, const struct mun_log_facts *facts,
    struct mun_store *store, const char *subject, uint64_t seq,
    const struct mun_detail *detail, struct mun_error *err)
{
	struct mun_buffer file = MUN_BUFFER_INIT(MUN_RESULTS_MAX);
	struct results results = { .facts = facts, .file = &file };
	char name[MUN_TILE_NAME_MAX];
	const char *fault = NULL;
	enum mun_status status;

	mun_results_name(name, seq);
	status = mun_store_read(store, name, &file, err);
	if (status == MUN_ERR_NOT_FOUND)
		fault = "it is not there";
	else if (mun_is_bad_data(status))
		fault = "it cannot be what the format allows";
	else if (status != MUN_OK)
		goto out;
	else
		fault = lines_fault(&results, detail);
	status = MUN_OK;
	mun_judge(v, MUN_RULE_FIXITY_RESULTS, fault == NULL, subject, "%s%s%s",
	    name, fault == NULL ? "" : ": ", fault == NULL ? "" : fault);
out:
	mun_buffer_free(&file);
	return status;
}
