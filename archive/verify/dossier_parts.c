/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_parts.c - the members of a dossier that follow from entries and
 * tree: each is exactly what these give, none is missing, none too many.
 *
 * Spec: docs/format/dossier.md, The file.
 */
#include "verify/dossier_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

enum mun_status
mun_dossier_same(struct mun_dossier_pass *pass, const char *name,
    const struct mun_buffer *due, enum mun_rule rule, struct mun_error *err)
{
	enum mun_status status = mun_dossier_part(pass, name, &pass->part, err);

	if (status == MUN_ERR_NOT_FOUND) {
		mun_judge(pass->v, MUN_RULE_DOSSIER_INCOMPLETE, false,
		    pass->subject, "%s", err->text);
		return MUN_OK;
	}
	if (status != MUN_OK && !mun_is_bad_data(status))
		return status;
	if (status != MUN_OK || pass->part.len != due->len ||
	    memcmp(pass->part.data, due->data, due->len) != 0)
		mun_judge(pass->v, rule, false, pass->subject, "%s", name);
	return MUN_OK;
}

static enum mun_status
judge_fixed(struct mun_dossier_pass *pass, struct mun_error *err)
{
	const struct mun_dossier_scope_result *result = &pass->result;
	struct mun_dossier_head head = { .origin = pass->facts->origin,
		.size = pass->facts->checkpoint.size,
		.recorded = result->recorded,
		.as_of_entry = result->as_of_entry,
		.as_of_utc_s = result->as_of_utc_s,
		.archives = result->archives,
		.archive_count = result->archive_count };
	/* as long as a dossier of many archives may make it */
	struct mun_buffer due =
	    MUN_BUFFER_INIT(65536 + result->archive_count * (size_t)256);
	enum mun_status status;

	memcpy(head.vault, pass->facts->fingerprint, MUN_SHA256_LEN);
	mun_dossier_readme_write(&due);
	MUN_TRY(mun_buffer_status(&due, MUN_DOSSIER_README, err));
	MUN_TRY(mun_dossier_same(
	    pass, MUN_DOSSIER_README, &due, MUN_RULE_DOSSIER_DIFFERS, err));
	mun_buffer_reset(&due);
	mun_dossier_head_write(&head, &due);
	MUN_TRY(mun_buffer_status(&due, MUN_DOSSIER_JSON, err));
	status = mun_dossier_same(
	    pass, MUN_DOSSIER_JSON, &due, MUN_RULE_DOSSIER_DIFFERS, err);
out:
	mun_buffer_free(&due);
	return status;
}

/* ---- certificates ---- */

static bool
is_certificate(
    const struct mun_buffer *pem, const uint8_t sha256[MUN_SHA256_LEN])
{
	struct mun_certificate *certificate = NULL;
	bool same = mun_certificate_from_pem(&certificate, pem->data, pem->len,
			true, NULL) == MUN_OK &&
	    mun_bytes_equal(
		mun_certificate_sha256(certificate), sha256, MUN_SHA256_LEN);

	mun_certificate_free(certificate);
	return same;
}

static enum mun_status
judge_certificates(struct mun_dossier_pass *pass, struct mun_error *err)
{
	const struct mun_custody *custody = pass->facts->custody;
	size_t count = mun_custody_certificate_count(custody);
	char name[MUN_DOSSIER_NAME_MAX];
	enum mun_status status;

	for (size_t i = 0; i < count; i++) {
		const uint8_t *sha256 = mun_custody_certificate(custody, i);

		mun_dossier_certificate_name(name, sha256);
		status = mun_dossier_part(pass, name, &pass->part, err);
		if (status != MUN_OK && !mun_is_bad_data(status))
			return status;
		if (status != MUN_OK || !is_certificate(&pass->part, sha256))
			mun_judge(pass->v, MUN_RULE_CERTS_AGREE, false,
			    pass->subject, "%s", name);
	}
	return MUN_OK;
}

/* ---- proofs ---- */

/* NULL if it is the receipt of that deposit under this head.  A proof has one
 * form only, given leaf, number, size and root. */
