/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_crash.c - a writer that stops, or is lied to, at every one of its steps.
 *
 * After each: a reader reads what the checkpoint says; one recovery leaves the
 * log with the entry or without it and nothing else; the next append works;
 * and what the appender reported was true.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "vault.h"

static struct mun_log_appended appended;
static struct mun_error err;

static char from_text[] = "somebody";
static const struct mun_statement statement = {
	.text = { [MUN_STATEMENT_RECEIVED_FROM] = from_text },
};

static void
after_a_fault(struct vault *vault, enum fault fault, uint64_t old_size,
    enum mun_status status)
{
	bool committed = appended.committed;
	uint64_t size;

	if (status == MUN_OK)
		assert_true(committed);
	size = vault_read(vault);
	assert_true(size == old_size || size == old_size + 1);
	/* Committed is told exactly, as long as there is anybody to tell. */
	assert_int_equal(committed, size == old_size + 1);
	/* A lie about something that was done is seen through. */
	if (fault == FAULT_FAILS_AFTER && committed)
		assert_int_equal(status, MUN_OK);
	/* An error that is not a death tidies up itself. */
	if (fault == FAULT_FAILS_BEFORE && !committed)
		assert_int_equal(vault_judge(vault), old_size);
	MUN_EXPECT_OK(mun_log_recover(vault->store, &err), &err);
	assert_int_equal(vault_judge(vault), size);
	MUN_EXPECT_OK(
	    vault_append(vault, 8000, &statement, &appended, &err), &err);
	assert_int_equal(vault_judge(vault), size + 1);
}

/* Every fault at step n; false when there is no step n. */
static bool
step(struct vault *vault, uint64_t old_size, unsigned n)
{
	bool reached = true;

	for (int fault = FAULT_DIES_BEFORE; fault < FAULTS && reached;
	     fault++) {
		enum mun_status status;

		vault_restore(vault, "before");
		faults_set((enum fault)fault, n);
		status = vault_append(vault, 7000, &statement, &appended, &err);
		reached = faults_clear();
		if (reached)
			after_a_fault(
			    vault, (enum fault)fault, old_size, status);
		else
			assert_int_equal(status, MUN_OK);
	}
	return reached;
}

static void
sweep(void **state, uint64_t old_size)
{
	struct vault vault;
	unsigned n = 1;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, old_size, true);
	/* Heads are not what is tested, and would be stale after restoring. */
	test_signer_refuse_heads(true);
	vault_save(&vault, "before");
	while (step(&vault, old_size, n))
		n++;
	print_message("%u steps\n", n - 1);
	/* statement, staged, checkpoint, bundle, tile, narrower ones, staged */
	assert_true(n - 1 >= (old_size == 256 ? 6 : 8));
	test_signer_refuse_heads(false);
	vault_close(&vault);
}

static void
no_step_of_an_append_can_hurt(void **state)
{
	sweep(state, 5);
}

static void
no_step_that_fills_a_tile_can_hurt(void **state)
{
	sweep(state, 255);
}

static void
no_step_that_begins_a_tile_can_hurt(void **state)
{
	sweep(state, 256);
}

static void
somebody_elses_commit_is_not_overwritten(void **state)
{
	struct mun_buffer theirs = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct vault vault;
	char *ours, *after;

	vault_open(&vault, *state);
	vault_create(&vault);
	test_signer_refuse_heads(true);
	vault_save(&vault, "before");
	MUN_EXPECT_OK(vault_append(&vault, 1, NULL, &appended, &err), &err);
	MUN_EXPECT_OK(
	    mun_store_read(vault.store, "log/checkpoint", &theirs, &err), &err);
	ours = vault_snapshot(&vault);
	vault_save(&vault, "theirs");
	vault_restore(&vault, "before");
	faults_overtake(theirs.data, theirs.len);
	MUN_EXPECT_STATUS(vault_append(&vault, 2, &statement, &appended, &err),
	    MUN_ERR_BUSY, &err);
	assert_false(appended.committed);
	after = vault_snapshot(&vault);
	/* Their head, and of ours nothing. */
	assert_null(strstr(after, "log/staged/"));
	assert_null(strstr(after, "log/statements/"));
	vault_restore(&vault, "theirs");
	assert_int_equal(vault_judge(&vault), 2);
	test_signer_refuse_heads(false);
	mun_buffer_free(&theirs);
	free(ours);
	free(after);
	vault_close(&vault);
}

static void
put(struct vault *vault, const char *name)
{
	char path[8192];

	snprintf(path, sizeof(path), "vault/%s", name);
	mun_scratch_write(vault->scratch, path, "x", 1);
}

static void
recovery_removes_what_a_stopped_writer_can_leave(void **state)
{
	struct vault vault;
	char *before, *after;

	vault_open(&vault, *state);
	vault_create(&vault);
	MUN_EXPECT_OK(
	    vault_append(&vault, 1, &statement, &appended, &err), &err);
	before = vault_snapshot(&vault);
	put(&vault, "log/staged/7-abc");
	put(&vault, "log/staged/.3-def.tmp");
	put(&vault, "log/statements/000002.json");
	put(&vault, "log/statements/.000002.json.tmp");
	put(&vault, "log/.checkpoint.tmp");
	put(&vault, "log/tile/0/000.p/1");
	put(&vault, "log/tile/entries/000.p/1");
	MUN_EXPECT_OK(mun_log_recover(vault.store, &err), &err);
	after = vault_snapshot(&vault);
	assert_string_equal(before, after);
	free(before);
	free(after);
	vault_close(&vault);
}

