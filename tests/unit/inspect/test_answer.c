/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_answer.c - what a captured worker may make the parent believe, and
 * which first bytes are a container's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "inspect/inspect_internal.h"
#include "muniment/buffer.h"

struct told {
	unsigned members;
	unsigned notes;
	uint32_t stop_at; /* member number; 0: never */
};

static enum mun_status
count_member(
    void *ctx, const struct mun_inspect_member *member, struct mun_error *err)
{
	struct told *told = ctx;

	told->members++;
	if (member->number == told->stop_at)
		return mun_error_set(err, MUN_ERR_CANCELED, "stop");
	return MUN_OK;
}

static enum mun_status
count_note(
    void *ctx, const struct mun_inspect_note *note, struct mun_error *err)
{
	struct told *told = ctx;

	(void)err;
	assert_non_null(note->rule);
	for (const char *c = note->detail; *c != 0; c++)
		assert_in_range(*c, 0x20, 0x7e);
	told->notes++;
	return MUN_OK;
}

static void
add_member(struct mun_buffer *answer, uint32_t number, uint32_t container,
    const char *name)
{
	const struct mun_inspect_member member = { .number = number,
		.container = container,
		.name = (const uint8_t *)name,
		.name_len = strlen(name) };

	mun_inspect_put_member(answer, &member);
}

/* Tell exactly these bytes: a sanitizer sees one too many read. */
static bool
tell(const struct mun_buffer *answer, size_t len, struct told *told)
{
	const struct mun_inspect_visitor visitor = {
		.member = count_member, .note = count_note, .ctx = told
	};
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t *copy = calloc(1, len == 0 ? 1 : len);
	bool makes_sense;

	if (len > 0)
		memcpy(copy, answer->data, len);
	MUN_EXPECT_OK(
	    mun_inspect_tell(copy, len, &visitor, &makes_sense, &err), &err);
	free(copy);
	return makes_sense;
}

static void
test_an_answer_is_told_in_order(void **state)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(100000);
	struct told told = { 0 };

	(void)state;
	add_member(&answer, 1, 0, "a.zip");
	add_member(&answer, 2, 1, "");
	mun_inspect_put_note(&answer, 1, INSPECT_DAMAGED);
	mun_inspect_put_note(&answer, 0, INSPECT_ENCRYPTED);
	assert_true(tell(&answer, answer.len, &told));
	assert_int_equal(told.members, 2);
	assert_int_equal(told.notes, 2);
	assert_true(tell(&answer, 0, &told));
	mun_buffer_free(&answer);
}

static void
test_every_reason_has_words(void **state)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(100000);
	struct told told = { 0 };

	(void)state;
	for (int reason = 0; reason < INSPECT_REASONS; reason++)
		mun_inspect_put_note(&answer, 0, (enum inspect_reason)reason);
	assert_true(tell(&answer, answer.len, &told));
	assert_int_equal(told.notes, INSPECT_REASONS);
	/* The bit set of a frame holds them all. */
	assert_true(INSPECT_REASONS <= 32);
	mun_buffer_free(&answer);
}

static void
test_a_cut_answer_is_told_to_nobody(void **state)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(100000);
	struct told told = { 0 };
	size_t first_len;

	(void)state;
	add_member(&answer, 1, 0, "name");
	first_len = answer.len;
	mun_inspect_put_note(&answer, 0, INSPECT_DAMAGED);
	for (size_t len = 1; len < answer.len; len++)
		if (len != first_len)
			assert_false(tell(&answer, len, &told));
	assert_int_equal(told.members, 0);
	assert_int_equal(told.notes, 0);
	mun_buffer_free(&answer);
}

static void
expect_nonsense(struct mun_buffer *answer)
{
	struct told told = { 0 };

	assert_int_equal(answer->status, MUN_OK);
	assert_false(tell(answer, answer->len, &told));
	assert_int_equal(told.members + told.notes, 0);
	mun_buffer_reset(answer);
}

static void
test_nonsense_is_told_to_nobody(void **state)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(1000000);
	char *name = calloc(1, INSPECT_NAME_MAX + 2);

	(void)state;
	add_member(&answer, 2, 0, "does not count from 1");
	expect_nonsense(&answer);
	add_member(&answer, 1, 0, "a");
	add_member(&answer, 1, 0, "the same again");
	expect_nonsense(&answer);
	add_member(&answer, 1, 1, "in itself");
	expect_nonsense(&answer);
	add_member(&answer, 1, 0, "a");
	add_member(&answer, 2, 3, "in one to come");
	expect_nonsense(&answer);
	mun_inspect_put_note(&answer, 1, INSPECT_DAMAGED);
	expect_nonsense(&answer);
	mun_inspect_put_note(&answer, 0, INSPECT_REASONS);
	expect_nonsense(&answer);
	mun_buffer_append_text(&answer, "Z");
	expect_nonsense(&answer);
	memset(name, 'n', INSPECT_NAME_MAX + 1);
	add_member(&answer, 1, 0, name);
	expect_nonsense(&answer);
	free(name);
	mun_buffer_free(&answer);
}

