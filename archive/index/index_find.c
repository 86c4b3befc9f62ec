/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_find.c - documents and members: by number, by content, by words.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "index/index_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"
#include "muniment/text.h"

/* Columns of every query that gives documents, in this order. */
#define DOCUMENT_COLUMNS                                                    \
	"a.id, a.width, d.number, 0, d.name, d.path, d.size, d.media_type," \
	" d.description, d.modified_s, d.sha256, d.sha512, d.record"
#define MEMBER_COLUMNS                                                     \
	"a.id, a.width, m.document, m.number, m.name, NULL, m.size, NULL," \
	" NULL, NULL, m.sha256, m.sha512, NULL"
#define FROM_DOCUMENT " FROM document d JOIN archive a ON a.seq = d.archive "
#define FROM_MEMBER " FROM member m JOIN archive a ON a.seq = m.archive "

struct finder {
	struct mun_index *index;
	mun_index_document_visit *visit;
	void *ctx;
	const char *words; /* typed words to decide by; NULL: all fit */
	uint64_t left; /* results still wanted */
	struct mun_buffer guessed;
};

static void
fill(struct mun_index_document *document, sqlite3_stmt *row)
{
	int width = sqlite3_column_int(row, 1);

	memset(document, 0, sizeof(*document));
	document->archive = (const char *)sqlite3_column_text(row, 0);
	document->number = (uint64_t)sqlite3_column_int64(row, 2);
	document->member = (uint32_t)sqlite3_column_int64(row, 3);
	document->name = sqlite3_column_blob(row, 4);
	document->name_len = (size_t)sqlite3_column_bytes(row, 4);
	document->path = sqlite3_column_blob(row, 5);
	document->path_len = (size_t)sqlite3_column_bytes(row, 5);
	document->size = (uint64_t)sqlite3_column_int64(row, 6);
	document->media_type = (const char *)sqlite3_column_text(row, 7);
	document->description = (const char *)sqlite3_column_text(row, 8);
	document->has_modified = sqlite3_column_type(row, 9) != SQLITE_NULL;
	document->modified_s = sqlite3_column_int64(row, 9);
	mun_index_copy_blob(
	    document->sha256, sizeof(document->sha256), row, 10);
	mun_index_copy_blob(
	    document->sha512, sizeof(document->sha512), row, 11);
	document->record = (const char *)sqlite3_column_text(row, 12);
	mun_index_cite(document->reference, document->archive, width,
	    document->number, document->member);
}

/* Show a name that is not UTF-8 as the guess that fits reads it. */
static void
put_guess(struct finder *finder, struct mun_index_document *document, int guess)
{
	if (guess < 0)
		return;
	mun_buffer_reset(&finder->guessed);
	if (!mun_index_guess(&finder->guessed, (unsigned)guess, document->name,
		document->name_len))
		return;
	document->guess = mun_index_guess_name((unsigned)guess);
	document->guessed_name = mun_buffer_text(&finder->guessed);
}

static enum mun_status
offer(struct finder *finder, sqlite3_stmt *row, struct mun_error *err)
{
	struct mun_index_document document;
	const uint8_t *text;
	size_t len;
	int guess = -1;

	fill(&document, row);
	text = document.path == NULL ? document.name : document.path;
	len = document.path == NULL ? document.name_len : document.path_len;
	if (finder->words != NULL &&
	    !mun_index_name_has(text, len, finder->words, &guess))
		return MUN_OK;
	put_guess(finder, &document, guess);
	finder->left--;
	return finder->visit(finder->ctx, &document, err);
}

static enum mun_status
run(struct finder *finder, sqlite3_stmt *statement, struct mun_error *err)
{
	enum mun_status status;
	int code;

	while (finder->left > 0 &&
	    (code = sqlite3_step(statement)) != SQLITE_DONE) {
		if (code != SQLITE_ROW)
			return mun_index_fail(finder->index->db, "search", err);
		status = offer(finder, statement, err);
		if (status != MUN_OK)
			return status;
	}
	return MUN_OK;
}

/* ---- by words ---- */

/* Row ids, rising. */
struct places {
	int64_t *ids; /* owned */
	size_t count, capacity;
};

struct search {
	struct finder *finder;
	bool members;
	sqlite3_stmt *lists; /* rows of one pair */
	struct places found; /* where all pairs so far occur */
	bool started;
};

static enum mun_status
add_place(struct places *places, int64_t id, struct mun_error *err)
{
	if (places->count == places->capacity) {
		size_t capacity =
		    places->capacity == 0 ? 256 : places->capacity * 2;
		int64_t *grown =
		    reallocarray(places->ids, capacity, sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "out of memory for a search");
		places->ids = grown;
		places->capacity = capacity;
	}
	places->ids[places->count++] = id;
	return MUN_OK;
}

