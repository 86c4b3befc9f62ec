/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.c - an archive's metadata as rows of the index.
 *
 * Ids are made of the archive's entry and the place in its files, so a row is
 * the same whatever else is in the index, and whenever it was put there.
 */
#include "index/rows.h"

#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/time.h"
#include "index/privates.h"
#include "package/package.h"

/* ---- values ---- */

struct mun_index_value
mun_row_integer(uint64_t number)
{
	return (struct mun_index_value){ .kind = MUN_INDEX_INTEGER,
		.integer = (int64_t)number };
}

struct mun_index_value
mun_row_null(void)
{
	return (struct mun_index_value){ .kind = MUN_INDEX_NULL };
}

struct mun_index_value
mun_row_text(const char *text)
{
	if (text == NULL)
		return mun_row_null();
	return (struct mun_index_value){
		.kind = MUN_INDEX_TEXT, .bytes = text, .len = strlen(text)
	};
}

struct mun_index_value
mun_row_blob(const void *bytes, size_t len)
{
	if (bytes == NULL)
		return mun_row_null();
	return (struct mun_index_value){
		.kind = MUN_INDEX_BLOB, .bytes = bytes, .len = len
	};
}

enum mun_status
mun_row_put(struct mun_row_teller *teller, enum mun_index_table table,
    const struct mun_index_value *values, struct mun_error *err)
{
	return teller->sink->row(teller->sink->ctx, table, values, err);
}

/* The id of what is at that place of the archive under way. */
static uint64_t
in_archive(const struct mun_row_teller *teller, uint64_t place)
{
	return mun_index_in_archive(teller->seq, place);
}

/* Keep the words of a name, and tell those kept when they are many or when
 * there are no more. */
static enum mun_status
tell_words(struct mun_row_teller *teller, bool members, struct mun_error *err)
{
	return mun_index_words_tell(teller->words, teller->seq, members,
	    &teller->word_rows, teller->sink, err);
}

static enum mun_status
put_words(struct mun_row_teller *teller, bool members, uint64_t place,
    const void *name, size_t len, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_index_words_add(teller->words, place, name, len, err));
	if (mun_index_words_full(teller->words))
		MUN_TRY(tell_words(teller, members, err));
out:
	return status;
}

/* ---- an archive's metadata ---- */

/* Find the metadata members by their headers; documents are seeked over. */
static enum mun_status
find_members(
    struct mun_row_teller *teller, const char *id, struct mun_error *err)
{
	struct mun_package_cursor cursor = { .fd = teller->fd,
		.file_size = teller->file_size };
	struct mun_package_member member;
	size_t skip = strlen(id) + 1;
	unsigned next = 0;
	enum mun_status status;

	while ((status = mun_package_cursor_next(&cursor, &member, err)) ==
	    MUN_OK) {
		if (strlen(member.path) <= skip ||
		    next >= MUN_TAG_MEMBERS_COUNT ||
		    strcmp(member.path + skip,
			mun_tag_member_path((enum mun_tag_member)next)) != 0)
			continue;
		teller->member[next++] = member;
	}
	if (status != MUN_ERR_NOT_FOUND)
		return status;
	if (next != MUN_TAG_MEMBERS_COUNT)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "archive '%s' has no proper metadata", id);
	return MUN_OK;
}

static enum mun_status
read_member(struct mun_row_teller *teller, enum mun_tag_member which,
    struct mun_buffer *out, struct mun_error *err)
{
	const struct mun_package_member *member = &teller->member[which];
	uint8_t *room;
	size_t got;
	enum mun_status status;

	if (member->size > out->max)
		return mun_error_set(
		    err, MUN_ERR_LIMIT, "'%s' is too large", member->path);
	room = mun_buffer_reserve(out, (size_t)member->size);
	if (room == NULL)
		return mun_buffer_status(out, member->path, err);
	MUN_TRY(mun_file_read_at(
	    teller->fd, room, (size_t)member->size, member->offset, &got, err));
	out->len += got;
out:
	return status;
}

static enum mun_status
read_whole_members(struct mun_row_teller *teller, struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX);
	enum mun_status status;

	MUN_TRY(read_member(teller, MUN_TAG_DEPOSIT, &bytes, err));
	MUN_TRY(mun_deposit_metadata_parse(
	    &teller->deposit, bytes.data, bytes.len, err));
	mun_buffer_reset(&bytes);
	MUN_TRY(read_member(teller, MUN_TAG_SEAL, &bytes, err));
	MUN_TRY(mun_seal_parse(&teller->seal, bytes.data, bytes.len, err));
