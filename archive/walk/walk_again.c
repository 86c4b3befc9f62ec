/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk_again.c - whether the tree still is what was listed.
 *
 * Between the list and the reading a person is asked, and hours may pass.  A
 * folder's modification time changes with every name that is added to it, taken
 * away or replaced; one statx(2) for each folder tells, whatever lies in it.
 *
 * Inodes are not held against the list: FAT and exFAT, which is what sticks have,
 * make them up anew whenever one was out of memory for a while.
 */
#include "walk/walk_internal.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"

void
mun_walk_keep_seen(struct walk_node *node, const struct walk_seen *seen)
{
	node->mtime_s = seen->mtime_s;
	node->mtime_ns = seen->mtime_ns;
}

bool
mun_walk_is_as_listed(
    const struct mun_walk *walk, uint64_t i, const struct mun_walk_state *state)
{
	const struct walk_node *node = &walk->nodes[walk->nodes[i].order];

	return node->size == state->size && node->mtime_s == state->mtime_s &&
	    node->mtime_ns == state->mtime_ns;
}

static bool
is_listed_folder(const struct walk_node *node)
{
	return node->kind == WALK_FOLDER || node->kind == MUN_WALK_FOLDER_EMPTY;
}

/* Changed, gone, or not to be looked at: its list is not what is there. */
static bool
is_changed(struct mun_walk *walk, uint32_t number)
{
	const struct walk_node *node = &walk->nodes[number];
	struct walk_seen seen = { 0 };
	int fd = -1;
	bool own = false;
	int failed = mun_walk_parent_errno(walk, number, &fd, &own);

	if (failed == 0)
		failed =
		    mun_walk_see_errno(fd, mun_walk_name(walk, number), &seen);
	if (own)
		mun_file_close(&fd);
	return failed != 0 || node->mtime_s != seen.mtime_s ||
	    node->mtime_ns != seen.mtime_ns;
}

enum mun_status
mun_walk_changed_folders(struct mun_walk *walk, mun_walk_tell *tell, void *ctx,
    struct mun_error *err)
{
	struct mun_buffer path = MUN_BUFFER_INIT(MUN_PATH_MAX);
	enum mun_status status = MUN_OK;

	for (uint32_t n = WALK_ROOT + 1; n < walk->node_count; n++) {
		if (!is_listed_folder(&walk->nodes[n]) || !is_changed(walk, n))
			continue;
		mun_buffer_reset(&path);
		mun_walk_node_path(walk, n, &path);
		MUN_TRY(mun_buffer_status(&path, "path", err));
		MUN_TRY(tell(ctx, path.data, path.len, err));
	}
out:
	mun_buffer_free(&path);
	return status;
}
