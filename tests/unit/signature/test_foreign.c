/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects that libcrypto makes, and mostly accepts, held against the profile.
 * The first one follows it and passes, so that the refusals of the others mean
 * what they seem to.
 */
#include "harness/harness.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "pki/pki.h"
#include "signed.h"
#include "trust/der.h"

enum {
	FOREIGN_MAX = 200000
};

static const unsigned profile_flags =
    CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP | CMS_CADES;

static EVP_PKEY *
load_key(const char *name)
{
	char path[4096];
	EVP_PKEY *key;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.key", MUN_PKI_DIR, name);
	file = fopen(path, "r");
	assert_non_null(file);
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(key);
	return key;
}

static X509 *
load_certificate(const char *name)
{
	struct mun_certificate *certificate = mun_pki_certificate(name);
	size_t len;
	const unsigned char *der = mun_certificate_der(certificate, &len);
	X509 *x509 = d2i_X509(NULL, &der, (long)len);

	assert_non_null(x509);
	mun_certificate_free(certificate);
	return x509;
}

/* The SignedData before it is signed, by certificate and key of that name. */
static CMS_ContentInfo *
begin(const char *name, unsigned flags)
{
	EVP_PKEY *key = load_key(name);
	X509 *x509 = load_certificate(name);
	CMS_ContentInfo *cms =
	    CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);

	assert_non_null(cms);
	assert_non_null(
	    CMS_add1_signer(cms, x509, key, EVP_sha256(), flags | CMS_PARTIAL));
	X509_free(x509);
	EVP_PKEY_free(key);
	return cms;
}

static struct mun_buffer
finish(CMS_ContentInfo *cms, unsigned flags)
{
	struct mun_buffer object = MUN_BUFFER_INIT(FOREIGN_MAX);
	BIO *content = BIO_new_mem_buf(signed_content, (int)signed_content_len);
	unsigned char *der = NULL;
	int len;

	assert_int_equal(CMS_final(cms, content, NULL, flags), 1);
	len = i2d_CMS_ContentInfo(cms, &der);
	assert_true(len > 0);
	mun_buffer_append(&object, der, (size_t)len);
	OPENSSL_free(der);
	BIO_free(content);
	CMS_ContentInfo_free(cms);
	return object;
}

/* libcrypto writes the time of the day; take it from the object. */
static int64_t
signing_time(const struct mun_buffer *object)
{
	const unsigned char *at = object->data;
	CMS_ContentInfo *cms =
	    d2i_CMS_ContentInfo(NULL, &at, (long)object->len);
	CMS_SignerInfo *info =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	ASN1_TIME *time = CMS_signed_get0_data_by_OBJ(
	    info, OBJ_nid2obj(NID_pkcs9_signingTime), -3, V_ASN1_UTCTIME);
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;

	if (time != NULL)
		assert_int_equal(
		    ASN1_TIME_diff(&days, &seconds, epoch, time), 1);
	ASN1_TIME_free(epoch);
	CMS_ContentInfo_free(cms);
	return (int64_t)days * 86400 + seconds;
}

static const char *
verdict_at(enum mun_signature_form form, const struct mun_buffer *object,
    int64_t at_utc_s)
{
	struct mun_certificate *signer = mun_pki_certificate("p256");
	const char *rule = mun_signature_check(form, signer, signed_content,
	    signed_content_len, at_utc_s, object->data, object->len);

	mun_certificate_free(signer);
	return rule == NULL ? "PASSED" : rule;
}

