/* SPDX-License-Identifier: BSD-2-Clause */
/* test_open.c - between scan and open the tree is somebody else's. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"

static void
expect_gone(struct mun_walk *walk, const char *path)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk_state state;
	int fd = 7;

	MUN_EXPECT_STATUS(
	    mun_walk_open(walk, tree_find(walk, path), &fd, &state, &err),
	    MUN_ERR_NOT_FOUND, &err);
	assert_int_equal(fd, -1);
}

static void
expect_bytes(struct mun_walk *walk, const char *path, const char *expected)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk_state state;
	char bytes[64] = { 0 };
	int fd;

	MUN_EXPECT_OK(
	    mun_walk_open(walk, tree_find(walk, path), &fd, &state, &err),
	    &err);
	assert_int_equal(read(fd, bytes, sizeof(bytes) - 1), strlen(expected));
	assert_string_equal(bytes, expected);
	assert_int_equal(state.size, strlen(expected));
	close(fd);
}

static void
test_a_swapped_file_is_not_followed(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_walk *walk;

	tree_folder(scratch, "d");
	tree_file(scratch, "secret");
	tree_file(scratch, "d/link");
	tree_file(scratch, "d/fifo");
	tree_file(scratch, "d/gone");
	tree_file(scratch, "d/folder");
	tree_file(scratch, "d/same");
	walk = tree_scan(scratch, "d");
	assert_int_equal(unlinkat(scratch->fd, "d/link", 0), 0);
	assert_int_equal(unlinkat(scratch->fd, "d/fifo", 0), 0);
	assert_int_equal(unlinkat(scratch->fd, "d/gone", 0), 0);
	assert_int_equal(unlinkat(scratch->fd, "d/folder", 0), 0);
	tree_link(scratch, "d/link", "../secret");
	assert_int_equal(mkfifoat(scratch->fd, "d/fifo", 0644), 0);
	tree_folder(scratch, "d/folder");
	expect_gone(walk, "d/link");
	expect_gone(walk, "d/fifo");
	expect_gone(walk, "d/gone");
	expect_gone(walk, "d/folder");
	expect_bytes(walk, "d/same", "d/same");
	mun_walk_free(walk);
}

static void
test_a_folder_swapped_for_a_link_is_not_followed(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_walk *walk;

	tree_folder(scratch, "d");
	tree_folder(scratch, "d/inner");
	tree_file(scratch, "d/inner/file");
	tree_folder(scratch, "other");
	tree_file(scratch, "other/file");
	tree_file(scratch, "d/z");
	walk = tree_scan(scratch, "d");
	expect_bytes(walk, "d/z", "d/z");
	assert_int_equal(
	    renameat(scratch->fd, "d/inner", scratch->fd, "aside"), 0);
	tree_link(scratch, "d/inner", "../other");
	expect_gone(walk, "d/inner/file");
	mun_walk_free(walk);
}

/* The chain stands in d/a/b when b is moved elsewhere: ".." of it is then not
 * d/a, and must not be taken for it. */
static void
test_a_moved_folder_does_not_lead_out_of_the_tree(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_walk *walk;

	tree_folder(scratch, "d");
	tree_folder(scratch, "d/a");
	tree_folder(scratch, "d/a/b");
	tree_file(scratch, "d/a/b/file");
	tree_file(scratch, "d/a/z");
	tree_folder(scratch, "outside");
	tree_file(scratch, "outside/z");
	walk = tree_scan(scratch, "d");
	expect_bytes(walk, "d/a/b/file", "d/a/b/file");
	assert_int_equal(
	    renameat(scratch->fd, "d/a/b", scratch->fd, "outside/b"), 0);
	expect_bytes(walk, "d/a/z", "d/a/z");
	mun_walk_free(walk);
}

static void
test_a_moved_operand_is_noticed(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_walk *walk;

	tree_folder(scratch, "p");
	tree_folder(scratch, "p/d");
	tree_file(scratch, "p/d/file");
	tree_folder(scratch, "q");
	tree_folder(scratch, "q/d");
	tree_file(scratch, "q/d/file");
	walk = tree_scan(scratch, "p/d");
	assert_int_equal(renameat(scratch->fd, "p", scratch->fd, "aside"), 0);
	assert_int_equal(renameat(scratch->fd, "q", scratch->fd, "p"), 0);
	mun_walk_free(walk);
	walk = tree_scan(scratch, "p/d");
	assert_int_equal(renameat(scratch->fd, "p", scratch->fd, "q"), 0);
	assert_int_equal(renameat(scratch->fd, "aside", scratch->fd, "p"), 0);
	/* A walk that never opened anything has no descriptor to rely on. */
	expect_bytes(walk, "d/file", "q/d/file");
	mun_walk_free(walk);
}

static void
test_a_replaced_operand_folder_above_is_noticed(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_walk *walk;

	tree_folder(scratch, "p");
	tree_file(scratch, "p/file");
	tree_folder(scratch, "q");
	tree_file(scratch, "q/file");
	walk = tree_scan(scratch, "p/file");
	assert_int_equal(renameat(scratch->fd, "p", scratch->fd, "aside"), 0);
	assert_int_equal(renameat(scratch->fd, "q", scratch->fd, "p"), 0);
	expect_gone(walk, "file");
	mun_walk_free(walk);
}

static void
test_a_change_while_reading_shows_in_the_state(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk_state before;
	struct mun_walk_state after;
	struct mun_walk *walk;
	int fd;

	tree_folder(scratch, "d");
	tree_file(scratch, "d/file");
	walk = tree_scan(scratch, "d");
	MUN_EXPECT_OK(mun_walk_open(walk, 0, &fd, &before, &err), &err);
	MUN_EXPECT_OK(mun_walk_state_of(fd, &after, &err), &err);
	assert_memory_equal(&before, &after, sizeof(after));
	mun_scratch_write(scratch, "d/file", "longer than before", 18);
	MUN_EXPECT_OK(mun_walk_state_of(fd, &after, &err), &err);
	assert_int_equal(after.size, 18);
	close(fd);
	mun_walk_free(walk);
}

static void
test_only_documents_are_opened(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk_state opened;
	struct mun_walk *walk;
	int fd;

	tree_folder(scratch, "d");
	tree_link(scratch, "d/link", "nowhere");
	walk = tree_scan(scratch, "d");
	MUN_EXPECT_STATUS(
	    mun_walk_open(walk, 0, &fd, &opened, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_STATUS(
	    mun_walk_open(walk, 1, &fd, &opened, &err), MUN_ERR_USAGE, &err);
	mun_walk_free(walk);
}

#define IN_SCRATCH(test)                 \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_a_swapped_file_is_not_followed),
		IN_SCRATCH(test_a_folder_swapped_for_a_link_is_not_followed),
		IN_SCRATCH(test_a_moved_folder_does_not_lead_out_of_the_tree),
		IN_SCRATCH(test_a_moved_operand_is_noticed),
		IN_SCRATCH(test_a_replaced_operand_folder_above_is_noticed),
		IN_SCRATCH(test_a_change_while_reading_shows_in_the_state),
		IN_SCRATCH(test_only_documents_are_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
