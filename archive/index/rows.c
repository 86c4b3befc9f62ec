/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.c - log entries and archive metadata as rows of the index.
 *
 * The order is that of the files, so ids that count are the same whether the
 * index is built at once or deposit by deposit.
 */
#include "index/index_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/time.h"
#include "package/package.h"

struct teller {
	struct mun_vault *vault;
	struct mun_log *log;
	const struct mun_index_sink *sink;
	struct mun_index_position *position;
	struct mun_buffer entry, statement, scratch;
	struct mun_index_words *words;
	/* of the archive under way */
	int64_t seq;
	int fd;
	uint64_t file_size;
	struct mun_package_member member[MUN_TAG_MEMBERS_COUNT];
	struct mun_deposit_metadata deposit;
	struct mun_seal seal;
};

/* ---- values ---- */

static struct mun_index_value
integer(uint64_t number)
{
	return (struct mun_index_value){ .kind = MUN_INDEX_INTEGER,
		.integer = (int64_t)number };
}

static struct mun_index_value
text(const char *bytes)
{
	if (bytes == NULL)
		return (struct mun_index_value){ .kind = MUN_INDEX_NULL };
	return (struct mun_index_value){
		.kind = MUN_INDEX_TEXT, .bytes = bytes, .len = strlen(bytes)
	};
}

static struct mun_index_value
blob(const void *bytes, size_t len)
{
	if (bytes == NULL)
		return (struct mun_index_value){ .kind = MUN_INDEX_NULL };
	return (struct mun_index_value){
		.kind = MUN_INDEX_BLOB, .bytes = bytes, .len = len
	};
}

static struct mun_index_value
null_value(void)
{
	return (struct mun_index_value){ .kind = MUN_INDEX_NULL };
}

static enum mun_status
put(struct teller *teller, enum mun_index_table table,
    const struct mun_index_value *values, struct mun_error *err)
{
	return teller->sink->row(teller->sink->ctx, table, values, err);
}

/* Keep the words of a name, and tell those kept when they are many or when
 * there are no more. */
static enum mun_status
tell_words(struct teller *teller, bool members, struct mun_error *err)
{
	return mun_index_words_tell(teller->words, teller->seq, members,
	    &teller->position->words, teller->sink, err);
}

static enum mun_status
put_words(struct teller *teller, bool members, uint64_t place, const void *name,
    size_t len, struct mun_error *err)
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
find_members(struct teller *teller, const char *id, struct mun_error *err)
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
read_member(struct teller *teller, enum mun_tag_member which,
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
read_whole_members(struct teller *teller, struct mun_error *err)
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

struct names {
	struct mun_private field[MUN_PRIVATE_FIELDS];
	bool has[MUN_PRIVATE_FIELDS];
	struct mun_buffer bytes[MUN_PRIVATE_FIELDS];
};

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
open_cursor(struct teller *teller, struct cursor *cursor,
    enum mun_tag_member which, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_package_lines_open(
	    &cursor->lines, teller->fd, &teller->member[which], err));
	MUN_TRY(step(cursor, err));
out:
	return status;
}

/* Take in the private lines of document number; a line of the next document
 * stays with the cursor. */
static enum mun_status
gather(struct teller *teller, struct cursor *privates, struct names *names,
    uint64_t number, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (unsigned i = 0; i < MUN_PRIVATE_FIELDS; i++)
		names->has[i] = false;
	while (!privates->ended) {
		struct mun_private field;
		struct mun_buffer *own;

		mun_buffer_reset(&teller->scratch);
		MUN_TRY(mun_private_parse(&field, &teller->scratch,
		    privates->line, privates->len, err));
		if (field.number != number)
			break;
		own = &names->bytes[field.field];
		mun_buffer_reset(own);
		mun_buffer_append(own, field.bytes, field.len);
		MUN_TRY(mun_buffer_status(own, "a name", err));
		field.bytes = own->data;
		names->field[field.field] = field;
		names->has[field.field] = true;
		MUN_TRY(step(privates, err));
	}
out:
	return status;
}

