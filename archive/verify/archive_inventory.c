/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive_inventory.c - makes inventory.csv again from the metadata that was
 * judged, and compares digests.
 *
 * A spreadsheet is what people will look at; it must not be able to say
 * anything that the signed records do not.
 */
#include "verify/archive_internal.h"

#include "base/encoding.h"
#include "base/macros.h"

/* One line ahead of a jsonl member. */
struct cursor {
	struct mun_package_lines *lines;
	const char *line;
	size_t len;
	bool ended;
};

struct remake {
	struct mun_archive_pass *pass;
	struct cursor documents, privates, members;
	struct mun_digest_pair *digest;
	struct mun_buffer row;
	struct mun_buffer scratch[3];
	struct mun_private private[MUN_PRIVATE_FIELDS];
	bool has[MUN_PRIVATE_FIELDS];
};

static enum mun_status
step(struct cursor *cursor, struct mun_error *err)
{
	enum mun_status status = mun_package_lines_next(
	    cursor->lines, &cursor->line, &cursor->len, err);

	if (status == MUN_ERR_NOT_FOUND) {
		cursor->ended = true;
		return MUN_OK;
	}
	return status;
}

static enum mun_status
open_cursor(struct cursor *cursor, struct mun_archive_pass *pass,
    enum mun_tag_member member, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_package_lines_open(
	    &cursor->lines, pass->fd, &pass->tag_member[member], err));
	MUN_TRY(step(cursor, err));
out:
	return status;
}

static enum mun_status
emit(struct remake *remake, struct mun_error *err)
{
	enum mun_status status =
	    mun_buffer_status(&remake->row, "an inventory row", err);

	if (status == MUN_OK)
		mun_digest_pair_update(
		    remake->digest, remake->row.data, remake->row.len);
	mun_buffer_reset(&remake->row);
	return status;
}

/* Take in the private lines of one document; the cursor's line is borrowed, so
 * each is parsed into a scratch of its own. */
static enum mun_status
gather_private(struct remake *remake, uint64_t number, struct mun_error *err)
{
	struct mun_buffer spare = MUN_BUFFER_INIT(4 * (size_t)MUN_LINE_MAX);
	enum mun_status status = MUN_OK;

	for (unsigned i = 0; i < MUN_PRIVATE_FIELDS; i++)
		remake->has[i] = false;
	while (!remake->privates.ended) {
		struct mun_private line;

		mun_buffer_reset(&spare);
		MUN_TRY(mun_private_parse(&line, &spare, remake->privates.line,
		    remake->privates.len, err));
		if (line.number != number)
			break;
		if (line.field < MUN_PRIVATE_DESCRIPTION) {
			struct mun_buffer *own = &remake->scratch[line.field];

			mun_buffer_reset(own);
			mun_buffer_append(own, line.bytes, line.len);
			MUN_TRY(mun_buffer_status(own, "a name", err));
			line.bytes = own->data;
		}
		remake->private[line.field] = line;
		remake->has[line.field] = true;
		MUN_TRY(step(&remake->privates, err));
	}
out:
	mun_buffer_free(&spare);
	return status;
}

static enum mun_status
remake_members(struct remake *remake, uint64_t number, struct mun_error *err)
{
	struct mun_archive_pass *pass = remake->pass;
	enum mun_status status = MUN_OK;

	while (!remake->members.ended) {
		struct mun_member member;

		mun_buffer_reset(&pass->scratch);
		MUN_TRY(mun_member_parse(&member, &pass->scratch,
		    remake->members.line, remake->members.len, err));
		if (member.document != number)
			break;
		mun_inventory_write_member(
		    &remake->row, pass->facts->id, pass->width, &member);
		MUN_TRY(emit(remake, err));
		MUN_TRY(step(&remake->members, err));
	}
out:
	return status;
}

static enum mun_status
remake_document(struct remake *remake, struct mun_error *err)
{
	struct mun_archive_pass *pass = remake->pass;
	struct mun_record record;
	enum mun_status status;

	MUN_TRY(mun_record_parse(
	    &record, remake->documents.line, remake->documents.len, err));
	MUN_TRY(gather_private(remake, record.number, err));
	mun_inventory_write_document(&remake->row,
	    &(struct mun_inventory_document){ .archive_id = pass->facts->id,
		.width = pass->width,
		.record = &record,
		.name = &remake->private[MUN_PRIVATE_NAME],
		.path = &remake->private[MUN_PRIVATE_PATH],
		.times = remake->has[MUN_PRIVATE_TIMES]
		    ? &remake->private[MUN_PRIVATE_TIMES]
		    : NULL });
	MUN_TRY(emit(remake, err));
	MUN_TRY(remake_members(remake, record.number, err));
	MUN_TRY(step(&remake->documents, err));
out:
	return status;
}

static enum mun_status
remake_inventory(struct remake *remake, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_digest_pair_new(&remake->digest, err));
	mun_digest_pair_start(remake->digest);
	MUN_TRY(open_cursor(
	    &remake->documents, remake->pass, MUN_TAG_DOCUMENTS, err));
	MUN_TRY(
	    open_cursor(&remake->privates, remake->pass, MUN_TAG_PRIVATE, err));
	MUN_TRY(
	    open_cursor(&remake->members, remake->pass, MUN_TAG_MEMBERS, err));
	mun_inventory_write_head(&remake->row);
	MUN_TRY(emit(remake, err));
	while (!remake->documents.ended)
		MUN_TRY(remake_document(remake, err));
out:
	return status;
}

enum mun_status
mun_check_inventory(struct mun_archive_pass *pass, struct mun_error *err)
{
	struct remake remake = { .pass = pass,
		.row = MUN_BUFFER_INIT(8 * (size_t)MUN_LINE_MAX),
		.scratch = { MUN_BUFFER_INIT(MUN_LINE_MAX),
		    MUN_BUFFER_INIT(MUN_LINE_MAX),
		    MUN_BUFFER_INIT(MUN_LINE_MAX) } };
	struct mun_digests due;
	enum mun_status status;

	status = remake_inventory(&remake, err);
	/* the file was read once already: a fault now is a change meanwhile */
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT) {
		mun_judge(pass->v, MUN_RULE_METADATA_AGREES, false,
		    pass->subject, "%s: %s",
		    mun_tag_member_path(MUN_TAG_INVENTORY), err->text);
		status = MUN_OK;
	} else if (status == MUN_OK) {
		mun_digest_pair_finish(remake.digest, &due);
		if (!mun_bytes_equal(&due,
			&pass->tag_digests[MUN_TAG_INVENTORY], sizeof(due)))
			mun_judge(pass->v, MUN_RULE_METADATA_AGREES, false,
			    pass->subject,
			    "%s: it does not say what the records say",
			    mun_tag_member_path(MUN_TAG_INVENTORY));
	}
	mun_package_lines_free(remake.documents.lines);
	mun_package_lines_free(remake.privates.lines);
	mun_package_lines_free(remake.members.lines);
	mun_digest_pair_free(remake.digest);
	mun_buffer_free(&remake.row);
	for (size_t i = 0; i < 3; i++)
		mun_buffer_free(&remake.scratch[i]);
	return status;
}
