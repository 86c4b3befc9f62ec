/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_store_faults.c - every system call fails once; the vault stays whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/faults.h"
#include "harness/harness.h"
#include "store/store.h"

static struct mun_error err = MUN_ERROR_INIT;

/* One operation under test, on a vault made anew for each call that fails. */
struct operation {
	enum mun_status (*run)(struct mun_store *store);
	void (*prepare)(
	    const struct mun_scratch *scratch, struct mun_store *store);
	void (*judge)(const struct mun_scratch *scratch,
	    struct mun_store *store, enum mun_status status);
};

static bool
is_there(const struct mun_scratch *scratch, const char *path)
{
	struct stat found;

	return fstatat(scratch->fd, path, &found, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
holds(struct mun_store *store, const char *name, const char *text)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(100);
	bool same = mun_store_read(store, name, &buf, NULL) == MUN_OK &&
	    strcmp(mun_buffer_text(&buf), text) == 0;

	mun_buffer_free(&buf);
	return same;
}

/* One call fails in one fresh vault; whether there was one to fail. */
static bool
fail_call(const struct operation *operation, unsigned nth, int error)
{
	void *state;
	const struct mun_scratch *scratch;
	struct mun_store *store;
	enum mun_status status;
	unsigned before;
	bool fired;

	assert_int_equal(mun_scratch_setup(&state), 0);
	scratch = state;
	MUN_EXPECT_OK(mun_store_open(&store, scratch->path, &err), &err);
	if (operation->prepare)
		operation->prepare(scratch, store);
	before = mun_faults_descriptors();
	mun_faults_arm(nth, error);
	status = operation->run(store);
	fired = mun_faults_disarm();
	assert_int_equal(mun_faults_descriptors(), before);
	if (fired && strcmp(mun_faults_failed(), "close") != 0)
		assert_int_not_equal(status, MUN_OK);
	operation->judge(scratch, store, status);
	mun_store_close(store);
	assert_int_equal(mun_scratch_teardown(&state), 0);
	return fired;
}

static void
fail_each_call(const struct operation *operation)
{
	unsigned calls = 0;

	while (fail_call(operation, calls + 1, EIO))
		calls++;
	for (unsigned n = 1; fail_call(operation, n, ENOSPC); n++)
		continue;
	assert_true(calls >= 3);
	print_message("%u calls failed\n", calls);
}

static enum mun_status
run_put_new(struct mun_store *store)
{
	return mun_store_put_new(store, "log/tile/0", "whole", 5, &err);
}

static void
judge_put_new(const struct mun_scratch *scratch, struct mun_store *store,
    enum mun_status status)
{
	bool whole = holds(store, "log/tile/0", "whole");

	assert_true(
	    whole || (status != MUN_OK && !is_there(scratch, "log/tile/0")));
	assert_false(is_there(scratch, "log/tile/.0.tmp"));
}

static void
test_store_put_new_is_all_or_nothing_whatever_call_fails(void **state)
{
	static const struct operation operation = { run_put_new, NULL,
		judge_put_new };

	(void)state;
	fail_each_call(&operation);
}

static enum mun_status
run_swap(struct mun_store *store)
{
	return mun_store_swap_checkpoint(store, "old", 3, "new", 3, &err);
}

static void
prepare_swap(const struct mun_scratch *scratch, struct mun_store *store)
{
	(void)scratch;
	MUN_EXPECT_OK(
	    mun_store_swap_checkpoint(store, NULL, 0, "old", 3, &err), &err);
}

static void
judge_swap(const struct mun_scratch *scratch, struct mun_store *store,
    enum mun_status status)
{
	bool is_new = holds(store, "log/checkpoint", "new");

	assert_true(is_new ||
	    (status != MUN_OK && holds(store, "log/checkpoint", "old")));
	assert_false(is_there(scratch, "log/.checkpoint.tmp"));
}

static void
test_store_swap_checkpoint_leaves_old_or_new_whatever_call_fails(void **state)
{
	static const struct operation operation = { run_swap, prepare_swap,
		judge_swap };

	(void)state;
	fail_each_call(&operation);
}

static enum mun_status
run_remove(struct mun_store *store)
{
	return mun_store_remove(store, "log/tile/0", &err);
}

static void
prepare_remove(const struct mun_scratch *scratch, struct mun_store *store)
{
	(void)scratch;
	MUN_EXPECT_OK(run_put_new(store), &err);
}

static void
judge_remove(const struct mun_scratch *scratch, struct mun_store *store,
    enum mun_status status)
{
	(void)store;
	assert_true(status != MUN_OK || !is_there(scratch, "log/tile/0"));
}

static void
test_store_remove_says_so_whatever_call_fails(void **state)
{
	static const struct operation operation = { run_remove, prepare_remove,
		judge_remove };

	(void)state;
	fail_each_call(&operation);
}

/* Packing is simulated; the file is there when publishing begins. */
static struct mun_store_incoming incoming;

static void
prepare_publish(const struct mun_scratch *scratch, struct mun_store *store)
{
	incoming = (struct mun_store_incoming)MUN_STORE_INCOMING_INIT;
	MUN_EXPECT_OK(
	    mun_store_incoming_make(store, &incoming, "A-1", &err), &err);
	mun_scratch_write(scratch, "incoming/A-1/A-1.tar", "whole", 5);
}

static enum mun_status
run_publish(struct mun_store *store)
{
	return mun_store_incoming_publish(store, &incoming, &err);
}

static void
judge_publish(const struct mun_scratch *scratch, struct mun_store *store,
    enum mun_status status)
{
	bool is_in = holds(store, "archives/A-1.tar", "whole");

	assert_true(is_in ||
	    (status != MUN_OK && !is_there(scratch, "archives/A-1.tar")));
	assert_true(is_in != holds(store, "incoming/A-1/A-1.tar", "whole"));
	mun_store_incoming_end(store, &incoming);
	assert_false(is_there(scratch, "incoming/A-1"));
}

static void
test_store_incoming_publish_is_all_or_nothing_whatever_call_fails(void **state)
{
	static const struct operation operation = { run_publish,
		prepare_publish, judge_publish };

	(void)state;
	fail_each_call(&operation);
}

static void
end_unfailed(struct mun_store *store)
{
	mun_faults_hold(true);
	mun_store_incoming_end(store, &incoming);
	mun_faults_hold(false);
}

static enum mun_status
run_make(struct mun_store *store)
{
	enum mun_status status;

	incoming = (struct mun_store_incoming)MUN_STORE_INCOMING_INIT;
	status = mun_store_incoming_make(store, &incoming, "A-1", &err);
	assert_true((incoming.fd >= 0) == (status == MUN_OK));
	/* its end is another operation */
	end_unfailed(store);
	return status;
}

static void
leave_dead(const struct mun_scratch *scratch, struct mun_store *store)
{
	(void)store;
	assert_int_equal(mkdirat(scratch->fd, "incoming", 0700), 0);
	assert_int_equal(mkdirat(scratch->fd, "incoming/A-1", 0700), 0);
	assert_int_equal(mkdirat(scratch->fd, "incoming/A-1/sub", 0700), 0);
	mun_scratch_write(scratch, "incoming/A-1/A-1.tar", "half", 4);
}

static void
judge_sweep(const struct mun_scratch *scratch, struct mun_store *store,
    enum mun_status status)
{
	(void)status;
	/* whatever failed, the next sweep finds it and does it */
	MUN_EXPECT_OK(mun_store_incoming_sweep(store, &err), &err);
	assert_false(is_there(scratch, "incoming/A-1"));
}

static enum mun_status
run_sweep(struct mun_store *store)
{
	return mun_store_incoming_sweep(store, &err);
}

static void
test_store_incoming_sweep_can_be_done_again_whatever_call_fails(void **state)
{
	static const struct operation sweep = { run_sweep, leave_dead,
		judge_sweep };
	static const struct operation make = { run_make, leave_dead,
		judge_sweep };

	(void)state;
	fail_each_call(&sweep);
	fail_each_call(&make);
}

static enum mun_status
count_visit(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *visit_err)
{
	unsigned *visits = ctx;

	(void)name;
	(void)kind;
	(void)size;
	(void)visit_err;
	(*visits)++;
	return MUN_OK;
}

/* What could not be listed is never passed over. */
static enum mun_status
run_list(struct mun_store *store)
{
	unsigned visits = 0;
	enum mun_status status =
	    mun_store_list(store, "", count_visit, &visits, &err);

	assert_true(status != MUN_OK || visits == 4);
	return status;
}

static void
judge_nothing(const struct mun_scratch *scratch, struct mun_store *store,
    enum mun_status status)
{
	(void)scratch;
	(void)store;
	(void)status;
}

static enum mun_status
run_read(struct mun_store *store)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(100);
	enum mun_status status =
	    mun_store_read(store, "incoming/A-1/A-1.tar", &buf, &err);

	assert_int_equal(buf.len, status == MUN_OK ? 4 : 0);
	mun_buffer_free(&buf);
	return status;
}

