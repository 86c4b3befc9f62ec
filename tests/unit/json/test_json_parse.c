/* SPDX-License-Identifier: BSD-2-Clause */
/* test_json_parse.c - values come out, and go back the same bytes. */
#include "json/json_parse.h"

#include <string.h>

#include "harness/harness.h"
#include "muniment/json.h"

static struct mun_error err = MUN_ERROR_INIT;

static struct mun_json *
parse(const char *text)
{
	struct mun_json *json;

	MUN_EXPECT_OK(mun_json_parse(&json, text, strlen(text), &err), &err);
	return json;
}

/* Whether the canonical writer gives the same bytes back. */
static bool
comes_back(const char *text)
{
	struct mun_json *json = parse(text);
	struct mun_buffer buf = MUN_BUFFER_INIT(4096);
	struct mun_json_writer writer = MUN_JSON_WRITER_INIT(&buf);
	bool same = mun_json_rewrite(&writer, mun_json_root(json)) &&
	    buf.status == MUN_OK && strcmp(mun_buffer_text(&buf), text) == 0;

	mun_buffer_free(&buf);
	mun_json_free(json);
	return same;
}

static void
test_json_parse_gives_each_value_by_its_kind(void **state)
{
	struct mun_json *json =
	    parse("{\"text\":\"abc\",\"n\":42,\"hex\":\"00ff\",\"yes\":true,"
		  "\"time\":\"2026-11-23T10:11:12Z\",\"list\":[1,null],"
		  "\"deep\":{\"z\":1,\"a\":2}}");
	const struct mun_json_value *root = mun_json_root(json);
	const struct mun_json_value *list = mun_json_member(root, "list");
	const struct mun_json_value *deep = mun_json_member(root, "deep");
	uint64_t number;
	int64_t utc_s;
	bool truth;
	size_t len;
	uint8_t bytes[2];
	char text[4];

	(void)state;
	assert_true(mun_json_is_object(root));
	assert_int_equal(mun_json_count(root), 7);
	assert_string_equal(mun_json_get_text(root, "text", &len), "abc");
	assert_int_equal(len, 3);
	assert_true(mun_json_copy_text(root, "text", text, 4));
	assert_string_equal(text, "abc");
	assert_true(mun_json_get_unsigned(root, "n", &number));
	assert_int_equal(number, 42);
	assert_true(mun_json_get_hex(root, "hex", bytes, 2));
	assert_memory_equal(bytes, "\x00\xff", 2);
	assert_true(mun_json_get_boolean(root, "yes", &truth));
	assert_true(truth);
	assert_true(mun_json_get_time(root, "time", &utc_s));
	assert_int_equal(utc_s, 1795428672);
	assert_true(mun_json_is_array(list));
	assert_int_equal(mun_json_count(list), 2);
	assert_int_equal(
	    mun_json_kind_of(mun_json_item(list, 1)), MUN_JSON_NULL);
	assert_null(mun_json_item(list, 2));
	assert_string_equal(mun_json_key_at(deep, 0), "z");
	assert_string_equal(mun_json_key_at(deep, 1), "a");
	assert_null(mun_json_key_at(deep, 2));
	assert_int_equal(
	    mun_json_kind_of(mun_json_value_at(deep, 1)), MUN_JSON_INTEGER);
	mun_json_free(json);
}

