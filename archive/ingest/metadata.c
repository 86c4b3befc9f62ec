/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * metadata.c - the members between the documents and the seal, in the order of
 * docs/format/archive.md.
 */
#include <string.h>

#include "base/macros.h"
#include "base/system.h"
#include "ingest/ingest_internal.h"
#include "muniment/keys.h"

/* A member from the line buffer, which is emptied. */
static enum mun_status
put_line(struct mun_ingest *run, enum mun_tag_member tag, struct mun_error *err)
{
	const char *path = mun_tag_member_path(tag);
	enum mun_status status;

	MUN_TRY(mun_buffer_status(&run->line, path, err));
	status = mun_tar_out_bytes(&run->tar, path, run->line.data,
	    run->line.len, &run->tags[tag], err);
out:
	mun_buffer_reset(&run->line);
	return status;
}

static enum mun_status
put_spool(struct mun_ingest *run, enum mun_tag_member tag,
    enum mun_ingest_spool which, struct mun_error *err)
{
	struct mun_spool *spools[] = { &run->spools[which] };

	return mun_tar_out_spools(&run->tar, mun_tag_member_path(tag), spools,
	    1, &run->tags[tag], err);
}

enum mun_status
mun_ingest_write_bagit(struct mun_ingest *run, struct mun_error *err)
{
	enum mun_status status;

	mun_bagit_write(&run->line);
	MUN_TRY(put_line(run, MUN_TAG_BAGIT, err));
	mun_inventory_write_head(&run->line);
	status =
	    mun_spool_take(&run->spools[MUN_SPOOL_INVENTORY], &run->line, err);
out:
	return status;
}

/* ---- findings about what is no document, in path order ---- */

static enum mun_status
put_finding(struct mun_ingest *run, const struct mun_finding *finding,
    struct mun_error *err)
{
	mun_finding_write(finding, &run->line);
	run->findings++;
	return mun_spool_take(
	    &run->spools[MUN_SPOOL_FINDINGS_OTHER], &run->line, err);
}

/* Those of folders that come before that path; NULL: all that are left. */
static enum mun_status
write_changed(struct mun_ingest *run, struct mun_changed *changed,
    const struct mun_finding *before, struct mun_error *err)
{
	struct mun_finding finding = { .rule = "source.changed",
		.detail = "names were added to this folder or taken from it "
			  "after it was listed; what was added is not in the "
			  "archive" };
	enum mun_status status = MUN_OK;
	const char *path;

	while ((path = mun_changed_before(changed,
		    before == NULL ? NULL : before->path,
		    before == NULL ? 0 : before->path_len)) != NULL) {
		finding.path = (const uint8_t *)path;
		finding.path_len = strlen(path);
		MUN_TRY(put_finding(run, &finding, err));
	}
out:
	return status;
}

static enum mun_status
write_entry_finding(struct mun_ingest *run, struct mun_changed *changed,
    uint64_t i, struct mun_error *err)
{
	struct mun_deposit *deposit = run->deposit;
	struct mun_buffer target = MUN_BUFFER_INIT(MUN_PATH_MAX);
	const struct mun_skipped *skipped;
	struct mun_finding finding = { .rule = NULL };
	struct mun_walk_entry entry;
	enum mun_status status = MUN_OK;

	mun_walk_get(deposit->walk, i, &entry);
	finding.rule = mun_entry_rule(&entry, &finding.detail);
	skipped = finding.rule == NULL ? mun_deposit_skipped(deposit, i) : NULL;
	if (skipped != NULL) {
		finding.rule = skipped->rule;
		finding.detail = skipped->detail;
	}
	if (finding.rule == NULL)
		return MUN_OK;
	mun_buffer_reset(&run->path);
	mun_walk_path(deposit->walk, i, &run->path);
	MUN_TRY(mun_buffer_status(&run->path, "path", err));
	finding.path = run->path.data;
	finding.path_len = run->path.len;
	if (entry.kind == MUN_WALK_SYMLINK) {
		mun_walk_target(deposit->walk, i, &target);
		MUN_TRY(mun_buffer_status(&target, "link target", err));
		finding.target = target.data;
		finding.target_len = target.len;
	}
	MUN_TRY(write_changed(run, changed, &finding, err));
	status = put_finding(run, &finding, err);
out:
	mun_buffer_free(&target);
	return status;
}

static enum mun_status
write_other_findings(struct mun_ingest *run, struct mun_error *err)
{
	uint64_t count = mun_walk_entries(run->deposit->walk);
	struct mun_changed changed = { .count = 0 };
	enum mun_status status;

	MUN_TRY(mun_changed_find(&changed, run->deposit->walk, err));
	for (uint64_t i = 0; i < count; i++)
		MUN_TRY(write_entry_finding(run, &changed, i, err));
	status = write_changed(run, &changed, NULL, err);
out:
	mun_changed_free(&changed);
	return status;
}

