/* SPDX-License-Identifier: BSD-2-Clause */
/* lists.c - libcrypto as an issuer of revocation lists. */
#include "lists.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "harness/harness.h"
#include "pki/pki.h"

static void *
read_named(const char *name, const char *suffix, bool is_key)
{
	char path[4096];
	void *found;
	FILE *file;

	(void)snprintf(
	    path, sizeof(path), "%s/%s%s", MUN_PKI_DIR, name, suffix);
	file = fopen(path, "r");
	assert_non_null(file);
	found = is_key ? (void *)PEM_read_PrivateKey(file, NULL, NULL, NULL)
		       : (void *)PEM_read_X509(file, NULL, NULL, NULL);
	assert_non_null(found);
	(void)fclose(file);
	return found;
}

static ASN1_TIME *
time_of(int64_t utc_s)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)utc_s);

	assert_non_null(time);
	return time;
}

static X509_EXTENSION *
extension_of(const char *name, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf(NULL, NULL, name, value);

	assert_non_null(extension);
	return extension;
}

static void
add_entry(X509_CRL *crl, const struct list *list)
{
	X509 *revoked = read_named(list->revoked, ".pem", false);
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *at = time_of(list->revoked_utc_s);

	assert_int_equal(X509_REVOKED_set_serialNumber(
			     entry, X509_get_serialNumber(revoked)),
	    1);
	assert_int_equal(X509_REVOKED_set_revocationDate(entry, at), 1);
	if (list->invalid_utc_s != 0) {
		ASN1_GENERALIZEDTIME *invalid =
		    ASN1_GENERALIZEDTIME_set(NULL, (time_t)list->invalid_utc_s);

		assert_int_equal(X509_REVOKED_add1_ext_i2d(
				     entry, NID_invalidity_date, invalid, 0, 0),
		    1);
		ASN1_GENERALIZEDTIME_free(invalid);
	}
	if (list->entry_extension != NULL) {
		X509_EXTENSION *extension =
		    extension_of(list->entry_extension, list->entry_value);

		assert_int_equal(X509_REVOKED_add_ext(entry, extension, -1), 1);
		X509_EXTENSION_free(extension);
	}
	assert_int_equal(X509_CRL_add0_revoked(crl, entry), 1);
	ASN1_TIME_free(at);
	X509_free(revoked);
}

static X509_CRL *
make(const struct list *list)
{
	X509 *named = read_named(
	    list->named == NULL ? list->issuer : list->named, ".pem", false);
	EVP_PKEY *key = read_named(list->issuer, ".key", true);
	ASN1_TIME *this = time_of(list->this_utc_s);
	ASN1_TIME *next = time_of(list->next_utc_s);
	X509_CRL *crl = X509_CRL_new();

	assert_int_equal(X509_CRL_set_version(crl, X509_CRL_VERSION_2), 1);
	assert_int_equal(
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(named)), 1);
	assert_int_equal(X509_CRL_set1_lastUpdate(crl, this), 1);
	if (list->next_utc_s != 0)
		assert_int_equal(X509_CRL_set1_nextUpdate(crl, next), 1);
	if (list->revoked != NULL)
		add_entry(crl, list);
	if (list->extension != NULL) {
		X509_EXTENSION *extension =
		    extension_of(list->extension, list->value);

		assert_int_equal(X509_CRL_add_ext(crl, extension, -1), 1);
		X509_EXTENSION_free(extension);
	}
	assert_true(X509_CRL_sign(crl, key,
			list->with_sha1 ? EVP_sha1() : EVP_sha256()) > 0);
	ASN1_TIME_free(this);
	ASN1_TIME_free(next);
	EVP_PKEY_free(key);
	X509_free(named);
	return crl;
}

void
list_write(struct mun_buffer *der, const struct list *list)
{
	X509_CRL *crl = make(list);
	unsigned char *bytes = NULL;
	int len = i2d_X509_CRL(crl, &bytes);

	assert_true(len > 0);
	mun_buffer_append(der, bytes, (size_t)len);
	OPENSSL_free(bytes);
	X509_CRL_free(crl);
}

struct mun_crl *
list_read(const struct list *list)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CRL_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_crl *crl;

	list_write(&der, list);
	MUN_EXPECT_OK(mun_crl_from_der(&crl, der.data, der.len, &err), &err);
	mun_buffer_free(&der);
	return crl;
}