static enum mun_status
tell_document(struct teller *teller, const char *line, size_t len,
    const struct mun_record *record, const struct names *names,
    struct mun_error *err)
{
	const struct mun_private *name = &names->field[MUN_PRIVATE_NAME];
	const struct mun_private *path = &names->field[MUN_PRIVATE_PATH];
	const struct mun_private *times = &names->field[MUN_PRIVATE_TIMES];
	bool has_times = names->has[MUN_PRIVATE_TIMES];
	const char *description = names->has[MUN_PRIVATE_DESCRIPTION]
	    ? mun_buffer_text(&names->bytes[MUN_PRIVATE_DESCRIPTION])
	    : NULL;
	int64_t id = (teller->seq << 32) + (int64_t)record->number;
	enum mun_status status;

	if (!names->has[MUN_PRIVATE_NAME] || !names->has[MUN_PRIVATE_PATH])
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "document %llu of '%s' has no name",
		    (unsigned long long)record->number,
		    teller->deposit.archive);
	MUN_TRY(put(teller, MUN_INDEX_DOCUMENT,
	    (const struct mun_index_value[]){ integer((uint64_t)id),
		integer((uint64_t)teller->seq), integer(record->number),
		blob(name->bytes, name->len), blob(path->bytes, path->len),
		integer(record->size), text(record->media_type),
		text(description),
		has_times ? integer((uint64_t)times->modified_s) : null_value(),
		has_times ? integer(times->modified_ns) : null_value(),
		text(record->file),
		blob(record->digests.sha256, MUN_SHA256_LEN),
		blob(record->digests.sha512, MUN_SHA512_LEN),
		{ .kind = MUN_INDEX_TEXT, .bytes = line, .len = len } },
	    err));
	MUN_TRY(put_words(
	    teller, false, record->number, path->bytes, path->len, err));
out:
	return status;
}

static enum mun_status
tell_documents(struct teller *teller, struct mun_error *err)
{
	struct cursor documents = { .ended = false };
	struct cursor privates = { .ended = false };
	struct names names = { .bytes = { MUN_BUFFER_INIT(MUN_LINE_MAX),
				   MUN_BUFFER_INIT(MUN_LINE_MAX),
				   MUN_BUFFER_INIT(MUN_LINE_MAX),
				   MUN_BUFFER_INIT(MUN_LINE_MAX) } };
	enum mun_status status;

	MUN_TRY(open_cursor(teller, &documents, MUN_TAG_DOCUMENTS, err));
	MUN_TRY(open_cursor(teller, &privates, MUN_TAG_PRIVATE, err));
	while (!documents.ended) {
		struct mun_record record;

		MUN_TRY(mun_record_parse(
		    &record, documents.line, documents.len, err));
		MUN_TRY(gather(teller, &privates, &names, record.number, err));
		MUN_TRY(tell_document(teller, documents.line, documents.len,
		    &record, &names, err));
		MUN_TRY(step(&documents, err));
	}
	MUN_TRY(tell_words(teller, false, err));
out:
	mun_package_lines_free(documents.lines);
	mun_package_lines_free(privates.lines);
	for (unsigned i = 0; i < MUN_PRIVATE_FIELDS; i++)
		mun_buffer_free(&names.bytes[i]);
	return status;
}

static enum mun_status
tell_members(struct teller *teller, struct mun_error *err)
{
	struct cursor cursor = { .ended = false };
	enum mun_status status;

	MUN_TRY(open_cursor(teller, &cursor, MUN_TAG_MEMBERS, err));
	while (!cursor.ended) {
		struct mun_member member;
		int64_t id = ++teller->position->members;

		mun_buffer_reset(&teller->scratch);
		MUN_TRY(mun_member_parse(
		    &member, &teller->scratch, cursor.line, cursor.len, err));
		MUN_TRY(put(teller, MUN_INDEX_MEMBER,
		    (const struct mun_index_value[]){ integer((uint64_t)id),
			integer((uint64_t)teller->seq),
			integer(member.document), integer(member.number),
			integer(member.container),
			blob(member.name == NULL ? (const void *)""
						 : member.name,
			    member.name_len),
			integer(member.size),
			blob(member.digests.sha256, MUN_SHA256_LEN),
			blob(member.digests.sha512, MUN_SHA512_LEN) },
		    err));
		MUN_TRY(put_words(teller, true, (uint64_t)id, member.name,
		    member.name_len, err));
		MUN_TRY(step(&cursor, err));
	}
	MUN_TRY(tell_words(teller, true, err));
out:
	mun_package_lines_free(cursor.lines);
	return status;
}