static bool
libcrypto_accepts(
    const struct mun_buffer *object, const void *content, size_t content_len)
{
	const unsigned char *at = object->data;
	CMS_ContentInfo *cms =
	    d2i_CMS_ContentInfo(NULL, &at, (long)object->len);
	BIO *bio = BIO_new_mem_buf(content, (int)content_len);
	X509_STORE *store = X509_STORE_new();
	X509 *x509 = load_certificate("p256");
	bool is_accepted;

	X509_STORE_add_cert(store, x509);
	X509_VERIFY_PARAM_set_flags(
	    X509_STORE_get0_param(store), X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_purpose(
	    X509_STORE_get0_param(store), X509_PURPOSE_ANY);
	is_accepted = cms != NULL &&
	    CMS_verify(cms, NULL, store, bio, NULL, CMS_BINARY) == 1;
	ERR_clear_error();
	X509_free(x509);
	X509_STORE_free(store);
	BIO_free(bio);
	CMS_ContentInfo_free(cms);
	return is_accepted;
}

static void
test_an_object_that_follows_the_profile_passes(void **state)
{
	const char *verdict = "";

	(void)state;
	/* libcrypto does not normalise s: half of its values are upper. */
	for (int i = 0; i < 64 && strcmp(verdict, "PASSED") != 0; i++) {
		struct mun_buffer object =
		    finish(begin("p256", profile_flags), profile_flags);

		verdict = verdict_at(
		    MUN_SIGNATURE_DETACHED, &object, signing_time(&object));
		assert_true(strcmp(verdict, "PASSED") == 0 ||
		    strcmp(verdict, "cms.signature") == 0);
		mun_buffer_free(&object);
	}
	assert_string_equal(verdict, "PASSED");
}

static void
expect_refused_flags(unsigned added, unsigned removed)
{
	unsigned flags = (profile_flags | added) & ~removed;
	struct mun_buffer object = finish(begin("p256", flags), flags);

	assert_true(
	    libcrypto_accepts(&object, signed_content, signed_content_len) ||
	    (added & CMS_NOCERTS) != 0);
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, signing_time(&object)),
	    "cms.encoding");
	mun_buffer_free(&object);
}

static void
test_other_choices_of_a_signer_are_refused(void **state)
{
	(void)state;
	/* S/MIME capabilities; no signingCertificateV2; no signed attributes;
	 * no certificate; signer by key identifier; content enclosed. */
	expect_refused_flags(0, CMS_NOSMIMECAP);
	expect_refused_flags(0, CMS_CADES);
	expect_refused_flags(CMS_NOATTR, CMS_CADES);
	expect_refused_flags(CMS_NOCERTS, 0);
	expect_refused_flags(CMS_USE_KEYID, 0);
	expect_refused_flags(0, CMS_DETACHED);
}

static void
test_a_second_certificate_is_refused(void **state)
{
	CMS_ContentInfo *cms = begin("p256", profile_flags);
	X509 *second = load_certificate("stranger");
	struct mun_buffer object;

	(void)state;
	assert_int_equal(CMS_add1_cert(cms, second), 1);
	object = finish(cms, profile_flags);
	assert_true(
	    libcrypto_accepts(&object, signed_content, signed_content_len));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, signing_time(&object)),
	    "cms.encoding");
	mun_buffer_free(&object);
	X509_free(second);
}

static void
test_a_second_signer_is_refused(void **state)
{
	CMS_ContentInfo *cms = begin("p256", profile_flags);
	EVP_PKEY *key = load_key("p256");
	X509 *x509 = load_certificate("p256");
	struct mun_buffer object;

	(void)state;
	assert_non_null(CMS_add1_signer(cms, x509, key, EVP_sha256(),
	    profile_flags | CMS_PARTIAL | CMS_NOCERTS));
	object = finish(cms, profile_flags);
	assert_true(
	    libcrypto_accepts(&object, signed_content, signed_content_len));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, signing_time(&object)),
	    "cms.encoding");
	mun_buffer_free(&object);
	X509_free(x509);
	EVP_PKEY_free(key);
}

static void
test_an_unsigned_attribute_is_refused(void **state)
{
	CMS_ContentInfo *cms = begin("p256", profile_flags);
	CMS_SignerInfo *info =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	struct mun_buffer object;

	(void)state;
	assert_int_equal(CMS_unsigned_add1_attr_by_txt(
			     info, "1.2.3.4", V_ASN1_OCTET_STRING, "x", 1),
	    1);
	object = finish(cms, profile_flags);
	assert_true(
	    libcrypto_accepts(&object, signed_content, signed_content_len));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, signing_time(&object)),
	    "cms.encoding");
	mun_buffer_free(&object);
}

static void
test_an_added_signed_attribute_is_refused(void **state)
{
	CMS_ContentInfo *cms = begin("p256", profile_flags);
	CMS_SignerInfo *info =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	struct mun_buffer object;

	(void)state;
	assert_int_equal(CMS_signed_add1_attr_by_txt(
			     info, "1.2.3.4", V_ASN1_OCTET_STRING, "x", 1),
	    1);
	object = finish(cms, profile_flags);
	assert_true(
	    libcrypto_accepts(&object, signed_content, signed_content_len));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, signing_time(&object)),
	    "cms.encoding");
	mun_buffer_free(&object);
}

static void
test_another_content_type_is_refused(void **state)
{
	CMS_ContentInfo *cms = begin("p256", profile_flags);
	struct mun_buffer object;

	(void)state;
	assert_int_equal(
	    CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo)),
	    1);
	object = finish(cms, profile_flags);
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, signing_time(&object)),
	    "cms.encoding");
	mun_buffer_free(&object);
}

