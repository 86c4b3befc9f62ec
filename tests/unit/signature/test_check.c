/* SPDX-License-Identifier: BSD-2-Clause */
/* What is the signature, and that nothing near it is. */
#include "harness/harness.h"

#include <string.h>

#include "pki/pki.h"
#include "signed.h"
#include "trust/der.h"

static const char *const signers[] = { "p256", "p384", "rsa3072" };
static const enum mun_signature_form forms[] = { MUN_SIGNATURE_DETACHED,
	MUN_SIGNATURE_ENCLOSING };

static void
test_a_signature_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct mun_buffer object = signed_object(
		    forms[i % 2], signers[i / 2], signers[i / 2], SIGNED_AT);

		assert_string_equal(signed_verdict(forms[i % 2], signers[i / 2],
					object.data, object.len),
		    "PASSED");
		assert_string_equal(
		    signed_verdict(forms[(i + 1) % 2], signers[i / 2],
			object.data, object.len),
		    "cms.encoding");
		mun_buffer_free(&object);
	}
}

static void
test_every_flipped_bit_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct mun_certificate *signer =
		    mun_pki_certificate(signers[i / 2]);
		struct mun_buffer object = signed_object(
		    forms[i % 2], signers[i / 2], signers[i / 2], SIGNED_AT);

		for (size_t bit = 0; bit < 8 * object.len;
		     bit += MUN_FLIP_STEP) {
			object.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
			assert_non_null(mun_signature_check(forms[i % 2],
			    signer, signed_content, signed_content_len,
			    SIGNED_AT, object.data, object.len));
			object.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		}
		mun_buffer_free(&object);
		mun_certificate_free(signer);
	}
}

static void
test_every_cut_and_every_tail_is_refused(void **state)
{
	struct mun_buffer object =
	    signed_object(MUN_SIGNATURE_ENCLOSING, "p256", "p256", SIGNED_AT);
	struct mun_certificate *signer = mun_pki_certificate("p256");

	(void)state;
	for (size_t len = 0; len < object.len; len++)
		assert_string_equal(
		    mun_signature_check(MUN_SIGNATURE_ENCLOSING, signer,
			signed_content, signed_content_len, SIGNED_AT,
			object.data, len),
		    "cms.encoding");
	mun_buffer_append_byte(&object, 0);
	assert_string_equal(
	    mun_signature_check(MUN_SIGNATURE_ENCLOSING, signer, signed_content,
		signed_content_len, SIGNED_AT, object.data, object.len),
	    "cms.encoding");
	mun_certificate_free(signer);
	mun_buffer_free(&object);
}

static void
test_another_time_or_content_is_refused(void **state)
{
	struct mun_buffer object =
	    signed_object(MUN_SIGNATURE_DETACHED, "p256", "p256", SIGNED_AT);
	struct mun_certificate *signer = mun_pki_certificate("p256");

	(void)state;
	assert_string_equal(
	    mun_signature_check(MUN_SIGNATURE_DETACHED, signer, signed_content,
		signed_content_len, SIGNED_AT + 1, object.data, object.len),
	    "cms.encoding");
	assert_string_equal(
	    mun_signature_check(MUN_SIGNATURE_DETACHED, signer, signed_content,
		signed_content_len - 1, SIGNED_AT, object.data, object.len),
	    "cms.encoding");
	mun_certificate_free(signer);
	mun_buffer_free(&object);
}

static void
test_another_certificate_is_refused(void **state)
{
	struct mun_buffer object =
	    signed_object(MUN_SIGNATURE_DETACHED, "p256", "p256", SIGNED_AT);

	(void)state;
	/* The same name, another key; the same key, another certificate. */
	assert_string_equal(signed_verdict(MUN_SIGNATURE_DETACHED, "stranger",
				object.data, object.len),
	    "cms.certificate");
	assert_string_equal(signed_verdict(MUN_SIGNATURE_DETACHED, "documents",
				object.data, object.len),
	    "cms.certificate");
	assert_string_equal(signed_verdict(MUN_SIGNATURE_DETACHED, "p384",
				object.data, object.len),
	    "cms.certificate");
	mun_buffer_free(&object);
}

static void
test_a_value_by_another_key_is_refused(void **state)
{
	struct mun_buffer object = signed_object(
	    MUN_SIGNATURE_DETACHED, "p256", "stranger", SIGNED_AT);

	(void)state;
	assert_string_equal(signed_verdict(MUN_SIGNATURE_DETACHED, "p256",
				object.data, object.len),
	    "cms.signature");
	mun_buffer_free(&object);
}

