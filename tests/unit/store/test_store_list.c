/* SPDX-License-Identifier: BSD-2-Clause */
/* test_store_list.c - whatever lies in a vault is named, and harms nothing. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "harness/harness.h"
#include "store/store.h"

static struct mun_error err = MUN_ERROR_INIT;

/* One line per visit: kind, size (of files), name. */
static enum mun_status
note(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *ignored)
{
	static const char letters[] = { [MUN_STORE_FILE] = 'f',
		[MUN_STORE_FOLDER] = 'd',
		[MUN_STORE_OTHER] = 'o' };
	struct mun_buffer *out = ctx;

	(void)ignored;
	mun_buffer_append_byte(out, (uint8_t)letters[kind]);
	if (kind == MUN_STORE_FILE)
		mun_buffer_append_format(out, "%u", (unsigned)size);
	mun_buffer_append_format(out, " %s\n", name);
	return MUN_OK;
}

static void
expect_list(
    const struct mun_scratch *scratch, const char *folder, const char *lines)
{
	struct mun_buffer out = MUN_BUFFER_INIT(1 << 20);
	struct mun_store *store;

	MUN_EXPECT_OK(mun_store_open(&store, scratch->path, &err), &err);
	MUN_EXPECT_OK(mun_store_list(store, folder, note, &out, &err), &err);
	assert_string_equal(mun_buffer_text(&out), lines);
	mun_buffer_free(&out);
	mun_store_close(store);
}

static void
test_store_list_names_everything_bytewise_folders_first(void **state)
{
	const struct mun_scratch *scratch = *state;

	assert_int_equal(mkdirat(scratch->fd, "log", 0700), 0);
	assert_int_equal(mkdirat(scratch->fd, "log/tile", 0700), 0);
	mun_scratch_write(scratch, "log/tile/000", "12", 2);
	mun_scratch_write(scratch, "log/b", "", 0);
	mun_scratch_write(scratch, "log/B", "", 0);
	mun_scratch_write(scratch, "log/.b.tmp", "", 0);
	mun_scratch_write(scratch, "log.txt", "1", 1);
	expect_list(scratch, "",
	    "d log\nf0 log/.b.tmp\nf0 log/B\nf0 log/b\nd log/tile\n"
	    "f2 log/tile/000\nf1 log.txt\n");
	expect_list(scratch, "log/tile", "f2 log/tile/000\n");
	expect_list(scratch, "absent", "");
	expect_list(scratch, "absent/too", "");
}

static void
test_store_list_survives_hostile_names_and_kinds(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	mun_scratch_write(scratch, "\n", "", 0);
	mun_scratch_write(scratch, "\x1b[2J", "", 0);
	mun_scratch_write(scratch, "\xff", "", 0);
	mun_scratch_write(scratch, " ", "", 0);
	assert_int_equal(mkdirat(scratch->fd, "...", 0700), 0);
	assert_int_equal(symlinkat("...", scratch->fd, "link"), 0);
	assert_int_equal(symlinkat("..", scratch->fd, ".../up"), 0);
	assert_int_equal(symlinkat("loop", scratch->fd, "loop"), 0);
	assert_int_equal(mkfifoat(scratch->fd, "fifo", 0600), 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket",
	    scratch->path);
	assert_true(fd >= 0);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	mun_file_close(&fd);
	expect_list(scratch, "",
	    "f0 \n\nf0 \x1b[2J\nf0  \nd ...\no .../up\no fifo\no link\n"
	    "o loop\no socket\nf0 \xff\n");
}

static void
test_store_list_names_but_does_not_enter_what_is_too_deep(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_buffer lines = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer path = MUN_BUFFER_INIT(1 << 20);

	for (int i = 0; i < 40; i++) {
		mun_buffer_append_text(&path, i > 0 ? "/d" : "d");
		assert_int_equal(
		    mkdirat(scratch->fd, mun_buffer_text(&path), 0700), 0);
		if (i <= 32)
			mun_buffer_append_format(&lines, "%c %s\n",
			    i < 32 ? 'd' : 'o', mun_buffer_text(&path));
	}
	expect_list(scratch, "", mun_buffer_text(&lines));
	mun_buffer_free(&lines);
	mun_buffer_free(&path);
}

static void
test_store_list_takes_thousands_of_entries(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_buffer lines = MUN_BUFFER_INIT(1 << 20);

	for (int i = 0; i < 5000; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "%04d", 4999 - i);
		mun_scratch_write(scratch, name, "", 0);
		mun_buffer_append_format(&lines, "f0 %04d\n", i);
	}
	expect_list(scratch, "", mun_buffer_text(&lines));
	mun_buffer_free(&lines);
}

static enum mun_status
stop_at_second(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *visit_err)
{
	int *visits = ctx;

	(void)kind;
	(void)size;
	if (++*visits == 2)
		return mun_error_set(
		    visit_err, MUN_ERR_CANCELED, "stop at '%s'", name);
	return MUN_OK;
}

static void
test_store_list_stops_when_the_visitor_says_so(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_store *store;
	int visits = 0;

	mun_scratch_write(scratch, "a", "", 0);
	mun_scratch_write(scratch, "b", "", 0);
	mun_scratch_write(scratch, "c", "", 0);
	MUN_EXPECT_OK(mun_store_open(&store, scratch->path, &err), &err);
	MUN_EXPECT_STATUS(
	    mun_store_list(store, "", stop_at_second, &visits, &err),
	    MUN_ERR_CANCELED, &err);
	MUN_EXPECT_TEXT(&err, "stop at 'b'");
	assert_int_equal(visits, 2);
	mun_store_close(store);
}

static void
test_store_list_refuses_a_folder_that_is_none(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_buffer out = MUN_BUFFER_INIT(100);
	struct mun_store *store;

	mun_scratch_write(scratch, "file", "", 0);
	assert_int_equal(symlinkat(".", scratch->fd, "link"), 0);
	MUN_EXPECT_OK(mun_store_open(&store, scratch->path, &err), &err);
	MUN_EXPECT_STATUS(mun_store_list(store, "file", note, &out, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_store_list(store, "link", note, &out, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_store_list(store, "..", note, &out, &err), MUN_ERR_USAGE, &err);
	assert_int_equal(out.len, 0);
	mun_buffer_free(&out);
	mun_store_close(store);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(
		    test_store_list_names_everything_bytewise_folders_first),
		WITH_SCRATCH(test_store_list_survives_hostile_names_and_kinds),
		WITH_SCRATCH(
		    test_store_list_names_but_does_not_enter_what_is_too_deep),
		WITH_SCRATCH(test_store_list_takes_thousands_of_entries),
		WITH_SCRATCH(test_store_list_stops_when_the_visitor_says_so),
		WITH_SCRATCH(test_store_list_refuses_a_folder_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
