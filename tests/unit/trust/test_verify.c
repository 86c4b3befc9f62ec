/* SPDX-License-Identifier: BSD-2-Clause */
/* Signature values: verified, and the second forms of valid ones refused. */
#include "harness/harness.h"

#include <string.h>

#include "base/encoding.h"
#include "pki/pki.h"
#include "trust/der.h"

enum {
	VALUE_MAX = 1024
};

static const char message[] = "the exact bytes";

static const char *const signers[] = { "p256", "p384", "rsa3072" };

static bool
verifies(const char *name, const void *value, size_t len)
{
	struct mun_certificate *certificate = mun_pki_certificate(name);
	bool answer = mun_certificate_verify(
	    certificate, message, sizeof(message), value, len);

	mun_certificate_free(certificate);
	return answer;
}

static void
test_a_signature_verifies(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);

		mun_pki_sign(signers[i], message, sizeof(message), &value);
		assert_true(verifies(signers[i], value.data, value.len));
		mun_buffer_free(&value);
	}
}

static void
test_every_flipped_bit_of_a_value_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct mun_certificate *certificate =
		    mun_pki_certificate(signers[i]);
		struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);

		mun_pki_sign(signers[i], message, sizeof(message), &value);
		for (size_t bit = 0; bit < 8 * value.len; bit++) {
			value.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
			assert_false(mun_certificate_verify(certificate,
			    message, sizeof(message), value.data, value.len));
			value.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		}
		mun_buffer_free(&value);
		mun_certificate_free(certificate);
	}
}

static void
test_another_message_or_key_is_refused(void **state)
{
	struct mun_certificate *stranger = mun_pki_certificate("stranger");
	struct mun_certificate *own = mun_pki_certificate("p256");
	struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);

	(void)state;
	mun_pki_sign("p256", message, sizeof(message), &value);
	assert_false(mun_certificate_verify(
	    own, message, sizeof(message) - 1, value.data, value.len));
	assert_false(mun_certificate_verify(
	    stranger, message, sizeof(message), value.data, value.len));
	assert_false(mun_certificate_verify(
	    own, message, sizeof(message), value.data, 0));
	mun_buffer_free(&value);
	mun_certificate_free(own);
	mun_certificate_free(stranger);
}

static void
test_an_unfit_key_verifies_nothing(void **state)
{
	struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);

	(void)state;
	mun_pki_sign("rsa2048", message, sizeof(message), &value);
	assert_false(verifies("rsa2048", value.data, value.len));
	mun_buffer_free(&value);
}

static void
test_the_upper_twin_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);
		struct mun_buffer twin = MUN_BUFFER_INIT(VALUE_MAX);

		mun_pki_sign(signers[i], message, sizeof(message), &value);
		mun_pki_twin(signers[i], value.data, value.len, &twin);
		assert_false(verifies(signers[i], twin.data, twin.len));
		/* The twin of the twin is the value again. */
		mun_buffer_reset(&value);
		mun_pki_twin(signers[i], twin.data, twin.len, &value);
		assert_true(verifies(signers[i], value.data, value.len));
		mun_buffer_free(&twin);
		mun_buffer_free(&value);
	}
}

/* (r, s) given as contents octets in hex. */
static bool
pair_verifies(const char *r, const char *s)
{
	struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);
	size_t mark = mun_der_open(&value, MUN_DER_SEQUENCE);
	const char *const numbers[] = { r, s };
	bool answer;

	for (size_t i = 0; i < 2; i++) {
		uint8_t bytes[64];
		size_t len = strlen(numbers[i]) / 2;

		assert_true(mun_hex_decode(bytes, len, numbers[i], 2 * len));
		mun_der_put(&value, MUN_DER_INTEGER, bytes, len);
	}
	mun_der_close(&value, mark);
	answer = verifies("p256", value.data, value.len);
	mun_buffer_free(&value);
	return answer;
}

static void
test_degenerate_pairs_are_refused(void **state)
{
	static const char order[] = "00ffffffff00000000ffffffffffffffff"
				    "bce6faada7179e84f3b9cac2fc632551";

	(void)state;
	assert_false(pair_verifies("00", "00"));
	assert_false(pair_verifies("01", "00"));
	assert_false(pair_verifies("00", "01"));
	assert_false(pair_verifies("01", "01"));
	assert_false(pair_verifies("", "01"));
	assert_false(pair_verifies("ff", "01"));
	assert_false(pair_verifies(order, "01"));
	assert_false(pair_verifies("01", order));
}

static void
append_integer(
    struct mun_buffer *out, struct mun_reader integer, bool with_zero)
{
	size_t mark = mun_der_open(out, MUN_DER_INTEGER);

