/* SPDX-License-Identifier: BSD-2-Clause */
/* test_file.c - files that appear whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"

static struct mun_error err = MUN_ERROR_INIT;

static void
expect_content(int dir_fd, const char *path, const char *text)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(1 << 20);

	MUN_EXPECT_OK(mun_file_read_whole(dir_fd, path, &buf, &err), &err);
	assert_string_equal(mun_buffer_text(&buf), text);
	mun_buffer_free(&buf);
}

static void
expect_absent(int dir_fd, const char *path)
{
	struct stat found;

	assert_int_equal(
	    fstatat(dir_fd, path, &found, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(errno, ENOENT);
}

static void
test_file_put_new_puts_the_bytes_with_the_mode_whatever_the_umask(void **state)
{
	const struct mun_scratch *scratch = *state;
	mode_t before = umask(0777);
	struct stat found;

	MUN_EXPECT_OK(
	    mun_file_put_new(scratch->fd, "a", "bytes", 5, 0444, &err), &err);
	(void)umask(before);
	assert_int_equal(fstatat(scratch->fd, "a", &found, 0), 0);
	assert_int_equal(found.st_mode & 07777, 0444);
	expect_content(scratch->fd, "a", "bytes");
	expect_absent(scratch->fd, ".a.tmp");
}

static void
test_file_put_new_replaces_nothing(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_scratch_write(scratch, "a", "old", 3);
	MUN_EXPECT_STATUS(
	    mun_file_put_new(scratch->fd, "a", "new", 3, 0444, &err),
	    MUN_ERR_EXISTS, &err);
	MUN_EXPECT_TEXT(&err, "write 'a': name 'a': File exists");
	expect_content(scratch->fd, "a", "old");
	expect_absent(scratch->fd, ".a.tmp");
	/* nor a link that leads nowhere */
	assert_int_equal(symlinkat("nowhere", scratch->fd, "b"), 0);
	MUN_EXPECT_STATUS(
	    mun_file_put_new(scratch->fd, "b", "new", 3, 0444, &err),
	    MUN_ERR_EXISTS, &err);
	expect_absent(scratch->fd, "nowhere");
}

static void
test_file_replace_replaces_and_follows_no_link(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_scratch_write(scratch, "target", "target", 6);
	assert_int_equal(symlinkat("target", scratch->fd, "a"), 0);
	MUN_EXPECT_OK(
	    mun_file_replace(scratch->fd, "a", "new", 3, 0444, &err), &err);
	MUN_EXPECT_OK(
	    mun_file_replace(scratch->fd, "a", "newer", 5, 0444, &err), &err);
	expect_content(scratch->fd, "a", "newer");
	expect_content(scratch->fd, "target", "target");
}

static void
test_file_put_new_puts_an_empty_file_in_a_folder(void **state)
{
	const struct mun_scratch *scratch = *state;

	assert_int_equal(mkdirat(scratch->fd, "folder", 0700), 0);
	MUN_EXPECT_OK(
	    mun_file_put_new(scratch->fd, "folder/a", NULL, 0, 0444, &err),
	    &err);
	expect_content(scratch->fd, "folder/a", "");
	MUN_EXPECT_STATUS(
	    mun_file_put_new(scratch->fd, "none/a", NULL, 0, 0444, &err),
	    MUN_ERR_NOT_FOUND, &err);
}

static void
test_file_put_new_takes_names_of_255_bytes(void **state)
{
	const struct mun_scratch *scratch = *state;
	char name[257];

	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	MUN_EXPECT_OK(
	    mun_file_put_new(scratch->fd, name, "x", 1, 0444, &err), &err);
	expect_content(scratch->fd, name, "x");
	name[255] = 'n';
	name[256] = '\0';
	MUN_EXPECT_STATUS(
	    mun_file_put_new(scratch->fd, name, "x", 1, 0444, &err),
	    MUN_ERR_SYSTEM, &err);
}

static void
test_file_put_new_removes_what_a_dead_writer_left(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_scratch_write(scratch, ".a.tmp", "half", 4);
	MUN_EXPECT_OK(
	    mun_file_put_new(scratch->fd, "a", "whole", 5, 0444, &err), &err);
	expect_content(scratch->fd, "a", "whole");
	expect_absent(scratch->fd, ".a.tmp");
	/* also when it is a trap: a link, a FIFO */
	mun_scratch_write(scratch, "target", "target", 6);
	assert_int_equal(symlinkat("target", scratch->fd, ".b.tmp"), 0);
	MUN_EXPECT_OK(
	    mun_file_put_new(scratch->fd, "b", "whole", 5, 0444, &err), &err);
	expect_content(scratch->fd, "b", "whole");
	expect_content(scratch->fd, "target", "target");
	assert_int_equal(mkfifoat(scratch->fd, ".c.tmp", 0600), 0);
	MUN_EXPECT_OK(
	    mun_file_put_new(scratch->fd, "c", "whole", 5, 0444, &err), &err);
}

