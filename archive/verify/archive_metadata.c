/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive_metadata.c - judges the metadata members of an archive, each line in
 * the form the format allows and each fact as the other places have it.
 *
 * Spec: docs/format/archive.md.
 */
#include "verify/archive_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

static void
fault(
    struct mun_archive_pass *pass, enum mun_tag_member member, const char *text)
{
	pass->metadata_failed = true;
	mun_judge(pass->v, MUN_RULE_METADATA_SYNTAX, false, pass->subject,
	    "%s: %s", mun_tag_member_path(member), text);
}

static void
disagree(struct mun_archive_pass *pass, uint64_t number, const char *what)
{
	char cited[MUN_CITED_MAX + 1];

	mun_judge(pass->v, MUN_RULE_METADATA_AGREES, false, pass->subject,
	    "%s: %s", mun_cite(cited, pass->facts->id, pass->width, number),
	    what);
}

/* A parser's complaint is a check; running out of memory is a failure. */
static enum mun_status
is_fault(struct mun_archive_pass *pass, enum mun_tag_member member,
    enum mun_status status, const struct mun_error *err)
{
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT ||
	    status == MUN_ERR_UNSUPPORTED || status == MUN_ERR_CRYPTO) {
		fault(pass, member, err->text);
		return MUN_OK;
	}
	return status;
}

/* ---- documents.jsonl ---- */

static void
project_private(struct mun_sha256 *projection, uint64_t number,
    enum mun_private_field field, const uint8_t digest[MUN_SHA256_LEN])
{
	uint8_t head[9];

	for (unsigned i = 0; i < 8; i++)
		head[i] = (uint8_t)(number >> (56 - 8 * i));
	head[8] = (uint8_t)field;
	mun_sha256_update(projection, head, sizeof(head));
	mun_sha256_update(projection, digest, MUN_SHA256_LEN);
}

static void
compare_record(struct mun_archive_pass *pass, const struct mun_record *record)
{
	if (record->number != pass->records)
		disagree(pass, pass->records, "its record is out of order");
	else if (record->number > pass->facts->documents)
		disagree(
		    pass, record->number, "it has a record but is not stored");
	else if (memcmp(&pass->prefixes[record->number - 1],
		     record->digests.sha256, sizeof(uint64_t)) != 0)
		mun_judge_changed(pass, record->number);
}

static enum mun_status
take_record(struct mun_archive_pass *pass, const char *line, size_t len,
    struct mun_error *err)
{
	struct mun_record record;
	struct mun_hash leaf;
	enum mun_status status;

	pass->records++;
	mun_merkle_leaf(&leaf, line, len);
	mun_merkle_add(&pass->leaves, &leaf);
	status = mun_record_parse(&record, line, len, err);
	if (status != MUN_OK)
		return is_fault(pass, MUN_TAG_DOCUMENTS, status, err);
	MUN_TRY(mun_archive_facts_keep_leaf(
	    pass->facts, pass->v, record.number, &leaf, err));
	compare_record(pass, &record);
	mun_project_document(pass->record_projection, record.number,
	    record.file, record.size, &record.digests);
	for (unsigned field = 0; field < MUN_PRIVATE_FIELDS; field++)
		if (record.has_private[field])
			project_private(pass->record_private, record.number,
			    (enum mun_private_field)field,
			    record.private_sha256[field]);
out:
	return status;
}

/* ---- private.jsonl ---- */

static bool
path_is_sound(const uint8_t *path, size_t len)
{
	size_t start = 0;

	if (len == 0 || len > MUN_PATH_MAX || memchr(path, '\0', len) != NULL)
		return false;
	for (size_t i = 0; i <= len; i++) {
		size_t part = i - start;

		if (i < len && path[i] != '/')
			continue;
		if (part == 0 || (part == 1 && path[start] == '.') ||
		    (part == 2 && memcmp(path + start, "..", 2) == 0))
			return false;
		start = i + 1;
	}
	return true;
}

static bool
rises(const struct mun_buffer *last, const uint8_t *path, size_t len)
{
	size_t shared = last->len < len ? last->len : len;
	int order = shared == 0 ? 0 : memcmp(last->data, path, shared);

	return order < 0 || (order == 0 && last->len < len);
}

