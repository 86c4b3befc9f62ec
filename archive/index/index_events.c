/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_events.c - events: about what, by or about whom, when, of which kind.
 *
 * SQL narrows by what has a column; who is meant by a name, and under which
 * certificates, is decided here, row by row.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"
#include "index/index_internal.h"
#include "log/detail.h"

/* ---- whose certificates ---- */

struct certificate {
	uint8_t sha256[MUN_SHA256_LEN], replaces[MUN_SHA256_LEN];
	bool has_replaces, is_meant;
};

struct meant {
	struct certificate *list; /* owned */
	size_t count, capacity;
};

static enum mun_status
add_certificate(struct meant *meant, sqlite3_stmt *row, const char *text,
    struct mun_error *err)
{
	uint8_t sha256[MUN_SHA256_LEN];
	struct certificate *grown;
	int guess;

	if (meant->count == meant->capacity) {
		size_t capacity = meant->capacity * 2 + 16;

		grown = reallocarray(meant->list, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "out of memory for actors");
		meant->list = grown;
		meant->capacity = capacity;
	}
	grown = &meant->list[meant->count++];
	mun_index_copy_blob(grown->sha256, MUN_SHA256_LEN, row, 0);
	mun_index_copy_blob(grown->replaces, MUN_SHA256_LEN, row, 1);
	grown->has_replaces = sqlite3_column_type(row, 1) != SQLITE_NULL;
	grown->is_meant =
	    mun_hex_decode(sha256, sizeof(sha256), text, strlen(text))
	    ? memcmp(sha256, grown->sha256, sizeof(sha256)) == 0
	    : mun_index_name_has(sqlite3_column_text(row, 2),
		  (size_t)sqlite3_column_bytes(row, 2), text, &guess);
	return MUN_OK;
}

/* Who is meant under one certificate is meant under all of them. */
static bool
spread(struct meant *meant)
{
	bool any = false, changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < meant->count; i++)
			for (size_t k = 0; k < meant->count; k++) {
				struct certificate *new = &meant->list[i],
						   *old = &meant->list[k];

				if (!new->has_replaces ||
				    new->is_meant == old->is_meant ||
				    memcmp(new->replaces, old->sha256,
					MUN_SHA256_LEN) != 0)
					continue;
				new->is_meant = old->is_meant = changed = true;
			}
	}
	for (size_t i = 0; i < meant->count; i++)
		any = any || meant->list[i].is_meant;
	return any;
}

static enum mun_status
find_meant(struct meant *meant, struct mun_index *index, const char *text,
    struct mun_error *err)
{
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	MUN_TRY(mun_index_prepare(index->db, &row,
	    "SELECT sha256, replaces, name FROM actor ORDER BY id", err));
	while ((code = sqlite3_step(row)) == SQLITE_ROW)
		MUN_TRY(add_certificate(meant, row, text, err));
	if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "read actors", err);
	else if (!spread(meant))
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no actor called '%s' in this vault", text);
out:
	sqlite3_finalize(row);
	return status;
}

static bool
is_meant(const struct meant *meant, sqlite3_stmt *row, int column)
{
	if (sqlite3_column_bytes(row, column) != MUN_SHA256_LEN)
		return false;
	for (size_t i = 0; i < meant->count; i++)
		if (meant->list[i].is_meant &&
		    memcmp(meant->list[i].sha256,
			sqlite3_column_blob(row, column), MUN_SHA256_LEN) == 0)
			return true;
	return false;
}

/* ---- the query ---- */

enum column {
	SEQ,
	TYPE,
	TIME,
	ARCHIVE,
	DOCUMENT,
	WIDTH,
	NAME,
	ENTRY,
	HAS_STATEMENT,
	STATEMENT,
	CLOCK,
	OTHER_ARCHIVE,
	OTHER_DOCUMENT,
	OTHER_WIDTH,
	ACTOR, /* from here, who is involved */
	COLUMNS = ACTOR + 5
};

#define WIDTH_OF(archive) "(SELECT width FROM archive WHERE id = " archive ")"

