/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * database.c - the connection to SQLite, which trusts no schema it finds.
 */
#include "index/index_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/macros.h"

enum mun_status
mun_index_fail(sqlite3 *db, const char *doing, struct mun_error *err)
{
	int code = sqlite3_extended_errcode(db);
	enum mun_status status = MUN_ERR_SYSTEM;

	/* only who may write can end it */
	if (code == SQLITE_READONLY_ROLLBACK)
		return mun_error_foreign(err, MUN_ERR_BUSY, MUN_DOMAIN_SQLITE,
		    code,
		    "index: an update of it was interrupted; 'muniment index "
		    "rebuild' makes it anew, and the next deposit mends it");
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_FORMAT:
	case SQLITE_AUTH:
	case SQLITE_INTERRUPT:
		status = MUN_ERR_FORMAT;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		status = MUN_ERR_BUSY;
		break;
	case SQLITE_NOMEM:
		status = MUN_ERR_NOMEM;
		break;
	default:
		break;
	}
	return mun_error_foreign(err, status, MUN_DOMAIN_SQLITE, code,
	    "index: %s: %s", doing, sqlite3_errmsg(db));
}

enum mun_status
mun_index_run(sqlite3 *db, const char *sql, struct mun_error *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return mun_index_fail(db, "run a statement", err);
	return MUN_OK;
}

enum mun_status
mun_index_prepare(sqlite3 *db, sqlite3_stmt **statement, const char *sql,
    struct mun_error *err)
{
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
		statement, NULL) != SQLITE_OK)
		return mun_index_fail(db, "prepare a statement", err);
	return MUN_OK;
}

/* Far more steps than SQLite takes to read our schema. */
enum {
	SCHEMA_STEPS = 100000,
	VALUE_MAX = 1 << 26 /* bytes; the longest of ours has some 8 MiB */
};

static enum mun_status
refuse_file(const char *name, const char *why, struct mun_error *err)
{
	return mun_error_foreign(err, MUN_ERR_FORMAT, MUN_DOMAIN_SQLITE,
	    SQLITE_NOTADB, "index: '%s' %s", name, why);
}

/* SQLite opens what lies beside a database without looking: a FIFO would hold
 * it for ever, and a write-ahead log makes even a reader write. */
static enum mun_status
look_beside(int folder, const char *file, struct mun_error *err)
{
	static const struct {
		const char *suffix;
		bool may_be;
	} beside[] = { { "-journal", true }, { "-wal", false },
		{ "-shm", false } };
	char name[MUN_NAME_MAX + 16];
	struct stat found;

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", file, beside[i].suffix);
		if (fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
			if (errno == ENOENT)
				continue;
			return mun_error_system(
			    err, errno, "examine '%s'", name);
		}
		if (!beside[i].may_be || !S_ISREG(found.st_mode))
			return refuse_file(name, "has no place there", err);
	}
	return MUN_OK;
}

/* Whether SQLite may be let at the file: a plain one, which is new or says in
 * its header (offsets 18 and 19) that it has no write-ahead log. */
static enum mun_status
look_at_file(int folder, const char *file, int flags, struct mun_error *err)
{
	uint8_t header[20];
	uint64_t size;
	size_t got;
	int fd = -1;
	enum mun_status status;

	MUN_TRY(look_beside(folder, file, err));
	status = mun_file_open_regular(folder, file, &fd, &size, err);
	if (status == MUN_ERR_NOT_FOUND && (flags & SQLITE_OPEN_CREATE) != 0)
		return MUN_OK;
	if (status == MUN_ERR_FORMAT)
		return refuse_file(file, "is not a plain file", err);
	if (status != MUN_OK)
		return status;
	MUN_TRY(mun_file_read_at(fd, header, sizeof(header), 0, &got, err));
	if (got < sizeof(header))
		status = refuse_file(file, "is too short for a database", err);
	else if (header[18] != 1 || header[19] != 1)
		status = refuse_file(file, "wants a write-ahead log", err);
out:
	mun_file_close(&fd);
	return status;
}

/* SQLite reads the schema row by row and stops at no wrong one; pages that
 * name each other can make that endless. */
static int
out_of_patience(void *ctx)
{
	(void)ctx;
	return 1;
}

/* The file's path for SQLite, which follows no link anywhere in one: those on
 * the way to the vault are the person's, and followed here; the file itself is
 * let be what it is. */
static enum mun_status
append_path(struct mun_buffer *path, struct mun_vault *vault, const char *file,
    struct mun_error *err)
{
	struct mun_vault_info info;
	enum mun_status status;

	mun_vault_get_info(vault, &info);
	MUN_TRY(mun_file_resolve(info.path, path, err));
	mun_buffer_append_byte(path, '/');
	mun_buffer_append_text(path, file);
	status = mun_buffer_status(path, "the index's path", err);
out:
	return status;
}

