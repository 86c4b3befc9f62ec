/* SPDX-License-Identifier: BSD-2-Clause */
/* test_store_write.c - what is put is whole; the checkpoint is only swapped. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "store/store.h"

static struct mun_error err = MUN_ERROR_INIT;

static struct mun_store *
open_store(const struct mun_scratch *scratch)
{
	struct mun_store *store;

	MUN_EXPECT_OK(mun_store_open(&store, scratch->path, &err), &err);
	return store;
}

static void
expect_content(struct mun_store *store, const char *name, const char *text)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(4096);

	MUN_EXPECT_OK(mun_store_read(store, name, &buf, &err), &err);
	assert_string_equal(mun_buffer_text(&buf), text);
	mun_buffer_free(&buf);
}

static bool
is_there(const struct mun_scratch *scratch, const char *path)
{
	struct stat found;

	return fstatat(scratch->fd, path, &found, AT_SYMLINK_NOFOLLOW) == 0;
}

static unsigned
mode_of(const struct mun_scratch *scratch, const char *path)
{
	struct stat found;

	assert_int_equal(fstatat(scratch->fd, path, &found, 0), 0);
	return found.st_mode & 07777;
}

static void
test_store_put_new_makes_private_folders_and_read_only_files(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	mode_t before = umask(0277);

	MUN_EXPECT_OK(
	    mun_store_put_new(store, "log/tile/000", "x", 1, &err), &err);
	(void)umask(0);
	MUN_EXPECT_OK(mun_store_put_new(store, "certs/a", "x", 1, &err), &err);
	(void)umask(before);
	expect_content(store, "log/tile/000", "x");
	assert_int_equal(mode_of(scratch, "log"), 0700);
	assert_int_equal(mode_of(scratch, "log/tile"), 0700);
	assert_int_equal(mode_of(scratch, "log/tile/000"), 0444);
	assert_int_equal(mode_of(scratch, "certs"), 0700);
	assert_int_equal(mode_of(scratch, "certs/a"), 0444);
	mun_store_close(store);
}

static void
test_store_put_new_changes_nothing_that_is_there(void **state)
{
	struct mun_store *store = open_store(*state);

	MUN_EXPECT_OK(mun_store_put_new(store, "log/a", "old", 3, &err), &err);
	MUN_EXPECT_STATUS(mun_store_put_new(store, "log/a", "new", 3, &err),
	    MUN_ERR_EXISTS, &err);
	expect_content(store, "log/a", "old");
	MUN_EXPECT_OK(
	    mun_store_put_derived(store, "log/a", "new", 3, &err), &err);
	expect_content(store, "log/a", "new");
	mun_store_close(store);
}

static void
test_store_writing_goes_through_no_link(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);

	assert_int_equal(mkdirat(scratch->fd, "elsewhere", 0700), 0);
	mun_scratch_write(scratch, "elsewhere/a", "old", 3);
	assert_int_equal(symlinkat("elsewhere", scratch->fd, "log"), 0);
	MUN_EXPECT_STATUS(mun_store_put_new(store, "log/b", "x", 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_store_put_new(store, "log/c/b", "x", 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_store_put_derived(store, "log/a", "x", 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_store_remove(store, "log/a", &err), MUN_ERR_FORMAT, &err);
	assert_false(is_there(scratch, "elsewhere/b"));
	assert_false(is_there(scratch, "elsewhere/c"));
	expect_content(store, "elsewhere/a", "old");
	mun_store_close(store);
}

static void
test_store_writing_refuses_what_is_not_a_name(void **state)
{
	static const char *const names[] = { "", "/a", "../a", "a/../b", "a b",
		"log/.a.tmp", ".a.tmp" };
	struct mun_store *store = open_store(*state);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		MUN_EXPECT_STATUS(
		    mun_store_put_new(store, names[i], "x", 1, &err),
		    MUN_ERR_USAGE, &err);
		MUN_EXPECT_STATUS(
		    mun_store_put_derived(store, names[i], "x", 1, &err),
		    MUN_ERR_USAGE, &err);
	}
	MUN_EXPECT_STATUS(
	    mun_store_remove(store, "../a", &err), MUN_ERR_USAGE, &err);
	mun_store_close(store);
}

static void
test_store_swap_checkpoint_swaps_only_what_was_expected(void **state)
{
	struct mun_store *store = open_store(*state);

	MUN_EXPECT_STATUS(
	    mun_store_swap_checkpoint(store, "x", 1, "one", 3, &err),
	    MUN_ERR_BUSY, &err);
	MUN_EXPECT_OK(
	    mun_store_swap_checkpoint(store, NULL, 0, "one", 3, &err), &err);
	expect_content(store, "log/checkpoint", "one");
	MUN_EXPECT_STATUS(
	    mun_store_swap_checkpoint(store, NULL, 0, "two", 3, &err),
	    MUN_ERR_BUSY, &err);
	MUN_EXPECT_STATUS(
	    mun_store_swap_checkpoint(store, "onf", 3, "two", 3, &err),
	    MUN_ERR_BUSY, &err);
	MUN_EXPECT_STATUS(
	    mun_store_swap_checkpoint(store, "on", 2, "two", 3, &err),
	    MUN_ERR_BUSY, &err);
	MUN_EXPECT_STATUS(
	    mun_store_swap_checkpoint(store, "one1", 4, "two", 3, &err),
	    MUN_ERR_BUSY, &err);
	expect_content(store, "log/checkpoint", "one");
	MUN_EXPECT_OK(
	    mun_store_swap_checkpoint(store, "one", 3, "two", 3, &err), &err);
	expect_content(store, "log/checkpoint", "two");
	MUN_EXPECT_STATUS(
	    mun_store_swap_checkpoint(store, "two", 3, "", 0, &err),
	    MUN_ERR_USAGE, &err);
	mun_store_close(store);
}

static void
test_store_swap_checkpoint_tells_an_empty_file_from_none(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);

	assert_int_equal(mkdirat(scratch->fd, "log", 0700), 0);
	mun_scratch_write(scratch, "log/checkpoint", "", 0);
	MUN_EXPECT_STATUS(
	    mun_store_swap_checkpoint(store, NULL, 0, "one", 3, &err),
	    MUN_ERR_BUSY, &err);
	mun_store_close(store);
}

static void
test_store_remove_takes_away_one_file_and_no_folder(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);

	MUN_EXPECT_OK(mun_store_put_new(store, "log/a", "x", 1, &err), &err);
	MUN_EXPECT_STATUS(
	    mun_store_remove(store, "log", &err), MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_OK(mun_store_remove(store, "log/a", &err), &err);
	assert_false(is_there(scratch, "log/a"));
	MUN_EXPECT_OK(mun_store_remove(store, "log/a", &err), &err);
	MUN_EXPECT_OK(mun_store_remove(store, "absent/a", &err), &err);
	mun_store_close(store);
}

static void
test_store_sweep_temporaries_takes_the_dead_ones_only(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	int live;

	MUN_EXPECT_OK(
	    mun_store_put_new(store, "log/tile/0", "x", 1, &err), &err);
	MUN_EXPECT_OK(
	    mun_store_put_new(store, "incoming/A/a", "x", 1, &err), &err);
	mun_scratch_write(scratch, "log/tile/.1.tmp", "half", 4);
	mun_scratch_write(scratch, "log/tile/.2.7.tmp", "half", 4);
	mun_scratch_write(scratch, "log/.live.tmp", "half", 4);
	mun_scratch_write(scratch, "log/other.tmp", "x", 1);
	mun_scratch_write(scratch, "incoming/A/.a.tmp", "x", 1);
	mun_scratch_write(scratch, "log/. \xff.tmp", "x", 1);
	assert_int_equal(symlinkat("0", scratch->fd, "log/.link.tmp"), 0);
	live = openat(scratch->fd, "log/.live.tmp", O_RDONLY | O_CLOEXEC);
	assert_true(live >= 0);
	assert_int_equal(flock(live, LOCK_EX), 0);
	MUN_EXPECT_OK(mun_store_sweep_temporaries(store, &err), &err);
	assert_false(is_there(scratch, "log/tile/.1.tmp"));
	assert_false(is_there(scratch, "log/tile/.2.7.tmp"));
	assert_true(is_there(scratch, "log/.live.tmp"));
	assert_true(is_there(scratch, "log/other.tmp"));
	assert_true(is_there(scratch, "log/tile/0"));
	assert_true(is_there(scratch, "incoming/A/.a.tmp"));
	assert_true(is_there(scratch, "log/. \xff.tmp"));
	assert_true(is_there(scratch, "log/.link.tmp"));
	assert_int_equal(close(live), 0);
	MUN_EXPECT_OK(mun_store_sweep_temporaries(store, &err), &err);
	assert_false(is_there(scratch, "log/.live.tmp"));
	mun_store_close(store);
}

static void
test_store_lock_is_held_by_one_and_by_no_dead_one(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_lock first = MUN_STORE_LOCK_INIT;
	struct mun_store_lock second = MUN_STORE_LOCK_INIT;
	pid_t child;

	/* the folder it locks is made when a copy has lost it */
	MUN_EXPECT_OK(mun_store_lock(store, &first, 0, &err), &err);
	assert_int_equal(mode_of(scratch, "incoming"), 0700);
	MUN_EXPECT_STATUS(
	    mun_store_lock(store, &second, 0, &err), MUN_ERR_BUSY, &err);
	assert_int_equal(second.fd, -1);
	MUN_EXPECT_STATUS(
	    mun_store_lock(store, &second, 1, &err), MUN_ERR_BUSY, &err);
	mun_store_unlock(&first);
	mun_store_unlock(&first);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (mun_store_lock(store, &first, 0, NULL) == MUN_OK)
			(void)raise(SIGKILL);
		_exit(1);
	}
	/* waits for the child to die, or comes first: either way it gets it */
	assert_int_equal(waitpid(child, NULL, 0), child);
	MUN_EXPECT_OK(mun_store_lock(store, &second, 0, &err), &err);
	mun_store_unlock(&second);
	mun_store_close(store);
}