/* A signingTime as GeneralizedTime before 2050: right in meaning only. */
static void
test_a_time_in_the_other_form_is_refused(void **state)
{
	CMS_ContentInfo *cms = begin("p256", profile_flags);
	CMS_SignerInfo *info =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	ASN1_GENERALIZEDTIME *time = ASN1_GENERALIZEDTIME_set(NULL, SIGNED_AT);
	struct mun_buffer object;

	(void)state;
	assert_int_equal(
	    CMS_signed_add1_attr_by_NID(
		info, NID_pkcs9_signingTime, V_ASN1_GENERALIZEDTIME, time, -1),
	    1);
	object = finish(cms, profile_flags);
	assert_true(
	    libcrypto_accepts(&object, signed_content, signed_content_len));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, SIGNED_AT),
	    "cms.encoding");
	ASN1_GENERALIZEDTIME_free(time);
	mun_buffer_free(&object);
}

static void
test_indefinite_lengths_are_refused(void **state)
{
	struct mun_buffer object = MUN_BUFFER_INIT(FOREIGN_MAX);
	BIO *content = BIO_new_mem_buf(signed_content, (int)signed_content_len);
	unsigned flags = (profile_flags & ~(unsigned)CMS_DETACHED) | CMS_STREAM;
	CMS_ContentInfo *cms = begin("p256", flags);
	BIO *out = BIO_new(BIO_s_mem());
	char *bytes;
	long len;

	(void)state;
	assert_int_equal(i2d_CMS_bio_stream(out, cms, content, (int)flags), 1);
	len = BIO_get_mem_data(out, &bytes);
	mun_buffer_append(&object, bytes, (size_t)len);
	assert_int_equal(object.data[1], 0x80);
	assert_true(libcrypto_accepts(&object, NULL, 0));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_ENCLOSING, &object, signing_time(&object)),
	    "cms.encoding");
	CMS_ContentInfo_free(cms);
	BIO_free(out);
	BIO_free(content);
	mun_buffer_free(&object);
}

static void
test_pem_armour_is_refused(void **state)
{
	struct mun_buffer object =
	    signed_object(MUN_SIGNATURE_DETACHED, "p256", "p256", SIGNED_AT);
	struct mun_buffer pem = MUN_BUFFER_INIT(FOREIGN_MAX);

	(void)state;
	mun_buffer_append_text(&pem, "-----BEGIN CMS-----\n");
	mun_buffer_append_base64(&pem, object.data, object.len);
	mun_buffer_append_text(&pem, "\n-----END CMS-----\n");
	assert_string_equal(verdict_at(MUN_SIGNATURE_DETACHED, &pem, SIGNED_AT),
	    "cms.encoding");
	mun_buffer_free(&pem);
	mun_buffer_free(&object);
}

/* The fields of an element of a known tag, before which and in which the
 * reader stands. */
static struct mun_reader
enter(struct mun_reader *reader, uint8_t tag)
{
	struct mun_reader contents;

	assert_true(mun_der_take(reader, tag, &contents));
	return contents;
}

/* Copy what the reader has passed since `from`. */
static void
copy_since(struct mun_buffer *out, const struct mun_reader *reader, size_t from)
{
	mun_buffer_append(out, reader->data + from, reader->pos - from);
}

/* The same object without its signed attributes. */
static struct mun_buffer
strip_attributes(const struct mun_buffer *object)
{
	struct mun_buffer out = MUN_BUFFER_INIT(FOREIGN_MAX);
	struct mun_reader all = mun_reader_over(object->data, object->len);
	struct mun_reader info = enter(&all, MUN_DER_SEQUENCE), outer, data;
	struct mun_reader signer_infos, signer;
	size_t marks[5], before;

	marks[0] = mun_der_open(&out, MUN_DER_SEQUENCE);
	(void)enter(&info, MUN_DER_OID);
	copy_since(&out, &info, 0);
	outer = enter(&info, MUN_DER_CONTEXT_0);
	marks[1] = mun_der_open(&out, MUN_DER_CONTEXT_0);
	data = enter(&outer, MUN_DER_SEQUENCE);
	marks[2] = mun_der_open(&out, MUN_DER_SEQUENCE);
	(void)enter(&data, MUN_DER_INTEGER);
	(void)enter(&data, MUN_DER_SET);
	(void)enter(&data, MUN_DER_SEQUENCE);
	(void)enter(&data, MUN_DER_CONTEXT_0);
	copy_since(&out, &data, 0);
	signer_infos = enter(&data, MUN_DER_SET);
	marks[3] = mun_der_open(&out, MUN_DER_SET);
	signer = enter(&signer_infos, MUN_DER_SEQUENCE);
	marks[4] = mun_der_open(&out, MUN_DER_SEQUENCE);
	(void)enter(&signer, MUN_DER_INTEGER);
	(void)enter(&signer, MUN_DER_SEQUENCE);
	(void)enter(&signer, MUN_DER_SEQUENCE);
	copy_since(&out, &signer, 0);
	(void)enter(&signer, MUN_DER_CONTEXT_0);
	before = signer.pos;
	(void)enter(&signer, MUN_DER_SEQUENCE);
	(void)enter(&signer, MUN_DER_OCTET_STRING);
	copy_since(&out, &signer, before);
	for (size_t i = 5; i > 0; i--)
		mun_der_close(&out, marks[i - 1]);
	assert_int_equal(out.status, MUN_OK);
	return out;
}

