/* SPDX-License-Identifier: BSD-2-Clause */
/* What a token must be: each fault alone, in a token that is rightly signed. */
#include <stdio.h>
#include <string.h>

#include "forge.h"
#include "harness/harness.h"
#include "pki/pki.h"

static const uint8_t imprint[MUN_SHA256_LEN] = { 0x11, 0x22 };
static const struct mun_timestamp_query query = { .imprint = { 0x11, 0x22 },
	.nonce = { 0x40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	.policy = "1.2.3.4.1" };

/* The rule for a forged token, read and checked without trust. */
static const char *
rule_of(const struct forge *forge)
{
	struct mun_buffer der = MUN_BUFFER_INIT(1 << 20);
	struct mun_timestamp_token token;
	const char *rule;

	forge_token(&der, forge);
	rule = mun_timestamp_token_read(&token, der.data, der.len);
	if (rule == NULL)
		rule = mun_timestamp_check(&token, imprint, &query);
	else
		assert_int_equal(token.certificate_count, 0);
	mun_buffer_free(&der);
	return rule;
}

static struct forge
good(void)
{
	const struct forge forge = {
		.signer = "tsa4", .imprint = imprint, .nonce = query.nonce
	};

	return forge;
}

static void
expect_rule(const struct forge *forge, const char *expected)
{
	const char *rule = rule_of(forge);

	if (expected == NULL ? rule != NULL
			     : rule == NULL || strcmp(rule, expected) != 0)
		fail_msg("'%s' -> '%s': %s, not %s",
		    forge->find == NULL ? "" : forge->find,
		    forge->replace == NULL ? "" : forge->replace,
		    rule == NULL ? "accepted" : rule,
		    expected == NULL ? "accepted" : expected);
}

#define SHA256_OID "06{608648016503040201}"
#define ALGORITHM "30{ " SHA256_OID " }"
#define ESS "30{ 06{2a864886f70d010910022f} 31{ 30{ 30{ 30{ "
#define ESS_ID \
	"30{ " ALGORITHM " 04{$certhash} 30{ 30{ a4{$issuer} } $serial } }"
#define SIGNING_TIME "30{ 06{2a864886f70d010905} 31{ 17{'261124120000Z'} } } "
#define DIGEST "30{ 06{2a864886f70d010904} 31{ 04{$infohash} } } "
#define CONTENT_TYPE                      \
	"30{ 06{2a864886f70d010903} 31{ " \
	"06{2a864886f70d0109100104} } } "
#define ESS_V1(hash)                                                           \
	"30{ 06{2a864886f70d010910020c} 31{ 30{ 30{ 30{ 04{" hash "} } } } } " \
	"} "

static const struct {
	enum forge_part part;
	const char *find, *replace, *rule;
} changes[] = {
	{ FORGE_NOTHING, NULL, NULL, NULL },
	/* TSTInfo: version, policy, imprint */
	{ FORGE_INFO, "02{01} 06", "02{02} 06", "ts.encoding" },
	{ FORGE_INFO, "02{01} 06", "02{0001} 06", "ts.encoding" },
	{ FORGE_INFO, "02{01} 06", "06", "ts.encoding" },
	{ FORGE_INFO, "06{2a030401}", "06{2a030402}", "ts.policy" },
	{ FORGE_INFO, "06{2a030401}", "06{}", "ts.encoding" },
	{ FORGE_INFO, "06{2a030401}", "06{2a0381}", "ts.encoding" },
	{ FORGE_INFO, "06{2a030401}", "06{2a80030401}", "ts.encoding" },
	{ FORGE_INFO, "06{2a030401}", "06{2affffffffffffffffffff7f}",
	    "ts.encoding" },
	{ FORGE_INFO, "0201} 05{} }", "0201} }", NULL },
	{ FORGE_INFO, "0201} 05{} }", "0201} 05{00} }", "ts.algorithm" },
	{ FORGE_INFO, "0201} 05{} }", "0201} 05{} 05{} }", "ts.algorithm" },
	{ FORGE_INFO, "0201} 05{} }", "0201} 04{} }", "ts.algorithm" },
	{ FORGE_INFO, "608648016503040201", "608648016503040202",
	    "ts.algorithm" },
	{ FORGE_INFO, "608648016503040201", "608648016503040203",
	    "ts.algorithm" },
	{ FORGE_INFO, "608648016503040201", "2b0e03021a", "ts.algorithm" },
	{ FORGE_INFO, "04{$imprint}", "04{$imprint 00}", "ts.encoding" },
	{ FORGE_INFO, "04{$imprint}", "04{$imprint} 05{}", "ts.encoding" },
	{ FORGE_INFO, "04{$imprint}", "04{}", "ts.encoding" },
	{ FORGE_INFO, "04{$imprint}", "04{$certhash}", "ts.imprint" },
	/* serial number */
	{ FORGE_INFO, "02{0102}", "02{}", "ts.encoding" },
	{ FORGE_INFO, "02{0102}", "02{ff02}", "ts.encoding" },
	{ FORGE_INFO, "02{0102}", "02{0002}", "ts.encoding" },
	{ FORGE_INFO, "02{0102}", "02{0080}", NULL },
	{ FORGE_INFO, "02{0102}", "02{00}", NULL },
	{ FORGE_INFO, "02{0102}",
	    "02{00ffffffffffffffffffffffffffffffffffffffff}", NULL },
	{ FORGE_INFO, "02{0102}",
	    "02{01ffffffffffffffffffffffffffffffffffffffffff}", "ts.encoding" },
	/* genTime */
	{ FORGE_INFO, "$time", "'20261124120000.5Z'", NULL },
	{ FORGE_INFO, "$time", "'20261124120000.123456789Z'", NULL },
	{ FORGE_INFO, "$time", "'20261124120000.1234567891Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120000.000Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120000.50Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120000.Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120000,5Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120000'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120000+0000'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'202611241200Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261324120000Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20260230120000Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124246060Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120060Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'19691231235959Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124 20000Z'", "ts.encoding" },
	{ FORGE_INFO, "$time", "'20261124120000.5xZ'", "ts.encoding" },
	{ FORGE_INFO, "18{$time}", "17{'261124120000Z'}", "ts.encoding" },
	/* accuracy */
	{ FORGE_INFO, "30{ 02{01} 80{01f4} 81{64} }", "", NULL },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "", "ts.encoding" },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "02{00}", NULL },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "81{03e7}", NULL },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "81{03e8}", "ts.encoding" },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "80{00}", "ts.encoding" },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "81{00}", "ts.encoding" },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "80{03e8}", "ts.encoding" },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "02{ff}", "ts.encoding" },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "02{0100000000}",
	    "ts.encoding" },
	{ FORGE_INFO, "02{01} 80{01f4} 81{64}", "81{64} 80{01f4}",
	    "ts.encoding" },
	/* ordering, nonce, tsa, extensions */
	{ FORGE_INFO, "01{ff} ", "", NULL },
	{ FORGE_INFO, "01{ff}", "01{00}", "ts.encoding" },
	{ FORGE_INFO, "01{ff}", "01{01}", "ts.encoding" },
	{ FORGE_INFO, "02{$nonce}", "", "ts.nonce" },
	{ FORGE_INFO, "02{$nonce}", "02{01}", "ts.nonce" },
	{ FORGE_INFO, "02{$nonce}", "02{00 $nonce}", "ts.encoding" },
	{ FORGE_INFO, "02{$nonce}", "02{ff}", "ts.encoding" },
	{ FORGE_INFO, "a0{ a4{$subject} }", "", NULL },
	{ FORGE_INFO, "a4{$subject}", "a4{$issuer}", "ts.signer" },
	{ FORGE_INFO, "a4{$subject}", "86{'http://a'}", "ts.encoding" },
	{ FORGE_INFO, "a4{$subject}", "a4{$subject} 05{}", "ts.encoding" },
	{ FORGE_INFO, "a4{$subject}", "a4{$subject 05{}}", "ts.encoding" },
	{ FORGE_INFO, "a0{ a4{$subject} }", "a1{ 30{ 06{2a0304} 04{01} } }",
	    NULL },
	{ FORGE_INFO, "a0{ a4{$subject} }",
	    "a1{ 30{ 06{2a0304} 01{ff} 04{01} } }", "ts.encoding" },
	{ FORGE_INFO, "a0{ a4{$subject} }", "a1{}", "ts.encoding" },
	{ FORGE_INFO, "a0{ a4{$subject} }", "a2{}", "ts.encoding" },
	{ FORGE_INFO, "a0{ a4{$subject} }", "05{}", "ts.encoding" },
	/* signed attributes */
	{ FORGE_ATTRIBUTES, SIGNING_TIME, "", NULL },
	{ FORGE_ATTRIBUTES, "17{'261124120000Z'}", "18{'20261124120000Z'}",
	    NULL },
	{ FORGE_ATTRIBUTES, "17{'261124120000Z'}", "04{}", "ts.attributes" },
	{ FORGE_ATTRIBUTES, "17{'261124120000Z'}",
	    "17{'261124120000Z'} 17{'261124120000Z'}", "ts.attributes" },
	{ FORGE_ATTRIBUTES, CONTENT_TYPE, "", "ts.attributes" },
	{ FORGE_ATTRIBUTES, CONTENT_TYPE, CONTENT_TYPE CONTENT_TYPE,
	    "ts.attributes" },
	{ FORGE_ATTRIBUTES, "06{2a864886f70d0109100104}",
	    "06{2a864886f70d010701}", "ts.attributes" },
	{ FORGE_ATTRIBUTES, DIGEST, "", "ts.attributes" },
	{ FORGE_ATTRIBUTES, DIGEST, DIGEST DIGEST, "ts.attributes" },
	{ FORGE_ATTRIBUTES, "$infohash", "$certhash", "ts.attributes" },
	{ FORGE_ATTRIBUTES, "04{$infohash}", "04{$infohash} 04{$infohash}",
	    "ts.attributes" },
	{ FORGE_ATTRIBUTES, CONTENT_TYPE SIGNING_TIME,
	    SIGNING_TIME CONTENT_TYPE, "ts.attributes" },
	{ FORGE_ATTRIBUTES, SIGNING_TIME,
	    "30{ 06{2a0304} 31{ 05{} } } " SIGNING_TIME, "ts.attributes" },
	{ FORGE_ATTRIBUTES, "31{ 04{$infohash} }", "31{}", "ts.attributes" },
	/* cmsAlgorithmProtection */
	{ FORGE_ATTRIBUTES, DIGEST,
	    "30{ 06{2a864886f70d010934} 31{ 30{ $digest "
	    "a1{ 06{2a8648ce3d040302} } } } } " DIGEST,
	    NULL },
	{ FORGE_ATTRIBUTES, DIGEST,
	    "30{ 06{2a864886f70d010934} 31{ 30{ $digest "
	    "a1{ 06{2a8648ce3d040303} } } } } " DIGEST,
	    "ts.attributes" },
	{ FORGE_ATTRIBUTES, DIGEST,
	    "30{ 06{2a864886f70d010934} 31{ 30{ "
	    "30{ 06{608648016503040202} } "
	    "a1{ 06{2a8648ce3d040302} } } } } " DIGEST,
	    "ts.attributes" },
	/* ESS */
	{ FORGE_ATTRIBUTES, "$certhash", "$infohash", "ts.ess" },
	{ FORGE_ATTRIBUTES, ALGORITHM " ", "", NULL },
	{ FORGE_ATTRIBUTES, ALGORITHM, "30{ 06{2b0e03021a} }", "ts.ess" },
	{ FORGE_ATTRIBUTES, ALGORITHM " 04{$certhash}",
	    "30{ 06{2b0e03021a} } 04{$certsha1}", "ts.ess" },
	{ FORGE_ATTRIBUTES, ALGORITHM, "30{ 06{608648016503040203} }",
	    "ts.ess" },
	{ FORGE_ATTRIBUTES, "30{ 30{ a4{$issuer} } $serial }", "", NULL },
	{ FORGE_ATTRIBUTES, "a4{$issuer}", "a4{$subject}", "ts.ess" },
	{ FORGE_ATTRIBUTES, "} $serial }", "} 02{01} }", "ts.ess" },
	{ FORGE_ATTRIBUTES, "30{ a4{$issuer} } $serial",
	    "30{ a4{$issuer} } $serial 05{}", "ts.ess" },
	{ FORGE_ATTRIBUTES, "a4{$issuer}", "86{'a'}", "ts.ess" },
	{ FORGE_ATTRIBUTES, ESS,
	    "30{ 06{2a864886f70d010910022f} 31{ "
	    "30{ 30{} } } } 30{ 06{2a0304} 31{ 30{ 30{ 30{ ",
	    "ts.attributes" },
	{ FORGE_ATTRIBUTES, ESS_ID " } }",
	    ESS_ID " } 30{ 30{ "
		   "06{2a0304} } } }",
	    "ts.attributes" },
	/* the older ESS attribute, never alone */
	{ FORGE_ATTRIBUTES, SIGNING_TIME, SIGNING_TIME ESS_V1("$certsha1"),
	    NULL },
	{ FORGE_ATTRIBUTES, DIGEST, DIGEST ESS_V1("$certhash"), "ts.ess" },
	{ FORGE_ATTRIBUTES, "06{2a864886f70d010910022f}",
	    "06{2a864886f70d010910020c}", "ts.ess" },
	/* the frame */
	{ FORGE_FRAME, "06{2a864886f70d010702}", "06{2a864886f70d010701}",
	    "ts.encoding" },
	{ FORGE_FRAME, "02{03}", "02{01}", "ts.encoding" },
	{ FORGE_FRAME, "31{ $digest }", "31{ $digest $digest }",
	    "ts.encoding" },
	{ FORGE_FRAME, "31{ $digest }", "31{}", "ts.encoding" },
	{ FORGE_FRAME, "31{ $digest }",
	    "31{ 30{ 06{608648016503040201} 05{} } }", "ts.encoding" },
	{ FORGE_FRAME, "06{2a864886f70d0109100104} a0",
	    "06{2a864886f70d010701} a0", "ts.encoding" },
	{ FORGE_FRAME, "04{$info}", "24{ 04{$info} }", "ts.encoding" },
	{ FORGE_FRAME, "04{$info}", "04{$info} 04{}", "ts.encoding" },
	{ FORGE_FRAME, "04{$info}", "04{$info 00}", "ts.encoding" },
	{ FORGE_FRAME, "a0{$certificates} ", "", "ts.encoding" },
	{ FORGE_FRAME, "a0{$certificates}", "a0{}", "ts.encoding" },
	{ FORGE_FRAME, "a0{$certificates}", "a0{$certificates $certificates}",
	    "ts.encoding" },
	{ FORGE_FRAME, "a0{$certificates}", "a0{$certificates a1{}}",
	    "ts.encoding" },
	{ FORGE_FRAME, "a0{$certificates}", "a0{$certificates} a1{}",
	    "ts.encoding" },
	{ FORGE_FRAME, "a0{$certificates}", "a0{ 30{} }", "ts.encoding" },
	{ FORGE_FRAME, "31{ 30{ 02{01}", "31{ 30{ 02{03}", "ts.encoding" },
	{ FORGE_FRAME, "30{ $issuer $serial }", "30{ $subject $serial }",
	    "ts.signer" },
	{ FORGE_FRAME, "30{ $issuer $serial }", "30{ $issuer 02{01} }",
	    "ts.signer" },
	{ FORGE_FRAME, "30{ $issuer $serial }", "30{ $issuer $serial 05{} }",
	    "ts.encoding" },
	{ FORGE_FRAME, "$algorithm", "30{ 06{2a8648ce3d040303} }",
	    "ts.algorithm" },
	{ FORGE_FRAME, "$algorithm", "30{ 06{2a8648ce3d0401} }",
	    "ts.algorithm" },
	{ FORGE_FRAME, "$algorithm", "30{ 06{2a8648ce3d040302} 05{} }",
	    "ts.algorithm" },
	{ FORGE_FRAME, "$algorithm", "30{ 06{2a864886f70d010101} 05{} }",
	    "ts.algorithm" },
	{ FORGE_FRAME, "04{$value}", "04{$value 00}", "ts.signature" },
	{ FORGE_FRAME, "04{$value}", "04{}", "ts.signature" },
	{ FORGE_FRAME, "04{$value}", "04{ 30{ 02{01} 02{01} } }",
	    "ts.signature" },
	{ FORGE_FRAME, "04{$value}", "04{ 30{ 02{00} 02{00} } }",
	    "ts.signature" },
	{ FORGE_FRAME, "04{$value}", "04{$value} a1{}", "ts.encoding" },
	{ FORGE_FRAME, "04{$value}",
	    "04{$value} a1{ 30{ 06{2a0304} 31{ 05{} } } }", "ts.encoding" },
	{ FORGE_FRAME, "a0{$attributes} ", "", "ts.encoding" },
};

