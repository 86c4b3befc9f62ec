/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proven.c - proof times, from the newest batch back to the oldest.
 *
 * A token that nothing later covers is judged now.  One that is covered is
 * judged as of the earliest time that a later token proves: by then it existed,
 * and what became of its authority afterwards does not matter.  A batch of size
 * s covers every event below s; since its own event stands at s or after, only
 * batches that were judged before can cover the one at hand.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/proven.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

/* A batch, in the falling order of sizes, and the best of those up to it. */
struct mun_proven_mark {
	uint64_t size;
	size_t batch;
	size_t best; /* batch with the earliest time; SIZE_MAX: none counts */
	size_t authorities; /* largest number that agree */
};

struct run {
	struct mun_proven *proven;
	mun_proven_judge *judge;
	void *ctx;
	int64_t now_utc_s;
	size_t marked; /* by_size[0, marked) cover what is at hand */
};

struct mun_proven_batch *
mun_proven_add(
    struct mun_proven *proven, uint64_t seq, uint64_t size, size_t stamp_count)
{
	struct mun_proven_batch *batch;

	if (proven->count == proven->capacity) {
		size_t capacity =
		    proven->capacity == 0 ? 16 : proven->capacity * 2;
		struct mun_proven_batch *grown =
		    reallocarray(proven->batches, capacity, sizeof(*grown));

		if (grown == NULL)
			return NULL;
		proven->batches = grown;
		proven->capacity = capacity;
	}
	MUN_ASSERT(size <= seq);
	MUN_ASSERT(
	    proven->count == 0 || proven->batches[proven->count - 1].seq < seq);
	batch = &proven->batches[proven->count];
	*batch = (struct mun_proven_batch){ .seq = seq,
		.size = size,
		.stamp_count = stamp_count,
		.stamps = calloc(stamp_count + 1, sizeof(*batch->stamps)) };
	if (batch->stamps == NULL)
		return NULL;
	proven->count++;
	return batch;
}

void
mun_proven_clear(struct mun_proven *proven)
{
	for (size_t i = 0; i < proven->count; i++)
		free(proven->batches[i].stamps);
	free(proven->batches);
	free(proven->by_size);
	free(proven->after);
	memset(proven, 0, sizeof(*proven));
}

/* ---- one token ---- */

static int64_t
latest(const struct mun_proven_stamp *stamp)
{
	return stamp->time_utc_s + stamp->accuracy_s;
}

static int64_t
earliest(const struct mun_proven_stamp *stamp)
{
	return stamp->time_utc_s - stamp->accuracy_s;
}

static enum mun_proven_order
order_of(
    const struct mun_proven_batch *batch, const struct mun_proven_stamp *stamp)
{
	if (latest(stamp) < batch->covered_utc_s - MUN_PROVEN_CLOCK_SLACK_S)
		return MUN_PROVEN_BEFORE_EVENTS;
	if (earliest(stamp) > batch->event_utc_s + MUN_PROVEN_CLOCK_SLACK_S)
		return MUN_PROVEN_AFTER_EVENT;
	return MUN_PROVEN_FITS;
}

/* Two clocks may differ by what they admit, and a little more: then the token
 * is judged as of the time that it states itself, which is later and so the
 * harder test. */
static bool
is_nearly(const struct mun_proven_stamp *stamp, int64_t proof_time_utc_s)
{
	return stamp->has_time && stamp->time_utc_s > proof_time_utc_s &&
	    earliest(stamp) - MUN_PROVEN_AUTHORITY_SLACK_S <= proof_time_utc_s;
}

