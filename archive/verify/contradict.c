/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * contradict.c - holds inputs that bring the same log against each other: of
 * two signed heads the one over more entries has to extend the other.
 *
 * Every input brings all leaves up to its head, a dossier in its tiles, so the
 * smaller head is recomputed from the larger one's.  Two heads that fail this
 * are a fork, proven by the log's own signatures.
 *
 * And a dossier, whose hand-outs say which entries there are, has to have those
 * of them that another input shows.
 *
 * Spec: docs/format/dossier.md, Judging.
 */
#include "verify/verify_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

/* A head that does not hold for itself was judged before, and shows nothing
 * about another. */
static bool
has_head(const struct mun_log_facts *log)
{
	struct mun_hash root;

	return log->usable && log->head_signed &&
	    mun_log_facts_root(log, log->checkpoint.size, &root) &&
	    mun_bytes_equal(&root, &log->checkpoint.root, sizeof(root));
}

static bool
is_same_log(const struct mun_log_facts *a, const struct mun_log_facts *b)
{
	return mun_bytes_equal(a->fingerprint, b->fingerprint, MUN_SHA256_LEN);
}

/* Of the heads of one log, by size and then as given: what comes next after i;
 * count if nothing does.  That each extends the one before it is enough, since
 * what extends it extends all that it does. */
static size_t
next_head(
    const struct mun_log_facts *logs, const bool *heads, size_t count, size_t i)
{
	size_t next = count;

	for (size_t j = 0; j < count; j++) {
		uint64_t size = logs[j].checkpoint.size;

		if (j == i || !heads[j] || !is_same_log(&logs[i], &logs[j]) ||
		    size < logs[i].checkpoint.size ||
		    (size == logs[i].checkpoint.size && j < i))
			continue;
		if (next == count || size < logs[next].checkpoint.size)
			next = j;
	}
	return next;
}

/* Which of the two is the log, nobody can tell. */
static void
judge_fork(
    struct mun_verification *v, struct mun_log_facts *logs, size_t i, size_t j)
{
	mun_judge(v, MUN_RULE_LOG_CONTRADICTS, false, v->inputs[i].path,
	    "its head over %llu entries, and that over %llu in '%s', are both "
	    "signed and have different entries",
	    (unsigned long long)logs[i].checkpoint.size,
	    (unsigned long long)logs[j].checkpoint.size, v->inputs[j].path);
	for (size_t k = 0; k < v->input_count; k++)
		if (is_same_log(&logs[k], &logs[i]))
			logs[k].stands = false;
}

void
mun_judge_contradictions(
    struct mun_verification *v, struct mun_log_facts *logs, bool *heads)
{
	const enum mun_rule rule = MUN_RULE_LOG_CONTRADICTS;
	size_t before = v->check_count, compared = 0, first = 0;

	for (size_t i = 0; i < v->input_count; i++)
		heads[i] = has_head(&logs[i]);
	for (size_t i = 0; i < v->input_count; i++) {
		size_t j = v->input_count;
		struct mun_hash root;

		if (heads[i])
			j = next_head(logs, heads, v->input_count, i);
		if (j == v->input_count)
			continue;
		first = compared++ == 0 ? i : first;
		if (!mun_log_facts_root(
			&logs[j], logs[i].checkpoint.size, &root) ||
		    !mun_bytes_equal(
			&root, &logs[i].checkpoint.root, sizeof(root)))
			judge_fork(v, logs, i, j);
	}
	if (compared > 0)
		mun_summarise(v, before, &rule, 1, v->inputs[first].path);
}

/* ---- what a dossier leaves out ---- */

/* What a hand-out vouches for: all before it that it has to list. */
struct vouched {
	uint64_t archive;
	uint64_t seq;
};

static int
compare_vouched(const void *a, const void *b)
{
	const struct vouched *left = a, *right = b;

	if (left->archive != right->archive)
		return left->archive < right->archive ? -1 : 1;
	return left->seq < right->seq ? -1 : left->seq > right->seq;
}

/* The seq of the newest hand-out of an archive; 0: none. */
static uint64_t
vouched_until(const struct vouched *all, size_t count, uint64_t archive)
{
	size_t low = 0, high = count;

	while (low < high) { /* the first of an archive after it */
		size_t middle = low + (high - low) / 2;

		if (all[middle].archive <= archive)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && all[low - 1].archive == archive ? all[low - 1].seq
							  : 0;
}

/* All hand-outs of a dossier by archive, and the newest of all. */
static enum mun_status
list_vouched(const struct mun_log_facts *dossier, struct vouched **out,
    size_t *count, uint64_t *newest, struct mun_error *err)
{
	size_t hand_outs = 0;

	for (uint64_t seq = 0; seq < dossier->entry_count; seq++)
		hand_outs += dossier->entries[seq].is_hand_out;
	*out = calloc(hand_outs + 1, sizeof(**out));
	if (*out == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a dossier");
	*count = 0;
	*newest = 0;
	for (uint64_t seq = 0; seq < dossier->entry_count; seq++)
		if (dossier->entries[seq].is_hand_out) {
			(*out)[(*count)++] =
			    (struct vouched){ dossier->entries[seq].archive,
				    seq };
			*newest = seq;
		}
	qsort(*out, *count, sizeof(**out), compare_vouched);
	return MUN_OK;
}

/* The first entry that other shows and dossier should; UINT64_MAX: none. */
static enum mun_status
find_left_out(const struct mun_log_facts *dossier,
    const struct mun_log_facts *other, uint64_t *found, struct mun_error *err)
{
	struct vouched *vouched = NULL;
	enum mun_status status;
	uint64_t newest, until;
	size_t count;

	*found = UINT64_MAX;
	MUN_TRY(list_vouched(dossier, &vouched, &count, &newest, err));
	for (uint64_t seq = 0; seq < newest && seq < other->entry_count;
	     seq++) {
		const struct mun_entry_fact *shown = &other->entries[seq];
		const struct mun_entry_fact *here = &dossier->entries[seq];

		if (!shown->known || here->known ||
		    !mun_bytes_equal(
			&shown->leaf, &here->leaf, sizeof(here->leaf)))
			continue;
		until = shown->is_general
		    ? newest
		    : vouched_until(vouched, count, shown->archive);
		if (seq < until) {
			*found = seq;
			break;
		}
	}
out:
	free(vouched);
	return status;
}

enum mun_status
mun_judge_left_out(struct mun_verification *v, struct mun_log_facts *logs,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < v->input_count; i++)
		for (size_t j = 0; j < v->input_count; j++) {
			uint64_t seq;

			if (i == j || !logs[i].is_part || !logs[i].usable ||
			    !logs[j].usable || !is_same_log(&logs[i], &logs[j]))
				continue;
			MUN_TRY(find_left_out(&logs[i], &logs[j], &seq, err));
			if (seq == UINT64_MAX)
				continue;
			mun_judge(v, MUN_RULE_DOSSIER_INCOMPLETE, false,
			    v->inputs[i].path,
			    "entry %llu, which '%s' has, is left out",
			    (unsigned long long)seq, v->inputs[j].path);
			logs[i].stands = false;
		}
out:
	return status;
}
