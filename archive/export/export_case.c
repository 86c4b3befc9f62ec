/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_case.c - which archives are of a case: one pass over the log, and the
 * statements that it commits to.
 *
 * The index says it in an instant.  But whoever can write to the vault decides
 * what stands there, and one changed word would hand out the documents of
 * another case.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "export/export_internal.h"
#include "merkle/merkle.h"

/* A deposit, or an annotation that sets the case of a whole archive. */
struct saying {
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint64_t seq;
	bool is_deposit, says_it;
};

struct search {
	struct mun_log *log;
	const char *case_name;
	struct mun_merkle_frontier tree; /* over what was read */
	struct saying *sayings;
	size_t count, capacity;
	struct mun_buffer der, statement;
};

/* ---- reading ---- */

static enum mun_status
add(struct search *search, const struct saying *saying, struct mun_error *err)
{
	if (search->count == search->capacity) {
		size_t capacity = search->capacity * 2 + 64;
		struct saying *grown =
		    reallocarray(search->sayings, capacity, sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for the archives of a case");
		search->sayings = grown;
		search->capacity = capacity;
	}
	search->sayings[search->count++] = *saying;
	return MUN_OK;
}

/* *is_there: it was not erased. */
static enum mun_status
read_statement(struct search *search, const struct mun_event *event,
    bool *is_there, bool *says_it, struct mun_error *err)
{
	struct mun_buffer *bytes = &search->statement;
	struct mun_statement statement;
	uint8_t sha256[MUN_SHA256_LEN];
	const char *name;
	enum mun_status status;

	*is_there = *says_it = false;
	if (!event->has_statement)
		return MUN_OK;
	status = mun_log_statement(search->log, event->seq, bytes, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	*is_there = true;
	mun_sha256_of(sha256, bytes->data, bytes->len);
	if (!mun_bytes_equal(sha256, event->statement, sizeof(sha256)))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "what was typed about entry %llu is not what the log "
		    "commits to, so which archives are of a case is not "
		    "known; restore it from a copy, or name the archives",
		    (unsigned long long)event->seq);
	MUN_TRY(mun_statement_parse(&statement, bytes->data, bytes->len, err));
	name = statement.text[MUN_STATEMENT_CASE];
	*says_it = name != NULL && strcmp(name, search->case_name) == 0;
	mun_statement_clear(&statement);
out:
	return status;
}

static enum mun_status
take_event(struct search *search, const struct mun_event *event,
    const struct mun_detail *detail, struct mun_error *err)
{
	struct saying saying = { .seq = event->seq,
		.is_deposit = detail->type == MUN_EVENT_DEPOSIT };
	const char *archive = saying.is_deposit ? detail->deposit.archive
						: detail->subject.archive;
	bool is_annotated = detail->type == MUN_EVENT_ANNOTATION &&
	    detail->subject.document == 0 &&
	    (detail->keys >> MUN_STATEMENT_CASE & 1u) != 0;
	enum mun_status status = MUN_OK;
	bool is_there;

	if (!saying.is_deposit && !is_annotated)
		return MUN_OK;
	memcpy(saying.archive, archive, sizeof(saying.archive));
	MUN_TRY(read_statement(search, event, &is_there, &saying.says_it, err));
	/* an annotation that was erased is as if it had not been made */
	if (saying.is_deposit || is_there)
		status = add(search, &saying, err);
out:
	return status;
}

static enum mun_status
take_entry(struct search *search, uint64_t seq, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_detail detail = { .type = MUN_EVENT_UNKNOWN };
	struct mun_entry_glance glance;
	const struct mun_buffer *der = &search->der;
	struct mun_hash leaf;
	enum mun_status status;

	MUN_TRY(mun_log_entry(search->log, seq, &search->der, err));
	mun_merkle_leaf(&leaf, der->data, der->len);
	mun_merkle_add(&search->tree, &leaf);
	if (seq == 0 ||
	    (mun_entry_glance(&glance, der->data, der->len) &&
		glance.type != MUN_EVENT_DEPOSIT &&
		glance.type != MUN_EVENT_ANNOTATION))
		goto out;
	MUN_TRY(mun_entry_unverified(&entry, der->data, der->len, err));
	MUN_TRY(mun_detail_read(&detail, &entry.event, err));
	status = take_event(search, &entry.event, &detail, err);
	mun_detail_clear(&detail);
out:
	mun_entry_clear(&entry);
	return status;
}

static enum mun_status
read_log(struct search *search, struct mun_error *err)
{
	const struct mun_checkpoint *head = mun_log_checkpoint(search->log);
	enum mun_status status = MUN_OK;
	struct mun_hash root;

	for (uint64_t seq = 0; seq < head->size; seq++)
		MUN_TRY(take_entry(search, seq, err));
	mun_merkle_root(&search->tree, &root);
	if (!mun_bytes_equal(&root, &head->root, sizeof(root)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the log's entries are not those that its head counts; "
		    "'muniment verify' says which, restore them from a copy");
out:
	return status;
}

/* ---- judging ---- */

static int
compare_seqs(const void *a, const void *b)
{
	const struct saying *one = a, *other = b;

	return (one->seq > other->seq) - (one->seq < other->seq);
}

static int
compare(const void *a, const void *b)
{
	const struct saying *one = a, *other = b;
	int order = strcmp(one->archive, other->archive);

	return order != 0 ? order : compare_seqs(a, b);
}

/* Leave of each archive its deposit, if that or the latest annotation says the
 * case; in the order of the log. */
static void
judge(struct search *search)
{
	struct saying *all = search->sayings;
	size_t kept = 0;

	if (search->count == 0)
		return;
	qsort(all, search->count, sizeof(*all), compare);
	for (size_t i = 0; i < search->count;) {
		struct saying deposit = all[i];
		bool annotated = false;

		for (; i < search->count &&
		     strcmp(all[i].archive, deposit.archive) == 0;
		     i++)
			if (!all[i].is_deposit)
				annotated = all[i].says_it;
		if (deposit.is_deposit && (deposit.says_it || annotated))
			all[kept++] = deposit;
	}
	search->count = kept;
	if (kept > 0)
		qsort(all, kept, sizeof(*all), compare_seqs);
}

enum mun_status
mun_export_find_case(struct mun_vault *vault, const char *case_name,
    mun_export_case_visit *visit, void *ctx, struct mun_error *err)
{
	struct search search = { .case_name = case_name,
		.tree = MUN_MERKLE_FRONTIER_INIT,
		.der = MUN_BUFFER_INIT(MUN_CMS_MAX),
		.statement = MUN_BUFFER_INIT(MUN_STATEMENT_MAX) };
	enum mun_status status;

	MUN_TRY(mun_log_open(&search.log, mun_vault_store(vault), err));
	MUN_TRY(read_log(&search, err));
	judge(&search);
	for (size_t i = 0; i < search.count; i++)
		MUN_TRY(visit(ctx, search.sayings[i].archive, err));
out:
	mun_log_close(search.log);
	free(search.sayings);
	mun_buffer_free(&search.der);
	mun_buffer_free(&search.statement);
	return status;
}
