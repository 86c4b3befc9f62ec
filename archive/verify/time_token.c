/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time_token.c - judges one stored token as of a proof time: its files are
 * those that its event binds, and they hold by timestamp/timestamp.h.
 *
 * Spec: docs/format/time-stamp.md, Files, Judging.
 */
#include "verify/verify_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "timestamp/timestamp.h"

enum {
	/* What a token embeds, and what else its chain needs. */
	TOKEN_CHAIN_MAX = MUN_TIMESTAMP_CERTIFICATES_MAX + MUN_CHAIN_MAX
};

/* The four files of one token, and what is in them. */
struct token_files {
	struct mun_buffer query_der, token_der, pem, crl_pem;
	struct mun_timestamp_query query;
	struct mun_timestamp_token token;
	struct mun_certificate *chain[TOKEN_CHAIN_MAX];
	size_t chain_count;
	struct mun_crl *crls[MUN_CRLS_MAX];
	size_t crl_count;
};

enum mun_status
mun_time_read_bound(struct mun_entry_pass *pass,
    const struct mun_stamped_fact *stamped, size_t stamp,
    enum mun_stamp_file which, struct mun_buffer *out, const char **rule,
    struct mun_error *err)
{
	uint8_t digest[MUN_SHA256_LEN];
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_stamp_name(name, stamped->size, (unsigned)stamp + 1, which);
	status = pass->read_stamp(pass->ctx, name, out, err);
	if (mun_is_bad_data(status)) {
		*rule = "ts.files";
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	mun_sha256_of(
	    digest, out->len == 0 ? (const void *)"" : out->data, out->len);
	if (!mun_bytes_equal(digest,
		mun_stamp_digest(&stamped->stamps[stamp], which),
		sizeof(digest)))
		*rule = "ts.files";
	return MUN_OK;
}

/* Take the files apart.  What is in N.pem and N.crl is in one form too. */
static enum mun_status
parse(struct token_files *files, const char **rule, struct mun_error *err)
{
	enum mun_status status;

	*rule = mun_timestamp_query_read(
	    &files->query, files->query_der.data, files->query_der.len);
	if (*rule == NULL)
		*rule = mun_timestamp_token_read(
		    &files->token, files->token_der.data, files->token_der.len);
	if (*rule != NULL)
		return MUN_OK;
	status = mun_certificates_from_bundle(files->chain, TOKEN_CHAIN_MAX,
	    &files->chain_count, files->pem.data, files->pem.len, err);
	if (status == MUN_OK)
		status = mun_crls_from_bundle(files->crls, &files->crl_count,
		    files->crl_pem.data, files->crl_pem.len, err);
	if (mun_is_bad_data(status)) {
		*rule = "ts.certificates";
		status = MUN_OK;
	}
	return status;
}

static void
clear(struct token_files *files)
{
	for (size_t i = 0; i < files->chain_count; i++)
		mun_certificate_free(files->chain[i]);
	for (size_t i = 0; i < files->crl_count; i++)
		mun_crl_free(files->crls[i]);
	mun_buffer_free(&files->query_der);
	mun_buffer_free(&files->token_der);
	mun_buffer_free(&files->pem);
	mun_buffer_free(&files->crl_pem);
}

static void
keep_authority(
    struct mun_proven_stamp *out, const struct mun_certificate *authority)
{
	if (authority == NULL)
		return;
	(void)snprintf(out->authority, sizeof(out->authority), "%s",
	    mun_certificate_name(authority));
	memcpy(out->certificate, mun_certificate_sha256(authority),
	    MUN_SHA256_LEN);
	out->certificate_not_before_utc_s =
	    mun_certificate_not_before(authority);
	out->certificate_not_after_utc_s = mun_certificate_not_after(authority);
}

static enum mun_status
judge(struct mun_entry_pass *pass, const struct token_files *files,
    const struct mun_stamped_fact *stamped, int64_t at_utc_s,
    struct mun_proven_stamp *out, struct mun_error *err)
{
	struct mun_verification *v = pass->v;
	struct mun_crl *lists[MUN_CRLS_MAX + MUN_TIME_LISTS_MAX];
	const struct mun_timestamp_wanted wanted = {
		.imprint = stamped->checkpoint_sha256,
		.query = &files->query,
		.anchors = v->time_roots,
		.anchor_count = v->time_root_count,
		.chain = files->chain,
		.chain_count = files->chain_count,
		.crls = lists,
		.crl_count = files->crl_count + v->time_list_count,
		.revocations = pass->revocations,
		.proof_time_utc_s = at_utc_s,
	};
	struct mun_timestamp_found found;
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < wanted.crl_count; i++)
		lists[i] = i < files->crl_count
		    ? files->crls[i]
		    : v->time_lists[i - files->crl_count];
	out->has_time = true;
	out->time_utc_s = files->token.time_utc_s;
	out->accuracy_s = (int64_t)files->token.accuracy_s +
	    (files->token.accuracy_us > 0 || files->token.time_ns > 0 ? 1 : 0);
	mun_timestamp_judge(&found, &files->token, &wanted);
	mun_time_lists_note(v, &found.path);
	out->rule = found.rule;
	keep_authority(out, found.authority);
	if (found.authority != NULL)
		MUN_TRY(mun_tell_certificate(v, found.authority,
		    "time-stamp authority", "", stamped->seq, err));
	if (found.rule == NULL) {
		const struct mun_chain *path = &found.path;

		MUN_ASSERT(path->count > 0);
		mun_chain_get_keys(&out->keys, path);
		out->not_after_utc_s = path->not_after_utc_s;
		status = mun_tell_certificate(v, path->path[path->count - 1],
		    "root of a time-stamp authority", "", stamped->seq, err);
	}
out:
	mun_timestamp_found_clear(&found);
	return status;
}

