/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crl.c - what a revocation list says, without libcrypto's opinion of when.
 *
 * libcrypto's own use of lists calls a later one "not yet valid" and never
 * compares a revocation's date with anything.  Here it only parses and does
 * the arithmetic of the signature.  As with certificates, writing what was
 * understood has to give the same bytes again.
 */
#include "trust/crl.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "digest/digest.h"
#include "trust/certificate_internal.h"
#include "trust/der.h"
#include "trust/openssl.h"
#include "trust/pem.h"

struct mun_crl {
	X509_CRL *x509; /* owned; parsed from der */
	struct mun_buffer der;
	ISSUING_DIST_POINT *scope; /* owned; NULL: everything of its issuer */
	int64_t this_update_utc_s;
	int64_t next_update_utc_s;
	uint8_t sha256[MUN_SHA256_LEN];
};

static const char label[] = "X509 CRL";

/* RFC 5280 s5.2.5: a list may be restricted; to all certificates, to those of
 * users or of CAs, and to one distribution point is understood. */
static bool
scope_is_known(struct mun_crl *crl)
{
	int critical = 0;

	crl->scope = X509_CRL_get_ext_d2i(
	    crl->x509, NID_issuing_distribution_point, &critical, NULL);
	if (crl->scope == NULL)
		return critical == -1; /* absent; -2 and others: damaged */
	return crl->scope->indirectCRL <= 0 && crl->scope->onlyattr <= 0 &&
	    crl->scope->onlysomereasons == NULL &&
	    (crl->scope->distpoint == NULL || crl->scope->distpoint->type == 0);
}

static bool
extensions_are_known(const X509_CRL *x509)
{
	/* A delta is never complete, even if it does not say so loudly. */
	if (X509_CRL_get_ext_by_NID(x509, NID_delta_crl, -1) >= 0)
		return false;
	for (int i = 0; i < X509_CRL_get_ext_count(x509); i++) {
		X509_EXTENSION *extension = X509_CRL_get_ext(x509, i);

		if (X509_EXTENSION_get_critical(extension) &&
		    OBJ_obj2nid(X509_EXTENSION_get_object(extension)) !=
			NID_issuing_distribution_point)
			return false;
	}
	return true;
}

/* RFC 5280 s5.3: a critical entry extension that is not known makes the list
 * unusable; the one in use, certificateIssuer, is for indirect lists. */
static bool
entries_are_known(X509_CRL *x509)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(x509);

	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
		const X509_REVOKED *entry = sk_X509_REVOKED_value(entries, i);
		int64_t at_utc_s;

		if (X509_REVOKED_get_ext_by_critical(entry, 1, -1) >= 0 ||
		    !mun_certificate_read_time(
			&at_utc_s, X509_REVOKED_get0_revocationDate(entry)))
			return false;
	}
	return true;
}

static bool
read_times(struct mun_crl *crl)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl->x509);

	crl->next_update_utc_s = INT64_MIN;
	return mun_certificate_read_time(&crl->this_update_utc_s,
		   X509_CRL_get0_lastUpdate(crl->x509)) &&
	    (next == NULL ||
		mun_certificate_read_time(&crl->next_update_utc_s, next));
}

/* The signed part as libcrypto would write it is the first element inside. */
static bool
rewrites_to_itself(const struct mun_crl *crl)
{
	struct mun_reader all = mun_reader_over(crl->der.data, crl->der.len);
	struct mun_reader outer;
	const uint8_t *signed_part;
	unsigned char *written = NULL;
	size_t len;
	int written_len;
	bool is_same;

	if (!mun_der_is_strict(crl->der.data, crl->der.len) ||
	    !mun_der_take(&all, MUN_DER_SEQUENCE, &outer) ||
	    !mun_der_take_whole(&outer, MUN_DER_SEQUENCE, &signed_part, &len))
		return false;
	written_len = i2d_re_X509_CRL_tbs(crl->x509, &written);
	is_same = written_len > 0 && (size_t)written_len == len &&
	    memcmp(written, signed_part, len) == 0;
	OPENSSL_free(written);
	return is_same;
}

static enum mun_status
parse(struct mun_crl *crl, struct mun_error *err)
{
	const unsigned char *at = crl->der.data;

	crl->x509 = d2i_X509_CRL(NULL, &at, (long)crl->der.len);
	if (crl->x509 == NULL || at != crl->der.data + crl->der.len ||
	    !rewrites_to_itself(crl))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "this is not a certificate revocation list in DER");
	if (!read_times(crl) || !entries_are_known(crl->x509) ||
	    !extensions_are_known(crl->x509) || !scope_is_known(crl))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the certificate revocation list is of a kind that is "
		    "not handled, or its dates are not as RFC 5280 demands");
	return MUN_OK;
}

