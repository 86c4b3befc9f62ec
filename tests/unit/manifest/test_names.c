/* SPDX-License-Identifier: BSD-2-Clause */
/* test_names.c - archive ids and payload names. */
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#include "manifest/manifest.h"

static void
test_archive_id_takes_apart_what_format_made(void **state)
{
	static const struct {
		const char *prefix;
		uint64_t number;
		const char *id;
	} cases[] = {
		{ "XPF", 3, "XPF-0003" },
		{ "XPF", 9999, "XPF-9999" },
		{ "XPF", 10000, "XPF-10000" },
		{ "A1", 1, "A1-0001" },
		{ "ABCDEFGHIJKLMNOP", 999999999999,
		    "ABCDEFGHIJKLMNOP-999999999999" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char id[MUN_ARCHIVE_ID_MAX + 1];
		char prefix[MUN_PREFIX_MAX + 1];
		uint64_t number;

		mun_archive_id_format(id, cases[i].prefix, cases[i].number);
		assert_string_equal(id, cases[i].id);
		assert_true(
		    mun_archive_id_parse(id, strlen(id), prefix, &number));
		assert_string_equal(prefix, cases[i].prefix);
		assert_true(number == cases[i].number);
	}
}

static void
test_archive_id_refuses_every_other_form(void **state)
{
	static const char *const ids[] = { "", "-", "XPF", "XPF-", "X-0001",
		"XPF-001", "XPF-0000", "XPF-00001", "XPF-01000", "xpf-0001",
		"XPF-0001 ", " XPF-0001", "XPF--0001", "XPF-0001-", "1PF-0001",
		"XPF_0001", "XPF-00a1", "XPF-+001", "XPF-0x01",
		"XPF-1000000000000", "ABCDEFGHIJKLMNOPQ-0001", "XPF-0001/",
		"\xc3\x84PF-0001" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		char prefix[MUN_PREFIX_MAX + 1];
		uint64_t number;

		if (mun_archive_id_parse(
			ids[i], strlen(ids[i]), prefix, &number))
			fail_msg("accepted: %s", ids[i]);
	}
}

static void
test_archive_id_ends_at_its_length(void **state)
{
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	(void)state;
	assert_true(mun_archive_id_parse("XPF-0001tail", 8, prefix, &number));
	assert_false(mun_archive_id_parse("XPF-0001", 7, prefix, &number));
	assert_false(mun_archive_id_parse("XPF-00\0"
					  "1",
	    8, prefix, &number));
}

static void
test_prefix_is_two_to_sixteen_capitals_and_digits(void **state)
{
	(void)state;
	assert_true(mun_prefix_is_valid("XP"));
	assert_true(mun_prefix_is_valid("X9"));
	assert_true(mun_prefix_is_valid("ABCDEFGHIJKLMNOP"));
	assert_false(mun_prefix_is_valid(""));
	assert_false(mun_prefix_is_valid("X"));
	assert_false(mun_prefix_is_valid("9X"));
	assert_false(mun_prefix_is_valid("Xp"));
	assert_false(mun_prefix_is_valid("X-P"));
	assert_false(mun_prefix_is_valid("ABCDEFGHIJKLMNOPQ"));
}

static void
test_width_is_six_or_what_the_count_needs(void **state)
{
	(void)state;
	assert_int_equal(mun_number_width(1), 6);
	assert_int_equal(mun_number_width(999999), 6);
	assert_int_equal(mun_number_width(1000000), 7);
	assert_int_equal(mun_number_width(50000000), 8);
	assert_int_equal(mun_number_width(UINT64_MAX), 20);
}

static const struct {
	const char *name, *extension;
} extensions[] = {
	{ "a.pdf", ".pdf" },
	{ "a.TAR", ".tar" },
	{ "a.tar.gz", ".gz" },
	{ "a.x", ".x" },
	{ "a.12345678", ".12345678" },
	{ ".a.b", ".b" },
	{ "..a", ".a" },
	{ "a..b", ".b" },
	{ "", "" },
	{ "a", "" },
	{ ".", "" },
	{ "..", "" },
	{ ".bashrc", "" },
	{ "a.", "" },
	{ "a..", "" },
	{ "x.toolongex", "" },
	{ "x.123456789", "" },
	{ "a.p df", "" },
	{ "a.pdf ", "" },
	{ "a.tar.g-z", "" },
	{ "a.d\xc3\xb6"
	  "c",
	    "" },
	{ "a.\xff", "" },
	{ "a.\xef\xbd\x90\xef\xbd\x84\xef\xbd\x86", "" }, /* full width */
	{ "a.\xc4\xb0", "" }, /* capital I with dot: no tolower() trick */
	{ "a.k\n", "" },
	{ "a.p_f", "" },
};
enum {
	EXTENSIONS_COUNT = sizeof(extensions) / sizeof(extensions[0])
};

static void
test_payload_name_keeps_only_a_plain_extension(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXTENSIONS_COUNT; i++) {
		char expected[128];
		char file[MUN_TAR_PATH_MAX + 1];

		snprintf(expected, sizeof(expected), "data/XPF-0003-000042%s",
		    extensions[i].extension);
		mun_payload_name(file, "XPF-0003", 6, 42, extensions[i].name,
		    strlen(extensions[i].name));
		assert_string_equal(file, expected);
		assert_true(mun_payload_name_matches(file, "XPF-0003", 6, 42));
	}
}

