/* SPDX-License-Identifier: BSD-2-Clause */
/* test_json_write.c - one way to write each value, and no way to misuse it. */
#include "muniment/json.h"

#include <string.h>

#include "harness/harness.h"

struct fixture {
	struct mun_buffer buf;
	struct mun_json_writer json;
};

static int
setup(void **state)
{
	static struct fixture fixture;

	fixture.buf = (struct mun_buffer)MUN_BUFFER_INIT(4096);
	fixture.json =
	    (struct mun_json_writer)MUN_JSON_WRITER_INIT(&fixture.buf);
	*state = &fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fixture = *state;

	mun_buffer_free(&fixture->buf);
	return 0;
}

static void
expect(const struct fixture *fixture, const char *text)
{
	assert_int_equal(fixture->buf.status, MUN_OK);
	assert_string_equal(mun_buffer_text(&fixture->buf), text);
}

static void
expect_misuse(const struct fixture *fixture)
{
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_STATUS(mun_buffer_status(&fixture->buf, "line", &err),
	    MUN_ERR_INTERNAL, &err);
}

static void
test_json_writes_every_kind_of_value(void **state)
{
	struct fixture *fixture = *state;
	struct mun_json_writer *json = &fixture->json;

	mun_json_begin_object(json);
	mun_json_key(json, "text");
	mun_json_text(json, "x");
	mun_json_key(json, "none");
	mun_json_text(json, NULL);
	mun_json_key(json, "hex");
	mun_json_hex(json, "\x00\xff", 2);
	mun_json_key(json, "base64");
	mun_json_base64(json, "\x00\xff", 2);
	mun_json_key(json, "numbers");
	mun_json_begin_array(json);
	mun_json_unsigned(json, UINT64_MAX);
	mun_json_signed(json, INT64_MIN);
	mun_json_unsigned(json, 0);
	mun_json_end_array(json);
	mun_json_key(json, "empty");
	mun_json_begin_array(json);
	mun_json_begin_object(json);
	mun_json_end_object(json);
	mun_json_begin_array(json);
	mun_json_end_array(json);
	mun_json_end_array(json);
	mun_json_key(json, "truth");
	mun_json_boolean(json, true);
	mun_json_key(json, "lie");
	mun_json_boolean(json, false);
	mun_json_end_object(json);
	expect(fixture,
	    "{\"text\":\"x\",\"none\":null,\"hex\":\"00ff\","
	    "\"base64\":\"AP8=\",\"numbers\":[18446744073709551615,"
	    "-9223372036854775808,0],\"empty\":[{},[]],\"truth\":true,"
	    "\"lie\":false}");
}

static void
test_json_escapes_what_it_must_and_nothing_else(void **state)
{
	struct fixture *fixture = *state;

	mun_json_text(&fixture->json,
	    "\"\\/\b\f\n\r\t\x01\x1f\x7f\xc2\x85\xe2\x80\xa8\xe6\x9d\x8e");
	expect(fixture,
	    "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc2\x85"
	    "\xe2\x80\xa8\xe6\x9d\x8e\"");
}

static void
test_json_refuses_text_that_is_not_utf8(void **state)
{
	struct fixture *fixture = *state;

	mun_json_text(&fixture->json, "\xff");
	expect_misuse(fixture);
}

static void
test_json_refuses_text_with_a_nul(void **state)
{
	struct fixture *fixture = *state;

	mun_json_text_len(&fixture->json, "a\0b", 3);
	expect_misuse(fixture);
}

static void
test_json_refuses_a_value_where_a_key_is_due(void **state)
{
	struct fixture *fixture = *state;

	mun_json_begin_object(&fixture->json);
	mun_json_null(&fixture->json);
	expect_misuse(fixture);
	/* and stays refused */
	mun_json_end_object(&fixture->json);
	expect_misuse(fixture);
}

static void
test_json_refuses_a_key_in_an_array(void **state)
{
	struct fixture *fixture = *state;

	mun_json_begin_array(&fixture->json);
	mun_json_key(&fixture->json, "k");
	expect_misuse(fixture);
}

static void
test_json_refuses_a_key_after_a_key(void **state)
{
	struct fixture *fixture = *state;

	mun_json_begin_object(&fixture->json);
	mun_json_key(&fixture->json, "k");
	mun_json_key(&fixture->json, "k");
	expect_misuse(fixture);
}

static void
test_json_refuses_an_end_after_a_key(void **state)
{
	struct fixture *fixture = *state;

	mun_json_begin_object(&fixture->json);
	mun_json_key(&fixture->json, "k");
	mun_json_end_object(&fixture->json);
	expect_misuse(fixture);
}

static void
test_json_refuses_the_wrong_bracket(void **state)
{
	struct fixture *fixture = *state;

	mun_json_begin_object(&fixture->json);
	mun_json_end_array(&fixture->json);
	expect_misuse(fixture);
}

static void
test_json_refuses_an_end_of_nothing(void **state)
{
	struct fixture *fixture = *state;

	mun_json_end_array(&fixture->json);
	expect_misuse(fixture);
}

static void
test_json_refuses_a_second_root(void **state)
{
	struct fixture *fixture = *state;

	mun_json_unsigned(&fixture->json, 1);
	expect(fixture, "1");
	mun_json_unsigned(&fixture->json, 2);
	expect_misuse(fixture);
}

static void
test_json_nests_sixteen_deep_and_not_seventeen(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < MUN_JSON_DEPTH_MAX; i++)
		mun_json_begin_array(&fixture->json);
	expect(fixture, "[[[[[[[[[[[[[[[[");
	mun_json_begin_array(&fixture->json);
	expect_misuse(fixture);
}

static void
test_json_keeps_the_failure_of_its_buffer(void **state)
{
	struct fixture *fixture = *state;

	fixture->buf.max = 3;
	mun_json_text(&fixture->json, "longer");
	mun_json_null(&fixture->json);
	assert_int_equal(fixture->buf.status, MUN_ERR_LIMIT);
}

#define WITH_FIXTURE(test) \
	cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_json_writes_every_kind_of_value),
		WITH_FIXTURE(test_json_escapes_what_it_must_and_nothing_else),
		WITH_FIXTURE(test_json_refuses_text_that_is_not_utf8),
		WITH_FIXTURE(test_json_refuses_text_with_a_nul),
		WITH_FIXTURE(test_json_refuses_a_value_where_a_key_is_due),
		WITH_FIXTURE(test_json_refuses_a_key_in_an_array),
		WITH_FIXTURE(test_json_refuses_a_key_after_a_key),
		WITH_FIXTURE(test_json_refuses_an_end_after_a_key),
		WITH_FIXTURE(test_json_refuses_the_wrong_bracket),
		WITH_FIXTURE(test_json_refuses_an_end_of_nothing),
		WITH_FIXTURE(test_json_refuses_a_second_root),
		WITH_FIXTURE(test_json_nests_sixteen_deep_and_not_seventeen),
		WITH_FIXTURE(test_json_keeps_the_failure_of_its_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
