/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_notes.c - what was said of an archive or document: annotations,
 * relations; and where typed words occur.
 */
#include <string.h>

#include "base/macros.h"
#include "index/index_internal.h"
#include "log/event.h"
#include "muniment/text.h"

/* ---- annotations ---- */

static enum mun_status
visit_key(struct mun_index *index, sqlite3_stmt *row, unsigned key,
    mun_index_annotation_visit *visit, void *ctx, struct mun_error *err)
{
	const char *name = mun_statement_key((enum mun_statement_field)key);
	bool is_latest = true;
	enum mun_status status = MUN_OK;
	int code;

	sqlite3_bind_int(row, 3, (int)key);
	sqlite3_bind_text(row, 4, name, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		const struct mun_index_annotation annotation = {
			.seq = (uint64_t)sqlite3_column_int64(row, 0),
			.time = (const char *)sqlite3_column_text(row, 1),
			.actor_name = (const char *)sqlite3_column_text(row, 2),
			.key = name,
			.value = (const char *)sqlite3_column_text(row, 3),
			.is_latest = is_latest,
		};

		is_latest = false;
		MUN_TRY(visit(ctx, &annotation, err));
	}
	if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "read annotations", err);
out:
	sqlite3_reset(row);
	return status;
}

enum mun_status
mun_index_annotations(struct mun_index *index, const char *archive,
    uint64_t document, mun_index_annotation_visit *visit, void *ctx,
    struct mun_error *err)
{
	sqlite3_stmt *row = NULL;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(index->db, &row,
	    "SELECT e.seq, e.time, " MUN_INDEX_NAME_OF(
		"e.actor") ", n.value "
			   "FROM event e LEFT JOIN annotation n ON n.id = "
			   "e.seq * 32 + ?3 "
			   "WHERE e.type = 'annotation' AND e.archive = ?1 AND "
			   "e.document IS ?2 AND "
			   "instr(' ' || e.keys || ' ', ' ' || ?4 || ' ') "
			   "ORDER BY e.seq DESC",
	    err));
	sqlite3_bind_text(row, 1, archive, -1, SQLITE_STATIC);
	if (document != 0)
		sqlite3_bind_int64(row, 2, (int64_t)document);
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++)
		MUN_TRY(visit_key(index, row, i, visit, ctx, err));
out:
	sqlite3_finalize(row);
	return status;
}

/* ---- relations ---- */

enum mun_status
mun_index_relations(struct mun_index *index, const char *archive,
    uint64_t document, mun_index_relation_visit *visit, void *ctx,
    struct mun_error *err)
{
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	MUN_TRY(mun_index_prepare(index->db, &row,
	    "SELECT e.seq, e.time, e.relation, e.archive, e.document, "
	    "(SELECT width FROM archive WHERE id = e.archive), "
	    "e.other_archive, e.other_document, "
	    "(SELECT width FROM archive WHERE id = e.other_archive) "
	    "FROM event e WHERE e.type = 'relation' AND "
	    "((e.archive = ?1 AND (?2 = 0 OR e.document = ?2)) OR "
	    "(e.other_archive = ?1 AND (?2 = 0 OR e.other_document = ?2))) "
	    "ORDER BY e.seq",
	    err));
	sqlite3_bind_text(row, 1, archive, -1, SQLITE_STATIC);
	sqlite3_bind_int64(row, 2, (int64_t)document);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		struct mun_index_relation relation = {
			.seq = (uint64_t)sqlite3_column_int64(row, 0),
			.time = (const char *)sqlite3_column_text(row, 1),
			.relation = (const char *)sqlite3_column_text(row, 2),
		};
		const char *subject = (const char *)sqlite3_column_text(row, 3);
		const char *object = (const char *)sqlite3_column_text(row, 6);

