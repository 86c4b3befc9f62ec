/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time_roots.c - the roots of time-stamp authorities that whoever verifies
 * believes, as typed: PEM files, each of one or several certificates.
 *
 * They come from outside what is verified, in whatever form their publisher
 * gives them: text around the certificates is skipped, and so are certificates
 * that are no roots.
 */
#define _GNU_SOURCE /* memmem(3) */

#include "verify/verify_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"

enum {
	ROOTS_MAX = 64, /* nobody knows that many authorities */
	ROOTS_FILE_MAX = 1048576
};

static enum mun_status
take_root(struct mun_verification *v, const char *path, const uint8_t *pem,
    size_t len, struct mun_error *err)
{
	struct mun_certificate *root = NULL;
	char hex[2 * MUN_SHA256_LEN + 1];
	enum mun_status status =
	    mun_certificate_from_pem(&root, pem, len, false, err);

	if (mun_is_bad_data(status))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' holds something that is no proper certificate", path);
	if (status != MUN_OK)
		return status;
	if (!mun_certificate_is_self_signed(root)) {
		/* of a chain, say; what is stored completes chains */
		mun_certificate_free(root);
		return MUN_OK;
	}
	if (v->time_root_count == ROOTS_MAX)
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "there are more than %d roots of time-stamp authorities",
		    (int)ROOTS_MAX);
	if (status != MUN_OK) {
		mun_certificate_free(root);
		return status;
	}
	mun_hex_encode(hex, mun_certificate_sha256(root), MUN_SHA256_LEN);
	(void)snprintf(v->time_root_texts[v->time_root_count],
	    sizeof(*v->time_root_texts), "tsa:%s", hex);
	v->time_roots[v->time_root_count++] = root;
	return MUN_OK;
}

static enum mun_status
take_file(struct mun_verification *v, const char *path, struct mun_error *err)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END CERTIFICATE-----";
	struct mun_buffer text = MUN_BUFFER_INIT(ROOTS_FILE_MAX);
	const uint8_t *at, *stop;
	size_t before = v->time_root_count;
	enum mun_status status;

	MUN_TRY(mun_file_read_whole(AT_FDCWD, path, &text, err));
	at = text.data;
	stop = text.data + text.len;
	while (text.len > 0 &&
	    (at = memmem(at, (size_t)(stop - at), begin, sizeof(begin) - 1)) !=
		NULL) {
		const uint8_t *last =
		    memmem(at, (size_t)(stop - at), end, sizeof(end) - 1);

		if (last == NULL)
			break;
		last += sizeof(end) - 1;
		if (last < stop && *last == '\r')
			last++;
		if (last < stop && *last == '\n')
			last++;
		MUN_TRY(take_root(v, path, at, (size_t)(last - at), err));
		at = last;
	}
	if (v->time_root_count == before)
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' holds no root certificate in PEM: the self-signed "
		    "one at the end of an authority's chain",
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
mun_verify_check_time_roots(
    const char *const *time_roots, size_t count, struct mun_error *err)
{
	const struct mun_verify_options options = { .time_roots = time_roots,
		.time_root_count = count };
	struct mun_verification *scratch = calloc(1, sizeof(*scratch));
	enum mun_status status;

	if (scratch == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for anchors");
	status = mun_time_roots_load(scratch, &options, err);
	mun_verification_free(scratch);
	return status;
}
