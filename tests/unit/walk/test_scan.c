/* SPDX-License-Identifier: BSD-2-Clause */
/* test_scan.c - a tree becomes a complete list in path order. */
#define _GNU_SOURCE /* mount(2), setresuid(2) */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "tree.h"
#include "walk/walk_internal.h"

static void
expect_list(const struct mun_scratch *scratch, const char *operand,
    const char *expected)
{
	struct mun_walk *walk = tree_scan(scratch, operand);
	char *list = tree_list(walk);

	assert_string_equal(list, expected);
	free(list);
	mun_walk_free(walk);
}

static void
test_order_is_bytewise_by_full_path(void **state)
{
	const struct mun_scratch *scratch = *state;

	tree_folder(scratch, "d");
	tree_folder(scratch, "d/a");
	tree_file(scratch, "d/a/b");
	tree_file(scratch, "d/a.txt");
	tree_file(scratch, "d/a0");
	tree_file(scratch, "d/B");
	tree_file(scratch, "d/\xff");
	tree_file(scratch, "d/\xc3\xa9");
	tree_folder(scratch, "d/a-");
	tree_file(scratch, "d/a-/z");
	expect_list(scratch, "d",
	    "D d/B\nD d/a-/z\nD d/a.txt\nD d/a/b\nD d/a0\n"
	    "D d/\xc3\xa9\nD d/\xff\n");
}

static void
test_an_empty_folder_is_recorded_at_its_own_place(void **state)
{
	const struct mun_scratch *scratch = *state;

	tree_folder(scratch, "d");
	tree_folder(scratch, "d/a");
	tree_file(scratch, "d/a.txt");
	tree_folder(scratch, "d/empty");
	tree_folder(scratch, "d/full");
	tree_file(scratch, "d/full.txt");
	tree_file(scratch, "d/full/x");
	expect_list(scratch, "d",
	    "E d/a\nD d/a.txt\nE d/empty\nD d/full.txt\nD d/full/x\n");
	tree_folder(scratch, "nothing");
	expect_list(scratch, "nothing", "E nothing\n");
}

static void
make_socket(const struct mun_scratch *scratch, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(
	    snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s",
		scratch->path, name) < (int)sizeof(address.sun_path));
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void
test_what_is_no_document_is_recorded_as_what_it_is(void **state)
{
	const struct mun_scratch *scratch = *state;

	tree_folder(scratch, "d");
	tree_file(scratch, "d/z");
	tree_link(scratch, "d/loop", "loop");
	tree_link(scratch, "d/up", "..");
	tree_link(scratch, "d/out", "/etc/passwd");
	tree_link(scratch, "d/none", "\x1b]52;c;");
	assert_int_equal(mkfifoat(scratch->fd, "d/fifo", 0644), 0);
	make_socket(scratch, "d/socket");
	expect_list(scratch, "d",
	    "F d/fifo\nL d/loop -> loop\nL d/none -> \x1b]52;c;\n"
	    "L d/out -> /etc/passwd\nS d/socket\nL d/up -> ..\nD d/z\n");
}

static void
test_devices_are_recorded_and_not_opened(void **state)
{
	const struct mun_scratch *scratch = *state;

	tree_folder(scratch, "d");
	if (mknodat(scratch->fd, "d/null", S_IFCHR | 0666, makedev(1, 3)) !=
		0 ||
	    mknodat(scratch->fd, "d/ram", S_IFBLK | 0666, makedev(1, 0)) != 0)
		skip();
	expect_list(scratch, "d", "C d/null\nB d/ram\n");
}

static void
test_mount_points_are_not_entered(void **state)
{
	const struct mun_scratch *scratch = *state;
	char other[512];
	char bind_file[512];
	char self[512];

	tree_folder(scratch, "d");
	tree_folder(scratch, "d/other");
	tree_folder(scratch, "d/self");
	tree_file(scratch, "d/file");
	tree_file(scratch, "plain");
	snprintf(other, sizeof(other), "%s/d/other", scratch->path);
	snprintf(self, sizeof(self), "%s/d/self", scratch->path);
	snprintf(bind_file, sizeof(bind_file), "%s/plain", scratch->path);
	if (mount("none", other, "tmpfs", 0, "size=64k") != 0)
		skip();
	tree_file(scratch, "d/other/hidden");
	/* A loop made of one file system: the device number never changes. */
	assert_int_equal(mount(scratch->path, self, "none", MS_BIND, NULL), 0);
	struct mun_walk *walk = tree_scan(scratch, "d");
	char *list = tree_list(walk);
	umount2(self, MNT_DETACH);
	umount2(other, MNT_DETACH);
	mun_walk_free(walk);
	assert_string_equal(list, "D d/file\nM d/other\nM d/self\n");
	free(list);
}