out:
	mun_buffer_free(&bytes);
	return status;
}

struct cursor {
	struct mun_package_lines *lines;
	const char *line;
	size_t len;
	bool ended;
};

static enum mun_status
step(struct cursor *cursor, struct mun_error *err)
{
	enum mun_status status = mun_package_lines_next(
	    cursor->lines, &cursor->line, &cursor->len, err);

	cursor->ended = status == MUN_ERR_NOT_FOUND;
	return cursor->ended ? MUN_OK : status;
}

static enum mun_status
open_cursor(struct mun_row_teller *teller, struct cursor *cursor,
    enum mun_tag_member which, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_package_lines_open(
	    &cursor->lines, teller->fd, &teller->member[which], err));
	MUN_TRY(step(cursor, err));
out:
	return status;
}

static enum mun_status
tell_document(struct mun_row_teller *teller, const char *line, size_t len,
    const struct mun_record *record, const struct mun_document_privates *said,
    struct mun_error *err)
{
	const struct mun_private *name = &said->field[MUN_PRIVATE_NAME];
	const struct mun_private *path = &said->field[MUN_PRIVATE_PATH];
	const struct mun_private *times = &said->field[MUN_PRIVATE_TIMES];
	bool has_times = said->has[MUN_PRIVATE_TIMES];
	const char *description = said->has[MUN_PRIVATE_DESCRIPTION]
	    ? (const char *)said->field[MUN_PRIVATE_DESCRIPTION].bytes
	    : NULL;
	enum mun_status status;

	if (!said->has[MUN_PRIVATE_NAME] || !said->has[MUN_PRIVATE_PATH])
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "document %llu of '%s' has no name",
		    (unsigned long long)record->number,
		    teller->deposit.archive);
	MUN_TRY(mun_row_put(teller, MUN_INDEX_DOCUMENT,
	    (const struct mun_index_value[]){
		mun_row_integer(in_archive(teller, record->number)),
		mun_row_integer(teller->seq), mun_row_integer(record->number),
		mun_row_blob(name->bytes, name->len),
		mun_row_blob(path->bytes, path->len),
		mun_row_integer(record->size), mun_row_text(record->media_type),
		mun_row_text(description),
		has_times ? mun_row_integer((uint64_t)times->modified_s)
			  : mun_row_null(),
		has_times ? mun_row_integer(times->modified_ns)
			  : mun_row_null(),
		mun_row_text(record->file),
		mun_row_blob(record->digests.sha256, MUN_SHA256_LEN),
		mun_row_blob(record->digests.sha512, MUN_SHA512_LEN),
		{ .kind = MUN_INDEX_TEXT, .bytes = line, .len = len } },
	    err));
	MUN_TRY(put_words(
	    teller, false, record->number, path->bytes, path->len, err));
out:
	return status;
}

static enum mun_status
tell_documents(struct mun_row_teller *teller, struct mun_error *err)
{
	struct cursor documents = { .ended = false };
	struct mun_index_privates *privates = NULL;
	enum mun_status status;

	MUN_TRY(open_cursor(teller, &documents, MUN_TAG_DOCUMENTS, err));
	MUN_TRY(mun_index_privates_open(
	    &privates, teller->fd, &teller->member[MUN_TAG_PRIVATE], err));
	while (!documents.ended) {
		const struct mun_document_privates *said;
		struct mun_record record;

		MUN_TRY(mun_record_parse(
		    &record, documents.line, documents.len, err));
		MUN_TRY(mun_index_privates_next(
		    privates, record.number, &said, err));
		MUN_TRY(tell_document(
		    teller, documents.line, documents.len, &record, said, err));
		MUN_TRY(step(&documents, err));
	}
	MUN_TRY(tell_words(teller, false, err));
out:
	mun_package_lines_free(documents.lines);
	mun_index_privates_free(privates);
	return status;
}

