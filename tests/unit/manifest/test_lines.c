/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_lines.c - what every strict parser has in common: the canonical line is
 * accepted and written again, anything else is refused.
 */
#include "lines.h"

#include <stdlib.h>
#include <string.h>

static void
expect_round_trip(size_t i)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_error err = MUN_ERROR_INIT;
	size_t len = strlen(good[i].line);

	MUN_EXPECT_OK(good[i].again(good[i].line, len, &out, &err), &err);
	assert_int_equal(out.len, len + 1);
	assert_memory_equal(out.data, good[i].line, len);
	assert_int_equal(out.data[len], '\n');
	mun_buffer_free(&out);
}

static void
test_canonical_lines_are_read_and_written_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++)
		expect_round_trip(i);
}

static void
test_every_bit_flip_is_refused_or_means_something_else(void **state)
{
	size_t refused = 0;
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		size_t len = strlen(good[i].line);
		char *line = with_line_feed(good[i].line, len);

		for (size_t bit = 0; bit < len * 8; bit++) {
			line[bit / 8] ^= (char)(1U << bit % 8);
			refused += try_line(good[i].again, line, len) != MUN_OK;
			line[bit / 8] ^= (char)(1U << bit % 8);
			tried++;
		}
		free(line);
	}
	/* Most flips break a digit or a key; some make another digit. */
	assert_true(refused > tried / 2);
}

static void
test_every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		for (size_t len = 0; len < strlen(good[i].line); len++) {
			char *line = with_line_feed(good[i].line, len);

			assert_int_not_equal(
			    try_line(good[i].again, line, len), MUN_OK);
			free(line);
		}
	}
}

static void
test_every_addition_at_the_end_is_refused(void **state)
{
	static const char *const ends[] = { "\n", " ", "\r", "\t", "x", "{}",
		",", "\xff" };

	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++) {
			size_t len = strlen(good[i].line);
			char *line = malloc(len + 4);

			assert_non_null(line);
			memcpy(line, good[i].line, len);
			memcpy(line + len, ends[e], strlen(ends[e]) + 1);
			assert_int_not_equal(
			    try_line(good[i].again, line, strlen(line)),
			    MUN_OK);
			/* The NUL after the line. */
			line[len] = '\0';
			assert_int_not_equal(
			    try_line(good[i].again, line, len + 1), MUN_OK);
			free(line);
		}
	}
}

static void
test_keys_in_another_order_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		/* Move the first member behind the second. */
		const char *first_end = strchr(good[i].line, ',');
		const char *second_end = strstr(first_end + 1, ",\"");
		size_t len = strlen(good[i].line);
		size_t first = (size_t)(first_end - good[i].line) - 1;
		size_t second;
		char *line = malloc(len + 1);

		assert_non_null(line);
		if (second_end == NULL) {
			free(line);
			continue;
		}
		second = (size_t)(second_end - first_end) - 1;
		line[0] = '{';
		memcpy(line + 1, first_end + 1, second);
		line[1 + second] = ',';
		memcpy(line + 2 + second, good[i].line + 1, first);
		memcpy(line + 2 + second + first, second_end,
		    strlen(second_end) + 1);
		assert_int_equal(strlen(line), len);
		assert_int_not_equal(
		    try_line(good[i].again, line, len), MUN_OK);
		free(line);
	}
}

static void
test_a_deep_or_long_line_is_refused(void **state)
{
	size_t len = MUN_LINE_MAX + 1;
	char *line = malloc(len);

	(void)state;
	assert_non_null(line);
	memset(line, '[', len);
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		assert_int_equal(
		    try_line(good[i].again, line, 100000), MUN_ERR_FORMAT);
		assert_int_equal(
		    try_line(good[i].again, line, len), MUN_ERR_FORMAT);
		assert_int_equal(
		    try_line(good[i].again, "[]", 2), MUN_ERR_FORMAT);
		assert_int_equal(
		    try_line(good[i].again, "1", 1), MUN_ERR_FORMAT);
	}
	free(line);
}

static void
test_one_kind_of_line_is_not_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		for (size_t k = 0; k < GOOD_COUNT; k++) {
			if (good[k].again == good[i].again)
				continue;
			assert_int_equal(try_line(good[k].again, good[i].line,
					     strlen(good[i].line)),
			    MUN_ERR_FORMAT);
		}
	}
}

static void
test_a_file_ends_with_one_line_feed(void **state)
{
	struct mun_seal seal;
	struct mun_deposit_metadata metadata;
	struct mun_error err = MUN_ERROR_INIT;
	static const char seal_file[] = SEAL_LINE "\n\n";
	static const char deposit_file[] = DEPOSIT_LINE "\n\n";
	const size_t seal_len = sizeof(seal_file) - 2;
	const size_t deposit_len = sizeof(deposit_file) - 2;

	(void)state;
	MUN_EXPECT_OK(mun_seal_parse(&seal, seal_file, seal_len, &err), &err);
	MUN_EXPECT_STATUS(mun_seal_parse(&seal, seal_file, seal_len - 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_seal_parse(&seal, seal_file, seal_len + 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_seal_parse(&seal, "", 0, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_OK(mun_deposit_metadata_parse(
			  &metadata, deposit_file, deposit_len, &err),
	    &err);
	MUN_EXPECT_STATUS(mun_deposit_metadata_parse(
			      &metadata, deposit_file, deposit_len - 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_deposit_metadata_parse(
			      &metadata, deposit_file, deposit_len + 1, &err),
	    MUN_ERR_FORMAT, &err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_canonical_lines_are_read_and_written_again),
		cmocka_unit_test(
		    test_every_bit_flip_is_refused_or_means_something_else),
		cmocka_unit_test(test_every_truncation_is_refused),
		cmocka_unit_test(test_every_addition_at_the_end_is_refused),
		cmocka_unit_test(test_keys_in_another_order_are_refused),
		cmocka_unit_test(test_a_deep_or_long_line_is_refused),
		cmocka_unit_test(test_one_kind_of_line_is_not_another),
		cmocka_unit_test(test_a_file_ends_with_one_line_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
