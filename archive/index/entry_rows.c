/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry_rows.c - log entries as rows of the index: the event with every field
 * of its detail, who may sign, what was typed.
 *
 * A row says what one entry says and no more; what events mean together is
 * custody/custody.h's.  A detail that is not of its form gives an event whose
 * fields are NULL: judging it is the verifier's business.
 */
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "base/time.h"
#include "index/rows.h"
#include "log/detail.h"

/* ---- the event ---- */

enum event_column {
	SEQ,
	TYPE,
	TIME,
	ACTOR,
	ARCHIVE,
	DOCUMENT,
	ENTRY_SHA256,
	STATEMENT_SHA256,
	CLOCK,
	STEP,
	FORM,
	ROLE,
	REASON,
	KIND,
	RESULT,
	BYTES_BEFORE,
	BYTES_AFTER,
	RELATION,
	BYTES,
	FROM_ACTOR,
	TO_ACTOR,
	BY_ACTOR,
	NAMED_ACTOR,
	ACCEPTED,
	OTHER_ARCHIVE,
	OTHER_DOCUMENT,
	STARTED,
	ENDED,
	SINCE,
	KEYS,
	LOG_KEY,
	EVENT_COLUMNS
};

/* What values borrow. */
struct event_texts {
	char time[MUN_TIME_TEXT_LEN + 1], clock[MUN_TIME_TEXT_LEN + 1],
	    started[MUN_TIME_TEXT_LEN + 1], ended[MUN_TIME_TEXT_LEN + 1],
	    since[MUN_TIME_TEXT_LEN + 1], keys[256];
};

static struct mun_index_value
word(enum mun_detail_field field, unsigned number)
{
	return mun_row_text(mun_detail_word(field, number));
}

static struct mun_index_value
digest(const struct mun_detail *detail, enum mun_detail_field field,
    const uint8_t *bytes)
{
	return mun_detail_has(detail, field)
	    ? mun_row_blob(bytes, MUN_SHA256_LEN)
	    : mun_row_null();
}

static struct mun_index_value
time_of(const struct mun_detail *detail, enum mun_detail_field field,
    int64_t utc_s, char *text)
{
	return mun_detail_has(detail, field) && mun_time_format(text, utc_s)
	    ? mun_row_text(text)
	    : mun_row_null();
}

static struct mun_index_value
number_of(const struct mun_reference *reference)
{
	return reference->document == 0 ? mun_row_null()
					: mun_row_integer(reference->document);
}

static struct mun_index_value
keys_of(const struct mun_detail *detail, char *text, size_t size)
{
	size_t len = 0;

	if (!mun_detail_has(detail, MUN_DETAIL_KEYS))
		return mun_row_null();
	text[0] = '\0';
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		const char *key =
		    mun_statement_key((enum mun_statement_field)i);
		size_t key_len = strlen(key);

		if ((detail->keys >> i & 1u) == 0)
			continue;
		MUN_ASSERT(len + key_len + 2 <= size);
		if (len > 0)
			text[len++] = ' ';
		memcpy(text + len, key, key_len + 1);
		len += key_len;
	}
	return mun_row_text(text);
}

static void
put_words(struct mun_index_value *values, const struct mun_detail *detail)
{
	values[STEP] = word(MUN_DETAIL_STEP, detail->step);
	values[FORM] = word(MUN_DETAIL_FORM, detail->form);
	values[ROLE] = word(MUN_DETAIL_ROLE, detail->role);
	values[REASON] = word(MUN_DETAIL_REASON, detail->reason);
	values[KIND] = mun_detail_has(detail, MUN_DETAIL_COPY)
	    ? word(MUN_DETAIL_COPY, detail->copy)
	    : word(MUN_DETAIL_MIGRATION, detail->migration);
	values[RESULT] = word(MUN_DETAIL_RESULT, detail->result);
	values[BYTES_BEFORE] = word(MUN_DETAIL_BEFORE, detail->before);
	values[BYTES_AFTER] = word(MUN_DETAIL_AFTER, detail->after);
	values[RELATION] = word(MUN_DETAIL_RELATION, detail->relation);
	values[BYTES] = word(MUN_DETAIL_BYTES, detail->bytes);
}

