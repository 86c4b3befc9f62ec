/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_check.c - the reader that follows the writer finds what a disk did to
 * the bytes, and goes back with it.
 */
#include "digest/digest_check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest/digest.h"
#include "digest/digest_lanes.h"
#include "harness/harness.h"

enum {
	BLOCK = MUN_BLOCK_LEN,
	SEGMENT = 2 * MUN_BLOCK_LEN,
	INPUT_LEN = 7 * MUN_BLOCK_LEN + 12345
};

struct rig {
	struct mun_check *check;
	struct mun_error err;
	uint8_t *input; /* INPUT_LEN bytes */
	size_t at; /* bytes written */
	int fd;
	size_t units; /* due and not done */
};

static void
set_up(struct rig *rig, void **state)
{
	const struct mun_scratch *scratch = *state;

	*rig = (struct rig){ .fd = openat(scratch->fd, "followed",
				 O_RDWR | O_CREAT | O_TRUNC, 0600) };
	assert_true(rig->fd >= 0);
	rig->input = malloc(INPUT_LEN);
	assert_non_null(rig->input);
	for (size_t i = 0; i < INPUT_LEN; i++)
		rig->input[i] = (uint8_t)(i * 2654435761U >> 13);
	MUN_EXPECT_OK(
	    mun_check_new(&rig->check, rig->fd, rig->fd, SEGMENT, &rig->err),
	    &rig->err);
}

static void
tear_down(struct rig *rig)
{
	mun_check_free(rig->check);
	free(rig->input);
	close(rig->fd);
}

/* Write up to an offset of the input, the mark (or MUN_NO_MARK) so far on. */
static void
write_to(struct rig *rig, size_t end, size_t mark)
{
	size_t len = end - rig->at;

	assert_int_equal(
	    pwrite(rig->fd, rig->input + rig->at, len, (off_t)rig->at), len);
	rig->at = end;
	rig->units += mun_check_wrote(rig->check, len, mark);
}

static void
do_units(struct rig *rig)
{
	for (; rig->units > 0; rig->units--)
		mun_check_unit(rig->check);
}

static enum mun_status
finish(struct rig *rig)
{
	uint8_t sha256[MUN_SHA256_LEN];

	rig->units += mun_check_rest(rig->check);
	do_units(rig);
	mun_sha256_of(sha256, rig->input, rig->at);
	return mun_check_finish(rig->check, sha256, &rig->err);
}

static void
what_was_written_is_read_back(void **state)
{
	static const size_t ends[] = { 0, 1, BLOCK, SEGMENT - 1, SEGMENT,
		SEGMENT + 1, 2 * SEGMENT, INPUT_LEN };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct rig rig;

		set_up(&rig, state);
		write_to(&rig, ends[i] / 3, MUN_NO_MARK);
		do_units(&rig);
		write_to(&rig, ends[i], MUN_NO_MARK);
		MUN_EXPECT_OK(finish(&rig), &rig.err);
		tear_down(&rig);
	}
}

static void
a_segment_is_due_when_it_is_full(void **state)
{
	struct rig rig;

	set_up(&rig, state);
	write_to(&rig, SEGMENT - 1, MUN_NO_MARK);
	assert_int_equal(rig.units, 0);
	write_to(&rig, SEGMENT, MUN_NO_MARK);
	assert_int_equal(rig.units, 2);
	write_to(&rig, 3 * SEGMENT + 5, MUN_NO_MARK);
	assert_int_equal(rig.units, 6);
	assert_int_equal(mun_check_rest(rig.check), 1);
	assert_int_equal(mun_check_rest(rig.check), 0);
	tear_down(&rig);
}

static void
one_changed_bit_anywhere_is_found(void **state)
{
	static const size_t places[] = { 0, BLOCK - 1, BLOCK, SEGMENT,
		INPUT_LEN - 1 };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct rig rig;
		uint8_t byte;

		set_up(&rig, state);
		write_to(&rig, INPUT_LEN, MUN_NO_MARK);
		byte = rig.input[places[i]] ^ 0x04;
		assert_int_equal(pwrite(rig.fd, &byte, 1, (off_t)places[i]), 1);
		MUN_EXPECT_STATUS(finish(&rig), MUN_ERR_SYSTEM, &rig.err);
		MUN_EXPECT_TEXT(&rig.err, "not what was written");
		tear_down(&rig);
	}
}