static const char select_events[] =
    "SELECT e.seq, e.type, e.time, e.archive, e.document, " WIDTH_OF(
	"e.archive") ", " MUN_INDEX_NAME_OF("e.actor") ", e.entry_sha256, "
						       "e.statement_sha256 "
						       "IS NOT NULL, "
						       "s.line, "
						       "e.clock IS NOT "
						       "NULL, "
						       "e.other_archive, "
						       "e.other_document,"
						       " " WIDTH_OF(
							   "e.other_"
							   "archive") ", "
								      "e."
								      "acto"
								      "r, "
								      "e."
								      "from"
								      "_act"
								      "or, "
								      "e."
								      "to_"
								      "acto"
								      "r, "
								      "e."
								      "by_"
								      "acto"
								      "r, "
								      "e."
								      "name"
								      "d_"
								      "acto"
								      "r "
								      "FROM"
								      " eve"
								      "nt "
								      "e "
								      "LEFT"
								      " JOI"
								      "N "
								      "stat"
								      "emen"
								      "t s "
								      "ON "
								      "s."
								      "seq "
								      "= "
								      "e."
								      "seq "
								      "WHER"
								      "E 1";

/* The rows of a document are also those of its archive as a whole. */
static const char about[] =
    " AND ((e.archive = ?2 AND (?3 = 0 OR e.document IS NULL OR "
    "e.document = ?3)) OR (e.other_archive = ?2 AND (?3 = 0 OR "
    "e.other_document IS NULL OR e.other_document = ?3)))";

struct asking {
	struct mun_index *index;
	const struct mun_index_event_filter *filter;
	struct mun_index_reference reference;
	struct meant meant;
	mun_index_event_visit *visit;
	void *ctx;
};

/* A day, or a time as events have it. */
static bool
is_date(const char *text)
{
	char whole[MUN_TIME_TEXT_LEN + 1] = "0000-00-00T00:00:00Z";
	size_t len = strlen(text);
	int64_t utc_s;

	if (len != 10 && len != MUN_TIME_TEXT_LEN)
		return false;
	memcpy(whole, text, len);
	return mun_time_parse(&utc_s, whole, MUN_TIME_TEXT_LEN);
}

static enum mun_status
check_filter(const struct mun_index_event_filter *filter, struct mun_error *err)
{
	const char *const dates[] = { filter->from, filter->to };
	bool known = filter->key == NULL;

	for (size_t i = 0; i < 2; i++)
		if (dates[i] != NULL && !is_date(dates[i]))
			return mun_error_set(err, MUN_ERR_USAGE,
			    "'%s' is no day (2026-11-26) and no time "
			    "(2026-11-26T18:51:14Z) in UTC",
			    dates[i]);
	if (filter->type != NULL &&
	    mun_event_type_of(filter->type) == MUN_EVENT_UNKNOWN)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no type of event (deposit, transfer, access, "
		    "examination, copy, fixity-check, relation, annotation, "
		    "migration, deaccession, actor-enrolled, actor-revoked, "
		    "key-rotated, policy-changed, vault-created)",
		    filter->type);
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS && !known; i++)
		known =
		    strcmp(filter->key,
			mun_statement_key((enum mun_statement_field)i)) == 0;
	if (!known)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no key of an annotation (case, note, title, date, "
		    "author, recipient, language, type, exhibit, handling)",
		    filter->key);
	return MUN_OK;
}

static void
write_query(const struct mun_index_event_filter *filter, struct mun_buffer *sql)
{
	mun_buffer_append_text(sql, select_events);
	if (filter->case_name != NULL)
		mun_buffer_append_format(
		    sql, " AND e.archive IN (%s)", mun_index_of_case);
	if (filter->reference != NULL)
		mun_buffer_append_text(sql, about);
	if (filter->from != NULL)
		mun_buffer_append_text(sql, " AND e.time >= ?4");
	if (filter->to != NULL)
		mun_buffer_append_text(
		    sql, " AND substr(e.time, 1, length(?5)) <= ?5");
	if (filter->type != NULL)
		mun_buffer_append_text(sql, " AND e.type = ?6");
	if (filter->key != NULL)
		mun_buffer_append_text(
		    sql, " AND instr(' ' || e.keys || ' ', ' ' || ?7 || ' ')");
	mun_buffer_append_text(sql, " ORDER BY e.seq");
}