enum mun_status
mun_index_connect(sqlite3 **out, struct mun_vault *vault, const char *file,
    int flags, struct mun_error *err)
{
	struct mun_buffer path = MUN_BUFFER_INIT(MUN_PATH_MAX);
	sqlite3 *db = NULL;
	enum mun_status status;

	if (vault == NULL) {
		mun_buffer_append_text(&path, ":memory:");
	} else {
		MUN_TRY(look_at_file(
		    mun_store_fd(mun_vault_store(vault)), file, flags, err));
		MUN_TRY(append_path(&path, vault, file, err));
	}
	if (sqlite3_open_v2(mun_buffer_text(&path), &db,
		flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE,
		NULL) != SQLITE_OK) {
		status = mun_index_fail(db, "open", err);
		goto out;
	}
	sqlite3_extended_result_codes(db, 1);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_busy_timeout(db, 10000);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_progress_handler(db, SCHEMA_STEPS, out_of_patience, NULL);
	/* EXTRA: else a power cut brings back a journal that was removed, and
	 * with it the index of before an acknowledged deposit. */
	MUN_TRY(mun_index_run(db,
	    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0; PRAGMA secure_delete = ON;"
	    "PRAGMA synchronous = EXTRA;",
	    err));
	MUN_TRY(mun_index_run(db, "SELECT count(*) FROM sqlite_schema", err));
	sqlite3_progress_handler(db, 0, NULL, NULL);
	*out = db;
	db = NULL;
out:
	sqlite3_close(db);
	mun_buffer_free(&path);
	return status;
}

enum mun_status
mun_index_number(
    sqlite3 *db, const char *sql, int64_t *number, struct mun_error *err)
{
	sqlite3_stmt *statement = NULL;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(db, &statement, sql, err));
	if (sqlite3_step(statement) != SQLITE_ROW)
		status = mun_index_fail(db, "read a number", err);
	else
		*number = sqlite3_column_int64(statement, 0);
out:
	sqlite3_finalize(statement);
	return status;
}

enum mun_status
mun_index_read_head(
    sqlite3 *db, uint64_t *size, struct mun_hash *root, struct mun_error *err)
{
	struct mun_merkle_frontier empty = MUN_MERKLE_FRONTIER_INIT;
	sqlite3_stmt *statement = NULL;
	enum mun_status status;
	int step;

	*size = 0;
	mun_merkle_root(&empty, root);
	MUN_TRY(mun_index_prepare(db, &statement,
	    "SELECT size, root FROM checkpoint ORDER BY size DESC LIMIT 1",
	    err));
	step = sqlite3_step(statement);
	if (step == SQLITE_ROW) {
		const void *bytes = sqlite3_column_blob(statement, 1);

		if (sqlite3_column_bytes(statement, 1) != MUN_SHA256_LEN ||
		    sqlite3_column_int64(statement, 0) < 0) {
			status = mun_error_set(err, MUN_ERR_FORMAT,
			    "index: its checkpoint is malformed");
			goto out;
		}
		*size = (uint64_t)sqlite3_column_int64(statement, 0);
		memcpy(root->bytes, bytes, MUN_SHA256_LEN);
	} else if (step != SQLITE_DONE) {
		status = mun_index_fail(db, "read its checkpoint", err);
	}
out:
	sqlite3_finalize(statement);
	return status;
}

enum mun_status
mun_index_is_of(struct mun_log *log, uint64_t size, const struct mun_hash *root,
    struct mun_error *err)
{
	struct mun_merkle_source source = mun_log_source(log);
	struct mun_hash now;
	enum mun_status status;

	if (size == 0)
		return MUN_OK;
	if (size > mun_log_checkpoint(log)->size)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "index.ahead: the index was built from %llu log entries "
		    "and the log has only %llu: the log was rolled back; "
		    "restore it, or look into it before 'muniment index "
		    "rebuild'",
		    (unsigned long long)size,
		    (unsigned long long)mun_log_checkpoint(log)->size);
	MUN_TRY(mun_merkle_root_of(&source, &now, size, err));
	if (memcmp(now.bytes, root->bytes, MUN_SHA256_LEN) != 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "index.ahead: the index was built from another log than "
		    "the one that is here; look into it before 'muniment "
		    "index rebuild'");
out:
	return status;
}

void
mun_index_copy_blob(uint8_t *out, size_t len, sqlite3_stmt *row, int column)
{
	memset(out, 0, len);
	if ((size_t)sqlite3_column_bytes(row, column) == len)
		memcpy(out, sqlite3_column_blob(row, column), len);
}
