/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* O_PATH */
#include "tree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "muniment/buffer.h"

void
tree_folder(const struct mun_scratch *scratch, const char *path)
{
	assert_int_equal(mkdirat(scratch->fd, path, 0755), 0);
}

void
tree_file(const struct mun_scratch *scratch, const char *path)
{
	mun_scratch_write(scratch, path, path, strlen(path));
}

void
tree_link(
    const struct mun_scratch *scratch, const char *path, const char *target)
{
	assert_int_equal(symlinkat(target, scratch->fd, path), 0);
}

void
tree_deep(const struct mun_scratch *scratch, const char *path, const char *name,
    int levels)
{
	int fd = openat(scratch->fd, path, O_PATH | O_DIRECTORY);

	for (int level = 0; level < levels; level++) {
		int next;

		assert_int_equal(mkdirat(fd, name, 0755), 0);
		next = openat(fd, name, O_PATH | O_DIRECTORY);
		assert_true(next >= 0);
		close(fd);
		fd = next;
	}
	int file = openat(fd, "end.txt", O_WRONLY | O_CREAT, 0644);
	assert_true(file >= 0);
	assert_int_equal(write(file, "end", 3), 3);
	close(file);
	close(fd);
}

enum mun_status
tree_try(const struct mun_scratch *scratch, const char *operand,
    struct mun_walk **walk, struct mun_error *err)
{
	struct mun_buffer path = MUN_BUFFER_INIT(100000);
	const char *operands[1];
	enum mun_status status;

	mun_buffer_append_format(&path, "%s/%s", scratch->path, operand);
	operands[0] = mun_buffer_text(&path);
	status = mun_walk_scan(walk, operands, 1, NULL, 0, NULL, NULL, err);
	mun_buffer_free(&path);
	return status;
}

struct mun_walk *
tree_scan(const struct mun_scratch *scratch, const char *operand)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk *walk;

	MUN_EXPECT_OK(tree_try(scratch, operand, &walk, &err), &err);
	return walk;
}

static char
letter_of(enum mun_walk_kind kind)
{
	/* Document, Empty folder, Link, Fifo, Socket, Character and Block
	 * device, Mount point, Unreadable, too deep, too long. */
	return "?DELFSCBMU>~"[kind];
}

char *
tree_list(const struct mun_walk *walk)
{
	struct mun_buffer list = MUN_BUFFER_INIT((size_t)1 << 30);
	char *copy;

	for (uint64_t i = 0; i < mun_walk_entries(walk); i++) {
		struct mun_walk_entry entry;

		mun_walk_get(walk, i, &entry);
		mun_buffer_append_byte(&list, (uint8_t)letter_of(entry.kind));
		mun_buffer_append_byte(&list, ' ');
		mun_walk_path(walk, i, &list);
		if (entry.kind == MUN_WALK_SYMLINK) {
			mun_buffer_append_text(&list, " -> ");
			mun_walk_target(walk, i, &list);
		}
		mun_buffer_append_byte(&list, '\n');
	}
	assert_int_equal(list.status, MUN_OK);
	copy = strdup(mun_buffer_text(&list));
	mun_buffer_free(&list);
	assert_non_null(copy);
	return copy;
}

uint64_t
tree_find(const struct mun_walk *walk, const char *path)
{
	struct mun_buffer own = MUN_BUFFER_INIT(200000);
	uint64_t found = UINT64_MAX;

	for (uint64_t i = 0; i < mun_walk_entries(walk); i++) {
		mun_buffer_reset(&own);
		mun_walk_path(walk, i, &own);
		if (strcmp(mun_buffer_text(&own), path) == 0)
			found = i;
	}
	mun_buffer_free(&own);
	if (found == UINT64_MAX)
		fail_msg("'%s' is not in the list", path);
	return found;
}
