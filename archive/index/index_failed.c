/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_failed.c - which recorded check of the bytes failed and was followed
 * by none that passed; the rule is docs/format/custody.md's.
 */
#include "index/index_internal.h"

#include "base/macros.h"

/* One of the vault is settled once each archive that it looked at, and it has
 * to be one at least, passed one of its own since; bytes that were destroyed
 * before were not looked at. */
static const char failed[] =
    "WITH last AS (SELECT archive, max(seq) AS seq FROM event "
    "WHERE type = 'fixity-check' GROUP BY archive), "
    "passed AS (SELECT e.archive, e.seq FROM last JOIN event e "
    "ON e.seq = last.seq WHERE e.result = 'passed'), "
    "destroyed AS (SELECT archive, min(seq) AS seq FROM event "
    "WHERE type = 'deaccession' AND bytes = 'destroyed' GROUP BY archive) "
    "SELECT e.archive, e.seq FROM last JOIN event e ON e.seq = last.seq "
    "WHERE e.result = 'failed' AND CASE WHEN e.archive IS NOT NULL THEN "
    "e.archive NOT IN (SELECT archive FROM destroyed) ELSE "
    "(SELECT coalesce(max(a.id NOT IN (SELECT archive FROM passed "
    "WHERE archive IS NOT NULL AND seq > e.seq)), 1) FROM archive a "
    "WHERE a.id NOT IN (SELECT archive FROM destroyed WHERE seq < e.seq)) END "
    "ORDER BY e.seq";

enum mun_status
mun_index_failed_checks(struct mun_index *index,
    mun_index_failed_check_visit *visit, void *ctx, struct mun_error *err)
{
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	MUN_TRY(mun_index_prepare(index->db, &row, failed, err));
	while ((code = sqlite3_step(row)) == SQLITE_ROW)
		MUN_TRY(visit(ctx, (const char *)sqlite3_column_text(row, 0),
		    (uint64_t)sqlite3_column_int64(row, 1), err));
	if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "list checks", err);
out:
	sqlite3_finalize(row);
	return status;
}
