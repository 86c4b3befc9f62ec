/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * certificate.c - from DER to what Muniment knows about a certificate.
 *
 * libcrypto parses; then it is held to the bytes: the input is consumed
 * exactly, all lengths are DER, and writing it again, with nothing taken from
 * libcrypto's cache of the encoding, gives the same bytes.  Serial and issuer
 * are taken by position from those bytes, since they are copied into
 * signatures.  Spec: RFC 5280 section 4.1.
 */
#include "trust/certificate.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "trust/certificate_internal.h"
#include "trust/der.h"
#include "trust/openssl.h"

static const char not_a_certificate[] = "this is not a certificate";

/* TBSCertificate ::= { [0] version OPTIONAL, serialNumber, signature, issuer,
 * validity, subject, ... } */
static bool
find_parts(struct mun_certificate *certificate)
{
	struct mun_reader all =
	    mun_reader_over(certificate->der.data, certificate->der.len);
	struct mun_reader outer, again, tbs, skipped, serial;

	if (!mun_der_take(&all, MUN_DER_SEQUENCE, &outer))
		return false;
	again = outer;
	if (!mun_der_take_whole(&outer, MUN_DER_SEQUENCE, &certificate->tbs,
		&certificate->tbs_len) ||
	    !mun_der_take(&again, MUN_DER_SEQUENCE, &tbs))
		return false;
	if (mun_der_next_is(&tbs, MUN_DER_CONTEXT_0) &&
	    !mun_der_take(&tbs, MUN_DER_CONTEXT_0, &skipped))
		return false;
	if (!mun_der_take(&tbs, MUN_DER_INTEGER, &serial) ||
	    !mun_der_take(&tbs, MUN_DER_SEQUENCE, &skipped))
		return false;
	certificate->serial = serial.data;
	certificate->serial_len = serial.len;
	return mun_der_take_whole(&tbs, MUN_DER_SEQUENCE, &certificate->issuer,
		   &certificate->issuer_len) &&
	    mun_der_take(&tbs, MUN_DER_SEQUENCE, &skipped) &&
	    mun_der_take_whole(&tbs, MUN_DER_SEQUENCE, &certificate->subject,
		&certificate->subject_len);
}

/* Whether libcrypto, writing what it understood, gives these bytes again. */
static bool
rewrites_to(int written_len, uint8_t *written, const void *bytes, size_t len)
{
	bool same = written_len > 0 && (size_t)written_len == len &&
	    memcmp(written, bytes, len) == 0;

	OPENSSL_free(written);
	return same;
}

static bool
is_der(struct mun_certificate *certificate)
{
	uint8_t *written = NULL;
	int len;

	if (!mun_der_is_strict(certificate->der.data, certificate->der.len))
		return false;
	len = i2d_X509(certificate->x509, &written);
	if (!rewrites_to(
		len, written, certificate->der.data, certificate->der.len))
		return false;
	/* i2d_X509 copies the signed part from a cache; _re_ does not. */
	written = NULL;
	len = i2d_re_X509_tbs(certificate->x509, &written);
	return rewrites_to(
	    len, written, certificate->tbs, certificate->tbs_len);
}

bool
mun_certificate_read_any_time(int64_t *utc_s, const ASN1_TIME *time)
{
	const unsigned char *text = ASN1_STRING_get0_data(time);
	const int len = ASN1_STRING_type(time) == V_ASN1_UTCTIME ? 13 : 15;
	ASN1_TIME *epoch;
	int days = 0, seconds = 0;
	bool is_known;

	if (ASN1_STRING_length(time) != len || text[len - 1] != 'Z')
		return false;
	epoch = ASN1_TIME_set(NULL, 0);
	is_known =
	    epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
	ASN1_TIME_free(epoch);
	*utc_s = (int64_t)days * 86400 + seconds;
	return is_known;
}

/* RFC 5280 s4.1.2.5: "CAs conforming to this profile MUST always encode
 * certificate validity dates through the year 2049 as UTCTime; certificate
 * validity dates in 2050 or later MUST be encoded as GeneralizedTime", both
 * with seconds and Z. */
bool
mun_certificate_read_time(int64_t *utc_s, const ASN1_TIME *time)
{
	return mun_certificate_read_any_time(utc_s, time) &&
	    (ASN1_STRING_type(time) == V_ASN1_UTCTIME ||
		memcmp(ASN1_STRING_get0_data(time), "2050", 4) >= 0);
}

/* The first common name as UTF-8; a NUL in it would let what is shown differ
 * from what is there. */