enum mun_status
mun_time_judge_token(void *ctx, size_t batch, size_t stamp, int64_t at_utc_s,
    struct mun_proven_stamp *out, struct mun_error *err)
{
	struct mun_entry_pass *pass = ctx;
	const struct mun_stamped_fact *stamped = &pass->facts->stamped[batch];
	struct token_files files = {
		.query_der =
		    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_QUERY)),
		.token_der =
		    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_TOKEN)),
		.pem =
		    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_CERTIFICATES)),
		.crl_pem = MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_CRLS)),
	};
	struct mun_buffer *const parts[MUN_STAMP_FILES] = {
		[MUN_STAMP_QUERY] = &files.query_der,
		[MUN_STAMP_TOKEN] = &files.token_der,
		[MUN_STAMP_CERTIFICATES] = &files.pem,
		[MUN_STAMP_CRLS] = &files.crl_pem,
	};
	const char *rule = NULL;
	enum mun_status status;

	for (unsigned i = MUN_STAMP_QUERY; i < MUN_STAMP_FILES; i++)
		MUN_TRY(mun_time_read_bound(pass, stamped, stamp,
		    (enum mun_stamp_file)i, parts[i], &rule, err));
	if (rule == NULL)
		MUN_TRY(parse(&files, &rule, err));
	out->rule = rule;
	if (rule == NULL)
		status = judge(pass, &files, stamped, at_utc_s, out, err);
out:
	clear(&files);
	return status;
}

const char *
mun_time_rule_words(const char *rule, bool *is_missing)
{
	static const struct {
		const char *rule;
		bool is_missing;
		const char *words;
	} known[] = {
		{ "ts.files", false,
		    "one of its files is not there, or not the one logged" },
		{ "ts.query", false,
		    "what was asked is not in the one form allowed" },
		{ "ts.encoding", false,
		    "it is not in the form that a token has" },
		{ "ts.algorithm", false, "it uses what is too weak" },
		{ "ts.attributes", false,
		    "its signed attributes are missing or contradict" },
		{ "ts.ess", false,
		    "it does not bind its authority's certificate" },
		{ "ts.signer", false,
		    "its authority's certificate is not in it" },
		{ "ts.eku", false,
		    "its signer's certificate is not for time-stamps alone, "
		    "or one that issued it is not for time-stamps" },
		{ "ts.signature", false, "its signature does not verify" },
		{ "ts.imprint", false, "it is over something else" },
		{ "ts.nonce", false, "it answers another question" },
		{ "ts.policy", false, "it is under another policy" },
		{ "ts.early", false,
		    "its authority's certificate was not valid yet" },
		{ "ts.late", false,
		    "it states a time when it is known to have existed "
		    "already" },
		{ "ts.chain", false,
		    "its authority's chain breaks the rules for chains" },
		{ "ts.certificates", false,
		    "it comes with a certificate that nothing accounts for, or "
		    "its certificates or lists are malformed" },
		{ "ts.revoked", false,
		    "a certificate of its authority had been revoked by then" },
		{ "ts.untrusted", true,
		    "its authority leads to none of the roots given; give that "
		    "root with --tsa-trust if you believe it" },
		{ "ts.expired", true,
		    "a certificate of its authority had expired by then; a "
		    "later token over it, from before that, is missing" },
		{ "ts.crl-missing", true,
		    "its authority's revocation list is missing; give it with "
		    "--tsa-crl" },
		{ "ts.crl-old", true,
		    "its authority's revocation list ends before then, and no "
		    "newer one was given with --tsa-crl; or a later token over "
		    "it, from before that, is missing" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(rule, known[i].rule) == 0) {
			*is_missing = known[i].is_missing;
			return known[i].words;
		}
	MUN_ASSERT(false);
	return "";
}
