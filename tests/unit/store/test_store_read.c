/* SPDX-License-Identifier: BSD-2-Clause */
/* test_store_read.c - a hostile vault is read through no link and no trap. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

static void
expect_read(struct mun_store *store, const char *name, enum mun_status status)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(100);

	MUN_EXPECT_STATUS(
	    mun_store_read(store, name, &buf, &err), status, &err);
	assert_int_equal(buf.len, 0);
	mun_buffer_free(&buf);
}

static void
test_store_open_wants_a_folder(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store;
	char path[4096];

	mun_scratch_write(scratch, "file", "x", 1);
	(void)snprintf(path, sizeof(path), "%s/file", scratch->path);
	MUN_EXPECT_STATUS(
	    mun_store_open(&store, path, &err), MUN_ERR_SYSTEM, &err);
	assert_null(store);
	(void)snprintf(path, sizeof(path), "%s/absent", scratch->path);
	MUN_EXPECT_STATUS(
	    mun_store_open(&store, path, &err), MUN_ERR_NOT_FOUND, &err);
	mun_store_close(NULL);
}

static void
test_store_read_gives_a_file_and_keeps_what_the_buffer_had(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	struct mun_buffer buf = MUN_BUFFER_INIT(10);

	assert_int_equal(mkdirat(scratch->fd, "log", 0700), 0);
	mun_scratch_write(scratch, "log/checkpoint", "12345", 5);
	mun_buffer_append_text(&buf, "ab");
	MUN_EXPECT_OK(
	    mun_store_read(store, "log/checkpoint", &buf, &err), &err);
	assert_string_equal(mun_buffer_text(&buf), "ab12345");
	/* no room for it twice */
	MUN_EXPECT_STATUS(mun_store_read(store, "log/checkpoint", &buf, &err),
	    MUN_ERR_LIMIT, &err);
	MUN_EXPECT_TEXT(&err, "read 'log/checkpoint'");
	assert_string_equal(mun_buffer_text(&buf), "ab12345");
	assert_string_equal(mun_store_path(store), scratch->path);
	assert_true(mun_store_fd(store) >= 0);
	mun_buffer_free(&buf);
	mun_store_close(store);
}

static void
test_store_read_refuses_what_is_not_a_name(void **state)
{
	static const char *const names[] = { "", "/", "/a", "a/", "a//b", ".",
		"..", "./a", "a/.", "a/..", "../a", "a/../b", "a b", "a\nb",
		"a\\b", "\xc3\xa9", "a:b", "~", "a*" };
	struct mun_store *store = open_store(*state);
	char longest[1026];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect_read(store, names[i], MUN_ERR_USAGE);
	memset(longest, 'a', sizeof(longest));
	longest[1024] = '\0';
	expect_read(store, longest, MUN_ERR_USAGE);
	mun_store_close(store);
}

static void
make_traps(const struct mun_scratch *scratch)
{
	mun_scratch_write(scratch, "file", "x", 1);
	assert_int_equal(mkdirat(scratch->fd, "folder", 0700), 0);
	mun_scratch_write(scratch, "folder/file", "x", 1);
	assert_int_equal(symlinkat("file", scratch->fd, "link"), 0);
	assert_int_equal(symlinkat("folder", scratch->fd, "through"), 0);
	assert_int_equal(symlinkat("loop", scratch->fd, "loop"), 0);
	assert_int_equal(symlinkat("/etc/passwd", scratch->fd, "out"), 0);
	assert_int_equal(symlinkat("/proc/self/fd", scratch->fd, "magic"), 0);
	assert_int_equal(mkfifoat(scratch->fd, "fifo", 0600), 0);
}

static void
test_store_read_takes_plain_files_through_no_link(void **state)
{
	static const char *const traps[] = { "link", "through/file", "loop",
		"loop/file", "out", "magic/0", "fifo", "folder", "file/file" };
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);

	make_traps(scratch);
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		expect_read(store, traps[i], MUN_ERR_FORMAT);
	expect_read(store, "absent", MUN_ERR_NOT_FOUND);
	expect_read(store, "absent/file", MUN_ERR_NOT_FOUND);
	expect_read(store, "folder/absent", MUN_ERR_NOT_FOUND);
	mun_store_close(store);
}

static void
test_store_open_file_gives_descriptor_and_size(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	uint64_t size;
	int fd;

	mun_scratch_write(scratch, "file", "12345", 5);
	MUN_EXPECT_OK(
	    mun_store_open_file(store, "file", &fd, &size, &err), &err);
	assert_int_equal(size, 5);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	mun_file_close(&fd);
	MUN_EXPECT_STATUS(mun_store_open_file(store, "none", &fd, &size, &err),
	    MUN_ERR_NOT_FOUND, &err);
	assert_int_equal(fd, -1);
	mun_store_close(store);
}

static void
test_store_has_plain_files_only(void **state)
{
	static const char *const absent[] = { "absent", "absent/file",
		"folder/absent", "folder", "link", "fifo" };
	const struct mun_scratch *scratch = *state;
	struct mun_store *store = open_store(scratch);
	bool has;

	make_traps(scratch);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		has = true;
		MUN_EXPECT_OK(
		    mun_store_has(store, absent[i], &has, &err), &err);
		assert_false(has);
	}
	MUN_EXPECT_OK(mun_store_has(store, "folder/file", &has, &err), &err);
	assert_true(has);
	MUN_EXPECT_STATUS(mun_store_has(store, "through/file", &has, &err),
	    MUN_ERR_FORMAT, &err);
	assert_false(has);
	MUN_EXPECT_STATUS(
	    mun_store_has(store, "../file", &has, &err), MUN_ERR_USAGE, &err);
	mun_store_close(store);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_store_open_wants_a_folder),
		WITH_SCRATCH(
		    test_store_read_gives_a_file_and_keeps_what_the_buffer_had),
		WITH_SCRATCH(test_store_read_refuses_what_is_not_a_name),
		WITH_SCRATCH(test_store_read_takes_plain_files_through_no_link),
		WITH_SCRATCH(test_store_open_file_gives_descriptor_and_size),
		WITH_SCRATCH(test_store_has_plain_files_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
