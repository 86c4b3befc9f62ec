/* SPDX-License-Identifier: BSD-2-Clause */
/* index_custody.c - which entries custody has to be replayed from. */
#include "index/index_internal.h"

#include "base/macros.h"

enum mun_status
mun_index_custody_seqs(struct mun_index *index, const char *archive,
    mun_index_seq_visit *visit, void *ctx, struct mun_error *err)
{
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	/* three lists that are found by an index each */
	MUN_TRY(mun_index_prepare(index->db, &row,
	    "SELECT seq FROM event WHERE type IN ('vault-created', "
	    "'actor-enrolled', 'actor-revoked', 'key-rotated', "
	    "'policy-changed') "
	    "UNION SELECT seq FROM event WHERE type IN ('fixity-check', "
	    "'migration', 'time-stamp') AND archive IS NULL "
	    "UNION SELECT seq FROM event WHERE archive = ?1 ORDER BY seq",
	    err));
	if (archive != NULL)
		sqlite3_bind_text(row, 1, archive, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(row)) == SQLITE_ROW)
		MUN_TRY(
		    visit(ctx, (uint64_t)sqlite3_column_int64(row, 0), err));
	if (code != SQLITE_DONE)
		status = mun_index_fail(index->db, "list entries", err);
out:
	sqlite3_finalize(row);
	return status;
}
