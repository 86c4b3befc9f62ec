/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_containers.c - containers of every kind, whole and damaged, hold what a
 * script put in, no more and no less (make_containers.py); and all documents
 * of the shared corpus are survived.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "inspect/inspect_internal.h"
#include "muniment/buffer.h"
#include "sandbox/sandbox.h"

static struct mun_inspect *
start(void)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_inspect *inspect;

	if (mun_sandbox_probe(&err) != MUN_OK) {
		print_message("%s\n", err.text);
		skip();
	}
	MUN_EXPECT_OK(mun_inspect_start(&inspect, 2, false, &err), &err);
	return inspect;
}

/* What a visitor was told, one line each, as the script writes it. */
static enum mun_status
write_member(
    void *ctx, const struct mun_inspect_member *member, struct mun_error *err)
{
	struct mun_buffer *text = ctx;

	(void)err;
	mun_buffer_append_format(text, "M %u %u %llu ", member->number,
	    member->container, (unsigned long long)member->size);
	mun_buffer_append_hex(
	    text, member->digests.sha256, sizeof(member->digests.sha256));
	mun_buffer_append_byte(text, ' ');
	mun_buffer_append_hex(
	    text, member->digests.sha512, sizeof(member->digests.sha512));
	mun_buffer_append_byte(text, ' ');
	if (member->name_len == 0)
		mun_buffer_append_byte(text, '-');
	mun_buffer_append_hex(text, member->name, member->name_len);
	mun_buffer_append_byte(text, '\n');
	return MUN_OK;
}

static enum mun_status
write_note(
    void *ctx, const struct mun_inspect_note *note, struct mun_error *err)
{
	struct mun_buffer *text = ctx;

	(void)err;
	assert_true(strlen(note->detail) > 0);
	mun_buffer_append_format(text, "N %u %s\n", note->member, note->rule);
	return MUN_OK;
}

/* free() what comes back. */
static char *
look_into(struct mun_inspect *inspect, int fd, uint64_t offset, uint64_t size)
{
	struct mun_buffer text = MUN_BUFFER_INIT((size_t)1 << 27);
	const struct mun_inspect_visitor visitor = {
		.member = write_member, .note = write_note, .ctx = &text
	};
	struct mun_error err = MUN_ERROR_INIT;
	uint64_t collected;
	uint64_t ticket;
	char *copy;

	MUN_EXPECT_OK(
	    mun_inspect_submit(inspect, fd, offset, size, &ticket, &err), &err);
	MUN_EXPECT_OK(
	    mun_inspect_collect(inspect, &collected, &visitor, true, &err),
	    &err);
	assert_int_equal(ticket, collected);
	assert_int_equal(text.status, MUN_OK);
	copy = strdup(mun_buffer_text(&text));
	mun_buffer_free(&text);
	return copy;
}

static void
print_difference(const char *name, const char *got, const char *expected)
{
	while (*got != 0 && *got == *expected) {
		got++;
		expected++;
	}
	print_error("%s: from here on\n  got      '%.150s'\n"
		    "  expected '%.150s'\n",
	    name, got, expected);
}

static bool
holds_what_was_put_in(struct mun_inspect *inspect,
    const struct mun_scratch *scratch, const char *name)
{
	char path[512];
	struct stat info;
	char *expected;
	size_t len;
	char *got;
	bool is_equal;
	int fd;

	snprintf(path, sizeof(path), "%s/%s.expected", scratch->path, name);
	expected = mun_harness_read(path, &len);
	fd = openat(scratch->fd, name, O_RDONLY);
	assert_int_equal(fstat(fd, &info), 0);
	got = look_into(inspect, fd, 0, (uint64_t)info.st_size);
	close(fd);
	is_equal = strcmp(got, expected) == 0;
	if (!is_equal)
		print_difference(name, got, expected);
	free(expected);
	free(got);
	return is_equal;
}

static void
test_each_container_holds_what_was_put_in(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_inspect *inspect = start();
	struct dirent *entry;
	char command[1024];
	unsigned count = 0;
	unsigned wrong = 0;
	DIR *folder;

	snprintf(command, sizeof(command), "python3 '%s' '%s'",
	    MUN_TEST_DIR "/unit/inspect/make_containers.py", scratch->path);
	if (system(command) != 0) {
		mun_inspect_stop(inspect);
		print_message("python3 did not make the containers\n");
		skip();
	}
	folder = opendir(scratch->path);
	while ((entry = readdir(folder)) != NULL) {
		char *dot = strstr(entry->d_name, ".expected");

		if (dot == NULL)
			continue;
		*dot = 0;
		count++;
		wrong +=
		    !holds_what_was_put_in(inspect, scratch, entry->d_name);
	}
	closedir(folder);
	print_message("%u containers\n", count);
	assert_true(count > 40);
	assert_int_equal(wrong, 0);
	mun_inspect_stop(inspect);
}

