/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tell_archive.c - an archive and what is in it, to whoever listens, from the
 * metadata that was read; as far as that goes, if it is damaged.
 *
 * Tells and never judges: the pass before has, and documents are read again
 * here only because names come after digests in the file.
 */
#include "verify/archive_internal.h"

#include <string.h>

#include "base/macros.h"

/* Documents and their names side by side. */
struct listing {
	struct mun_archive_pass *pass;
	const struct mun_verify_listener *listener;
	struct mun_package_lines *documents, *privates;
	struct mun_buffer scratch;
};

/* A member's lines end for a listing at their end, and at the first fault: the
 * pass said what it is. */
static bool
ends(enum mun_status status)
{
	return status == MUN_ERR_NOT_FOUND || status == MUN_ERR_FORMAT ||
	    status == MUN_ERR_LIMIT || status == MUN_ERR_UNSUPPORTED ||
	    status == MUN_ERR_CRYPTO;
}

/* ---- the archive itself ---- */

static enum mun_status
tell_itself(struct mun_archive_pass *pass,
    const struct mun_verify_listener *listener, struct mun_error *err)
{
	const struct mun_archive_facts *facts = pass->facts;
	struct mun_judged_archive told = { .input = pass->subject,
		.id = facts->id,
		.is_whole = facts->whole,
		.is_sealed = facts->sealed,
		.sealed_at_utc_s = facts->seal.sealed_at_utc_s,
		.is_complete = facts->seal.complete,
		.signer_name = "",
		.documents = facts->documents,
		.bytes = facts->bytes,
		.members = pass->members,
		.findings = pass->findings };

	if (listener->archive == NULL)
		return MUN_OK;
	memcpy(told.sha256, facts->sha256, MUN_SHA256_LEN);
	memcpy(told.vault, facts->seal.vault, MUN_SHA256_LEN);
	if (pass->next_tag > MUN_TAG_INVENTORY)
		memcpy(told.inventory_sha256,
		    pass->tag_digests[MUN_TAG_INVENTORY].sha256,
		    MUN_SHA256_LEN);
	if (facts->chain_count > 0) {
		memcpy(told.signer, mun_certificate_sha256(facts->chain[0]),
		    MUN_SHA256_LEN);
		told.signer_name = mun_certificate_name(facts->chain[0]);
	}
	return mun_told(listener->archive(listener->ctx, &told, err), err);
}

static enum mun_status
tell_chain(struct mun_archive_pass *pass, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < pass->facts->chain_count; i++)
		MUN_TRY(mun_tell_certificate(pass->v, pass->facts->chain[i],
		    i == 0 ? "signer of the seal" : "issuer, beside the seal",
		    pass->facts->id, 0, err));
out:
	return status;
}

/* ---- documents ---- */

/* The path of a document, into the scratch buffer; false at the first private
 * line that is not where it has to be. */
static enum mun_status
find_path(struct listing *listing, uint64_t number, struct mun_private *path,
    struct mun_error *err)
{
	enum mun_status status;
	const char *line;
	size_t len;

	for (;;) {
		MUN_TRY(mun_package_lines_next(
		    listing->privates, &line, &len, err));
		mun_buffer_reset(&listing->scratch);
		MUN_TRY(
		    mun_private_parse(path, &listing->scratch, line, len, err));
		if (path->number > number)
			return mun_error_set(err, MUN_ERR_NOT_FOUND,
			    "document %llu has no path",
			    (unsigned long long)number);
		if (path->number == number && path->field == MUN_PRIVATE_PATH)
			break;
	}
out:
	return status;
}

static bool
differs(const struct mun_archive_pass *pass, const struct mun_record *record)
{
	return record->number == 0 || record->number > pass->facts->documents ||
	    memcmp(&pass->prefixes[record->number - 1], record->digests.sha256,
		sizeof(uint64_t)) != 0;
}

