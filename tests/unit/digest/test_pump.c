/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_pump.c - whatever the threads and the sizes, the pump's digests are
 * those of the same bytes hashed at once, and its file holds them.
 */
#include "digest/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/harness.h"

enum {
	BOTH = MUN_PUMP_STREAM | MUN_PUMP_ITEM,
	THREADS_MAX = 2,
	INPUT_MAX = 40 * MUN_BLOCK_LEN /* more than the pump has blocks */
};

static uint8_t *input; /* INPUT_MAX bytes that never repeat in step */
static bool is_all_openssl;

static int
make_input(void **state)
{
	uint64_t word = 1;

	(void)state;
	input = malloc(INPUT_MAX);
	if (input == NULL)
		return -1;
	for (size_t i = 0; i < INPUT_MAX; i++) {
		word = word * UINT64_C(6364136223846793005) + 1;
		input[i] = (uint8_t)(word >> 56);
	}
	return 0;
}

static int
free_input(void **state)
{
	(void)state;
	free(input);
	return 0;
}

/* A pump, and beside it the stream as it should be. */
struct rig {
	struct mun_pump *pump;
	struct mun_error err;
	struct mun_sha256 *stream;
	int fd;
};

static void
set_up(struct rig *rig, unsigned threads, int fd)
{
	/* A file is read back, but for /dev/full, which is no file. */
	const struct mun_pump_options options = { .write_fd = fd,
		.threads = threads,
		.is_all_openssl = is_all_openssl,
		.reads_back = fd >= 0 && lseek(fd, 0, SEEK_END) >= 0 &&
		    fcntl(fd, F_GETFL) & O_RDWR,
		.read_fd = fd,
		.leaves_holes = fd >= 0 && fcntl(fd, F_GETFL) & O_RDWR };

	*rig = (struct rig){ .fd = fd };
	MUN_EXPECT_OK(mun_pump_new(&rig->pump, &options, &rig->err), &rig->err);
	MUN_EXPECT_OK(mun_sha256_new(&rig->stream, &rig->err), &rig->err);
}

static void
tear_down(struct rig *rig)
{
	mun_pump_free(rig->pump);
	mun_sha256_free(rig->stream);
	if (rig->fd >= 0)
		close(rig->fd);
}

/* Send bytes as a reader of files does: block by block. */
static void
send_blocks(struct rig *rig, const uint8_t *bytes, size_t len, unsigned feeds)
{
	if (feeds & MUN_PUMP_STREAM)
		mun_sha256_update(rig->stream, bytes, len);
	while (len > 0) {
		size_t piece = len < MUN_BLOCK_LEN ? len : MUN_BLOCK_LEN;

		memcpy(mun_pump_block(rig->pump), bytes, piece);
		mun_pump_submit(rig->pump, piece, feeds);
		bytes += piece;
		len -= piece;
	}
}

/* Send bytes as a writer of headers does. */
static void
put(struct rig *rig, const uint8_t *bytes, size_t len, unsigned feeds)
{
	if (feeds & MUN_PUMP_STREAM)
		mun_sha256_update(rig->stream, bytes, len);
	mun_pump_put(rig->pump, bytes, len, feeds);
}

static void
expect_item(struct rig *rig, const uint8_t *bytes, size_t len)
{
	uint8_t sha256[MUN_SHA256_LEN], sha512[MUN_SHA512_LEN];
	struct mun_digests digests;

	MUN_EXPECT_OK(
	    mun_pump_end_item(rig->pump, &digests, &rig->err), &rig->err);
	mun_sha256_of(sha256, bytes, len);
	mun_sha512_of(sha512, bytes, len);
	assert_memory_equal(digests.sha256, sha256, sizeof(sha256));
	assert_memory_equal(digests.sha512, sha512, sizeof(sha512));
}

static void
expect_stream(struct rig *rig)
{
	uint8_t got[MUN_SHA256_LEN], expected[MUN_SHA256_LEN];

	MUN_EXPECT_OK(mun_pump_finish(rig->pump, got, &rig->err), &rig->err);
	mun_sha256_finish(rig->stream, expected);
	assert_memory_equal(got, expected, sizeof(got));
}

