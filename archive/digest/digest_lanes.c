/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_lanes.c - which thread does what next.
 *
 * One lock guards all queues; it is held for a few instructions per block and
 * lane, never while a lane runs.  A running lane is marked busy, so no second
 * thread takes it and its blocks stay in order.
 *
 * Nothing can hang: a thread sleeps only while every lane that has work is
 * busy (then the one running it will wake the others) or none has any.  The
 * caller, where it needs a block, may be left asleep longer: until several are
 * free.  They all will be, but for the one it may hold, when no lane is busy.
 */
#include "digest/digest_lanes.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/macros.h"

enum {
	BLOCKS = 16, /* 4 MiB: the slow lane may lag while the caller reads */
	BATCH = BLOCKS / 2, /* free blocks that the caller is woken for */
	HELPERS_MAX = 2
};
_Static_assert(
    BATCH < BLOCKS, "the caller may hold one, and wait for a second");

/* What a block costs a lane, relative to the others (measured: SHA-512 0.8,
 * SHA-256 1.9, write to memory 3 GB/s). */
static const unsigned lane_cost[MUN_LANES] = {
	[MUN_LANE_ITEM_SHA512] = 8,
	[MUN_LANE_ITEM_SHA256] = 3,
	[MUN_LANE_STREAM_SHA256] = 3,
	[MUN_LANE_WRITE] = 2,
	/* Units come by the hundred, and nobody waits for them. */
	[MUN_LANE_CHECK] = 1,
};

struct queue {
	struct mun_block *blocks[BLOCKS]; /* a ring; NULL for units */
	size_t first, count;
	bool is_busy; /* some thread runs its first block */
};

struct mun_lanes {
	mun_lane_run *run;
	void *ctx;
	unsigned threads; /* helpers wanted */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t work; /* something to do, or the end: for helpers */
	pthread_cond_t progress; /* something done: for the caller */
	struct queue queues[MUN_LANES];
	struct mun_block *free_blocks[BLOCKS]; /* a stack: the warmest first */
	unsigned free_count;
	unsigned sleepers; /* helpers waiting for work */
	unsigned wanted; /* free blocks the caller waits for; 0: anything */
	bool is_caller_waiting;
	bool is_ending;

	pthread_t helpers[HELPERS_MAX];
	unsigned helper_count;
	struct mun_block blocks[BLOCKS];
	uint8_t *memory;
};

static void
lock(struct mun_lanes *lanes)
{
	MUN_ASSERT(pthread_mutex_lock(&lanes->lock) == 0);
}

static void
unlock(struct mun_lanes *lanes)
{
	MUN_ASSERT(pthread_mutex_unlock(&lanes->lock) == 0);
}

/* The lane nobody runs that is furthest behind, or MUN_LANES. */
static enum mun_lane
choose(const struct mun_lanes *lanes)
{
	enum mun_lane chosen = MUN_LANES;
	size_t most = 0;

	for (int i = 0; i < MUN_LANES; i++) {
		const struct queue *queue = &lanes->queues[i];
		size_t behind = queue->count * lane_cost[i];

		if (queue->is_busy || behind <= most)
			continue;
		most = behind;
		chosen = (enum mun_lane)i;
	}
	return chosen;
}

/* A thread that is woken for each block is woken more than it works. */
static bool
is_worth_waking(const struct mun_lanes *lanes)
{
	unsigned with_work = 0;

	for (int i = 0; i < MUN_LANES; i++)
		if (!lanes->queues[i].is_busy && lanes->queues[i].count > 0)
			with_work++;
	/* One of them is for the thread that asks. */
	return lanes->free_count >= lanes->wanted || with_work > 1;
}

static void
wake_helpers(struct mun_lanes *lanes)
{
	if (lanes->sleepers > 0)
		pthread_cond_broadcast(&lanes->work);
}

/* Run the first block of the lane most in need; false if there is none.
 * Called, and returns, with the lock held; not held in between. */
static bool
work_once(struct mun_lanes *lanes)
{
	enum mun_lane lane = choose(lanes);
	struct mun_block *block;
	struct queue *queue;

	if (lane == MUN_LANES)
		return false;
	queue = &lanes->queues[lane];
	block = queue->blocks[queue->first];
	queue->is_busy = true;
	unlock(lanes);
	lanes->run(lanes->ctx, lane, block);
	lock(lanes);
	queue->is_busy = false;
	queue->first = (queue->first + 1) % BLOCKS;
	queue->count--;
	if (block != NULL && --block->pending == 0)
		lanes->free_blocks[lanes->free_count++] = block;
	/* Those who slept because this lane was busy may go on with it. */
	if (queue->count > 0)
		wake_helpers(lanes);
	if (lanes->is_caller_waiting && is_worth_waking(lanes))
		pthread_cond_signal(&lanes->progress);
	return true;
}

/* The caller's side of work_once(): where there is nothing for it to do,
 * sleep until a helper has done something. */
static void
work_or_wait(struct mun_lanes *lanes)
{
	if (work_once(lanes))
		return;
	lanes->is_caller_waiting = true;
	pthread_cond_wait(&lanes->progress, &lanes->lock);
	lanes->is_caller_waiting = false;
}

static void *
help(void *arg)
{
	struct mun_lanes *lanes = arg;

	lock(lanes);
	while (!lanes->is_ending) {
		if (work_once(lanes))
			continue;
		lanes->sleepers++;
		pthread_cond_wait(&lanes->work, &lanes->lock);
		lanes->sleepers--;
	}
	unlock(lanes);
	return NULL;
}