static bool
ends_with_name(const struct mun_buffer *path, const struct mun_buffer *name)
{
	size_t start;

	if (name->len == 0 || name->len > path->len)
		return false;
	start = path->len - name->len;
	if (start > 0 && path->data[start - 1] != '/')
		return false;
	return memchr(name->data, '/', name->len) == NULL &&
	    memcmp(path->data + start, name->data, name->len) == 0;
}

/* name first: its payload name is due; kept in pass->line until path comes. */
static void
take_name(struct mun_archive_pass *pass, const struct mun_private *private)
{
	char file[MUN_TAR_PATH_MAX + 1];

	mun_payload_name(file, pass->facts->id, pass->width, private->number,
	    private->bytes, private->len);
	mun_project_name(pass->private_names, private->number, file);
	mun_buffer_reset(&pass->line);
	mun_buffer_append(&pass->line, private->bytes, private->len);
}

static void
take_path(struct mun_archive_pass *pass, const struct mun_private *private)
{
	mun_name_changed(pass, private);
	if (!path_is_sound(private->bytes, private->len))
		disagree(pass, private->number, "its path is not a plain path");
	if (!rises(&pass->last_path, private->bytes, private->len))
		disagree(pass, private->number,
		    "its path does not follow that of the document before");
	mun_buffer_reset(&pass->last_path);
	mun_buffer_append(&pass->last_path, private->bytes, private->len);
	if (!ends_with_name(&pass->last_path, &pass->line))
		disagree(pass, private->number,
		    "its name is not the end of its path");
}

/* Lines go by document and field; name and path are never absent. */
static bool
private_in_order(
    struct mun_archive_pass *pass, const struct mun_private *private)
{
	bool next = private->number == pass->private_number + 1 &&
	    private->field == MUN_PRIVATE_NAME &&
	    (pass->privates == 1 || pass->private_field >= MUN_PRIVATE_PATH);
	bool same = private->number == pass->private_number &&
	    pass->private_field < private->field &&
	    (private->field == MUN_PRIVATE_PATH ||
		pass->private_field >= MUN_PRIVATE_PATH);

	return next || same;
}

static enum mun_status
take_private(struct mun_archive_pass *pass, const char *line, size_t len,
    struct mun_error *err)
{
	uint8_t digest[MUN_SHA256_LEN];
	struct mun_private private;
	enum mun_status status;

	pass->privates++;
	mun_sha256_of(digest, line, len);
	mun_buffer_reset(&pass->scratch);
	status = mun_private_parse(&private, &pass->scratch, line, len, err);
	if (status != MUN_OK)
		return is_fault(pass, MUN_TAG_PRIVATE, status, err);
	if (!private_in_order(pass, &private))
		disagree(pass, private.number, "its names are out of order");
	pass->private_number = private.number;
	pass->private_field = private.field;
	project_private(
	    pass->private_projection, private.number, private.field, digest);
	if (private.field == MUN_PRIVATE_NAME)
		take_name(pass, &private);
	else if (private.field == MUN_PRIVATE_PATH)
		take_path(pass, &private);
	else if (private.field == MUN_PRIVATE_TIMES && pass->has_deposit &&
	    !pass->deposit.times)
		disagree(pass, private.number,
		    "it has times although the deposit left times out");
	return mun_buffer_status(&pass->last_path, "a path", err);
}

/* ---- members.jsonl, findings.jsonl ---- */

static enum mun_status
take_member_line(struct mun_archive_pass *pass, const char *line, size_t len,
    struct mun_error *err)
{
	struct mun_member member;
	enum mun_status status;
	bool follows;

	pass->members++;
	mun_buffer_reset(&pass->scratch);
	status = mun_member_parse(&member, &pass->scratch, line, len, err);
	if (status != MUN_OK)
		return is_fault(pass, MUN_TAG_MEMBERS, status, err);
	if (member.document == pass->member_document)
		follows = member.number == pass->member_number + 1;
	else
		follows = member.document > pass->member_document &&
		    member.number == 1;
	if (!follows || member.container >= member.number ||
	    member.document > pass->facts->documents)
		disagree(pass, member.document, "its members are out of order");
	pass->member_document = member.document;
	pass->member_number = member.number;
	return MUN_OK;
}

