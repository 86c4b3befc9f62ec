/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_check.c - compares every row of an index with what the files say.
 *
 * Rows are told in the order of their primary keys, so each table is walked
 * once, side by side with what is due: a row too many, too few or different
 * is named.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "index/index_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encoding.h"
#include "base/macros.h"

enum {
	DETAIL_MAX = 200
};

struct walker {
	sqlite3_stmt *statement;
	bool started, ended;
	int64_t told; /* rows due so far */
};

/* Entries of which the index has what no file says any more, rising. */
struct lost {
	uint64_t *seqs;
	size_t count, capacity;
};

struct checker {
	sqlite3 *db;
	struct lost archives, statements;
	mun_index_problem *problem;
	void *ctx;
	uint8_t log_key[32]; /* by what the events so far say */
	struct walker walker[MUN_INDEX_TABLES];
};

static enum mun_status
tell(struct checker *checker, const char *rule, const char *subject,
    const char *detail, struct mun_error *err)
{
	return checker->problem(checker->ctx, rule, subject, detail, err);
}

/* ---- tables ---- */

static enum mun_status
walker_open(
    struct checker *checker, enum mun_index_table table, struct mun_error *err)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1",
	    mun_index_table_forms[table].name);
	return mun_index_prepare(
	    checker->db, &checker->walker[table].statement, sql, err);
}

static enum mun_status
walker_step(
    struct checker *checker, enum mun_index_table table, struct mun_error *err)
{
	struct walker *walker = &checker->walker[table];
	int code;

	if (walker->ended)
		return MUN_OK;
	walker->started = true;
	code = sqlite3_step(walker->statement);
	if (code == SQLITE_ROW)
		return MUN_OK;
	walker->ended = true;
	if (code == SQLITE_DONE)
		return MUN_OK;
	return mun_index_fail(
	    checker->db, mun_index_table_forms[table].name, err);
}

