/* SPDX-License-Identifier: BSD-2-Clause */
/* test_identify.c - media types out of the sandbox, clean whatever happens. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "identify/identify_internal.h"
#include "sandbox/sandbox.h"

static struct mun_identify *
start(unsigned workers)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_identify *identify;

	if (mun_sandbox_probe(&err) != MUN_OK) {
		print_message("%s\n", err.text);
		skip();
	}
	MUN_EXPECT_OK(
	    mun_identify_start(&identify, workers, false, &err), &err);
	return identify;
}

static void
expect_identity(struct mun_identify *identify, const void *bytes, size_t len,
    const char *type, const char *words)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_identity identity;
	uint64_t ticket;
	bool is_known;

	MUN_EXPECT_OK(mun_identify_ask(identify, bytes, len, NULL, &identity,
			  &is_known, &err),
	    &err);
	assert_false(is_known);
	ticket = identity.ticket;
	MUN_EXPECT_OK(
	    mun_identify_collect(identify, &identity, true, &err), &err);
	assert_int_equal(identity.ticket, ticket);
	assert_false(identity.failed);
	assert_string_equal(identity.media_type, type);
	if (strstr(identity.description, words) == NULL)
		print_error("'%s'\n", identity.description);
	assert_non_null(strstr(identity.description, words));
}

static void
test_common_kinds_are_identified(void **state)
{
	struct mun_identify *identify;
	const char script[] = "#!/usr/bin/python3\nprint('x')\n";

	(void)state;
	/* An environment variable must not choose the database. */
	setenv("MAGIC", "/nonexistent", 1);
	identify = start(1);
	unsetenv("MAGIC");
	expect_identity(
	    identify, "%PDF-1.4\n", 9, "application/pdf", "PDF document");
	expect_identity(identify, "hello there\n", 12, "text/plain", "ASCII");
	expect_identity(
	    identify, "\xd0\xbf\xd1\x80\xd0\xb8\n", 7, "text/plain", "UTF-8");
	expect_identity(identify, script, sizeof(script) - 1,
	    "text/x-script.python", "ASCII");
	expect_identity(
	    identify, "{\"a\":[1,2]}\n", 12, "application/json", "JSON");
	expect_identity(identify, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10,
	    "application/gzip", "gzip");
	expect_identity(identify, "", 0, "application/x-empty", "empty");
	mun_identify_stop(identify);
}

/* Of text only the beginning is looked at, of these all. */
static void
test_what_is_known_by_its_end_is_read_to_the_end(void **state)
{
	struct mun_identify *identify = start(1);
	static char json[20000];
	static char csv[20000];
	size_t len = 0;

	(void)state;
	memset(json, ' ', sizeof(json));
	memcpy(json, "{\"a\":", 5);
	memcpy(json + sizeof(json) - 3, "1}\n", 3);
	expect_identity(
	    identify, json, sizeof(json), "application/json", "JSON");
	json[sizeof(json) - 2] = ' ';
	expect_identity(identify, json, sizeof(json), "text/plain", "ASCII");
	/* A quoted field that ends behind the beginning. */
	memset(csv, 'a', sizeof(csv));
	csv[0] = '"';
	memcpy(csv + 10000, "\",b\n", 4);
	for (len = 10004; len < sizeof(csv); len += 4)
		memcpy(csv + len, "c,d\n", 4);
	expect_identity(identify, csv, sizeof(csv), "text/csv", "CSV");
	/* A script of that length is one by its first line. */
	memset(json, '#', sizeof(json));
	memcpy(json, "#!/bin/sh\n", 10);
	expect_identity(identify, json, sizeof(json), "text/x-shellscript",
	    "ASCII text, with very long lines");
	mun_identify_stop(identify);
}

