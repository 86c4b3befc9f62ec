/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_file_faults.c - every system call fails once; nothing is left to luck.
 *
 * After each failure the file is there wholly or not at all, no temporary and
 * no descriptor is left.  After a success nothing waits for the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "harness/faults.h"
#include "harness/harness.h"

static struct mun_error err = MUN_ERROR_INIT;

typedef enum mun_status operation(const struct mun_scratch *scratch);
typedef void check(const struct mun_scratch *scratch, enum mun_status status);

static void
expect_absent(const struct mun_scratch *scratch, const char *path)
{
	struct stat found;

	assert_int_equal(
	    fstatat(scratch->fd, path, &found, AT_SYMLINK_NOFOLLOW), -1);
}

static bool
holds(const struct mun_scratch *scratch, const char *path, const char *text)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(100);
	bool same =
	    mun_file_read_whole(scratch->fd, path, &buf, NULL) == MUN_OK &&
	    strcmp(mun_buffer_text(&buf), text) == 0;

	mun_buffer_free(&buf);
	return same;
}

static void
forget(const struct mun_scratch *scratch)
{
	(void)unlinkat(scratch->fd, "a", 0);
	(void)unlinkat(scratch->fd, ".a.tmp", 0);
	(void)unlinkat(scratch->fd, "x/y", AT_REMOVEDIR);
	(void)unlinkat(scratch->fd, "x", AT_REMOVEDIR);
}

/* Run with each call failing in its turn, then once with none. */
static void
fail_each_call(const struct mun_scratch *scratch, operation *run,
    operation *prepare, check *judge)
{
	static const int errors[] = { EIO, ENOSPC };
	unsigned calls = 0;

	for (size_t e = 0; e < sizeof(errors) / sizeof(errors[0]); e++) {
		for (unsigned n = 1;; n++) {
			enum mun_status status;
			unsigned before;
			bool fired;

			forget(scratch);
			assert_int_equal(prepare(scratch), MUN_OK);
			before = mun_faults_descriptors();
			mun_faults_arm(n, errors[e]);
			status = run(scratch);
			fired = mun_faults_disarm();
			assert_int_equal(mun_faults_descriptors(), before);
			judge(scratch, status);
			if (!fired)
				break;
			/* Closing what was read from loses nothing. */
			if (strcmp(mun_faults_failed(), "close") != 0)
				assert_int_not_equal(status, MUN_OK);
			calls++;
		}
	}
	assert_true(calls >= 8);
	print_message("%u calls failed\n", calls);
}

static enum mun_status
nothing(const struct mun_scratch *scratch)
{
	(void)scratch;
	return MUN_OK;
}

static enum mun_status
put_old(const struct mun_scratch *scratch)
{
	return mun_file_put_new(scratch->fd, "a", "old", 3, 0444, &err);
}

static enum mun_status
leave_dead(const struct mun_scratch *scratch)
{
	mun_scratch_write(scratch, ".a.tmp", "half", 4);
	return MUN_OK;
}

static enum mun_status
put_new(const struct mun_scratch *scratch)
{
	return mun_file_put_new(
	    scratch->fd, "a", "new and whole", 13, 0444, &err);
}

static enum mun_status
replace(const struct mun_scratch *scratch)
{
	return mun_file_replace(
	    scratch->fd, "a", "new and whole", 13, 0444, &err);
}

static void
judge_new(const struct mun_scratch *scratch, enum mun_status status)
{
	bool is_whole = holds(scratch, "a", "new and whole");

	if (status == MUN_OK)
		assert_true(is_whole);
	else if (!is_whole)
		expect_absent(scratch, "a");
	/* taken away also when it failed: only its removal may fail */
	if (strcmp(mun_faults_failed() ? mun_faults_failed() : "",
		"unlinkat") != 0)
		expect_absent(scratch, ".a.tmp");
}