static int
compare_seqs(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

static bool
has_lost(const struct lost *lost, int64_t key, unsigned bits)
{
	uint64_t seq = (uint64_t)key >> bits;

	return lost->count > 0 &&
	    bsearch(&seq, lost->seqs, lost->count, sizeof(seq), compare_seqs) !=
	    NULL;
}

/* Whether a row is of what no file says any more: nothing tells whether it is
 * right, and that there are such rows is told once. */
static bool
is_beyond_files(
    const struct checker *checker, enum mun_index_table table, int64_t key)
{
	switch (table) {
	case MUN_INDEX_ARCHIVE:
		return has_lost(&checker->archives, key, 0) ||
		    has_lost(&checker->statements, key, 0);
	case MUN_INDEX_DOCUMENT:
	case MUN_INDEX_MEMBER:
	case MUN_INDEX_FINDING:
	case MUN_INDEX_WORD:
		return has_lost(&checker->archives, key, 32);
	case MUN_INDEX_STATEMENT:
		return has_lost(&checker->statements, key, 0);
	case MUN_INDEX_ANNOTATION:
		return has_lost(&checker->statements, key, 5);
	case MUN_INDEX_EVENT:
	case MUN_INDEX_ACTOR:
	case MUN_INDEX_TIME_STAMP:
	case MUN_INDEX_CHECKPOINT:
	case MUN_INDEX_TABLES:
		break;
	}
	return false;
}

static enum mun_status
tell_row(struct checker *checker, enum mun_index_table table, int64_t key,
    const char *rule, const char *detail, struct mun_error *err)
{
	char subject[96];

	if (is_beyond_files(checker, table, key))
		return MUN_OK;
	snprintf(subject, sizeof(subject), "index: table %s, row %lld",
	    mun_index_table_forms[table].name, (long long)key);
	return tell(checker, rule, subject, detail, err);
}

static bool
column_differs(
    sqlite3_stmt *statement, int column, const struct mun_index_value *due)
{
	static const int types[] = { [MUN_INDEX_NULL] = SQLITE_NULL,
		[MUN_INDEX_INTEGER] = SQLITE_INTEGER,
		[MUN_INDEX_TEXT] = SQLITE_TEXT,
		[MUN_INDEX_BLOB] = SQLITE_BLOB };
	const void *bytes;
	size_t len;

	if (sqlite3_column_type(statement, column) != types[due->kind])
		return true;
	if (due->kind == MUN_INDEX_NULL)
		return false;
	if (due->kind == MUN_INDEX_INTEGER)
		return sqlite3_column_int64(statement, column) != due->integer;
	bytes = due->kind == MUN_INDEX_TEXT
	    ? (const void *)sqlite3_column_text(statement, column)
	    : sqlite3_column_blob(statement, column);
	len = (size_t)sqlite3_column_bytes(statement, column);
	return len != due->len ||
	    (len > 0 && memcmp(bytes, due->bytes, len) != 0);
}

static enum mun_status
compare_columns(struct checker *checker, enum mun_index_table table,
    const struct mun_index_value *values, struct mun_error *err)
{
	const struct mun_index_table_form *form = &mun_index_table_forms[table];
	sqlite3_stmt *statement = checker->walker[table].statement;

	for (int i = 0; i < form->columns; i++) {
		char detail[DETAIL_MAX];
		enum mun_status status;

		if (!column_differs(statement, i, &values[i]))
			continue;
		snprintf(detail, sizeof(detail),
		    "column %s is not what the files say",
		    sqlite3_column_name(statement, i));
		status = tell_row(
		    checker, table, values[0].integer, form->rule, detail, err);
		if (status != MUN_OK)
			return status;
	}
	return MUN_OK;
}

/* The key that signs heads from here on; who may say so is judged elsewhere. */
static void
note_log_key(struct checker *checker, const struct mun_index_value *value)
{
	if (value->kind == MUN_INDEX_BLOB &&
	    value->len == sizeof(checker->log_key))
		memcpy(
		    checker->log_key, value->bytes, sizeof(checker->log_key));
}

static enum mun_status
check_row(void *ctx, enum mun_index_table table,
    const struct mun_index_value *values, struct mun_error *err)
{
	struct checker *checker = ctx;
	struct walker *walker = &checker->walker[table];
	int64_t due = values[0].integer;
	enum mun_status status = MUN_OK;

	if (table == MUN_INDEX_EVENT)
		note_log_key(checker, &values[MUN_INDEX_EVENT_LOG_KEY]);
	if (!walker->started)
		MUN_TRY(walker_step(checker, table, err));
	while (!walker->ended &&
	    sqlite3_column_int64(walker->statement, 0) < due) {
		MUN_TRY(tell_row(checker, table,
		    sqlite3_column_int64(walker->statement, 0), "index.extra",
		    "the files know no such row", err));
		MUN_TRY(walker_step(checker, table, err));
	}
	if (walker->ended || sqlite3_column_int64(walker->statement, 0) > due)
		return tell_row(checker, table, due,
		    mun_index_table_forms[table].rule, "the row is missing",
		    err);
	MUN_TRY(compare_columns(checker, table, values, err));
	MUN_TRY(walker_step(checker, table, err));
out:
	return status;
}

static enum mun_status
check_rest(
    struct checker *checker, enum mun_index_table table, struct mun_error *err)
{
	struct walker *walker = &checker->walker[table];
	enum mun_status status = MUN_OK;

	if (!walker->started)
		MUN_TRY(walker_step(checker, table, err));
	while (!walker->ended) {
		MUN_TRY(tell_row(checker, table,
		    sqlite3_column_int64(walker->statement, 0), "index.extra",
		    "the files know no such row", err));
		MUN_TRY(walker_step(checker, table, err));
	}
out:
	return status;
}

/* ---- schema and marks ---- */

static enum mun_status
schema_text(sqlite3 *db, struct mun_buffer *out, struct mun_error *err)
{
	sqlite3_stmt *statement = NULL;
	int code;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(db, &statement,
	    "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema "
	    "ORDER BY 1, 2, 3",
	    err));
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		for (int i = 0; i < 4; i++) {
			mun_buffer_append(out,
			    sqlite3_column_text(statement, i),
			    (size_t)sqlite3_column_bytes(statement, i));
			mun_buffer_append_byte(out, '\0');
		}
	if (code != SQLITE_DONE)
		status = mun_index_fail(db, "read its schema", err);
	else
		status = mun_buffer_status(out, "the schema", err);
out:
	sqlite3_finalize(statement);
	return status;
}

/* The schema has to be, text for text, the one a new index gets. */
static enum mun_status
check_schema(struct checker *checker, struct mun_error *err)
{
	struct mun_buffer found = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer due = MUN_BUFFER_INIT(1 << 20);
	sqlite3 *fresh = NULL;
	int64_t application, version;
	enum mun_status status;

	MUN_TRY(mun_index_connect(&fresh, NULL, NULL,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err));
	MUN_TRY(mun_index_run(fresh, mun_index_schema, err));
	MUN_TRY(schema_text(fresh, &due, err));
	MUN_TRY(schema_text(checker->db, &found, err));
	MUN_TRY(mun_index_number(
	    checker->db, "PRAGMA application_id", &application, err));
	MUN_TRY(mun_index_number(
	    checker->db, "PRAGMA user_version", &version, err));
	if (application != MUN_INDEX_APPLICATION_ID ||
	    version != MUN_INDEX_VERSION || found.len != due.len ||
	    memcmp(found.data, due.data, due.len) != 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "index: its tables are not those of an index");
out:
	sqlite3_close(fresh);
	mun_buffer_free(&found);
	mun_buffer_free(&due);
	return status;
}

