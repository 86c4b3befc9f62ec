/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_lanes.h - blocks of bytes that several sequential jobs go through.
 *
 * A lane is one job that must see its blocks in order: a hash, or a file being
 * written.  Different lanes work on different blocks at the same time, each on
 * whichever thread is free: the helpers, and the caller wherever it would have
 * to wait.  A thread takes the lane that is furthest behind.  Since a lane is
 * run by one thread at a time, in order, results do not depend on threads.
 *
 * Thread rule: all functions are for one caller's thread.  Whatever a lane
 * touches belongs to the caller again once the lane is idle.
 */
#ifndef MUN_DIGEST_DIGEST_LANES_H
#define MUN_DIGEST_DIGEST_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"

enum mun_lane {
	MUN_LANE_ITEM_SHA512,
	MUN_LANE_ITEM_SHA256,
	MUN_LANE_STREAM_SHA256,
	MUN_LANE_WRITE,
	MUN_LANE_CHECK, /* no blocks go through it, only units of work */
	MUN_LANES
};

/* Sets of lanes. */
enum {
	MUN_LANES_CHECK = 1 << MUN_LANE_CHECK,
	MUN_LANES_BLOCKS = MUN_LANES_CHECK - 1
};

struct mun_block {
	uint8_t *bytes; /* MUN_BLOCK_LEN of them */
	size_t len; /* bytes in use */
	size_t mark; /* up to here is marked; MUN_NO_MARK */
	unsigned feeds; /* the caller's own */
	/* The lanes, of those it goes through, in which it is part of the item
	 * under way. */
	unsigned item_lanes;
	unsigned pending; /* lanes it still has to go through */
};

#define MUN_NO_MARK SIZE_MAX

/* What a lane does with a block (NULL: a unit of work); on any thread. */
typedef void mun_lane_run(
    void *ctx, enum mun_lane lane, const struct mun_block *block);

struct mun_lanes;

/* At most `threads` helpers (0, 1 or 2), started with the first block that is
 * submitted; where the system refuses one, the work is done without it.
 * MUN_ERR_NOMEM, MUN_ERR_USAGE. */
MUN_MUST_USE enum mun_status mun_lanes_new(struct mun_lanes **out,
    unsigned threads, mun_lane_run *run, void *ctx, struct mun_error *err);
/* Waits for nothing but the blocks being worked on; NULL-safe. */
void mun_lanes_free(struct mun_lanes *lanes);

/* A free block, empty and without mark; works or waits until there is one.
 * The caller may hold two. */
struct mun_block *mun_lanes_take(struct mun_lanes *lanes);
/* Send a block through lanes of MUN_LANES_BLOCKS (at least one); it is free
 * again after the last of them. */
void mun_lanes_submit(
    struct mun_lanes *lanes, struct mun_block *block, unsigned set);
/* Give MUN_LANE_CHECK so many units of work.  A running lane may call it. */
void mun_lanes_add_checks(struct mun_lanes *lanes, size_t units);
/* Work or wait until no lane of the set has anything to do. */
void mun_lanes_wait(struct mun_lanes *lanes, unsigned set);
/* Whether all blocks are through their item_lanes. */
bool mun_lanes_are_items_done(struct mun_lanes *lanes);
/* Work or wait until they are. */
void mun_lanes_wait_items(struct mun_lanes *lanes);

#endif