static void
expect_file(struct rig *rig, const uint8_t *bytes, size_t len)
{
	uint8_t *stored = malloc(len + 1);

	assert_non_null(stored);
	assert_int_equal(pread(rig->fd, stored, len + 1, 0), len);
	assert_memory_equal(stored, bytes, len);
	free(stored);
}

static int
new_file(void **state)
{
	const struct mun_scratch *scratch = *state;
	int fd = openat(scratch->fd, "stream",
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

/* Lengths at which something changes: small, block, ring. */
static const size_t lengths[] = { 0, 1, 511, 512, 65535, 65536, 65537,
	MUN_BLOCK_LEN - 1, MUN_BLOCK_LEN, MUN_BLOCK_LEN + 1,
	2 * MUN_BLOCK_LEN - 1, 2 * MUN_BLOCK_LEN, 2 * MUN_BLOCK_LEN + 1,
	5 * MUN_BLOCK_LEN + 70000, 16 * MUN_BLOCK_LEN, 16 * MUN_BLOCK_LEN + 1,
	INPUT_MAX };
enum {
	LENGTHS = sizeof(lengths) / sizeof(*lengths)
};

static void
items_of_every_length_have_their_digests_whatever_the_threads(void **state)
{
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		struct rig rig;

		(void)state;
		set_up(&rig, threads, -1);
		for (size_t i = 0; i < LENGTHS; i++) {
			put(&rig, input + i, 512, MUN_PUMP_STREAM);
			send_blocks(&rig, input, lengths[i], BOTH);
			expect_item(&rig, input, lengths[i]);
		}
		expect_stream(&rig);
		tear_down(&rig);
	}
}

static void
the_file_holds_the_stream_whatever_the_threads(void **state)
{
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		size_t at = 0;
		struct rig rig;

		set_up(&rig, threads, new_file(state));
		for (size_t i = 0; at + lengths[i] + 1000 < INPUT_MAX; i++) {
			put(&rig, input + at, 1000, MUN_PUMP_STREAM);
			at += 1000;
			send_blocks(&rig, input + at, lengths[i], BOTH);
			expect_item(&rig, input + at, lengths[i]);
			at += lengths[i];
		}
		expect_stream(&rig);
		expect_file(&rig, input, at);
		tear_down(&rig);
	}
}

/* Zeros up to the end of what is read back, and after a rewind into them. */
static void
holes_are_read_back_as_the_zeros_they_are(void **state)
{
	const size_t len = 300 * MUN_BLOCK_LEN; /* more than a segment */
	uint8_t *bytes = calloc(1, len);

	assert_non_null(bytes);
	memcpy(bytes + len / 2, input, 1000);
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		struct rig rig;

		set_up(&rig, threads, new_file(state));
		put(&rig, bytes, 512, MUN_PUMP_STREAM);
		mun_pump_mark(rig.pump);
		mun_pump_put(rig.pump, input, 512, MUN_PUMP_STREAM);
		for (size_t i = 0; i < 4; i++) {
			memset(mun_pump_block(rig.pump), 0, MUN_BLOCK_LEN);
			mun_pump_submit(rig.pump, MUN_BLOCK_LEN, BOTH);
		}
		MUN_EXPECT_OK(mun_pump_rewind(rig.pump, &rig.err), &rig.err);
		assert_int_equal(lseek(rig.fd, 512, SEEK_SET), 512);
		assert_int_equal(ftruncate(rig.fd, 512), 0);
		send_blocks(&rig, bytes + 512, len - 512, BOTH);
		expect_item(&rig, bytes + 512, len - 512);
		expect_stream(&rig);
		expect_file(&rig, bytes, len);
		assert_true(mun_harness_has_holes(rig.fd, 1 << 20));
		tear_down(&rig);
	}
	free(bytes);
}