static void
a_file_that_lost_its_end_is_found(void **state)
{
	struct rig rig;

	set_up(&rig, state);
	write_to(&rig, INPUT_LEN, MUN_NO_MARK);
	assert_int_equal(ftruncate(rig.fd, INPUT_LEN - 1), 0);
	MUN_EXPECT_STATUS(finish(&rig), MUN_ERR_SYSTEM, &rig.err);
	MUN_EXPECT_TEXT(&rig.err, "shorter than what was written");
	tear_down(&rig);
}

static void
a_file_that_cannot_be_read_or_flushed_is_an_error(void **state)
{
	struct rig rig;
	int ends[2];

	set_up(&rig, state);
	assert_int_equal(pipe(ends), 0);
	mun_check_free(rig.check);
	MUN_EXPECT_OK(
	    mun_check_new(&rig.check, rig.fd, ends[1], SEGMENT, &rig.err),
	    &rig.err);
	write_to(&rig, INPUT_LEN, MUN_NO_MARK);
	MUN_EXPECT_STATUS(finish(&rig), MUN_ERR_SYSTEM, &rig.err);
	MUN_EXPECT_TEXT(&rig.err, "read back");
	mun_check_free(rig.check);
	/* fdatasync(2) of a pipe: EINVAL */
	MUN_EXPECT_OK(
	    mun_check_new(&rig.check, ends[1], rig.fd, SEGMENT, &rig.err),
	    &rig.err);
	rig.at = 0;
	write_to(&rig, INPUT_LEN, MUN_NO_MARK);
	MUN_EXPECT_STATUS(finish(&rig), MUN_ERR_SYSTEM, &rig.err);
	MUN_EXPECT_TEXT(&rig.err, "flush");
	close(ends[0]);
	close(ends[1]);
	tear_down(&rig);
}

/* Write with a mark, more, go back, and write other bytes in their place. */
static void
rewind_at(void **state, size_t before, size_t mark, size_t after)
{
	struct rig rig;

	set_up(&rig, state);
	write_to(&rig, before, MUN_NO_MARK);
	do_units(&rig);
	write_to(&rig, after, mark - before);
	do_units(&rig);
	for (int i = 0; i < 2; i++) {
		MUN_EXPECT_OK(mun_check_rewind(rig.check, &rig.err), &rig.err);
		assert_int_equal(ftruncate(rig.fd, (off_t)mark), 0);
		rig.at = mark;
		for (size_t j = mark; j < INPUT_LEN; j++)
			rig.input[j] ^= 0xff;
		write_to(&rig, after, MUN_NO_MARK);
		do_units(&rig);
	}
	write_to(&rig, INPUT_LEN, MUN_NO_MARK);
	MUN_EXPECT_OK(finish(&rig), &rig.err);
	tear_down(&rig);
}

static void
going_back_reads_again_from_the_mark(void **state)
{
	/* The reader is far behind, at, and far beyond the mark. */
	rewind_at(state, 0, 0, 10);
	rewind_at(state, 0, 0, 2 * SEGMENT);
	rewind_at(state, SEGMENT, SEGMENT, SEGMENT + 1);
	rewind_at(state, SEGMENT, SEGMENT, 3 * SEGMENT);
	rewind_at(state, SEGMENT + 100, SEGMENT + 200, SEGMENT + 300);
	rewind_at(state, SEGMENT + 100, SEGMENT + 200, 3 * SEGMENT + 1);
	rewind_at(state, 100, SEGMENT + BLOCK, 2 * SEGMENT);
	rewind_at(state, 100, SEGMENT + BLOCK + 1, 2 * SEGMENT);
}

static void
the_reader_goes_back_to_the_newest_mark(void **state)
{
	struct rig rig;

	set_up(&rig, state);
	write_to(&rig, 100, 50);
	write_to(&rig, SEGMENT, BLOCK);
	do_units(&rig);
	MUN_EXPECT_OK(mun_check_rewind(rig.check, &rig.err), &rig.err);
	rig.at = 100 + BLOCK;
	rig.input[100 + BLOCK] ^= 1;
	write_to(&rig, INPUT_LEN, MUN_NO_MARK);
	MUN_EXPECT_OK(finish(&rig), &rig.err);
	tear_down(&rig);
	mun_check_free(NULL);
}

int
main(void)
{
#define SCRATCH_TEST(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_was_written_is_read_back),
		SCRATCH_TEST(a_segment_is_due_when_it_is_full),
		SCRATCH_TEST(one_changed_bit_anywhere_is_found),
		SCRATCH_TEST(a_file_that_lost_its_end_is_found),
		SCRATCH_TEST(a_file_that_cannot_be_read_or_flushed_is_an_error),
		SCRATCH_TEST(going_back_reads_again_from_the_mark),
		SCRATCH_TEST(the_reader_goes_back_to_the_newest_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
