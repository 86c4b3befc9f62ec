/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate read from DER and PEM, and what is refused. */
#include "harness/harness.h"

#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "pki/pki.h"

enum {
	PEM_MAX = 65536
};

/* A certificate made here, where its parts can be wrong. */
struct draft {
	X509 *x509;
	EVP_PKEY *key;
};

static struct draft
draft_new(void)
{
	struct draft draft = { X509_new(), EVP_EC_gen("P-256") };
	X509_NAME *name = X509_get_subject_name(draft.x509);

	X509_set_version(draft.x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(draft.x509), 4711);
	X509_gmtime_adj(X509_getm_notBefore(draft.x509), 0);
	X509_gmtime_adj(X509_getm_notAfter(draft.x509), 86400);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)"draft", -1, -1, 0);
	X509_set_issuer_name(draft.x509, name);
	X509_set_pubkey(draft.x509, draft.key);
	return draft;
}

/* Sign it, parse it, free it. */
static enum mun_status
draft_parse(struct draft *draft, struct mun_certificate **certificate,
    struct mun_error *err)
{
	unsigned char *der = NULL;
	enum mun_status status;
	int len;

	assert_true(X509_sign(draft->x509, draft->key, EVP_sha256()) > 0);
	len = i2d_X509(draft->x509, &der);
	assert_true(len > 0);
	status = mun_certificate_from_der(certificate, der, (size_t)len, err);
	OPENSSL_free(der);
	X509_free(draft->x509);
	EVP_PKEY_free(draft->key);
	return status;
}

static void
test_a_certificate_tells_its_parts(void **state)
{
	struct draft draft = draft_new();
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_certificate *certificate;
	static const uint8_t issuer[] = { 0x30, 0x10, 0x31, 0x0e, 0x30, 0x0c,
		0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x05, 'd', 'r', 'a', 'f',
		't' };
	static const uint8_t serial[] = { 0x12, 0x67 };
	uint8_t sha256[MUN_SHA256_LEN];
	const uint8_t *part;
	size_t len;

	(void)state;
	/* 2026-11-23T10:11:12Z, and 2050-01-01T00:00:00Z */
	ASN1_TIME_set_string(X509_getm_notBefore(draft.x509), "261123101112Z");
	ASN1_TIME_set_string(X509_getm_notAfter(draft.x509), "20500101000000Z");
	MUN_EXPECT_OK(draft_parse(&draft, &certificate, &err), &err);
	assert_string_equal(mun_certificate_name(certificate), "draft");
	assert_int_equal(mun_certificate_not_before(certificate), 1795428672);
	assert_int_equal(mun_certificate_not_after(certificate), 2524608000);
	part = mun_certificate_issuer_der(certificate, &len);
	assert_int_equal(len, sizeof(issuer));
	assert_memory_equal(part, issuer, len);
	part = mun_certificate_serial(certificate, &len);
	assert_int_equal(len, sizeof(serial));
	assert_memory_equal(part, serial, len);
	part = mun_certificate_der(certificate, &len);
	mun_sha256_of(sha256, part, len);
	assert_memory_equal(
	    mun_certificate_sha256(certificate), sha256, sizeof(sha256));
	assert_true(mun_certificate_is_self_signed(certificate));
	assert_false(mun_certificate_names_crl(certificate));
	mun_certificate_free(certificate);
}

static void
test_an_issued_certificate_is_not_self_signed(void **state)
{
	struct mun_certificate *certificate = mun_pki_certificate("with-crl");

	(void)state;
	assert_false(mun_certificate_is_self_signed(certificate));
	assert_true(mun_certificate_names_crl(certificate));
	mun_certificate_free(certificate);
}

static void
expect_issued_by(const char *name, const char *issuer_name, bool is_issued)
{
	struct mun_certificate *certificate = mun_pki_certificate(name);
	struct mun_certificate *issuer = mun_pki_certificate(issuer_name);

	assert_int_equal(
	    mun_certificate_is_issued_by(certificate, issuer), is_issued);
	mun_certificate_free(certificate);
	mun_certificate_free(issuer);
}

