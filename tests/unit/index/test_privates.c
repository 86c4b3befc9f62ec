/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_privates.c - private lines by document: the same whether they are read
 * ahead (many) or by the caller (few), wherever the lines end or break, and
 * wherever the caller stops.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "index/privates.h"

enum {
	FEW = 40, /* fewer bytes than a thread is begun for */
	MANY = 3000 /* more documents than are read ahead at a time */
};

struct lines {
	struct mun_buffer bytes;
	int fd;
	struct mun_package_member member;
};

static void
add_text(struct lines *lines, uint64_t number, enum mun_private_field field,
    const char *text)
{
	const struct mun_private line = { .number = number,
		.field = field,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.salt = { 7 } };

	mun_private_write(&line, &lines->bytes);
}

static void
add_times(struct lines *lines, uint64_t number)
{
	const struct mun_private line = { .number = number,
		.field = MUN_PRIVATE_TIMES,
		.modified_s = 1700000000 + (int64_t)number,
		.modified_ns = 5 };

	mun_private_write(&line, &lines->bytes);
}

/* Every third document has no times, every seventh no lines at all. */
static void
add_document(struct lines *lines, uint64_t number)
{
	char name[64];

	if (number % 7 == 0)
		return;
	(void)snprintf(
	    name, sizeof(name), "name %llu", (unsigned long long)number);
	add_text(lines, number, MUN_PRIVATE_NAME, name);
	(void)snprintf(
	    name, sizeof(name), "folder/name %llu", (unsigned long long)number);
	add_text(lines, number, MUN_PRIVATE_PATH, name);
	if (number % 3 != 0)
		add_times(lines, number);
	add_text(lines, number, MUN_PRIVATE_DESCRIPTION, "data");
}

static void
begin(struct lines *lines)
{
	*lines = (struct lines){ .bytes = MUN_BUFFER_INIT(1 << 24), .fd = -1 };
}

/* A file of the lines, with something before and behind them. */
static struct mun_index_privates *
open_lines(struct lines *lines, const struct mun_scratch *scratch)
{
	static const char around[] = "{\"n\":0}\n";
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_index_privates *privates;

	assert_int_equal(lines->bytes.status, MUN_OK);
	lines->fd = openat(
	    scratch->fd, "lines", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(lines->fd >= 0);
	lines->member.offset = sizeof(around) - 1;
	lines->member.size = lines->bytes.len;
	assert_int_equal(
	    write(lines->fd, around, sizeof(around) - 1), sizeof(around) - 1);
	assert_int_equal(write(lines->fd, lines->bytes.data, lines->bytes.len),
	    lines->bytes.len);
	assert_int_equal(
	    write(lines->fd, around, sizeof(around) - 1), sizeof(around) - 1);
	MUN_EXPECT_OK(
	    mun_index_privates_open(&privates, lines->fd, &lines->member, &err),
	    &err);
	return privates;
}

static void
end(struct lines *lines, struct mun_index_privates *privates)
{
	mun_index_privates_free(privates);
	mun_buffer_free(&lines->bytes);
	close(lines->fd);
}

static void
expect_document(const struct mun_document_privates *said, uint64_t number)
{
	const struct mun_private *path = &said->field[MUN_PRIVATE_PATH];
	char expected[64];
	bool has_lines = number % 7 != 0;

	assert_int_equal(said->has[MUN_PRIVATE_NAME], has_lines);
	assert_int_equal(said->has[MUN_PRIVATE_PATH], has_lines);
	assert_int_equal(said->has[MUN_PRIVATE_DESCRIPTION], has_lines);
	assert_int_equal(
	    said->has[MUN_PRIVATE_TIMES], has_lines && number % 3 != 0);
	if (!has_lines)
		return;
	(void)snprintf(expected, sizeof(expected), "folder/name %llu",
	    (unsigned long long)number);
	assert_string_equal((const char *)path->bytes, expected);
	assert_int_equal(path->len, strlen(expected));
	assert_string_equal(
	    (const char *)said->field[MUN_PRIVATE_DESCRIPTION].bytes, "data");
	if (number % 3 != 0)
		assert_int_equal(said->field[MUN_PRIVATE_TIMES].modified_s,
		    1700000000 + number);
}

static void
expect_documents(struct mun_index_privates *privates, uint64_t count)
{
	const struct mun_document_privates *said;
	struct mun_error err = MUN_ERROR_INIT;

	for (uint64_t number = 1; number <= count; number++) {
		MUN_EXPECT_OK(
		    mun_index_privates_next(privates, number, &said, &err),
		    &err);
		expect_document(said, number);
	}
}

static void
all_documents(const struct mun_scratch *scratch, uint64_t count)
{
	struct mun_index_privates *privates;
	const struct mun_document_privates *said;
	struct lines lines;

	begin(&lines);
	for (uint64_t number = 1; number <= count; number++)
		add_document(&lines, number);
	privates = open_lines(&lines, scratch);
	expect_documents(privates, count);
	/* Behind the end there is nothing, however often one asks. */
	for (int i = 0; i < 3; i++) {
		MUN_EXPECT_OK(
		    mun_index_privates_next(privates, count + 1, &said, NULL),
		    NULL);
		assert_false(said->has[MUN_PRIVATE_NAME]);
	}
	end(&lines, privates);
}

static void
test_all(void **state)
{
	all_documents(*state, 1);
	all_documents(*state, FEW);
	all_documents(*state, MANY);
}

static void
test_none(void **state)
{
	all_documents(*state, 0);
}

/* A line that is none is told when its document, or the one before it, is asked
 * for, and each time from then on; what comes first is as ever. */
static void
broken_line(const struct mun_scratch *scratch, uint64_t at, uint64_t count)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_index_privates *privates;
	const struct mun_document_privates *said;
	struct lines lines;

	begin(&lines);
	for (uint64_t number = 1; number <= count; number++) {
		add_document(&lines, number);
		if (number == at)
			mun_buffer_append_text(&lines.bytes, "{\"n\":17}\n");
	}
	privates = open_lines(&lines, scratch);
	expect_documents(privates, at - 1);
	for (int i = 0; i < 3; i++) {
		MUN_EXPECT_STATUS(
		    mun_index_privates_next(privates, at, &said, &err),
		    MUN_ERR_FORMAT, &err);
		MUN_EXPECT_TEXT(&err, "the private line has no acceptable");
	}
	end(&lines, privates);
}