/* ---- deposit.json ---- */

static enum mun_status
write_deposit(struct mun_ingest *run, struct mun_error *err)
{
	struct mun_deposit_metadata metadata = { .tool =
						     "muniment " MUN_VERSION,
		.documents = run->documents,
		.bytes = run->bytes,
		.members = run->members,
		.findings = run->findings,
		.sandbox = !run->deposit->options.unsafe_no_sandbox,
		.times = !run->deposit->options.no_times,
		.limits = { .identify_bytes = MUN_IDENTIFY_LEN,
		    .inspect_depth = MUN_INSPECT_DEPTH_MAX,
		    .inspect_members = MUN_INSPECT_MEMBERS_MAX,
		    .inspect_bytes = MUN_INSPECT_BYTES_MAX,
		    .inspect_nested_bytes = MUN_INSPECT_NESTED_MAX,
		    .inspect_ratio = MUN_INSPECT_RATIO_MAX,
		    .inspect_cpu_s = MUN_INSPECT_CPU_S } };
	enum mun_status status;

	MUN_TRY(mun_system_random(
	    run->padding_seed, sizeof(run->padding_seed), err));
	memcpy(metadata.padding_seed, run->padding_seed, MUN_NONCE_LEN);
	memcpy(metadata.archive, run->id, sizeof(metadata.archive));
	mun_deposit_metadata_write(&metadata, &run->line);
	status = put_line(run, MUN_TAG_DEPOSIT, err);
out:
	return status;
}

/* ---- tag manifests ---- */

static enum mun_status
write_tag_manifest(
    struct mun_ingest *run, enum mun_tag_member tag, struct mun_error *err)
{
	for (int i = 0; i < MUN_TAG_MEMBERS_COUNT; i++) {
		enum mun_tag_member listed = (enum mun_tag_member)i;
		const struct mun_digests *digests = &run->tags[i];

		if (!mun_tag_member_is_listed(listed))
			continue;
		if (tag == MUN_TAG_TAGMANIFEST_SHA256)
			mun_manifest_line_write(&run->line, digests->sha256,
			    MUN_SHA256_LEN, mun_tag_member_path(listed));
		else
			mun_manifest_line_write(&run->line, digests->sha512,
			    MUN_SHA512_LEN, mun_tag_member_path(listed));
	}
	return put_line(run, tag, err);
}

/* signer.pem comes after the tag manifests that list it. */
static void
digest_signer(struct mun_ingest *run)
{
	const char *pem = mun_signer_certificate_pem(run->signer);
	struct mun_digests *digests = &run->tags[MUN_TAG_SIGNER];

	mun_sha256_of(digests->sha256, pem, strlen(pem));
	mun_sha512_of(digests->sha512, pem, strlen(pem));
}

enum mun_status
mun_ingest_write_metadata(struct mun_ingest *run, struct mun_error *err)
{
	struct mun_spool *findings[] = {
		&run->spools[MUN_SPOOL_FINDINGS_OTHER],
		&run->spools[MUN_SPOOL_FINDINGS],
	};
	enum mun_status status;

	MUN_TRY(write_other_findings(run, err));
	MUN_TRY(put_spool(
	    run, MUN_TAG_MANIFEST_SHA256, MUN_SPOOL_MANIFEST_SHA256, err));
	MUN_TRY(put_spool(
	    run, MUN_TAG_MANIFEST_SHA512, MUN_SPOOL_MANIFEST_SHA512, err));
	MUN_TRY(write_deposit(run, err));
	MUN_TRY(put_spool(run, MUN_TAG_DOCUMENTS, MUN_SPOOL_DOCUMENTS, err));
	MUN_TRY(put_spool(run, MUN_TAG_PRIVATE, MUN_SPOOL_PRIVATE, err));
	MUN_TRY(put_spool(run, MUN_TAG_MEMBERS, MUN_SPOOL_MEMBERS, err));
	MUN_TRY(
	    mun_tar_out_spools(&run->tar, mun_tag_member_path(MUN_TAG_FINDINGS),
		findings, 2, &run->tags[MUN_TAG_FINDINGS], err));
	MUN_TRY(put_spool(run, MUN_TAG_INVENTORY, MUN_SPOOL_INVENTORY, err));
	mun_readme_verify_write(&run->line, run->id);
	MUN_TRY(put_line(run, MUN_TAG_README, err));
	mun_bag_info_write(&run->line, run->id, run->bytes, run->documents);
	MUN_TRY(put_line(run, MUN_TAG_BAG_INFO, err));
	digest_signer(run);
	MUN_TRY(write_tag_manifest(run, MUN_TAG_TAGMANIFEST_SHA256, err));
	status = write_tag_manifest(run, MUN_TAG_TAGMANIFEST_SHA512, err);
out:
	return status;
}