static enum mun_status
tell_members(struct mun_row_teller *teller, struct mun_error *err)
{
	struct cursor cursor = { .ended = false };
	uint64_t places = 0;
	enum mun_status status;

	MUN_TRY(open_cursor(teller, &cursor, MUN_TAG_MEMBERS, err));
	while (!cursor.ended) {
		struct mun_member member;
		uint64_t place = ++places;

		mun_buffer_reset(&teller->scratch);
		MUN_TRY(mun_member_parse(
		    &member, &teller->scratch, cursor.line, cursor.len, err));
		MUN_TRY(mun_row_put(teller, MUN_INDEX_MEMBER,
		    (const struct mun_index_value[]){
			mun_row_integer(in_archive(teller, place)),
			mun_row_integer(teller->seq),
			mun_row_integer(member.document),
			mun_row_integer(member.number),
			mun_row_integer(member.container),
			mun_row_blob(member.name == NULL ? (const void *)""
							 : member.name,
			    member.name_len),
			mun_row_integer(member.size),
			mun_row_blob(member.digests.sha256, MUN_SHA256_LEN),
			mun_row_blob(member.digests.sha512, MUN_SHA512_LEN) },
		    err));
		MUN_TRY(put_words(
		    teller, true, place, member.name, member.name_len, err));
		MUN_TRY(step(&cursor, err));
	}
	MUN_TRY(tell_words(teller, true, err));
out:
	mun_package_lines_free(cursor.lines);
	return status;
}

static enum mun_status
tell_findings(struct mun_row_teller *teller, struct mun_error *err)
{
	struct cursor cursor = { .ended = false };
	uint64_t places = 0;
	enum mun_status status;

	MUN_TRY(open_cursor(teller, &cursor, MUN_TAG_FINDINGS, err));
	while (!cursor.ended) {
		struct mun_finding finding;
		uint64_t place = ++places;

		mun_buffer_reset(&teller->scratch);
		MUN_TRY(mun_finding_parse(
		    &finding, &teller->scratch, cursor.line, cursor.len, err));
		MUN_TRY(mun_row_put(teller, MUN_INDEX_FINDING,
		    (const struct mun_index_value[]){
			mun_row_integer(in_archive(teller, place)),
			mun_row_integer(teller->seq),
			mun_row_text(finding.rule),
			finding.document == 0
			    ? mun_row_null()
			    : mun_row_integer(finding.document),
			finding.member == 0 ? mun_row_null()
					    : mun_row_integer(finding.member),
			mun_row_blob(finding.path, finding.path_len),
			mun_row_blob(finding.target, finding.target_len),
			mun_row_text(finding.detail) },
		    err));
		MUN_TRY(step(&cursor, err));
	}
out:
	mun_package_lines_free(cursor.lines);
	return status;
}

static enum mun_status
tell_archive_row(struct mun_row_teller *teller,
    const struct mun_deposit_subject *subject, const char *case_name,
    bool present, struct mun_error *err)
{
	const struct mun_deposit_metadata *deposit = &teller->deposit;
	struct mun_index_value values[11] = { mun_row_integer(teller->seq),
		mun_row_text(subject->archive),
		mun_row_blob(subject->sha256, MUN_SHA256_LEN) };
	char sealed_at[MUN_TIME_TEXT_LEN + 1] = "";

	if (present) {
		(void)mun_time_format(sealed_at, teller->seal.sealed_at_utc_s);
		values[3] = mun_row_integer(deposit->documents);
		values[4] = mun_row_integer(deposit->bytes);
		values[5] = mun_row_integer(deposit->members);
		values[6] = mun_row_integer(deposit->findings);
		values[7] =
		    mun_row_integer(mun_number_width(deposit->documents));
		values[8] = mun_row_text(sealed_at);
		values[9] = mun_row_integer(teller->seal.complete);
	}
	values[10] = mun_row_text(case_name);
	return mun_row_put(teller, MUN_INDEX_ARCHIVE, values, err);
}

enum mun_status
mun_row_archive(struct mun_row_teller *teller,
    const struct mun_deposit_subject *subject, const char *case_name,
    struct mun_error *err)
{
	char name[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status;

	teller->word_rows = 0;
	mun_vault_archive_name(name, subject->archive);
	status = mun_store_open_file(mun_vault_store(teller->vault), name,
	    &teller->fd, &teller->file_size, err);
	if (status == MUN_ERR_NOT_FOUND)
		return tell_archive_row(teller, subject, case_name, false, err);
	if (status != MUN_OK)
		return status;
	MUN_TRY(find_members(teller, subject->archive, err));
	MUN_TRY(read_whole_members(teller, err));
	MUN_TRY(tell_archive_row(teller, subject, case_name, true, err));
	MUN_TRY(tell_documents(teller, err));
	MUN_TRY(tell_members(teller, err));
	MUN_TRY(tell_findings(teller, err));
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "archive '%s'", subject->archive);
	mun_file_close(&teller->fd);
	return status;
}