static void
put_others(struct mun_index_value *values, const struct mun_detail *detail)
{
	const struct mun_reference *other =
	    mun_detail_has(detail, MUN_DETAIL_OBJECT) ? &detail->object
						      : &detail->receipt;

	values[FROM_ACTOR] = digest(detail, MUN_DETAIL_FROM, detail->from);
	values[TO_ACTOR] = digest(detail, MUN_DETAIL_TO, detail->to);
	values[BY_ACTOR] = digest(detail, MUN_DETAIL_BY, detail->by);
	values[NAMED_ACTOR] = digest(detail, MUN_DETAIL_ACTOR, detail->actor);
	values[ACCEPTED] = digest(detail, MUN_DETAIL_ENTRY, detail->entry);
	values[LOG_KEY] = digest(detail, MUN_DETAIL_LOG_KEY, detail->log_key);
	if (other->archive[0] == '\0')
		return;
	values[OTHER_ARCHIVE] = mun_row_text(other->archive);
	values[OTHER_DOCUMENT] = number_of(other);
}

static void
put_detail(struct mun_index_value *values, const struct mun_detail *detail,
    struct event_texts *texts)
{
	if (detail->subject.archive[0] != '\0') {
		values[ARCHIVE] = mun_row_text(detail->subject.archive);
		values[DOCUMENT] = number_of(&detail->subject);
	}
	put_words(values, detail);
	put_others(values, detail);
	values[STARTED] = time_of(
	    detail, MUN_DETAIL_STARTED, detail->started_utc_s, texts->started);
	values[ENDED] = time_of(
	    detail, MUN_DETAIL_ENDED, detail->ended_utc_s, texts->ended);
	values[SINCE] = time_of(
	    detail, MUN_DETAIL_SINCE, detail->since_utc_s, texts->since);
	values[KEYS] = keys_of(detail, texts->keys, sizeof(texts->keys));
}

static enum mun_status
tell_event(struct mun_row_teller *teller, const struct mun_entry *entry,
    const struct mun_detail *detail, struct mun_error *err)
{
	const struct mun_event *event = &entry->event;
	struct mun_index_value values[EVENT_COLUMNS] = {
		{ .kind = MUN_INDEX_NULL }
	};
	struct event_texts texts = { .time = "" };
	int64_t clock_utc_s;

	MUN_ASSERT(
	    mun_index_table_forms[MUN_INDEX_EVENT].columns == EVENT_COLUMNS);
	(void)mun_time_format(texts.time, event->time_utc_s);
	values[SEQ] = mun_row_integer(event->seq);
	values[TYPE] = mun_row_text(event->type);
	values[TIME] = mun_row_text(texts.time);
	values[ACTOR] = mun_row_blob(event->actor, MUN_SHA256_LEN);
	values[ENTRY_SHA256] = mun_row_blob(entry->sha256, MUN_SHA256_LEN);
	if (event->has_statement)
		values[STATEMENT_SHA256] =
		    mun_row_blob(event->statement, MUN_SHA256_LEN);
	if (mun_event_clock(event, &clock_utc_s) &&
	    mun_time_format(texts.clock, clock_utc_s))
		values[CLOCK] = mun_row_text(texts.clock);
	put_detail(values, detail, &texts);
	return mun_row_put(teller, MUN_INDEX_EVENT, values, err);
}

/* ---- who may sign ---- */

static enum mun_status
put_actor(struct mun_row_teller *teller, bool is_recovery, const char *role,
    const uint8_t *replaces, const struct mun_certificate *certificate,
    struct mun_error *err)
{
	size_t len;
	const uint8_t *der = mun_certificate_der(certificate, &len);