static enum mun_status
run_has(struct mun_store *store)
{
	bool has = false;
	enum mun_status status =
	    mun_store_has(store, "incoming/A-1/A-1.tar", &has, &err);

	assert_true(has == (status == MUN_OK));
	return status;
}

static enum mun_status
run_live(struct mun_store *store)
{
	bool live;

	return mun_store_incoming_live(store, "A-1", &live, &err);
}

static void
test_store_reading_says_so_whatever_call_fails(void **state)
{
	static const struct operation list = { run_list, leave_dead,
		judge_nothing };
	static const struct operation read = { run_read, leave_dead,
		judge_nothing };
	static const struct operation has = { run_has, leave_dead,
		judge_nothing };
	static const struct operation live = { run_live, leave_dead,
		judge_nothing };

	(void)state;
	fail_each_call(&list);
	fail_each_call(&read);
	fail_each_call(&has);
	fail_each_call(&live);
}

static void
test_store_lock_is_not_held_after_a_failure(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store;

	MUN_EXPECT_OK(mun_store_open(&store, scratch->path, &err), &err);
	for (unsigned n = 1;; n++) {
		struct mun_store_lock first = MUN_STORE_LOCK_INIT;
		struct mun_store_lock second = MUN_STORE_LOCK_INIT;
		enum mun_status status;
		bool fired;

		mun_faults_arm(n, EIO);
		status = mun_store_lock(store, &first, 0, &err);
		fired = mun_faults_disarm();
		assert_true((first.fd >= 0) == (status == MUN_OK));
		mun_store_unlock(&first);
		MUN_EXPECT_OK(mun_store_lock(store, &second, 0, &err), &err);
		mun_store_unlock(&second);
		if (!fired)
			break;
	}
	mun_store_close(store);
}