static void
judge_dead(const struct mun_scratch *scratch, enum mun_status status)
{
	bool is_whole = holds(scratch, "a", "new and whole");

	if (status == MUN_OK)
		assert_true(is_whole);
	else if (!is_whole)
		expect_absent(scratch, "a");
	/* what the dead left is still theirs, or away */
	if (!holds(scratch, ".a.tmp", "half"))
		expect_absent(scratch, ".a.tmp");
}

static void
judge_replaced(const struct mun_scratch *scratch, enum mun_status status)
{
	bool is_new = holds(scratch, "a", "new and whole");

	assert_true(is_new || (status != MUN_OK && holds(scratch, "a", "old")));
	expect_absent(scratch, ".a.tmp");
}

static void
test_file_put_new_is_whole_or_absent_whatever_call_fails(void **state)
{
	fail_each_call(*state, put_new, nothing, judge_new);
}

static void
test_file_put_new_over_a_dead_temporary_is_so_too(void **state)
{
	fail_each_call(*state, put_new, leave_dead, judge_dead);
}

static void
test_file_replace_leaves_old_or_new_whatever_call_fails(void **state)
{
	fail_each_call(*state, replace, put_old, judge_replaced);
}

static enum mun_status
make_folders(const struct mun_scratch *scratch)
{
	return mun_file_make_folders(scratch->fd, "x/y", 0700, &err);
}

static enum mun_status
make_folders_beneath(const struct mun_scratch *scratch)
{
	int fd;
	enum mun_status status =
	    mun_file_make_folders_beneath(scratch->fd, "x/y", 0700, &fd, &err);

	assert_true((fd >= 0) == (status == MUN_OK));
	mun_file_close(&fd);
	return status;
}

static void
judge_folders(const struct mun_scratch *scratch, enum mun_status status)
{
	struct stat found;

	if (status == MUN_OK)
		assert_int_equal(fstatat(scratch->fd, "x/y", &found, 0), 0);
}

static void
test_file_make_folders_says_so_whatever_call_fails(void **state)
{
	fail_each_call(*state, make_folders, nothing, judge_folders);
	fail_each_call(*state, make_folders_beneath, nothing, judge_folders);
}

static void
test_file_rename_new_falls_back_where_the_flag_is_unknown(void **state)
{
	static const int errors[] = { EINVAL, ENOSYS, ENOTSUP };
	const struct mun_scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		enum mun_status status;

		forget(scratch);
		MUN_EXPECT_OK(put_old(scratch), &err);
		mun_scratch_write(scratch, "b", "b", 1);
		mun_faults_arm(1, errors[i]);
		status = mun_file_rename_new(
		    scratch->fd, "b", scratch->fd, "a", &err);
		assert_true(mun_faults_disarm());
		assert_string_equal(mun_faults_failed(), "renameat2");
		MUN_EXPECT_STATUS(status, MUN_ERR_EXISTS, &err);
		assert_true(holds(scratch, "a", "old"));
		assert_int_equal(unlinkat(scratch->fd, "a", 0), 0);
		mun_faults_arm(1, errors[i]);
		status = mun_file_rename_new(
		    scratch->fd, "b", scratch->fd, "a", &err);
		assert_true(mun_faults_disarm());
		MUN_EXPECT_OK(status, &err);
		assert_true(holds(scratch, "a", "b"));
		expect_absent(scratch, "b");
	}
}

/* Waiting calls that a signal breaks off are made again. */
static void
test_file_writing_goes_on_after_a_signal(void **state)
{
	static const char *const waiting[] = { "write", "fsync", "flock",
		"close", "read" };
	const struct mun_scratch *scratch = *state;
	unsigned interrupted = 0;

	for (unsigned n = 1;; n++) {
		enum mun_status status;
		bool is_waiting = false;

		forget(scratch);
		mun_faults_arm(n, EINTR);
		status = put_new(scratch);
		if (status == MUN_OK && !holds(scratch, "a", "new and whole"))
			status = MUN_ERR_INTERNAL;
		if (!mun_faults_disarm())
			break;
		for (size_t i = 0; i < sizeof(waiting) / sizeof(*waiting); i++)
			is_waiting = is_waiting ||
			    strcmp(mun_faults_failed(), waiting[i]) == 0;
		if (is_waiting)
			MUN_EXPECT_OK(status, &err);
		interrupted += is_waiting;
	}
	assert_true(interrupted >= 10);
}