	return mun_row_put(teller, MUN_INDEX_ACTOR,
	    (const struct mun_index_value[]){
		mun_row_integer(2 * teller->seq + is_recovery),
		mun_row_text(role), mun_row_blob(replaces, MUN_SHA256_LEN),
		mun_row_blob(
		    mun_certificate_sha256(certificate), MUN_SHA256_LEN),
		mun_row_text(mun_certificate_name(certificate)),
		mun_row_blob(der, len) },
	    err);
}

static enum mun_status
tell_founders(struct mun_row_teller *teller, const struct mun_entry *entry,
    struct mun_error *err)
{
	const struct mun_vault_created *founding =
	    mun_vault_founding(teller->vault);
	enum mun_status status;

	MUN_TRY(put_actor(teller, false,
	    mun_detail_word(MUN_DETAIL_ROLE, MUN_ROLE_CUSTODIAN), NULL,
	    entry->certificate, err));
	if (founding->recovery != NULL)
		status = put_actor(
		    teller, true, NULL, NULL, founding->recovery, err);
out:
	return status;
}

static enum mun_status
tell_actor(struct mun_row_teller *teller, const struct mun_detail *detail,
    struct mun_error *err)
{
	bool rotates = detail->type == MUN_EVENT_KEY_ROTATED;

	if (detail->certificate == NULL)
		return MUN_OK;
	return put_actor(teller, false,
	    mun_detail_word(MUN_DETAIL_ROLE, detail->role),
	    rotates ? detail->actor : NULL, detail->certificate, err);
}

/* ---- time-stamps ---- */

static enum mun_status
tell_stamps(struct mun_row_teller *teller, const struct mun_detail *detail,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < detail->stamp_count; i++) {
		const struct mun_stamp *stamp = &detail->stamps[i];

		MUN_TRY(mun_row_put(teller, MUN_INDEX_TIME_STAMP,
		    (const struct mun_index_value[]){
			mun_row_integer(teller->seq * 32 + i + 1),
			mun_row_integer(detail->checkpoint_size),
			mun_row_blob(detail->checkpoint_sha256, MUN_SHA256_LEN),
			mun_row_blob(stamp->query, MUN_SHA256_LEN),
			mun_row_blob(stamp->token, MUN_SHA256_LEN),
			mun_row_blob(stamp->certificates, MUN_SHA256_LEN),
			mun_row_blob(stamp->crls, MUN_SHA256_LEN),
			mun_row_integer(teller->seq) },
		    err));
	}
out:
	return status;
}

/* ---- what was typed ---- */

static enum mun_status
tell_annotations(struct mun_row_teller *teller, const struct mun_detail *detail,
    const struct mun_statement *statement, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		if ((detail->keys >> i & 1u) == 0 || statement->text[i] == NULL)
			continue;
		MUN_TRY(mun_row_put(teller, MUN_INDEX_ANNOTATION,
		    (const struct mun_index_value[]){
			mun_row_integer(
			    mun_index_annotation_id(teller->seq, i)),
			mun_row_integer(teller->seq),
			mun_row_text(detail->subject.archive),
			number_of(&detail->subject),
			mun_row_text(
			    mun_statement_key((enum mun_statement_field)i)),
			mun_row_text(statement->text[i]) },
		    err));
	}
out:
	return status;
}

/* The statement's row, and what it says (owned by *statement). */
static enum mun_status
tell_statement(struct mun_row_teller *teller, const struct mun_event *event,
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
	MUN_TRY(mun_row_put(teller, MUN_INDEX_STATEMENT,
	    (const struct mun_index_value[]){ mun_row_integer(event->seq),
		{ .kind = MUN_INDEX_TEXT,
		    .bytes = teller->statement.data,
		    .len = teller->statement.len - 1 } },
	    err));
out:
	return status;
}

/* ---- entries ---- */

/* Of entry 0, nothing: the founding event is the vault's. */
static enum mun_status
read_detail(struct mun_detail *detail, const struct mun_event *event,
    struct mun_error *err)
{
	enum mun_event_type type = mun_event_type_of(event->type);
	enum mun_status status = MUN_OK;

