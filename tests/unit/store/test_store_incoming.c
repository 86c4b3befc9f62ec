/* SPDX-License-Identifier: BSD-2-Clause */
/* test_store_incoming.c - a live deposit keeps its folder, a dead one none. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
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

static bool
is_there(const struct mun_scratch *scratch, const char *path)
{
	struct stat found;

	return fstatat(scratch->fd, path, &found, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A folder as a killed deposit leaves it. */
static void
leave_dead(const struct mun_scratch *scratch)
{
	(void)mkdirat(scratch->fd, "incoming", 0700);
	assert_int_equal(mkdirat(scratch->fd, "incoming/A-1", 0700), 0);
	assert_int_equal(mkdirat(scratch->fd, "incoming/A-1/sub", 0700), 0);
	mun_scratch_write(scratch, "incoming/A-1/A-1.tar", "half", 4);
	mun_scratch_write(scratch, "incoming/A-1/sub/.x.tmp", "half", 4);
	mun_scratch_write(scratch, "keep", "x", 1);
	assert_int_equal(
	    symlinkat("../../keep", scratch->fd, "incoming/A-1/link"), 0);
}

static void
test_store_incoming_make_locks_a_private_folder(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_incoming first = MUN_STORE_INCOMING_INIT;
	struct mun_store_incoming second = MUN_STORE_INCOMING_INIT;
	struct stat found;
	bool live;

	MUN_EXPECT_OK(mun_store_incoming_live(store, "A-1", &live, &err), &err);
	assert_false(live);
	MUN_EXPECT_OK(
	    mun_store_incoming_make(store, &first, "A-1", &err), &err);
	assert_int_equal(fstatat(scratch->fd, "incoming/A-1", &found, 0), 0);
	assert_int_equal(found.st_mode & 07777, 0700);
	assert_string_equal(first.id, "A-1");
	MUN_EXPECT_OK(mun_store_incoming_live(store, "A-1", &live, &err), &err);
	assert_true(live);
	MUN_EXPECT_STATUS(mun_store_incoming_make(store, &second, "A-1", &err),
	    MUN_ERR_EXISTS, &err);
	assert_int_equal(second.fd, -1);
	MUN_EXPECT_OK(
	    mun_store_incoming_make(store, &second, "A-2", &err), &err);
	mun_store_incoming_end(store, &second);
	mun_store_incoming_end(store, &first);
	mun_store_incoming_end(store, &first);
	assert_false(is_there(scratch, "incoming/A-1"));
	assert_false(is_there(scratch, "incoming/A-2"));
	MUN_EXPECT_OK(mun_store_incoming_live(store, "A-1", &live, &err), &err);
	assert_false(live);
	mun_store_close(store);
}

static void
test_store_incoming_make_empties_what_a_dead_deposit_left(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_incoming incoming = MUN_STORE_INCOMING_INIT;
	bool live;

	leave_dead(scratch);
	MUN_EXPECT_OK(mun_store_incoming_live(store, "A-1", &live, &err), &err);
	assert_false(live);
	MUN_EXPECT_OK(
	    mun_store_incoming_make(store, &incoming, "A-1", &err), &err);
	assert_false(is_there(scratch, "incoming/A-1/A-1.tar"));
	assert_false(is_there(scratch, "incoming/A-1/sub"));
	assert_false(is_there(scratch, "incoming/A-1/link"));
	assert_true(is_there(scratch, "keep"));
	mun_store_incoming_end(store, &incoming);
	mun_store_close(store);
}

static void
test_store_incoming_sweep_removes_the_dead_and_spares_the_living(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_incoming live = MUN_STORE_INCOMING_INIT;

	/* nothing to sweep is no failure */
	MUN_EXPECT_OK(mun_store_incoming_sweep(store, &err), &err);
	leave_dead(scratch);
	mun_scratch_write(scratch, "incoming/stray", "x", 1);
	assert_int_equal(symlinkat("..", scratch->fd, "incoming/link"), 0);
	MUN_EXPECT_OK(mun_store_incoming_make(store, &live, "A-2", &err), &err);
	mun_scratch_write(scratch, "incoming/A-2/A-2.tar", "half", 4);
	MUN_EXPECT_OK(mun_store_incoming_sweep(store, &err), &err);
	assert_false(is_there(scratch, "incoming/A-1"));
	assert_true(is_there(scratch, "incoming/A-2/A-2.tar"));
	assert_true(is_there(scratch, "incoming/stray"));
	assert_true(is_there(scratch, "keep"));
	mun_store_incoming_end(store, &live);
	mun_store_close(store);
}

