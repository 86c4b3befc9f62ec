/* SPDX-License-Identifier: BSD-2-Clause */
/* DER written and read by trust/der.h. */
#include "harness/harness.h"

#include <string.h>

#include "base/encoding.h"
#include "trust/der.h"

enum {
	SMALL = 4096,
	LARGE = 200000
};

static void
expect_header(size_t contents_len, const char *expected_hex)
{
	struct mun_buffer contents = MUN_BUFFER_INIT(LARGE);
	struct mun_buffer out = MUN_BUFFER_INIT(LARGE);
	uint8_t expected[8];
	size_t expected_len = strlen(expected_hex) / 2;

	for (size_t i = 0; i < contents_len; i++)
		mun_buffer_append_byte(&contents, (uint8_t)i);
	mun_der_put(&out, MUN_DER_OCTET_STRING, contents.data, contents.len);
	assert_true(mun_hex_decode(
	    expected, expected_len, expected_hex, 2 * expected_len));
	assert_int_equal(out.status, MUN_OK);
	assert_int_equal(out.len, expected_len + contents_len);
	assert_memory_equal(out.data, expected, expected_len);
	if (contents_len > 0)
		assert_memory_equal(
		    out.data + expected_len, contents.data, contents_len);
	mun_buffer_free(&contents);
	mun_buffer_free(&out);
}

static void
test_lengths_are_written_in_the_fewest_octets(void **state)
{
	(void)state;
	expect_header(0, "0400");
	expect_header(1, "0401");
	expect_header(127, "047f");
	expect_header(128, "048180");
	expect_header(255, "0481ff");
	expect_header(256, "04820100");
	expect_header(65535, "0482ffff");
	expect_header(65536, "0483010000");
}

static void
test_elements_nest(void **state)
{
	/* SEQUENCE { SET { INTEGER 5 }, NULL } */
	static const uint8_t expected[] = { 0x30, 0x07, 0x31, 0x03, 0x02, 0x01,
		0x05, 0x05, 0x00 };
	static const uint8_t five = 5;
	struct mun_buffer out = MUN_BUFFER_INIT(SMALL);
	size_t sequence, set;

	(void)state;
	sequence = mun_der_open(&out, MUN_DER_SEQUENCE);
	set = mun_der_open(&out, MUN_DER_SET);
	mun_der_put(&out, MUN_DER_INTEGER, &five, 1);
	mun_der_close(&out, set);
	mun_der_put(&out, MUN_DER_NULL, NULL, 0);
	mun_der_close(&out, sequence);
	assert_int_equal(out.len, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	mun_buffer_free(&out);
}

static void
test_a_full_buffer_sticks(void **state)
{
	for (size_t max = 0; max < 11; max++) {
		struct mun_buffer out = MUN_BUFFER_INIT(max);
		size_t outer, inner;

		outer = mun_der_open(&out, MUN_DER_SEQUENCE);
		inner = mun_der_open(&out, MUN_DER_SEQUENCE);
		mun_der_put(&out, MUN_DER_UTF8_STRING, "abcde", 5);
		mun_der_close(&out, inner);
		mun_der_close(&out, outer);
		assert_int_equal(out.status, MUN_ERR_LIMIT);
		mun_buffer_free(&out);
	}
	(void)state;
}

struct refusal {
	const char *what;
	const char *hex;
};

static const struct refusal refusals[] = {
	{ "nothing", "" },
	{ "a tag alone", "30" },
	{ "contents cut short", "30030201" },
	{ "contents missing", "3003" },
	{ "indefinite length", "30800000" },
	{ "length not minimal, one octet", "308103020105" },
	{ "length not minimal, leading zero", "30820003020105" },
	{ "length of nine octets", "3089010000000000000000" },
	{ "length of 4 GiB", "3084ffffffff" },
	{ "reserved length octet", "30ff" },
	{ "long-form tag", "3f2003020105" },
	{ "end-of-contents tag", "0000" },
	{ "bytes after it", "300302010500" },
	{ "inner element too long", "3003020205" },
	{ "inner element indefinite", "300430800000" },
};

static void
test_what_is_not_der_is_not_strict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		uint8_t der[64] = { 0 };
		size_t len = strlen(refusals[i].hex) / 2;

		assert_true(mun_hex_decode(der, len, refusals[i].hex, 2 * len));
		if (mun_der_is_strict(der, len))
			fail_msg("accepted: %s", refusals[i].what);
	}
}

static void
test_whole_elements_are_strict(void **state)
{
	static const uint8_t nested[] = { 0x30, 0x07, 0x31, 0x03, 0x02, 0x01,
		0x05, 0x05, 0x00 };

	(void)state;
	assert_true(mun_der_is_strict(nested, sizeof(nested)));
	assert_true(mun_der_is_strict("\x05\x00", 2));
	assert_true(mun_der_is_strict("\x30\x00", 2));
}

static void
test_nesting_ends_somewhere(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(LARGE);
	size_t marks[10000];

	(void)state;
	for (size_t depth = 1; depth <= 10000; depth *= 10) {
		mun_buffer_reset(&out);
		for (size_t i = 0; i < depth; i++)
			marks[i] = mun_der_open(&out, MUN_DER_SEQUENCE);
		for (size_t i = depth; i > 0; i--)
			mun_der_close(&out, marks[i - 1]);
		assert_int_equal(out.status, MUN_OK);
		assert_int_equal(
		    mun_der_is_strict(out.data, out.len), depth <= 10);
	}
	mun_buffer_free(&out);
}

static void
test_take_steps_only_over_its_tag(void **state)
{
	static const uint8_t der[] = { 0x02, 0x01, 0x05, 0x05, 0x00 };
	struct mun_reader reader = mun_reader_over(der, sizeof(der)), contents;
	const uint8_t *whole;
	size_t len;

	(void)state;
	assert_false(mun_der_take(&reader, MUN_DER_NULL, &contents));
	assert_int_equal(reader.pos, 0);
	assert_true(mun_der_take_whole(&reader, MUN_DER_INTEGER, &whole, &len));
	assert_ptr_equal(whole, der);
	assert_int_equal(len, 3);
	assert_true(mun_der_next_is(&reader, MUN_DER_NULL));
	assert_true(mun_der_take(&reader, MUN_DER_NULL, &contents));
	assert_int_equal(contents.len, 0);
	assert_false(mun_der_next_is(&reader, MUN_DER_NULL));
	assert_false(mun_der_take(&reader, MUN_DER_NULL, &contents));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths_are_written_in_the_fewest_octets),
		cmocka_unit_test(test_elements_nest),
		cmocka_unit_test(test_a_full_buffer_sticks),
		cmocka_unit_test(test_what_is_not_der_is_not_strict),
		cmocka_unit_test(test_whole_elements_are_strict),
		cmocka_unit_test(test_nesting_ends_somewhere),
		cmocka_unit_test(test_take_steps_only_over_its_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