/* Places are counted within their archive. */
static enum mun_status
add_list(struct search *search, struct places *places, struct mun_error *err)
{
	int64_t base = sqlite3_column_int64(search->lists, 0) << 32;
	struct mun_reader reader =
	    mun_reader_over(sqlite3_column_blob(search->lists, 1),
		(size_t)sqlite3_column_bytes(search->lists, 1));
	uint64_t place = 0;
	enum mun_status status = MUN_OK;

	while (status == MUN_OK && mun_index_next_place(&reader, &place))
		status = add_place(places, base + (int64_t)place, err);
	return status;
}

/* Keep in `found` what is in `with` as well; both rise. */
static void
intersect(struct places *found, const struct places *with)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < found->count; i++) {
		while (at < with->count && with->ids[at] < found->ids[i])
			at++;
		if (at < with->count && with->ids[at] == found->ids[i])
			found->ids[kept++] = found->ids[i];
	}
	found->count = kept;
}

static enum mun_status
narrow(void *ctx, uint64_t pair, struct mun_error *err)
{
	struct search *search = ctx;
	struct places places = { .count = 0 };
	char text[MUN_INDEX_PAIR_TEXT];
	enum mun_status status = MUN_OK;
	int code;

	if (search->started && search->found.count == 0)
		return MUN_OK;
	mun_index_pair_text(text, pair);
	sqlite3_bind_text(search->lists, 1, text, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(search->lists, 2, search->members);
	while ((code = sqlite3_step(search->lists)) == SQLITE_ROW)
		MUN_TRY(add_list(search, &places, err));
	if (code != SQLITE_DONE) {
		status =
		    mun_index_fail(search->finder->index->db, "search", err);
		goto out;
	}
	if (search->started) {
		intersect(&search->found, &places);
	} else {
		search->found = places;
		places.ids = NULL;
		search->started = true;
	}
out:
	sqlite3_reset(search->lists);
	free(places.ids);
	return status;
}

/* The rows that have all pairs; where the words have none, every row. */
static enum mun_status
offer_found(struct search *search, const char *one, const char *all,
    struct mun_error *err)
{
	struct finder *finder = search->finder;
	sqlite3_stmt *row = NULL;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(
	    finder->index->db, &row, search->started ? one : all, err));
	if (!search->started) {
		MUN_TRY(run(finder, row, err));
		goto out;
	}
	for (size_t i = 0; i < search->found.count && finder->left > 0; i++) {
		sqlite3_bind_int64(row, 1, search->found.ids[i]);
		MUN_TRY(run(finder, row, err));
		sqlite3_reset(row);
	}
out:
	sqlite3_finalize(row);
	return status;
}

static enum mun_status
run_words(struct finder *finder, bool members, const char *one, const char *all,
    struct mun_error *err)
{
	struct search search = { .finder = finder, .members = members };
	enum mun_status status;

	MUN_TRY(mun_index_prepare(finder->index->db, &search.lists,
	    "SELECT archive, places FROM word WHERE pair = ? AND members = ? "
	    "ORDER BY id",
	    err));
	MUN_TRY(mun_index_pairs(
	    finder->words, strlen(finder->words), narrow, &search, err));
	MUN_TRY(offer_found(&search, one, all, err));
out:
	sqlite3_finalize(search.lists);
	free(search.found.ids);
	return status;
}

enum mun_status
mun_index_find_text(struct mun_index *index, const char *text, uint64_t limit,
    mun_index_document_visit *visit, void *ctx, struct mun_error *err)
{
	struct finder finder = { .index = index,
		.visit = visit,
		.ctx = ctx,
		.words = text,
		.left = limit,
		.guessed = MUN_BUFFER_INIT(4 * (size_t)MUN_PATH_MAX + 64) };
	enum mun_status status;

	if (!mun_text_is_utf8(text, strlen(text)))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "the words to find are not UTF-8");
	MUN_TRY(run_words(&finder, false,
	    "SELECT " DOCUMENT_COLUMNS FROM_DOCUMENT "WHERE d.id = ?",
	    "SELECT " DOCUMENT_COLUMNS FROM_DOCUMENT "ORDER BY d.id", err));
	MUN_TRY(run_words(&finder, true,
	    "SELECT " MEMBER_COLUMNS FROM_MEMBER "WHERE m.id = ?",
	    "SELECT " MEMBER_COLUMNS FROM_MEMBER "ORDER BY m.id", err));
out:
	mun_buffer_free(&finder.guessed);
	return status;
}

/* ---- by content ---- */

static enum mun_status
run_digest(struct finder *finder, const char *sql, const uint8_t *digest,
    size_t len, struct mun_error *err)
{
	sqlite3_stmt *statement = NULL;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(finder->index->db, &statement, sql, err));
	sqlite3_bind_blob64(statement, 1, digest, len, SQLITE_STATIC);
	MUN_TRY(run(finder, statement, err));
out:
	sqlite3_finalize(statement);
	return status;
}