static void
test_a_file_mounted_over_another_is_no_document(void **state)
{
	const struct mun_scratch *scratch = *state;
	char from[512];
	char to[512];

	tree_folder(scratch, "d");
	tree_file(scratch, "d/file");
	tree_file(scratch, "plain");
	snprintf(from, sizeof(from), "%s/plain", scratch->path);
	snprintf(to, sizeof(to), "%s/d/file", scratch->path);
	if (mount(from, to, "none", MS_BIND, NULL) != 0)
		skip();
	struct mun_walk *walk = tree_scan(scratch, "d");
	char *list = tree_list(walk);
	umount2(to, MNT_DETACH);
	mun_walk_free(walk);
	assert_string_equal(list, "M d/file\n");
	free(list);
}

/* Root reads everything: the scan runs as somebody else. */
static void
as_nobody(const struct mun_scratch *scratch, const char *expected)
{
	int wait_status;
	pid_t child;

	if (geteuid() != 0) {
		expect_list(scratch, "d", expected);
		return;
	}
	assert_int_equal(chmod(scratch->path, 0755), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_walk *walk = NULL;
		char *list;

		if (setresgid(65534, 65534, 65534) != 0 ||
		    setresuid(65534, 65534, 65534) != 0)
			_exit(2);
		if (tree_try(scratch, "d", &walk, &err) != MUN_OK)
			_exit(3);
		list = tree_list(walk);
		if (strcmp(list, expected) != 0)
			print_error("got:\n%s", list);
		_exit(strcmp(list, expected) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &wait_status, 0), child);
	assert_int_equal(wait_status, 0);
}

static void
test_unreadable_files_and_folders_are_entries(void **state)
{
	const struct mun_scratch *scratch = *state;

	tree_folder(scratch, "d");
	tree_file(scratch, "d/open");
	tree_file(scratch, "d/shut");
	tree_folder(scratch, "d/no");
	tree_file(scratch, "d/no/inside");
	tree_file(scratch, "d/no.txt");
	tree_folder(scratch, "d/list-only");
	tree_file(scratch, "d/list-only/inside");
	assert_int_equal(fchmodat(scratch->fd, "d/shut", 0, 0), 0);
	assert_int_equal(fchmodat(scratch->fd, "d/no", 0, 0), 0);
	assert_int_equal(fchmodat(scratch->fd, "d/list-only", 0444, 0), 0);
	as_nobody(
	    scratch, "U d/list-only\nU d/no\nD d/no.txt\nD d/open\nU d/shut\n");
	assert_int_equal(fchmodat(scratch->fd, "d/no", 0755, 0), 0);
	assert_int_equal(fchmodat(scratch->fd, "d/list-only", 0755, 0), 0);
}

static void
test_any_byte_may_be_in_a_name(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_buffer expected = MUN_BUFFER_INIT(100000);
	struct mun_walk *walk;
	char *list;

	tree_folder(scratch, "d");
	for (int byte = 1; byte < 256; byte++) {
		char name[] = { 'd', '/', 'n', (char)byte, 0 };

		if (byte == '/')
			continue;
		tree_file(scratch, name);
		mun_buffer_append_format(&expected, "D %s\n", name);
	}
	walk = tree_scan(scratch, "d");
	list = tree_list(walk);
	assert_string_equal(list, mun_buffer_text(&expected));
	free(list);
	mun_walk_free(walk);
	mun_buffer_free(&expected);
}

static void
test_sizes_times_and_links_are_told(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct timespec times[2] = { { .tv_sec = 5 },
		{ .tv_sec = -86400, .tv_nsec = 123456789 } };
	struct mun_walk_totals totals;
	struct mun_walk_entry entry;
	struct mun_walk *walk;

	tree_folder(scratch, "d");
	mun_scratch_write(scratch, "d/a", "12345", 5);
	assert_int_equal(linkat(scratch->fd, "d/a", scratch->fd, "d/b", 0), 0);
	assert_int_equal(utimensat(scratch->fd, "d/a", times, 0), 0);
	walk = tree_scan(scratch, "d");
	mun_walk_get(walk, 0, &entry);
	assert_int_equal(entry.kind, MUN_WALK_DOCUMENT);
	assert_int_equal(entry.size, 5);
	assert_int_equal(entry.mtime_s, -86400);
	assert_int_equal(entry.mtime_ns, 123456789);
	assert_int_equal(entry.links, 2);
	mun_walk_count(walk, &totals);
	assert_int_equal(totals.documents, 2);
	assert_int_equal(totals.bytes, 10);
	assert_int_equal(totals.folders, 1);
	mun_walk_free(walk);
}

static void
test_a_deep_tree_needs_few_descriptors(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct rlimit before;
	struct rlimit few;
	struct mun_walk_state opened;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk *walk;
	int fd;

	tree_folder(scratch, "d");
	tree_deep(scratch, "d", "level", 1000);
	tree_file(scratch, "d/zz");
	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = 16;
	setrlimit(RLIMIT_NOFILE, &few);
	walk = tree_scan(scratch, "d");
	assert_int_equal(mun_walk_entries(walk), 2);
	for (int round = 0; round < 3; round++)
		for (uint64_t i = 0; i < 2; i++) {
			MUN_EXPECT_OK(
			    mun_walk_open(walk, i, &fd, &opened, &err), &err);
			assert_int_equal(opened.size, i == 0 ? 3 : 4);
			close(fd);
		}
	setrlimit(RLIMIT_NOFILE, &before);
	mun_walk_free(walk);
}

