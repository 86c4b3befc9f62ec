/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * binding.c - holds valid parts against each other and against the anchors.
 *
 * Each part can be right and still belong to something else.  Here every part
 * has to name the others: archive, seal, entry, vault, anchor.
 */
#include "verify/archive_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"

/* ---- anchors ---- */

/* A digest of either kind is the certificate's if it is this signer's, else it
 * has to be the vault's: what is neither fails as a vault's does. */
static enum mun_anchor_kind
kind_of(const struct mun_anchor *anchor, const struct mun_certificate *signer)
{
	if (anchor->kind != MUN_ANCHOR_EITHER)
		return anchor->kind;
	return mun_bytes_equal(anchor->sha256, mun_certificate_sha256(signer),
		   MUN_SHA256_LEN)
	    ? MUN_ANCHOR_CERTIFICATE
	    : MUN_ANCHOR_VAULT;
}

/* count: anchors of that kind, where signer signed. */
static bool
anchored_by(const struct mun_verification *v, enum mun_anchor_kind kind,
    const struct mun_certificate *signer, const uint8_t sha256[MUN_SHA256_LEN],
    size_t *count)
{
	bool found = false;

	*count = 0;
	for (size_t i = 0; i < v->anchor_count; i++) {
		if (kind_of(&v->anchors[i], signer) != kind)
			continue;
		(*count)++;
		if (mun_bytes_equal(
			v->anchors[i].sha256, sha256, MUN_SHA256_LEN))
			found = true;
	}
	return found;
}

/* Certificates given as anchors that only issued the signer's pin nothing. */
static bool
only_issuers(
    const struct mun_verification *v, const struct mun_certificate *signer)
{
	for (size_t i = 0; i < v->anchor_count; i++) {
		const struct mun_anchor *anchor = &v->anchors[i];

		if (kind_of(anchor, signer) != MUN_ANCHOR_CERTIFICATE)
			continue;
		if (anchor->certificate == NULL ||
		    !mun_certificate_is_issued_by(signer, anchor->certificate))
			return false;
	}
	return true;
}

/* Certificate anchors against one signer; true when it is pinned. */
static bool
judge_signer(struct mun_verification *v, const struct mun_certificate *signer,
    const char *subject)
{
	size_t count;
	bool pinned = anchored_by(v, MUN_ANCHOR_CERTIFICATE, signer,
	    mun_certificate_sha256(signer), &count);

	if (count == 0)
		return false;
	if (!pinned && only_issuers(v, signer)) {
		mun_judge(v, MUN_RULE_ANCHOR_ISSUER, false, subject, "%s",
		    mun_certificate_name(signer));
		return false;
	}
	mun_judge(v, MUN_RULE_SIGNER_PINNED, pinned, subject, "%s",
	    mun_certificate_name(signer));
	return pinned;
}

/* An unpinned certificate that names a CRL needs one. */
static void
judge_revocation(struct mun_verification *v,
    const struct mun_certificate *signer, bool pinned, const char *subject)
{
	if (!pinned && mun_certificate_names_crl(signer))
		mun_judge(v, MUN_RULE_CERTIFICATE_REVOCATION, false, subject,
		    "%s", mun_certificate_name(signer));
}

/* The key given has to be the one that signs now.  One that signed before and
 * was replaced says nothing of what came after. */
static bool
judge_log_key(struct mun_verification *v, const struct mun_log_facts *log,
    const char *subject)
{
	size_t count = mun_custody_log_key_count(log->custody);
	size_t found = count;

	for (size_t i = 0; i < count; i++)
		if (strcmp(v->log_key_origin, log->origin) == 0 &&
		    mun_bytes_equal(v->log_key,
			mun_custody_log_key(log->custody, i)->key,
			sizeof(v->log_key)))
			found = i;
	if (found + 1 < count)
		mun_judge(
		    v, MUN_RULE_LOG_KEY_REPLACED, false, subject, "%s", "");
	else
		mun_judge(v, MUN_RULE_LOG_KEY_ANCHORED, found + 1 == count,
		    subject, "%s", "");
	return count > 0 && found + 1 == count;
}

/* What came before this log is told, and where; it is judged with the vault
 * that it is in, and held against that one where it was given. */
static void
say_predecessor(struct mun_verification *v,
    const struct mun_vault_created *created, const char *subject)
{
	char vault[2 * MUN_SHA256_LEN + 1], head[2 * MUN_SHA256_LEN + 1];

	if (!created->continues)
		return;
	mun_hex_encode(vault, created->continues_vault, MUN_SHA256_LEN);
	mun_hex_encode(head, created->continues_checkpoint, MUN_SHA256_LEN);
	mun_say(v, MUN_RULE_VAULT_CONTINUES, subject,
	    "vault:%s, as of the checkpoint with SHA-256 %s (%s)", vault, head,
	    created->continues_reason);
}

/* Whether a log has, as its head or time-stamped, a checkpoint of that digest.
 * Of other heads it had, their signatures are not known. */
