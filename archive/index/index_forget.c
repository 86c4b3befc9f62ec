/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_forget.c - takes out of the index what was taken out of the vault.
 *
 * Rows do not depend on each other, so what is left is what a rebuild gives.
 * SQLite overwrites what it deletes (secure_delete, database.c).
 */
#include <string.h>

#include "base/macros.h"
#include "index/index_internal.h"
#include "manifest/manifest.h"

/* ?1 is an entry's seq; ?2 an archive's id. */
struct forgetting {
	uint64_t seq;
	const char *archive; /* NULL: a statement */
};

static const char *const of_statement[] = {
	"DELETE FROM statement WHERE seq = ?1",
	"DELETE FROM annotation WHERE seq = ?1",
	"UPDATE archive SET case_name = NULL WHERE seq = ?1",
	NULL,
};

#define ITS_SEQ "(SELECT seq FROM archive WHERE id = ?2)"
#define ITS_IDS \
	"BETWEEN (" ITS_SEQ " << 32) AND (" ITS_SEQ " << 32) + 4294967295"

static const char *const of_archive[] = {
	"DELETE FROM document WHERE id " ITS_IDS,
	"DELETE FROM member WHERE id " ITS_IDS,
	"DELETE FROM finding WHERE id " ITS_IDS,
	"DELETE FROM word WHERE id " ITS_IDS,
	"UPDATE archive SET documents = NULL, bytes = NULL, members = NULL, "
	"findings = NULL, width = NULL, sealed_at = NULL, complete = NULL "
	"WHERE id = ?2",
	NULL,
};

static enum mun_status
run_one(sqlite3 *db, const char *sql, const struct forgetting *what,
    struct mun_error *err)
{
	sqlite3_stmt *statement = NULL;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(db, &statement, sql, err));
	if (what->archive == NULL)
		sqlite3_bind_int64(statement, 1, (int64_t)what->seq);
	else
		sqlite3_bind_text(
		    statement, 2, what->archive, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) != SQLITE_DONE)
		status = mun_index_fail(db, "forget what was erased", err);
out:
	sqlite3_finalize(statement);
	return status;
}

static enum mun_status
run_all(sqlite3 *db, struct mun_vault *vault, const void *ctx,
    struct mun_error *err)
{
	const struct forgetting *what = ctx;
	enum mun_status status = MUN_OK;

	(void)vault;
	for (const char *const *sql = what->archive == NULL ? of_statement
							    : of_archive;
	     *sql != NULL; sql++)
		MUN_TRY(run_one(db, *sql, what, err));
out:
	return status;
}

static enum mun_status
look_gone(struct mun_vault *vault, const struct forgetting *what,
    struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	bool has;
	enum mun_status status;

	if (what->archive == NULL)
		mun_statement_name(name, what->seq);
	else
		mun_vault_archive_name(name, what->archive);
	MUN_TRY(mun_store_has(mun_vault_store(vault), name, &has, err));
	if (has)
		status = mun_error_set(err, MUN_ERR_EXISTS,
		    "'%s' is still in the vault, so the index keeps what it "
		    "says of it",
		    name);
out:
	return status;
}

static enum mun_status
forget(struct mun_vault *vault, const void *ctx, struct mun_error *err)
{
	sqlite3 *db = NULL;
	bool has;
	enum mun_status status;

	MUN_TRY(look_gone(vault, ctx, err));
	MUN_TRY(
	    mun_store_has(mun_vault_store(vault), MUN_INDEX_FILE, &has, err));
	if (!has)
		goto out;
	MUN_TRY(mun_index_connect_writer(&db, vault, err));
	MUN_TRY(mun_index_in_transaction(db, vault, run_all, ctx, err));
out:
	sqlite3_close(db);
	return status;
}

enum mun_status
mun_index_forget_statement(
    struct mun_vault *vault, uint64_t seq, struct mun_error *err)
{
	const struct forgetting what = { .seq = seq };

	return mun_index_locked(vault, forget, &what, err);
}

enum mun_status
mun_index_forget_archive(
    struct mun_vault *vault, const char *archive, struct mun_error *err)
{
	const struct forgetting what = { .archive = archive };
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	if (!mun_archive_id_parse(archive, strlen(archive), prefix, &number))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no number of an archive (XPF-0003)", archive);
	return mun_index_locked(vault, forget, &what, err);
}

/* ---- what a rebuild would forget ---- */

/* An update of it was interrupted: whoever may write takes that back first. */
static enum mun_status
losses_of_interrupted(struct mun_vault *vault, mun_index_loss *loss, void *ctx,
    struct mun_error *err)
{
	sqlite3 *db = NULL;
	enum mun_status status = mun_index_connect_writer(&db, vault, err);

	if (status == MUN_OK)
		status = mun_index_losses_of(db, vault, loss, ctx, err);
	sqlite3_close(db);
	return status;
}

enum mun_status
mun_index_losses(struct mun_vault *vault, mun_index_loss *loss, void *ctx,
    struct mun_error *err)
{
	struct mun_error local = MUN_ERROR_INIT;
	struct mun_index *index = NULL;
	enum mun_status status;

	if (err == NULL)
		err = &local;
	status = mun_index_open(&index, vault, err);
	if (status == MUN_OK)
		status = mun_index_losses_of(index->db, vault, loss, ctx, err);
	if (status == MUN_ERR_BUSY)
		status = losses_of_interrupted(vault, loss, ctx, err);
	if (status == MUN_ERR_NOT_FOUND || status == MUN_ERR_FORMAT)
		status = MUN_OK; /* what it had cannot be read from it */
	mun_index_close(index);
	return status;
}