static void
test_folders_beyond_the_depth_limit_are_entries(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_walk *walk;
	struct mun_walk_entry entry;

	tree_folder(scratch, "d");
	tree_deep(scratch, "d", "l", MUN_DEPTH_MAX - 1);
	walk = tree_scan(scratch, "d");
	mun_walk_get(walk, 0, &entry);
	assert_int_equal(mun_walk_entries(walk), 1);
	assert_int_equal(entry.kind, MUN_WALK_DOCUMENT);
	mun_walk_free(walk);
	tree_folder(scratch, "e");
	tree_deep(scratch, "e", "l", MUN_DEPTH_MAX);
	walk = tree_scan(scratch, "e");
	mun_walk_get(walk, 0, &entry);
	assert_int_equal(mun_walk_entries(walk), 1);
	assert_int_equal(entry.kind, MUN_WALK_TOO_DEEP);
	mun_walk_free(walk);
}

static void
test_paths_beyond_the_length_limit_are_entries(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_buffer path = MUN_BUFFER_INIT(200000);
	struct mun_walk *walk;
	struct mun_walk_entry entry;
	char name[201];

	memset(name, 'x', 200);
	name[200] = 0;
	tree_folder(scratch, "d");
	tree_deep(scratch, "d", name, 1500); /* 300 KB of path */
	walk = tree_scan(scratch, "d");
	mun_walk_get(walk, 0, &entry);
	mun_walk_path(walk, 0, &path);
	assert_int_equal(mun_walk_entries(walk), 1);
	assert_int_equal(entry.kind, MUN_WALK_TOO_LONG);
	assert_true(path.len > MUN_PATH_MAX);
	assert_true(path.len < MUN_PATH_MAX + 256);
	mun_buffer_free(&path);
	mun_walk_free(walk);
}

static bool
stop_at_once(void *ctx, const struct mun_walk_totals *now)
{
	(void)now;
	++*(int *)ctx;
	return false;
}

static void
test_the_person_can_stop_it(void **state)
{
	const struct mun_scratch *scratch = *state;
	const char *operands[] = { scratch->path };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_walk *walk;
	int asked = 0;

	tree_file(scratch, "a");
	tree_file(scratch, "b");
	MUN_EXPECT_STATUS(mun_walk_scan(&walk, operands, 1, NULL, 0,
			      stop_at_once, &asked, &err),
	    MUN_ERR_CANCELED, &err);
	assert_null(walk);
	assert_int_equal(asked, 1);
}

static double
cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
test_many_files_need_little_memory(void **state)
{
	const struct mun_scratch *scratch = *state;
	enum {
		FILES = 40000
	};
	struct mun_walk *walk;
	char name[64];
	size_t memory;
	double start;

	tree_folder(scratch, "d");
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "d/document-number-%06d.txt", i);
		int fd = openat(scratch->fd, name, O_WRONLY | O_CREAT, 0644);
		assert_true(fd >= 0);
		close(fd);
	}
	start = cpu_s();
	walk = tree_scan(scratch, "d");
	memory =
	    walk->node_capacity * sizeof(*walk->nodes) + walk->names.capacity;
	print_message("%d files: %zu bytes, %.0f ms of CPU\n", FILES, memory,
	    (cpu_s() - start) * 1000);
	assert_int_equal(mun_walk_entries(walk), FILES);
	/* 200,000 of them are to stay below 25 MiB. */
	assert_true(memory / FILES < 25 * 1048576 / 200000);
	mun_walk_free(walk);
}

#define IN_SCRATCH(test)                 \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_order_is_bytewise_by_full_path),
		IN_SCRATCH(test_an_empty_folder_is_recorded_at_its_own_place),
		IN_SCRATCH(test_what_is_no_document_is_recorded_as_what_it_is),
		IN_SCRATCH(test_devices_are_recorded_and_not_opened),
		IN_SCRATCH(test_mount_points_are_not_entered),
		IN_SCRATCH(test_a_file_mounted_over_another_is_no_document),
		IN_SCRATCH(test_unreadable_files_and_folders_are_entries),
		IN_SCRATCH(test_any_byte_may_be_in_a_name),
		IN_SCRATCH(test_sizes_times_and_links_are_told),
		IN_SCRATCH(test_a_deep_tree_needs_few_descriptors),
		IN_SCRATCH(test_folders_beyond_the_depth_limit_are_entries),
		IN_SCRATCH(test_paths_beyond_the_length_limit_are_entries),
		IN_SCRATCH(test_the_person_can_stop_it),
		IN_SCRATCH(test_many_files_need_little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
