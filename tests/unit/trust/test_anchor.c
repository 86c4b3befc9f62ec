/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person may type after --trust. */
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#include "pki/pki.h"
#include "trust/anchor.h"

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"

static void
expect_digest(const char *text, enum mun_anchor_kind kind)
{
	static const uint8_t pattern[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
		0xcd, 0xef };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_anchor anchor;

	MUN_EXPECT_OK(mun_anchor_parse(&anchor, text, &err), &err);
	assert_int_equal(anchor.kind, kind);
	assert_null(anchor.certificate);
	for (size_t i = 0; i < MUN_SHA256_LEN; i++)
		assert_int_equal(anchor.sha256[i], pattern[i % 8]);
	mun_anchor_clear(&anchor);
}

static void
test_a_fingerprint_is_read_as_people_write_it(void **state)
{
	(void)state;
	expect_digest("vault:" DIGITS "cdef", MUN_ANCHOR_VAULT);
	expect_digest("sha256:" DIGITS "cdef", MUN_ANCHOR_CERTIFICATE);
	expect_digest("vault:" DIGITS "CDEF", MUN_ANCHOR_VAULT);
	expect_digest("vault: " DIGITS " cd-ef\n", MUN_ANCHOR_VAULT);
	expect_digest("sha256:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
		      "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF",
	    MUN_ANCHOR_CERTIFICATE);
	expect_digest(" Vault:\n " DIGITS "cdef", MUN_ANCHOR_VAULT);
	expect_digest("SHA256: " DIGITS "CDEF ", MUN_ANCHOR_CERTIFICATE);
	expect_digest(DIGITS "cdef", MUN_ANCHOR_EITHER);
	expect_digest("0123 4567 89AB CDEF 0123 4567 89AB CDEF\n"
		      "  0123 4567 89AB CDEF 0123 4567 89AB CDEF\n",
	    MUN_ANCHOR_EITHER);
}

static void
expect_usage(const char *text, const char *words)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_anchor anchor;

	MUN_EXPECT_STATUS(
	    mun_anchor_parse(&anchor, text, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, words);
	mun_anchor_clear(&anchor);
}

static void
test_a_wrong_fingerprint_gets_one_clear_sentence(void **state)
{
	(void)state;
	expect_usage("vault:" DIGITS "cde", "63 hexadecimal digits");
	expect_usage("vault:" DIGITS "cdef0", "65 hexadecimal digits");
	expect_usage("sha256:", "0 hexadecimal digits");
	expect_usage("vault:" DIGITS "cdeg", "'g'");
	expect_usage(DIGITS "cde", "63 hexadecimal digits");
	expect_usage("0123 4567 89ab cdef 0123 4567 89ab cdef", "in quotes");
	expect_usage("vault:0123", "4 hexadecimal digits");
	expect_usage("vault:vault:" DIGITS "cdef", "'v'");
	expect_usage("sha256:vault:" DIGITS "cdef", "'v'");
}

static void
test_a_certificate_file_is_pinned_whole(void **state)
{
	struct mun_certificate *certificate = mun_pki_certificate("p256");
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_anchor anchor;

	(void)state;
	MUN_EXPECT_OK(
	    mun_anchor_parse(&anchor, MUN_PKI_DIR "/p256.pem", &err), &err);
	assert_int_equal(anchor.kind, MUN_ANCHOR_CERTIFICATE);
	assert_non_null(anchor.certificate);
	assert_memory_equal(
	    anchor.sha256, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	mun_anchor_clear(&anchor);
	assert_null(anchor.certificate);
	mun_certificate_free(certificate);
}

static void
test_a_file_that_is_no_certificate_is_named(void **state)
{
	struct mun_scratch *scratch = *state;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_anchor anchor;
	static const char large[70000];
	char path[4096];

	snprintf(path, sizeof(path), "%s/anchor.pem", scratch->path);
	MUN_EXPECT_STATUS(
	    mun_anchor_parse(&anchor, path, &err), MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_TEXT(&err, "anchor.pem");
	mun_scratch_write(scratch, "anchor.pem", "no", 2);
	MUN_EXPECT_STATUS(
	    mun_anchor_parse(&anchor, path, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "anchor.pem");
	mun_scratch_write(scratch, "anchor.pem", large, sizeof(large));
	MUN_EXPECT_STATUS(
	    mun_anchor_parse(&anchor, path, &err), MUN_ERR_LIMIT, &err);
	/* few digits are a name, as "vault" without a colon is */
	MUN_EXPECT_STATUS(mun_anchor_parse(&anchor, "0123-cafe", &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_STATUS(mun_anchor_parse(&anchor, "vault " DIGITS, &err),
	    MUN_ERR_NOT_FOUND, &err);
	mun_anchor_clear(&anchor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_fingerprint_is_read_as_people_write_it),
		cmocka_unit_test(
		    test_a_wrong_fingerprint_gets_one_clear_sentence),
		cmocka_unit_test(test_a_certificate_file_is_pinned_whole),
		cmocka_unit_test_setup_teardown(
		    test_a_file_that_is_no_certificate_is_named,
		    mun_scratch_setup, mun_scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