static void
a_file_that_changes_behind_the_pump_is_found(void **state)
{
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		uint8_t sha256[MUN_SHA256_LEN], byte;
		struct rig rig;

		set_up(&rig, threads, new_file(state));
		send_blocks(&rig, input, 5 * MUN_BLOCK_LEN, BOTH);
		MUN_EXPECT_OK(mun_pump_drain(rig.pump, &rig.err), &rig.err);
		byte = input[4711] ^ 0x20;
		assert_int_equal(pwrite(rig.fd, &byte, 1, 4711), 1);
		MUN_EXPECT_STATUS(mun_pump_finish(rig.pump, sha256, &rig.err),
		    MUN_ERR_SYSTEM, &rig.err);
		MUN_EXPECT_TEXT(&rig.err, "not what was written");
		tear_down(&rig);
	}
}

static void
many_small_items_make_one_stream(void **state)
{
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		size_t at = 0, n = 0;
		struct rig rig;

		set_up(&rig, threads, new_file(state));
		while (at + 20000 < 4 * MUN_BLOCK_LEN) {
			size_t len = n++ * 977 % 19000;

			put(&rig, input + at, 512, MUN_PUMP_STREAM);
			at += 512;
			send_blocks(&rig, input + at, len, BOTH);
			expect_item(&rig, input + at, len);
			at += len;
		}
		expect_stream(&rig);
		expect_file(&rig, input, at);
		tear_down(&rig);
	}
}

static void
an_item_may_come_in_pieces_of_any_kind(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		const size_t block = MUN_BLOCK_LEN;
		struct rig rig;

		set_up(&rig, threads, -1);
		put(&rig, input, 10, BOTH);
		send_blocks(&rig, input + 10, 3 * block, BOTH);
		put(&rig, input + 10 + 3 * block, 100, BOTH);
		put(&rig, input + 110 + 3 * block, 3 * block, BOTH);
		send_blocks(&rig, input + 110 + 6 * block, 100, BOTH);
		expect_item(&rig, input, 6 * block + 210);
		expect_stream(&rig);
		tear_down(&rig);
	}
}

static void
stream_and_item_can_be_fed_alone(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		struct rig rig;

		set_up(&rig, threads, -1);
		send_blocks(&rig, input, 3 * MUN_BLOCK_LEN, MUN_PUMP_ITEM);
		send_blocks(&rig, input, 5 * MUN_BLOCK_LEN, MUN_PUMP_STREAM);
		send_blocks(
		    &rig, input + 3 * MUN_BLOCK_LEN, 100, MUN_PUMP_ITEM);
		send_blocks(&rig, input, 100, MUN_PUMP_STREAM);
		expect_item(&rig, input, 3 * MUN_BLOCK_LEN + 100);
		expect_item(&rig, input, 0);
		expect_stream(&rig);
		tear_down(&rig);
	}
}

static void
a_finished_pump_can_be_used_again(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig, 1, -1);
	for (int i = 0; i < 2; i++) {
		send_blocks(&rig, input, 1000000, BOTH);
		expect_stream(&rig);
		mun_sha256_start(rig.stream);
	}
	expect_item(&rig, input, 0);
	tear_down(&rig);
}