static enum mun_status
tell_document(struct listing *listing, const struct mun_record *record,
    const struct mun_private *path, struct mun_error *err)
{
	struct mun_judged_document told = { .archive = listing->pass->facts->id,
		.number = record->number,
		.width = listing->pass->width,
		.path = path->bytes,
		.path_len = path->len,
		.size = record->size,
		.media_type = record->media_type,
		.differs = differs(listing->pass, record) };

	memcpy(told.sha256, record->digests.sha256, MUN_SHA256_LEN);
	memcpy(told.sha512, record->digests.sha512, MUN_SHA512_LEN);
	return mun_told(
	    listing->listener->document(listing->listener->ctx, &told, err),
	    err);
}

static enum mun_status
tell_documents(struct listing *listing, struct mun_error *err)
{
	const struct mun_package_member *members = listing->pass->tag_member;
	struct mun_private path;
	struct mun_record record;
	enum mun_status status, told = MUN_OK;
	const char *line;
	size_t len;

	MUN_TRY(mun_package_lines_open(&listing->documents, listing->pass->fd,
	    &members[MUN_TAG_DOCUMENTS], err));
	MUN_TRY(mun_package_lines_open(&listing->privates, listing->pass->fd,
	    &members[MUN_TAG_PRIVATE], err));
	while (told == MUN_OK) {
		MUN_TRY(mun_package_lines_next(
		    listing->documents, &line, &len, err));
		MUN_TRY(mun_record_parse(&record, line, len, err));
		MUN_TRY(find_path(listing, record.number, &path, err));
		told = tell_document(listing, &record, &path, err);
	}
	return told;
out:
	return ends(status) ? MUN_OK : status;
}

/* ---- findings ---- */

static enum mun_status
tell_findings(struct listing *listing, struct mun_error *err)
{
	struct mun_package_lines *lines = NULL;
	enum mun_status status, told = MUN_OK;
	const char *line;
	size_t len;

	MUN_TRY(mun_package_lines_open(&lines, listing->pass->fd,
	    &listing->pass->tag_member[MUN_TAG_FINDINGS], err));
	while (told == MUN_OK) {
		struct mun_finding finding;
		struct mun_judged_finding say;

		MUN_TRY(mun_package_lines_next(lines, &line, &len, err));
		mun_buffer_reset(&listing->scratch);
		MUN_TRY(mun_finding_parse(
		    &finding, &listing->scratch, line, len, err));
		say = (struct mun_judged_finding){
			.archive = listing->pass->facts->id,
			.rule = finding.rule,
			.document = finding.document,
			.member = finding.member,
			.path = finding.path,
			.path_len = finding.path_len,
			.detail = finding.detail == NULL ? "" : finding.detail
		};
		told = mun_told(listing->listener->finding(
				    listing->listener->ctx, &say, err),
		    err);
	}
out:
	mun_package_lines_free(lines);
	return told != MUN_OK ? told : ends(status) ? MUN_OK : status;
}

enum mun_status
mun_tell_archive(struct mun_archive_pass *pass, struct mun_error *err)
{
	struct listing listing = { .pass = pass,
		.listener = pass->v->listener,
		.scratch = MUN_BUFFER_INIT(4 * (size_t)MUN_LINE_MAX) };
	enum mun_status status;

	if (listing.listener == NULL)
		return MUN_OK;
	MUN_TRY(tell_itself(pass, listing.listener, err));
	MUN_TRY(tell_chain(pass, err));
	/* both lists went by, so they can be read again */
	if (listing.listener->document != NULL &&
	    pass->next_tag > MUN_TAG_PRIVATE)
		MUN_TRY(tell_documents(&listing, err));
	if (listing.listener->finding != NULL &&
	    pass->next_tag > MUN_TAG_FINDINGS)
		MUN_TRY(tell_findings(&listing, err));
out:
	mun_package_lines_free(listing.documents);
	mun_package_lines_free(listing.privates);
	mun_buffer_free(&listing.scratch);
	return status;
}