static void
test_one_change_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct forge forge = good();

		forge.part = changes[i].part;
		forge.find = changes[i].find;
		forge.replace = changes[i].replace;
		expect_rule(&forge, changes[i].rule);
	}
	print_message("%zu changes\n", sizeof(changes) / sizeof(changes[0]));
}

/* The signature algorithm that names the digest too, and the plain one. */
static void
test_algorithms_of_keys(void **state)
{
	static const char *const signers[] = { "tsa1", "tsa2", "tsa3", "tsa4" };
	static const char *const named[] = { "", "0b", "0c", "0d" };
	char replace[64];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (int hash = MUN_SHA2_256; hash <= MUN_SHA2_512; hash++) {
			struct forge forge = good();

			forge.signer = signers[i];
			forge.hash = (enum mun_sha2)hash;
			expect_rule(&forge, NULL);
			if (i != 1 && i != 2)
				continue;
			forge.part = FORGE_FRAME;
			forge.find = "$algorithm";
			forge.replace = replace;
			(void)snprintf(replace, sizeof(replace),
			    "30{ 06{2a864886f70d0101%s} 05{} }", named[hash]);
			expect_rule(&forge, NULL);
			(void)snprintf(replace, sizeof(replace),
			    "30{ 06{2a864886f70d0101%s} 05{} }",
			    named[1 + hash % 3]);
			expect_rule(&forge, "ts.algorithm");
			(void)snprintf(replace, sizeof(replace),
			    "30{ 06{2a8648ce3d0403%02x} }", 1 + hash);
			expect_rule(&forge, "ts.algorithm");
		}
	}
}