static void
bind_text(sqlite3_stmt *row, int parameter, const char *text)
{
	if (text != NULL && parameter <= sqlite3_bind_parameter_count(row))
		sqlite3_bind_text(row, parameter, text, -1, SQLITE_STATIC);
}

static void
bind_query(const struct asking *asking, sqlite3_stmt *row)
{
	const struct mun_index_event_filter *filter = asking->filter;

	bind_text(row, 1, filter->case_name);
	if (filter->reference != NULL) {
		bind_text(row, 2, asking->reference.archive);
		sqlite3_bind_int64(row, 3, (int64_t)asking->reference.document);
	}
	bind_text(row, 4, filter->from);
	bind_text(row, 5, filter->to);
	bind_text(row, 6, filter->type);
	bind_text(row, 7, filter->key);
}

static enum mun_status
offer(struct asking *asking, sqlite3_stmt *row, struct mun_error *err)
{
	struct mun_index_event event = {
		.seq = (uint64_t)sqlite3_column_int64(row, SEQ),
		.type = (const char *)sqlite3_column_text(row, TYPE),
		.time = (const char *)sqlite3_column_text(row, TIME),
		.archive = (const char *)sqlite3_column_text(row, ARCHIVE),
		.document = (uint64_t)sqlite3_column_int64(row, DOCUMENT),
		.actor_name = (const char *)sqlite3_column_text(row, NAME),
		.has_statement = sqlite3_column_int(row, HAS_STATEMENT) != 0,
		.statement = (const char *)sqlite3_column_text(row, STATEMENT),
		.clock_behind = sqlite3_column_int(row, CLOCK) != 0,
	};
	const char *other =
	    (const char *)sqlite3_column_text(row, OTHER_ARCHIVE);
	bool fits = asking->filter->actor == NULL;

	for (int i = ACTOR; i < COLUMNS && !fits; i++)
		fits = is_meant(&asking->meant, row, i);
	if (!fits)
		return MUN_OK;
	event.statement_withheld =
	    event.has_statement && event.statement == NULL;
	mun_index_copy_blob(event.actor, sizeof(event.actor), row, ACTOR);
	mun_index_copy_blob(event.entry, sizeof(event.entry), row, ENTRY);
	if (event.archive != NULL)
		mun_index_cite(event.reference, event.archive,
		    sqlite3_column_int(row, WIDTH), event.document, 0);
	if (other != NULL)
		mun_index_cite(event.other, other,
		    sqlite3_column_int(row, OTHER_WIDTH),
		    (uint64_t)sqlite3_column_int64(row, OTHER_DOCUMENT), 0);
	return asking->visit(asking->ctx, &event, err);
}

static enum mun_status
run(struct asking *asking, struct mun_error *err)
{
	struct mun_buffer sql = MUN_BUFFER_INIT(8192);
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	write_query(asking->filter, &sql);
	MUN_TRY(mun_buffer_status(&sql, "a query", err));
	MUN_TRY(mun_index_prepare(
	    asking->index->db, &row, mun_buffer_text(&sql), err));
	bind_query(asking, row);
	while ((code = sqlite3_step(row)) == SQLITE_ROW)
		MUN_TRY(offer(asking, row, err));
	if (code != SQLITE_DONE)
		status = mun_index_fail(asking->index->db, "read events", err);
out:
	sqlite3_finalize(row);
	mun_buffer_free(&sql);
	return status;
}

enum mun_status
mun_index_events(struct mun_index *index,
    const struct mun_index_event_filter *filter, mun_index_event_visit *visit,
    void *ctx, struct mun_error *err)
{
	const struct mun_index_event_filter all = { .reference = NULL };
	struct asking asking = { .index = index,
		.filter = filter == NULL ? &all : filter,
		.visit = visit,
		.ctx = ctx };
	enum mun_status status;

	MUN_TRY(check_filter(asking.filter, err));
	if (asking.filter->reference != NULL)
		MUN_TRY(mun_index_take_apart(
		    &asking.reference, asking.filter->reference, err));
	if (asking.filter->actor != NULL)
		MUN_TRY(find_meant(
		    &asking.meant, index, asking.filter->actor, err));
	status = run(&asking, err);
out:
	free(asking.meant.list);
	return status;
}