/* ---- flow ---- */

/* The B-trees and their secondary indexes, which ORDER BY 1 passes by.  Before
 * any row is read: pages that name each other could make a walk endless. */
static enum mun_status
check_pages(struct checker *checker, bool *sound, struct mun_error *err)
{
	sqlite3_stmt *statement = NULL;
	const char *said;
	enum mun_status status;

	*sound = false;
	MUN_TRY(mun_index_prepare(
	    checker->db, &statement, "PRAGMA integrity_check(1)", err));
	if (sqlite3_step(statement) != SQLITE_ROW) {
		status = mun_index_fail(checker->db, "check its pages", err);
		goto out;
	}
	said = (const char *)sqlite3_column_text(statement, 0);
	*sound = said != NULL && strcmp(said, "ok") == 0;
	if (!*sound)
		status = tell(checker, "index.damaged", MUN_INDEX_FILE,
		    said == NULL ? "" : said, err);
out:
	sqlite3_finalize(statement);
	return status;
}

/* An index that is behind holds an older checkpoint than the log: that has to
 * be one of this log's key, of its own size and root (which the caller holds
 * against the log). */
static enum mun_status
check_old_note(struct checker *checker, struct mun_log *log, uint64_t size,
    struct mun_error *err)
{
	struct walker *walker = &checker->walker[MUN_INDEX_CHECKPOINT];
	const struct mun_checkpoint *head = mun_log_checkpoint(log);
	struct mun_checkpoint old;
	const void *note;
	bool good;
	enum mun_status status;

	MUN_TRY(walker_step(checker, MUN_INDEX_CHECKPOINT, err));
	if (walker->ended)
		goto out;
	note = sqlite3_column_text(walker->statement, 2);
	good = mun_checkpoint_parse(&old, note,
		   (size_t)sqlite3_column_bytes(walker->statement, 2),
		   NULL) == MUN_OK &&
	    old.size == size && strcmp(old.origin, head->origin) == 0 &&
	    sqlite3_column_bytes(walker->statement, 1) == MUN_SHA256_LEN &&
	    memcmp(old.root.bytes, sqlite3_column_blob(walker->statement, 1),
		MUN_SHA256_LEN) == 0;
	if (!good || !mun_checkpoint_verify(&old, note, checker->log_key))
		MUN_TRY(tell_row(checker, MUN_INDEX_CHECKPOINT, (int64_t)size,
		    "index.checkpoint", "it is no checkpoint of this log",
		    err));
	MUN_TRY(walker_step(checker, MUN_INDEX_CHECKPOINT, err));
out:
	return status;
}