static void
test_certificates_that_are_not_for_it(void **state)
{
	static const char *const cases[][2] = {
		{ "tsa-no-eku", "ts.eku" },
		{ "tsa-not-critical", "ts.eku" },
		{ "tsa-two-purposes", "ts.eku" },
		{ "tsa-any", "ts.eku" },
		{ "tsa-mail", "ts.eku" },
		{ "tsa-is-ca", "ts.eku" },
		{ "tsa-usage", "ts.eku" },
		{ "tsa-critical", "ts.eku" },
		{ "p256", "ts.eku" },
		{ "tsa-rsa1024", "ts.algorithm" },
		{ "tsa-p521", "ts.algorithm" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct forge forge = good();

		forge.signer = cases[i][0];
		print_message("%s\n", cases[i][0]);
		expect_rule(&forge, cases[i][1]);
	}
}

static void
test_what_it_claims(void **state)
{
	struct mun_buffer der = MUN_BUFFER_INIT(1 << 20);
	struct forge forge = good();
	struct mun_timestamp_token token;

	(void)state;
	forge.time_utc_s = 1795435201;
	forge.part = FORGE_INFO;
	forge.find = "18{$time}";
	forge.replace = "18{'20261123120001.0305Z'}";
	forge_token(&der, &forge);
	assert_null(mun_timestamp_token_read(&token, der.data, der.len));
	assert_memory_equal(token.imprint, imprint, MUN_SHA256_LEN);
	assert_int_equal(token.time_utc_s, 1795435201);
	assert_int_equal(token.time_ns, 30500000);
	assert_true(token.has_accuracy);
	assert_int_equal(token.accuracy_s, 1);
	assert_int_equal(token.accuracy_us, 500100);
	assert_true(token.is_ordered);
	assert_string_equal(token.policy, "1.2.3.4.1");
	assert_int_equal(token.serial.len, 2);
	assert_memory_equal(token.serial.data, "\x01\x02", 2);
	assert_int_equal(token.nonce.len, MUN_TIMESTAMP_NONCE_LEN);
	assert_int_equal(token.hash, MUN_SHA2_256);
	mun_buffer_free(&der);
}

static void
test_lengths(void **state)
{
	struct mun_buffer der = MUN_BUFFER_INIT(1 << 20);
	struct mun_timestamp_token token;
	struct forge forge = good();

	(void)state;
	forge_token(&der, &forge);
	for (size_t len = 0; len < der.len; len++)
		assert_string_equal(
		    mun_timestamp_token_read(&token, der.data, len),
		    "ts.encoding");
	mun_buffer_append_byte(&der, 0);
	assert_string_equal(
	    mun_timestamp_token_read(&token, der.data, der.len), "ts.encoding");
	/* Two tokens, one after the other. */
	der.len--;
	forge_token(&der, &forge);
	assert_string_equal(
	    mun_timestamp_token_read(&token, der.data, der.len), "ts.encoding");
	mun_buffer_reset(&der);
	while (der.len <= MUN_TIMESTAMP_TOKEN_MAX)
		mun_buffer_append_byte(&der, 0x30);
	assert_string_equal(
	    mun_timestamp_token_read(&token, der.data, der.len), "ts.encoding");
	mun_buffer_free(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_change_each),
		cmocka_unit_test(test_algorithms_of_keys),
		cmocka_unit_test(test_certificates_that_are_not_for_it),
		cmocka_unit_test(test_what_it_claims),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
