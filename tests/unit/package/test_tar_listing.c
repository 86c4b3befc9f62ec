/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_tar_listing.c - other people's tar readers see what we wrote, also
 * above 8 and 64 GiB (sparse, so that nothing large is written or read).
 */
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcntl.h>

#include "package/package.h"

static const struct {
	const char *path;
	uint64_t size;
} members[] = {
	{ "XPF-0003/bagit.txt", 55 },
	{ "XPF-0003/data/XPF-0003-000001.pdf", (UINT64_C(1) << 33) - 1 },
	{ "XPF-0003/data/XPF-0003-000002.bin", UINT64_C(1) << 33 },
	{ "XPF-0003/data/XPF-0003-000003.bin", (UINT64_C(1) << 36) - 1 },
	{ "XPF-0003/data/XPF-0003-000004.bin", UINT64_C(1) << 36 },
	{ "XPF-0003/data/XPF-0003-000005", 0 },
	{ "XPF-0003/seal/seal.p7s", 512 },
};
enum {
	MEMBERS_COUNT = sizeof(members) / sizeof(members[0])
};

static void
write_sparse_tar(int fd)
{
	uint64_t offset = 0;

	for (size_t i = 0; i < MEMBERS_COUNT; i++) {
		uint8_t header[MUN_TAR_HEADER_MAX];
		size_t len =
		    mun_tar_header(header, members[i].path, members[i].size);

		assert_int_equal(pwrite(fd, header, len, (off_t)offset), len);
		offset +=
		    len + members[i].size + mun_tar_padding(members[i].size);
	}
	assert_int_equal(ftruncate(fd, (off_t)(offset + MUN_TAR_END_LEN)), 0);
}

/* Each tool's program prints lines of "<size> <path>". */
static void
expect_listing(
    const struct mun_scratch *scratch, const char *tool, const char *program)
{
	char command[2048];
	FILE *pipe;

	snprintf(
	    command, sizeof(command), "command -v %s >/dev/null 2>&1", tool);
	/* NOLINTNEXTLINE(cert-env33-c): strangers' tools, fixed commands */
	if (system(command) != 0) {
		print_message("skipped: %s is not installed\n", tool);
		skip();
	}
	snprintf(
	    command, sizeof(command), "cd '%s' && %s", scratch->path, program);
	/* NOLINTNEXTLINE(cert-env33-c) */
	pipe = popen(command, "r");
	assert_non_null(pipe);
	for (size_t i = 0; i < MEMBERS_COUNT; i++) {
		char line[256];
		char expected[256];

		snprintf(expected, sizeof(expected), "%llu %s\n",
		    (unsigned long long)members[i].size, members[i].path);
		assert_non_null(fgets(line, sizeof(line), pipe));
		assert_string_equal(line, expected);
	}
	assert_int_equal(fgetc(pipe), EOF);
	assert_int_equal(pclose(pipe), 0);
}

static int
setup(void **state)
{
	const struct mun_scratch *scratch;
	int fd;

	if (mun_scratch_setup(state) != 0)
		return -1;
	scratch = *state;
	fd = openat(scratch->fd, "a.tar", O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return -1;
	write_sparse_tar(fd);
	return close(fd);
}

static void
test_gnu_tar_lists_all_members(void **state)
{
	expect_listing(
	    *state, "tar", "LC_ALL=C tar -tvf a.tar | awk '{ print $3, $6 }'");
}

static void
test_bsdtar_lists_all_members(void **state)
{
	expect_listing(*state, "bsdtar",
	    "LC_ALL=C bsdtar -tvf a.tar | awk '{ print $5, $9 }'");
}

static void
test_python_lists_all_members(void **state)
{
	expect_listing(*state, "python3",
	    "python3 -c 'import tarfile\n"
	    "for m in tarfile.open(\"a.tar\"): print(m.size, m.name)'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_gnu_tar_lists_all_members,
		    setup, mun_scratch_teardown),
		cmocka_unit_test_setup_teardown(
		    test_bsdtar_lists_all_members, setup, mun_scratch_teardown),
		cmocka_unit_test_setup_teardown(
		    test_python_lists_all_members, setup, mun_scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
