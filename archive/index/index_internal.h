/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_internal.h - how the parts of the index speak to each other.
 *
 * Flow: rows.c turns log entries and archive metadata into rows, in an order
 * that only depends on the files; a sink takes them.  One sink inserts
 * (index_write.c), the other compares with what a database holds
 * (index_check.c).  So "what the index has to say" is written down once.
 */
#ifndef MUN_INDEX_INDEX_INTERNAL_H
#define MUN_INDEX_INDEX_INTERNAL_H

#include <sqlite3.h>

#include "index/reference.h"
#include "log/log.h"
#include "manifest/manifest.h"
#include "muniment/index.h"
#include "vault/vault.h"

#define MUN_INDEX_FILE "index.sqlite"

enum {
	MUN_INDEX_APPLICATION_ID = 0x4d756e69, /* "Muni" */
	MUN_INDEX_VERSION = 2
};

/* ---- tables (schema.c) ---- */

enum mun_index_table {
	MUN_INDEX_EVENT,
	MUN_INDEX_STATEMENT,
	MUN_INDEX_ANNOTATION,
	MUN_INDEX_ACTOR,
	MUN_INDEX_TIME_STAMP,
	MUN_INDEX_ARCHIVE,
	MUN_INDEX_DOCUMENT,
	MUN_INDEX_MEMBER,
	MUN_INDEX_FINDING,
	MUN_INDEX_WORD,
	MUN_INDEX_CHECKPOINT,
	MUN_INDEX_TABLES
};

enum {
	MUN_INDEX_EVENT_LOG_KEY = 30 /* column of event */
};

struct mun_index_table_form {
	const char *name;
	int columns; /* the first is the integer primary key */
	const char *rule; /* of a row that differs */
};
extern const struct mun_index_table_form
    mun_index_table_forms[MUN_INDEX_TABLES];

/* All CREATE statements. */
extern const char mun_index_schema[];

/* ---- values ---- */

enum mun_index_kind {
	MUN_INDEX_NULL,
	MUN_INDEX_INTEGER,
	MUN_INDEX_TEXT,
	MUN_INDEX_BLOB
};
struct mun_index_value {
	enum mun_index_kind kind;
	int64_t integer;
	const void *bytes; /* borrowed for the call */
	size_t len;
};

struct mun_index_sink {
	void *ctx;
	enum mun_status (*row)(void *ctx, enum mun_index_table table,
	    const struct mun_index_value *values, struct mun_error *err);
};

/* Tell all rows of entries [from, size); the checkpoint row last, if that is
 * all of the log.  An archive whose file is gone gives its event and an archive
 * row without counts.  Rows do not depend on each other, nor on from. */
MUN_MUST_USE enum mun_status mun_index_tell(struct mun_vault *vault,
    struct mun_log *log, uint64_t from, uint64_t size,
    const struct mun_index_sink *sink, struct mun_error *err);

/* The id of what is at a place (counted from 1) of the archive that entry seq
 * deposits: documents, members, findings, rows of words. */
static inline uint64_t
mun_index_in_archive(uint64_t seq, uint64_t place)
{
	return (seq << 32) + place;
}

/* The id of the value that entry seq sets of a key (mun_statement_field). */
static inline uint64_t
mun_index_annotation_id(uint64_t seq, unsigned key)
{
	_Static_assert(MUN_STATEMENT_FIELDS <= 32, "a key fits 5 bits");
	return seq * 32 + key;
}

/* ---- searchable text (text_index.c) ---- */

enum {
	MUN_INDEX_GUESSES = 5
};
const char *mun_index_guess_name(unsigned guess);
/* Append name's bytes read in that encoding, as UTF-8; false if they are no
 * text in it. */
bool mun_index_guess(
    struct mun_buffer *out, unsigned guess, const void *bytes, size_t len);
/* A pair of neighbouring code points of a folded name: first << 32 | second. */
typedef enum mun_status mun_index_tell_pair(
    void *ctx, uint64_t pair, struct mun_error *err);
/* Tell the pairs of a name (if it is not UTF-8, of every guess). */
MUN_MUST_USE enum mun_status mun_index_pairs(const void *bytes, size_t len,
    mun_index_tell_pair *tell, void *ctx, struct mun_error *err);
/* A pair as UTF-8 text with its NUL. */
enum {
	MUN_INDEX_PAIR_TEXT = 9
};
void mun_index_pair_text(char out[MUN_INDEX_PAIR_TEXT], uint64_t pair);

/* Whether every word of text occurs in the name (folded, part of word is
 * enough); *guess is -1 for UTF-8 or the guess that fits. */
bool mun_index_name_has(
    const void *bytes, size_t len, const char *text, int *guess);

/* ---- word lists (words.c) ---- */

