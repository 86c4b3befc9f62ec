/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_gunzip.c - the lasting worker answers as a fresh one would, or refuses,
 * and what it refuses or dies at, a fresh one looks into.
 *
 * Both handlers are called here, in one process, with the same bytes.
 */
/* memfd_create(2) */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "digest/digest.h"
#include "harness/harness.h"
#include "inspect/inspect_internal.h"
#include "sandbox/sandbox.h"

struct both {
	struct mun_digest_pair *pair;
	void *looking; /* a fresh worker's state */
	void *gunzipping; /* the lasting one's */
};

/* Made once: a worker prepares once in its life, and gives nothing back. */
static void
start_both(struct both *both)
{
	struct mun_error err = MUN_ERROR_INIT;
	static struct both made;

	if (made.pair == NULL) {
		MUN_EXPECT_OK(
		    mun_inspect_gunzip_prepare(&made.gunzipping, &err), &err);
		MUN_EXPECT_OK(mun_inspect_prepare(&made.looking, &err), &err);
		made.pair = ((struct inspect_tools *)made.looking)->pair;
	}
	*both = made;
}

static int
put(const void *bytes, size_t len)
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	assert_int_equal(write(fd, bytes, len), len);
	return fd;
}

/* Whether the lasting worker answers; then a fresh one says the same. */
static bool
is_answered(const struct both *both, const void *bytes, size_t len)
{
	const struct inspect_request request = { .size = len };
	struct mun_buffer short_answer = MUN_BUFFER_INIT(INSPECT_ANSWER_MAX);
	struct mun_buffer answer = MUN_BUFFER_INIT(INSPECT_ANSWER_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	int fd = put(bytes, len);
	enum mun_status status =
	    mun_inspect_gunzip(both->gunzipping, (const uint8_t *)&request,
		sizeof(request), fd, &short_answer, &err);

	if (status == MUN_OK) {
		MUN_EXPECT_OK(
		    mun_inspect_handle(both->looking, (const uint8_t *)&request,
			sizeof(request), fd, &answer, &err),
		    &err);
		assert_int_equal(short_answer.len, answer.len);
		assert_memory_equal(short_answer.data, answer.data, answer.len);
	} else {
		assert_int_equal(status, MUN_ERR_UNSUPPORTED);
		assert_int_equal(short_answer.len, 0);
	}
	mun_buffer_free(&short_answer);
	mun_buffer_free(&answer);
	close(fd);
	return status == MUN_OK;
}

/* RFC 1952 s8 */
static uint32_t
crc32_of(const uint8_t *bytes, size_t len)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
	}
	return ~crc;
}

static void
put_number(struct mun_buffer *to, uint32_t number, unsigned bytes)
{
	for (; bytes > 0; bytes--, number >>= 8)
		mun_buffer_append_byte(to, (uint8_t)number);
}

/* A gzip stream named "n.txt" whose blocks are stored, not compressed. */
static void
make_gzip(struct mun_buffer *gzip, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	size_t left = len;

	mun_buffer_append(gzip, "\x1f\x8b\x08\x08\0\0\0\0\0\x03n.txt", 16);
	do {
		size_t piece = left < 65535 ? left : 65535;

		mun_buffer_append_byte(gzip, piece == left);
		put_number(gzip, (uint32_t)piece, 2);
		put_number(gzip, ~(uint32_t)piece, 2);
		mun_buffer_append(gzip, at, piece);
		at += piece;
		left -= piece;
	} while (left > 0);
	put_number(gzip, crc32_of(bytes, len), 4);
	put_number(gzip, (uint32_t)len, 4);
	assert_int_equal(gzip->status, MUN_OK);
}

static bool
is_content_answered(const struct both *both, const void *bytes, size_t len)
{
	struct mun_buffer gzip = MUN_BUFFER_INIT((size_t)1 << 26);
	bool is;

	make_gzip(&gzip, bytes, len);
	is = is_answered(both, gzip.data, gzip.len);
	mun_buffer_free(&gzip);
	return is;
}