static void
test_file_open_folder_walks_where_openat2_is_missing(void **state)
{
	static const int errors[] = { ENOSYS, EPERM, EAGAIN, EINVAL };
	const struct mun_scratch *scratch = *state;
	int fd;

	assert_int_equal(mkdirat(scratch->fd, "x", 0700), 0);
	assert_int_equal(mkdirat(scratch->fd, "x/y", 0700), 0);
	assert_int_equal(symlinkat("x", scratch->fd, "link"), 0);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		enum mun_status status;

		mun_faults_arm(1, errors[i]);
		status = mun_file_open_folder(scratch->fd, "x/y", &fd, &err);
		assert_true(mun_faults_disarm());
		assert_string_equal(mun_faults_failed(), "syscall");
		MUN_EXPECT_OK(status, &err);
		mun_file_close(&fd);
		mun_faults_arm(1, errors[i]);
		status = mun_file_open_folder(scratch->fd, "link/y", &fd, &err);
		assert_true(mun_faults_disarm());
		MUN_EXPECT_STATUS(status, MUN_ERR_FORMAT, &err);
	}
}

static void
expect_durable(void)
{
	assert_int_equal(mun_faults_named_early(), 0);
	assert_int_equal(mun_faults_unsynced(), 0);
}

static void
test_file_writing_leaves_nothing_to_a_power_cut(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_faults_watch();
	MUN_EXPECT_OK(put_new(scratch), &err);
	expect_durable();
	MUN_EXPECT_OK(replace(scratch), &err);
	expect_durable();
	forget(scratch);
	MUN_EXPECT_OK(leave_dead(scratch), &err);
	mun_faults_watch();
	MUN_EXPECT_OK(put_new(scratch), &err);
	expect_durable();
	MUN_EXPECT_OK(make_folders(scratch), &err);
	expect_durable();
	forget(scratch);
	mun_faults_watch();
	MUN_EXPECT_OK(make_folders_beneath(scratch), &err);
	expect_durable();
}

/* Folders whose maker died before it could make them durable. */
static void
test_file_make_folders_syncs_what_was_there_too(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_faults_watch();
	assert_int_equal(mkdirat(scratch->fd, "x", 0700), 0);
	assert_int_equal(mkdirat(scratch->fd, "x/y", 0700), 0);
	assert_int_equal(mun_faults_unsynced(), 2);
	MUN_EXPECT_OK(make_folders_beneath(scratch), &err);
	expect_durable();
	forget(scratch);
	mun_faults_watch();
	assert_int_equal(mkdirat(scratch->fd, "x", 0700), 0);
	MUN_EXPECT_OK(
	    mun_file_make_folders(scratch->fd, "x", 0700, &err), &err);
	expect_durable();
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(
		    test_file_put_new_is_whole_or_absent_whatever_call_fails),
		WITH_SCRATCH(test_file_put_new_over_a_dead_temporary_is_so_too),
		WITH_SCRATCH(
		    test_file_replace_leaves_old_or_new_whatever_call_fails),
		WITH_SCRATCH(
		    test_file_make_folders_says_so_whatever_call_fails),
		WITH_SCRATCH(
		    test_file_rename_new_falls_back_where_the_flag_is_unknown),
		WITH_SCRATCH(test_file_writing_goes_on_after_a_signal),
		WITH_SCRATCH(
		    test_file_open_folder_walks_where_openat2_is_missing),
		WITH_SCRATCH(test_file_writing_leaves_nothing_to_a_power_cut),
		WITH_SCRATCH(test_file_make_folders_syncs_what_was_there_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