		/* a detail that is not of its form */
		if (relation.relation == NULL || subject == NULL ||
		    object == NULL)
			continue;
		mun_index_cite(relation.subject, subject,
		    sqlite3_column_int(row, 5),
		    (uint64_t)sqlite3_column_int64(row, 4), 0);
		mun_index_cite(relation.object, object,
		    sqlite3_column_int(row, 8),
		    (uint64_t)sqlite3_column_int64(row, 7), 0);
		MUN_TRY(visit(ctx, &relation, err));
	}
	if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "read relations", err);
out:
	sqlite3_finalize(row);
	return status;
}

/* ---- typed words ---- */

struct typed_search {
	const char *words;
	uint64_t left;
	mun_index_typed_visit *visit;
	void *ctx;
	struct mun_buffer line; /* with its LF */
};

/* Whether the line as it is stored can be looked at first: what JSON writes in
 * another form is not found in it. */
static bool
is_plain(const char *words)
{
	for (; *words != '\0'; words++)
		if (*words == '"' || *words == '\\' ||
		    (unsigned char)*words < 0x20)
			return false;
	return true;
}

static enum mun_status
offer_fields(struct typed_search *search, struct mun_index_typed *typed,
    const struct mun_statement *statement, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	int guess;

	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS && search->left > 0;
	     i++) {
		const char *text = statement->text[i];

		if (text == NULL ||
		    !mun_index_name_has(
			text, strlen(text), search->words, &guess))
			continue;
		typed->key = mun_statement_key((enum mun_statement_field)i);
		typed->text = text;
		search->left--;
		MUN_TRY(search->visit(search->ctx, typed, err));
	}
out:
	return status;
}

static enum mun_status
offer_statement(
    struct typed_search *search, sqlite3_stmt *row, struct mun_error *err)
{
	struct mun_statement statement = { .salt = { 0 } };
	struct mun_index_typed typed = {
		.seq = (uint64_t)sqlite3_column_int64(row, 0),
		.type = (const char *)sqlite3_column_text(row, 1),
		.time = (const char *)sqlite3_column_text(row, 2),
	};
	const char *archive = (const char *)sqlite3_column_text(row, 3);
	const void *line = sqlite3_column_text(row, 6);
	size_t len = (size_t)sqlite3_column_bytes(row, 6);
	enum mun_status status;
	int guess;

	if (is_plain(search->words) &&
	    !mun_index_name_has(line, len, search->words, &guess))
		return MUN_OK;
	if (archive != NULL)
		mun_index_cite(typed.reference, archive,
		    sqlite3_column_int(row, 5),
		    (uint64_t)sqlite3_column_int64(row, 4), 0);
	mun_buffer_reset(&search->line);
	mun_buffer_append(&search->line, line, len);
	mun_buffer_append_byte(&search->line, '\n');
	MUN_TRY(mun_buffer_status(&search->line, "a statement", err));
	MUN_TRY(mun_statement_parse(
	    &statement, search->line.data, search->line.len, err));
	status = offer_fields(search, &typed, &statement, err);
out:
	mun_statement_clear(&statement);
	return status;
}

enum mun_status
mun_index_find_typed(struct mun_index *index, const char *text, uint64_t limit,
    mun_index_typed_visit *visit, void *ctx, struct mun_error *err)
{
	struct typed_search search = { .words = text,
		.left = limit,
		.visit = visit,
		.ctx = ctx,
		.line = MUN_BUFFER_INIT(MUN_STATEMENT_MAX + 1) };
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code = SQLITE_ROW;

	if (!mun_text_is_utf8(text, strlen(text)))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "the words to find are not UTF-8");
	MUN_TRY(mun_index_prepare(index->db, &row,
	    "SELECT s.seq, e.type, e.time, e.archive, e.document, "
	    "(SELECT width FROM archive WHERE id = e.archive), s.line "
	    "FROM statement s JOIN event e ON e.seq = s.seq ORDER BY s.seq",
	    err));
	while (search.left > 0 && (code = sqlite3_step(row)) == SQLITE_ROW)
		MUN_TRY(offer_statement(&search, row, err));
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		status = mun_index_fail(index->db, "search statements", err);
out:
	sqlite3_finalize(row);
	mun_buffer_free(&search.line);
	return status;
}
