/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk_scan.c - the tree becomes a list, depth first, without recursion.
 *
 * A folder is read once, its names sorted, its documents opened once; then its
 * folders are entered in order.  What could not be entered becomes an entry.
 */
/* O_NOATIME: reading a folder is not to change it. */
#define _GNU_SOURCE
#include "walk/walk_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"

enum {
	PROGRESS_EVERY = 1024
}; /* entries */

/* A folder whose children are being put in order. */
struct scan_frame {
	uint32_t folder;
	uint32_t next; /* child, counted from 0 */
	size_t path_len;
};

struct scan {
	struct mun_walk *walk;
	struct scan_frame *frames;
	size_t depth;
	size_t capacity;
	mun_walk_progress *progress;
	void *ctx;
};

static bool
is_own_shortage(int failed)
{
	return failed == EMFILE || failed == ENFILE || failed == ENOMEM;
}

static void
make_entry(struct walk_node *node, int failed)
{
	node->kind =
	    failed == EXDEV ? MUN_WALK_MOUNT_POINT : MUN_WALK_UNREADABLE;
	node->saved_errno = failed == EXDEV ? 0 : (uint8_t)failed;
}

/* A descriptor of its own on the folder at fd, to read names from. */
static int
open_folder_errno(int fd, DIR **folder)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int own = openat(fd, ".", flags | O_NOATIME);

	/* Only its owner may ask for that. */
	if (own == -1 && errno == EPERM)
		own = openat(fd, ".", flags);
	*folder = own == -1 ? NULL : fdopendir(own);
	if (*folder == NULL) {
		int failed = errno;

		mun_file_close(&own);
		return failed != 0 ? failed : EIO;
	}
	return 0;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int
next_name_errno(DIR *folder, const char **name)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(folder);
	} while (entry != NULL && is_dots(entry->d_name));
	*name = entry == NULL ? NULL : entry->d_name;
	return entry == NULL ? errno : 0;
}

/* Whether the folder is empty, without entering it. */
static int
peek_errno(struct mun_walk *walk, uint32_t number, bool *is_empty)
{
	struct walk_seen seen;
	const char *first = NULL;
	DIR *folder = NULL;
	int above = -1;
	int inner = -1;
	bool own = false;
	int failed = mun_walk_parent_errno(walk, number, &above, &own);

	if (failed == 0)
		failed = mun_walk_open_errno(above, mun_walk_name(walk, number),
		    O_PATH | O_DIRECTORY, !own, &inner, &seen);
	if (failed == 0)
		failed = open_folder_errno(inner, &folder);
	mun_file_close(&inner);
	if (own)
		mun_file_close(&above);
	if (failed != 0)
		return failed;
	failed = next_name_errno(folder, &first);
	*is_empty = first == NULL;
	closedir(folder);
	return failed;
}

/*
 * A folder that becomes an entry itself (empty, unreadable) sorts without a
 * '/' behind its name.  That changes its place only if something between "f"
 * and "f/" is there, such as "f.txt": then it has to be known now.
 */
static bool
settle_folders(struct mun_walk *walk, size_t first, size_t count)
{
	bool is_changed = false;

	for (size_t i = first + 1; i < first + count; i++) {
		struct walk_node *node = &walk->nodes[i];
		const char *name = mun_walk_name(walk, (uint32_t)i);
		const char *before = mun_walk_name(walk, (uint32_t)i - 1);
		bool is_empty = false;
		int failed;

		if (node->kind != WALK_FOLDER ||
		    strncmp(before, name, strlen(name)) != 0)
			continue;
		failed = peek_errno(walk, (uint32_t)i, &is_empty);
		if (failed == 0 && !is_empty)
			continue;
		if (failed != 0)
			make_entry(node, failed);
		else
			node->kind = MUN_WALK_FOLDER_EMPTY;
		is_changed = true;
	}
	return is_changed;
}

