/* SPDX-License-Identifier: BSD-2-Clause */
/* test_buffer.c - grows to its maximum; its first failure sticks. */
#include "muniment/buffer.h"

#include <string.h>

#include "harness/harness.h"

static void
test_buffer_grows_and_stays_terminated(void **state)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(100000);

	(void)state;
	assert_string_equal(mun_buffer_text(&buf), "");
	for (size_t i = 0; i < 100000; i++) {
		mun_buffer_append_byte(&buf, (uint8_t)('a' + i % 26));
		assert_int_equal(buf.data[buf.len], '\0');
	}
	assert_int_equal(buf.status, MUN_OK);
	assert_int_equal(buf.len, 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	mun_buffer_free(&buf);
	assert_null(buf.data);
	mun_buffer_append_text(&buf, "again");
	assert_string_equal(mun_buffer_text(&buf), "again");
	mun_buffer_free(&buf);
	mun_buffer_free(NULL);
}

static void
test_buffer_failure_sticks_and_leaves_the_contents(void **state)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(5);
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	mun_buffer_append_text(&buf, "12345");
	MUN_EXPECT_OK(mun_buffer_status(&buf, "line", &err), &err);
	mun_buffer_append(&buf, NULL, 0);
	assert_int_equal(buf.status, MUN_OK);
	mun_buffer_append_byte(&buf, '6');
	MUN_EXPECT_STATUS(
	    mun_buffer_status(&buf, "line", &err), MUN_ERR_LIMIT, &err);
	MUN_EXPECT_TEXT(&err, "'line' is longer than its limit of 5 bytes");
	mun_buffer_append(&buf, NULL, 0);
	assert_int_equal(buf.status, MUN_ERR_LIMIT);
	assert_null(mun_buffer_reserve(&buf, 0));
	assert_string_equal(mun_buffer_text(&buf), "12345");
	mun_buffer_reset(&buf);
	assert_string_equal(mun_buffer_text(&buf), "");
	mun_buffer_append_text(&buf, "abcde");
	MUN_EXPECT_OK(mun_buffer_status(&buf, "line", &err), &err);
	mun_buffer_free(&buf);
}

static void
test_buffer_sizes_do_not_wrap(void **state)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(SIZE_MAX);
	uint8_t byte = 0;

	(void)state;
	mun_buffer_append_byte(&buf, 'a');
	assert_null(mun_buffer_reserve(&buf, SIZE_MAX));
	assert_int_equal(buf.status, MUN_ERR_LIMIT);
	buf.status = MUN_OK;
	assert_null(mun_buffer_reserve(&buf, SIZE_MAX - 1));
	assert_int_equal(buf.status, MUN_ERR_LIMIT);
	buf.status = MUN_OK;
	mun_buffer_append_hex(&buf, &byte, SIZE_MAX / 2 + 2);
	assert_int_equal(buf.status, MUN_ERR_LIMIT);
	buf.status = MUN_OK;
	mun_buffer_append_base64(&buf, &byte, SIZE_MAX);
	assert_int_equal(buf.status, MUN_ERR_LIMIT);
	assert_string_equal(mun_buffer_text(&buf), "a");
	mun_buffer_free(&buf);
}

static void
test_buffer_formats_numbers_and_text(void **state)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(200);

	(void)state;
	mun_buffer_append_format(&buf, "%s-%04d", "XPF", 3);
	mun_buffer_append_format(&buf, "%s", "");
	mun_buffer_append_format(&buf, "/%150d", 7);
	assert_int_equal(buf.len, 8 + 151);
	mun_buffer_append_format(&buf, "%150d", 7);
	assert_int_equal(buf.status, MUN_ERR_LIMIT);
	assert_int_equal(buf.len, 8 + 151);
	assert_memory_equal(buf.data, "XPF-0003/ ", 10);
	mun_buffer_free(&buf);
}

/* SOURCE: RFC 4648 section 10 */
static void
test_buffer_encodes_base64_and_hex(void **state)
{
	static const char *const cases[][3] = { { "", "", "" },
		{ "f", "Zg==", "66" }, { "fo", "Zm8=", "666f" },
		{ "foo", "Zm9v", "666f6f" }, { "foob", "Zm9vYg==", "666f6f62" },
		{ "fooba", "Zm9vYmE=", "666f6f6261" },
		{ "foobar", "Zm9vYmFy", "666f6f626172" },
		{ "\xfb\xff\xbf", "+/+/", "fbffbf" } };
	struct mun_buffer buf = MUN_BUFFER_INIT(100);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mun_buffer_reset(&buf);
		mun_buffer_append_base64(
		    &buf, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(mun_buffer_text(&buf), cases[i][1]);
		mun_buffer_reset(&buf);
		mun_buffer_append_hex(&buf, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(mun_buffer_text(&buf), cases[i][2]);
	}
	mun_buffer_free(&buf);
}

static void
test_buffer_reserve_gives_room_its_caller_fills(void **state)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(100);
	uint8_t *room;

	(void)state;
	mun_buffer_append_text(&buf, "ab");
	room = mun_buffer_reserve(&buf, 98);
	assert_non_null(room);
	memset(room, 'c', 98);
	buf.len += 3;
	assert_string_equal(mun_buffer_text(&buf), "abccc");
	assert_null(mun_buffer_reserve(&buf, 96));
	assert_int_equal(buf.status, MUN_ERR_LIMIT);
	mun_buffer_free(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buffer_grows_and_stays_terminated),
		cmocka_unit_test(
		    test_buffer_failure_sticks_and_leaves_the_contents),
		cmocka_unit_test(test_buffer_sizes_do_not_wrap),
		cmocka_unit_test(test_buffer_formats_numbers_and_text),
		cmocka_unit_test(test_buffer_encodes_base64_and_hex),
		cmocka_unit_test(
		    test_buffer_reserve_gives_room_its_caller_fills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