/* Pairs and the places (document numbers, or members' places) they occur at,
 * kept in memory until there are many, then told as rows of the table word. */
struct mun_index_words;
MUN_MUST_USE enum mun_status mun_index_words_new(
    struct mun_index_words **out, struct mun_error *err);
void mun_index_words_free(struct mun_index_words *words);
/* Add the name at a place; places never fall. */
MUN_MUST_USE enum mun_status mun_index_words_add(struct mun_index_words *words,
    uint64_t place, const void *name, size_t len, struct mun_error *err);
/* Whether it is time to tell: the same for the same input, always. */
bool mun_index_words_full(const struct mun_index_words *words);
/* Tell all rows, in the order of the pairs, and forget them.  *rows: of that
 * archive so far. */
MUN_MUST_USE enum mun_status mun_index_words_tell(struct mun_index_words *words,
    uint64_t archive, bool members, uint64_t *rows,
    const struct mun_index_sink *sink, struct mun_error *err);
/* The next place of a list; false at its end or where it is malformed. */
struct mun_reader;
bool mun_index_next_place(struct mun_reader *reader, uint64_t *place);

/* ---- database (database.c) ---- */

struct mun_index {
	sqlite3 *db;
	struct mun_vault *vault; /* borrowed */
	uint64_t log_size;
	struct mun_hash log_root;
	sqlite3_stmt *width_of; /* of an archive; NULL: not prepared yet */
};

/* Set *err from the connection; MUN_ERR_FORMAT for damage, MUN_ERR_BUSY,
 * MUN_ERR_NOMEM, else MUN_ERR_SYSTEM. */
enum mun_status mun_index_fail(
    sqlite3 *db, const char *doing, struct mun_error *err);
/* The file of that name in the vault's folder, which may be reached through
 * links but be none itself; vault NULL (and file): in memory.  flags as
 * sqlite3_open_v2; hardened against a hostile file. */
MUN_MUST_USE enum mun_status mun_index_connect(sqlite3 **db,
    struct mun_vault *vault, const char *file, int flags,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_index_run(
    sqlite3 *db, const char *sql, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_index_prepare(sqlite3 *db,
    sqlite3_stmt **statement, const char *sql, struct mun_error *err);
/* One integer of a query without parameters. */
MUN_MUST_USE enum mun_status mun_index_number(
    sqlite3 *db, const char *sql, int64_t *number, struct mun_error *err);
/* Log size and root the index was built from; 0 and the empty root if it holds
 * none yet. */
MUN_MUST_USE enum mun_status mun_index_read_head(
    sqlite3 *db, uint64_t *size, struct mun_hash *root, struct mun_error *err);
/* MUN_ERR_FORMAT ("index.ahead…") unless the log extends (size, root). */
MUN_MUST_USE enum mun_status mun_index_is_of(struct mun_log *log, uint64_t size,
    const struct mun_hash *root, struct mun_error *err);

/* mun_index_losses, of an index that is open; failures of SQLite too. */
MUN_MUST_USE enum mun_status mun_index_losses_of(sqlite3 *db,
    struct mun_vault *vault, mun_index_loss *loss, void *ctx,
    struct mun_error *err);

/* ---- parts of queries ---- */

/* The common name of a certificate; '' for one that is not there. */
#define MUN_INDEX_NAME_OF(column)                                       \
	"coalesce((SELECT c.name FROM actor c WHERE c.sha256 = " column \
	" ORDER BY c.id LIMIT 1), '')"
/* The ids of the archives of case ?1. */
extern const char mun_index_of_case[];

/* A BLOB of exactly that length, or zeros. */
void mun_index_copy_blob(
    uint8_t *out, size_t len, sqlite3_stmt *row, int column);
/* where: a condition on a (archive) with at most ?1 = value; *count grows. */
MUN_MUST_USE enum mun_status mun_index_visit_archives(struct mun_index *index,
    const char *where, const char *value, mun_index_archive_visit *visit,
    void *ctx, uint64_t *count, struct mun_error *err);

/* ---- writing (index_write.c, index_forget.c) ---- */

/* Open the vault's index for changing it; it has to be there. */
MUN_MUST_USE enum mun_status mun_index_connect_writer(
    sqlite3 **db, struct mun_vault *vault, struct mun_error *err);
/* All of a change, or nothing. */
typedef enum mun_status mun_index_change(sqlite3 *db, struct mun_vault *vault,
    const void *ctx, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_index_in_transaction(sqlite3 *db,
    struct mun_vault *vault, mun_index_change *change, const void *ctx,
    struct mun_error *err);
/* Work under the vault's lock. */
typedef enum mun_status mun_index_work(
    struct mun_vault *vault, const void *ctx, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_index_locked(struct mun_vault *vault,
    mun_index_work *work, const void *ctx, struct mun_error *err);

#endif
