/* SPDX-License-Identifier: BSD-2-Clause */
/* The one form of a query, and responses. */
#include <string.h>

#include "harness/harness.h"
#include "timestamp/ask.h"

static const uint8_t imprint[MUN_SHA256_LEN] = { 0x11, 0x22 };

/* SOURCE: written by hand after RFC 3161 s2.4.1. */
static const uint8_t known[] = { 0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30,
	0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
	0x05, 0x00, 0x04, 0x20, 0x11, 0x22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x06, 0x04, 0x2a,
	0x03, 0x88, 0x37, 0x02, 0x10, 0x7f, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
	0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x01, 0x01,
	0xff };

static const struct mun_timestamp_query known_query = { .imprint = { 0x11,
							    0x22 },
	.nonce = { 0x7f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	.policy = "1.2.3.1079" };

static void
test_known_bytes(void **state)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
	struct mun_timestamp_query query;

	(void)state;
	mun_timestamp_query_write(&der, &known_query);
	assert_int_equal(der.len, sizeof(known));
	assert_memory_equal(der.data, known, sizeof(known));
	assert_null(mun_timestamp_query_read(&query, known, sizeof(known)));
	assert_memory_equal(&query, &known_query, sizeof(query));
	mun_buffer_free(&der);
}

/* What is read is exactly what would be written: a flipped bit gives another
 * query or none, never the same. */
static void
test_every_flipped_bit(void **state)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
	size_t other = 0, refused = 0;

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(known); bit++) {
		struct mun_timestamp_query query;
		uint8_t flipped[sizeof(known)];
		const char *rule;

		memcpy(flipped, known, sizeof(known));
		flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
		rule =
		    mun_timestamp_query_read(&query, flipped, sizeof(flipped));
		if (rule != NULL) {
			assert_string_equal(rule, "ts.query");
			refused++;
			continue;
		}
		assert_true(memcmp(&query, &known_query, sizeof(query)) != 0);
		mun_buffer_reset(&again);
		mun_timestamp_query_write(&again, &query);
		assert_memory_equal(again.data, flipped, sizeof(flipped));
		other++;
	}
	/* Imprint, nonce but for its first two bits, and some of the OID. */
	assert_true(other >= 8 * 32 + 8 * 16 - 2 && other < 8 * 56);
	print_message("%zu refused, %zu are another query\n", refused, other);
	mun_buffer_free(&again);
}

static void
test_lengths(void **state)
{
	struct mun_timestamp_query query;
	uint8_t longer[MUN_TIMESTAMP_QUERY_MAX + 1] = { 0 };

	(void)state;
	for (size_t len = 0; len < sizeof(known); len++)
		assert_string_equal(
		    mun_timestamp_query_read(&query, known, len), "ts.query");
	memcpy(longer, known, sizeof(known));
	assert_string_equal(
	    mun_timestamp_query_read(&query, longer, sizeof(known) + 1),
	    "ts.query");
	assert_string_equal(
	    mun_timestamp_query_read(&query, longer, sizeof(longer)),
	    "ts.query");
}

static void
test_fresh_queries(void **state)
{
	struct mun_timestamp_query one, other;
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	for (int i = 0; i < 100; i++) {
		MUN_EXPECT_OK(
		    mun_timestamp_query_make(&one, imprint, NULL, &err), &err);
		MUN_EXPECT_OK(
		    mun_timestamp_query_make(&other, imprint, "2.999.1", &err),
		    &err);
		assert_int_equal(one.nonce[0] & 0xc0, 0x40);
		assert_memory_equal(one.imprint, imprint, sizeof(imprint));
		assert_string_equal(one.policy, "");
		assert_string_equal(other.policy, "2.999.1");
		assert_true(memcmp(one.nonce, other.nonce,
				MUN_TIMESTAMP_NONCE_LEN) != 0);
	}
	MUN_EXPECT_STATUS(mun_timestamp_query_make(&one, imprint, "no", &err),
	    MUN_ERR_USAGE, &err);
}

