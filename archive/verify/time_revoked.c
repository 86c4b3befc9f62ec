/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time_revoked.c - what the lists stored with a log's time-stamps, all of them
 * together, revoke of the certificates of its tokens.
 *
 * N.crl is chosen by whoever stamps, so a token's own lists may be those from
 * before its authority's key was stolen, while those stored with a later token
 * tell of it.  Of a list only what it revokes is kept, and only if the issuer of
 * the certificate signed it: a log has many lists, and they are long.
 *
 * Spec: docs/format/time-stamp.md, Judging.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/verify_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "timestamp/timestamp.h"

enum {
	CERTIFICATES_MAX = MUN_TIMESTAMP_CERTIFICATES_MAX + MUN_CHAIN_MAX
};

struct known {
	struct mun_certificate *certificate; /* owned */
	int64_t since_utc_s; /* INT64_MAX: not revoked */
};
struct gathering {
	struct mun_entry_pass *pass;
	struct known *known; /* by rising SHA-256, each once */
	size_t count, capacity, revoked;
};

/* ---- the certificates of all tokens ---- */

/* Take over a certificate; on a failure it is the caller's. */
static enum mun_status
add(struct gathering *all, struct mun_certificate *certificate,
    struct mun_error *err)
{
	const uint8_t *sha256 = mun_certificate_sha256(certificate);
	size_t low = 0, high = all->count;

	while (low < high) { /* the first that is not before it */
		size_t middle = low + (high - low) / 2;

		if (memcmp(
			mun_certificate_sha256(all->known[middle].certificate),
			sha256, MUN_SHA256_LEN) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < all->count &&
	    mun_bytes_equal(mun_certificate_sha256(all->known[low].certificate),
		sha256, MUN_SHA256_LEN)) {
		mun_certificate_free(certificate);
		return MUN_OK;
	}
	if (all->count == all->capacity) {
		size_t capacity = all->capacity == 0 ? 32 : all->capacity * 2;
		struct known *grown =
		    reallocarray(all->known, capacity, sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for time-stamps");
		all->known = grown;
		all->capacity = capacity;
	}
	memmove(&all->known[low + 1], &all->known[low],
	    (all->count - low) * sizeof(*all->known));
	all->known[low] = (struct known){ certificate, INT64_MAX };
	all->count++;
	return MUN_OK;
}

/* What is malformed is judged where the token is. */
static enum mun_status
add_bundle(
    struct gathering *all, const struct mun_buffer *pem, struct mun_error *err)
{
	struct mun_certificate *list[CERTIFICATES_MAX];
	size_t count = 0, taken = 0;
	enum mun_status status = mun_certificates_from_bundle(
	    list, CERTIFICATES_MAX, &count, pem->data, pem->len, err);

	if (mun_is_bad_data(status))
		status = MUN_OK;
	for (; status == MUN_OK && taken < count; taken++)
		MUN_TRY(add(all, list[taken], err));
out:
	for (; taken < count; taken++)
		mun_certificate_free(list[taken]);
	return status;
}

static enum mun_status
add_certificates(struct gathering *all, const struct mun_stamped_fact *stamped,
    size_t stamp, struct mun_error *err)
{
	struct mun_buffer der =
	    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_TOKEN));
	struct mun_buffer pem =
	    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_CERTIFICATES));
	struct mun_buffer embedded =
	    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_CERTIFICATES));
	struct mun_timestamp_token token;
	const char *rule = NULL;
	enum mun_status status;

	MUN_TRY(mun_time_read_bound(
	    all->pass, stamped, stamp, MUN_STAMP_TOKEN, &der, &rule, err));
	if (rule == NULL)
		rule = mun_timestamp_token_read(&token, der.data, der.len);
	if (rule == NULL)
		rule = mun_timestamp_token_certificates(&embedded, &token);
	if (rule == NULL)
		MUN_TRY(mun_buffer_status(&embedded, "certificates", err));
	if (rule == NULL)
		MUN_TRY(add_bundle(all, &embedded, err));
	rule = NULL;
	MUN_TRY(mun_time_read_bound(all->pass, stamped, stamp,
	    MUN_STAMP_CERTIFICATES, &pem, &rule, err));
	if (rule == NULL)
		MUN_TRY(add_bundle(all, &pem, err));