static bool
read_name(struct mun_certificate *certificate)
{
	const X509_NAME *subject = X509_get_subject_name(certificate->x509);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	unsigned char *text = NULL;
	bool is_text = false;
	int len;

	if (at < 0)
		return true;
	len = ASN1_STRING_to_UTF8(
	    &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (len >= 0 && memchr(text, 0, (size_t)len) == NULL) {
		mun_buffer_append(&certificate->name, text, (size_t)len);
		is_text = true;
	}
	OPENSSL_free(text);
	return is_text;
}

static enum mun_status
parse(struct mun_certificate *certificate, struct mun_error *err)
{
	const unsigned char *at = certificate->der.data;
	const unsigned char *end = at + certificate->der.len;

	certificate->x509 = d2i_X509(NULL, &at, (long)certificate->der.len);
	if (certificate->x509 == NULL)
		return mun_openssl_error(
		    err, MUN_ERR_FORMAT, not_a_certificate);
	if (at != end)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "%zu bytes follow the certificate", (size_t)(end - at));
	if (!find_parts(certificate) || !is_der(certificate)) {
		mun_openssl_forget();
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the certificate is not encoded as DER demands");
	}
	if (!mun_certificate_read_time(&certificate->not_before_utc_s,
		X509_get0_notBefore(certificate->x509)) ||
	    !mun_certificate_read_time(&certificate->not_after_utc_s,
		X509_get0_notAfter(certificate->x509)))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the certificate's dates are not written as RFC 5280 "
		    "demands");
	if (!read_name(certificate)) {
		mun_openssl_forget();
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the certificate's common name is not text");
	}
	return mun_buffer_status(
	    &certificate->name, "a certificate's name", err);
}

enum mun_status
mun_certificate_from_der(struct mun_certificate **out, const void *der,
    size_t der_len, struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	enum mun_status status;

	mun_openssl_start();
	*out = NULL;
	if (der_len > MUN_CERTIFICATE_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "the certificate is larger than %d bytes",
		    MUN_CERTIFICATE_MAX);
	certificate = calloc(1, sizeof(*certificate));
	if (certificate == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a certificate");
	certificate->der.max = MUN_CERTIFICATE_MAX;
	/* UTF-8 of a BMPString can be half as long again. */
	certificate->name.max = 2 * MUN_CERTIFICATE_MAX;
	mun_buffer_append(&certificate->der, der, der_len);
	MUN_TRY(mun_buffer_status(&certificate->der, "a certificate", err));
	if (der_len == 0) {
		status =
		    mun_error_set(err, MUN_ERR_FORMAT, "%s", not_a_certificate);
		goto out;
	}
	MUN_TRY(parse(certificate, err));
	mun_sha256_of(certificate->sha256, der, der_len);
	certificate->key_kind = mun_certificate_find_key_kind(
	    certificate->x509, MUN_CERTIFICATE_RSA_BITS_MIN);
	certificate->unfit = mun_certificate_find_unfit(
	    certificate->x509, certificate->key_kind);
	mun_openssl_forget();
	*out = certificate;
	certificate = NULL;
	status = MUN_OK;
out:
	mun_certificate_free(certificate);
	return status;
}

void
mun_certificate_free(struct mun_certificate *certificate)
{
	if (certificate == NULL)
		return;
	if (certificate->more_holders > 0) {
		certificate->more_holders--;
		return;
	}
	X509_free(certificate->x509);
	mun_buffer_free(&certificate->der);
	mun_buffer_free(&certificate->name);
	free(certificate);
}

const uint8_t *
mun_certificate_der(const struct mun_certificate *certificate, size_t *len)
{
	*len = certificate->der.len;
	return certificate->der.data;
}

const uint8_t *
mun_certificate_sha256(const struct mun_certificate *certificate)
{
	return certificate->sha256;
}

const uint8_t *
mun_certificate_issuer_der(
    const struct mun_certificate *certificate, size_t *len)
{
	*len = certificate->issuer_len;
	return certificate->issuer;
}

const uint8_t *
mun_certificate_subject_der(
    const struct mun_certificate *certificate, size_t *len)
{
	*len = certificate->subject_len;
	return certificate->subject;
}

bool
mun_certificate_is_issued_by(const struct mun_certificate *certificate,
    const struct mun_certificate *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer->x509);
	bool is_issued =
	    (X509_get_extension_flags(issuer->x509) & EXFLAG_CA) != 0 &&
	    X509_NAME_cmp(X509_get_issuer_name(certificate->x509),
		X509_get_subject_name(issuer->x509)) == 0 &&
	    key != NULL && X509_verify(certificate->x509, key) == 1;

	mun_openssl_forget();
	return is_issued;
}

const uint8_t *
mun_certificate_serial(const struct mun_certificate *certificate, size_t *len)
{
	*len = certificate->serial_len;
	return certificate->serial;
}

const char *
mun_certificate_name(const struct mun_certificate *certificate)
{
	return mun_buffer_text(&certificate->name);
}

int64_t
mun_certificate_not_before(const struct mun_certificate *certificate)
{
	return certificate->not_before_utc_s;
}

int64_t
mun_certificate_not_after(const struct mun_certificate *certificate)
{
	return certificate->not_after_utc_s;
}

enum mun_key_kind
mun_certificate_key_kind(const struct mun_certificate *certificate)
{
	return certificate->key_kind;
}

const char *
mun_certificate_unfit(const struct mun_certificate *certificate)
{
	return certificate->unfit;
}

bool
mun_certificate_names_crl(const struct mun_certificate *certificate)
{
	return X509_get_ext_by_NID(
		   certificate->x509, NID_crl_distribution_points, -1) >= 0;
}

bool
mun_certificate_is_self_signed(const struct mun_certificate *certificate)
{
	int answer = X509_self_signed(certificate->x509, 1);

	mun_openssl_forget();
	return answer == 1;
}
