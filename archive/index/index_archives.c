/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_archives.c - archives: as deposited, of which case, withdrawn or not.
 *
 * A case is what the deposit's statement says, and what the latest annotation
 * of the whole archive says: either finds it.
 */
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "index/index_internal.h"

/* The latest `case` annotated to the whole archive a. */
#define LATEST_CASE                                                     \
	"(SELECT n.value FROM annotation n WHERE n.archive = a.id AND " \
	"n.document IS NULL AND n.key = 'case' ORDER BY n.id DESC LIMIT 1)"
/* A column of the withdrawal of a that says most: destroyed, then the last. */
#define WITHDRAWAL(column)                                           \
	"(SELECT w." column " FROM event w WHERE w.archive = a.id "  \
	"AND w.type = 'deaccession' ORDER BY w.bytes = 'destroyed' " \
	"DESC, w.seq DESC LIMIT 1)"

const char mun_index_of_case[] =
    "SELECT a.id FROM archive a WHERE a.case_name = ?1 OR " LATEST_CASE " = ?1";

static struct mun_index_archive
read_row(sqlite3_stmt *row)
{
	struct mun_index_archive archive = {
		.id = (const char *)sqlite3_column_text(row, 0),
		.documents = (uint64_t)sqlite3_column_int64(row, 1),
		.bytes = (uint64_t)sqlite3_column_int64(row, 2),
		.members = (uint64_t)sqlite3_column_int64(row, 3),
		.findings = (uint64_t)sqlite3_column_int64(row, 4),
		.log_index = (uint64_t)sqlite3_column_int64(row, 5),
		.sealed_at = (const char *)sqlite3_column_text(row, 6),
		.deposited_at = (const char *)sqlite3_column_text(row, 7),
		.actor_name = (const char *)sqlite3_column_text(row, 8),
		.complete = sqlite3_column_int(row, 9) != 0,
		.indexed = sqlite3_column_int(row, 10) != 0,
		.case_name = (const char *)sqlite3_column_text(row, 11),
		.deposit_case = (const char *)sqlite3_column_text(row, 13),
		.withdrawn = (const char *)sqlite3_column_text(row, 14),
		.withdrawn_seq = (uint64_t)sqlite3_column_int64(row, 15),
	};

	mun_index_copy_blob(archive.sha256, sizeof(archive.sha256), row, 12);
	return archive;
}

/* Files go without the index hearing of it. */
static bool
is_present(
    const struct mun_index *index, const struct mun_index_archive *archive)
{
	char prefix[MUN_PREFIX_MAX + 1], name[MUN_ARCHIVE_NAME_MAX];
	uint64_t number;
	bool has = false;

	if (!mun_archive_id_parse(
		archive->id, strlen(archive->id), prefix, &number))
		return false;
	mun_vault_archive_name(name, archive->id);
	return mun_store_has(mun_vault_store(index->vault), name, &has, NULL) ==
		MUN_OK
	    ? has
	    : archive->indexed;
}

enum mun_status
mun_index_visit_archives(struct mun_index *index, const char *where,
    const char *value, mun_index_archive_visit *visit, void *ctx,
    uint64_t *count, struct mun_error *err)
{
	struct mun_buffer sql = MUN_BUFFER_INIT(4096);
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	mun_buffer_append_format(&sql,
	    "SELECT a.id, coalesce(a.documents, 0), coalesce(a.bytes, 0), "
	    "coalesce(a.members, 0), coalesce(a.findings, 0), a.seq, "
	    "coalesce(a.sealed_at, ''), e.time, " MUN_INDEX_NAME_OF(
		"e.actor") ", coalesce(a.complete, 1), a.documents IS NOT "
			   "NULL, coalesce(" LATEST_CASE
			   ", a.case_name), a.sha256, a.case_name, " WITHDRAWAL(
			       "bytes") ", " WITHDRAWAL("seq") " FROM archive "
							       "a JOIN event e "
							       "ON e.seq = "
							       "a.seq %s ORDER "
							       "BY a.seq",
	    where);
	MUN_TRY(mun_buffer_status(&sql, "a query", err));
	MUN_TRY(mun_index_prepare(index->db, &row, mun_buffer_text(&sql), err));
	if (value != NULL)
		sqlite3_bind_text(row, 1, value, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		struct mun_index_archive archive = read_row(row);

		archive.present = is_present(index, &archive);
		(*count)++;
		MUN_TRY(visit(ctx, &archive, err));
	}
	if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "list archives", err);
out:
	sqlite3_finalize(row);
	mun_buffer_free(&sql);
	return status;
}

enum mun_status
mun_index_archives(struct mun_index *index, const char *case_name,
    mun_index_archive_visit *visit, void *ctx, struct mun_error *err)
{
	struct mun_buffer where = MUN_BUFFER_INIT(1024);
	uint64_t count = 0;
	enum mun_status status;

	if (case_name != NULL)
		mun_buffer_append_format(
		    &where, "WHERE a.id IN (%s)", mun_index_of_case);
	MUN_TRY(mun_buffer_status(&where, "a query", err));
	status = mun_index_visit_archives(
	    index, mun_buffer_text(&where), case_name, visit, ctx, &count, err);
out:
	mun_buffer_free(&where);
	return status;
}

/* Asked for each of many events, so the question is kept. */
static enum mun_status
read_width(struct mun_index *index, const char *archive, int *width,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	int code;

	*width = 0;
	if (index->width_of == NULL)
		MUN_TRY(mun_index_prepare(index->db, &index->width_of,
		    "SELECT width FROM archive WHERE id = ?", err));
	sqlite3_bind_text(index->width_of, 1, archive, -1, SQLITE_STATIC);
	code = sqlite3_step(index->width_of);
	if (code == SQLITE_ROW)
		*width = sqlite3_column_int(index->width_of, 0);
	else if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "read an archive", err);
	(void)sqlite3_reset(index->width_of);
	(void)sqlite3_clear_bindings(index->width_of);
out:
	return status;
}

enum mun_status
mun_index_cite_document(struct mun_index *index, const char *archive,
    uint64_t document, char out[MUN_INDEX_CITED], struct mun_error *err)
{
	enum mun_status status;
	int width;

	MUN_TRY(read_width(index, archive, &width, err));
	mun_index_cite(out, archive, width, document, 0);
out:
	return status;
}