static void
put_in_order(struct mun_walk *walk, size_t first, size_t count)
{
	mun_walk_sort(walk, first, count);
	if (settle_folders(walk, first, count))
		mun_walk_sort(walk, first, count);
}

static void
forget_from(struct mun_walk *walk, size_t first)
{
	if (first < walk->node_count)
		walk->names.len = walk->nodes[first].name;
	walk->node_count = first;
}

/* Look at everything in the chain's folder.  *failed: it could not be read. */
static enum mun_status
list_folder(struct mun_walk *walk, const struct scan_frame *frame, int *failed,
    struct mun_error *err)
{
	const struct walk_chain *chain = &walk->chain;
	struct walk_place place = { .fd = chain->fd,
		.folder = frame->folder,
		.device = chain->steps[chain->depth - 1].is.device,
		.depth = chain->depth,
		.path_len = frame->path_len };
	size_t first = walk->node_count;
	enum mun_status status = MUN_OK;
	struct walk_seen seen = { 0 };
	const char *name = NULL;
	DIR *folder = NULL;

	/* Before its names are read: what comes after that is a change. */
	*failed = mun_walk_see_errno(chain->fd, "", &seen);
	if (*failed == 0)
		*failed = open_folder_errno(chain->fd, &folder);
	if (folder == NULL)
		return MUN_OK;
	mun_walk_keep_seen(&walk->nodes[frame->folder], &seen);
	while ((*failed = next_name_errno(folder, &name)) == 0 && name != NULL)
		MUN_TRY(mun_walk_look(walk, &place, name, err));
	/* Half a folder is not a folder: all of it is unreadable. */
	if (*failed != 0)
		forget_from(walk, first);
	walk->nodes[frame->folder].children =
	    (struct walk_children){ .first = (uint32_t)first,
		    .count = (uint32_t)(walk->node_count - first) };
	put_in_order(walk, first, walk->node_count - first);
out:
	closedir(folder);
	return status;
}

static enum mun_status
push_frame(struct scan *scan, uint32_t folder, struct mun_error *err)
{
	struct scan_frame *frames;
	size_t path_len = 0;

	if (scan->depth == scan->capacity) {
		frames = reallocarray(
		    scan->frames, scan->capacity * 2 + 16, sizeof(*frames));
		if (frames == NULL)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "out of memory for folders");
		scan->frames = frames;
		scan->capacity = scan->capacity * 2 + 16;
	}
	if (scan->depth > 1)
		path_len = scan->frames[scan->depth - 1].path_len + 1;
	if (folder != WALK_ROOT)
		path_len += strlen(mun_walk_name(scan->walk, folder));
	scan->frames[scan->depth++] =
	    (struct scan_frame){ .folder = folder, .path_len = path_len };
	return MUN_OK;
}

static enum mun_status
put_entry(struct scan *scan, uint32_t number, struct mun_error *err)
{
	struct mun_walk *walk = scan->walk;
	const struct walk_node *node = &walk->nodes[number];
	uint64_t i = walk->entry_count++;

	/* There are more nodes than entries, so node i exists; and no sort
	 * will move it, because only new nodes are sorted. */
	walk->nodes[i].order = number;
	if (node->kind == MUN_WALK_DOCUMENT) {
		walk->totals.documents++;
		walk->totals.bytes += node->size;
	} else if (node->kind == MUN_WALK_UNREADABLE) {
		walk->totals.unreadable++;
	} else {
		walk->totals.others++;
	}
	if (scan->progress != NULL && i % PROGRESS_EVERY == 0 &&
	    !scan->progress(scan->ctx, &walk->totals))
		return mun_error_set(err, MUN_ERR_CANCELED, "stopped");
	return MUN_OK;
}