static void
test_policies(void **state)
{
	static const char *const good[] = { "0.0", "1.39", "2.999",
		"2.18446744073709551535", "1.2.18446744073709551615",
		"1.3.6.1.4.1.13762.3" };
	static const char *const bad[] = { "", "1", "3.1", "0.40", "1.40",
		"1.2.", "1..2", ".1.2", "1.2.03", "1.2.-3", "1.2 ", "a",
		"1.2.18446744073709551616", "1.2,3" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct mun_buffer der =
		    MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
		struct mun_timestamp_query query = known_query, again;

		assert_true(mun_timestamp_is_policy(good[i]));
		(void)strcpy(query.policy, good[i]);
		mun_timestamp_query_write(&der, &query);
		assert_null(
		    mun_timestamp_query_read(&again, der.data, der.len));
		assert_string_equal(again.policy, good[i]);
		mun_buffer_free(&der);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(mun_timestamp_is_policy(bad[i]));
}

static void
test_responses(void **state)
{
	static const struct {
		const char *der;
		size_t len;
		const char *rule, *words;
	} cases[] = {
		{ "\x30\x05\x30\x03\x02\x01\x00", 7, "ts.encoding",
		    "no token" },
		{ "\x30\x07\x30\x03\x02\x01\x00\x30\x00", 9, NULL, "" },
		{ "\x30\x07\x30\x03\x02\x01\x01\x30\x00", 9, "ts.status",
		    "status 1, granted with modifications" },
		{ "\x30\x05\x30\x03\x02\x01\x02", 7, "ts.status",
		    "status 2, rejection" },
		{ "\x30\x05\x30\x03\x02\x01\x05", 7, "ts.status",
		    "revocation notification" },
		{ "\x30\x05\x30\x03\x02\x01\x06", 7, "ts.encoding", "" },
		{ "\x30\x05\x30\x03\x02\x01\xff", 7, "ts.encoding", "" },
		{ "\x30\x06\x30\x04\x02\x02\x00\x02", 8, "ts.encoding", "" },
		/* PKIFreeText with an escape sequence; failInfo bit 15 */
		{ "\x30\x13\x30\x11\x02\x01\x02\x30\x06\x0c\x04\x1b[0m"
		  "\x03\x04\x00\x00\x01\x00",
		    21, "ts.status",
		    "(unacceptedPolicy); in its own words: '\\x1b[0m'" },
		{ "\x30\x09\x30\x07\x02\x01\x02\x30\x02\x04\x00", 11,
		    "ts.encoding", "" },
		{ "\x30\x0a\x30\x08\x02\x01\x02\x03\x03\x08\x00\x00", 12,
		    "ts.encoding", "" },
		{ "\x30\x07\x30\x05\x02\x01\x02\x03\x00", 9, "ts.encoding",
		    "" },
		{ "\x30\x08\x30\x06\x02\x01\x02\x03\x01\x00", 10, "ts.status",
		    "rejection)" },
		{ "\x30\x09\x30\x07\x02\x01\x02\x03\x02\x00\x40", 11,
		    "ts.status", "no words for" },
		{ "\x30\x07\x30\x03\x02\x01\x00\x31\x00", 9, "ts.encoding",
		    "" },
		{ "\x30\x09\x30\x03\x02\x01\x00\x30\x00\x30\x00", 11,
		    "ts.encoding", "" },
		{ "\x30\x07\x30\x05\x02\x01\x02\x05\x00", 9, "ts.encoding",
		    "" },
		{ "\x30\x05\x30\x03\x02\x01\x02\x00", 8, "ts.encoding", "" },
		{ "\x30\x80\x30\x03\x02\x01\x02\x00\x00", 9, "ts.encoding",
		    "" },
		{ "", 0, "ts.encoding", "" },
		{ "\x00", 1, "ts.encoding", "" },
		{ "\x30", 1, "ts.encoding", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_buffer detail = MUN_BUFFER_INIT(4096);
		struct mun_timestamp_span token;
		const char *rule = mun_timestamp_response_read(
		    &token, &detail, cases[i].der, cases[i].len);

		print_message("%zu: %s\n", i, mun_buffer_text(&detail));
		if (cases[i].rule == NULL)
			assert_null(rule);
		else
			assert_string_equal(rule, cases[i].rule);
		assert_true((token.data == NULL) == (rule != NULL));
		assert_non_null(
		    strstr(mun_buffer_text(&detail), cases[i].words));
		mun_buffer_free(&detail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_bytes),
		cmocka_unit_test(test_every_flipped_bit),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_fresh_queries),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
