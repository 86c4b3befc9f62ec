/* SPDX-License-Identifier: BSD-2-Clause */
/* index_findings.c - what was noteworthy about a deposit, from the index. */
#include "index/index_internal.h"

#include <stdio.h>

#include "base/macros.h"

static void
finding_subject(char *out, size_t size, sqlite3_stmt *row)
{
	int width = sqlite3_column_int(row, 1);

	out[0] = '\0';
	if (sqlite3_column_type(row, 3) == SQLITE_NULL)
		return;
	if (width < 0 || width > 20)
		width = 0;
	if (sqlite3_column_type(row, 4) == SQLITE_NULL)
		snprintf(out, size, "%s-%0*lld", sqlite3_column_text(row, 0),
		    width, (long long)sqlite3_column_int64(row, 3));
	else
		snprintf(out, size, "%s-%0*lld.m%04lld",
		    sqlite3_column_text(row, 0), width,
		    (long long)sqlite3_column_int64(row, 3),
		    (long long)sqlite3_column_int64(row, 4));
}

enum mun_status
mun_index_findings(struct mun_index *index, const char *archive,
    mun_index_finding_visit *visit, void *ctx, struct mun_error *err)
{
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	MUN_TRY(mun_index_prepare(index->db, &row,
	    "SELECT a.id, a.width, f.rule, f.document, f.member, f.path, "
	    "f.detail FROM finding f JOIN archive a ON a.seq = f.archive "
	    "WHERE a.id = ? ORDER BY f.id",
	    err));
	sqlite3_bind_text(row, 1, archive, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		char subject[80];

		finding_subject(subject, sizeof(subject), row);
		MUN_TRY(visit(ctx, (const char *)sqlite3_column_text(row, 2),
		    subject, sqlite3_column_blob(row, 5),
		    (size_t)sqlite3_column_bytes(row, 5),
		    (const char *)sqlite3_column_text(row, 6), err));
	}
	if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "read findings", err);
out:
	sqlite3_finalize(row);
	return status;
}
