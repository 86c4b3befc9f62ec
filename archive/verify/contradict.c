/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * contradict.c - holds inputs that bring the same log against each other: of
 * two signed heads the one over more entries has to extend the other.
 *
 * Every input brings all leaves up to its head, a dossier in its tiles, so the
 * smaller head is recomputed from the larger one's.  Two heads that fail this
 * are a fork, proven by the log's own signatures.
 */
#include "verify/verify_internal.h"

#include <string.h>

#include "base/encoding.h"

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