static void
test_broken(void **state)
{
	broken_line(*state, 1, FEW);
	broken_line(*state, FEW, FEW);
	broken_line(*state, 1, MANY);
	broken_line(*state, 65, MANY);
	broken_line(*state, MANY - 1, MANY);
}

/* The last line is not whole. */
static void
cut_line(const struct mun_scratch *scratch, uint64_t count)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_index_privates *privates;
	const struct mun_document_privates *said;
	struct lines lines;

	begin(&lines);
	for (uint64_t number = 1; number <= count; number++)
		add_document(&lines, number);
	lines.bytes.len--;
	privates = open_lines(&lines, scratch);
	expect_documents(privates, count - 1);
	MUN_EXPECT_STATUS(mun_index_privates_next(privates, count, &said, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "does not end with a line feed");
	end(&lines, privates);
}

static void
test_cut(void **state)
{
	cut_line(*state, FEW);
	cut_line(*state, MANY);
}

/* Lines out of order are nobody's: the caller, who wants a name, refuses. */
static void
test_disordered(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_index_privates *privates;
	const struct mun_document_privates *said;
	struct lines lines;

	begin(&lines);
	add_text(&lines, 2, MUN_PRIVATE_NAME, "two");
	add_text(&lines, 1, MUN_PRIVATE_NAME, "one");
	privates = open_lines(&lines, *state);
	MUN_EXPECT_OK(mun_index_privates_next(privates, 1, &said, &err), &err);
	assert_false(said->has[MUN_PRIVATE_NAME]);
	MUN_EXPECT_OK(mun_index_privates_next(privates, 2, &said, &err), &err);
	assert_string_equal(said->field[MUN_PRIVATE_NAME].bytes, "two");
	MUN_EXPECT_OK(mun_index_privates_next(privates, 3, &said, &err), &err);
	assert_false(said->has[MUN_PRIVATE_NAME]);
	end(&lines, privates);
}

static void
test_said_twice(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_index_privates *privates;
	const struct mun_document_privates *said;
	struct lines lines;

	begin(&lines);
	add_text(&lines, 1, MUN_PRIVATE_NAME, "the first, which is longer");
	add_text(&lines, 1, MUN_PRIVATE_NAME, "the last");
	privates = open_lines(&lines, *state);
	MUN_EXPECT_OK(mun_index_privates_next(privates, 1, &said, &err), &err);
	assert_string_equal(said->field[MUN_PRIVATE_NAME].bytes, "the last");
	assert_int_equal(said->field[MUN_PRIVATE_NAME].len, 8);
	end(&lines, privates);
}

/* Whoever stops early waits for no more than what is being read. */
static void
test_stopped(void **state)
{
	for (uint64_t stop = 0; stop < 200; stop += 33) {
		struct mun_index_privates *privates;
		struct lines lines;

		begin(&lines);
		for (uint64_t number = 1; number <= MANY; number++)
			add_document(&lines, number);
		privates = open_lines(&lines, *state);
		expect_documents(privates, stop);
		end(&lines, privates);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                       \
	cmocka_unit_test_setup_teardown( \
	    name, mun_scratch_setup, mun_scratch_teardown)
		TEST(test_all),
		TEST(test_none),
		TEST(test_broken),
		TEST(test_cut),
		TEST(test_disordered),
		TEST(test_said_twice),
		TEST(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