	if (with_zero)
		mun_buffer_append_byte(out, 0);
	mun_buffer_append(out, integer.data, integer.len);
	mun_der_close(out, mark);
}

/* A valid pair, written as no strict writer would. */
static void
test_a_valid_pair_in_another_encoding_is_refused(void **state)
{
	struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);
	struct mun_buffer other = MUN_BUFFER_INIT(VALUE_MAX);
	struct mun_reader all, pair, r, s;

	(void)state;
	mun_pki_sign("p256", message, sizeof(message), &value);
	all = mun_reader_over(value.data, value.len);
	assert_true(mun_der_take(&all, MUN_DER_SEQUENCE, &pair));
	assert_true(mun_der_take(&pair, MUN_DER_INTEGER, &r));
	assert_true(mun_der_take(&pair, MUN_DER_INTEGER, &s));
	for (int kind = 0; kind < 5; kind++) {
		size_t mark;

		mun_buffer_reset(&other);
		mark = mun_der_open(&other, MUN_DER_SEQUENCE);
		append_integer(&other, r, kind == 1);
		append_integer(&other, s, kind == 2);
		if (kind == 3)
			mun_der_put(&other, MUN_DER_NULL, NULL, 0);
		mun_der_close(&other, mark);
		if (kind == 4)
			mun_buffer_append_byte(&other, 0);
		assert_int_equal(
		    verifies("p256", other.data, other.len), kind == 0);
	}
	mun_buffer_free(&other);
	mun_buffer_free(&value);
}

static void
test_rsa_values_of_another_length_are_refused(void **state)
{
	struct mun_buffer value = MUN_BUFFER_INIT(VALUE_MAX);
	uint8_t longer[VALUE_MAX] = { 0 };

	(void)state;
	mun_pki_sign("rsa3072", message, sizeof(message), &value);
	memcpy(longer + 1, value.data, value.len);
	assert_false(verifies("rsa3072", longer, value.len + 1));
	assert_false(verifies("rsa3072", value.data, value.len - 1));
	mun_buffer_free(&value);
}

/* SOURCE RFC 8032 section 7.1, TEST 1 to 3 */
static const struct {
	const char *public_key;
	const char *message;
	const char *signature;
} ed25519_cases[] = {
	{ "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
	    "b8"
	    "821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da08"
	    "5a"
	    "c1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18"
	    "ff"
	    "9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static void
test_ed25519_agrees_with_rfc_8032(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t key[32], text[2], signature[64];
		size_t len = strlen(ed25519_cases[i].message) / 2;

		assert_true(
		    mun_hex_decode(key, 32, ed25519_cases[i].public_key, 64));
		assert_true(mun_hex_decode(
		    text, len, ed25519_cases[i].message, 2 * len));
		assert_true(mun_hex_decode(
		    signature, 64, ed25519_cases[i].signature, 128));
		assert_true(mun_ed25519_verify(key, text, len, signature));
		for (size_t bit = 0; bit < 512; bit++) {
			signature[bit / 8] ^= (uint8_t)(1U << (bit % 8));
			assert_false(
			    mun_ed25519_verify(key, text, len, signature));
			signature[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		}
	}
}

/* RFC 8032 s5.1.7: S + L verifies with a careless verifier. */
static void
test_ed25519_with_s_out_of_range_is_refused(void **state)
{
	/* L = 2^252 + 27742317777372353535851937790883648493, little-endian */
	static const uint8_t l[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12,
		0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
		0x14, [31] = 0x10 };
	uint8_t key[32], signature[64];
	unsigned carry = 0;

	(void)state;
	assert_true(mun_hex_decode(key, 32, ed25519_cases[0].public_key, 64));
	assert_true(
	    mun_hex_decode(signature, 64, ed25519_cases[0].signature, 128));
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)signature[32 + i] + l[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_false(mun_ed25519_verify(key, "", 0, signature));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_signature_verifies),
		cmocka_unit_test(test_every_flipped_bit_of_a_value_is_refused),
		cmocka_unit_test(test_another_message_or_key_is_refused),
		cmocka_unit_test(test_an_unfit_key_verifies_nothing),
		cmocka_unit_test(test_the_upper_twin_is_refused),
		cmocka_unit_test(test_degenerate_pairs_are_refused),
		cmocka_unit_test(
		    test_a_valid_pair_in_another_encoding_is_refused),
		cmocka_unit_test(test_rsa_values_of_another_length_are_refused),
		cmocka_unit_test(test_ed25519_agrees_with_rfc_8032),
		cmocka_unit_test(test_ed25519_with_s_out_of_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