static enum mun_status
keep_lost(void *ctx, uint64_t seq, const char *archive, struct mun_error *err)
{
	struct checker *checker = ctx;
	struct lost *lost =
	    archive == NULL ? &checker->statements : &checker->archives;
	char subject[64];

	if (lost->count == lost->capacity) {
		size_t capacity = lost->capacity * 2 + 16;
		uint64_t *grown =
		    reallocarray(lost->seqs, capacity, sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for a list of what is gone");
		lost->seqs = grown;
		lost->capacity = capacity;
	}
	lost->seqs[lost->count++] = seq;
	if (archive != NULL)
		snprintf(
		    subject, sizeof(subject), "index: archive %s", archive);
	else
		snprintf(subject, sizeof(subject), "index: entry %llu",
		    (unsigned long long)seq);
	return tell(checker, "index.holds", subject,
	    archive != NULL
		? "its file is not there, and the index has its documents"
		: "what was typed is in the index alone: its file is not there",
	    err);
}

static enum mun_status
check_rows(struct checker *checker, struct mun_vault *vault,
    struct mun_log *log, uint64_t size, struct mun_error *err)
{
	const struct mun_index_sink sink = { .ctx = checker, .row = check_row };
	enum mun_status status = MUN_OK;

	for (unsigned i = 0; i < MUN_INDEX_TABLES; i++)
		MUN_TRY(walker_open(checker, (enum mun_index_table)i, err));
	MUN_TRY(mun_index_tell(vault, log, 0, size, &sink, err));
	if (size < mun_log_checkpoint(log)->size)
		MUN_TRY(check_old_note(checker, log, size, err));
	for (unsigned i = 0; i < MUN_INDEX_TABLES; i++)
		MUN_TRY(check_rest(checker, (enum mun_index_table)i, err));
out:
	for (unsigned i = 0; i < MUN_INDEX_TABLES; i++)
		sqlite3_finalize(checker->walker[i].statement);
	return status;
}

/* The head the index was built from decides how it can be compared. */
static enum mun_status
check_open(struct checker *checker, struct mun_vault *vault,
    struct mun_log *log, struct mun_error *err)
{
	char detail[DETAIL_MAX];
	struct mun_hash root;
	uint64_t size;
	bool sound;
	enum mun_status status;

	status = check_schema(checker, err);
	if (status == MUN_ERR_FORMAT && err->domain == MUN_DOMAIN_MUNIMENT)
		return tell(
		    checker, "index.schema", MUN_INDEX_FILE, err->text, err);
	MUN_TRY(status);
	status = mun_index_read_head(checker->db, &size, &root, err);
	if ((status == MUN_OK && size == 0) ||
	    (status == MUN_ERR_FORMAT && err->domain == MUN_DOMAIN_MUNIMENT)) {
		/* every index that was ever committed has a head */
		status = tell(checker, "index.checkpoint", MUN_INDEX_FILE,
		    "it does not say from which head it was built", err);
		size = mun_log_checkpoint(log)->size;
		root = mun_log_checkpoint(log)->root;
	}
	if (status != MUN_OK)
		return status;
	status = mun_index_is_of(log, size, &root, err);
	if (status == MUN_ERR_FORMAT)
		return tell(checker, "index.ahead", MUN_INDEX_FILE,
		    "it was built from another log, or from more of it", err);
	if (status != MUN_OK)
		return status;
	MUN_TRY(check_pages(checker, &sound, err));
	if (!sound)
		return MUN_OK;
	MUN_TRY(
	    mun_index_losses_of(checker->db, vault, keep_lost, checker, err));
	MUN_TRY(check_rows(checker, vault, log, size, err));
	if (size < mun_log_checkpoint(log)->size) {
		snprintf(detail, sizeof(detail), "%llu of %llu log entries",
		    (unsigned long long)size,
		    (unsigned long long)mun_log_checkpoint(log)->size);
		status =
		    tell(checker, "index.behind", MUN_INDEX_FILE, detail, err);
	}
out:
	return status;
}

/* One state of the index for all that is asked, whoever deposits meanwhile. */
static enum mun_status
hold_still(struct checker *checker, struct mun_error *err)
{
	enum mun_status status;
	int64_t version;

	MUN_TRY(mun_index_run(checker->db, "BEGIN", err));
	status =
	    mun_index_number(checker->db, "PRAGMA user_version", &version, err);
out:
	return status;
}

enum mun_status
mun_index_check(struct mun_vault *vault, mun_index_problem *problem, void *ctx,
    struct mun_error *err)
{
	struct checker checker = { .problem = problem, .ctx = ctx };
	struct mun_error local = MUN_ERROR_INIT;
	struct mun_log *log = NULL;
	struct stat found;
	bool has;
	enum mun_status status;

	if (err == NULL)
		err = &local;
	MUN_TRY(
	    mun_store_has(mun_vault_store(vault), MUN_INDEX_FILE, &has, err));
	if (!has &&
	    fstatat(mun_store_fd(mun_vault_store(vault)), MUN_INDEX_FILE,
		&found, AT_SYMLINK_NOFOLLOW) != 0 &&
	    errno == ENOENT) {
		status =
		    tell(&checker, "index.absent", MUN_INDEX_FILE, "", err);
		goto out;
	}
	memcpy(checker.log_key, mun_vault_founding(vault)->log_key,
	    sizeof(checker.log_key));
	status = mun_index_connect(
	    &checker.db, vault, MUN_INDEX_FILE, SQLITE_OPEN_READONLY, err);
	if (status == MUN_OK)
		status = hold_still(&checker, err);
	/* After the index: a deposit meanwhile goes into the log first. */
	if (status == MUN_OK)
		status = mun_log_open(&log, mun_vault_store(vault), err);
	if (status == MUN_OK)
		status = check_open(&checker, vault, log, err);
	/* what SQLite cannot read is a damaged index, not a failure of ours */
	if ((status == MUN_ERR_FORMAT || status == MUN_ERR_SYSTEM) &&
	    err->domain == MUN_DOMAIN_SQLITE &&
	    (err->code & 0xff) != SQLITE_CANTOPEN)
		status = tell(
		    &checker, "index.damaged", MUN_INDEX_FILE, err->text, err);
out:
	sqlite3_close(checker.db);
	free(checker.archives.seqs);
	free(checker.statements.seqs);
	mun_log_close(log);
	return status;
}
