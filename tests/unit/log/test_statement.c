/* SPDX-License-Identifier: BSD-2-Clause */
/* test_statement.c - what people typed, in its one form. */
#include <stdlib.h>
#include <string.h>

#include "edited.h"
#include "harness/harness.h"
#include "log/log.h"

#define LINE                                                               \
	"{\"format\":\"muniment-statement/1\",\"case\":\"17/2026\","       \
	"\"received_from\":\"\xd9\x85\xd8\xad\xd9\x85\xd8\xaf\","          \
	"\"received_on\":\"in May\",\"method\":\"by hand\",\"place\":\"A " \
	"\\\"caf\xc3\xa9\\\"\",\"purpose\":\"\",\"legal_basis\":\"\\t\","  \
	"\"note\":\"two\\nlines\",\"salt\":\"" HEX64("5") "\"}\n"

static enum mun_status
parse(struct mun_statement *statement, const char *text)
{
	struct mun_error err = MUN_ERROR_INIT;

	return mun_statement_parse(statement, text, strlen(text), &err);
}

static void
a_statement_is_taken_out_and_written_the_same(void **state)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	struct mun_statement statement;

	(void)state;
	assert_int_equal(parse(&statement, LINE), MUN_OK);
	assert_string_equal(statement.text[MUN_STATEMENT_CASE], "17/2026");
	assert_string_equal(statement.text[MUN_STATEMENT_NOTE], "two\nlines");
	assert_string_equal(statement.text[MUN_STATEMENT_PURPOSE], "");
	assert_int_equal(statement.salt[31], 0x55);
	mun_statement_write(&statement, &again);
	assert_string_equal(mun_buffer_text(&again), LINE);
	mun_statement_clear(&statement);
	mun_buffer_free(&again);
}

static void
every_key_is_optional_but_format_and_salt(void **state)
{
	static const char least[] = "{\"format\":\"muniment-statement/1\","
				    "\"salt\":\"" HEX64("5") "\"}\n";
	struct mun_statement statement;

	(void)state;
	assert_int_equal(parse(&statement, least), MUN_OK);
	for (int i = 0; i < MUN_STATEMENT_FIELDS; i++)
		assert_null(statement.text[i]);
	mun_statement_clear(&statement);
}

static void
each_departure_from_the_one_form_is_refused(void **state)
{
	static const struct edit edits[] = {
		{ "statement/1", "statement/2" },
		{ "\"format\":\"muniment-statement/1\",", "" },
		{ ",\"salt\":\"" HEX64("5") "\"", "" },
		{ "\"salt\":\"" HEX64("5"), "\"salt\":\"" HEX16("5") },
		{ "\"case\":\"17/2026\"", "\"case\":17" },
		{ "\"case\":\"17/2026\"", "\"case\":null" },
		{ "\"case\":\"17/2026\"", "\"case\":\"1\",\"case\":\"1\"" },
		{ "\"case\":\"17/2026\"", "\"case\":\"1\\u0000\"" },
		{ "\"case\":\"17/2026\"", "\"case\":\"1\\/2\"" },
		{ "\"case\":\"17/2026\"", "\"case\":\"\xff\"" },
		{ "\"case\":\"17/2026\"", "\"case\": \"1\"" },
		{ "\"place\"", "\"Place\"" },
		{ "\"method\":\"by hand\",\"place\"", "\"place\":\"x\",\"y\"" },
		{ "\"}\n", "\"}" },
		{ "", "\n" },
		{ LINE, "" },
		{ LINE, "[]\n" },
	};
	struct mun_statement statement;

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *text = edited(LINE, &edits[i]);

		if (parse(&statement, text) != MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", edits[i].to);
		for (int j = 0; j < MUN_STATEMENT_FIELDS; j++)
			assert_null(statement.text[j]);
		free(text);
	}
}

static void
a_statement_is_named_by_its_entry(void **state)
{
	char name[MUN_TILE_NAME_MAX];

	(void)state;
	mun_statement_name(name, 0);
	assert_string_equal(name, "log/statements/000000.json");
	mun_statement_name(name, 1234567);
	assert_string_equal(name, "log/statements/1234567.json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_is_taken_out_and_written_the_same),
		cmocka_unit_test(every_key_is_optional_but_format_and_salt),
		cmocka_unit_test(each_departure_from_the_one_form_is_refused),
		cmocka_unit_test(a_statement_is_named_by_its_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