	*detail = (struct mun_detail){ .type = type };
	if (event->seq != 0)
		status = mun_detail_read(detail, event, err);
	if (status == MUN_ERR_FORMAT && type != MUN_EVENT_DEPOSIT) {
		*detail = (struct mun_detail){ .type = type };
		status = MUN_OK;
	}
	return status;
}

static enum mun_status
tell_rows(struct mun_row_teller *teller, const struct mun_entry *entry,
    const struct mun_detail *detail, struct mun_error *err)
{
	struct mun_statement statement = { .salt = { 0 } };
	enum mun_status status;

	MUN_TRY(tell_event(teller, entry, detail, err));
	MUN_TRY(tell_statement(teller, &entry->event, &statement, err));
	MUN_TRY(tell_annotations(teller, detail, &statement, err));
	MUN_TRY(tell_stamps(teller, detail, err));
	MUN_TRY(teller->seq == 0 ? tell_founders(teller, entry, err)
				 : tell_actor(teller, detail, err));
	if (detail->type == MUN_EVENT_DEPOSIT)
		status = mun_row_archive(teller, &detail->deposit,
		    statement.text[MUN_STATEMENT_CASE], err);
out:
	mun_statement_clear(&statement);
	return status;
}

static enum mun_status
tell_entry(struct mun_row_teller *teller, uint64_t seq, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_detail detail = { .type = MUN_EVENT_UNKNOWN };
	enum mun_status status;

	teller->seq = seq;
	MUN_TRY(mun_log_entry(teller->log, seq, &teller->entry, err));
	MUN_TRY(mun_entry_unverified_next(&entry, &teller->recent,
	    teller->entry.data, teller->entry.len, err));
	MUN_TRY(read_detail(&detail, &entry.event, err));
	MUN_TRY(tell_rows(teller, &entry, &detail, err));
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "log entry %llu", (unsigned long long)seq);
	mun_detail_clear(&detail);
	mun_entry_clear(&entry);
	return status;
}

static enum mun_status
tell_checkpoint(struct mun_row_teller *teller, struct mun_error *err)
{
	const struct mun_checkpoint *checkpoint =
	    mun_log_checkpoint(teller->log);
	size_t len;
	const void *note = mun_log_checkpoint_bytes(teller->log, &len);

	return mun_row_put(teller, MUN_INDEX_CHECKPOINT,
	    (const struct mun_index_value[]){ mun_row_integer(checkpoint->size),
		mun_row_blob(checkpoint->root.bytes, MUN_SHA256_LEN),
		{ .kind = MUN_INDEX_TEXT, .bytes = note, .len = len } },
	    err);
}

enum mun_status
mun_index_tell(struct mun_vault *vault, struct mun_log *log, uint64_t from,
    uint64_t size, const struct mun_index_sink *sink, struct mun_error *err)
{
	struct mun_row_teller teller = {
		.vault = vault,
		.log = log,
		.sink = sink,
		.fd = -1,
		.entry = MUN_BUFFER_INIT(MUN_CMS_MAX),
		.statement = MUN_BUFFER_INIT(MUN_STATEMENT_MAX),
		.scratch = MUN_BUFFER_INIT(4 * (size_t)MUN_LINE_MAX),
		.recent = MUN_RECENT_CERTIFICATES_INIT,
	};
	enum mun_status status = MUN_OK;

	MUN_TRY(mun_index_words_new(&teller.words, err));
	for (uint64_t seq = from; seq < size; seq++)
		MUN_TRY(tell_entry(&teller, seq, err));
	if (size == mun_log_checkpoint(log)->size)
		MUN_TRY(tell_checkpoint(&teller, err));
out:
	mun_buffer_free(&teller.entry);
	mun_buffer_free(&teller.statement);
	mun_buffer_free(&teller.scratch);
	mun_recent_certificates_clear(&teller.recent);
	mun_index_words_free(teller.words);
	return status;
}
