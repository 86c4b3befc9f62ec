/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk_chain.c - one descriptor moves through the tree.
 *
 * A tree 4,000 folders deep is walked with one open descriptor: up by "..",
 * down by one component.  A folder that was moved away meanwhile makes ".."
 * lead elsewhere, so the folder reached is compared with the one that was
 * left; if it is another one, the way is walked again from the operand.
 */
/* O_PATH: a folder needs to be passed, not read. */
#define _GNU_SOURCE
#include "walk/walk_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"

enum {
	FOLDER_FLAGS = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

static void
chain_leave_all(struct walk_chain *chain)
{
	mun_file_close(&chain->fd);
	chain->depth = 0;
}

void
mun_walk_chain_free(struct walk_chain *chain)
{
	chain_leave_all(chain);
	free(chain->steps);
	chain->steps = NULL;
	chain->capacity = 0;
}

static int
chain_reserve_errno(struct walk_chain *chain, size_t depth)
{
	struct walk_step *steps;
	size_t capacity = chain->capacity == 0 ? 16 : chain->capacity;

	while (capacity < depth)
		capacity *= 2;
	if (capacity == chain->capacity)
		return 0;
	steps = realloc(chain->steps, capacity * sizeof(*steps));
	if (steps == NULL)
		return ENOMEM;
	chain->steps = steps;
	chain->capacity = capacity;
	return 0;
}

/* Open the folder planned in steps[depth] below the current one. */
static int
chain_down_errno(struct mun_walk *walk)
{
	struct walk_chain *chain = &walk->chain;
	struct walk_step *step = &chain->steps[chain->depth];
	struct walk_seen seen = { 0 };
	bool inside = chain->depth > 0;
	int above = chain->fd;
	int fd = -1;
	int failed = 0;

	if (!inside)
		failed =
		    mun_walk_operand_parent_errno(walk, step->folder, &above);
	if (failed == 0)
		failed = mun_walk_open_errno(above,
		    mun_walk_name(walk, step->folder), FOLDER_FLAGS, inside,
		    &fd, &seen);
	if (failed == 0 && inside &&
	    seen.is.device != chain->steps[chain->depth - 1].is.device)
		failed = EXDEV;
	step->is = seen.is;
	if (failed == 0 || !inside)
		mun_file_close(&above);
	if (failed != 0) {
		mun_file_close(&fd);
		return failed;
	}
	chain->fd = fd;
	chain->depth++;
	return 0;
}

/* Climb until `depth` steps are left; false if that led elsewhere. */
static bool
chain_up(struct walk_chain *chain, size_t depth)
{
	struct walk_seen seen;
	int fd;

	for (size_t left = chain->depth; left > depth; left--) {
		fd = openat(chain->fd, "..", FOLDER_FLAGS);
		mun_file_close(&chain->fd);
		chain->fd = fd;
		if (fd == -1)
			return false;
	}
	chain->depth = depth;
	return mun_walk_see_errno(chain->fd, "", &seen) == 0 &&
	    mun_walk_identity_equal(seen.is, chain->steps[depth - 1].is);
}

/* Write the way to folder into the steps; the first *common stay as they are
 * because the chain is on them already. */
static int
chain_plan_errno(
    struct mun_walk *walk, uint32_t folder, size_t *common, size_t *depth)
{
	struct walk_chain *chain = &walk->chain;
	size_t at = 0;

	for (uint32_t n = folder; n != WALK_ROOT; n = walk->nodes[n].parent)
		at++;
	*depth = at;
	if (chain_reserve_errno(chain, at) != 0)
		return ENOMEM;
	for (uint32_t n = folder; n != WALK_ROOT; n = walk->nodes[n].parent) {
		if (at <= chain->depth && chain->steps[at - 1].folder == n)
			break;
		chain->steps[--at].folder = n;
	}
	*common = at;
	return 0;
}

int
mun_walk_go_errno(struct mun_walk *walk, uint32_t folder)
{
	struct walk_chain *chain = &walk->chain;
	size_t common;
	size_t depth;
	int failed;

	if (chain->depth > 0 && chain->steps[chain->depth - 1].folder == folder)
		return 0;
	failed = chain_plan_errno(walk, folder, &common, &depth);
	if (failed != 0)
		return failed;
	/* From the operand down it may be nearer than up from here. */
	if (common == 0 || chain->depth - common > common)
		chain_leave_all(chain);
	else if (chain->depth > common && !chain_up(chain, common))
		chain_leave_all(chain);
	while (chain->depth < depth && failed == 0)
		failed = chain_down_errno(walk);
	return failed;
}

int
mun_walk_parent_errno(struct mun_walk *walk, uint32_t node, int *fd, bool *own)
{
	uint32_t parent = walk->nodes[node].parent;
	int failed;

	*own = parent == WALK_ROOT;
	if (*own)
		return mun_walk_operand_parent_errno(walk, node, fd);
	failed = mun_walk_go_errno(walk, parent);
	*fd = walk->chain.fd;
	return failed;
}