/* [MS-CFB] of two sectors and one far behind: what it says of itself. */
static const struct {
	size_t at;
	size_t len;
	const char *bytes;
} titled[] = {
	{ 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
	{ 24, 10, "\x3e\0\3\0\xfe\xff\x09\0\6\0" },
	{ 44, 8, "\1\0\0\0\1\0\0\0" },
	{ 56, 16, "\x40\0\0\0\xfe\xff\xff\xff\0\0\0\0\xfe\xff\xff\xff" },
	{ 512, 8, "\xfd\xff\xff\xff\xfe\xff\xff\xff" },
	{ 592, 4, "\xfe\xff\xff\xff" },
	{ 1024, 1, "R" },
	{ 1088, 16, "\4\0\5\1\xff\xff\xff\xff\xff\xff\xff\xff\1\0\0\0" },
	{ 1140, 4, "\xfe\xff\xff\xff" },
	{ 1152, 38,
	    "\5\0S\0u\0m\0m\0a\0r\0y\0I\0n\0f\0o\0r\0m\0a\0t\0i\0o\0n\0" },
	{ 1216, 16,
	    "\x28\0\2\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" },
	{ 1268, 8, "\x14\0\0\0\0\2\0\0" },
	{ 10752, 2, "\xfe\xff" },
	{ 10776, 20,
	    "\1\0\0\0\xe0\x85\x9f\xf2\xf9\x4f\x68\x10\xab\x91\x08\0\x2b\x27"
	    "\xb3\xd9" },
	{ 10796, 28,
	    "\x30\0\0\0\x58\0\0\0\2\0\0\0\2\0\0\0\x18\0\0\0\x12\0\0\0\x40\0\0"
	    "\0" },
	{ 10824, 21, "\x1e\0\0\0\x20\0\0\0The full text" },
	{ 10864, 22, "\x1e\0\0\0\x10\0\0\0Microsoft Word" },
};

/* Text by the words of its title only: all of its bytes are looked at. */
static void
test_a_title_does_not_make_text(void **state)
{
	struct mun_identify *identify = start(1);
	char ole[11264] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(titled) / sizeof(*titled); i++)
		memcpy(ole + titled[i].at, titled[i].bytes, titled[i].len);
	expect_identity(identify, ole, sizeof(ole), "application/msword",
	    "Title: The full text");
	mun_identify_stop(identify);
}

/* A gzip header carries a time: it is told in UTC wherever this runs. */
static void
test_a_description_does_not_depend_on_the_machine(void **state)
{
	const char gzip[] = "\x1f\x8b\x08\0\0\0\0\x01\0\x03";
	struct mun_identify *identify;

	(void)state;
	setenv("TZ", "Asia/Urumqi", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	identify = start(1);
	expect_identity(
	    identify, gzip, 10, "application/gzip", "Tue Jul 14 04:20:16 1970");
	mun_identify_stop(identify);
	unsetenv("TZ");
	unsetenv("LC_ALL");
}

static void
test_too_many_bytes_are_refused(void **state)
{
	struct mun_identify *identify = start(1);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_identity identity;
	bool is_known;
	char *bytes = calloc(1, MUN_IDENTIFY_LEN + 1);

	(void)state;
	MUN_EXPECT_STATUS(
	    mun_identify_ask(identify, bytes, MUN_IDENTIFY_LEN + 1, NULL,
		&identity, &is_known, &err),
	    MUN_ERR_USAGE, &err);
	expect_identity(identify, bytes, MUN_IDENTIFY_LEN,
	    "application/octet-stream", "data");
	free(bytes);
	mun_identify_stop(identify);
}

/* Whoever has the digest already may bring it. */
static void
expect_known(struct mun_identify *identify, const char *text, const char *type)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_identity identity;
	uint8_t sha256[MUN_SHA256_LEN];
	bool is_known;

	mun_sha256_of(sha256, text, strlen(text));
	for (int brought = 0; brought < 2; brought++) {
		MUN_EXPECT_OK(
		    mun_identify_ask(identify, text, strlen(text),
			brought ? sha256 : NULL, &identity, &is_known, &err),
		    &err);
		assert_true(is_known);
		assert_string_equal(identity.media_type, type);
	}
}

/* More kinds than there are places: none is taken for another. */
static void
test_what_was_said_once_is_known(void **state)
{
	struct mun_identify *identify = start(2);
	char text[64];

	(void)state;
	expect_identity(identify, "{}\n", 3, "application/json", "JSON");
	expect_identity(identify, "hello\n", 6, "text/plain", "ASCII");
	expect_known(identify, "{}\n", "application/json");
	expect_known(identify, "hello\n", "text/plain");
	for (unsigned i = 0; i < 1500; i++) {
		bool is_json = i % 3 == 0;

		snprintf(text, sizeof(text), is_json ? "[%u]\n" : "n %u\n", i);
		expect_identity(identify, text, strlen(text),
		    is_json ? "application/json" : "text/plain", "");
		expect_known(identify, text,
		    is_json ? "application/json" : "text/plain");
	}
	mun_identify_stop(identify);
}

/* What a worker could not say is asked again. */
static void
test_a_failure_is_not_kept(void **state)
{
	struct mun_identify_known *known = mun_identify_known_new();
	struct mun_identity identity = { .failed = true, .media_type = "a/b" };
	struct mun_identity got;
	const uint8_t key[MUN_SHA256_LEN] = { 1, 2, 3 };
	const uint8_t other[MUN_SHA256_LEN] = { 1, 2, 4 };

	(void)state;
	mun_identify_known_put(known, key, &identity);
	assert_false(mun_identify_known_get(known, key, &got));
	identity.failed = false;
	mun_identify_known_put(known, key, &identity);
	assert_true(mun_identify_known_get(known, key, &got));
	assert_string_equal(got.media_type, "a/b");
	assert_false(mun_identify_known_get(known, other, &got));
	/* The newest of a place. */
	mun_identify_known_put(known, other, &identity);
	assert_false(mun_identify_known_get(known, key, &got));
	mun_identify_known_free(known);
}