static void
test_an_issuer_is_a_ca_of_that_name_that_signed(void **state)
{
	(void)state;
	expect_issued_by("leaf", "authority", true);
	expect_issued_by("leaf", "namesake", false);
	expect_issued_by("leaf", "sibling", false);
	expect_issued_by("leaf", "is-ca", false);
	expect_issued_by("p256", "p256", false); /* no CA */
	expect_issued_by("p256", "stranger", false);
}

static void
expect_refused_time(const char *text, int type, bool is_start)
{
	struct draft draft = draft_new();
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_certificate *certificate;
	ASN1_TIME *time = ASN1_STRING_type_new(type);

	ASN1_STRING_set(time, text, (int)strlen(text));
	if (is_start)
		X509_set1_notBefore(draft.x509, time);
	else
		X509_set1_notAfter(draft.x509, time);
	ASN1_STRING_free(time);
	MUN_EXPECT_STATUS(
	    draft_parse(&draft, &certificate, &err), MUN_ERR_FORMAT, &err);
	assert_null(certificate);
	MUN_EXPECT_TEXT(&err, "dates");
}

static void
test_dates_have_one_form_only(void **state)
{
	(void)state;
	expect_refused_time("20301123101112Z", V_ASN1_GENERALIZEDTIME, true);
	expect_refused_time("20301123101112Z", V_ASN1_GENERALIZEDTIME, false);
	expect_refused_time("2611231011Z", V_ASN1_UTCTIME, true);
	expect_refused_time("261123101112+0000", V_ASN1_UTCTIME, true);
	expect_refused_time("20501123101112.5Z", V_ASN1_GENERALIZEDTIME, false);
	expect_refused_time("261323101112Z", V_ASN1_UTCTIME, true);
	expect_refused_time("26112310111xZ", V_ASN1_UTCTIME, true);
	expect_refused_time("", V_ASN1_UTCTIME, true);
}

static void
test_a_name_with_a_nul_is_refused(void **state)
{
	struct draft draft = draft_new();
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_certificate *certificate;
	X509_NAME *name = X509_get_subject_name(draft.x509);

	(void)state;
	X509_NAME_ENTRY_free(X509_NAME_delete_entry(name, 0));
	X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING,
	    (const unsigned char *)"a\0b", 3, -1, 0);
	MUN_EXPECT_STATUS(
	    draft_parse(&draft, &certificate, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "common name");
}

static void
test_a_certificate_without_a_name_has_an_empty_one(void **state)
{
	struct draft draft = draft_new();
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_certificate *certificate;

	(void)state;
	X509_NAME_ENTRY_free(
	    X509_NAME_delete_entry(X509_get_subject_name(draft.x509), 0));
	MUN_EXPECT_OK(draft_parse(&draft, &certificate, &err), &err);
	assert_string_equal(mun_certificate_name(certificate), "");
	mun_certificate_free(certificate);
}

