/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_crls.c - fetch what the certificates of a chain say about their
 * own revocation, while it is to be had.
 *
 * Addresses in certificates are hostile until the chain is trusted: only
 * http:// is followed, nothing is sent, and what comes back is kept only if it
 * is a list signed by the certificate's issuer.
 */
#include <string.h>

#include "base/macros.h"
#include "timestamp/ask.h"

struct fetching {
	struct mun_certificate *const *certificates;
	size_t certificate_count;
	const struct mun_timestamp_way *way;
	struct mun_buffer *detail;
	size_t missing_count;
	/* What was fetched so far; a list may answer for several. */
	struct mun_crl *crls[MUN_CRLS_MAX];
	size_t crl_count;
};

/* Any issuer will do: whether it is the right one is for judging to say. */
static bool
is_for(const struct mun_crl *crl, const struct mun_certificate *certificate,
    const struct fetching *fetching)
{
	if (!mun_crl_is_about(crl, certificate))
		return false;
	for (size_t i = 0; i < fetching->certificate_count; i++) {
		if (mun_certificate_is_issued_by(
			certificate, fetching->certificates[i]) &&
		    mun_crl_is_by(crl, fetching->certificates[i]))
			return true;
	}
	return false;
}

static bool
is_there(
    const struct mun_certificate *certificate, const struct fetching *fetching)
{
	for (size_t i = 0; i < fetching->crl_count; i++) {
		if (is_for(fetching->crls[i], certificate, fetching))
			return true;
	}
	return false;
}

static void
miss(struct fetching *fetching, const char *why, const struct mun_buffer *more)
{
	fetching->missing_count++;
	mun_buffer_reset(fetching->detail);
	mun_buffer_append_text(fetching->detail, why);
	if (more != NULL)
		mun_buffer_append(fetching->detail, more->data, more->len);
}

/* Keeps the list if it is one, and the one wanted. */
static enum mun_status
take_list(struct fetching *fetching, const struct mun_certificate *certificate,
    const struct mun_http_answer *http, struct mun_error *err)
{
	struct mun_crl *crl = NULL;
	enum mun_status status =
	    mun_crl_from_der(&crl, http->body.data, http->body.len, err);

	if (status == MUN_ERR_FORMAT) {
		miss(fetching, "what lies there is no usable revocation list",
		    NULL);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	if (is_for(crl, certificate, fetching) &&
	    fetching->crl_count < MUN_CRLS_MAX) {
		fetching->crls[fetching->crl_count++] = crl;
		return MUN_OK;
	}
	mun_crl_free(crl);
	miss(fetching,
	    "the revocation list there is not signed by the certificate's "
	    "issuer",
	    NULL);
	return MUN_OK;
}

static enum mun_status
fetch_one(struct fetching *fetching, const struct mun_certificate *certificate,
    struct mun_error *err)
{
	struct mun_buffer url = MUN_BUFFER_INIT(MUN_HTTP_URL_MAX + 1);
	struct mun_http_answer http = { .rule = NULL };
	struct mun_http_request request = {
		.proxy = fetching->way->proxy,
		.limits = fetching->way->limits,
		.patience = fetching->way->patience,
		.is_canceled = fetching->way->is_canceled,
		.ctx = fetching->way->ctx,
	};
	enum mun_status status = MUN_OK;

	if (!mun_certificate_crl_url(certificate, &url) ||
	    mun_http_check_url(mun_buffer_text(&url), NULL) != MUN_OK) {
		miss(
		    fetching, "the certificate names no list by http://", NULL);
		goto out;
	}
	request.url = mun_buffer_text(&url);
	request.limits.body_max_bytes = MUN_CRL_MAX;
	MUN_TRY(mun_http_ask(&http, &request, err));
	/* Types vary: application/pkix-crl, application/octet-stream, none. */
	mun_http_expect(&http, 200, NULL);
	if (http.rule != NULL)
		miss(fetching,
		    "the revocation list could not be had: ", &http.detail);
	else
		status = take_list(fetching, certificate, &http, err);
out:
	mun_http_answer_clear(&http);
	mun_buffer_free(&url);
	return status;
}

enum mun_status
mun_timestamp_fetch_crls(struct mun_buffer *pem, size_t *missing_count,
    struct mun_buffer *detail, struct mun_certificate *const *certificates,
    size_t certificate_count, const struct mun_timestamp_way *way,
    struct mun_error *err)
{
	struct fetching fetching = { .certificates = certificates,
		.certificate_count = certificate_count,
		.way = way,
		.detail = detail };
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < certificate_count; i++) {
		if (!mun_certificate_names_crl(certificates[i]) ||
		    is_there(certificates[i], &fetching))
			continue;
		MUN_TRY(fetch_one(&fetching, certificates[i], err));
	}
	for (size_t i = 0; i < fetching.crl_count; i++)
		mun_crl_write_pem(fetching.crls[i], pem);
	MUN_TRY(mun_buffer_status(pem, "revocation lists", err));
out:
	*missing_count = fetching.missing_count;
	for (size_t i = 0; i < fetching.crl_count; i++)
		mun_crl_free(fetching.crls[i]);
	return status;
}