static void
test_file_put_new_leaves_a_live_writers_temporary_alone(void **state)
{
	const struct mun_scratch *scratch = *state;
	int fd;

	mun_scratch_write(scratch, ".a.tmp", "half", 4);
	fd = openat(scratch->fd, ".a.tmp", O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	MUN_EXPECT_OK(
	    mun_file_put_new(scratch->fd, "a", "whole", 5, 0444, &err), &err);
	expect_content(scratch->fd, "a", "whole");
	expect_content(scratch->fd, ".a.tmp", "half");
	MUN_EXPECT_OK(
	    mun_file_remove_dead_temporary(scratch->fd, ".a.tmp", &err), &err);
	expect_content(scratch->fd, ".a.tmp", "half");
	assert_int_equal(close(fd), 0);
	MUN_EXPECT_OK(
	    mun_file_remove_dead_temporary(scratch->fd, ".a.tmp", &err), &err);
	expect_absent(scratch->fd, ".a.tmp");
	MUN_EXPECT_STATUS(
	    mun_file_remove_dead_temporary(scratch->fd, "a", &err),
	    MUN_ERR_USAGE, &err);
}

/* Writers of one name at one time: one wins, none leaves anything. */
static void
test_file_put_new_lets_exactly_one_of_many_win(void **state)
{
	const struct mun_scratch *scratch = *state;
	enum {
		WRITERS = 8,
		ROUNDS = 20
	};

	for (int round = 0; round < ROUNDS; round++) {
		char name[32];
		pid_t child[WRITERS];
		int winners = 0;

		(void)snprintf(name, sizeof(name), "name-%d", round);
		for (int i = 0; i < WRITERS; i++) {
			char text[16];

			(void)snprintf(text, sizeof(text), "writer %d", i);
			child[i] = fork();
			assert_true(child[i] >= 0);
			if (child[i] == 0)
				_exit((int)mun_file_put_new(scratch->fd, name,
				    text, strlen(text), 0444, NULL));
		}
		for (int i = 0; i < WRITERS; i++) {
			int result;

			assert_int_equal(
			    waitpid(child[i], &result, 0), child[i]);
			assert_true(WIFEXITED(result));
			winners += WEXITSTATUS(result) == MUN_OK;
			assert_true(WEXITSTATUS(result) == MUN_OK ||
			    WEXITSTATUS(result) == MUN_ERR_EXISTS);
		}
		assert_int_equal(winners, 1);
		(void)snprintf(name, sizeof(name), ".name-%d.tmp", round);
		expect_absent(scratch->fd, name);
	}
}

static void
test_file_is_temporary_name_tells_temporaries(void **state)
{
	(void)state;
	assert_true(mun_file_is_temporary_name(".a.tmp"));
	assert_true(mun_file_is_temporary_name(".checkpoint.12.tmp"));
	assert_false(mun_file_is_temporary_name("a.tmp"));
	assert_false(mun_file_is_temporary_name("..tmp"));
	assert_false(mun_file_is_temporary_name(".tmp"));
	assert_false(mun_file_is_temporary_name(".a.tmpx"));
	assert_false(mun_file_is_temporary_name(""));
}

static void
test_file_read_whole_opens_plain_files_only(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_buffer buf = MUN_BUFFER_INIT(100);
	static const char *const names[] = { "link", "fifo", "folder",
		"plain/below" };

	mun_scratch_write(scratch, "plain", "x", 1);
	assert_int_equal(symlinkat("plain", scratch->fd, "link"), 0);
	assert_int_equal(mkfifoat(scratch->fd, "fifo", 0600), 0);
	assert_int_equal(mkdirat(scratch->fd, "folder", 0700), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		MUN_EXPECT_STATUS(
		    mun_file_read_whole(scratch->fd, names[i], &buf, &err),
		    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_file_read_whole(AT_FDCWD, "/dev/null", &buf, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_file_read_whole(scratch->fd, "absent", &buf, &err),
	    MUN_ERR_NOT_FOUND, &err);
	assert_int_equal(buf.len, 0);
	mun_buffer_free(&buf);
}

static void
test_file_read_whole_reads_up_to_the_limit_and_not_beyond(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_buffer buf = MUN_BUFFER_INIT(6);

	mun_scratch_write(scratch, "four", "four", 4);
	mun_buffer_append_text(&buf, "12");
	MUN_EXPECT_OK(
	    mun_file_read_whole(scratch->fd, "four", &buf, &err), &err);
	assert_string_equal(mun_buffer_text(&buf), "12four");
	buf.len = 3;
	MUN_EXPECT_STATUS(mun_file_read_whole(scratch->fd, "four", &buf, &err),
	    MUN_ERR_LIMIT, &err);
	assert_string_equal(mun_buffer_text(&buf), "12f");
	mun_buffer_free(&buf);
}

/* What has no size beforehand (or grows) meets the limit while it is read. */
static void
test_file_read_open_stops_a_growing_file_at_the_limit(void **state)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(100000);
	static uint8_t zeros[50001];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	MUN_EXPECT_OK(mun_file_write_all(ends[1], zeros, 50001, &err), &err);
	assert_int_equal(close(ends[1]), 0);
	MUN_EXPECT_OK(mun_file_read_open(ends[0], 0, &buf, &err), &err);
	assert_int_equal(buf.len, 50001);
	mun_buffer_free(&buf);
	mun_file_close(&ends[0]);
	assert_int_equal(ends[0], -1);

	assert_int_equal(pipe(ends), 0);
	MUN_EXPECT_OK(mun_file_write_all(ends[1], zeros, 5001, &err), &err);
	assert_int_equal(close(ends[1]), 0);
	buf = (struct mun_buffer)MUN_BUFFER_INIT(5000);
	MUN_EXPECT_STATUS(
	    mun_file_read_open(ends[0], 0, &buf, &err), MUN_ERR_LIMIT, &err);
	assert_int_equal(buf.len, 0);
	mun_buffer_free(&buf);
	mun_file_close(&ends[0]);
}

static void
test_file_read_at_reads_at_an_offset(void **state)
{
	const struct mun_scratch *scratch = *state;
	char bytes[8] = "";
	uint64_t size;
	size_t got;
	int fd;

	mun_scratch_write(scratch, "a", "0123456789", 10);
	MUN_EXPECT_OK(
	    mun_file_open_regular(scratch->fd, "a", &fd, &size, &err), &err);
	assert_int_equal(size, 10);
	MUN_EXPECT_OK(mun_file_read_at(fd, bytes, 4, 3, &got, &err), &err);
	assert_int_equal(got, 4);
	assert_memory_equal(bytes, "3456", 4);
	MUN_EXPECT_OK(mun_file_read_at(fd, bytes, 4, 8, &got, &err), &err);
	assert_int_equal(got, 2);
	MUN_EXPECT_OK(mun_file_read_full(fd, bytes, 4, &got, &err), &err);
	assert_memory_equal(bytes, "0123", 4);
	MUN_EXPECT_STATUS(
	    mun_file_read_at(fd, bytes, 4, UINT64_MAX - 1, &got, &err),
	    MUN_ERR_USAGE, &err);
	mun_file_close(&fd);
}

static void
test_file_write_all_reports_a_full_disk(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	if (fd < 0)
		skip();
	MUN_EXPECT_STATUS(
	    mun_file_write_all(fd, "x", 1, &err), MUN_ERR_SYSTEM, &err);
	assert_int_equal(err.code, ENOSPC);
	MUN_EXPECT_TEXT(&err, "No space left on device");
	mun_file_close(&fd);
}

/* Append bytes in pieces of a length; the file has them, and its length after
 * each.  The descriptor. */
static int
append_sparse(int dir_fd, const uint8_t *bytes, size_t len, size_t piece)
{
	int fd = openat(
	    dir_fd, "sparse", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint8_t *stored = malloc(len + 1);
	struct stat state;

	assert_true(fd >= 0 && stored != NULL);
	for (size_t at = 0; at < len; at += piece) {
		size_t step = len - at < piece ? len - at : piece;

		MUN_EXPECT_OK(
		    mun_file_append_sparse(fd, bytes + at, step, &err), &err);
		assert_int_equal(fstat(fd, &state), 0);
		assert_int_equal(state.st_size, at + step);
	}
	assert_int_equal(pread(fd, stored, len + 1, 0), len);
	assert_memory_equal(stored, bytes, len);
	free(stored);
	return fd;
}

/* Zeros before, between and behind; and bytes that begin with zeros, end with
 * them, or have one other in the midst of them. */
static void
test_file_append_sparse_keeps_every_byte_whatever_the_pieces(void **state)
{
	enum {
		LEN = 1 << 20
	};
	static const size_t pieces[] = { 1000, 65535, 65536, 65537, 262144,
		LEN };
	static const size_t ones[] = { 65536, 65537, 200000, 262143, 262144,
		393215, 917503, 917504, LEN - 65537, LEN - 65536, LEN - 1 };
	const struct mun_scratch *scratch = *state;
	uint8_t *bytes = calloc(1, LEN);

	assert_non_null(bytes);
	for (size_t one = 0; one <= sizeof(ones) / sizeof(*ones); one++) {
		for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
			int fd = append_sparse(
			    scratch->fd, bytes, LEN - one, pieces[i]);

			mun_file_close(&fd);
		}
		if (one < sizeof(ones) / sizeof(*ones))
			bytes[ones[one]] = 1;
	}
	free(bytes);
}

static void
test_file_append_sparse_stores_no_zeros(void **state)
{
	enum {
		LEN = 16 << 20
	};
	const struct mun_scratch *scratch = *state;
	uint8_t *bytes = calloc(1, LEN);
	int fd;

	assert_non_null(bytes);
	memset(bytes, 0xff, 512);
	fd = append_sparse(scratch->fd, bytes, LEN, 262144);
	assert_true(mun_harness_has_holes(fd, 2 * 65536));
	mun_file_close(&fd);
	free(bytes);
}

static void
test_file_append_sparse_says_what_it_cannot_do(void **state)
{
	uint8_t *zeros = calloc(1, 65536);
	int ends[2];

	(void)state;
	assert_non_null(zeros);
	assert_int_equal(pipe(ends), 0);
	MUN_EXPECT_STATUS(mun_file_append_sparse(ends[1], zeros, 65536, &err),
	    MUN_ERR_SYSTEM, &err);
	assert_int_equal(err.code, ESPIPE);
	mun_file_close(&ends[0]);
	mun_file_close(&ends[1]);
	free(zeros);
}

static void
test_file_rename_new_replaces_nothing(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_scratch_write(scratch, "a", "a", 1);
	mun_scratch_write(scratch, "b", "b", 1);
	MUN_EXPECT_STATUS(
	    mun_file_rename_new(scratch->fd, "a", scratch->fd, "b", &err),
	    MUN_ERR_EXISTS, &err);
	MUN_EXPECT_OK(
	    mun_file_rename_new(scratch->fd, "a", scratch->fd, "c", &err),
	    &err);
	expect_content(scratch->fd, "b", "b");
	expect_content(scratch->fd, "c", "a");
	expect_absent(scratch->fd, "a");
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(
		    test_file_put_new_puts_the_bytes_with_the_mode_whatever_the_umask),
		WITH_SCRATCH(test_file_put_new_replaces_nothing),
		WITH_SCRATCH(test_file_replace_replaces_and_follows_no_link),
		WITH_SCRATCH(test_file_put_new_puts_an_empty_file_in_a_folder),
		WITH_SCRATCH(test_file_put_new_takes_names_of_255_bytes),
		WITH_SCRATCH(test_file_put_new_removes_what_a_dead_writer_left),
		WITH_SCRATCH(
		    test_file_put_new_leaves_a_live_writers_temporary_alone),
		WITH_SCRATCH(test_file_put_new_lets_exactly_one_of_many_win),
		cmocka_unit_test(test_file_is_temporary_name_tells_temporaries),
		WITH_SCRATCH(test_file_read_whole_opens_plain_files_only),
		WITH_SCRATCH(
		    test_file_read_whole_reads_up_to_the_limit_and_not_beyond),
		cmocka_unit_test(
		    test_file_read_open_stops_a_growing_file_at_the_limit),
		WITH_SCRATCH(test_file_read_at_reads_at_an_offset),
		cmocka_unit_test(test_file_write_all_reports_a_full_disk),
		WITH_SCRATCH(
		    test_file_append_sparse_keeps_every_byte_whatever_the_pieces),
		WITH_SCRATCH(test_file_append_sparse_stores_no_zeros),
		cmocka_unit_test(
		    test_file_append_sparse_says_what_it_cannot_do),
		WITH_SCRATCH(test_file_rename_new_replaces_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
