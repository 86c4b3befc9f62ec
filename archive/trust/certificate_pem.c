/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * certificate_pem.c - PEM in and out (RFC 7468).
 *
 * What Muniment stores is canonical: one form, compared byte for byte.  What a
 * person hands over may have text around it, CRLF, or other line lengths.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "trust/certificate_internal.h"
#include "trust/pem.h"

enum {
	/* base64 is 4/3, line ends 1/64, and the two boundaries */
	PEM_MAX = MUN_CERTIFICATE_MAX * 3 / 2 + 128
};

static const char begin_line[] = "-----BEGIN CERTIFICATE-----";
static const char end_line[] = "-----END CERTIFICATE-----";

void
mun_certificate_write_pem(
    const struct mun_certificate *certificate, struct mun_buffer *out)
{
	mun_pem_write(
	    out, "CERTIFICATE", certificate->der.data, certificate->der.len);
}

/* Where text begins in the len bytes at bytes, or NULL. */
static const char *
find(const char *bytes, size_t len, const char *text)
{
	size_t text_len = strlen(text);

	for (size_t at = 0; at + text_len <= len; at++)
		if (memcmp(bytes + at, text, text_len) == 0)
			return bytes + at;
	return NULL;
}

/* The base64 between the first pair of boundaries, white space taken out. */
static enum mun_status
collect_base64(struct mun_buffer *base64, const char *pem, size_t pem_len,
    struct mun_error *err)
{
	const char *end = pem + pem_len;
	const char *from = find(pem, pem_len, begin_line);
	const char *to;

	if (from == NULL)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "there is no '%s'", begin_line);
	from += strlen(begin_line);
	to = find(from, (size_t)(end - from), end_line);
	if (to == NULL)
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "there is no '%s'", end_line);
	if (find(to, (size_t)(end - to), begin_line) != NULL)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "there is more than one certificate, and one was asked "
		    "for");
	for (; from < to; from++)
		if (strchr(" \t\r\n", *from) == NULL || *from == '\0')
			mun_buffer_append_byte(base64, (uint8_t)*from);
	return mun_buffer_status(base64, "a certificate in PEM", err);
}

/* Whether pem is what write_pem gives for the certificate. */
static bool
is_canonical(
    const struct mun_certificate *certificate, const void *pem, size_t pem_len)
{
	struct mun_buffer canonical = MUN_BUFFER_INIT(PEM_MAX);
	bool is_same;

	mun_certificate_write_pem(certificate, &canonical);
	is_same = canonical.status == MUN_OK && canonical.len == pem_len &&
	    memcmp(canonical.data, pem, pem_len) == 0;
	mun_buffer_free(&canonical);
	return is_same;
}

enum mun_status
mun_certificate_from_pem(struct mun_certificate **out, const void *pem,
    size_t pem_len, bool strict, struct mun_error *err)
{
	struct mun_buffer base64 = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_buffer der = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_certificate *certificate = NULL;
	enum mun_status status;

	*out = NULL;
	MUN_TRY(collect_base64(&base64, pem, pem_len, err));
	if (!mun_base64_decode(&der, mun_buffer_text(&base64), base64.len)) {
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "the certificate is not in base64");
		goto out;
	}
	MUN_TRY(mun_certificate_from_der(&certificate, der.data, der.len, err));
	if (strict && !is_canonical(certificate, pem, pem_len)) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the certificate is not in canonical PEM");
		goto out;
	}
	*out = certificate;
	certificate = NULL;
	status = MUN_OK;
out:
	mun_certificate_free(certificate);
	mun_buffer_free(&der);
	mun_buffer_free(&base64);
	return status;
}

enum mun_status
mun_certificates_from_bundle(struct mun_certificate **out, size_t max,
    size_t *count, const void *pem, size_t pem_len, struct mun_error *err)
{
	const char *at = pem, *end = at + pem_len, *next;
	enum mun_status status = MUN_OK;

	*count = 0;
	while (at < end) {
		if (*count == max) {
			status = mun_error_set(err, MUN_ERR_LIMIT,
			    "there are more than %zu certificates", max);
			goto out;
		}
		/* A block that does not end runs to the end of the bundle and
		 * is refused as one. */
		next = find(at, (size_t)(end - at), end_line);
		next = next == NULL ? end : next + strlen(end_line);
		if (next < end)
			next++;
		status = mun_certificate_from_pem(
		    &out[*count], at, (size_t)(next - at), true, err);
		if (status != MUN_OK) {
			mun_error_wrap(err, "certificate %zu", *count + 1);
			goto out;
		}
		(*count)++;
		at = next;
	}
	if (*count == 0)
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "there is no certificate");
out:
	while (status != MUN_OK && *count > 0)
		mun_certificate_free(out[--*count]);
	return status;
}

enum mun_status
mun_certificates_from_text(struct mun_certificate **out, size_t max,
    size_t *count, const void *text, size_t text_len, struct mun_error *err)
{
	const char *at = text, *end = at + text_len, *next;
	size_t before = *count;
	enum mun_status status;

	while (find(at, (size_t)(end - at), begin_line) != NULL) {
		if (*count == max)
			return mun_error_set(err, MUN_ERR_LIMIT,
			    "there are more than %zu certificates", max);
		next = find(at, (size_t)(end - at), end_line);
		next = next == NULL ? end : next + strlen(end_line);
		status = mun_certificate_from_pem(
		    &out[*count], at, (size_t)(next - at), false, err);
		if (status != MUN_OK)
			return status;
		(*count)++;
		at = next;
	}
	return *count > before
	    ? MUN_OK
	    : mun_error_set(err, MUN_ERR_FORMAT, "there is no certificate");
}
