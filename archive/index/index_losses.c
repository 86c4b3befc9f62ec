/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_losses.c - what only the index still has: rows of archives and
 * statements whose file is gone, which a rebuild would forget.
 */
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "index/index_internal.h"

struct asking {
	sqlite3 *db;
	struct mun_vault *vault;
	mun_index_loss *loss;
	void *ctx;
	struct mun_buffer line;
};

/* Of what the log knows (rows of events are held against it elsewhere), and at
 * least one document.  Bytes that were destroyed on purpose are no loss. */
static const char archives[] =
    "SELECT a.seq, a.id FROM archive a "
    "JOIN event e ON e.seq = a.seq AND e.type = 'deposit' AND e.archive = a.id "
    "WHERE EXISTS (SELECT 1 FROM document d "
    "WHERE d.id > a.seq << 32 AND d.id < (a.seq + 1) << 32) "
    "AND NOT EXISTS (SELECT 1 FROM event w WHERE w.archive = a.id AND "
    "w.type = 'deaccession' AND w.bytes = 'destroyed') ORDER BY a.seq";
static const char statements[] =
    "SELECT s.seq, s.line, e.statement_sha256 FROM statement s "
    "JOIN event e ON e.seq = s.seq ORDER BY s.seq";

static enum mun_status
see_archive(struct asking *asking, sqlite3_stmt *row, uint64_t seq,
    struct mun_error *err)
{
	const char *id = (const char *)sqlite3_column_text(row, 1);
	char prefix[MUN_PREFIX_MAX + 1], name[MUN_ARCHIVE_NAME_MAX];
	uint64_t number;
	bool has;
	enum mun_status status;

	if (id == NULL ||
	    !mun_archive_id_parse(id, strlen(id), prefix, &number))
		return MUN_OK;
	mun_vault_archive_name(name, id);
	MUN_TRY(mun_store_has(mun_vault_store(asking->vault), name, &has, err));
	if (!has)
		status = asking->loss(asking->ctx, seq, id, err);
out:
	return status;
}

/* Text that its event did not commit to is none that could be lost. */
static enum mun_status
see_statement(struct asking *asking, sqlite3_stmt *row, uint64_t seq,
    struct mun_error *err)
{
	uint8_t digest[MUN_SHA256_LEN], due[MUN_SHA256_LEN];
	char name[MUN_TILE_NAME_MAX];
	bool has;
	enum mun_status status;

	if (sqlite3_column_bytes(row, 1) >= MUN_STATEMENT_MAX)
		return MUN_OK; /* and no statement is so long */
	mun_statement_name(name, seq);
	MUN_TRY(mun_store_has(mun_vault_store(asking->vault), name, &has, err));
	if (has)
		goto out;
	mun_buffer_reset(&asking->line);
	mun_buffer_append(&asking->line, sqlite3_column_text(row, 1),
	    (size_t)sqlite3_column_bytes(row, 1));
	mun_buffer_append_byte(&asking->line, '\n');
	MUN_TRY(mun_buffer_status(&asking->line, "a statement", err));
	mun_sha256_of(digest, asking->line.data, asking->line.len);
	mun_index_copy_blob(due, sizeof(due), row, 2);
	if (mun_bytes_equal(digest, due, sizeof(due)))
		status = asking->loss(asking->ctx, seq, NULL, err);
out:
	return status;
}

static enum mun_status
see_rows(struct asking *asking, const char *query,
    enum mun_status (*see)(struct asking *asking, sqlite3_stmt *row,
	uint64_t seq, struct mun_error *err),
    struct mun_error *err)
{
	sqlite3_stmt *row = NULL;
	enum mun_status status;
	int code;

	MUN_TRY(mun_index_prepare(asking->db, &row, query, err));
	while ((code = sqlite3_step(row)) == SQLITE_ROW)
		MUN_TRY(see(
		    asking, row, (uint64_t)sqlite3_column_int64(row, 0), err));
	if (code != SQLITE_DONE)
		status =
		    mun_index_fail(asking->db, "look for what is gone", err);
out:
	sqlite3_finalize(row);
	return status;
}

enum mun_status
mun_index_losses_of(sqlite3 *db, struct mun_vault *vault, mun_index_loss *loss,
    void *ctx, struct mun_error *err)
{
	struct asking asking = { .db = db,
		.vault = vault,
		.loss = loss,
		.ctx = ctx,
		.line = MUN_BUFFER_INIT(MUN_STATEMENT_MAX) };
	enum mun_status status;

	MUN_TRY(see_rows(&asking, archives, see_archive, err));
	MUN_TRY(see_rows(&asking, statements, see_statement, err));
out:
	mun_buffer_free(&asking.line);
	return status;
}