static enum mun_status
tell_findings(struct teller *teller, struct mun_error *err)
{
	struct cursor cursor = { .ended = false };
	enum mun_status status;

	MUN_TRY(open_cursor(teller, &cursor, MUN_TAG_FINDINGS, err));
	while (!cursor.ended) {
		struct mun_finding finding;
		int64_t id = ++teller->position->findings;

		mun_buffer_reset(&teller->scratch);
		MUN_TRY(mun_finding_parse(
		    &finding, &teller->scratch, cursor.line, cursor.len, err));
		MUN_TRY(put(teller, MUN_INDEX_FINDING,
		    (const struct mun_index_value[]){ integer((uint64_t)id),
			integer((uint64_t)teller->seq), text(finding.rule),
			finding.document == 0 ? null_value()
					      : integer(finding.document),
			finding.member == 0 ? null_value()
					    : integer(finding.member),
			blob(finding.path, finding.path_len),
			blob(finding.target, finding.target_len),
			text(finding.detail) },
		    err));
		MUN_TRY(step(&cursor, err));
	}
out:
	mun_package_lines_free(cursor.lines);
	return status;
}

static enum mun_status
tell_archive_row(struct teller *teller,
    const struct mun_deposit_subject *subject, const char *case_name,
    bool present, struct mun_error *err)
{
	const struct mun_deposit_metadata *deposit = &teller->deposit;
	struct mun_index_value values[11] = { integer((uint64_t)teller->seq),
		text(subject->archive), blob(subject->sha256, MUN_SHA256_LEN) };
	char sealed_at[MUN_TIME_TEXT_LEN + 1] = "";

	if (present) {
		(void)mun_time_format(sealed_at, teller->seal.sealed_at_utc_s);
		values[3] = integer(deposit->documents);
		values[4] = integer(deposit->bytes);
		values[5] = integer(deposit->members);
		values[6] = integer(deposit->findings);
		values[7] = integer(mun_number_width(deposit->documents));
		values[8] = text(sealed_at);
		values[9] = integer(teller->seal.complete);
	}
	values[10] = text(case_name);
	return put(teller, MUN_INDEX_ARCHIVE, values, err);
}

