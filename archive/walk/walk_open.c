/* SPDX-License-Identifier: BSD-2-Clause */
/* walk_open.c - a document of the list is opened, if it still is one. */
/* O_NOATIME: reading evidence is not to change when it was last read. */
#define _GNU_SOURCE
#include "walk/walk_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	DOCUMENT_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY
};

static void
take_state(struct mun_walk_state *state, const struct walk_seen *seen)
{
	/* Padding too, so that two states can be compared as bytes. */
	memset(state, 0, sizeof(*state));
	state->size = seen->size;
	state->mtime_s = seen->mtime_s;
	state->mtime_ns = seen->mtime_ns;
	state->ctime_s = seen->ctime_s;
	state->ctime_ns = seen->ctime_ns;
	state->inode = seen->is.inode;
	state->device = seen->is.device;
}

/* ESTALE stands for "no longer a regular file". */
static int
open_document_errno(
    int dir_fd, const char *name, bool inside, int *fd, struct walk_seen *seen)
{
	struct walk_seen before;
	int failed = mun_walk_see_errno(dir_fd, name, &before);

	if (failed != 0)
		return failed;
	if (!S_ISREG(before.mode))
		return ESTALE;
	failed = mun_walk_open_errno(
	    dir_fd, name, DOCUMENT_FLAGS | O_NOATIME, inside, fd, seen);
	/* Only its owner may ask for that. */
	if (failed == EPERM)
		failed = mun_walk_open_errno(
		    dir_fd, name, DOCUMENT_FLAGS, inside, fd, seen);
	if (failed == 0 && !mun_walk_identity_equal(before.is, seen->is)) {
		mun_file_close(fd);
		failed = ESTALE;
	}
	return failed;
}

/* What the tree answers when a name is not what the list says any more. */
static bool
is_gone(int failed)
{
	return failed == ENOENT || failed == ENOTDIR || failed == ELOOP ||
	    failed == EXDEV || failed == ESTALE || failed == ENXIO;
}

enum mun_status
mun_walk_open(struct mun_walk *walk, uint64_t i, int *fd,
    struct mun_walk_state *state, struct mun_error *err)
{
	struct walk_seen seen;
	uint32_t node;
	int dir_fd = -1;
	bool own = false;
	int failed;

	*fd = -1;
	if (i >= walk->entry_count)
		return mun_error_set(err, MUN_ERR_USAGE, "no such entry");
	node = walk->nodes[i].order;
	if (walk->nodes[node].kind != MUN_WALK_DOCUMENT)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is not a document", mun_walk_name(walk, node));
	failed = mun_walk_parent_errno(walk, node, &dir_fd, &own);
	if (failed == 0)
		failed = open_document_errno(
		    dir_fd, mun_walk_name(walk, node), !own, fd, &seen);
	if (own)
		mun_file_close(&dir_fd);
	if (is_gone(failed))
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "'%s' is no longer the file it was when the deposit "
		    "began",
		    mun_walk_name(walk, node));
	if (failed != 0)
		return mun_error_system(
		    err, failed, "open '%s'", mun_walk_name(walk, node));
	take_state(state, &seen);
	return MUN_OK;
}

enum mun_status
mun_walk_state_of(int fd, struct mun_walk_state *state, struct mun_error *err)
{
	struct walk_seen seen;
	int failed = mun_walk_see_errno(fd, "", &seen);

	if (failed != 0)
		return mun_error_system(
		    err, failed, "look at an open document");
	take_state(state, &seen);
	return MUN_OK;
}