static void
expect_taken(const char *answer, size_t len, const char *type,
    const char *description, bool failed)
{
	struct mun_identity identity = { 0 };
	uint8_t *copy = malloc(len + 1);

	/* Exactly this many bytes, so that a sanitizer sees one too many. */
	copy = realloc(copy, len == 0 ? 1 : len);
	memcpy(copy, answer, len);
	mun_identify_take_answer(&identity, copy, len);
	assert_string_equal(identity.media_type, type);
	assert_string_equal(identity.description, description);
	assert_int_equal(identity.failed, failed);
	free(copy);
}

static void
test_a_captured_worker_cannot_say_what_it_likes(void **state)
{
	static const char none[] = "application/octet-stream";
	char long_type[300];

	(void)state;
	expect_taken("Text/PLAIN\0ok", 14, "text/plain", "ok", false);
	expect_taken("a/b\0", 5, "a/b", "", false);
	expect_taken("a/b\0\x1b[2J\xe2\x80\xae", 12, "a/b", "?[2J???", false);
	expect_taken("a/b\0\x7f", 6, "a/b", "?", false);
	expect_taken("a/b\0no end", 10, "a/b", "no end", false);
	expect_taken("", 0, none, "", true);
	expect_taken("a/b", 3, none, "", true);
	expect_taken("a/b\0", 4, none, "", true);
	expect_taken("/b\0x", 5, none, "", true);
	expect_taken("a/\0x", 5, none, "", true);
	expect_taken("ab\0x", 5, none, "", true);
	expect_taken("a/b/c\0x", 8, none, "", true);
	expect_taken("a/\"b\0x", 7, none, "", true);
	expect_taken("a/<b>\0x", 8, none, "", true);
	memset(long_type, 'a', sizeof(long_type));
	long_type[1] = '/';
	long_type[200] = 0;
	expect_taken(long_type, 250, none, "", true);
}

static double
now_s(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Every document of the shared corpus: no failure, and how fast. */
static void
test_all_documents_of_the_corpus_are_identified(void **state)
{
	static char bytes[MUN_IDENTIFY_LEN];
	struct mun_identify *identify = start(2);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_identity identity;
	struct dirent *entry;
	unsigned unknown = 0;
	unsigned failed = 0;
	unsigned sent = 0;
	unsigned seen = 0;
	double start_s = now_s(CLOCK_MONOTONIC);
	bool is_known;
	DIR *folder = opendir(MUN_TEST_SHARED_DIR "/corpus/documents");

	(void)state;
	if (folder == NULL) {
		mun_identify_stop(identify);
		print_message("no shared corpus here\n");
		skip();
	}
	for (;;) {
		while (mun_identify_has_room(identify) &&
		    (entry = readdir(folder)) != NULL) {
			int fd = openat(dirfd(folder), entry->d_name, O_RDONLY);
			ssize_t got = read(fd, bytes, sizeof(bytes));

			close(fd);
			if (got < 0)
				continue;
			MUN_EXPECT_OK(
			    mun_identify_ask(identify, bytes, (size_t)got, NULL,
				&identity, &is_known, &err),
			    &err);
			sent += !is_known;
		}
		if (seen == sent)
			break;
		MUN_EXPECT_OK(
		    mun_identify_collect(identify, &identity, true, &err),
		    &err);
		seen++;
		failed += identity.failed;
		unknown += strcmp(identity.media_type,
			       "application/octet-stream") == 0;
	}
	print_message("%u documents, %u unknown, %u failed, %.2f s\n", seen,
	    unknown, failed, now_s(CLOCK_MONOTONIC) - start_s);
	assert_int_equal(failed, 0);
	assert_true(seen > 500);
	closedir(folder);
	mun_identify_stop(identify);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common_kinds_are_identified),
		cmocka_unit_test(
		    test_a_description_does_not_depend_on_the_machine),
		cmocka_unit_test(
		    test_what_is_known_by_its_end_is_read_to_the_end),
		cmocka_unit_test(test_a_title_does_not_make_text),
		cmocka_unit_test(test_too_many_bytes_are_refused),
		cmocka_unit_test(test_what_was_said_once_is_known),
		cmocka_unit_test(test_a_failure_is_not_kept),
		cmocka_unit_test(
		    test_a_captured_worker_cannot_say_what_it_likes),
		cmocka_unit_test(
		    test_all_documents_of_the_corpus_are_identified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
