/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_write.c - makes the index and brings it up to the log.
 *
 * One transaction a call: an index is what it was, or all of what is new is in
 * it.  A rebuild is made beside the old index and replaces it in one step.
 */
#include "index/index_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

#define NEW_FILE "." MUN_INDEX_FILE ".tmp"

struct inserter {
	sqlite3 *db;
	sqlite3_stmt *row[MUN_INDEX_TABLES];
};

static enum mun_status
inserter_prepare(struct inserter *inserter, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (unsigned i = 0; i < MUN_INDEX_TABLES; i++) {
		struct mun_buffer sql = MUN_BUFFER_INIT(256);

		mun_buffer_append_format(&sql, "INSERT INTO %s VALUES (?",
		    mun_index_table_forms[i].name);
		for (int c = 1; c < mun_index_table_forms[i].columns; c++)
			mun_buffer_append_text(&sql, ",?");
		mun_buffer_append_text(&sql, ")");
		status = mun_index_prepare(inserter->db, &inserter->row[i],
		    mun_buffer_text(&sql), err);
		mun_buffer_free(&sql);
		if (status != MUN_OK)
			return status;
	}
	return MUN_OK;
}

static void
inserter_end(struct inserter *inserter)
{
	for (unsigned i = 0; i < MUN_INDEX_TABLES; i++)
		sqlite3_finalize(inserter->row[i]);
}

static void
bind(sqlite3_stmt *statement, int column, const struct mun_index_value *value)
{
	switch (value->kind) {
	case MUN_INDEX_INTEGER:
		sqlite3_bind_int64(statement, column, value->integer);
		break;
	case MUN_INDEX_TEXT:
		sqlite3_bind_text64(statement, column, value->bytes, value->len,
		    SQLITE_STATIC, SQLITE_UTF8);
		break;
	case MUN_INDEX_BLOB:
		sqlite3_bind_blob64(
		    statement, column, value->bytes, value->len, SQLITE_STATIC);
		break;
	case MUN_INDEX_NULL:
		sqlite3_bind_null(statement, column);
		break;
	}
}

static enum mun_status
finish_insert(
    struct inserter *inserter, sqlite3_stmt *statement, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (sqlite3_step(statement) != SQLITE_DONE)
		status = mun_index_fail(inserter->db, "insert a row", err);
	sqlite3_reset(statement);
	return status;
}

static enum mun_status
insert_row(void *ctx, enum mun_index_table table,
    const struct mun_index_value *values, struct mun_error *err)
{
	struct inserter *inserter = ctx;
	sqlite3_stmt *statement = inserter->row[table];

	for (int i = 0; i < mun_index_table_forms[table].columns; i++)
		bind(statement, i + 1, &values[i]);
	return finish_insert(inserter, statement, err);
}

/* Insert what the log has and the index has not; inside a transaction. */
static enum mun_status
insert_new(sqlite3 *db, struct mun_vault *vault, const void *ctx,
    struct mun_error *err)
{
	struct inserter inserter = { .db = db };
	const struct mun_index_sink sink = { .ctx = &inserter,
		.row = insert_row };
	struct mun_log *log = NULL;
	struct mun_hash root;
	uint64_t size;
	enum mun_status status;

	(void)ctx;
	MUN_TRY(mun_log_open(&log, mun_vault_store(vault), err));
	MUN_TRY(mun_index_read_head(db, &size, &root, err));
	MUN_TRY(mun_index_is_of(log, size, &root, err));
	if (size == mun_log_checkpoint(log)->size)
		goto out;
	MUN_TRY(mun_index_run(db, "DELETE FROM checkpoint", err));
	MUN_TRY(inserter_prepare(&inserter, err));
	MUN_TRY(mun_index_tell(
	    vault, log, size, mun_log_checkpoint(log)->size, &sink, err));
out:
	inserter_end(&inserter);
	mun_log_close(log);
	return status;
}

enum mun_status
mun_index_in_transaction(sqlite3 *db, struct mun_vault *vault,
    mun_index_change *change, const void *ctx, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_index_run(db, "BEGIN IMMEDIATE", err));
	status = change(db, vault, ctx, err);
	if (status == MUN_OK)
		status = mun_index_run(db, "COMMIT", err);
	if (status != MUN_OK)
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
out:
	return status;
}

/* Refuse to write into a database that is not ours. */
static enum mun_status
check_marks(sqlite3 *db, struct mun_error *err)
{
	int64_t application, version;
	enum mun_status status;

	MUN_TRY(
	    mun_index_number(db, "PRAGMA application_id", &application, err));
	MUN_TRY(mun_index_number(db, "PRAGMA user_version", &version, err));
	if (application != MUN_INDEX_APPLICATION_ID ||
	    version != MUN_INDEX_VERSION)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "index: '%s' is not an index of this version; run "
		    "'muniment index rebuild'",
		    MUN_INDEX_FILE);
out:
	return status;
}

/* Nobody reads this file until it is whole, synced and renamed (replace): a
 * journal on disk and a sync for every table would protect nothing. */