static void
test_store_lock_waits_for_its_turn(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	int ready[2], seen[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(seen), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (mun_store_lock(store, &lock, 0, NULL) != MUN_OK)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		/* not before it was seen to be held, whenever that is */
		(void)!read(seen[0], &byte, 1);
		(void)nanosleep(&(struct timespec){ 0, 200000000 }, NULL);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	MUN_EXPECT_STATUS(
	    mun_store_lock(store, &lock, 0, &err), MUN_ERR_BUSY, &err);
	assert_int_equal(write(seen[1], "x", 1), 1);
	MUN_EXPECT_OK(mun_store_lock(store, &lock, 30, &err), &err);
	mun_store_unlock(&lock);
	assert_int_equal(waitpid(child, NULL, 0), child);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(close(ready[i]), 0);
		assert_int_equal(close(seen[i]), 0);
	}
	mun_store_close(store);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(
		    test_store_put_new_makes_private_folders_and_read_only_files),
		WITH_SCRATCH(test_store_put_new_changes_nothing_that_is_there),
		WITH_SCRATCH(test_store_writing_goes_through_no_link),
		WITH_SCRATCH(test_store_writing_refuses_what_is_not_a_name),
		WITH_SCRATCH(
		    test_store_swap_checkpoint_swaps_only_what_was_expected),
		WITH_SCRATCH(
		    test_store_swap_checkpoint_tells_an_empty_file_from_none),
		WITH_SCRATCH(
		    test_store_remove_takes_away_one_file_and_no_folder),
		WITH_SCRATCH(
		    test_store_sweep_temporaries_takes_the_dead_ones_only),
		WITH_SCRATCH(test_store_lock_is_held_by_one_and_by_no_dead_one),
		WITH_SCRATCH(test_store_lock_waits_for_its_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