static void
test_a_certificate_that_may_not_sign_is_named_by_its_rule(void **state)
{
	static const struct {
		const char *name;
		const char *key;
		const char *rule;
	} cases[] = {
		{ "is-ca", "p256", "certificate.is-ca" },
		{ "server", "p256", "certificate.usage" },
		{ "no-usage", "p256", "certificate.usage" },
		{ "encipherment", "p256", "certificate.usage" },
		{ "unknown-critical", "p256", "certificate.extension-unknown" },
		{ "md5", "rsa3072", "certificate.signature-weak" },
		{ "sha1", "p256", "certificate.signature-weak" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_buffer object = signed_object(MUN_SIGNATURE_DETACHED,
		    cases[i].name, cases[i].key, SIGNED_AT);

		assert_string_equal(signed_verdict(MUN_SIGNATURE_DETACHED,
					cases[i].name, object.data, object.len),
		    cases[i].rule);
		mun_buffer_free(&object);
	}
}

/* An object for such a key cannot even be written; one that only looks right
 * up to the certificate is judged by the certificate. */
static void
test_a_weak_key_is_refused(void **state)
{
	static const char *const weak[] = { "rsa2048", "rsa1024", "p521",
		"k256", "explicit", "rsa-pss", "ed25519" };
	struct mun_buffer object = MUN_BUFFER_INIT(MUN_CMS_MAX);

	(void)state;
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		struct mun_certificate *signer = mun_pki_certificate(weak[i]);

		mun_buffer_reset(&object);
		mun_signature_build(&object, MUN_SIGNATURE_DETACHED, signer,
		    signed_content, signed_content_len, SIGNED_AT, "v", 1);
		assert_int_equal(object.status, MUN_ERR_UNSUPPORTED);
		assert_string_equal(
		    mun_certificate_unfit(signer), "certificate.key-weak");
		mun_certificate_free(signer);
	}
	mun_buffer_free(&object);
}

static void
test_the_upper_twin_is_refused(void **state)
{
	struct mun_certificate *signer = mun_pki_certificate("p256");
	struct mun_buffer object =
	    signed_object(MUN_SIGNATURE_DETACHED, "p256", "p256", SIGNED_AT);
	struct mun_buffer twin = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer forged = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_signature_claim claim;

	(void)state;
	MUN_EXPECT_OK(
	    mun_signature_unverified_claim(
		&claim, MUN_SIGNATURE_DETACHED, object.data, object.len, NULL),
	    NULL);
	mun_pki_twin("p256", claim.value, claim.value_len, &twin);
	mun_signature_build(&forged, MUN_SIGNATURE_DETACHED, signer,
	    signed_content, signed_content_len, SIGNED_AT, twin.data, twin.len);
	assert_string_equal(signed_verdict(MUN_SIGNATURE_DETACHED, "p256",
				forged.data, forged.len),
	    "cms.signature");
	mun_buffer_free(&forged);
	mun_buffer_free(&twin);
	mun_buffer_free(&object);
	mun_certificate_free(signer);
}

static void
test_the_claim_is_what_was_put_in(void **state)
{
	struct mun_buffer object =
	    signed_object(MUN_SIGNATURE_ENCLOSING, "p384", "p384", SIGNED_AT);
	struct mun_certificate *signer = mun_pki_certificate("p384");
	struct mun_signature_claim claim;
	const uint8_t *der;
	size_t len;

	(void)state;
	MUN_EXPECT_OK(
	    mun_signature_unverified_claim(
		&claim, MUN_SIGNATURE_ENCLOSING, object.data, object.len, NULL),
	    NULL);
	der = mun_certificate_der(signer, &len);
	assert_int_equal(claim.certificate_len, len);
	assert_memory_equal(claim.certificate, der, len);
	assert_int_equal(claim.content_len, signed_content_len);
	assert_memory_equal(claim.content, signed_content, signed_content_len);
	MUN_EXPECT_STATUS(
	    mun_signature_unverified_claim(
		&claim, MUN_SIGNATURE_DETACHED, object.data, object.len, NULL),
	    MUN_ERR_FORMAT, NULL);
	assert_null(claim.certificate);
	mun_certificate_free(signer);
	mun_buffer_free(&object);
}

static void
test_too_large_is_said_before_anything_is_read(void **state)
{
	static const uint8_t large[MUN_CMS_MAX + 1];
	struct mun_signature_claim claim;
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	MUN_EXPECT_STATUS(
	    mun_signature_unverified_claim(
		&claim, MUN_SIGNATURE_DETACHED, large, sizeof(large), &err),
	    MUN_ERR_LIMIT, &err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_signature_passes),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_every_cut_and_every_tail_is_refused),
		cmocka_unit_test(test_another_time_or_content_is_refused),
		cmocka_unit_test(test_another_certificate_is_refused),
		cmocka_unit_test(test_a_value_by_another_key_is_refused),
		cmocka_unit_test(
		    test_a_certificate_that_may_not_sign_is_named_by_its_rule),
		cmocka_unit_test(test_a_weak_key_is_refused),
		cmocka_unit_test(test_the_upper_twin_is_refused),
		cmocka_unit_test(test_the_claim_is_what_was_put_in),
		cmocka_unit_test(
		    test_too_large_is_said_before_anything_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