static void
test_store_incoming_publish_names_the_archive_and_replaces_none(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_incoming incoming = MUN_STORE_INCOMING_INIT;
	struct stat found;
	struct mun_buffer buf = MUN_BUFFER_INIT(100);

	MUN_EXPECT_OK(
	    mun_store_incoming_make(store, &incoming, "A-1", &err), &err);
	MUN_EXPECT_STATUS(mun_store_incoming_publish(store, &incoming, &err),
	    MUN_ERR_NOT_FOUND, &err);
	mun_scratch_write(scratch, "incoming/A-1/A-1.tar", "whole", 5);
	MUN_EXPECT_OK(mun_store_incoming_publish(store, &incoming, &err), &err);
	MUN_EXPECT_OK(
	    mun_store_read(store, "archives/A-1.tar", &buf, &err), &err);
	assert_string_equal(mun_buffer_text(&buf), "whole");
	assert_int_equal(
	    fstatat(scratch->fd, "archives/A-1.tar", &found, 0), 0);
	assert_int_equal(found.st_mode & 07777, 0444);
	assert_false(is_there(scratch, "incoming/A-1/A-1.tar"));
	/* a second archive of that number never takes its place */
	mun_scratch_write(scratch, "incoming/A-1/A-1.tar", "other", 5);
	MUN_EXPECT_STATUS(mun_store_incoming_publish(store, &incoming, &err),
	    MUN_ERR_EXISTS, &err);
	mun_buffer_reset(&buf);
	MUN_EXPECT_OK(
	    mun_store_read(store, "archives/A-1.tar", &buf, &err), &err);
	assert_string_equal(mun_buffer_text(&buf), "whole");
	mun_store_incoming_end(store, &incoming);
	assert_false(is_there(scratch, "incoming/A-1"));
	mun_buffer_free(&buf);
	mun_store_close(store);
}

static void
test_store_incoming_publish_takes_a_plain_file_only(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_incoming incoming = MUN_STORE_INCOMING_INIT;

	mun_scratch_write(scratch, "keep", "x", 1);
	MUN_EXPECT_OK(
	    mun_store_incoming_make(store, &incoming, "A-1", &err), &err);
	assert_int_equal(
	    symlinkat("../../keep", scratch->fd, "incoming/A-1/A-1.tar"), 0);
	MUN_EXPECT_STATUS(mun_store_incoming_publish(store, &incoming, &err),
	    MUN_ERR_FORMAT, &err);
	assert_false(is_there(scratch, "archives/A-1.tar"));
	mun_store_incoming_end(store, &incoming);
	assert_true(is_there(scratch, "keep"));
	mun_store_close(store);
}

static void
test_store_incoming_refuses_what_is_not_an_id(void **state)
{
	static const char *const ids[] = { "", ".", "..", "a/b", ".hidden",
		"a b",
		"0123456789012345678901234567890123456789012345678901"
		"234567890123" };
	struct mun_store *store = open_store(*state);
	struct mun_store_incoming incoming = MUN_STORE_INCOMING_INIT;
	bool live;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		MUN_EXPECT_STATUS(
		    mun_store_incoming_make(store, &incoming, ids[i], &err),
		    MUN_ERR_USAGE, &err);
		MUN_EXPECT_STATUS(
		    mun_store_incoming_live(store, ids[i], &live, &err),
		    MUN_ERR_USAGE, &err);
	}
	mun_store_close(store);
}

static void
test_store_incoming_of_a_killed_process_is_not_live(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_store_incoming incoming = MUN_STORE_INCOMING_INIT;
	pid_t child = fork();
	bool live;

	assert_true(child >= 0);
	if (child == 0) {
		if (mun_store_incoming_make(store, &incoming, "A-1", NULL) ==
		    MUN_OK)
			(void)raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(is_there(scratch, "incoming/A-1"));
	MUN_EXPECT_OK(mun_store_incoming_live(store, "A-1", &live, &err), &err);
	assert_false(live);
	MUN_EXPECT_OK(mun_store_incoming_sweep(store, &err), &err);
	assert_false(is_there(scratch, "incoming/A-1"));
	mun_store_close(store);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_store_incoming_make_locks_a_private_folder),
		WITH_SCRATCH(
		    test_store_incoming_make_empties_what_a_dead_deposit_left),
		WITH_SCRATCH(
		    test_store_incoming_sweep_removes_the_dead_and_spares_the_living),
		WITH_SCRATCH(
		    test_store_incoming_publish_names_the_archive_and_replaces_none),
		WITH_SCRATCH(
		    test_store_incoming_publish_takes_a_plain_file_only),
		WITH_SCRATCH(test_store_incoming_refuses_what_is_not_an_id),
		WITH_SCRATCH(
		    test_store_incoming_of_a_killed_process_is_not_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