enum mun_status
mun_crl_from_der(struct mun_crl **out, const void *der, size_t der_len,
    struct mun_error *err)
{
	struct mun_crl *crl = NULL;
	enum mun_status status;

	mun_openssl_start();
	*out = NULL;
	if (der_len > MUN_CRL_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "the certificate revocation list is larger than %d bytes",
		    MUN_CRL_MAX);
	crl = calloc(1, sizeof(*crl));
	if (crl == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM,
		    "no memory for a certificate revocation list");
	crl->der.max = MUN_CRL_MAX;
	mun_buffer_append(&crl->der, der, der_len);
	MUN_TRY(mun_buffer_status(&crl->der, "a revocation list", err));
	MUN_TRY(parse(crl, err));
	mun_sha256_of(crl->sha256, crl->der.data, crl->der.len);
	*out = crl;
	crl = NULL;
out:
	mun_openssl_forget();
	mun_crl_free(crl);
	return status;
}

void
mun_crl_free(struct mun_crl *crl)
{
	if (crl == NULL)
		return;
	X509_CRL_free(crl->x509);
	ISSUING_DIST_POINT_free(crl->scope);
	mun_buffer_free(&crl->der);
	free(crl);
}

enum mun_status
mun_crls_from_bundle(struct mun_crl **out, size_t *count, const void *pem,
    size_t pem_len, struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(pem, pem_len);
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CRL_MAX);
	enum mun_status status = MUN_OK;

	*count = 0;
	while (mun_reader_left(&reader) > 0) {
		if (*count == MUN_CRLS_MAX) {
			status = mun_error_set(err, MUN_ERR_LIMIT,
			    "there are more than %d revocation lists",
			    MUN_CRLS_MAX);
			goto out;
		}
		mun_buffer_reset(&der);
		if (!mun_pem_take(&reader, label, &der)) {
			status = mun_error_set(err, MUN_ERR_FORMAT,
			    "revocation list %zu is not in canonical PEM",
			    *count + 1);
			goto out;
		}
		MUN_TRY(mun_crl_from_der(&out[*count], der.data, der.len, err));
		(*count)++;
	}
out:
	while (status != MUN_OK && *count > 0)
		mun_crl_free(out[--*count]);
	mun_buffer_free(&der);
	return status;
}

static enum mun_status
add_list(struct mun_crl **out, size_t max, size_t *count, const void *der,
    size_t der_len, struct mun_error *err)
{
	enum mun_status status;

	if (*count == max)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "there are more than %zu revocation lists", max);
	status = mun_crl_from_der(&out[*count], der, der_len, err);
	if (status == MUN_OK)
		(*count)++;
	return status;
}

enum mun_status
mun_crls_from_text(struct mun_crl **out, size_t max, size_t *count,
    const void *text, size_t text_len, struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(text, text_len);
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CRL_MAX);
	const uint8_t *bytes = text;
	size_t before = *count;
	bool is_damaged = false;
	enum mun_status status = MUN_OK;

	if (text_len > 0 && bytes[0] == MUN_DER_SEQUENCE)
		return add_list(out, max, count, text, text_len, err);
	while (mun_pem_find(&reader, label, &der, &is_damaged)) {
		MUN_TRY(add_list(out, max, count, der.data, der.len, err));
		mun_buffer_reset(&der);
	}
	if (is_damaged)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "revocation list %zu is not in PEM, or larger than %d "
		    "bytes",
		    *count - before + 1, MUN_CRL_MAX);
	else if (*count == before)
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "there is no revocation list");
out:
	mun_buffer_free(&der);
	return status;
}

void
mun_crl_write_pem(const struct mun_crl *crl, struct mun_buffer *out)
{
	mun_pem_write(out, label, crl->der.data, crl->der.len);
}

const uint8_t *
mun_crl_sha256(const struct mun_crl *crl)
{
	return crl->sha256;
}

int64_t
mun_crl_this_update(const struct mun_crl *crl)
{
	return crl->this_update_utc_s;
}

int64_t
mun_crl_next_update(const struct mun_crl *crl)
{
	return crl->next_update_utc_s;
}

bool
mun_crl_is_by(const struct mun_crl *crl, const struct mun_certificate *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer->x509);
	bool is_by = key != NULL &&
	    X509_NAME_cmp(X509_CRL_get_issuer(crl->x509),
		X509_get_subject_name(issuer->x509)) == 0 &&
	    /* All bits are set when there is no keyUsage. */
	    (X509_get_key_usage(issuer->x509) & KU_CRL_SIGN) != 0 &&
	    mun_certificate_is_strong(X509_CRL_get_signature_nid(crl->x509)) &&
	    X509_CRL_verify(crl->x509, key) == 1;

	mun_openssl_forget();
	return is_by;
}

