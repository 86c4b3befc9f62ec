/* SPDX-License-Identifier: BSD-2-Clause */
/* test_time.c - every day from 1970 to 9999, and no day that was not. */
#include "base/time.h"

#include <string.h>
#include <time.h>

#include "harness/harness.h"

/* SOURCE: date -u -d @N, GNU coreutils 9.1 */
static void
test_time_formats_known_seconds(void **state)
{
	static const struct {
		int64_t utc_s;
		const char *text;
	} cases[] = { { 0, "1970-01-01T00:00:00Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 951868800, "2000-03-01T00:00:00Z" },
		{ 1795428672, "2026-11-23T10:11:12Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[MUN_TIME_TEXT_LEN + 1];
		int64_t back;

		assert_true(mun_time_format(text, cases[i].utc_s));
		assert_string_equal(text, cases[i].text);
		assert_true(mun_time_parse(&back, text, strlen(text)));
		assert_true(back == cases[i].utc_s);
	}
}

static void
test_time_agrees_with_the_c_library_on_every_day(void **state)
{
	(void)state;
	for (int64_t day = 0; day * 86400 <= 253402300799; day++) {
		int64_t utc_s = day * 86400 + day % 86400;
		time_t seconds = (time_t)utc_s;
		char ours[MUN_TIME_TEXT_LEN + 1];
		char theirs[64];
		struct tm broken;
		int64_t back;

		assert_non_null(gmtime_r(&seconds, &broken));
		assert_true(strftime(theirs, sizeof(theirs),
				"%Y-%m-%dT%H:%M:%SZ", &broken) > 0);
		assert_true(mun_time_format(ours, utc_s));
		assert_string_equal(ours, theirs);
		assert_true(mun_time_parse(&back, ours, MUN_TIME_TEXT_LEN));
		assert_true(back == utc_s);
	}
}

static void
test_time_formats_nothing_outside_its_years(void **state)
{
	char text[MUN_TIME_TEXT_LEN + 1];

	(void)state;
	assert_false(mun_time_format(text, -1));
	assert_false(mun_time_format(text, 253402300800));
	assert_false(mun_time_format(text, INT64_MIN));
	assert_false(mun_time_format(text, INT64_MAX));
}

static void
test_time_parses_no_other_spelling_and_no_false_date(void **state)
{
	static const char *const refused[] = { "", "2026-11-23T10:11:12",
		"2026-11-23T10:11:12z", "2026-11-23t10:11:12Z",
		"2026-11-23 10:11:12Z", "2026-11-23T10:11:12+",
		"2026/11/23T10:11:12Z", "2026-11-23T10.11.12Z",
		"2026-11-23T10:11:12ZZ", "2026-00-23T10:11:12Z",
		"2026-13-23T10:11:12Z", "2026-11-00T10:11:12Z",
		"2026-11-31T10:11:12Z", "2026-02-29T10:11:12Z",
		"2100-02-29T10:11:12Z", "2026-11-23T24:00:00Z",
		"2026-11-23T10:60:12Z", "2026-11-23T10:11:60Z",
		"1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
		" 026-11-23T10:11:12Z", "-026-11-23T10:11:12Z",
		"2026-+1-23T10:11:12Z", "2026-11-23T1 :11:12Z" };
	int64_t utc_s = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_false(
		    mun_time_parse(&utc_s, refused[i], strlen(refused[i])));
	assert_true(utc_s == 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_formats_known_seconds),
		cmocka_unit_test(
		    test_time_agrees_with_the_c_library_on_every_day),
		cmocka_unit_test(test_time_formats_nothing_outside_its_years),
		cmocka_unit_test(
		    test_time_parses_no_other_spelling_and_no_false_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