/* The item's blocks grow and shrink; each time the stream goes back. */
static void
rewinding_gives_the_stream_as_it_was_marked(void **state)
{
	static const size_t before[] = { 0, 100, MUN_BLOCK_LEN,
		3 * MUN_BLOCK_LEN + 7 };

	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		for (size_t i = 0; i < 4; i++) {
			struct mun_sha256 *kept = NULL;
			struct rig rig;

			set_up(&rig, threads, new_file(state));
			send_blocks(&rig, input, before[i], MUN_PUMP_STREAM);
			mun_pump_mark(rig.pump);
			MUN_EXPECT_OK(
			    mun_sha256_new(&kept, &rig.err), &rig.err);
			MUN_EXPECT_OK(
			    mun_sha256_copy(kept, rig.stream, &rig.err),
			    &rig.err);
			for (size_t j = 0; j < LENGTHS; j += 4) {
				put(&rig, input, 512, MUN_PUMP_STREAM);
				send_blocks(&rig, input, lengths[j], BOTH);
				MUN_EXPECT_OK(
				    mun_pump_rewind(rig.pump, &rig.err),
				    &rig.err);
				MUN_EXPECT_OK(
				    mun_sha256_copy(rig.stream, kept, &rig.err),
				    &rig.err);
				assert_int_equal(
				    lseek(rig.fd, (off_t)before[i], SEEK_SET),
				    before[i]);
				assert_int_equal(
				    ftruncate(rig.fd, (off_t)before[i]), 0);
			}
			send_blocks(&rig, input + before[i], 999999, BOTH);
			expect_item(&rig, input + before[i], 999999);
			expect_stream(&rig);
			expect_file(&rig, input, before[i] + 999999);
			mun_sha256_free(kept);
			tear_down(&rig);
		}
	}
}

static void
the_newest_mark_counts(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig, 1, -1);
	for (size_t i = 0; i < 3; i++) {
		put(&rig, input, 100 + i, MUN_PUMP_STREAM);
		mun_pump_mark(rig.pump);
	}
	mun_pump_put(rig.pump, input, 5, BOTH);
	MUN_EXPECT_OK(mun_pump_rewind(rig.pump, &rig.err), &rig.err);
	mun_pump_put(rig.pump, input, MUN_BLOCK_LEN, BOTH);
	MUN_EXPECT_OK(mun_pump_rewind(rig.pump, &rig.err), &rig.err);
	expect_item(&rig, input, 0);
	expect_stream(&rig);
	tear_down(&rig);
}

static void
a_pump_without_mark_does_not_rewind(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig, 0, -1);
	MUN_EXPECT_STATUS(
	    mun_pump_rewind(rig.pump, &rig.err), MUN_ERR_USAGE, &rig.err);
	mun_pump_mark(rig.pump);
	expect_stream(&rig);
	MUN_EXPECT_STATUS(
	    mun_pump_rewind(rig.pump, &rig.err), MUN_ERR_USAGE, &rig.err);
	tear_down(&rig);
}

static void
a_full_disk_is_reported_by_every_later_call(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		uint8_t sha256[MUN_SHA256_LEN];
		struct mun_digests digests;
		struct rig rig;

		set_up(&rig, threads, open("/dev/full", O_WRONLY | O_CLOEXEC));
		mun_pump_mark(rig.pump);
		send_blocks(&rig, input, INPUT_MAX, BOTH);
		MUN_EXPECT_STATUS(mun_pump_drain(rig.pump, &rig.err),
		    MUN_ERR_SYSTEM, &rig.err);
		assert_int_equal(rig.err.code, ENOSPC);
		MUN_EXPECT_STATUS(
		    mun_pump_end_item(rig.pump, &digests, &rig.err),
		    MUN_ERR_SYSTEM, &rig.err);
		MUN_EXPECT_STATUS(mun_pump_rewind(rig.pump, &rig.err),
		    MUN_ERR_SYSTEM, &rig.err);
		MUN_EXPECT_STATUS(mun_pump_finish(rig.pump, sha256, NULL),
		    MUN_ERR_SYSTEM, NULL);
		tear_down(&rig);
	}
}

/* The file may grow again after the failure; what is missing would make what
 * follows a lie. */