static enum mun_status
tell_archive(struct teller *teller, const struct mun_deposit_subject *subject,
    const char *case_name, struct mun_error *err)
{
	char name[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status;

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

/* ---- entries ---- */

static enum mun_status
tell_event(struct teller *teller, const struct mun_entry *entry,
    const char *archive, struct mun_error *err)
{
	const struct mun_event *event = &entry->event;
	char time[MUN_TIME_TEXT_LEN + 1] = "", clock[MUN_TIME_TEXT_LEN + 1];
	int64_t clock_utc_s;
	bool behind = mun_event_clock(event, &clock_utc_s) &&
	    mun_time_format(clock, clock_utc_s);

	(void)mun_time_format(time, event->time_utc_s);
	return put(teller, MUN_INDEX_EVENT,
	    (const struct mun_index_value[]){ integer(event->seq),
		text(event->type), text(time),
		blob(event->actor, MUN_SHA256_LEN), text(archive),
		blob(entry->sha256, MUN_SHA256_LEN),
		event->has_statement ? blob(event->statement, MUN_SHA256_LEN)
				     : null_value(),
		behind ? text(clock) : null_value() },
	    err);
}

static enum mun_status
tell_actor(
    struct teller *teller, const struct mun_entry *entry, struct mun_error *err)
{
	const struct mun_certificate *certificate = entry->certificate;
	size_t len;
	const uint8_t *der = mun_certificate_der(certificate, &len);

	return put(teller, MUN_INDEX_ACTOR,
	    (const struct mun_index_value[]){ integer(entry->event.seq),
		blob(mun_certificate_sha256(certificate), MUN_SHA256_LEN),
		text(mun_certificate_name(certificate)), blob(der, len) },
	    err);
}

/* The statement's row, and its case if it names one (owned by *statement). */
static enum mun_status
tell_statement(struct teller *teller, const struct mun_event *event,
    struct mun_statement *statement, struct mun_error *err)
{
	enum mun_status status;

	if (!event->has_statement)
		return MUN_OK;
	status =
	    mun_log_statement(teller->log, event->seq, &teller->statement, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK; /* withheld */
	MUN_TRY(status);
	MUN_TRY(mun_statement_parse(
	    statement, teller->statement.data, teller->statement.len, err));
	MUN_TRY(put(teller, MUN_INDEX_STATEMENT,
	    (const struct mun_index_value[]){ integer(event->seq),
		{ .kind = MUN_INDEX_TEXT,
		    .bytes = teller->statement.data,
		    .len = teller->statement.len - 1 } },
	    err));
out:
	return status;
}

static enum mun_status
tell_entry(struct teller *teller, uint64_t seq, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_statement statement = { .salt = { 0 } };
	struct mun_deposit_subject subject;
	bool is_deposit;
	enum mun_status status;

	MUN_TRY(mun_log_entry(teller->log, seq, &teller->entry, err));
	MUN_TRY(mun_entry_unverified(
	    &entry, teller->entry.data, teller->entry.len, err));
	is_deposit = strcmp(entry.event.type, "deposit") == 0;
	if (is_deposit)
		MUN_TRY(mun_event_deposit(&subject, &entry.event, err));
	MUN_TRY(tell_event(
	    teller, &entry, is_deposit ? subject.archive : NULL, err));
	MUN_TRY(tell_statement(teller, &entry.event, &statement, err));
	if (seq == 0)
		MUN_TRY(tell_actor(teller, &entry, err));
	teller->seq = (int64_t)seq;
	if (is_deposit)
		MUN_TRY(tell_archive(
		    teller, &subject, statement.text[MUN_STATEMENT_CASE], err));
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "log entry %llu", (unsigned long long)seq);
	mun_statement_clear(&statement);
	mun_entry_clear(&entry);
	return status;
}

static enum mun_status
tell_checkpoint(struct teller *teller, struct mun_error *err)
{
	const struct mun_checkpoint *checkpoint =
	    mun_log_checkpoint(teller->log);
	size_t len;
	const void *note = mun_log_checkpoint_bytes(teller->log, &len);

	return put(teller, MUN_INDEX_CHECKPOINT,
	    (const struct mun_index_value[]){ integer(checkpoint->size),
		blob(checkpoint->root.bytes, MUN_SHA256_LEN),
		{ .kind = MUN_INDEX_TEXT, .bytes = note, .len = len } },
	    err);
}

enum mun_status
mun_index_tell(struct mun_vault *vault, struct mun_log *log, uint64_t size,
    struct mun_index_position *position, const struct mun_index_sink *sink,
    struct mun_error *err)
{
	struct teller teller = {
		.vault = vault,
		.log = log,
		.sink = sink,
		.position = position,
		.fd = -1,
		.entry = MUN_BUFFER_INIT(MUN_CMS_MAX),
		.statement = MUN_BUFFER_INIT(MUN_STATEMENT_MAX),
		.scratch = MUN_BUFFER_INIT(4 * (size_t)MUN_LINE_MAX),
	};
	enum mun_status status = MUN_OK;

	MUN_TRY(mun_index_words_new(&teller.words, err));
	for (uint64_t seq = position->log_size; seq < size; seq++)
		MUN_TRY(tell_entry(&teller, seq, err));
	position->log_size = size;
	if (size == mun_log_checkpoint(log)->size)
		MUN_TRY(tell_checkpoint(&teller, err));
out:
	mun_buffer_free(&teller.entry);
	mun_buffer_free(&teller.statement);
	mun_buffer_free(&teller.scratch);
	mun_index_words_free(teller.words);
	return status;
}