static bool
says_left_out(const char *rule)
{
	static const char *const rules[] = { "source.unreadable",
		"source.vanished", "source.too-deep", "source.too-long" };

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rule, rules[i]) == 0)
			return true;
	return false;
}

/* Findings about paths first, in their order; then by document and member;
 * then in the order of the table of rules. */
static bool
finding_follows(
    const struct mun_archive_pass *pass, const struct mun_finding *finding)
{
	const struct mun_buffer *path = &pass->finding_path;
	int order;

	if (finding->document != pass->finding_document)
		return finding->document > pass->finding_document;
	if (finding->document == 0) {
		size_t len = path->len < finding->path_len ? path->len
							   : finding->path_len;

		order = len == 0 ? 0 : memcmp(path->data, finding->path, len);
		if (order != 0)
			return order < 0;
		if (path->len != finding->path_len)
			return path->len < finding->path_len;
	}
	if (finding->member != pass->finding_member)
		return finding->member > pass->finding_member;
	return mun_finding_rank(finding->rule) >= pass->finding_rank;
}

static enum mun_status
keep_finding(struct mun_archive_pass *pass, const struct mun_finding *finding,
    struct mun_error *err)
{
	pass->finding_document = finding->document;
	pass->finding_member = finding->member;
	pass->finding_rank = mun_finding_rank(finding->rule);
	mun_buffer_reset(&pass->finding_path);
	if (finding->path != NULL)
		mun_buffer_append(
		    &pass->finding_path, finding->path, finding->path_len);
	return mun_buffer_status(&pass->finding_path, "a finding's path", err);
}

static enum mun_status
take_finding(struct mun_archive_pass *pass, const char *line, size_t len,
    struct mun_error *err)
{
	struct mun_finding finding;
	enum mun_status status;

	pass->findings++;
	mun_buffer_reset(&pass->scratch);
	status = mun_finding_parse(&finding, &pass->scratch, line, len, err);
	if (status != MUN_OK)
		return is_fault(pass, MUN_TAG_FINDINGS, status, err);
	if (finding.document > pass->facts->documents)
		disagree(pass, finding.document,
		    "a finding names it, but it is not stored");
	if (!finding_follows(pass, &finding))
		disagree(
		    pass, finding.document, "its findings are out of order");
	MUN_TRY(keep_finding(pass, &finding, err));
	if (says_left_out(finding.rule))
		pass->left_out = true;
out:
	return status;
}

/* ---- flow ---- */

typedef enum mun_status take_line(struct mun_archive_pass *pass,
    const char *line, size_t len, struct mun_error *err);

static enum mun_status
take_lines(struct mun_archive_pass *pass, enum mun_tag_member member,
    take_line *take, struct mun_error *err)
{
	enum mun_status status;
	const char *line;
	size_t len;

	for (;;) {
		status =
		    mun_package_reader_line(pass->reader, &line, &len, err);
		if (status == MUN_ERR_NOT_FOUND)
			return MUN_OK;
		/* an unended or overlong line; a truncated file is told by
		 * the next read of the member's rest */
		if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT)
			return is_fault(pass, member, status, err);
		if (status != MUN_OK)
			return status;
		status = take(pass, line, len, err);
		if (status != MUN_OK)
			return status;
	}
}

/* Members that have only one possible content. */
static enum mun_status
take_fixed(struct mun_archive_pass *pass, enum mun_tag_member member,
    struct mun_error *err)
{
	struct mun_buffer found = MUN_BUFFER_INIT(65536);
	struct mun_buffer due = MUN_BUFFER_INIT(65536);
	enum mun_status status;

	status = mun_package_reader_whole(pass->reader, &found, err);
	if (status == MUN_ERR_LIMIT)
		status = is_fault(pass, member, status, err);
	if (status != MUN_OK)
		goto out;
	if (member == MUN_TAG_BAGIT)
		mun_bagit_write(&due);
	else if (member == MUN_TAG_README)
		mun_readme_verify_write(&due, pass->facts->id);
	else
		mun_bag_info_write(&due, pass->facts->id, pass->facts->bytes,
		    pass->facts->documents);
	MUN_TRY(mun_buffer_status(&due, "a fixed text", err));
	if (found.len != due.len || memcmp(found.data, due.data, due.len) != 0)
		fault(pass, member, "its text is not the one that is due");
out:
	mun_buffer_free(&found);
	mun_buffer_free(&due);
	return status;
}