static void
after_a_failed_write_nothing_more_is_written(void **state)
{
	struct rlimit before, low;
	struct rig rig;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	low = before;
	low.rlim_cur = MUN_BLOCK_LEN;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	set_up(&rig, 1, new_file(state));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	send_blocks(&rig, input, 3 * MUN_BLOCK_LEN, BOTH);
	MUN_EXPECT_STATUS(
	    mun_pump_drain(rig.pump, &rig.err), MUN_ERR_SYSTEM, &rig.err);
	assert_int_equal(rig.err.code, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	send_blocks(&rig, input, 3 * MUN_BLOCK_LEN, BOTH);
	MUN_EXPECT_STATUS(mun_pump_drain(rig.pump, NULL), MUN_ERR_SYSTEM, NULL);
	assert_int_equal(lseek(rig.fd, 0, SEEK_END), MUN_BLOCK_LEN);
	tear_down(&rig);
}

static void
the_end_of_a_later_item_tells_of_the_full_disk(void **state)
{
	struct mun_digests digests;
	struct rig rig;
	int items = 0;

	(void)state;
	set_up(&rig, 2, open("/dev/full", O_WRONLY | O_CLOEXEC));
	do {
		send_blocks(&rig, input, 4 * MUN_BLOCK_LEN, BOTH);
		assert_true(++items < 100);
	} while (mun_pump_end_item(rig.pump, &digests, &rig.err) == MUN_OK);
	assert_int_equal(rig.err.code, ENOSPC);
	tear_down(&rig);
}

static void
a_pump_can_be_dropped_in_the_middle_of_its_work(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads <= THREADS_MAX; threads++) {
		for (int i = 0; i < 5; i++) {
			struct rig rig;

			set_up(&rig, threads, -1);
			send_blocks(&rig, input, 12 * MUN_BLOCK_LEN, BOTH);
			(void)mun_pump_block(rig.pump);
			tear_down(&rig);
		}
	}
	mun_pump_free(NULL);
}

static void
the_advised_number_of_helpers_is_one_that_works(void **state)
{
	struct rig rig;

	(void)state;
	assert_in_range(mun_pump_threads(), 0, THREADS_MAX);
	set_up(&rig, mun_pump_threads(), -1);
	tear_down(&rig);
}

static void
three_helpers_are_not_to_be_had(void **state)
{
	const struct mun_pump_options options = { .write_fd = -1,
		.threads = 3 };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_pump *pump = NULL;

	(void)state;
	MUN_EXPECT_STATUS(
	    mun_pump_new(&pump, &options, &err), MUN_ERR_USAGE, &err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    items_of_every_length_have_their_digests_whatever_the_threads),
		cmocka_unit_test_setup_teardown(
		    the_file_holds_the_stream_whatever_the_threads,
		    mun_scratch_setup, mun_scratch_teardown),
		cmocka_unit_test_setup_teardown(
		    holes_are_read_back_as_the_zeros_they_are,
		    mun_scratch_setup, mun_scratch_teardown),
		cmocka_unit_test_setup_teardown(
		    a_file_that_changes_behind_the_pump_is_found,
		    mun_scratch_setup, mun_scratch_teardown),
		cmocka_unit_test_setup_teardown(
		    many_small_items_make_one_stream, mun_scratch_setup,
		    mun_scratch_teardown),
		cmocka_unit_test(an_item_may_come_in_pieces_of_any_kind),
		cmocka_unit_test(stream_and_item_can_be_fed_alone),
		cmocka_unit_test(a_finished_pump_can_be_used_again),
		cmocka_unit_test_setup_teardown(
		    rewinding_gives_the_stream_as_it_was_marked,
		    mun_scratch_setup, mun_scratch_teardown),
		cmocka_unit_test(the_newest_mark_counts),
		cmocka_unit_test(a_pump_without_mark_does_not_rewind),
		cmocka_unit_test(a_full_disk_is_reported_by_every_later_call),
		cmocka_unit_test_setup_teardown(
		    after_a_failed_write_nothing_more_is_written,
		    mun_scratch_setup, mun_scratch_teardown),
		cmocka_unit_test(
		    the_end_of_a_later_item_tells_of_the_full_disk),
		cmocka_unit_test(
		    a_pump_can_be_dropped_in_the_middle_of_its_work),
		cmocka_unit_test(
		    the_advised_number_of_helpers_is_one_that_works),
		cmocka_unit_test(three_helpers_are_not_to_be_had),
	};

	int failed = cmocka_run_group_tests(tests, make_input, free_input);

	is_all_openssl = true;
	return failed + cmocka_run_group_tests(tests, make_input, free_input);
}