static bool
share_a_name(const GENERAL_NAMES *some, const GENERAL_NAMES *others)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(some); i++) {
		for (int j = 0; j < sk_GENERAL_NAME_num(others); j++) {
			if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(some, i),
				sk_GENERAL_NAME_value(others, j)) == 0)
				return true;
		}
	}
	return false;
}

/* A list of one distribution point is about the certificates that name it:
 * authorities split long lists so. */
static bool
names_the_point(X509 *x509, const DIST_POINT_NAME *point)
{
	STACK_OF(DIST_POINT) *points =
	    X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
	bool is_named = false;

	for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT *one = sk_DIST_POINT_value(points, i);

		if (one->distpoint != NULL && one->distpoint->type == 0 &&
		    share_a_name(
			one->distpoint->name.fullname, point->name.fullname))
			is_named = true;
	}
	CRL_DIST_POINTS_free(points);
	return is_named;
}

bool
mun_crl_is_about(
    const struct mun_crl *crl, const struct mun_certificate *certificate)
{
	const ISSUING_DIST_POINT *scope = crl->scope;
	bool is_ca =
	    (X509_get_extension_flags(certificate->x509) & EXFLAG_CA) != 0;

	if (X509_NAME_cmp(X509_CRL_get_issuer(crl->x509),
		X509_get_issuer_name(certificate->x509)) != 0)
		return false;
	if (scope == NULL)
		return true;
	if ((scope->onlyuser > 0 && is_ca) || (scope->onlyCA > 0 && !is_ca))
		return false;
	return scope->distpoint == NULL ||
	    names_the_point(certificate->x509, scope->distpoint);
}

/* RFC 5280 s5.3.2: "the date on which it is known or suspected that the
 * private key was compromised or that the certificate otherwise became
 * invalid"; if it cannot be read, it has been invalid for ever. */
static int64_t
earliest_date(const X509_REVOKED *entry)
{
	int critical = 0;
	int64_t revoked_utc_s, invalid_utc_s;
	ASN1_TIME *invalid = X509_REVOKED_get_ext_d2i(
	    entry, NID_invalidity_date, &critical, NULL);

	if (!mun_certificate_read_time(
		&revoked_utc_s, X509_REVOKED_get0_revocationDate(entry)))
		revoked_utc_s = INT64_MIN;
	if (invalid == NULL)
		return critical == -1 ? revoked_utc_s : INT64_MIN;
	if (!mun_certificate_read_any_time(&invalid_utc_s, invalid))
		invalid_utc_s = INT64_MIN;
	ASN1_TIME_free(invalid);
	return invalid_utc_s < revoked_utc_s ? invalid_utc_s : revoked_utc_s;
}

bool
mun_crl_lists(const struct mun_crl *crl,
    const struct mun_certificate *certificate, int64_t *since_utc_s)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl->x509);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate->x509);
	bool is_listed = false;

	*since_utc_s = INT64_MAX;
	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
		const X509_REVOKED *entry = sk_X509_REVOKED_value(entries, i);
		int64_t date_utc_s;

		if (ASN1_INTEGER_cmp(
			X509_REVOKED_get0_serialNumber(entry), serial) != 0)
			continue;
		date_utc_s = earliest_date(entry);
		is_listed = true;
		if (date_utc_s < *since_utc_s)
			*since_utc_s = date_utc_s;
	}
	mun_openssl_forget();
	return is_listed;
}

static bool
take_url(const GENERAL_NAMES *names, struct mun_buffer *url)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const ASN1_IA5STRING *text = name->d.ia5;
		const unsigned char *bytes;
		size_t len;
		bool is_visible = true;

		if (name->type != GEN_URI)
			continue;
		bytes = ASN1_STRING_get0_data(text);
		len = (size_t)ASN1_STRING_length(text);
		for (size_t j = 0; j < len; j++)
			is_visible =
			    is_visible && bytes[j] > 0x20 && bytes[j] < 0x7f;
		if (is_visible && len > 7 && memcmp(bytes, "http://", 7) == 0) {
			mun_buffer_append(url, bytes, len);
			return url->status == MUN_OK;
		}
	}
	return false;
}

bool
mun_certificate_crl_url(
    const struct mun_certificate *certificate, struct mun_buffer *url)
{
	STACK_OF(DIST_POINT) *points = X509_get_ext_d2i(
	    certificate->x509, NID_crl_distribution_points, NULL, NULL);
	bool is_found = false;

	for (int i = 0; i < sk_DIST_POINT_num(points) && !is_found; i++) {
		const DIST_POINT *point = sk_DIST_POINT_value(points, i);

		if (point->distpoint != NULL && point->distpoint->type == 0)
			is_found =
			    take_url(point->distpoint->name.fullname, url);
	}
	CRL_DIST_POINTS_free(points);
	mun_openssl_forget();
	return is_found;
}