/* Enter a folder: its children are next, or it becomes an entry. */
static enum mun_status
enter(struct scan *scan, uint32_t folder, struct mun_error *err)
{
	struct mun_walk *walk = scan->walk;
	struct walk_node *node;
	int failed = mun_walk_go_errno(walk, folder);
	enum mun_status status;

	if (failed == 0 &&
	    mun_walk_is_excluded(
		walk, walk->chain.steps[walk->chain.depth - 1].is))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is the vault or the folder of keys, which are "
		    "never deposited",
		    mun_walk_name(walk, folder));
	status = push_frame(scan, folder, err);
	if (status == MUN_OK && failed == 0)
		status = list_folder(
		    walk, &scan->frames[scan->depth - 1], &failed, err);
	if (status != MUN_OK)
		return status;
	if (is_own_shortage(failed))
		return mun_error_system(err, failed, "read the folder '%s'",
		    mun_walk_name(walk, folder));
	node = &walk->nodes[folder];
	if (failed == 0 && node->children.count > 0) {
		walk->totals.folders++;
		return MUN_OK;
	}
	scan->depth--;
	if (failed != 0)
		make_entry(node, failed);
	else
		node->kind = MUN_WALK_FOLDER_EMPTY;
	return put_entry(scan, folder, err);
}

static enum mun_status
scan_all(struct scan *scan, struct mun_error *err)
{
	struct mun_walk *walk = scan->walk;
	struct scan_frame *frame;
	const struct walk_node *folder;
	enum mun_status status = push_frame(scan, WALK_ROOT, err);
	uint32_t child;

	while (status == MUN_OK && scan->depth > 0) {
		frame = &scan->frames[scan->depth - 1];
		folder = &walk->nodes[frame->folder];
		if (frame->next == folder->children.count) {
			scan->depth--;
			continue;
		}
		child = folder->children.first + frame->next++;
		if (walk->nodes[child].kind == WALK_FOLDER)
			status = enter(scan, child, err);
		else
			status = put_entry(scan, child, err);
	}
	return status;
}

/* The operands are the root's children; they sort like any others. */
static enum mun_status
list_operands(struct mun_walk *walk, const char *const *operands, size_t count,
    const int *excludes, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_walk_take_operands(walk, operands, count, err));
	MUN_TRY(mun_walk_check_operands(walk, excludes, err));
	walk->nodes[WALK_ROOT].children =
	    (struct walk_children){ .first = 1, .count = (uint32_t)count };
	put_in_order(walk, 1, count);
out:
	return status;
}

static struct mun_walk *
new_walk(void)
{
	struct mun_walk *walk = calloc(1, sizeof(*walk));

	if (walk == NULL)
		return NULL;
	walk->chain.fd = -1;
	walk->names.max = (size_t)MUN_WALK_ENTRIES_MAX * (MUN_NAME_MAX + 1);
	return walk;
}

enum mun_status
mun_walk_scan(struct mun_walk **out, const char *const *operands,
    size_t operand_count, const int *excludes, size_t exclude_count,
    mun_walk_progress *progress, void *ctx, struct mun_error *err)
{
	struct mun_walk *walk = new_walk();
	struct scan scan = { .walk = walk, .progress = progress, .ctx = ctx };
	enum mun_status status;
	uint32_t root;

	*out = NULL;
	if (walk == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for list of files");
	MUN_TRY(mun_walk_add(walk, WALK_ROOT, "", &root, err));
	MUN_TRY(mun_walk_take_excludes(walk, excludes, exclude_count, err));
	MUN_TRY(list_operands(walk, operands, operand_count, excludes, err));
	MUN_TRY(scan_all(&scan, err));
	*out = walk;
	walk = NULL;
out:
	free(scan.frames);
	mun_walk_free(walk);
	return status;
}

void
mun_walk_free(struct mun_walk *walk)
{
	if (walk == NULL)
		return;
	for (size_t i = 0; i < walk->operand_count; i++)
		free(walk->operands[i].parent);
	mun_walk_chain_free(&walk->chain);
	mun_buffer_free(&walk->names);
	free(walk->operands);
	free(walk->excludes);
	free(walk->nodes);
	free(walk);
}
