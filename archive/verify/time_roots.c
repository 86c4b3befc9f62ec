/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time_roots.c - the roots of time-stamp authorities that whoever verifies
 * believes, as typed: PEM files, each of one or several certificates.
 *
 * They come from outside what is verified, in whatever form their publisher
 * gives them: text around the certificates is skipped, and so are certificates
 * that are no roots.
 */
#include "verify/verify_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"

enum {
	ROOTS_MAX = 64, /* nobody knows that many authorities */
	ROOTS_FILE_MAX = 1048576,
	FILE_CERTIFICATES_MAX = 256 /* a system's whole bundle has 140 */
};

/* Takes the certificate: keeps it, or frees it. */
static enum mun_status
take_certificate(struct mun_verification *v,
    struct mun_certificate *certificate, struct mun_error *err)
{
	char hex[2 * MUN_SHA256_LEN + 1];

	if (!mun_certificate_is_self_signed(certificate)) {
		/* of a chain, say; what is stored completes chains */
		mun_certificate_free(certificate);
		return MUN_OK;
	}
	if (v->time_root_count == ROOTS_MAX) {
		mun_certificate_free(certificate);
		return mun_error_set(err, MUN_ERR_USAGE,
		    "there are more than %d roots of time-stamp authorities",
		    (int)ROOTS_MAX);
	}
	mun_hex_encode(
	    hex, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	(void)snprintf(v->time_root_texts[v->time_root_count],
	    sizeof(*v->time_root_texts), "tsa:%s", hex);
	v->time_roots[v->time_root_count++] = certificate;
	return MUN_OK;
}

static enum mun_status
take_text(struct mun_verification *v, const struct mun_buffer *text,
    struct mun_error *err)
{
	struct mun_certificate *read[FILE_CERTIFICATES_MAX];
	size_t count = 0, taken = 0;
	enum mun_status status;

	MUN_TRY(mun_certificates_from_text(read, FILE_CERTIFICATES_MAX, &count,
	    text->len == 0 ? "" : (const char *)text->data, text->len, err));
	while (taken < count)
		MUN_TRY(take_certificate(v, read[taken++], err));
out:
	while (taken < count)
		mun_certificate_free(read[taken++]);
	return status;
}

static enum mun_status
take_file(struct mun_verification *v, const char *path, struct mun_error *err)
{
	struct mun_buffer text = MUN_BUFFER_INIT(ROOTS_FILE_MAX);
	size_t before = v->time_root_count;
	enum mun_status status;

	MUN_TRY(mun_file_read_whole(AT_FDCWD, path, &text, err));
	status = take_text(v, &text, err);
	if (mun_is_bad_data(status) ||
	    (status == MUN_OK && v->time_root_count == before))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' holds no root certificate in PEM (the self-signed "
		    "one at the end of an authority's chain), or something "
		    "that cannot be read as a certificate",
		    path);
out:
	mun_buffer_free(&text);
	return status;
}

enum mun_status
mun_time_roots_load(struct mun_verification *v,
    const struct mun_verify_options *options, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (options->time_root_count == 0)
		return MUN_OK;
	v->time_roots = calloc(ROOTS_MAX, sizeof(struct mun_certificate *));
	v->time_root_texts = calloc(ROOTS_MAX, sizeof(*v->time_root_texts));
	if (v->time_roots == NULL || v->time_root_texts == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for anchors");
	for (size_t i = 0; i < options->time_root_count; i++)
		MUN_TRY(take_file(v, options->time_roots[i], err));
out:
	return status;
}

enum mun_status
mun_verify_check_time_options(
    const struct mun_verify_options *options, struct mun_error *err)
{
	struct mun_verification *scratch = calloc(1, sizeof(*scratch));
	enum mun_status status;

	if (scratch == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for anchors");
	MUN_TRY(mun_time_roots_load(scratch, options, err));
	MUN_TRY(mun_time_lists_load(scratch, options, err));
out:
	mun_verification_free(scratch);
	return status;
}