static void
test_bytes_that_are_not_exactly_a_certificate_are_refused(void **state)
{
	struct mun_certificate *whole = mun_pki_certificate("p256"), *other;
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t copy[MUN_CERTIFICATE_MAX + 1] = { 0 };
	const uint8_t *der;
	size_t len;

	(void)state;
	der = mun_certificate_der(whole, &len);
	memcpy(copy, der, len);
	for (size_t cut = 0; cut < len; cut++)
		MUN_EXPECT_STATUS(
		    mun_certificate_from_der(&other, copy, cut, &err),
		    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_certificate_from_der(&other, copy, len + 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "follow");
	MUN_EXPECT_STATUS(
	    mun_certificate_from_der(&other, copy, sizeof(copy), &err),
	    MUN_ERR_LIMIT, &err);
	assert_null(other);
	mun_certificate_free(whole);
}

/* Two openings of the same outer SEQUENCE: BER knows more than one. */
static void
test_ber_is_refused(void **state)
{
	struct mun_certificate *whole = mun_pki_certificate("p256"), *other;
	uint8_t ber[MUN_CERTIFICATE_MAX];
	const uint8_t *der;
	size_t len;

	(void)state;
	der = mun_certificate_der(whole, &len);
	/* Indefinite length: 30 80 contents 00 00 */
	ber[0] = 0x30;
	ber[1] = 0x80;
	memcpy(ber + 2, der + 4, len - 4);
	ber[len - 2] = 0;
	ber[len - 1] = 0;
	MUN_EXPECT_STATUS(mun_certificate_from_der(&other, ber, len, NULL),
	    MUN_ERR_FORMAT, NULL);
	/* One length octet too many: 30 83 00 hi lo */
	ber[1] = 0x83;
	ber[2] = 0;
	memcpy(ber + 3, der + 2, len - 2);
	MUN_EXPECT_STATUS(mun_certificate_from_der(&other, ber, len + 1, NULL),
	    MUN_ERR_FORMAT, NULL);
	mun_certificate_free(whole);
}

static void
test_pem_is_written_and_read_back(void **state)
{
	struct mun_certificate *one = mun_pki_certificate("rsa3072"), *two;
	struct mun_buffer pem = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	mun_certificate_write_pem(one, &pem);
	MUN_EXPECT_OK(
	    mun_certificate_from_pem(&two, pem.data, pem.len, true, &err),
	    &err);
	assert_memory_equal(mun_certificate_sha256(one),
	    mun_certificate_sha256(two), MUN_SHA256_LEN);
	mun_certificate_free(two);
	mun_certificate_free(one);
	mun_buffer_free(&pem);
}

/* Each edit keeps it a certificate, but not the canonical form. */
static void
test_only_canonical_pem_is_strict(void **state)
{
	struct mun_certificate *one = mun_pki_certificate("p256"), *two;
	struct mun_buffer pem = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_buffer edit = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	mun_certificate_write_pem(one, &pem);
	for (int kind = 0; kind < 5; kind++) {
		mun_buffer_reset(&edit);
		if (kind == 0)
			mun_buffer_append_text(&edit, "Subject: CN=p256\n");
		for (size_t i = 0; i < pem.len; i++) {
			if (kind == 1 && pem.data[i] == '\n')
				mun_buffer_append_byte(&edit, '\r');
			if (kind == 2 && i == 40)
				mun_buffer_append_byte(&edit, '\n');
			if (kind != 3 || i != pem.len - 1)
				mun_buffer_append_byte(&edit, pem.data[i]);
		}
		if (kind == 4)
			mun_buffer_append_byte(&edit, '\n');
		MUN_EXPECT_OK(mun_certificate_from_pem(
				  &two, edit.data, edit.len, false, &err),
		    &err);
		mun_certificate_free(two);
		MUN_EXPECT_STATUS(mun_certificate_from_pem(
				      &two, edit.data, edit.len, true, &err),
		    MUN_ERR_FORMAT, &err);
		MUN_EXPECT_TEXT(&err, "canonical");
	}
	mun_certificate_free(one);
	mun_buffer_free(&edit);
	mun_buffer_free(&pem);
}

static void
test_pem_that_is_none_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"hello",
		"-----BEGIN CERTIFICATE-----",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nAA==\n"
		"-----END CERTIFICATE-----\n",
		"-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n",
	};
	struct mun_certificate *certificate;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		MUN_EXPECT_STATUS(mun_certificate_from_pem(&certificate,
				      texts[i], strlen(texts[i]), false, NULL),
		    MUN_ERR_FORMAT, NULL);
}

static void
append_pem(struct mun_buffer *bundle, const char *name)
{
	struct mun_certificate *certificate = mun_pki_certificate(name);

	mun_certificate_write_pem(certificate, bundle);
	mun_certificate_free(certificate);
}