static void
expect_durable(void)
{
	assert_int_equal(mun_faults_named_early(), 0);
	assert_int_equal(mun_faults_unsynced(), 0);
}

static void
test_store_writing_leaves_nothing_to_a_power_cut(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store;

	MUN_EXPECT_OK(mun_store_open(&store, scratch->path, &err), &err);
	mun_faults_watch();
	MUN_EXPECT_OK(run_put_new(store), &err);
	expect_durable();
	MUN_EXPECT_OK(run_remove(store), &err);
	expect_durable();
	prepare_swap(scratch, store);
	MUN_EXPECT_OK(run_swap(store), &err);
	expect_durable();
	prepare_publish(scratch, store);
	/* the deposit's own folder may be lost until it is published */
	assert_true(mun_faults_unsynced() > 0);
	MUN_EXPECT_OK(run_publish(store), &err);
	/* incoming/ too: by it a recovery knows whose the archive is */
	expect_durable();
	mun_store_incoming_end(store, &incoming);
	mun_store_close(store);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_store_put_new_is_all_or_nothing_whatever_call_fails),
		cmocka_unit_test(
		    test_store_swap_checkpoint_leaves_old_or_new_whatever_call_fails),
		cmocka_unit_test(test_store_remove_says_so_whatever_call_fails),
		cmocka_unit_test(
		    test_store_incoming_publish_is_all_or_nothing_whatever_call_fails),
		cmocka_unit_test(
		    test_store_incoming_sweep_can_be_done_again_whatever_call_fails),
		cmocka_unit_test(
		    test_store_reading_says_so_whatever_call_fails),
		WITH_SCRATCH(test_store_lock_is_not_held_after_a_failure),
		WITH_SCRATCH(test_store_writing_leaves_nothing_to_a_power_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