static enum mun_status
take_deposit(struct mun_archive_pass *pass, struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX);
	enum mun_status status;

	status = mun_package_reader_whole(pass->reader, &bytes, err);
	if (status == MUN_OK)
		status = mun_deposit_metadata_parse(
		    &pass->deposit, bytes.data, bytes.len, err);
	if (status != MUN_OK)
		status = is_fault(pass, MUN_TAG_DEPOSIT, status, err);
	else
		pass->has_deposit = true;
	mun_buffer_free(&bytes);
	return status;
}

static enum mun_status
keep_tagmanifest(struct mun_archive_pass *pass, enum mun_tag_member member,
    struct mun_error *err)
{
	struct mun_buffer *kept =
	    &pass->tagmanifest[member == MUN_TAG_TAGMANIFEST_SHA512];
	enum mun_status status;

	status = mun_package_reader_whole(pass->reader, kept, err);
	if (status == MUN_ERR_LIMIT) {
		mun_buffer_reset(kept);
		status = MUN_OK; /* the comparison names it */
	}
	return status;
}

enum mun_status
mun_check_tag_member(struct mun_archive_pass *pass, enum mun_tag_member member,
    struct mun_error *err)
{
	switch (member) {
	case MUN_TAG_BAGIT:
	case MUN_TAG_README:
	case MUN_TAG_BAG_INFO:
		return take_fixed(pass, member, err);
	case MUN_TAG_DEPOSIT:
		return take_deposit(pass, err);
	case MUN_TAG_DOCUMENTS:
		return take_lines(pass, member, take_record, err);
	case MUN_TAG_PRIVATE:
		return take_lines(pass, member, take_private, err);
	case MUN_TAG_MEMBERS:
		return take_lines(pass, member, take_member_line, err);
	case MUN_TAG_FINDINGS:
		return take_lines(pass, member, take_finding, err);
	case MUN_TAG_TAGMANIFEST_SHA256:
	case MUN_TAG_TAGMANIFEST_SHA512:
		return keep_tagmanifest(pass, member, err);
	case MUN_TAG_SIGNER:
		return mun_check_signer(pass, err);
	case MUN_TAG_SEAL:
		return mun_check_seal(pass, err);
	case MUN_TAG_SEAL_SIGNATURE:
		return mun_check_seal_signature(pass, err);
	case MUN_TAG_MANIFEST_SHA256: /* their digests say all */
	case MUN_TAG_MANIFEST_SHA512:
	case MUN_TAG_INVENTORY:
	case MUN_TAG_MEMBERS_COUNT:
		break;
	}
	return MUN_OK;
}

static void
check_manifest(struct mun_archive_pass *pass, enum mun_tag_member member,
    struct mun_digest_pair *expected)
{
	const struct mun_digests *found = &pass->tag_digests[member];
	struct mun_digests due;

	bool agrees;

	mun_digest_pair_finish(expected, &due);
	agrees = mun_bytes_equal(&due, found, sizeof(due));
	pass->manifest_failed = pass->manifest_failed || !agrees;
	mun_judge(pass->v, MUN_RULE_MANIFEST_DISAGREES, agrees, pass->subject,
	    "%s", mun_tag_member_path(member));
}

void
mun_check_tag_digests(struct mun_archive_pass *pass, enum mun_tag_member member)
{
	if (member == MUN_TAG_MANIFEST_SHA256)
		check_manifest(pass, member, pass->expected_sha256);
	else if (member == MUN_TAG_MANIFEST_SHA512)
		check_manifest(pass, member, pass->expected_sha512);
}

/* ---- the end ---- */

static bool
same(struct mun_sha256 *a, struct mun_sha256 *b)
{
	uint8_t digest_a[MUN_SHA256_LEN], digest_b[MUN_SHA256_LEN];

	mun_sha256_finish(a, digest_a);
	mun_sha256_finish(b, digest_b);
	return mun_bytes_equal(digest_a, digest_b, MUN_SHA256_LEN);
}