/*
 * SOURCE draft-ietf-lamps-cms-euf-cma-signeddata: without signed attributes
 * the value is over the content, so a value over attributes is a valid
 * signature over content that is the encoding of those attributes.
 */
static void
test_the_stripped_attributes_forgery_is_refused(void **state)
{
	struct mun_certificate *signer = mun_pki_certificate("p256");
	struct mun_buffer content = MUN_BUFFER_INIT(FOREIGN_MAX);
	struct mun_buffer object =
	    signed_object(MUN_SIGNATURE_DETACHED, "p256", "p256", SIGNED_AT);
	struct mun_buffer forged = strip_attributes(&object);

	(void)state;
	mun_signature_attributes(
	    &content, signer, signed_content, signed_content_len, SIGNED_AT);
	assert_true(libcrypto_accepts(&forged, content.data, content.len));
	assert_string_equal(
	    mun_signature_check(MUN_SIGNATURE_DETACHED, signer, content.data,
		content.len, SIGNED_AT, forged.data, forged.len),
	    "cms.encoding");
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &forged, SIGNED_AT),
	    "cms.encoding");
	mun_buffer_free(&forged);
	mun_buffer_free(&object);
	mun_buffer_free(&content);
	mun_certificate_free(signer);
}

static void
test_what_is_no_signature_at_all_is_refused_at_once(void **state)
{
	/* SEQUENCE { OID envelopedData, [0] {} }; nested, huge, empty. */
	static const uint8_t enveloped[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86,
		0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03, 0xa0, 0x00 };
	static const uint8_t huge[] = { 0x30, 0x84, 0xff, 0xff, 0xff, 0xff,
		0x06, 0x84, 0x06, 0x00, 0x00, 0x00 };
	struct mun_buffer object = MUN_BUFFER_INIT(FOREIGN_MAX);
	size_t marks[10000];

	(void)state;
	mun_buffer_append(&object, enveloped, sizeof(enveloped));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, SIGNED_AT),
	    "cms.encoding");
	mun_buffer_reset(&object);
	mun_buffer_append(&object, huge, sizeof(huge));
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, SIGNED_AT),
	    "cms.encoding");
	mun_buffer_reset(&object);
	for (size_t i = 0; i < 10000; i++)
		marks[i] = mun_der_open(&object, MUN_DER_SEQUENCE);
	for (size_t i = 10000; i > 0; i--)
		mun_der_close(&object, marks[i - 1]);
	assert_int_equal(object.status, MUN_OK);
	assert_string_equal(
	    verdict_at(MUN_SIGNATURE_DETACHED, &object, SIGNED_AT),
	    "cms.encoding");
	mun_buffer_free(&object);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_an_object_that_follows_the_profile_passes),
		cmocka_unit_test(test_other_choices_of_a_signer_are_refused),
		cmocka_unit_test(test_a_second_certificate_is_refused),
		cmocka_unit_test(test_a_second_signer_is_refused),
		cmocka_unit_test(test_an_unsigned_attribute_is_refused),
		cmocka_unit_test(test_an_added_signed_attribute_is_refused),
		cmocka_unit_test(test_another_content_type_is_refused),
		cmocka_unit_test(test_a_time_in_the_other_form_is_refused),
		cmocka_unit_test(test_indefinite_lengths_are_refused),
		cmocka_unit_test(test_pem_armour_is_refused),
		cmocka_unit_test(
		    test_the_stripped_attributes_forgery_is_refused),
		cmocka_unit_test(
		    test_what_is_no_signature_at_all_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