static enum mun_status
has_head(const struct mun_log_facts *log, const uint8_t sha256[MUN_SHA256_LEN],
    bool *has, struct mun_error *err)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status;

	mun_checkpoint_write_again(&head, &log->checkpoint);
	MUN_TRY(mun_buffer_status(&head, "checkpoint", err));
	mun_sha256_of(digest, head.data, head.len);
	*has = *has || mun_bytes_equal(digest, sha256, MUN_SHA256_LEN);
	for (size_t i = 0; i < log->stamped_count; i++)
		*has = *has ||
		    mun_bytes_equal(log->stamped[i].checkpoint_sha256, sha256,
			MUN_SHA256_LEN);
out:
	mun_buffer_free(&head);
	return status;
}

enum mun_status
mun_bind_predecessors(struct mun_verification *v,
    const struct mun_log_facts *logs, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < v->input_count; i++) {
		const struct mun_vault_created *created = &logs[i].created;
		bool is_given = false, has = false;

		if (!logs[i].usable || !created->continues)
			continue;
		for (size_t k = 0; k < v->input_count; k++) {
			if (!logs[k].usable ||
			    !mun_bytes_equal(logs[k].fingerprint,
				created->continues_vault, MUN_SHA256_LEN))
				continue;
			is_given = true;
			MUN_TRY(has_head(&logs[k],
			    created->continues_checkpoint, &has, err));
		}
		if (is_given)
			mun_judge(v, MUN_RULE_VAULT_PREDECESSOR, has,
			    v->inputs[i].path, "%s", "");
	}
out:
	return status;
}

void
mun_bind_vault(struct mun_verification *v, const struct mun_log_facts *log,
    const char *subject)
{
	const struct mun_certificate *custodian = log->created.certificate;
	size_t count;
	bool anchored = anchored_by(
	    v, MUN_ANCHOR_VAULT, custodian, log->fingerprint, &count);
	bool pinned;

	if (count > 0)
		mun_judge(v, MUN_RULE_VAULT_ANCHORED, anchored, subject, "%s",
		    anchored || v->input_count == 1
			? ""
			: "of several vaults each needs its own: --trust may "
			  "be given again, once for each");
	say_predecessor(v, &log->created, subject);
	pinned = judge_signer(v, custodian, subject);
	if (v->has_log_key)
		anchored = judge_log_key(v, log, subject) || anchored;
	if (v->policy != NULL && v->policy->log_count > 0) {
		bool named = mun_policy_names_log(v->policy, log->origin,
		    mun_log_facts_key_at(log, log->checkpoint.size));

		mun_judge(
		    v, MUN_RULE_POLICY_LOG, named, subject, "%s", log->origin);
		anchored = anchored || named;
	}
	if (!v->has_anchor)
		mun_judge(v, MUN_RULE_ANCHOR_NONE, false, subject, "%s", "");
	/* a vault anchor vouches for entry 0 and so for the certificate */
	judge_revocation(v, custodian, pinned || anchored, subject);
}

void
mun_bind_lone_archive(struct mun_verification *v,
    const struct mun_archive_facts *archive, const char *subject)
{
	const struct mun_certificate *signer;
	size_t count;
	bool anchored, pinned;

	mun_judge(v, MUN_RULE_LOG_NOT_GIVEN, false, subject, "%s", "");
	if (!archive->sealed)
		return;
	signer = archive->chain[0];
	anchored = anchored_by(
	    v, MUN_ANCHOR_VAULT, signer, archive->seal.vault, &count);
	if (count > 0)
		mun_judge(v, MUN_RULE_VAULT_ANCHORED, anchored, subject, "%s",
		    "as the seal claims");
	pinned = judge_signer(v, signer, subject);
	if (!v->has_anchor)
		mun_judge(v, MUN_RULE_ANCHOR_NONE, false, subject, "%s", "");
	judge_revocation(v, signer, pinned, subject);
}

/* ---- an archive and its log ---- */

/* The entry that the seal names as the newest one seen, or NULL. */
static const struct mun_entry_fact *
seen_entry(const struct mun_log_facts *log,
    const uint8_t sha256[MUN_SHA256_LEN], uint64_t below)
{
	for (uint64_t i = below; i > 0; i--)
		if (log->entries[i - 1].known &&
		    mun_bytes_equal(
			log->entries[i - 1].sha256, sha256, MUN_SHA256_LEN))
			return &log->entries[i - 1];
	return NULL;
}

static const char *
binding_fault(const struct mun_archive_facts *archive,
    const struct mun_log_facts *log, const struct mun_deposit_fact *deposit)
{
	const struct mun_seal *seal = &archive->seal;
	const struct mun_entry_fact *after;

	if (strcmp(seal->archive, deposit->subject.archive) != 0)
		return "the seal is of another archive";
	if (!mun_bytes_equal(seal->vault, log->fingerprint, MUN_SHA256_LEN) ||
	    strcmp(seal->origin, log->origin) != 0)
		return "the seal is of another vault";
	if (!mun_bytes_equal(
		archive->seal_sha256, deposit->subject.seal, MUN_SHA256_LEN))
		return "the log entry is over another seal";
	if (!mun_bytes_equal(archive->seal_signature_sha256,
		deposit->subject.seal_signature, MUN_SHA256_LEN))
		return "the log entry is over another seal signature";
	if (!mun_bytes_equal(mun_certificate_sha256(archive->chain[0]),
		deposit->actor, MUN_SHA256_LEN))
		return "another actor signed the log entry than the seal";
	after = seen_entry(log, seal->after, deposit->seq);
	if (after == NULL && !log->is_part)
		return "the seal names an entry that is not before its own";
	if ((after != NULL && seal->sealed_at_utc_s < after->time_utc_s) ||
	    seal->sealed_at_utc_s > deposit->time_utc_s)
		return "the seal's time does not lie between its entries";
	return NULL;
}