static void
start_helpers(struct mun_lanes *lanes)
{
	sigset_t all, before;

	/* Signals are the program's business, not a helper's: where they cannot
	 * be kept from one, there is none. */
	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
		lanes->threads = 0;
		return;
	}
	while (lanes->helper_count < lanes->threads) {
		pthread_t *helper = &lanes->helpers[lanes->helper_count];

		if (pthread_create(helper, NULL, help, lanes) != 0)
			break;
		lanes->helper_count++;
	}
	/* Asked once: what the system refused now it may refuse every time. */
	lanes->threads = lanes->helper_count;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

enum mun_status
mun_lanes_new(struct mun_lanes **out, unsigned threads, mun_lane_run *run,
    void *ctx, struct mun_error *err)
{
	struct mun_lanes *lanes;

	if (threads > HELPERS_MAX)
		return mun_error_set(
		    err, MUN_ERR_USAGE, "%u helper threads", threads);
	lanes = calloc(1, sizeof(*lanes));
	if (lanes == NULL)
		goto no_memory;
	lanes->memory = malloc((size_t)BLOCKS * MUN_BLOCK_LEN);
	if (lanes->memory == NULL)
		goto no_memory;
	lanes->run = run;
	lanes->ctx = ctx;
	lanes->threads = threads;
	for (size_t i = 0; i < BLOCKS; i++) {
		lanes->blocks[i].bytes = lanes->memory + i * MUN_BLOCK_LEN;
		lanes->free_blocks[lanes->free_count++] = &lanes->blocks[i];
	}
	MUN_ASSERT(pthread_mutex_init(&lanes->lock, NULL) == 0);
	MUN_ASSERT(pthread_cond_init(&lanes->work, NULL) == 0);
	MUN_ASSERT(pthread_cond_init(&lanes->progress, NULL) == 0);
	*out = lanes;
	return MUN_OK;
no_memory:
	free(lanes);
	return mun_error_set(err, MUN_ERR_NOMEM, "no memory for blocks");
}

void
mun_lanes_free(struct mun_lanes *lanes)
{
	if (lanes == NULL)
		return;
	lock(lanes);
	lanes->is_ending = true;
	wake_helpers(lanes);
	unlock(lanes);
	for (unsigned i = 0; i < lanes->helper_count; i++)
		MUN_ASSERT(pthread_join(lanes->helpers[i], NULL) == 0);
	pthread_cond_destroy(&lanes->progress);
	pthread_cond_destroy(&lanes->work);
	pthread_mutex_destroy(&lanes->lock);
	free(lanes->memory);
	free(lanes);
}

struct mun_block *
mun_lanes_take(struct mun_lanes *lanes)
{
	struct mun_block *block;

	lock(lanes);
	if (lanes->free_count == 0)
		lanes->wanted = BATCH;
	while (lanes->free_count < lanes->wanted)
		work_or_wait(lanes);
	lanes->wanted = 0;
	block = lanes->free_blocks[--lanes->free_count];
	unlock(lanes);
	block->len = 0;
	block->mark = MUN_NO_MARK;
	block->feeds = 0;
	block->item_lanes = 0;
	return block;
}

void
mun_lanes_submit(struct mun_lanes *lanes, struct mun_block *block, unsigned set)
{
	MUN_ASSERT(set != 0 && (set & ~(unsigned)MUN_LANES_BLOCKS) == 0);
	MUN_ASSERT(block->len <= MUN_BLOCK_LEN);
	if (lanes->helper_count < lanes->threads)
		start_helpers(lanes);
	lock(lanes);
	block->pending = 0;
	for (unsigned i = 0; i < MUN_LANES; i++) {
		struct queue *queue = &lanes->queues[i];
		size_t end = (queue->first + queue->count) % BLOCKS;

		if ((set & 1U << i) == 0)
			continue;
		queue->blocks[end] = block;
		queue->count++;
		block->pending++;
	}
	wake_helpers(lanes);
	/* Alone, work at once, while the bytes are still in the cache. */
	while (lanes->helper_count == 0 && work_once(lanes))
		continue;
	unlock(lanes);
}

void
mun_lanes_add_checks(struct mun_lanes *lanes, size_t units)
{
	if (units == 0)
		return;
	lock(lanes);
	lanes->queues[MUN_LANE_CHECK].count += units;
	wake_helpers(lanes);
	unlock(lanes);
}

static bool
is_idle(const struct mun_lanes *lanes, unsigned set)
{
	for (unsigned i = 0; i < MUN_LANES; i++) {
		/* A block counts until the lane is through with it. */
		if ((set & 1U << i) != 0 && lanes->queues[i].count > 0)
			return false;
	}
	return true;
}

void
mun_lanes_wait(struct mun_lanes *lanes, unsigned set)
{
	lock(lanes);
	while (!is_idle(lanes, set))
		work_or_wait(lanes);
	unlock(lanes);
}

/* Whether the lane still has a block of the item. */
static bool
has_item(const struct mun_lanes *lanes, enum mun_lane lane)
{
	const struct queue *queue = &lanes->queues[lane];

	if (lane == MUN_LANE_CHECK)
		return false;
	for (size_t i = 0; i < queue->count; i++) {
		const struct mun_block *block =
		    queue->blocks[(queue->first + i) % BLOCKS];

		if ((block->item_lanes & 1U << lane) != 0)
			return true;
	}
	return false;
}

static bool
are_items_done(const struct mun_lanes *lanes)
{
	for (int i = 0; i < MUN_LANES; i++)
		if (has_item(lanes, (enum mun_lane)i))
			return false;
	return true;
}

bool
mun_lanes_are_items_done(struct mun_lanes *lanes)
{
	bool are_done;

	lock(lanes);
	are_done = are_items_done(lanes);
	unlock(lanes);
	return are_done;
}

void
mun_lanes_wait_items(struct mun_lanes *lanes)
{
	lock(lanes);
	while (!are_items_done(lanes))
		work_or_wait(lanes);
	unlock(lanes);
}