enum {
	HEADER_LEN = 31,
	LISTED_LEN = 47,
	ZIP_LEN = 31 + 47 + 22
};

/* One empty member named "n". */
static void
make_zip(char zip[ZIP_LEN])
{
	char *listed = zip + HEADER_LEN;
	char *end = listed + LISTED_LEN;

	memset(zip, 0, ZIP_LEN);
	memcpy(zip, "PK\x03\x04", 4);
	zip[26] = 1;
	zip[30] = 'n';
	memcpy(listed, "PK\x01\x02", 4);
	listed[28] = 1;
	listed[46] = 'n';
	memcpy(end, "PK\x05\x06", 4);
	end[8] = end[10] = 1;
	end[12] = LISTED_LEN;
	end[16] = HEADER_LEN;
}

/* Documents lie in the archive file, not each in its own. */
static void
test_only_the_given_part_of_the_file_is_read(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_inspect *inspect = start();
	char zip[ZIP_LEN];
	char file[3 * ZIP_LEN];
	char *got;
	int fd;

	make_zip(zip);
	memset(file, 'x', sizeof(file));
	memcpy(file + 100, zip, sizeof(zip));
	mun_scratch_write(scratch, "file", file, sizeof(file));
	fd = openat(scratch->fd, "file", O_RDONLY);
	assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
	got = look_into(inspect, fd, 100, ZIP_LEN);
	assert_memory_equal(got, "M 1 0 0 e3b0c442", 16);
	assert_null(strstr(got, "N "));
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 7);
	free(got);
	close(fd);
	mun_inspect_stop(inspect);
}

static double
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static unsigned
count_lines(const char *text, const char *begin)
{
	unsigned count = 0;

	for (; text != NULL && *text != 0; text = strchr(text, '\n')) {
		text += *text == '\n';
		count += strncmp(text, begin, strlen(begin)) == 0;
	}
	return count;
}

static void
test_all_documents_of_the_corpus_are_survived(void **state)
{
	struct mun_inspect *inspect = start();
	unsigned containers = 0;
	unsigned members = 0;
	unsigned notes = 0;
	unsigned died = 0;
	double start_s = now_s();
	struct dirent *entry;
	DIR *folder = opendir(MUN_TEST_SHARED_DIR "/corpus/documents");

	(void)state;
	if (folder == NULL) {
		mun_inspect_stop(inspect);
		print_message("no shared corpus here\n");
		skip();
	}
	while ((entry = readdir(folder)) != NULL) {
		static uint8_t first[65536];
		int fd = openat(dirfd(folder), entry->d_name, O_RDONLY);
		ssize_t got = pread(fd, first, sizeof(first), 0);
		struct stat info;
		char *text;

		if (got > 0 && fstat(fd, &info) == 0 &&
		    mun_inspect_wants(first, (size_t)got, "")) {
			text =
			    look_into(inspect, fd, 0, (uint64_t)info.st_size);
			containers++;
			members += count_lines(text, "M ");
			notes += count_lines(text, "N ");
			died += strstr(text, "container.died") != NULL;
			if (getenv("MUN_TEST_TELL") != NULL)
				print_message("%s: %u members\n%s",
				    entry->d_name, count_lines(text, "M "),
				    strchr(text, 'N') == NULL
					? ""
					: strstr(text, "N "));
			free(text);
		}
		close(fd);
	}
	closedir(folder);
	print_message("%u containers, %u members, %u notes, %.2f s\n",
	    containers, members, notes, now_s() - start_s);
	assert_true(containers > 50);
	assert_true(members > 1000);
	assert_int_equal(died, 0);
	mun_inspect_stop(inspect);
}

/* The name as the ZIP stores it: GBK, not rewritten. */
static void
test_a_chinese_zip_keeps_its_names(void **state)
{
	static const char path[] =
	    MUN_TEST_SHARED_DIR "/corpus/documents/gbk.zip";
	struct mun_inspect *inspect = start();
	int fd = open(path, O_RDONLY);
	struct stat info;
	char *got;

	(void)state;
	if (fd == -1) {
		mun_inspect_stop(inspect);
		print_message("no shared corpus here\n");
		skip();
	}
	assert_int_equal(fstat(fd, &info), 0);
	got = look_into(inspect, fd, 0, (uint64_t)info.st_size);
	assert_int_equal(count_lines(got, "M "), 1);
	/* SOURCE: Python's zipfile, orig_filename as cp437: the first of "审计"
	 * in GBK. */
	assert_non_null(strstr(got, " c9f3bcc6"));
	free(got);
	close(fd);
	mun_inspect_stop(inspect);
}

#define IN_SCRATCH(test)                 \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_each_container_holds_what_was_put_in),
		IN_SCRATCH(test_only_the_given_part_of_the_file_is_read),
		cmocka_unit_test(test_all_documents_of_the_corpus_are_survived),
		cmocka_unit_test(test_a_chinese_zip_keeps_its_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
