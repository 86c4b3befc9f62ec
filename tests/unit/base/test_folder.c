/* SPDX-License-Identifier: BSD-2-Clause */
/* test_folder.c - folders are made where they belong and nowhere else. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "harness/harness.h"

static struct mun_error err = MUN_ERROR_INIT;

static unsigned
mode_of(int dir_fd, const char *path)
{
	struct stat found;

	assert_int_equal(fstatat(dir_fd, path, &found, 0), 0);
	assert_true(S_ISDIR(found.st_mode));
	return found.st_mode & 07777;
}

static void
test_file_make_folders_makes_what_is_missing_with_the_mode(void **state)
{
	const struct mun_scratch *scratch = *state;
	mode_t before = umask(0277);

	MUN_EXPECT_OK(
	    mun_file_make_folders(scratch->fd, "a/b/c", 0755, &err), &err);
	(void)umask(before);
	MUN_EXPECT_OK(
	    mun_file_make_folders(scratch->fd, "a//b/d//", 0700, &err), &err);
	MUN_EXPECT_OK(
	    mun_file_make_folders(scratch->fd, ".", 0700, &err), &err);
	MUN_EXPECT_OK(mun_file_make_folders(AT_FDCWD, "/", 0700, &err), &err);
	assert_int_equal(mode_of(scratch->fd, "a"), 0755);
	assert_int_equal(mode_of(scratch->fd, "a/b"), 0755);
	assert_int_equal(mode_of(scratch->fd, "a/b/c"), 0755);
	assert_int_equal(mode_of(scratch->fd, "a/b/d"), 0700);
}

static void
test_file_make_folders_leaves_a_persons_to_the_umask(void **state)
{
	const struct mun_scratch *scratch = *state;
	mode_t before = umask(0027);
	int fd = -1;

	MUN_EXPECT_OK(mun_file_make_folders(
			  scratch->fd, "p/q", MUN_FOLDER_BY_UMASK, &err),
	    &err);
	(void)umask(0077);
	MUN_EXPECT_OK(mun_file_make_folders_beneath(
			  scratch->fd, "p/r/s", MUN_FOLDER_BY_UMASK, &fd, &err),
	    &err);
	(void)umask(before);
	(void)close(fd);
	assert_int_equal(mode_of(scratch->fd, "p"), 0750);
	assert_int_equal(mode_of(scratch->fd, "p/q"), 0750);
	assert_int_equal(mode_of(scratch->fd, "p/r"), 0700);
	assert_int_equal(mode_of(scratch->fd, "p/r/s"), 0700);
}

static void
test_file_make_folders_takes_an_absolute_path(void **state)
{
	const struct mun_scratch *scratch = *state;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/x/y", scratch->path);
	MUN_EXPECT_OK(mun_file_make_folders(AT_FDCWD, path, 0700, &err), &err);
	assert_int_equal(mode_of(scratch->fd, "x/y"), 0700);
}

static void
test_file_make_folders_refuses_what_is_in_the_way(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_scratch_write(scratch, "file", "x", 1);
	assert_int_equal(mkdirat(scratch->fd, "real", 0700), 0);
	assert_int_equal(symlinkat("real", scratch->fd, "link"), 0);
	MUN_EXPECT_STATUS(
	    mun_file_make_folders(scratch->fd, "file", 0700, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_file_make_folders(scratch->fd, "file/a", 0700, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_file_make_folders(scratch->fd, "link", 0700, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_file_make_folders(scratch->fd, "", 0700, &err),
	    MUN_ERR_NOT_FOUND, &err);
	/* a link on the way is the person's own */
	MUN_EXPECT_OK(
	    mun_file_make_folders(scratch->fd, "link/a", 0700, &err), &err);
	assert_int_equal(mode_of(scratch->fd, "real/a"), 0700);
}

static void
test_file_make_folders_beneath_goes_through_no_link(void **state)
{
	static const char *const refused[] = { "link", "link/a", "file",
		"file/a", "..", "a/../..", ".", "a/.", "/a", "a//b" };
	const struct mun_scratch *scratch = *state;
	struct stat found;
	int fd;

	mun_scratch_write(scratch, "file", "x", 1);
	assert_int_equal(mkdirat(scratch->fd, "real", 0700), 0);
	assert_int_equal(symlinkat("real", scratch->fd, "link"), 0);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		MUN_EXPECT_STATUS(mun_file_make_folders_beneath(
				      scratch->fd, refused[i], 0700, &fd, &err),
		    MUN_ERR_FORMAT, &err);
		assert_int_equal(fd, -1);
	}
	assert_int_equal(fstatat(scratch->fd, "real/a", &found, 0), -1);
	MUN_EXPECT_OK(mun_file_make_folders_beneath(
			  scratch->fd, "real/x/y", 0700, &fd, &err),
	    &err);
	mun_file_close(&fd);
	assert_int_equal(mode_of(scratch->fd, "real/x/y"), 0700);
	MUN_EXPECT_OK(
	    mun_file_make_folders_beneath(scratch->fd, "", 0700, &fd, &err),
	    &err);
	assert_int_equal(mode_of(fd, "real/x"), 0700);
	mun_file_close(&fd);
}

typedef enum mun_status opening(
    int dir_fd, const char *path, int *fd, struct mun_error *err);

static void
expect_opens_beneath_only(const struct mun_scratch *scratch, opening *opens)
{
	static const char *const refused[] = { "link", "link/b", "loop", "file",
		"file/a", "..", "a/../..", "../outside", "/tmp", "magic" };
	int fd;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		MUN_EXPECT_STATUS(opens(scratch->fd, refused[i], &fd, &err),
		    MUN_ERR_FORMAT, &err);
		assert_int_equal(fd, -1);
	}
	MUN_EXPECT_STATUS(
	    opens(scratch->fd, "a/absent", &fd, &err), MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_OK(opens(scratch->fd, "a/b", &fd, &err), &err);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	mun_file_close(&fd);
	MUN_EXPECT_OK(opens(scratch->fd, "", &fd, &err), &err);
	assert_int_equal(mode_of(fd, "a/b"), 0700);
	mun_file_close(&fd);
}

static void
test_file_open_folder_stays_beneath_in_both_ways(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_scratch_write(scratch, "file", "x", 1);
	assert_int_equal(mkdirat(scratch->fd, "a", 0700), 0);
	assert_int_equal(mkdirat(scratch->fd, "a/b", 0700), 0);
	assert_int_equal(symlinkat("a", scratch->fd, "link"), 0);
	assert_int_equal(symlinkat("loop", scratch->fd, "loop"), 0);
	assert_int_equal(symlinkat("/proc/self/cwd", scratch->fd, "magic"), 0);
	expect_opens_beneath_only(scratch, mun_file_open_folder);
	expect_opens_beneath_only(scratch, mun_file_open_folder_by_component);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(
		    test_file_make_folders_makes_what_is_missing_with_the_mode),
		WITH_SCRATCH(
		    test_file_make_folders_leaves_a_persons_to_the_umask),
		WITH_SCRATCH(test_file_make_folders_takes_an_absolute_path),
		WITH_SCRATCH(test_file_make_folders_refuses_what_is_in_the_way),
		WITH_SCRATCH(
		    test_file_make_folders_beneath_goes_through_no_link),
		WITH_SCRATCH(test_file_open_folder_stays_beneath_in_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