static void
test_a_bundle_is_read_in_order(void **state)
{
	struct mun_buffer bundle = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_certificate *chain[3] = { NULL };
	struct mun_error err = MUN_ERROR_INIT;
	size_t count;

	(void)state;
	append_pem(&bundle, "leaf");
	append_pem(&bundle, "authority");
	MUN_EXPECT_OK(mun_certificates_from_bundle(
			  chain, 3, &count, bundle.data, bundle.len, &err),
	    &err);
	assert_int_equal(count, 2);
	assert_string_equal(mun_certificate_name(chain[0]), "leaf");
	assert_string_equal(mun_certificate_name(chain[1]), "authority");
	mun_certificate_free(chain[0]);
	mun_certificate_free(chain[1]);
	MUN_EXPECT_STATUS(mun_certificates_from_bundle(
			      chain, 1, &count, bundle.data, bundle.len, &err),
	    MUN_ERR_LIMIT, &err);
	assert_int_equal(count, 0);
	mun_buffer_append_text(&bundle, "\n");
	MUN_EXPECT_STATUS(mun_certificates_from_bundle(
			      chain, 3, &count, bundle.data, bundle.len, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "certificate 3");
	assert_int_equal(count, 0);
	MUN_EXPECT_STATUS(mun_certificates_from_bundle(
			      chain, 3, &count, bundle.data, 0, &err),
	    MUN_ERR_FORMAT, &err);
	mun_buffer_free(&bundle);
}

/* As people hand them over: words around, CRLF, one after another. */
static void
test_a_text_may_hold_several(void **state)
{
	struct mun_buffer text = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_certificate *found[4] = { NULL };
	struct mun_error err = MUN_ERROR_INIT;
	size_t count = 0;

	(void)state;
	mun_buffer_append_text(&text, "subject=leaf\r\n");
	append_pem(&text, "leaf");
	mun_buffer_append_text(&text, "\r\nand its authority:\n");
	append_pem(&text, "authority");
	mun_buffer_append_text(&text, "the end");
	for (size_t i = 1; i <= 2; i++)
		MUN_EXPECT_OK(mun_certificates_from_text(
				  found, 4, &count, text.data, text.len, &err),
		    &err);
	assert_int_equal(count, 4);
	assert_string_equal(mun_certificate_name(found[0]), "leaf");
	assert_string_equal(mun_certificate_name(found[3]), "authority");
	MUN_EXPECT_STATUS(mun_certificates_from_text(
			      found, 4, &count, text.data, text.len, &err),
	    MUN_ERR_LIMIT, &err);
	assert_int_equal(count, 4);
	while (count > 0)
		mun_certificate_free(found[--count]);
	MUN_EXPECT_STATUS(
	    mun_certificates_from_text(found, 4, &count, "words", 5, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_certificates_from_text(found, 4, &count, text.data, 100, &err),
	    MUN_ERR_FORMAT, &err);
	assert_int_equal(count, 0);
	mun_buffer_free(&text);
}

static void
test_two_certificates_are_not_one(void **state)
{
	struct mun_buffer bundle = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_certificate *certificate;
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	append_pem(&bundle, "leaf");
	append_pem(&bundle, "authority");
	MUN_EXPECT_STATUS(mun_certificate_from_pem(&certificate, bundle.data,
			      bundle.len, false, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "more than one");
	mun_buffer_free(&bundle);
}

static void
test_the_same_bytes_are_the_same_certificate(void **state)
{
	struct mun_recent_certificates recent = MUN_RECENT_CERTIFICATES_INIT;
	struct mun_certificate *known = mun_pki_certificate("p256");
	struct mun_certificate *first, *again, *other;
	uint8_t changed[MUN_CERTIFICATE_MAX];
	struct mun_error err = MUN_ERROR_INIT;
	const uint8_t *der;
	size_t len;

	(void)state;
	der = mun_certificate_der(known, &len);
	MUN_EXPECT_OK(
	    mun_recent_certificates_take(&recent, &first, der, len, &err),
	    &err);
	MUN_EXPECT_OK(
	    mun_recent_certificates_take(&recent, &again, der, len, &err),
	    &err);
	assert_ptr_equal(first, again);
	assert_ptr_not_equal(first, known);
	/* of the same length, another in its signature's last byte */
	memcpy(changed, der, len);
	changed[len - 1] ^= 1;
	MUN_EXPECT_OK(
	    mun_recent_certificates_take(&recent, &other, changed, len, &err),
	    &err);
	assert_ptr_not_equal(other, first);
	assert_memory_not_equal(mun_certificate_sha256(other),
	    mun_certificate_sha256(first), MUN_SHA256_LEN);
	/* one that is none stays none */
	for (int i = 0; i < 2; i++) {
		struct mun_certificate *none;

		assert_int_equal(mun_recent_certificates_take(
				     &recent, &none, der, len - 1, &err),
		    MUN_ERR_FORMAT);
		assert_int_equal(
		    mun_recent_certificates_take(&recent, &none, "", 0, &err),
		    MUN_ERR_FORMAT);
	}
	/* whoever has one has it for as long as it is not freed */
	mun_certificate_free(first);
	mun_recent_certificates_clear(&recent);
	assert_memory_equal(mun_certificate_sha256(again),
	    mun_certificate_sha256(known), MUN_SHA256_LEN);
	mun_certificate_free(again);
	mun_certificate_free(other);
	mun_certificate_free(known);
}

static void
test_the_oldest_of_many_certificates_is_let_go(void **state)
{
	struct mun_recent_certificates recent = MUN_RECENT_CERTIFICATES_INIT;
	struct mun_certificate *known = mun_pki_certificate("p256");
	struct mun_certificate *taken[2 * MUN_RECENT_CERTIFICATES];
	uint8_t changed[MUN_CERTIFICATE_MAX];
	size_t len;
	const uint8_t *der = mun_certificate_der(known, &len);

	(void)state;
	for (size_t i = 0; i < 2 * MUN_RECENT_CERTIFICATES; i++) {
		memcpy(changed, der, len);
		changed[len - 1] ^= (uint8_t)i;
		MUN_EXPECT_OK(mun_recent_certificates_take(
				  &recent, &taken[i], changed, len, NULL),
		    NULL);
	}
	for (size_t i = 0; i < 2 * MUN_RECENT_CERTIFICATES; i++) {
		struct mun_certificate *now;

		memcpy(changed, der, len);
		changed[len - 1] ^=
		    (uint8_t)(2 * MUN_RECENT_CERTIFICATES - 1 - i);
		MUN_EXPECT_OK(mun_recent_certificates_take(
				  &recent, &now, changed, len, NULL),
		    NULL);
		if (i < MUN_RECENT_CERTIFICATES)
			assert_ptr_equal(
			    now, taken[2 * MUN_RECENT_CERTIFICATES - 1 - i]);
		mun_certificate_free(now);
	}
	for (size_t i = 0; i < 2 * MUN_RECENT_CERTIFICATES; i++)
		mun_certificate_free(taken[i]);
	mun_recent_certificates_clear(&recent);
	mun_certificate_free(known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_certificate_tells_its_parts),
		cmocka_unit_test(test_an_issued_certificate_is_not_self_signed),
		cmocka_unit_test(
		    test_an_issuer_is_a_ca_of_that_name_that_signed),
		cmocka_unit_test(test_dates_have_one_form_only),
		cmocka_unit_test(test_a_name_with_a_nul_is_refused),
		cmocka_unit_test(
		    test_a_certificate_without_a_name_has_an_empty_one),
		cmocka_unit_test(
		    test_bytes_that_are_not_exactly_a_certificate_are_refused),
		cmocka_unit_test(test_ber_is_refused),
		cmocka_unit_test(test_pem_is_written_and_read_back),
		cmocka_unit_test(test_only_canonical_pem_is_strict),
		cmocka_unit_test(test_pem_that_is_none_is_refused),
		cmocka_unit_test(test_a_bundle_is_read_in_order),
		cmocka_unit_test(test_a_text_may_hold_several),
		cmocka_unit_test(test_two_certificates_are_not_one),
		cmocka_unit_test(test_the_same_bytes_are_the_same_certificate),
		cmocka_unit_test(
		    test_the_oldest_of_many_certificates_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
