/* SPDX-License-Identifier: BSD-2-Clause */
/* test_operand.c - what may be given, and under which name it is listed. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "muniment/buffer.h"
#include "tree.h"

enum {
	OPERANDS_MAX = 4
};

struct given {
	char *paths[OPERANDS_MAX];
	size_t count;
};

static void
give(struct given *given, const struct mun_scratch *scratch, const char *path)
{
	struct mun_buffer text = MUN_BUFFER_INIT(4096);

	mun_buffer_append_format(&text, "%s/%s", scratch->path, path);
	given->paths[given->count] = strdup(mun_buffer_text(&text));
	assert_non_null(given->paths[given->count]);
	given->count++;
	mun_buffer_free(&text);
}

static enum mun_status
scan_given(struct given *given, const int *excludes, size_t exclude_count,
    struct mun_walk **walk, struct mun_error *err)
{
	const char *operands[OPERANDS_MAX];
	enum mun_status status;

	for (size_t i = 0; i < given->count; i++)
		operands[i] = given->paths[i];
	status = mun_walk_scan(walk, operands, given->count, excludes,
	    exclude_count, NULL, NULL, err);
	for (size_t i = 0; i < given->count; i++)
		free(given->paths[i]);
	given->count = 0;
	return status;
}

static void
expect_refused(const struct mun_scratch *scratch, const char *operand,
    enum mun_status expected, const char *words)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk *walk;

	MUN_EXPECT_STATUS(
	    tree_try(scratch, operand, &walk, &err), expected, &err);
	MUN_EXPECT_TEXT(&err, words);
	assert_null(walk);
}

static void
expect_path(const struct mun_scratch *scratch, const char *operand,
    const char *expected)
{
	struct mun_walk *walk = tree_scan(scratch, operand);
	char *list = tree_list(walk);
	struct mun_walk_state state;
	struct mun_error err = MUN_ERROR_INIT;
	int fd;

	assert_string_equal(list, expected);
	MUN_EXPECT_OK(mun_walk_open(walk, 0, &fd, &state, &err), &err);
	close(fd);
	free(list);
	mun_walk_free(walk);
}

static void
test_a_path_starts_with_the_last_component(void **state)
{
	const struct mun_scratch *scratch = *state;

	tree_folder(scratch, "a");
	tree_folder(scratch, "a/b");
	tree_file(scratch, "a/b/file");
	tree_link(scratch, "way", "a");
	expect_path(scratch, "a/b", "D b/file\n");
	expect_path(scratch, "a/b/", "D b/file\n");
	expect_path(scratch, "a/b///", "D b/file\n");
	expect_path(scratch, "a/./b", "D b/file\n");
	expect_path(scratch, "a/b/.", "D b/file\n");
	expect_path(scratch, "a/b/./", "D b/file\n");
	expect_path(scratch, "a/b/../b", "D b/file\n");
	expect_path(scratch, "a/b/..", "D a/b/file\n");
	expect_path(scratch, "way/b", "D b/file\n");
	expect_path(scratch, "way/.", "D a/b/file\n");
	expect_path(scratch, "a/b/file", "D file\n");
}

static void
test_the_working_folder_has_its_real_name(void **state)
{
	const struct mun_scratch *scratch = *state;
	const char *operands[] = { "." };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk *walk;
	char *list;
	int here = open(".", O_RDONLY | O_DIRECTORY);

	tree_folder(scratch, "somewhere");
	tree_file(scratch, "somewhere/file");
	assert_int_equal(fchdir(scratch->fd), 0);
	assert_int_equal(chdir("somewhere"), 0);
	MUN_EXPECT_OK(
	    mun_walk_scan(&walk, operands, 1, NULL, 0, NULL, NULL, &err), &err);
	list = tree_list(walk);
	assert_string_equal(list, "D somewhere/file\n");
	free(list);
	mun_walk_free(walk);
	assert_int_equal(fchdir(here), 0);
	close(here);
}

static void
test_operands_that_cannot_be_named_are_refused(void **state)
{
	const struct mun_scratch *scratch = *state;
	const char *root[] = { "/" };
	const char *empty[] = { "" };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk *walk;

	tree_file(scratch, "file");
	tree_folder(scratch, "folder");
	tree_link(scratch, "link", "folder");
	MUN_EXPECT_STATUS(
	    mun_walk_scan(&walk, root, 1, NULL, 0, NULL, NULL, &err),
	    MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "no name of its own");
	MUN_EXPECT_STATUS(
	    mun_walk_scan(&walk, empty, 1, NULL, 0, NULL, NULL, &err),
	    MUN_ERR_USAGE, &err);
	expect_refused(scratch, "link", MUN_ERR_USAGE, "symbolic link");
	expect_refused(scratch, "link/", MUN_ERR_USAGE, "symbolic link");
	expect_refused(scratch, "file/", MUN_ERR_USAGE, "not a folder");
	expect_refused(scratch, "missing", MUN_ERR_NOT_FOUND, "missing");
	expect_refused(scratch, "missing/x", MUN_ERR_NOT_FOUND, "missing");
}

static void
test_two_operands_of_one_name_are_refused(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_error err = MUN_ERROR_INIT;
	struct given given = { 0 };
	struct mun_walk *walk;

	tree_folder(scratch, "a");
	tree_folder(scratch, "b");
	tree_folder(scratch, "a/x");
	tree_file(scratch, "a/x.txt");
	tree_file(scratch, "b/x");
	give(&given, scratch, "a/x");
	give(&given, scratch, "a/x.txt");
	give(&given, scratch, "b/x");
	MUN_EXPECT_STATUS(
	    scan_given(&given, NULL, 0, &walk, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "both named 'x'");
}

static void
test_several_operands_are_listed_in_one_order(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_error err = MUN_ERROR_INIT;
	struct given given = { 0 };
	struct mun_walk_state opened;
	struct mun_walk *walk;
	char *list;
	int fd;

	tree_folder(scratch, "x");
	tree_file(scratch, "x/inner");
	tree_file(scratch, "x.txt");
	tree_folder(scratch, "a");
	tree_file(scratch, "a/w");
	give(&given, scratch, "x");
	give(&given, scratch, "x.txt");
	give(&given, scratch, "a/w");
	MUN_EXPECT_OK(scan_given(&given, NULL, 0, &walk, &err), &err);
	list = tree_list(walk);
	assert_string_equal(list, "D w\nD x.txt\nD x/inner\n");
	for (uint64_t i = 0; i < 3; i++) {
		MUN_EXPECT_OK(mun_walk_open(walk, i, &fd, &opened, &err), &err);
		close(fd);
	}
	free(list);
	mun_walk_free(walk);
}

static void
test_an_operand_inside_another_is_refused(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_error err = MUN_ERROR_INIT;
	struct given given = { 0 };
	struct mun_walk *walk;

	tree_folder(scratch, "a");
	tree_folder(scratch, "a/b");
	tree_folder(scratch, "a/b/c");
	tree_file(scratch, "a/b/c/file");
	give(&given, scratch, "a");
	give(&given, scratch, "a/b/c");
	MUN_EXPECT_STATUS(
	    scan_given(&given, NULL, 0, &walk, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "inside another");
	give(&given, scratch, "a/b/c/file");
	give(&given, scratch, "a");
	MUN_EXPECT_STATUS(
	    scan_given(&given, NULL, 0, &walk, &err), MUN_ERR_USAGE, &err);
}

static void
expect_exclude_refused(
    const struct mun_scratch *scratch, const char *exclude, const char *operand)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct given given = { 0 };
	struct mun_walk *walk;
	int fd = openat(scratch->fd, exclude, O_RDONLY | O_DIRECTORY);

	assert_true(fd >= 0);
	give(&given, scratch, operand);
	MUN_EXPECT_STATUS(
	    scan_given(&given, &fd, 1, &walk, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "vault");
	close(fd);
}

static void
test_the_vault_is_never_deposited(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_error err = MUN_ERROR_INIT;
	struct given given = { 0 };
	struct mun_walk *walk;
	int fd;

	tree_folder(scratch, "a");
	tree_folder(scratch, "a/vault");
	tree_folder(scratch, "a/vault/archives");
	tree_file(scratch, "a/vault/archives/one.tar");
	tree_folder(scratch, "b");
	expect_exclude_refused(scratch, "a/vault", "a/vault");
	expect_exclude_refused(scratch, "a/vault", "a/vault/.");
	expect_exclude_refused(scratch, "a/vault", "a");
	expect_exclude_refused(scratch, "a/vault", "a/vault/archives");
	expect_exclude_refused(scratch, "a/vault", "a/vault/archives/one.tar");
	fd = openat(scratch->fd, "a/vault", O_RDONLY | O_DIRECTORY);
	give(&given, scratch, "b");
	MUN_EXPECT_OK(scan_given(&given, &fd, 1, &walk, &err), &err);
	mun_walk_free(walk);
	close(fd);
}

#define IN_SCRATCH(test)                 \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_a_path_starts_with_the_last_component),
		IN_SCRATCH(test_the_working_folder_has_its_real_name),
		IN_SCRATCH(test_operands_that_cannot_be_named_are_refused),
		IN_SCRATCH(test_two_operands_of_one_name_are_refused),
		IN_SCRATCH(test_several_operands_are_listed_in_one_order),
		IN_SCRATCH(test_an_operand_inside_another_is_refused),
		IN_SCRATCH(test_the_vault_is_never_deposited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
