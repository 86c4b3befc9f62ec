/* SPDX-License-Identifier: BSD-2-Clause */
/* walk_list.c - the list: nodes, names, path order, and reading it. */
/* qsort_r(3): the comparison needs the arena, and there are no globals. */
#define _GNU_SOURCE
#include "walk/walk_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

const char *
mun_walk_name(const struct mun_walk *walk, uint32_t node)
{
	return (const char *)walk->names.data + walk->nodes[node].name;
}

static enum mun_status
reserve_node(struct mun_walk *walk, struct mun_error *err)
{
	size_t capacity = walk->node_capacity;
	struct walk_node *nodes;

	if (walk->node_count < capacity)
		return MUN_OK;
	if (walk->node_count >= MUN_WALK_ENTRIES_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "more than %llu files and folders",
		    (unsigned long long)MUN_WALK_ENTRIES_MAX);
	capacity += capacity / 2 + 256;
	nodes = reallocarray(walk->nodes, capacity, sizeof(*nodes));
	if (nodes == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for list of files");
	walk->nodes = nodes;
	walk->node_capacity = capacity;
	return MUN_OK;
}

enum mun_status
mun_walk_add(struct mun_walk *walk, uint32_t parent, const char *name,
    uint32_t *node, struct mun_error *err)
{
	enum mun_status status = reserve_node(walk, err);

	if (status != MUN_OK)
		return status;
	*node = (uint32_t)walk->node_count++;
	walk->nodes[*node] = (struct walk_node){
		.name = walk->names.len, .kind = WALK_FOLDER, .parent = parent
	};
	mun_buffer_append(&walk->names, name, strlen(name) + 1);
	return mun_buffer_status(&walk->names, "list of names", err);
}

/* A folder's name counts as if '/' were behind it, because what has it in its
 * path has: "a.txt" comes before "a/b". */
static int
compare_nodes(const void *a, const void *b, void *names)
{
	const struct walk_node *left = a;
	const struct walk_node *right = b;
	const uint8_t *x = (const uint8_t *)names + left->name;
	const uint8_t *y = (const uint8_t *)names + right->name;
	int last_x;
	int last_y;

	while (*x != 0 && *x == *y) {
		x++;
		y++;
	}
	last_x = *x == 0 && left->kind == WALK_FOLDER ? '/' : *x;
	last_y = *y == 0 && right->kind == WALK_FOLDER ? '/' : *y;
	return last_x - last_y;
}

void
mun_walk_sort(struct mun_walk *walk, size_t first, size_t count)
{
	if (count > 1)
		qsort_r(walk->nodes + first, count, sizeof(*walk->nodes),
		    compare_nodes, walk->names.data);
}

void
mun_walk_count(const struct mun_walk *walk, struct mun_walk_totals *totals)
{
	*totals = walk->totals;
}

uint64_t
mun_walk_entries(const struct mun_walk *walk)
{
	return walk->entry_count;
}

void
mun_walk_get(
    const struct mun_walk *walk, uint64_t i, struct mun_walk_entry *entry)
{
	const struct walk_node *node = &walk->nodes[walk->nodes[i].order];

	*entry = (struct mun_walk_entry){
		.kind = (enum mun_walk_kind)node->kind,
		.saved_errno = node->saved_errno,
	};
	if (node->kind != MUN_WALK_DOCUMENT)
		return;
	entry->size = node->size;
	entry->mtime_s = node->mtime_s;
	entry->mtime_ns = node->mtime_ns;
	entry->links = node->links;
}

void
mun_walk_node_path(
    const struct mun_walk *walk, uint32_t node, struct mun_buffer *path)
{
	size_t len = 0;
	uint8_t *end;

	for (uint32_t n = node; n != WALK_ROOT; n = walk->nodes[n].parent)
		len += strlen(mun_walk_name(walk, n)) + 1;
	/* One '/' fewer than there are components. */
	end = mun_buffer_reserve(path, --len);
	if (end == NULL)
		return;
	path->len += len;
	end += len;
	for (uint32_t n = node; n != WALK_ROOT; n = walk->nodes[n].parent) {
		len = strlen(mun_walk_name(walk, n));
		end -= len;
		memcpy(end, mun_walk_name(walk, n), len);
		if (walk->nodes[n].parent != WALK_ROOT)
			*--end = '/';
	}
}

void
mun_walk_path(const struct mun_walk *walk, uint64_t i, struct mun_buffer *path)
{
	mun_walk_node_path(walk, walk->nodes[i].order, path);
}

const char *
mun_walk_operand(const struct mun_walk *walk, uint64_t i, bool *is_folder)
{
	uint32_t node = walk->nodes[i].order;

	while (walk->nodes[node].parent != WALK_ROOT)
		node = walk->nodes[node].parent;
	*is_folder = walk->nodes[node].kind == WALK_FOLDER ||
	    walk->nodes[node].kind == MUN_WALK_FOLDER_EMPTY;
	return mun_walk_name(walk, node);
}

void
mun_walk_target(
    const struct mun_walk *walk, uint64_t i, struct mun_buffer *target)
{
	uint32_t node = walk->nodes[i].order;
	const char *name = mun_walk_name(walk, node);

	/* The target was put right behind the name. */
	if (walk->nodes[node].kind == MUN_WALK_SYMLINK)
		mun_buffer_append_text(target, name + strlen(name) + 1);
}