enum mun_status
mun_index_find_digest(struct mun_index *index, const uint8_t *digest,
    size_t len, mun_index_document_visit *visit, void *ctx,
    struct mun_error *err)
{
	struct finder finder = { .index = index,
		.visit = visit,
		.ctx = ctx,
		.left = UINT64_MAX,
		.guessed = MUN_BUFFER_INIT(0) };
	bool sha256 = len == MUN_SHA256_LEN;
	enum mun_status status;

	if (!sha256 && len != MUN_SHA512_LEN)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "a digest to find is a SHA-256 or a SHA-512");
	MUN_TRY(run_digest(&finder,
	    sha256 ? "SELECT " DOCUMENT_COLUMNS FROM_DOCUMENT
		     "WHERE d.sha256 = ? ORDER BY d.id"
		   : "SELECT " DOCUMENT_COLUMNS FROM_DOCUMENT
		     "WHERE d.sha512 = ? ORDER BY d.id",
	    digest, len, err));
	MUN_TRY(run_digest(&finder,
	    sha256 ? "SELECT " MEMBER_COLUMNS FROM_MEMBER
		     "WHERE m.sha256 = ? ORDER BY m.id"
		   : "SELECT " MEMBER_COLUMNS FROM_MEMBER
		     "WHERE m.sha512 = ? ORDER BY m.id",
	    digest, len, err));
out:
	return status;
}

/* The rest of a count, within one transaction. */
static enum mun_status
count_held(struct mun_index *index, const uint8_t *sha256, size_t count,
    uint64_t *held, struct mun_error *err)
{
	sqlite3_stmt *statement = NULL;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(index->db, &statement,
	    "SELECT 1" FROM_DOCUMENT "WHERE d.sha256 = ? LIMIT 1", err));
	for (size_t i = 0; i < count; i++) {
		int result;

		sqlite3_bind_blob(statement, 1, sha256 + i * MUN_SHA256_LEN,
		    MUN_SHA256_LEN, SQLITE_STATIC);
		result = sqlite3_step(statement);
		if (result == SQLITE_ROW)
			++*held;
		else if (result != SQLITE_DONE) {
			status = mun_index_fail(index->db, "search", err);
			goto out;
		}
		sqlite3_reset(statement);
	}
out:
	sqlite3_finalize(statement);
	return status;
}

/* Outside of a transaction SQLite would lock, look for journals and read its
 * first page again for each digest. */
enum mun_status
mun_index_count_held(struct mun_index *index, const uint8_t *sha256,
    size_t count, uint64_t *held, struct mun_error *err)
{
	enum mun_status status;

	*held = 0;
	MUN_TRY(mun_index_run(index->db, "BEGIN", err));
	status = count_held(index, sha256, count, held, err);
	/* Nothing was written: there is nothing that could fail to be. */
	(void)!mun_index_run(index->db, "ROLLBACK", NULL);
out:
	return status;
}

/* ---- by reference ---- */

static enum mun_status
show_one(struct finder *finder, const struct mun_index_reference *reference,
    const char *text, struct mun_error *err)
{
	sqlite3_stmt *statement = NULL;
	uint64_t before = finder->left;
	enum mun_status status;

	MUN_TRY(mun_index_prepare(finder->index->db, &statement,
	    reference->member == 0
		? "SELECT " DOCUMENT_COLUMNS FROM_DOCUMENT
		  "WHERE a.id = ? AND d.id = (a.seq << 32) + ?"
		: "SELECT " MEMBER_COLUMNS FROM_MEMBER
		  "WHERE a.id = ? AND m.document = ? AND m.number = ?",
	    err));
	sqlite3_bind_text(statement, 1, reference->archive, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)reference->document);
	if (reference->member != 0)
		sqlite3_bind_int64(statement, 3, (int64_t)reference->member);
	MUN_TRY(run(finder, statement, err));
	if (finder->left == before)
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no '%s' in this vault", text);
out:
	sqlite3_finalize(statement);
	return status;
}

enum mun_status
mun_index_show(struct mun_index *index, const char *text,
    mun_index_document_visit *document, mun_index_archive_visit *archive,
    void *ctx, struct mun_error *err)
{
	struct finder finder = { .index = index,
		.visit = document,
		.ctx = ctx,
		.left = UINT64_MAX,
		.guessed = MUN_BUFFER_INIT(0) };
	struct mun_index_reference reference;
	uint64_t count = 0;
	enum mun_status status;

	MUN_TRY(mun_index_take_apart(&reference, text, err));
	if (reference.document != 0) {
		status = show_one(&finder, &reference, text, err);
		goto out;
	}
	MUN_TRY(mun_index_visit_archives(index, "WHERE a.id = ?1",
	    reference.archive, archive, ctx, &count, err));
	if (count == 0)
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no '%s' in this vault", text);
out:
	return status;
}