static void
test_too_many_members_are_nonsense(void **state)
{
	struct mun_buffer answer = MUN_BUFFER_INIT((size_t)1 << 26);
	struct told told = { 0 };

	(void)state;
	for (uint32_t i = 1; i <= MUN_INSPECT_MEMBERS_MAX; i++)
		add_member(&answer, i, 0, "");
	assert_true(tell(&answer, answer.len, &told));
	assert_int_equal(told.members, MUN_INSPECT_MEMBERS_MAX);
	add_member(&answer, MUN_INSPECT_MEMBERS_MAX + 1, 0, "");
	expect_nonsense(&answer);
	mun_buffer_free(&answer);
}

static void
test_a_visitor_can_stop_it(void **state)
{
	struct told told = { .stop_at = 1 };
	const struct mun_inspect_visitor visitor = {
		.member = count_member, .note = count_note, .ctx = &told
	};
	struct mun_buffer answer = MUN_BUFFER_INIT(100000);
	struct mun_error err = MUN_ERROR_INIT;
	bool makes_sense;

	(void)state;
	add_member(&answer, 1, 0, "a");
	add_member(&answer, 2, 0, "b");
	MUN_EXPECT_STATUS(mun_inspect_tell(answer.data, answer.len, &visitor,
			      &makes_sense, &err),
	    MUN_ERR_CANCELED, &err);
	assert_int_equal(told.members, 1);
	mun_buffer_free(&answer);
}

static void
expect_kind(const char *bytes, size_t len, enum inspect_kind expected)
{
	uint8_t *copy = calloc(1, len == 0 ? 1 : len);

	if (len > 0)
		memcpy(copy, bytes, len);
	assert_int_equal(mun_inspect_kind_of(copy, len), expected);
	assert_int_equal(
	    mun_inspect_wants(copy, len, "x/y"), expected != INSPECT_NONE);
	free(copy);
}

static void
test_containers_are_known_by_their_first_bytes(void **state)
{
	char block[32774] = { 0 };

	(void)state;
	expect_kind("", 0, INSPECT_NONE);
	expect_kind("PK\3", 3, INSPECT_NONE);
	expect_kind("PK\3\4", 4, INSPECT_ZIP);
	expect_kind("PK\5\6", 4, INSPECT_ZIP);
	expect_kind("7z\xbc\xaf\x27\x1c", 6, INSPECT_7Z);
	expect_kind("MSCF\0\0\0\0", 8, INSPECT_CAB);
	expect_kind("070701", 6, INSPECT_CPIO);
	expect_kind("!<arch>\n", 8, INSPECT_AR);
	expect_kind("\x1f\x8b\x08", 3, INSPECT_GZIP);
	expect_kind("\xfd"
		    "7zXZ\0",
	    6, INSPECT_XZ);
	expect_kind("\x28\xb5\x2f\xfd", 4, INSPECT_ZSTD);
	expect_kind("BZh91AY&SY", 10, INSPECT_BZIP2);
	expect_kind("BZh9 is a word", 14, INSPECT_NONE);
	expect_kind("%PDF-1.4", 8, INSPECT_NONE);
	expect_kind("Rar!\x1a\x07\0", 7, INSPECT_NONE);
	memcpy(block + 2, "-lh5-", 5);
	expect_kind(block, 21, INSPECT_LHA);
	expect_kind(block, 20, INSPECT_NONE);
	memset(block, 0, sizeof(block));
	expect_kind(block, sizeof(block), INSPECT_NONE);
	memcpy(block + 257, "ustar", 5);
	expect_kind(block, 512, INSPECT_TAR);
	memset(block, 0, sizeof(block));
	memcpy(block + 32769, "CD001", 5);
	expect_kind(block, sizeof(block), INSPECT_ISO);
	expect_kind(block, sizeof(block) - 1, INSPECT_NONE);
	/* Seventh edition: 8 blanks and 'a' sum up to 353, octal 541. */
	memset(block, 0, sizeof(block));
	block[0] = 'a';
	memcpy(block + 148, "000541\0 ", 8);
	expect_kind(block, 512, INSPECT_TAR);
	block[1] = 'b';
	expect_kind(block, 512, INSPECT_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_is_told_in_order),
		cmocka_unit_test(test_every_reason_has_words),
		cmocka_unit_test(test_a_cut_answer_is_told_to_nobody),
		cmocka_unit_test(test_nonsense_is_told_to_nobody),
		cmocka_unit_test(test_too_many_members_are_nonsense),
		cmocka_unit_test(test_a_visitor_can_stop_it),
		cmocka_unit_test(
		    test_containers_are_known_by_their_first_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