static void
test_payload_name_is_of_bytes_not_of_text(void **state)
{
	char file[MUN_TAR_PATH_MAX + 1];

	(void)state;
	mun_payload_name(file, "XPF-0003", 7, 1000000, "a.p\0f", 5);
	assert_string_equal(file, "data/XPF-0003-1000000");
	mun_payload_name(file, "XPF-0003", 6, 1, "a.pdf", 4);
	assert_string_equal(file, "data/XPF-0003-000001.pd");
}

static void
test_longest_payload_name_fits(void **state)
{
	char file[MUN_TAR_PATH_MAX + 1];

	(void)state;
	mun_payload_name(file, "ABCDEFGHIJKLMNOP-999999999999", 15,
	    999999999999999, "a.12345678", 10);
	/* With its archive id and a slash before it. */
	assert_true(strlen(file) + 30 <= MUN_TAR_PATH_MAX);
}

static void
test_other_payload_names_do_not_match(void **state)
{
	static const char *const files[] = { "", "data/", "XPF-0003-000042",
		"data/XPF-0003-000043", "data/XPF-0003-00042",
		"data/XPF-0003-0000042", "data/XPF-0004-000042",
		"data/XPF-0003-000042.", "data/XPF-0003-000042.PDF",
		"data/XPF-0003-000042.tar.gz", "data/XPF-0003-000042.123456789",
		"data/XPF-0003-000042x", "data/XPF-0003-000042.p/f",
		"data/XPF-0003-000042/.pdf", "data/XPF-0003-000042 .pdf",
		"data/XPF-0003-000042..pdf", "Data/XPF-0003-000042",
		"data/XPF-0003-000042.pdf\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (mun_payload_name_matches(files[i], "XPF-0003", 6, 42))
			fail_msg("accepted: %s", files[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archive_id_takes_apart_what_format_made),
		cmocka_unit_test(test_archive_id_refuses_every_other_form),
		cmocka_unit_test(test_archive_id_ends_at_its_length),
		cmocka_unit_test(
		    test_prefix_is_two_to_sixteen_capitals_and_digits),
		cmocka_unit_test(test_width_is_six_or_what_the_count_needs),
		cmocka_unit_test(
		    test_payload_name_keeps_only_a_plain_extension),
		cmocka_unit_test(test_payload_name_is_of_bytes_not_of_text),
		cmocka_unit_test(test_longest_payload_name_fits),
		cmocka_unit_test(test_other_payload_names_do_not_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
