/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * original.c - records, private lines and stored bytes read side by side.
 *
 * A private line is believed only if its record names its digest.
 */
#include "extract/original.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "vault/vault.h"

static enum mun_status
disagree(const char *what, struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_FORMAT, "%s", what);
}

/* What the archive's own bytes get wrong is said in one way. */
static enum mun_status
or_damaged(const struct mun_originals *originals, enum mun_status status,
    struct mun_error *err)
{
	char what[MUN_ERROR_TEXT_MAX] = "";

	if (status != MUN_ERR_FORMAT && status != MUN_ERR_LIMIT &&
	    status != MUN_ERR_UNSUPPORTED)
		return status;
	if (err != NULL)
		(void)snprintf(what, sizeof(what), "%.300s", err->text);
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "archive '%s' is damaged or was altered: 'muniment verify' says "
	    "what is wrong, restore it from a copy (%s)",
	    originals->id, what);
}

/* ---- opening ---- */

static enum mun_status
open_lines(
    struct mun_originals *originals, uint64_t size, struct mun_error *err)
{
	struct mun_package_cursor cursor = { .fd = originals->fd,
		.file_size = size };
	size_t skip = strlen(originals->id) + 1;
	struct mun_package_member member;
	enum mun_status status;

	while (originals->records == NULL || originals->privates == NULL) {
		const char *path;

		status = mun_package_cursor_next(&cursor, &member, err);
		if (status == MUN_ERR_NOT_FOUND)
			status = disagree("its records are not there", err);
		if (status != MUN_OK)
			goto out;
		path = strlen(member.path) > skip ? member.path + skip : "";
		if (strcmp(path, mun_tag_member_path(MUN_TAG_DOCUMENTS)) == 0 &&
		    originals->records == NULL)
			MUN_TRY(mun_package_lines_open(
			    &originals->records, originals->fd, &member, err));
		if (strcmp(path, mun_tag_member_path(MUN_TAG_PRIVATE)) == 0 &&
		    originals->privates == NULL)
			MUN_TRY(mun_package_lines_open(
			    &originals->privates, originals->fd, &member, err));
	}
	/* The payload follows bagit.txt. */
	status = mun_package_cursor_next(&originals->payload, &member, err);
out:
	return status;
}

enum mun_status
mun_originals_open(struct mun_originals *originals, struct mun_store *store,
    const char *id, struct mun_error *err)
{
	char name[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status;
	uint64_t size;

	*originals = (struct mun_originals){ .fd = -1,
		.path = MUN_BUFFER_INIT(MUN_PATH_MAX),
		.scratch = MUN_BUFFER_INIT(MUN_LINE_MAX) };
	(void)snprintf(originals->id, sizeof(originals->id), "%s", id);
	mun_vault_archive_name(name, id);
	status = mun_store_open_file(store, name, &originals->fd, &size, err);
	if (status != MUN_OK)
		goto out;
	originals->payload = (struct mun_package_cursor){ .fd = originals->fd,
		.file_size = size };
	status = open_lines(originals, size, err);
	/* a member that is not there is no file that is not there */
	if (status == MUN_ERR_NOT_FOUND)
		status = disagree("it ends too early", err);
	status = or_damaged(originals, status, err);
out:
	return status;
}

void
mun_originals_close(struct mun_originals *originals)
{
	mun_package_lines_free(originals->records);
	mun_package_lines_free(originals->privates);
	mun_buffer_free(&originals->path);
	mun_buffer_free(&originals->scratch);
	mun_file_close(&originals->fd);
}

/* ---- one document ---- */

static enum mun_status
read_record(struct mun_originals *originals, struct mun_record *record,
    struct mun_error *err)
{
	struct mun_package_member member;
	const char *line;
	size_t len, skip = strlen(originals->id) + 1;
	enum mun_status status;

	MUN_TRY(mun_package_lines_next(originals->records, &line, &len, err));
	MUN_TRY(mun_record_parse(record, line, len, err));
	status = mun_package_cursor_next(&originals->payload, &member, err);
	if (status == MUN_ERR_NOT_FOUND) /* not the end: there is a record */
		status = disagree("a stored document is not there", err);
	MUN_TRY(status);
	if (record->number != originals->number + 1 ||
	    member.size != record->size || strlen(member.path) <= skip ||
	    strcmp(member.path + skip, record->file) != 0)
		status = disagree("records and stored documents differ", err);
out:
	return status;
}

/* Have a private line at hand, if there is one. */
static enum mun_status
read_ahead(struct mun_originals *originals, struct mun_error *err)
{
	const char *line;
	enum mun_status status;
	size_t len;

	if (originals->has_next)
		return MUN_OK;
	status = mun_package_lines_next(originals->privates, &line, &len, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	mun_sha256_of(originals->next_sha256, line, len);
	mun_buffer_reset(&originals->scratch);
	MUN_TRY(mun_private_parse(
	    &originals->next, &originals->scratch, line, len, err));
	originals->has_next = true;
out:
	return status;
}

static enum mun_status
take_private(struct mun_originals *originals, struct mun_original *original,
    struct mun_error *err)
{
	const struct mun_private *line = &originals->next;
	const struct mun_record *record = &original->record;

	if (!record->has_private[line->field] ||
	    !mun_bytes_equal(record->private_sha256[line->field],
		originals->next_sha256, MUN_SHA256_LEN))
		return disagree("a private line is not its record's", err);
	if (line->field == MUN_PRIVATE_PATH) {
		mun_buffer_reset(&originals->path);
		mun_buffer_append(&originals->path, line->bytes, line->len);
	} else if (line->field == MUN_PRIVATE_TIMES) {
		original->has_times = true;
		original->modified_s = line->modified_s;
		original->modified_ns = line->modified_ns;
	}
	return mun_buffer_status(&originals->path, "path", err);
}

static enum mun_status
read_privates(struct mun_originals *originals, struct mun_original *original,
    struct mun_error *err)
{
	uint64_t number = original->record.number;
	enum mun_status status;

	mun_buffer_reset(&originals->path);
	for (;;) {
		MUN_TRY(read_ahead(originals, err));
		if (!originals->has_next || originals->next.number != number)
			break;
		MUN_TRY(take_private(originals, original, err));
		originals->has_next = false;
	}
	original->path = originals->path.data;
	original->path_len = originals->path.len;
	original->name_at = original->path_len;
	if (original->path_len == 0)
		status = disagree("a document has no path", err);
	while (original->name_at > 0 &&
	    original->path[original->name_at - 1] != '/')
		original->name_at--;
out:
	return status;
}

static enum mun_status
read_next(struct mun_originals *originals, struct mun_original *original,
    struct mun_error *err)
{
	enum mun_status status;

	*original = (struct mun_original){ .offset = 0 };
	MUN_TRY(read_record(originals, &original->record, err));
	/* The cursor stands at the header after these bytes. */
	original->offset = originals->payload.next - original->record.size -
	    mun_tar_padding(original->record.size);
	MUN_TRY(read_privates(originals, original, err));
	originals->number++;
out:
	return status;
}

enum mun_status
mun_originals_next(struct mun_originals *originals,
    struct mun_original *original, struct mun_error *err)
{
	return or_damaged(originals, read_next(originals, original, err), err);
}
