/* SPDX-License-Identifier: BSD-2-Clause */
/* test_inventory.c - the table for people. */
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#include "manifest/manifest.h"

#define ZEROS64 \
	"0000000000000000000000000000000000000000000000000000000000000000"

static struct mun_private
private_line(enum mun_private_field field, const char *text)
{
	return (struct mun_private){ .number = 42,
		.field = field,
		.bytes = (const uint8_t *)text,
		.len = strlen(text) };
}

static void
test_a_document_is_one_line(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(4096);
	struct mun_record record = {
		.number = 42, .size = 18234, .media_type = "application/pdf"
	};
	struct mun_private name = private_line(MUN_PRIVATE_NAME, "b.pdf");
	struct mun_private path = private_line(MUN_PRIVATE_PATH, "a/b.pdf");
	struct mun_private times = { .field = MUN_PRIVATE_TIMES,
		.modified_s = 1714550400,
		.modified_ns = 5 };
	struct mun_inventory_document document = { "XPF-0003", 6, &record,
		&name, &path, &times };

	(void)state;
	mun_inventory_write_head(&out);
	mun_inventory_write_document(&out, &document);
	assert_string_equal(mun_buffer_text(&out),
	    "\xef\xbb\xbf\"number\",\"name\",\"path\",\"size\",\"modified\","
	    "\"media_type\",\"sha256\",\"sha512\"\r\n"
	    "\"XPF-0003-000042\",\"b.pdf\",\"a/b.pdf\",\"18234\","
	    "\"2024-05-01T08:00:00Z\",\"application/pdf\",\"" ZEROS64
	    "\",\"" ZEROS64 ZEROS64 "\"\r\n");
	mun_buffer_free(&out);
}

static void
test_a_time_that_cannot_be_said_is_empty(void **state)
{
	static const int64_t seconds[] = { -1, INT64_MIN, INT64_MAX,
		253402300800 };

	(void)state;
	for (size_t i = 0; i <= sizeof(seconds) / sizeof(seconds[0]); i++) {
		struct mun_buffer out = MUN_BUFFER_INIT(4096);
		struct mun_record record = { .number = 1 };
		struct mun_private name = private_line(MUN_PRIVATE_NAME, "b");
		struct mun_private times = { .field = MUN_PRIVATE_TIMES };
		struct mun_inventory_document document = { "XPF-0003", 6,
			&record, &name, &name, &times };

		if (i == sizeof(seconds) / sizeof(seconds[0]))
			document.times = NULL;
		else
			times.modified_s = seconds[i];
		mun_inventory_write_document(&out, &document);
		assert_non_null(
		    strstr(mun_buffer_text(&out), "\"0\",\"\",\"\",\"0000"));
		mun_buffer_free(&out);
	}
}

static void
test_a_member_names_what_it_lies_in(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(4096);
	struct mun_member member = { .document = 42,
		.number = 3,
		.name = (const uint8_t *)"x",
		.name_len = 1,
		.size = 7 };

	(void)state;
	mun_inventory_write_member(&out, "XPF-0003", 6, &member);
	member.container = 12345;
	mun_inventory_write_member(&out, "XPF-0003", 7, &member);
	assert_string_equal(mun_buffer_text(&out),
	    "\"XPF-0003-000042.m0003\",\"x\",\"XPF-0003-000042\",\"7\",\"\","
	    "\"\",\"" ZEROS64 "\",\"" ZEROS64 ZEROS64 "\"\r\n"
	    "\"XPF-0003-0000042.m0003\",\"x\",\"XPF-0003-0000042.m12345\","
	    "\"7\",\"\",\"\",\"" ZEROS64 "\",\"" ZEROS64 ZEROS64 "\"\r\n");
	mun_buffer_free(&out);
}

static const struct {
	const char *name, *cell;
} cells[] = {
	{ "", "" },
	{ "a b", "a b" },
	{ "a\"b", "a\"\"b" },
	{ "a\\b", "a\\\\b" },
	{ "a\nb\r\t", "a\\nb\\r\\t" },
	{ "\x1b[2J\x7f", "\\x1b[2J\\x7f" },
	{ "=cmd()", "'=cmd()" },
	{ "+1", "'+1" },
	{ "-1", "'-1" },
	{ "@a", "'@a" },
	{ "  =1", "'  =1" },
	{ "'=1", "''=1" },
	{ "a=1", "a=1" },
	{ "\t=1", "\\t=1" },
	{ "\xef\xbc\x9d"
	  "1",
	    "'\xef\xbc\x9d"
	    "1" },
	{ "\xef\xbc\xa0"
	  "1",
	    "'\xef\xbc\xa0"
	    "1" },
	{ "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87" },
	{ "\xd0\x96\xd9\x85", "\xd0\x96\xd9\x85" },
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	{ "e\xcc\x81", "e\xcc\x81" },
	{ "\xc2\x80\xc2\xa0\xc2\xa1", "\\u{0080}\\u{00a0}\xc2\xa1" },
	{ "\xe2\x80\xae"
	  "fdp",
	    "\\u{202e}fdp" },
	{ "\xe2\x81\xa6", "\\u{2066}" },
	{ "\xe2\x80\xa8", "\\u{2028}" },
	{ "\xef\xbb\xbf", "\\u{feff}" },
	{ "\xf3\xa0\x80\x81", "\\u{e0001}" },
	{ "\xf4\x8f\xbf\xbf", "\\u{10ffff}" },
	{ "\xe3\x80\x80", "\\u{3000}" },
	/* Not UTF-8: each byte alone. */
	{ "\xff", "\\xff" },
	{ "\xc0\xaf", "\\xc0\\xaf" },
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xf0\x80\x80\x80", "\\xf0\\x80\\x80\\x80" },
	{ "\xfc\x80\x80\x80", "\\xfc\\x80\\x80\\x80" },
	{ "\xe4\xb8", "\\xe4\\xb8" },
	{ "\xe4\xb8"
	  "a",
	    "\\xe4\\xb8"
	    "a" },
	{ "\xe4\xe4\xb8\xad", "\\xe4\xe4\xb8\xad" },
	{ "\x9b"
	  "31m",
	    "\\x9b"
	    "31m" },
};

static void
test_text_is_escaped_and_no_formula_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		struct mun_buffer out = MUN_BUFFER_INIT(4096);
		struct mun_record record = { .number = 1 };
		struct mun_private name =
		    private_line(MUN_PRIVATE_NAME, cells[i].name);
		struct mun_inventory_document document = { "XPF-0003", 6,
			&record, &name, &name, NULL };
		char expected[256];

		snprintf(expected, sizeof(expected),
		    "\"XPF-0003-000001\",\"%s\",\"%s\",\"0\"", cells[i].cell,
		    cells[i].cell);
		mun_inventory_write_document(&out, &document);
		assert_true(out.len > strlen(expected));
		out.data[strlen(expected)] = '\0';
		assert_string_equal((char *)out.data, expected);
		mun_buffer_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_document_is_one_line),
		cmocka_unit_test(test_a_time_that_cannot_be_said_is_empty),
		cmocka_unit_test(test_a_member_names_what_it_lies_in),
		cmocka_unit_test(test_text_is_escaped_and_no_formula_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