static enum mun_status
create(sqlite3 *db, struct mun_error *err)
{
	struct mun_buffer marks = MUN_BUFFER_INIT(256);
	enum mun_status status;

	mun_buffer_append_format(&marks,
	    "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
	    "BEGIN; PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    MUN_INDEX_APPLICATION_ID, MUN_INDEX_VERSION);
	MUN_TRY(mun_index_run(db, mun_buffer_text(&marks), err));
	MUN_TRY(mun_index_run(db, mun_index_schema, err));
	MUN_TRY(mun_index_run(db, "COMMIT", err));
out:
	mun_buffer_free(&marks);
	return status;
}

/* Put the finished file in the index's place; durable. */
static enum mun_status
replace(struct mun_vault *vault, struct mun_error *err)
{
	int folder = mun_store_fd(mun_vault_store(vault));
	enum mun_status status;
	int fd = openat(folder, NEW_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fchmod(fd, 0600) != 0 || fsync(fd) != 0) {
		status =
		    mun_error_system(err, errno, "index: write '%s'", NEW_FILE);
		goto out;
	}
	/* What a dead writer left would be rolled back into the new file. */
	if (unlinkat(folder, MUN_INDEX_FILE "-journal", 0) != 0 &&
	    errno != ENOENT) {
		status = mun_error_system(
		    err, errno, "index: remove its old journal");
		goto out;
	}
	if (renameat(folder, NEW_FILE, folder, MUN_INDEX_FILE) != 0) {
		status = mun_error_system(
		    err, errno, "index: put '%s'", MUN_INDEX_FILE);
		goto out;
	}
	status = mun_file_sync_parent(folder, MUN_INDEX_FILE, err);
out:
	mun_file_close(&fd);
	return status;
}

static void
discard_new(struct mun_vault *vault)
{
	int folder = mun_store_fd(mun_vault_store(vault));

	(void)unlinkat(folder, NEW_FILE, 0);
	(void)unlinkat(folder, NEW_FILE "-journal", 0);
}

/* One writer of the index at a time, and none that another's recovery takes
 * for dead: both work under the vault's lock. */
enum {
	LOCK_WAIT_S = 600
};

static enum mun_status
rebuild(struct mun_vault *vault, struct mun_error *err)
{
	sqlite3 *db = NULL;
	enum mun_status status;

	/* SQLite says of that only that it cannot open a file */
	if (faccessat(mun_store_fd(mun_vault_store(vault)), ".", W_OK, 0) != 0)
		return mun_error_system(
		    err, errno, "index: the vault cannot be written");
	discard_new(vault);
	MUN_TRY(mun_index_connect(&db, vault, NEW_FILE,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err));
	MUN_TRY(create(db, err));
	MUN_TRY(mun_index_in_transaction(db, vault, insert_new, NULL, err));
	sqlite3_close(db);
	db = NULL;
	MUN_TRY(replace(vault, err));
out:
	sqlite3_close(db);
	if (status != MUN_OK)
		discard_new(vault);
	return status;
}

enum mun_status
mun_index_connect_writer(
    sqlite3 **db, struct mun_vault *vault, struct mun_error *err)
{
	sqlite3 *opened = NULL;
	enum mun_status status;

	MUN_TRY(mun_index_connect(
	    &opened, vault, MUN_INDEX_FILE, SQLITE_OPEN_READWRITE, err));
	MUN_TRY(check_marks(opened, err));
	*db = opened;
	opened = NULL;
out:
	sqlite3_close(opened);
	return status;
}

static enum mun_status
catch_up(struct mun_vault *vault, struct mun_error *err)
{
	sqlite3 *db = NULL;
	bool has;
	enum mun_status status;

	MUN_TRY(
	    mun_store_has(mun_vault_store(vault), MUN_INDEX_FILE, &has, err));
	if (!has) {
		status = rebuild(vault, err);
		goto out;
	}
	MUN_TRY(mun_index_connect_writer(&db, vault, err));
	MUN_TRY(mun_index_in_transaction(db, vault, insert_new, NULL, err));
out:
	sqlite3_close(db);
	return status;
}

/* What to do under it. */
struct work {
	enum mun_status (*run)(struct mun_vault *vault, struct mun_error *err);
};

static enum mun_status
run_work(struct mun_vault *vault, const void *ctx, struct mun_error *err)
{
	return ((const struct work *)ctx)->run(vault, err);
}

enum mun_status
mun_index_locked(struct mun_vault *vault, mun_index_work *work, const void *ctx,
    struct mun_error *err)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	enum mun_status status;

	MUN_TRY(
	    mun_store_lock(mun_vault_store(vault), &lock, LOCK_WAIT_S, err));
	status = work(vault, ctx, err);
out:
	mun_store_unlock(&lock);
	return status;
}

enum mun_status
mun_index_rebuild(struct mun_vault *vault, struct mun_error *err)
{
	return mun_index_locked(
	    vault, run_work, &(struct work){ rebuild }, err);
}

enum mun_status
mun_index_catch_up(struct mun_vault *vault, struct mun_error *err)
{
	return mun_index_locked(
	    vault, run_work, &(struct work){ catch_up }, err);
}