static enum mun_status
judge_stamp(struct run *run, size_t b, size_t i,
    const struct mun_proven_mark *cover, struct mun_error *err)
{
	const struct mun_proven_batch *batches = run->proven->batches;
	const struct mun_proven_batch *batch = &batches[b];
	struct mun_proven_stamp *stamp = &batch->stamps[i];
	bool is_renewed = cover != NULL && cover->best != SIZE_MAX;
	int64_t at =
	    is_renewed ? batches[cover->best].by_utc_s : run->now_utc_s;
	enum mun_status status;

	memset(stamp, 0, sizeof(*stamp));
	MUN_TRY(run->judge(run->ctx, b, i, at, stamp, err));
	if (is_nearly(stamp, at)) {
		at = stamp->time_utc_s;
		memset(stamp, 0, sizeof(*stamp));
		MUN_TRY(run->judge(run->ctx, b, i, at, stamp, err));
	}
	stamp->proof_time_utc_s = at;
	stamp->is_renewed = is_renewed;
	stamp->renewed_size = is_renewed ? batches[cover->best].size : 0;
	stamp->order =
	    stamp->has_time ? order_of(batch, stamp) : MUN_PROVEN_FITS;
	stamp->counts = stamp->rule == NULL && batch->is_of_log &&
	    stamp->order == MUN_PROVEN_FITS;
out:
	return status;
}

/* ---- one batch ---- */

static size_t
independent_of(const struct mun_proven_batch *batch, const bool *counts)
{
	const struct mun_chain_keys *keys[MUN_CHAIN_KEYS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < batch->stamp_count && count < MUN_CHAIN_KEYS_MAX;
	     i++)
		if (counts[i])
			keys[count++] = &batch->stamps[i].keys;
	return mun_chain_keys_independent(keys, count);
}

/* How many agree.  What needs a renewal has no more behind it than that has;
 * what still holds now needs none. */
