/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp_accept.c - a token as a verifier will see it: with the certificates and
 * CRLs that will lie beside it, under the roots that were given.
 *
 * Its chain is looked for first, because what that needs decides which CRLs to
 * fetch; then all is judged once more from the very bytes that will be stored.
 */
#include "stamp/stamp_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/system.h"
#include "base/time.h"

enum {
	/* As for witnesses: clocks in time zones that were set wrong are up to
	 * 14 hours apart; more is a clock that is wrong. */
	CLOCKS_APART_MAX_S = 86400,
	CHAIN_MAX = MUN_TIMESTAMP_CERTIFICATES_MAX + MUN_CHAIN_MAX
};

struct accepting {
	struct mun_stamping *stamping;
	const struct mun_timestamp_query *query;
	struct mun_timestamp_token token;
	struct mun_timestamp_wanted wanted;
	struct mun_stamp_taken taken;
	struct mun_buffer *detail;
	struct mun_stamp_outcome *outcome;
	struct mun_buffer *name;
	struct mun_certificate *chain[CHAIN_MAX]; /* of taken.certificates */
	size_t chain_count;
	struct mun_crl *crls[MUN_CRLS_MAX]; /* of taken.crls */
	size_t crl_count;
};

/* ---- words ---- */

static const char *
words_for(const char *rule)
{
	static const char *const words[][2] = {
		{ "ts.late",
		    "states a time more than a day ahead of this machine's "
		    "clock" },
		{ "ts.clock",
		    "states a time more than a day before the newest event "
		    "that it is over" },
		{ "ts.untrusted",
		    "leads to none of the roots given with --tsa-trust" },
		{ "ts.expired", "rests on a certificate that has expired" },
		{ "ts.early", "rests on a certificate that is not valid yet" },
		{ "ts.chain",
		    "rests on certificates that do not form a valid chain" },
		{ "ts.eku",
		    "rests on an issuer whose certificate is not for "
		    "time-stamps" },
		{ "ts.ess",
		    "names certificates that are not those of its chain" },
		{ "ts.algorithm",
		    "rests on a key or signature that is too weak" },
		{ "ts.certificates",
		    "holds a certificate that is not accounted for" },
		{ "ts.revoked", "rests on a certificate that was revoked" },
		{ "ts.crl-missing",
		    "names a revocation list, and it could not be had" },
		{ "ts.crl-old",
		    "names a revocation list, and the one there is out of "
		    "date" },
		{ "ts.encoding",
		    "holds certificates or lists that cannot be read" },
		{ "ts.signer", "does not hold the authority's certificate" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(rule, words[i][0]) == 0)
			return words[i][1];
	return "cannot be used";
}

/* more: what was said of fetching lists; "" */
static void
refuse(struct accepting *accepting, const char *rule, const char *more)
{
	bool tells = strcmp(rule, "ts.crl-missing") == 0 && more[0] != '\0';

	accepting->outcome->rule = rule;
	mun_buffer_reset(accepting->detail);
	mun_buffer_append_format(accepting->detail,
	    "the authority's time-stamp %s%s%s", words_for(rule),
	    tells ? ": " : "", tells ? more : "");
}

/* ---- its chain ---- */

static bool
is_of(const struct mun_certificate *one,
    struct mun_certificate *const *certificates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (mun_bytes_equal(mun_certificate_sha256(one),
			mun_certificate_sha256(certificates[i]),
			MUN_SHA256_LEN))
			return true;
	return false;
}

/* The certificate at hand that this one of the path is. */
static struct mun_certificate *
own(const struct accepting *accepting, const struct mun_timestamp_found *found,
    const struct mun_certificate *one)
{
	const struct mun_stamping *stamping = accepting->stamping;

	for (size_t i = 0; i < found->embedded_count; i++)
		if (found->embedded[i] == one)
			return found->embedded[i];
	for (size_t i = 0; i < stamping->trust_count; i++)
		if (stamping->trust[i] == one)
			return stamping->trust[i];
	return NULL;
}

/* What belongs into N.pem and N.crl. */
static enum mun_status
collect(struct accepting *accepting, const struct mun_timestamp_found *found,
    struct mun_buffer *missing, struct mun_error *err)
{
	const struct mun_stamping *stamping = accepting->stamping;
	struct mun_buffer *pem = &accepting->taken.certificates;
	struct mun_certificate *path[MUN_CHAIN_MAX];
	enum mun_status status;
	size_t missing_count;

	for (size_t i = 0; i < found->path.count; i++) {
		path[i] = own(accepting, found, found->path.path[i]);
		MUN_ASSERT(path[i] != NULL);
		if (!is_of(path[i], found->embedded, found->embedded_count) &&
		    !is_of(path[i], stamping->trust, stamping->root_count))
			mun_certificate_write_pem(path[i], pem);
	}
	MUN_TRY(mun_buffer_status(pem, "an authority's certificates", err));
	status =
	    mun_timestamp_fetch_crls(&accepting->taken.crls, &missing_count,
		missing, path, found->path.count, &stamping->way, err);
	/* more than a verifier would read is as good as none */
	if (status == MUN_ERR_LIMIT)
		status = MUN_OK;
out:
	return status;
}

/* As of now, without CRLs: is there a chain, and which? */
static enum mun_status
find_chain(struct accepting *accepting, struct mun_buffer *missing,
    struct mun_error *err)
{
	const struct mun_stamping *stamping = accepting->stamping;
	struct mun_timestamp_found found;
	enum mun_status status = MUN_OK;

	accepting->wanted.chain = stamping->trust + stamping->root_count;
	accepting->wanted.chain_count =
	    stamping->trust_count - stamping->root_count;
	mun_timestamp_judge(&found, &accepting->token, &accepting->wanted);
	if (found.authority != NULL)
		mun_buffer_append_text(
		    accepting->name, mun_certificate_name(found.authority));
	if (found.path.count == 0)
		refuse(accepting, found.rule == NULL ? "ts.chain" : found.rule,
		    "");
	else
		status = collect(accepting, &found, missing, err);
	mun_timestamp_found_clear(&found);
	return status;
}

/* ---- the bytes to be stored ---- */

static enum mun_status
read_again(struct accepting *accepting, struct mun_error *err)
{
	const struct mun_buffer *pem = &accepting->taken.certificates;
	const struct mun_buffer *crls = &accepting->taken.crls;
	enum mun_status status;

	MUN_TRY(mun_certificates_from_bundle(accepting->chain, CHAIN_MAX,
	    &accepting->chain_count, pem->data, pem->len, err));
	status = mun_crls_from_bundle(accepting->crls, &accepting->crl_count,
	    crls->len == 0 ? (const void *)"" : crls->data, crls->len, err);
out:
	return status;
}

static void
judge(struct accepting *accepting, const struct mun_buffer *missing)
{
	struct mun_timestamp_found found;

	accepting->wanted.chain = accepting->chain;
	accepting->wanted.chain_count = accepting->chain_count;
	accepting->wanted.crls = accepting->crls;
	accepting->wanted.crl_count = accepting->crl_count;
	mun_timestamp_judge(&found, &accepting->token, &accepting->wanted);
	if (found.rule != NULL) {
		refuse(accepting, found.rule, mun_buffer_text(missing));
	} else {
		mun_chain_get_keys(&accepting->taken.keys, &found.path);
		(void)mun_time_format(accepting->outcome->valid_until,
		    found.path.not_after_utc_s);
	}
	mun_timestamp_found_clear(&found);
}

/* Its own time stands for now: it is seconds old, and two clocks differ. */
static enum mun_status
set_proof_time(struct accepting *accepting, struct mun_error *err)
{
	int64_t time_utc_s = accepting->token.time_utc_s, now_utc_s;
	enum mun_status status;

	MUN_TRY(mun_system_clock(&now_utc_s, err));
	(void)mun_time_format(accepting->outcome->time, time_utc_s);
	if (time_utc_s > now_utc_s + CLOCKS_APART_MAX_S)
		refuse(accepting, "ts.late", "");
	else if (time_utc_s <
	    accepting->stamping->logged_utc_s - CLOCKS_APART_MAX_S)
		refuse(accepting, "ts.clock", "");
	accepting->wanted.proof_time_utc_s =
	    time_utc_s >= now_utc_s ? time_utc_s + 1 : now_utc_s;
out:
	return status;
}

static enum mun_status
accept(struct accepting *accepting, struct mun_error *err)
{
	struct mun_buffer missing = MUN_BUFFER_INIT(MUN_ERROR_TEXT_MAX);
	struct mun_stamp_taken *taken = &accepting->taken;
	const char *rule = mun_timestamp_token_read(
	    &accepting->token, taken->token.data, taken->token.len);
	enum mun_status status = MUN_OK;

	if (rule == NULL)
		rule = mun_timestamp_token_certificates(
		    &taken->certificates, &accepting->token);
	if (rule != NULL) {
		refuse(accepting, rule, "");
		goto out;
	}
	MUN_TRY(set_proof_time(accepting, err));
	if (accepting->outcome->rule == NULL)
		MUN_TRY(find_chain(accepting, &missing, err));
	if (accepting->outcome->rule != NULL)
		goto out;
	status = read_again(accepting, err);
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT) {
		refuse(accepting, "ts.encoding", "");
		status = MUN_OK;
	} else if (status == MUN_OK) {
		judge(accepting, &missing);
	}
out:
	mun_buffer_free(&missing);
	return status;
}

