/* SPDX-License-Identifier: BSD-2-Clause */
/* test_encoding.c - one spelling per value; sizes that cannot wrap. */
#include "base/encoding.h"

#include <string.h>

#include "harness/harness.h"

static void
test_hex_decode_takes_lower_case_of_the_right_length_only(void **state)
{
	uint8_t out[2];
	char text[5];

	(void)state;
	assert_true(mun_hex_decode(out, 2, "09af", 4));
	assert_memory_equal(out, "\x09\xaf", 2);
	assert_true(mun_hex_decode(out, 0, "", 0));
	assert_false(mun_hex_decode(out, 2, "09AF", 4));
	assert_false(mun_hex_decode(out, 2, "09a", 3));
	assert_false(mun_hex_decode(out, 2, "09aff", 5));
	assert_false(mun_hex_decode(out, 2, "09ag", 4));
	assert_false(mun_hex_decode(out, 2, "g9af", 4));
	assert_false(mun_hex_decode(out, 2, " 9af", 4));
	assert_false(mun_hex_decode(out, 2, "0x9a", 4));
	assert_false(mun_hex_decode(out, SIZE_MAX, "09af", 4));
	mun_hex_encode(text, "\x09\xaf", 2);
	assert_string_equal(text, "09af");
}

/* SOURCE: RFC 4648 section 10 */
static void
test_base64_decode_takes_what_base64_encode_gives(void **state)
{
	static const char *const cases[][2] = { { "", "" }, { "Zg==", "f" },
		{ "Zm8=", "fo" }, { "Zm9v", "foo" }, { "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" }, { "Zm9vYmFy", "foobar" } };
	struct mun_buffer out = MUN_BUFFER_INIT(100);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mun_buffer_reset(&out);
		assert_true(
		    mun_base64_decode(&out, cases[i][0], strlen(cases[i][0])));
		assert_string_equal(mun_buffer_text(&out), cases[i][1]);
	}
	for (size_t len = 0; len < 50; len++) {
		struct mun_buffer text = MUN_BUFFER_INIT(100);
		uint8_t bytes[50];

		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)(i * 167 + len);
		mun_buffer_append_base64(&text, bytes, len);
		mun_buffer_reset(&out);
		assert_true(
		    mun_base64_decode(&out, mun_buffer_text(&text), text.len));
		assert_int_equal(out.len, len);
		if (len > 0)
			assert_memory_equal(out.data, bytes, len);
		mun_buffer_free(&text);
	}
	mun_buffer_free(&out);
}

static void
test_base64_decode_refuses_every_other_spelling(void **state)
{
	static const char *const refused[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=",
		"Zm8==", "====", "Z===", "=Zg=", "Zg==Zg==", "Zm9v\n", "Zm 9",
		"Zm9-", "Zm9_", "Zm=v", "Zg=a", "Zm9v====" };
	struct mun_buffer out = MUN_BUFFER_INIT(100);

	(void)state;
	mun_buffer_append_text(&out, "kept");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_false(
		    mun_base64_decode(&out, refused[i], strlen(refused[i])));
		assert_string_equal(mun_buffer_text(&out), "kept");
	}
	/* no room: refused, and the buffer says why */
	out.max = 6;
	assert_false(mun_base64_decode(&out, "Zm9v", 4));
	assert_string_equal(mun_buffer_text(&out), "kept");
	assert_int_equal(out.status, MUN_ERR_LIMIT);
	assert_false(mun_base64_decode(&out, "", 0));
	mun_buffer_free(&out);
}

static void
test_sizes_that_would_wrap_are_refused(void **state)
{
	size_t size;

	(void)state;
	assert_true(mun_size_add(SIZE_MAX - 1, 1, &size));
	assert_int_equal(size, SIZE_MAX);
	assert_false(mun_size_add(SIZE_MAX, 1, &size));
	assert_true(mun_size_mul(SIZE_MAX / 2, 2, &size));
	assert_int_equal(size, SIZE_MAX - 1);
	assert_false(mun_size_mul(SIZE_MAX / 2 + 1, 2, &size));
	assert_true(mun_size_mul(SIZE_MAX, 0, &size));
	assert_int_equal(size, 0);
}

static void
test_bytes_equal_compares_every_byte(void **state)
{
	uint8_t a[32] = { 0 };
	uint8_t b[32] = { 0 };

	(void)state;
	assert_true(mun_bytes_equal(a, b, 32));
	assert_true(mun_bytes_equal(a, b, 0));
	for (size_t i = 0; i < 32; i++) {
		b[i] = 0x80;
		assert_false(mun_bytes_equal(a, b, 32));
		assert_true(mun_bytes_equal(a, b, i));
		b[i] = 0;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_hex_decode_takes_lower_case_of_the_right_length_only),
		cmocka_unit_test(
		    test_base64_decode_takes_what_base64_encode_gives),
		cmocka_unit_test(
		    test_base64_decode_refuses_every_other_spelling),
		cmocka_unit_test(test_sizes_that_would_wrap_are_refused),
		cmocka_unit_test(test_bytes_equal_compares_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
