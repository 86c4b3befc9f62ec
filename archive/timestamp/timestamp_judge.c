/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_judge.c - the whole judgement of one token at one proof time.
 *
 * The embedded certificates are parsed once; the authority's is checked, then
 * a path is built from all that is at hand.  A certificate that is embedded
 * but neither of the path, nor an anchor, nor stored beside the token would be
 * bytes that nothing accounts for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "timestamp/timestamp_internal.h"

static bool
is_among(const struct mun_certificate *certificate,
    const struct mun_certificate *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (mun_bytes_equal(mun_certificate_sha256(certificate),
			mun_certificate_sha256(list[i]), MUN_SHA256_LEN))
			return true;
	}
	return false;
}

static bool
are_accounted_for(const struct mun_timestamp_found *found,
    const struct mun_timestamp_wanted *wanted)
{
	for (size_t i = 0; i < found->embedded_count; i++) {
		const struct mun_certificate *one = found->embedded[i];

		if (!is_among(one, found->path.path, found->path.count) &&
		    !is_among(one,
			(const struct mun_certificate *const *)wanted->anchors,
			wanted->anchor_count) &&
		    !is_among(one,
			(const struct mun_certificate *const *)wanted->chain,
			wanted->chain_count))
			return false;
	}
	return true;
}

/* "chain.x" as "ts.x". */
static const char *
rule_of_chain(const char *rule)
{
	static const char *const rules[][2] = {
		{ "chain.untrusted", "ts.untrusted" },
		{ "chain.expired", "ts.expired" },
		{ "chain.early", "ts.early" },
		{ "chain.algorithm", "ts.algorithm" },
		{ "chain.eku", "ts.eku" },
		{ "chain.invalid", "ts.chain" },
		{ "chain.revoked", "ts.revoked" },
		{ "chain.crl-missing", "ts.crl-missing" },
		{ "chain.crl-old", "ts.crl-old" },
	};

	for (size_t i = 0; rule != NULL && i < sizeof(rules) / sizeof(rules[0]);
	     i++) {
		if (strcmp(rule, rules[i][0]) == 0)
			return rules[i][1];
	}
	MUN_ASSERT(rule == NULL);
	return NULL;
}

/* From all certificates at hand: those stored first, then those embedded. */
static const char *
find_path(struct mun_timestamp_found *found,
    const struct mun_timestamp_wanted *wanted)
{
	size_t count = found->embedded_count + wanted->chain_count;
	struct mun_certificate **others = calloc(count, sizeof(*others));
	const char *rule;

	MUN_ASSERT(others != NULL);
	for (size_t i = 0; i < count; i++)
		others[i] = i < wanted->chain_count
		    ? wanted->chain[i]
		    : found->embedded[i - wanted->chain_count];
	rule = rule_of_chain(mun_chain_find(&found->path, found->authority,
	    others, count, wanted->anchors, wanted->anchor_count,
	    wanted->proof_time_utc_s));
	free(others);
	return rule;
}

static const char *
judge_chain(struct mun_timestamp_found *found,
    const struct mun_timestamp_token *token,
    const struct mun_timestamp_wanted *wanted)
{
	const char *rule;

	if (token->time_utc_s > wanted->proof_time_utc_s)
		return "ts.late";
	rule = find_path(found, wanted);
	if (rule != NULL)
		return rule;
	/* It cannot have been after the path's end: the proof time is later
	 * still, and within. */
	if (token->time_utc_s < found->path.not_before_utc_s)
		return "ts.early";
	if (!mun_timestamp_ess_follows(token, &found->path))
		return "ts.ess";
	if (!are_accounted_for(found, wanted))
		return "ts.certificates";
	return rule_of_chain(mun_chain_revoked(&found->path, wanted->crls,
	    wanted->crl_count, wanted->revocations, wanted->proof_time_utc_s,
	    &found->revoked_later_utc_s));
}

static const char *
judge(struct mun_timestamp_found *found,
    const struct mun_timestamp_token *token,
    const struct mun_timestamp_wanted *wanted)
{
	const char *rule;

	if (!mun_timestamp_parse_embedded(found, token))
		return "ts.encoding";
	if (!mun_timestamp_find_authority(found, token))
		return "ts.signer";
	rule = mun_timestamp_check_by(
	    token, found->authority, wanted->imprint, wanted->query);
	return rule != NULL ? rule : judge_chain(found, token, wanted);
}

void
mun_timestamp_judge(struct mun_timestamp_found *found,
    const struct mun_timestamp_token *token,
    const struct mun_timestamp_wanted *wanted)
{
	const struct mun_timestamp_found empty = { .revoked_later_utc_s =
						       INT64_MAX };

	*found = empty;
	found->rule = judge(found, token, wanted);
}

void
mun_timestamp_found_clear(struct mun_timestamp_found *found)
{
	for (size_t i = 0; i < found->embedded_count; i++)
		mun_certificate_free(found->embedded[i]);
	found->embedded_count = 0;
	found->authority = NULL;
	found->path.count = 0;
}

const char *
mun_timestamp_token_certificates(
    struct mun_buffer *pem, const struct mun_timestamp_token *token)
{
	struct mun_timestamp_found found = { .rule = NULL };
	const char *rule = NULL;

	if (!mun_timestamp_parse_embedded(&found, token))
		rule = "ts.encoding";
	else if (!mun_timestamp_find_authority(&found, token))
		rule = "ts.signer";
	if (rule == NULL)
		mun_certificate_write_pem(found.authority, pem);
	for (size_t i = 0; rule == NULL && i < found.embedded_count; i++) {
		if (found.embedded[i] != found.authority)
			mun_certificate_write_pem(found.embedded[i], pem);
	}
	mun_timestamp_found_clear(&found);
	return rule;
}