out:
	mun_buffer_free(&der);
	mun_buffer_free(&pem);
	mun_buffer_free(&embedded);
	return status;
}

/* ---- the lists of all tokens ---- */

/* Whether an issuer of that certificate, known or believed, signed the list. */
static bool
is_by_its_issuer(const struct gathering *all, const struct mun_crl *crl,
    const struct mun_certificate *certificate)
{
	const struct mun_verification *v = all->pass->v;

	for (size_t i = 0; i < all->count + v->time_root_count; i++) {
		const struct mun_certificate *issuer = i < all->count
		    ? all->known[i].certificate
		    : v->time_roots[i - all->count];

		if (mun_certificate_is_issued_by(certificate, issuer) &&
		    mun_crl_is_by(crl, issuer))
			return true;
	}
	return false;
}

static void
take_list(struct gathering *all, const struct mun_crl *crl)
{
	for (size_t i = 0; i < all->count; i++) {
		struct known *known = &all->known[i];
		int64_t since_utc_s;

		if (!mun_crl_is_about(crl, known->certificate) ||
		    !mun_crl_lists(crl, known->certificate, &since_utc_s) ||
		    since_utc_s >= known->since_utc_s ||
		    !is_by_its_issuer(all, crl, known->certificate))
			continue;
		if (known->since_utc_s == INT64_MAX)
			all->revoked++;
		known->since_utc_s = since_utc_s;
	}
}

static enum mun_status
take_lists(struct gathering *all, const struct mun_stamped_fact *stamped,
    size_t stamp, struct mun_error *err)
{
	struct mun_buffer pem =
	    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_CRLS));
	struct mun_crl *crls[MUN_CRLS_MAX];
	const char *rule = NULL;
	enum mun_status status;
	size_t count = 0;

	MUN_TRY(mun_time_read_bound(
	    all->pass, stamped, stamp, MUN_STAMP_CRLS, &pem, &rule, err));
	if (rule != NULL || pem.len == 0)
		goto out;
	status = mun_crls_from_bundle(crls, &count, pem.data, pem.len, err);
	if (mun_is_bad_data(status))
		status = MUN_OK;
	for (size_t i = 0; status == MUN_OK && i < count; i++)
		take_list(all, crls[i]);
out:
	for (size_t i = 0; i < count; i++)
		mun_crl_free(crls[i]);
	mun_buffer_free(&pem);
	return status;
}

/* ---- both ---- */

static enum mun_status
hand_out(const struct gathering *all, struct mun_chain_revocation **out,
    size_t *count, struct mun_error *err)
{
	*out = calloc(all->revoked + 1, sizeof(**out));
	if (*out == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for time-stamps");
	for (size_t i = 0; i < all->count; i++) {
		struct mun_chain_revocation *one = &(*out)[*count];

		if (all->known[i].since_utc_s == INT64_MAX)
			continue;
		memcpy(one->certificate,
		    mun_certificate_sha256(all->known[i].certificate),
		    sizeof(one->certificate));
		one->since_utc_s = all->known[i].since_utc_s;
		++*count;
	}
	return MUN_OK;
}

enum mun_status
mun_time_find_revoked(struct mun_entry_pass *pass,
    struct mun_chain_revocation **out, size_t *count, struct mun_error *err)
{
	const struct mun_log_facts *facts = pass->facts;
	struct gathering all = { .pass = pass };
	enum mun_status status = MUN_OK;

	*out = NULL;
	*count = 0;
	if (pass->v->time_root_count == 0)
		return MUN_OK; /* nobody is believed anyway */
	for (size_t i = 0; i < facts->stamped_count; i++)
		for (size_t k = 0; k < facts->stamped[i].stamp_count; k++)
			MUN_TRY(
			    add_certificates(&all, &facts->stamped[i], k, err));
	for (size_t i = 0; i < facts->stamped_count; i++)
		for (size_t k = 0; k < facts->stamped[i].stamp_count; k++)
			MUN_TRY(take_lists(&all, &facts->stamped[i], k, err));
	status = hand_out(&all, out, count, err);
out:
	for (size_t i = 0; i < all.count; i++)
		mun_certificate_free(all.known[i].certificate);
	free(all.known);
	return status;
}
