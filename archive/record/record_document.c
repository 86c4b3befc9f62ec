/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_document.c - the leaf of a document, proven by its archive and the log.
 *
 * The index has the record of each document, too; but what stands there is
 * decided by whoever can write to the vault, and the leaf is signed.  So the
 * record is read in the archive: with all others it gives the document root that
 * the seal has, and the seal's digest is in the deposit.
 *
 * Spec: docs/format/archive.md, Document root; docs/format/custody.md, Subject.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "manifest/manifest.h"
#include "package/package.h"
#include "record/record.h"

/* The parts of an archive that prove a record of it. */
struct parts {
	const char *archive;
	int fd;
	struct mun_package_member deposit, documents, seal;
};

static enum mun_status
damaged(const struct parts *parts, struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "archive '%s' is not what was logged, so nothing is signed about "
	    "its documents; 'muniment verify' says what is wrong, restore it "
	    "from a copy",
	    parts->archive);
}

/* What the archive's own bytes get wrong is said in one way. */
static enum mun_status
or_damaged(
    const struct parts *parts, enum mun_status status, struct mun_error *err)
{
	return status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT ||
		status == MUN_ERR_NOT_FOUND || status == MUN_ERR_UNSUPPORTED ||
		status == MUN_ERR_CRYPTO
	    ? damaged(parts, err)
	    : status;
}

static enum mun_status
find_parts(struct parts *parts, uint64_t file_size, struct mun_error *err)
{
	struct mun_package_cursor cursor = { .fd = parts->fd,
		.file_size = file_size };
	size_t skip = strlen(parts->archive) + 1;
	struct mun_package_member *const out[] = { &parts->deposit,
		&parts->documents, &parts->seal };
	static const enum mun_tag_member which[] = { MUN_TAG_DEPOSIT,
		MUN_TAG_DOCUMENTS, MUN_TAG_SEAL };
	enum mun_status status = MUN_OK;

	/* in the order of the file */
	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]);) {
		MUN_TRY(mun_package_cursor_next(&cursor, out[i], err));
		if (strlen(out[i]->path) > skip &&
		    strcmp(out[i]->path + skip,
			mun_tag_member_path(which[i])) == 0)
			i++;
	}
out:
	return status;
}

static enum mun_status
read_part(const struct parts *parts, const struct mun_package_member *member,
    struct mun_buffer *out, struct mun_error *err)
{
	uint8_t *to = member->size > out->max
	    ? NULL
	    : mun_buffer_reserve(out, (size_t)member->size);
	enum mun_status status;
	size_t got;

	if (to == NULL)
		return mun_error_set(err, MUN_ERR_LIMIT, "too large");
	MUN_TRY(mun_file_read_at(
	    parts->fd, to, (size_t)member->size, member->offset, &got, err));
	out->len += got;
	if (got < member->size)
		status = mun_error_set(err, MUN_ERR_FORMAT, "cut off");
out:
	return status;
}

/* The seal that was logged, and the seed by which its document root is padded. */
static enum mun_status
read_seal(const struct parts *parts, const struct mun_deposit_subject *logged,
    struct mun_seal *seal, struct mun_deposit_metadata *deposit,
    struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX);
	uint8_t sha256[MUN_SHA256_LEN];
	enum mun_status status;

	MUN_TRY(read_part(parts, &parts->seal, &bytes, err));
	mun_sha256_of(sha256, bytes.data, bytes.len);
	if (!mun_bytes_equal(sha256, logged->seal, sizeof(sha256))) {
		status = damaged(parts, err);
		goto out;
	}
	MUN_TRY(mun_seal_parse(seal, bytes.data, bytes.len, err));
	mun_buffer_reset(&bytes);
	MUN_TRY(read_part(parts, &parts->deposit, &bytes, err));
	status =
	    mun_deposit_metadata_parse(deposit, bytes.data, bytes.len, err);
out:
	mun_buffer_free(&bytes);
	return status;
}

/* The document's leaf, where all leaves give the root that was sealed; its
 * number becomes 0 where there is none. */
static enum mun_status
read_leaf(const struct parts *parts, const struct mun_seal *seal,
    const struct mun_deposit_metadata *deposit, struct mun_reference *out,
    struct mun_error *err)
{
	struct mun_merkle_frontier tree = MUN_MERKLE_FRONTIER_INIT;
	struct mun_package_lines *lines = NULL;
	struct mun_hash root, leaf;
	enum mun_status status;
	const char *line;
	size_t len;

	MUN_TRY(
	    mun_package_lines_open(&lines, parts->fd, &parts->documents, err));
	while ((status = mun_package_lines_next(lines, &line, &len, err)) ==
	    MUN_OK) {
		mun_merkle_leaf(&leaf, line, len);
		mun_merkle_add(&tree, &leaf);
		if (tree.size == out->document)
			memcpy(out->leaf, leaf.bytes, sizeof(out->leaf));
	}
	if (status != MUN_ERR_NOT_FOUND)
		goto out;
	status = MUN_OK;
	if (tree.size < out->document)
		out->document = 0;
	mun_document_root(&tree, deposit->padding_seed, &root);
	if (!mun_bytes_equal(&root, &seal->document_root, sizeof(root)))
		status = damaged(parts, err);
out:
	mun_package_lines_free(lines);
	return status;
}

static enum mun_status
prove(struct parts *parts, const struct mun_deposit_subject *logged,
    uint64_t file_size, struct mun_reference *out, struct mun_error *err)
{
	struct mun_deposit_metadata deposit;
	struct mun_seal seal;
	enum mun_status status;

	MUN_TRY(find_parts(parts, file_size, err));
	MUN_TRY(read_seal(parts, logged, &seal, &deposit, err));
	status = read_leaf(parts, &seal, &deposit, out, err);
out:
	return status;
}

enum mun_status
mun_record_prove_document(struct mun_reference *out,
    const struct mun_record_survey *survey, struct mun_log *log,
    struct mun_store *store, struct mun_error *err)
{
	struct parts parts = { .archive = out->archive, .fd = -1 };
	struct mun_deposit_subject logged;
	char name[MUN_ARCHIVE_NAME_MAX];
	uint64_t size, document = out->document;
	enum mun_status status;

	MUN_TRY(
	    mun_record_survey_deposit(&logged, survey, log, out->archive, err));
	mun_vault_archive_name(name, out->archive);
	MUN_TRY(mun_store_open_file(store, name, &parts.fd, &size, err));
	status =
	    or_damaged(&parts, prove(&parts, &logged, size, out, err), err);
	if (status == MUN_OK && out->document == 0)
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "archive '%s' has no document %llu", out->archive,
		    (unsigned long long)document);
out:
	mun_file_close(&parts.fd);
	return status;
}