static void
recovery_makes_lost_tiles_again(void **state)
{
	static const char *const names[] = { "log/tile/0/000",
		"log/tile/0/002.p/8", "log/tile/1/000.p/2" };
	struct vault vault;
	char path[8192], *before, *after;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, 520, true);
	before = vault_snapshot(&vault);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", vault.path, names[i]);
		assert_int_equal(remove(path), 0);
		/* An inner tile is no business of the right edge. */
		if (i == 0)
			continue;
		MUN_EXPECT_OK(mun_log_recover(vault.store, &err), &err);
		after = vault_snapshot(&vault);
		assert_string_equal(before, after);
		free(after);
	}
	free(before);
	vault_close(&vault);
}

static void
expect_untouched(struct vault *vault, const char *words)
{
	char *before = vault_snapshot(vault), *after;

	MUN_EXPECT_STATUS(
	    mun_log_recover(vault->store, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, words);
	after = vault_snapshot(vault);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void
recovery_touches_nothing_of_a_log_that_is_not_whole(void **state)
{
	struct mun_buffer old = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct vault vault;
	char path[8192];

	vault_open(&vault, *state);
	vault_create(&vault);
	MUN_EXPECT_OK(vault_append(&vault, 1, NULL, &appended, &err), &err);
	MUN_EXPECT_OK(
	    mun_store_read(vault.store, "log/checkpoint", &old, &err), &err);
	MUN_EXPECT_OK(
	    vault_append(&vault, 2, &statement, &appended, &err), &err);
	vault_save(&vault, "whole");
	put(&vault, "log/staged/9-abc");
	put(&vault, "log/statements/000003.json");
	vault_flip(&vault, "log/tile/entries/000.p/3");
	expect_untouched(&vault, "");
	vault_restore(&vault, "whole");

	vault_flip(&vault, "log/tile/0/000.p/3");
	expect_untouched(&vault, "");
	vault_restore(&vault, "whole");

	snprintf(path, sizeof(path), "%s/log/tile/entries/000.p/3", vault.path);
	assert_int_equal(remove(path), 0);
	expect_untouched(&vault, "bundle is missing");
	vault_restore(&vault, "whole");

	/* An older checkpoint over newer entries. */
	snprintf(path, sizeof(path), "%s/log/checkpoint", vault.path);
	assert_int_equal(remove(path), 0);
	expect_untouched(&vault, "is missing though there are");
	mun_scratch_write(
	    vault.scratch, "vault/log/checkpoint", old.data, old.len);
	expect_untouched(&vault, "beyond its checkpoint");
	mun_buffer_free(&old);
	vault_close(&vault);
}

static void
a_flip_in_any_tile_of_the_right_edge_is_noticed(void **state)
{
	static const char *const of_512[] = { "log/tile/0/001",
		"log/tile/1/000.p/2", "log/tile/entries/001" };
	static const char *const of_520[] = { "log/tile/0/002.p/8",
		"log/tile/1/000.p/2", "log/tile/entries/002.p/8" };
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, 512, true);
	vault_save(&vault, "512");
	for (size_t i = 0; i < 3; i++) {
		vault_flip(&vault, of_512[i]);
		expect_untouched(&vault, "");
		vault_restore(&vault, "512");
	}
	vault_grow(&vault, 520, true);
	vault_save(&vault, "520");
	for (size_t i = 0; i < 3; i++) {
		vault_flip(&vault, of_520[i]);
		expect_untouched(&vault, "");
		vault_restore(&vault, "520");
	}
	vault_close(&vault);
}

static void
recovery_of_a_creation_that_stopped_leaves_an_empty_folder(void **state)
{
	struct vault vault;
	char *after;

	vault_open(&vault, *state);
	MUN_EXPECT_OK(mun_log_recover(vault.store, &err), &err);
	MUN_EXPECT_OK(
	    mun_store_put_new(vault.store, "log/staged/1-abc", "x", 1, &err),
	    &err);
	MUN_EXPECT_OK(mun_log_recover(vault.store, &err), &err);
	after = vault_snapshot(&vault);
	assert_string_equal(after, "");
	free(after);
	vault_create(&vault);
	assert_int_equal(vault_judge(&vault), 1);
	vault_close(&vault);
}

static void
an_append_to_a_large_log_reads_little(void **state)
{
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, 100000, false);
	faults_set(FAULT_NONE, 0);
	MUN_EXPECT_OK(vault_append(&vault, 1, NULL, &appended, &err), &err);
	print_message("%u reads\n", faults_reads);
	assert_true(faults_reads <= 32);
	vault_close(&vault);
}

#define SCRATCH(test)                    \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH(no_step_of_an_append_can_hurt),
		SCRATCH(no_step_that_fills_a_tile_can_hurt),
		SCRATCH(no_step_that_begins_a_tile_can_hurt),
		SCRATCH(somebody_elses_commit_is_not_overwritten),
		SCRATCH(recovery_removes_what_a_stopped_writer_can_leave),
		SCRATCH(recovery_makes_lost_tiles_again),
		SCRATCH(recovery_touches_nothing_of_a_log_that_is_not_whole),
		SCRATCH(a_flip_in_any_tile_of_the_right_edge_is_noticed),
		SCRATCH(
		    recovery_of_a_creation_that_stopped_leaves_an_empty_folder),
		SCRATCH(an_append_to_a_large_log_reads_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