static void
test_json_parse_gives_nothing_for_a_wrong_kind(void **state)
{
	struct mun_json *json = parse("{\"text\":\"abc\",\"n\":-1,\"big\":"
				      "9223372036854775807,\"HEX\":\"0A\"}");
	const struct mun_json_value *root = mun_json_root(json);
	const struct mun_json_value *text = mun_json_member(root, "text");
	uint64_t number;
	int64_t utc_s;
	bool truth;
	uint8_t bytes[2];
	char small[3];

	(void)state;
	assert_null(mun_json_get_text(root, "n", NULL));
	assert_null(mun_json_get_text(root, "absent", NULL));
	assert_false(mun_json_get_unsigned(root, "text", &number));
	assert_false(mun_json_get_unsigned(root, "n", &number));
	assert_true(mun_json_get_unsigned(root, "big", &number));
	assert_false(mun_json_get_boolean(root, "n", &truth));
	assert_false(mun_json_get_hex(root, "text", bytes, 2));
	assert_false(mun_json_get_hex(root, "HEX", bytes, 1));
	assert_false(mun_json_get_time(root, "text", &utc_s));
	assert_false(mun_json_copy_text(root, "text", small, sizeof(small)));
	/* look-ups in what is not an object, in what is not there */
	assert_null(mun_json_member(text, "x"));
	assert_null(mun_json_member(NULL, "x"));
	assert_null(mun_json_item(root, 0));
	assert_null(mun_json_key_at(text, 0));
	assert_null(mun_json_value_at(NULL, 0));
	assert_int_equal(mun_json_count(text), 0);
	assert_int_equal(mun_json_count(NULL), 0);
	assert_int_equal(mun_json_kind_of(NULL), MUN_JSON_OTHER);
	assert_false(mun_json_is_object(NULL));
	mun_json_free(json);
}

static void
test_json_parse_refuses_what_is_not_one_json_value(void **state)
{
	static const char *const refused[] = { "", " ", "{", "{}{}", "{} x",
		"{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "[1,]", "nul",
		"'a'", "{a:1}", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
		"\"\\u0000\"", "{\"\\u0000\":1}", "\"\\ud800\"", "\"\n\"", "01",
		"+1", "9223372036854775808", "\"a", "/**/1", "\xef\xbb\xbf{}",
		"NaN" };
	struct mun_json *json;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		MUN_EXPECT_STATUS(
		    mun_json_parse(&json, refused[i], strlen(refused[i]), &err),
		    MUN_ERR_FORMAT, &err);
		assert_null(json);
	}
	MUN_EXPECT_STATUS(
	    mun_json_parse(&json, "1\0", 2, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_json_parse(&json, "{}\0{}", 5, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_json_parse(&json, "\0", 1, &err), MUN_ERR_FORMAT, &err);
}

static void
test_json_parse_counts_nesting_outside_strings_only(void **state)
{
	struct mun_json *json;
	char deep[100001];

	(void)state;
	mun_json_free(parse("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"));
	mun_json_free(parse("[\"[[[[[[[[[[[[[[[[[[[\"]"));
	mun_json_free(parse("[\"\\\"[[[[[[[[[[[[[[[[[[[\"]"));
	mun_json_free(parse("[\"\\\\\",[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"));
	MUN_EXPECT_STATUS(mun_json_parse(&json,
			      "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", 34, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "deeper than 16");
	memset(deep, '[', sizeof(deep));
	MUN_EXPECT_STATUS(mun_json_parse(&json, deep, sizeof(deep), &err),
	    MUN_ERR_FORMAT, &err);
}

static void
test_json_rewrite_gives_canonical_bytes_back(void **state)
{
	(void)state;
	assert_true(comes_back("{\"z\":[1,-2,0,{}],\"a\":null,\"t\":true,"
			       "\"f\":false,\"s\":\"\\u0001\\n\\\"\xe6\x9d"
			       "\x8e\",\"\":{\"k\":[[]]}}"));
	assert_true(comes_back("-9223372036854775808"));
	assert_true(comes_back("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"));
}

static void
test_json_rewrite_differs_for_every_other_spelling(void **state)
{
	static const char *const others[] = { "{\"a\": 1}", " {}", "{}\n", "-0",
		"1.0", "1e2", "[1.5]", "{\"a\":0.1}", "\"\\/\"", "\"\\u0041\"",
		"\"\\u000a\"", "\"\\u001F\"", "\"\\u674e\"",
		"\"\\ud83d\\ude00\"" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(comes_back(others[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_parse_gives_each_value_by_its_kind),
		cmocka_unit_test(
		    test_json_parse_gives_nothing_for_a_wrong_kind),
		cmocka_unit_test(
		    test_json_parse_refuses_what_is_not_one_json_value),
		cmocka_unit_test(
		    test_json_parse_counts_nesting_outside_strings_only),
		cmocka_unit_test(test_json_rewrite_gives_canonical_bytes_back),
		cmocka_unit_test(
		    test_json_rewrite_differs_for_every_other_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