static void
test_what_is_one_document_is_answered(void **state)
{
	static uint8_t large[INSPECT_GUNZIP_MAX + 1];
	struct both both;

	(void)state;
	start_both(&both);
	assert_true(is_content_answered(&both, "a", 1));
	/* Around the length of a block. */
	assert_true(is_content_answered(&both, large, INSPECT_BLOCK_LEN - 1));
	assert_true(is_content_answered(&both, large, INSPECT_BLOCK_LEN));
	assert_true(is_content_answered(&both, large, INSPECT_BLOCK_LEN + 1));
	/* Packed it is longer than the limit. */
	assert_false(is_content_answered(&both, large, INSPECT_GUNZIP_MAX));
	assert_false(is_content_answered(&both, large, sizeof(large)));
}

/* Zeros by the million, packed by gzip(1). */
static bool
are_zeros_answered(
    const struct both *both, const struct mun_scratch *scratch, unsigned count)
{
	char command[1024];
	char path[512];
	bool is_so;
	char *gzip;
	size_t len;

	snprintf(path, sizeof(path), "%s/zeros.gz", scratch->path);
	snprintf(command, sizeof(command),
	    "head -c %u /dev/zero | gzip -n > '%s'", count, path);
	assert_int_equal(system(command), 0);
	gzip = mun_harness_read(path, &len);
	is_so = is_answered(both, gzip, len);
	free(gzip);
	return is_so;
}

static void
test_a_long_document_is_left_to_others(void **state)
{
	struct both both;

	start_both(&both);
	assert_true(are_zeros_answered(&both, *state, INSPECT_GUNZIP_MAX));
	assert_false(are_zeros_answered(&both, *state, INSPECT_GUNZIP_MAX + 1));
}

static void
test_what_is_more_or_less_is_refused(void **state)
{
	struct mun_buffer gzip = MUN_BUFFER_INIT(100000);
	uint8_t tar[65536] = { 0 };
	struct both both;
	size_t len;

	(void)state;
	start_both(&both);
	make_gzip(&gzip, "one document", 12);
	len = gzip.len;
	assert_true(is_answered(&both, gzip.data, len));
	/* Nothing inside; a container inside; a mark at the end of a block. */
	assert_false(is_content_answered(&both, "", 0));
	assert_false(is_content_answered(&both, gzip.data, len));
	memcpy(tar + 257, "ustar", 5);
	assert_false(is_content_answered(&both, tar, 262));
	memset(tar, 0, sizeof(tar));
	memcpy(tar + 32769, "CD001", 5);
	assert_false(is_content_answered(&both, tar, sizeof(tar)));
	/* Bytes behind it, and a second stream. */
	mun_buffer_append_byte(&gzip, 0);
	assert_false(is_answered(&both, gzip.data, gzip.len));
	gzip.len = len;
	make_gzip(&gzip, "another", 7);
	assert_false(is_answered(&both, gzip.data, gzip.len));
	/* Not by its first bytes alone. */
	gzip.len = 0;
	memset(tar, 0, sizeof(tar));
	memcpy(tar + 257 - 21, "ustar", 5);
	make_gzip(&gzip, tar, 1000);
	assert_false(is_answered(&both, gzip.data, gzip.len));
	mun_buffer_free(&gzip);
}

/* gzip -n of "warz", four times; its codes are Huffman's. */
static const uint8_t packed[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x03, 0x2b, 0x4f, 0x2c, 0xaa, 0x2a, 0x47, 0xc2, 0x00, 0x0d,
	0xff, 0x0a, 0x84, 0x10, 0x00, 0x00, 0x00 };

static unsigned
count_answered_flips(const struct both *both, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len);
	unsigned answered = 0;

	memcpy(copy, bytes, len);
	for (size_t bit = 0; bit < 8 * len; bit += MUN_FLIP_STEP) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		answered += is_answered(both, copy, len);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t cut = 0; cut < len; cut++)
		assert_false(is_answered(both, bytes, cut));
	free(copy);
	return answered;
}