static const char *
proof_fault(const struct mun_dossier_pass *pass,
    const struct mun_deposit_fact *deposit, const struct mun_receipt *receipt)
{
	const struct mun_log_facts *facts = pass->facts;
	const struct mun_entry_fact *entry = &facts->entries[deposit->seq];
	const struct mun_buffer *head = &receipt->checkpoint;

	if (!mun_bytes_equal(
		receipt->vault, facts->fingerprint, MUN_SHA256_LEN))
		return "it is of another vault";
	if (strcmp(receipt->archive, deposit->subject.archive) != 0)
		return "it is of another archive";
	if (receipt->index != deposit->seq ||
	    !mun_bytes_equal(receipt->entry, entry->sha256, MUN_SHA256_LEN))
		return "it is of another entry";
	if (head->len != pass->checkpoint.len ||
	    memcmp(head->data, pass->checkpoint.data, head->len) != 0)
		return "its checkpoint is another";
	if (!mun_merkle_verify_inclusion(&entry->leaf, receipt->index,
		facts->checkpoint.size, receipt->proof, receipt->proof_count,
		&facts->checkpoint.root))
		return "it does not hold";
	return NULL;
}

static enum mun_status
judge_proof(struct mun_dossier_pass *pass,
    const struct mun_deposit_fact *deposit, struct mun_error *err)
{
	struct mun_receipt receipt = MUN_RECEIPT_INIT;
	char name[MUN_DOSSIER_NAME_MAX];
	const char *fault = NULL;
	enum mun_status status;

	mun_dossier_proof_name(name, deposit->subject.archive);
	status = mun_dossier_part(pass, name, &pass->part, err);
	if (status == MUN_OK)
		status = mun_receipt_parse(
		    &receipt, pass->part.data, pass->part.len, err);
	if (status == MUN_OK)
		fault = proof_fault(pass, deposit, &receipt);
	else if (mun_is_bad_data(status))
		fault = err->text;
	if (fault != NULL) {
		mun_judge(pass->v, MUN_RULE_DOSSIER_PROOF, false, pass->subject,
		    "%s: %s", name, fault);
		status = MUN_OK;
	}
	mun_receipt_clear(&receipt);
	return status;
}

/* ---- the rest ---- */

/* A readable copy without its entry tells that the entry is gone. */
static void
judge_unused(struct mun_dossier_pass *pass)
{
	for (size_t i = 0; i < mun_dossier_count(pass->dossier); i++) {
		const char *name = mun_dossier_name(pass->dossier, i);
		size_t len = strlen(name);
		bool is_copy = strncmp(name, "entries/", 8) == 0 && len > 5 &&
		    strcmp(name + len - 5, ".json") == 0;

		if (!pass->is_used[i])
			mun_judge(pass->v,
			    is_copy ? MUN_RULE_DOSSIER_INCOMPLETE
				    : MUN_RULE_DOSSIER_UNEXPECTED,
			    false, pass->subject, "%s%s", name,
			    is_copy ? " stands without its entry" : "");
	}
}

enum mun_status
mun_dossier_check_parts(struct mun_dossier_pass *pass, struct mun_error *err)
{
	const struct mun_log_facts *facts = pass->facts;
	enum mun_status status;

	MUN_TRY(judge_fixed(pass, err));
	MUN_TRY(judge_certificates(pass, err));
	for (size_t i = 0; i < facts->deposit_count; i++)
		MUN_TRY(judge_proof(pass, &facts->deposits[i], err));
	judge_unused(pass);
out:
	return status;
}

void
mun_dossier_judge_absent(struct mun_verification *v,
    const struct mun_log_facts *facts, const char *subject)
{
	for (size_t i = 0; i < facts->deposit_count; i++) {
		const char *id = facts->deposits[i].subject.archive;
		const struct mun_holding *holding =
		    mun_custody_holding(facts->custody, id, 0);

		if (facts->deposits[i].seen)
			continue;
		if (holding != NULL && holding->is_withdrawn &&
		    holding->fate == MUN_FATE_DESTROYED)
			mun_judge(v, MUN_RULE_ARCHIVE_WITHDRAWN, false, subject,
			    "%s, entry %llu", id,
			    (unsigned long long)holding->withdrawn_seq);
		else
			mun_judge(v, MUN_RULE_ARCHIVE_NOT_GIVEN, false, subject,
			    "%s", id);
	}
}
