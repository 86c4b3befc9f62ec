/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_stamps.c - the files of a stamped checkpoint are there whole, with
 * their event, or not at all, wherever the writer stops.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "faults.h"
#include "log/detail.h"
#include "vault.h"

enum {
	STAMPS = 2
};

static struct mun_log_appended appended;
static struct mun_error err;

static void
names_are_taken_apart_as_they_are_made(void **state)
{
	static const char *const none[] = { "log/time-stamps/0/checkpoint",
		"log/time-stamps/1/checkpoint/", "log/time-stamps/01/1.tsq",
		"log/time-stamps/1/0.tsq", "log/time-stamps/1/17.tsq",
		"log/time-stamps/1/01.tsq", "log/time-stamps/1/1.tsr",
		"log/time-stamps/1/.tsq", "log/time-stamps/1/1",
		"log/time-stamps/1", "log/time-stamps/checkpoint",
		"log/time-stamps/1/x/1.tsq", "log/time-stamps/-1/1.tsq" };
	char name[MUN_TILE_NAME_MAX];
	enum mun_stamp_file which;
	unsigned number;
	uint64_t size;

	(void)state;
	for (unsigned i = 0; i < MUN_STAMP_FILES; i++) {
		mun_stamp_name(name, 1234, 16, (enum mun_stamp_file)i);
		assert_true(mun_stamp_name_parse(&size, &number, &which, name));
		assert_int_equal(size, 1234);
		assert_int_equal(number, i == MUN_STAMP_CHECKPOINT ? 0 : 16);
		assert_int_equal(which, i);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (mun_stamp_name_parse(&size, &number, &which, none[i]))
			fail_msg("%s", none[i]);
}

/* Files, event, settling: what a time-stamp does. */
static enum mun_status
stamp(struct vault *vault, uint64_t size)
{
	struct mun_buffer text = MUN_BUFFER_INIT(64);
	struct mun_buffer line = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer empty = MUN_BUFFER_INIT(64);
	const struct mun_stamp_bytes bytes = { { &text, &text, &text,
	    &empty } };
	const struct mun_stamp_bytes both[STAMPS] = { bytes, bytes };
	struct mun_stamp stamps[STAMPS] = { { .query = { 1 } } };
	struct mun_detail detail = { .type = MUN_EVENT_TIME_STAMP,
		.checkpoint_size = size,
		.stamps = stamps,
		.stamp_count = STAMPS };
	struct mun_log_draft draft = { .type = "time-stamp", .detail = &line };
	enum mun_status status;

	appended = (struct mun_log_appended){ .seq = 0 };
	mun_buffer_append_text(&text, "bytes");
	mun_detail_give(&detail, MUN_DETAIL_CHECKPOINT);
	mun_detail_give(&detail, MUN_DETAIL_STAMPS);
	mun_detail_write(&detail, &line);
	status = mun_log_recover(vault->store, &err);
	if (status == MUN_OK)
		status = mun_log_put_stamps(
		    vault->store, size, &text, both, STAMPS, &err);
	if (status == MUN_OK)
		status = mun_log_append(vault->store, vault->signer,
		    vault->keys, &draft, &appended, &err);
	if (status != MUN_ERR_EXISTS &&
	    mun_log_settle_stamps(vault->store, &err) != MUN_OK &&
	    status == MUN_OK)
		status = MUN_ERR_SYSTEM;
	mun_buffer_free(&text);
	mun_buffer_free(&line);
	return status;
}

static size_t
count_of(const char *text, const char *word)
{
	size_t count = 0;

	while ((text = strstr(text, word)) != NULL) {
		count++;
		text++;
	}
	return count;
}

static uint64_t
size_of(struct vault *vault)
{
	struct mun_log *log;
	uint64_t size;

	MUN_EXPECT_OK(mun_log_open(&log, vault->store, &err), &err);
	size = mun_log_checkpoint(log)->size;
	mun_log_close(log);
	return size;
}

/* All files and no mark, or neither. */
static void
expect_whole(struct vault *vault, bool is_there)
{
	char *files = vault_snapshot(vault);

	assert_int_equal(
	    count_of(files, "log/time-stamps/"), is_there ? 1 + 4 * STAMPS : 0);
	assert_int_equal(count_of(files, "log/staged/"), 0);
	assert_int_equal(count_of(files, ".tmp"), 0);
	free(files);
}

static bool
step(struct vault *vault, unsigned n)
{
	bool reached = true;

	for (int fault = FAULT_DIES_BEFORE; fault < FAULTS && reached;
	     fault++) {
		uint64_t size;

		vault_restore(vault, "before");
		faults_set((enum fault)fault, n);
		(void)stamp(vault, 2);
		reached = faults_clear();
		size = size_of(vault);
		MUN_EXPECT_OK(mun_log_recover(vault->store, &err), &err);
		expect_whole(vault, size == 4);
		if (reached && size == 3)
			MUN_EXPECT_OK(stamp(vault, 2), &err);
		expect_whole(vault, true);
	}
	return reached;
}

static void
no_step_can_hurt(void **state)
{
	struct vault vault;
	unsigned n = 1;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, 3, true);
	test_signer_refuse_heads(true);
	vault_save(&vault, "before");
	while (step(&vault, n))
		n++;
	print_message("%u steps\n", n - 1);
	/* a mark, nine files, an append, and the mark again */
	assert_true(n - 1 >= 1 + 9 + 5 + 1);
	test_signer_refuse_heads(false);
	vault_close(&vault);
}

static void
a_checkpoint_is_stamped_once(void **state)
{
	struct vault vault;
	char *before, *after;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, 3, true);
	MUN_EXPECT_OK(stamp(&vault, 2), &err);
	before = vault_snapshot(&vault);
	MUN_EXPECT_STATUS(stamp(&vault, 2), MUN_ERR_EXISTS, &err);
	after = vault_snapshot(&vault);
	assert_string_equal(before, after);
	free(before);
	free(after);
	MUN_EXPECT_OK(stamp(&vault, 4), &err);
	vault_close(&vault);
}

/* A copy that was made while a writer worked: the mark is old, the event is
 * not the last one any more, and what it names stays. */
static void
an_old_mark_takes_nothing_away(void **state)
{
	char mark[MUN_TILE_NAME_MAX];
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, 3, true);
	MUN_EXPECT_OK(stamp(&vault, 2), &err);
	MUN_EXPECT_OK(vault_append(&vault, 9, NULL, &appended, &err), &err);
	mun_stamps_mark_name(mark, 2);
	MUN_EXPECT_OK(mun_store_put_new(vault.store, mark, "", 0, &err), &err);
	MUN_EXPECT_OK(mun_log_recover(vault.store, &err), &err);
	expect_whole(&vault, true);
	vault_close(&vault);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_apart_as_they_are_made),
		cmocka_unit_test_setup_teardown(
		    no_step_can_hurt, mun_scratch_setup, mun_scratch_teardown),
		cmocka_unit_test_setup_teardown(a_checkpoint_is_stamped_once,
		    mun_scratch_setup, mun_scratch_teardown),
		cmocka_unit_test_setup_teardown(an_old_mark_takes_nothing_away,
		    mun_scratch_setup, mun_scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