static void
test_damage_is_refused_or_harmless(void **state)
{
	struct mun_buffer gzip = MUN_BUFFER_INIT(100000);
	struct both both;

	(void)state;
	start_both(&both);
	assert_true(is_answered(&both, packed, sizeof(packed)));
	make_gzip(&gzip, "one document", 12);
	/* Times, kinds of system and bits of a name are no damage. */
	assert_true(count_answered_flips(&both, packed, sizeof(packed)) >= 6);
	assert_true(count_answered_flips(&both, gzip.data, gzip.len) >= 6);
	mun_buffer_free(&gzip);
}

/* ---- handed on ---- */

/* The process ID of the child of this name; 0: none. */
static pid_t
find_child(const char *name)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	while (found == 0 && processes != NULL &&
	    (entry = readdir(processes)) != NULL) {
		char path[300], line[256] = "", said[32] = "";
		int pid = 0, parent = 0;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		file = fopen(path, "r");
		if (file == NULL)
			continue;
		if (fgets(line, sizeof(line), file) != NULL &&
		    sscanf(line, "%d (%31[^)]) %*c %d", &pid, said, &parent) ==
			3 &&
		    parent == getpid() && strcmp(said, name) == 0)
			found = pid;
		fclose(file);
	}
	if (processes != NULL)
		closedir(processes);
	return found;
}

static enum mun_status
count_member(
    void *ctx, const struct mun_inspect_member *member, struct mun_error *err)
{
	unsigned *count = ctx;

	(void)err;
	assert_int_equal(member->size, 16);
	(*count)++;
	return MUN_OK;
}

static enum mun_status
no_note(void *ctx, const struct mun_inspect_note *note, struct mun_error *err)
{
	(void)ctx;
	(void)err;
	print_error("%s: %s\n", note->rule, note->detail);
	assert_true(false);
	return MUN_OK;
}

/* Its one member is told, and nothing noted. */
static void
look_into(struct mun_inspect *inspect, int fd)
{
	struct mun_error err = MUN_ERROR_INIT;
	unsigned members = 0;
	const struct mun_inspect_visitor visitor = {
		.member = count_member, .note = no_note, .ctx = &members
	};
	uint64_t collected;
	uint64_t ticket;

	MUN_EXPECT_OK(
	    mun_inspect_submit(inspect, fd, 0, sizeof(packed), &ticket, &err),
	    &err);
	MUN_EXPECT_OK(
	    mun_inspect_collect(inspect, &collected, &visitor, true, &err),
	    &err);
	assert_int_equal(ticket, collected);
	assert_int_equal(members, 1);
}

static void
test_what_the_lasting_worker_dies_at_is_looked_into(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_inspect *inspect;
	int fd = put(packed, sizeof(packed));
	pid_t worker;

	(void)state;
	if (mun_sandbox_probe(&err) != MUN_OK) {
		print_message("%s\n", err.text);
		skip();
	}
	MUN_EXPECT_OK(mun_inspect_start(&inspect, 2, false, &err), &err);
	worker = find_child("gunzip");
	assert_int_not_equal(worker, 0);
	look_into(inspect, fd);
	assert_int_equal(find_child("gunzip"), worker);
	assert_int_equal(kill(worker, SIGKILL), 0);
	look_into(inspect, fd);
	/* Another takes its place when it is asked. */
	look_into(inspect, fd);
	assert_int_not_equal(find_child("gunzip"), 0);
	assert_int_not_equal(find_child("gunzip"), worker);
	mun_inspect_stop(inspect);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_one_document_is_answered),
		cmocka_unit_test_setup_teardown(
		    test_a_long_document_is_left_to_others, mun_scratch_setup,
		    mun_scratch_teardown),
		cmocka_unit_test(test_what_is_more_or_less_is_refused),
		cmocka_unit_test(test_damage_is_refused_or_harmless),
		cmocka_unit_test(
		    test_what_the_lasting_worker_dies_at_is_looked_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