/* The documents that events name are the ones in the archive. */
static void
judge_claims(struct mun_verification *v,
    const struct mun_archive_facts *archive, const struct mun_log_facts *log,
    const char *subject, const char *whose)
{
	char prefix[MUN_PREFIX_MAX + 1], cited[MUN_CITED_MAX + 1];
	const struct mun_claim *claims;
	uint64_t number;
	size_t count, at = 0;

	if (!archive->whole ||
	    !mun_archive_id_parse(
		archive->id, strlen(archive->id), prefix, &number))
		return;
	claims = mun_custody_claims_of(log->custody, number, 0, &count);
	for (size_t i = 0; i < count; i++) {
		/* both rise by document */
		while (at < archive->leaf_count &&
		    archive->leaves[at].document < claims[i].document)
			at++;
		if (at < archive->leaf_count &&
		    archive->leaves[at].document == claims[i].document &&
		    mun_bytes_equal(archive->leaves[at].leaf.bytes,
			claims[i].leaf, MUN_SHA256_LEN))
			continue;
		mun_judge(v, MUN_RULE_EVENT_SUBJECT, false, subject,
		    "entry %llu%s: %s is another document, or is not there",
		    (unsigned long long)claims[i].seq, whose,
		    mun_cite(cited, archive->id,
			mun_number_width(archive->documents),
			claims[i].document));
	}
}

/* An archive that is FAILED for itself, and is not the file that was logged,
 * cannot be compared: a flipped bit in its seal is no seal of another archive.
 * What is whole, or was logged as it is, and does not fit was mixed. */
static void
judge_bound(struct mun_verification *v, bool is_damaged, const char *fault,
    const char *subject, const char *where)
{
	bool untold = fault != NULL && is_damaged;

	mun_judge(v, untold ? MUN_RULE_ARCHIVE_UNBOUND : MUN_RULE_ARCHIVE_BOUND,
	    fault == NULL, subject, "%s%s%s", where, fault == NULL ? "" : ": ",
	    fault == NULL ? "" : fault);
}

/* whose: " of '…'", which log's an entry is; "": there is one log. */
static void
bind_to(struct mun_verification *v, const struct mun_archive_facts *archive,
    struct mun_log_facts *log, const char *subject, const char *whose)
{
	struct mun_deposit_fact *deposit =
	    mun_log_facts_deposit(log, archive->id);
	char where[300];
	bool is_logged;

	if (deposit == NULL) {
		mun_judge(
		    v, MUN_RULE_ARCHIVE_UNLOGGED, false, subject, "%s", "");
		return;
	}
	deposit->seen = true;
	if (!archive->has_sha256)
		return; /* unread is not different; archive.readable says so */
	(void)snprintf(where, sizeof(where), "entry %llu%s",
	    (unsigned long long)deposit->seq, whose);
	is_logged = mun_bytes_equal(
	    archive->sha256, deposit->subject.sha256, MUN_SHA256_LEN);
	mun_judge(v, MUN_RULE_ARCHIVE_DIGEST, is_logged, subject, "%s", where);
	if (!archive->sealed) {
		judge_bound(v, archive->damaged && !is_logged,
		    "there is no proper seal", subject, where);
		return;
	}
	if (log->is_part &&
	    seen_entry(log, archive->seal.after, deposit->seq) == NULL)
		mun_say(v, MUN_RULE_ARCHIVE_AFTER, subject, "%s", where);
	judge_bound(v, archive->damaged && !is_logged,
	    binding_fault(archive, log, deposit), subject, where);
	judge_claims(v, archive, log, subject, whose);
}

void
mun_bind_archive_to_all(struct mun_verification *v,
    const struct mun_archive_facts *archive, struct mun_log_facts *const *logs,
    size_t count, const char *subject)
{
	char whose[256] = ""; /* leaves room for what is wrong */

	for (size_t i = 0; i < count; i++) {
		if (count > 1)
			(void)snprintf(
			    whose, sizeof(whose), " of '%s'", logs[i]->name);
		bind_to(v, archive, logs[i], subject, whose);
	}
	if (archive->has_sha256 && archive->sealed)
		mun_time_judge_archive(v, archive, logs, count, subject);
}

void
mun_bind_archive(struct mun_verification *v,
    const struct mun_archive_facts *archive, struct mun_log_facts *log,
    const char *subject)
{
	mun_bind_archive_to_all(v, archive, &log, 1, subject);
}