static bool
counts_agree(const struct mun_archive_pass *pass)
{
	const struct mun_deposit_metadata *said = &pass->deposit;

	return strcmp(said->archive, pass->facts->id) == 0 &&
	    said->documents == pass->facts->documents &&
	    said->bytes == pass->facts->bytes &&
	    said->members == pass->members &&
	    said->findings == pass->findings &&
	    pass->records == pass->facts->documents &&
	    pass->width == mun_number_width(pass->facts->documents);
}

static void
check_agreement(struct mun_archive_pass *pass, size_t before)
{
	struct mun_verification *v = pass->v;
	size_t own = v->check_count;

	if (pass->facts->documents == 0)
		mun_judge(v, MUN_RULE_ARCHIVE_MEMBERS, false, pass->subject,
		    "%s", "it holds no document");
	if (!counts_agree(pass))
		mun_judge(v, MUN_RULE_METADATA_AGREES, false, pass->subject,
		    "%s: its counts are not those of what is stored",
		    mun_tag_member_path(MUN_TAG_DEPOSIT));
	if (!same(pass->stored_projection, pass->record_projection))
		mun_judge(v, MUN_RULE_DOCUMENT_DIGEST, false, pass->subject,
		    "%s: the records are not those of the stored documents",
		    mun_tag_member_path(MUN_TAG_DOCUMENTS));
	else
		mun_judge(v, MUN_RULE_DOCUMENT_DIGEST, true, pass->subject,
		    "%llu documents, %llu bytes, SHA-256 and SHA-512",
		    (unsigned long long)pass->facts->documents,
		    (unsigned long long)pass->facts->bytes);
	if (!same(pass->record_private, pass->private_projection) ||
	    !same(pass->stored_names, pass->private_names))
		mun_judge(v, MUN_RULE_METADATA_AGREES, false, pass->subject,
		    "%s: the names are not those that the records bind",
		    mun_tag_member_path(MUN_TAG_PRIVATE));
	if (!mun_failed_since(v, own))
		mun_judge(v, MUN_RULE_METADATA_AGREES, true, pass->subject,
		    "%llu members inside containers, %llu findings",
		    (unsigned long long)pass->members,
		    (unsigned long long)pass->findings);
	if (!pass->metadata_failed && !mun_failed_since(v, before))
		mun_judge(
		    v, MUN_RULE_METADATA_SYNTAX, true, pass->subject, "%s", "");
}

static enum mun_status
check_tagmanifest(
    struct mun_archive_pass *pass, bool sha512, struct mun_error *err)
{
	enum mun_tag_member own =
	    sha512 ? MUN_TAG_TAGMANIFEST_SHA512 : MUN_TAG_TAGMANIFEST_SHA256;
	const struct mun_buffer *found = &pass->tagmanifest[sha512];
	struct mun_buffer due = MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX);
	enum mun_status status;

	for (unsigned i = 0; i < MUN_TAG_MEMBERS_COUNT; i++) {
		const struct mun_digests *digests = &pass->tag_digests[i];

		if (!mun_tag_member_is_listed((enum mun_tag_member)i))
			continue;
		mun_manifest_line_write(&due,
		    sha512 ? digests->sha512 : digests->sha256,
		    sha512 ? MUN_SHA512_LEN : MUN_SHA256_LEN,
		    mun_tag_member_path((enum mun_tag_member)i));
	}
	MUN_TRY(mun_buffer_status(&due, "a tag manifest", err));
	mun_judge(pass->v, MUN_RULE_TAGMANIFEST_DISAGREES,
	    found->len == due.len &&
		memcmp(found->data, due.data, due.len) == 0,
	    pass->subject, "%s", mun_tag_member_path(own));
out:
	mun_buffer_free(&due);
	return status;
}

enum mun_status
mun_check_archive_end(
    struct mun_archive_pass *pass, size_t before, struct mun_error *err)
{
	enum mun_status status;

	check_agreement(pass, before);
	MUN_TRY(check_tagmanifest(pass, false, err));
	MUN_TRY(check_tagmanifest(pass, true, err));
	if (!mun_failed_since(pass->v, before))
		MUN_TRY(mun_check_inventory(pass, err));
	if (pass->has_deposit && pass->has_seal)
		mun_check_seal_binding(pass);
	else
		mun_judge(pass->v, MUN_RULE_ARCHIVE_UNJUDGED, false,
		    pass->subject, "%s",
		    "whether the seal was made over these documents");
out:
	return status;
}
