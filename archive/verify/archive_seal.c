/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive_seal.c - judges the seal: who signed it, and over what.
 *
 * Whether that signer is to be trusted is binding.c's business.
 * Spec: docs/format/archive.md, docs/format/cms.md.
 */
#include "verify/archive_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "signature/signature.h"

static bool
is_bad_data(enum mun_status status)
{
	return status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT ||
	    status == MUN_ERR_UNSUPPORTED || status == MUN_ERR_CRYPTO;
}

static void
fault(
    struct mun_archive_pass *pass, enum mun_tag_member member, const char *text)
{
	pass->metadata_failed = true;
	mun_judge(pass->v, MUN_RULE_METADATA_SYNTAX, false, pass->subject,
	    "%s: %s", mun_tag_member_path(member), text);
}

enum mun_status
mun_check_signer(struct mun_archive_pass *pass, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(
	    2 * MUN_SIGNER_CHAIN_MAX * (size_t)MUN_CERTIFICATE_MAX);
	struct mun_archive_facts *facts = pass->facts;
	enum mun_status status;

	status = mun_package_reader_whole(pass->reader, &pem, err);
	if (status == MUN_OK)
		status = mun_certificates_from_bundle(facts->chain,
		    MUN_SIGNER_CHAIN_MAX, &facts->chain_count, pem.data,
		    pem.len, err);
	if (status == MUN_OK && facts->chain_count > 0) {
		pass->has_signer = true;
	} else if (status == MUN_OK || is_bad_data(status)) {
		fault(pass, MUN_TAG_SIGNER,
		    status == MUN_OK ? "there is no certificate" : err->text);
		status = MUN_OK;
	}
	mun_buffer_free(&pem);
	return status;
}

enum mun_status
mun_check_seal(struct mun_archive_pass *pass, struct mun_error *err)
{
	enum mun_status status;

	mun_buffer_reset(&pass->scratch);
	status = mun_package_reader_whole(pass->reader, &pass->scratch, err);
	if (status == MUN_OK)
		status = mun_seal_parse(&pass->facts->seal, pass->scratch.data,
		    pass->scratch.len, err);
	if (is_bad_data(status)) {
		fault(pass, MUN_TAG_SEAL, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	pass->has_seal = true;
	mun_sha256_of(
	    pass->facts->seal_sha256, pass->scratch.data, pass->scratch.len);
	return MUN_OK;
}

static void
judge_certificate(struct mun_archive_pass *pass)
{
	const struct mun_certificate *signer = pass->facts->chain[0];
	const struct mun_seal *seal = &pass->facts->seal;
	const char *unfit = mun_certificate_unfit(signer);

	mun_judge(pass->v, MUN_RULE_CERTIFICATE_FIT, unfit == NULL,
	    pass->subject, "%s", unfit == NULL ? "" : unfit);
	mun_judge(pass->v, MUN_RULE_CERTIFICATE_VALID_THEN,
	    mun_certificate_not_before(signer) <= seal->sealed_at_utc_s &&
		seal->sealed_at_utc_s <= mun_certificate_not_after(signer),
	    pass->subject, "%s", "seal");
}

/* pass->scratch still holds seal.json: seal.p7s comes right after it. */
enum mun_status
mun_check_seal_signature(struct mun_archive_pass *pass, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_archive_facts *facts = pass->facts;
	const char *rule;
	enum mun_status status;

	status = mun_package_reader_whole(pass->reader, &der, err);
	if (status == MUN_ERR_LIMIT) {
		mun_judge(pass->v, MUN_RULE_SEAL_SIGNATURE, false,
		    pass->subject, "%s", "seal.p7s is too large");
		status = MUN_OK;
		goto out;
	}
	if (status != MUN_OK)
		goto out;
	mun_sha256_of(facts->seal_signature_sha256, der.data, der.len);
	if (!pass->has_seal || !pass->has_signer) {
		mun_judge(pass->v, MUN_RULE_SEAL_SIGNATURE, false,
		    pass->subject, "%s",
		    "there is no proper seal or certificate to check it with");
		goto out;
	}
	rule = mun_signature_check(MUN_SIGNATURE_DETACHED, facts->chain[0],
	    pass->scratch.data, pass->scratch.len, facts->seal.sealed_at_utc_s,
	    der.data, der.len);
	mun_judge(pass->v, MUN_RULE_SEAL_SIGNATURE, rule == NULL, pass->subject,
	    "%s", rule == NULL ? "" : rule);
	judge_certificate(pass);
	facts->sealed = true;
out:
	mun_buffer_free(&der);
	return status;
}

void
mun_check_seal_binding(struct mun_archive_pass *pass)
{
	const struct mun_seal *seal = &pass->facts->seal;
	const struct mun_digests *tags = pass->tag_digests;
	struct mun_hash root;
	bool binds;

	mun_document_root(&pass->leaves, pass->deposit.padding_seed, &root);
	binds = strcmp(seal->archive, pass->facts->id) == 0 &&
	    mun_bytes_equal(&root, &seal->document_root, sizeof(root)) &&
	    mun_bytes_equal(tags[MUN_TAG_TAGMANIFEST_SHA256].sha256,
		seal->tagmanifest_sha256, MUN_SHA256_LEN) &&
	    mun_bytes_equal(tags[MUN_TAG_TAGMANIFEST_SHA512].sha512,
		seal->tagmanifest_sha512, MUN_SHA512_LEN);
	mun_judge(pass->v, MUN_RULE_SEAL_BINDS, binds, pass->subject, "%s", "");
	mun_judge(pass->v, MUN_RULE_ARCHIVE_COMPLETE,
	    seal->complete == !pass->left_out, pass->subject, "%s", "");
	if (!seal->complete && pass->left_out)
		mun_say(pass->v, MUN_RULE_ARCHIVE_LEFT_OUT, pass->subject, "%s",
		    mun_tag_member_path(MUN_TAG_FINDINGS));
}