static void
clear_taken(struct mun_stamp_taken *taken)
{
	mun_buffer_free(&taken->query);
	mun_buffer_free(&taken->token);
	mun_buffer_free(&taken->certificates);
	mun_buffer_free(&taken->crls);
}

enum mun_status
mun_stamp_accept(struct mun_stamping *stamping,
    const struct mun_timestamp_query *query, const struct mun_buffer *token,
    struct mun_stamp_outcome *outcome, struct mun_buffer *detail,
    struct mun_buffer *name, struct mun_error *err)
{
	struct accepting accepting = { .stamping = stamping,
		.query = query,
		.wanted = { .imprint = stamping->imprint,
		    .query = query,
		    .anchors = stamping->trust,
		    .anchor_count = stamping->root_count },
		.taken = { .query = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX),
		    .token = MUN_BUFFER_INIT(MUN_TIMESTAMP_TOKEN_MAX),
		    .certificates = MUN_BUFFER_INIT(MUN_STAMP_PEM_MAX),
		    .crls = MUN_BUFFER_INIT(MUN_CRL_BUNDLE_MAX) },
		.detail = detail,
		.outcome = outcome,
		.name = name };
	enum mun_status status;

	MUN_ASSERT(stamping->taken_count < MUN_STAMP_AUTHORITIES_MAX);
	mun_timestamp_query_write(&accepting.taken.query, query);
	mun_buffer_append(&accepting.taken.token, token->data, token->len);
	MUN_TRY(mun_buffer_status(&accepting.taken.query, "a query", err));
	MUN_TRY(mun_buffer_status(&accepting.taken.token, "a token", err));
	MUN_TRY(accept(&accepting, err));
	if (outcome->rule == NULL) {
		stamping->taken[stamping->taken_count++] = accepting.taken;
		accepting.taken =
		    (struct mun_stamp_taken){ .has_request = false };
	}
out:
	for (size_t i = 0; i < accepting.chain_count; i++)
		mun_certificate_free(accepting.chain[i]);
	for (size_t i = 0; i < accepting.crl_count; i++)
		mun_crl_free(accepting.crls[i]);
	clear_taken(&accepting.taken);
	return status;
}
