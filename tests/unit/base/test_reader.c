/* SPDX-License-Identifier: BSD-2-Clause */
/* test_reader.c - nothing past the end; a step that fails is no step. */
#include "base/reader.h"

#include <string.h>

#include "harness/harness.h"

static struct mun_reader
over(const char *text)
{
	return mun_reader_over(text, strlen(text));
}

static void
test_reader_takes_and_copies_what_is_there(void **state)
{
	struct mun_reader reader = over("abcdef");
	const uint8_t *bytes;
	char copy[4] = "";

	(void)state;
	assert_true(mun_reader_take(&reader, 2, &bytes));
	assert_memory_equal(bytes, "ab", 2);
	assert_true(mun_reader_copy(&reader, copy, 3));
	assert_string_equal(copy, "cde");
	assert_int_equal(mun_reader_left(&reader), 1);
	assert_false(mun_reader_take(&reader, 2, &bytes));
	assert_false(mun_reader_copy(&reader, copy, SIZE_MAX));
	assert_int_equal(mun_reader_left(&reader), 1);
	assert_true(mun_reader_take(&reader, 1, &bytes));
	assert_true(mun_reader_take(&reader, 0, &bytes));
	assert_false(mun_reader_take(&reader, 1, &bytes));
}

static void
test_reader_over_nothing_gives_nothing(void **state)
{
	struct mun_reader reader = mun_reader_over(NULL, 0);
	const uint8_t *bytes;
	const char *line;
	uint64_t number;
	uint16_t small;
	size_t len;

	(void)state;
	assert_true(mun_reader_take(&reader, 0, &bytes));
	assert_true(mun_reader_literal(&reader, ""));
	assert_true(mun_reader_copy(&reader, NULL, 0));
	assert_false(mun_reader_literal(&reader, "a"));
	assert_false(mun_reader_line(&reader, &line, &len));
	assert_false(mun_reader_u16(&reader, &small));
	assert_false(mun_reader_u64(&reader, &number));
	assert_false(mun_reader_decimal(&reader, &number));
}

static void
test_reader_steps_over_literals(void **state)
{
	struct mun_reader reader = over("key: value");

	(void)state;
	assert_false(mun_reader_literal(&reader, "kez"));
	assert_false(mun_reader_literal(&reader, "key: value and more"));
	assert_true(mun_reader_literal(&reader, "key: "));
	assert_true(mun_reader_literal(&reader, "value"));
	assert_int_equal(mun_reader_left(&reader), 0);
}

static void
test_reader_gives_ended_lines_only(void **state)
{
	struct mun_reader reader = over("one\n\ntwo\r\nlast");
	const char *line;
	size_t len;

	(void)state;
	assert_true(mun_reader_line(&reader, &line, &len));
	assert_int_equal(len, 3);
	assert_memory_equal(line, "one", 3);
	assert_true(mun_reader_line(&reader, &line, &len));
	assert_int_equal(len, 0);
	assert_true(mun_reader_line(&reader, &line, &len));
	assert_int_equal(len, 4);
	assert_memory_equal(line, "two\r", 4);
	assert_false(mun_reader_line(&reader, &line, &len));
	assert_int_equal(mun_reader_left(&reader), 4);
}

static void
test_reader_reads_big_endian_numbers(void **state)
{
	struct mun_reader reader =
	    mun_reader_over("\xff\x01\xff\x02\x03\x04\x05\x06\x07\xfe\x99", 11);
	uint16_t small;
	uint64_t large;

	(void)state;
	assert_true(mun_reader_u16(&reader, &small));
	assert_int_equal(small, 0xff01);
	assert_true(mun_reader_u64(&reader, &large));
	assert_true(large == UINT64_C(0xff020304050607fe));
	assert_false(mun_reader_u16(&reader, &small));
	assert_int_equal(mun_reader_left(&reader), 1);
}

static void
expect_decimal(const char *text, bool is_one, uint64_t value, size_t left)
{
	struct mun_reader reader = over(text);
	uint64_t out = 77;

	assert_int_equal(mun_reader_decimal(&reader, &out), is_one);
	assert_true(out == (is_one ? value : 77));
	assert_int_equal(mun_reader_left(&reader), left);
}

static void
test_reader_reads_decimals_in_one_spelling(void **state)
{
	(void)state;
	expect_decimal("0", true, 0, 0);
	expect_decimal("0x", true, 0, 1);
	expect_decimal("42\n", true, 42, 1);
	expect_decimal("18446744073709551615", true, UINT64_MAX, 0);
	expect_decimal("18446744073709551616", false, 0, 20);
	expect_decimal("99999999999999999999999", false, 0, 23);
	expect_decimal("00", false, 0, 2);
	expect_decimal("01", false, 0, 2);
	expect_decimal("-1", false, 0, 2);
	expect_decimal("+1", false, 0, 2);
	expect_decimal(" 1", false, 0, 2);
	expect_decimal("", false, 0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader_takes_and_copies_what_is_there),
		cmocka_unit_test(test_reader_over_nothing_gives_nothing),
		cmocka_unit_test(test_reader_steps_over_literals),
		cmocka_unit_test(test_reader_gives_ended_lines_only),
		cmocka_unit_test(test_reader_reads_big_endian_numbers),
		cmocka_unit_test(test_reader_reads_decimals_in_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