static enum mun_status
count_authorities(struct run *run, size_t b,
    const struct mun_proven_mark *cover, struct mun_error *err)
{
	struct mun_proven_batch *batch = &run->proven->batches[b];
	bool *counts = calloc(batch->stamp_count + 1, sizeof(*counts));
	enum mun_status status = MUN_OK;
	size_t direct;

	if (counts == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for time-stamps");
	for (size_t i = 0; i < batch->stamp_count; i++)
		counts[i] = batch->stamps[i].counts;
	batch->authorities = independent_of(batch, counts);
	if (cover == NULL || cover->best == SIZE_MAX ||
	    cover->authorities >= batch->authorities)
		goto out;
	for (size_t i = 0; i < batch->stamp_count; i++) {
		struct mun_proven_stamp now = { .rule = NULL };

		if (!counts[i])
			continue;
		MUN_TRY(run->judge(run->ctx, b, i, run->now_utc_s, &now, err));
		counts[i] = now.rule == NULL;
	}
	direct = independent_of(batch, counts);
	batch->authorities =
	    direct > cover->authorities ? direct : cover->authorities;
out:
	free(counts);
	return status;
}

/* The marks that cover an event: those of larger size, all judged by now. */
static const struct mun_proven_mark *
cover_of(struct run *run, uint64_t seq)
{
	struct mun_proven *proven = run->proven;

	while (run->marked < proven->count &&
	    proven->by_size[run->marked].size > seq) {
		struct mun_proven_mark *mark = &proven->by_size[run->marked];
		const struct mun_proven_mark *last =
		    run->marked == 0 ? NULL : mark - 1;
		const struct mun_proven_batch *batch =
		    &proven->batches[mark->batch];

		mark->best = last == NULL ? SIZE_MAX : last->best;
		mark->authorities = last == NULL ? 0 : last->authorities;
		if (batch->counts &&
		    (mark->best == SIZE_MAX ||
			batch->by_utc_s < proven->batches[mark->best].by_utc_s))
			mark->best = mark->batch;
		if (batch->authorities > mark->authorities)
			mark->authorities = batch->authorities;
		run->marked++;
	}
	return run->marked == 0 ? NULL : &proven->by_size[run->marked - 1];
}

static enum mun_status
judge_batch(struct run *run, size_t b, struct mun_error *err)
{
	struct mun_proven_batch *batch = &run->proven->batches[b];
	const struct mun_proven_mark *cover = cover_of(run, batch->seq);
	enum mun_status status = MUN_OK;

	batch->counts = false;
	for (size_t i = 0; i < batch->stamp_count; i++) {
		const struct mun_proven_stamp *stamp = &batch->stamps[i];

		MUN_TRY(judge_stamp(run, b, i, cover, err));
		if (!stamp->counts ||
		    (batch->counts && batch->by_utc_s <= latest(stamp)))
			continue;
		batch->counts = true;
		batch->by_utc_s = latest(stamp);
		batch->by_stamp = i;
	}
	status = count_authorities(run, b, cover, err);
out:
	return status;
}

/* ---- all of them ---- */

static int
compare_marks(const void *a, const void *b)
{
	const struct mun_proven_mark *left = a, *right = b;

	if (left->size != right->size)
		return left->size > right->size ? -1 : 1;
	return left->batch > right->batch ? -1 : left->batch < right->batch;
}

static enum mun_status
make_tables(struct mun_proven *proven, struct mun_error *err)
{
	free(proven->by_size);
	free(proven->after);
	proven->by_size = calloc(proven->count + 1, sizeof(*proven->by_size));
	proven->after = calloc(proven->count + 1, sizeof(*proven->after));
	if (proven->by_size == NULL || proven->after == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for time-stamps");
	for (size_t i = 0; i < proven->count; i++)
		proven->by_size[i] =
		    (struct mun_proven_mark){ .size = proven->batches[i].size,
			    .batch = i };
	if (proven->count > 0)
		qsort(proven->by_size, proven->count, sizeof(*proven->by_size),
		    compare_marks);
	return MUN_OK;
}

static void
find_lower_bounds(struct mun_proven *proven)
{
	int64_t newest = INT64_MIN;

	for (size_t b = 0; b < proven->count; b++) {
		const struct mun_proven_batch *batch = &proven->batches[b];

		for (size_t i = 0; i < batch->stamp_count; i++)
			if (batch->stamps[i].counts &&
			    earliest(&batch->stamps[i]) > newest)
				newest = earliest(&batch->stamps[i]);
		proven->after[b] = newest;
	}
}

enum mun_status
mun_proven_run(struct mun_proven *proven, mun_proven_judge *judge, void *ctx,
    int64_t now_utc_s, struct mun_error *err)
{
	struct run run = { .proven = proven,
		.judge = judge,
		.ctx = ctx,
		.now_utc_s = now_utc_s };
	enum mun_status status;

	MUN_TRY(make_tables(proven, err));
	for (size_t b = proven->count; b > 0; b--)
		MUN_TRY(judge_batch(&run, b - 1, err));
	(void)cover_of(&run, 0); /* the marks that are left */
	find_lower_bounds(proven);
out:
	return status;
}

/* ---- what is proven ---- */

bool
mun_proven_by(
    const struct mun_proven *proven, uint64_t seq, struct mun_proven_bound *out)
{
	size_t low = 0, high = proven->by_size == NULL ? 0 : proven->count;
	size_t best;

	while (low < high) { /* the last mark with a size above seq */
		size_t middle = low + (high - low) / 2;

		if (proven->by_size[middle].size > seq)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	best = proven->by_size[low - 1].best;
	if (best == SIZE_MAX)
		return false;
	*out = (struct mun_proven_bound){
		.utc_s = proven->batches[best].by_utc_s,
		.batch = best,
		.stamp = proven->batches[best].by_stamp,
		.authorities = proven->batches[best].authorities,
	};
	return true;
}

bool
mun_proven_after(const struct mun_proven *proven, uint64_t seq, int64_t *utc_s)
{
	size_t low = 0, high = proven->after == NULL ? 0 : proven->count;

	while (low < high) { /* the first batch that is not before seq */
		size_t middle = low + (high - low) / 2;

		if (proven->batches[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || proven->after[low - 1] == INT64_MIN)
		return false;
	*utc_s = proven->after[low - 1];
	return true;
}

uint64_t
mun_proven_covered(const struct mun_proven *proven)
{
	for (size_t i = 0; proven->by_size != NULL && i < proven->count; i++)
		if (proven->batches[proven->by_size[i].batch].counts)
			return proven->by_size[i].size;
	return 0;
}
