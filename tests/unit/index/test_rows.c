/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_rows.c - what the index says of every type of event; that it is the same
 * however it was built; and that an edit of any column of any table is named.
 *
 * Read and edited through SQLite alone, not through the module's queries.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "pki/pki.h"
#include "story.h"

enum {
	TEXT_MAX = 1 << 20,
	SINCE = 1795500000 /* 2026-11-24T06:00:00Z */
};

/* ---- the database, from outside ---- */

static sqlite3 *
open_database(const struct story *story)
{
	char path[8192];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/index.sqlite", story->base.path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL),
	    SQLITE_OK);
	return db;
}

/* Names for digests that the test knows. */
static const char *
known_blob(struct story *story, const void *bytes, uint64_t seqs)
{
	static const char *const names[] = { "p256", "p384", "rsa3072",
		"documents" };
	static char text[32];
	uint8_t digest[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		story_actor(digest, names[i]);
		if (memcmp(digest, bytes, 32) == 0)
			return names[i];
	}
	for (uint64_t seq = 0; seq < seqs; seq++) {
		story_entry(story, seq, digest);
		if (memcmp(digest, bytes, 32) != 0)
			continue;
		(void)snprintf(
		    text, sizeof(text), "#%llu", (unsigned long long)seq);
		return text;
	}
	return "blob";
}

static bool
is_in_all(const char *column)
{
	static const char *const all[] = { "seq", "time", "entry_sha256" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(column, all[i]) == 0)
			return true;
	return false;
}

/* "type=deposit actor=p256 archive=XPF-0001 statement_sha256=blob" */
static void
row_text(struct story *story, sqlite3 *db, uint64_t seq, char *out, size_t size)
{
	sqlite3_stmt *row = NULL;
	size_t len = 0;

	out[0] = '\0';
	assert_int_equal(
	    sqlite3_prepare_v2(
		db, "SELECT * FROM event WHERE seq = ?", -1, &row, NULL),
	    SQLITE_OK);
	sqlite3_bind_int64(row, 1, (int64_t)seq);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		const char *column = sqlite3_column_name(row, i);
		int type = sqlite3_column_type(row, i);

		if (type == SQLITE_NULL || is_in_all(column))
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%s=%s",
		    len == 0 ? "" : " ", column,
		    type == SQLITE_BLOB
			? known_blob(story, sqlite3_column_blob(row, i), seq)
			: (const char *)sqlite3_column_text(row, i));
	}
	sqlite3_finalize(row);
}

static void
expect_row(struct story *story, uint64_t seq, const char *expected)
{
	sqlite3 *db = open_database(story);
	char text[4096];

	row_text(story, db, seq, text, sizeof(text));
	assert_string_equal(text, expected);
	sqlite3_close(db);
}

static int
add_value(void *ctx, int count, char **values, char **names)
{
	char *out = ctx;
	size_t len = strlen(out);

	(void)names;
	for (int i = 0; i < count; i++)
		len += (size_t)snprintf(out + len, TEXT_MAX - len, "%s|",
		    values[i] == NULL ? "-" : values[i]);
	(void)snprintf(out + len, TEXT_MAX - len, "\n");
	return 0;
}

/* All rows of all tables; free() it. */
static char *
dump(const struct story *story)
{
	static const char *const tables[] = { "event", "statement",
		"annotation", "actor", "time_stamp", "archive", "document",
		"member", "finding", "word", "checkpoint" };
	sqlite3 *db = open_database(story);
	char *out = calloc(1, TEXT_MAX);

	assert_non_null(out);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char sql[4096] = "SELECT ", *error = NULL;
		sqlite3_stmt *columns = NULL;
		char list[128];
		const char *comma = "";

		(void)snprintf(
		    list, sizeof(list), "PRAGMA table_info(%s)", tables[i]);
		assert_int_equal(
		    sqlite3_prepare_v2(db, list, -1, &columns, NULL),
		    SQLITE_OK);
		while (sqlite3_step(columns) == SQLITE_ROW) {
			size_t len = strlen(sql);

			(void)snprintf(sql + len, sizeof(sql) - len,
			    "%squote(%s)", comma,
			    sqlite3_column_text(columns, 1));
			comma = ", ";
		}
		sqlite3_finalize(columns);
		(void)snprintf(sql + strlen(sql), sizeof(sql) - strlen(sql),
		    " FROM %s ORDER BY 1", tables[i]);
		assert_int_equal(
		    sqlite3_exec(db, sql, add_value, out, &error), SQLITE_OK);
	}
	sqlite3_close(db);
	return out;
}

/* ---- a log with everything ---- */

static uint64_t
add_simple(struct story *story, enum mun_event_type type, const char *archive,
    enum mun_detail_field field, unsigned value)
{
	struct mun_detail detail = story_about(type, archive, 0);

	detail.copy = detail.migration = detail.bytes = value;
	mun_detail_give(&detail, field);
	return story_add(story, "p256", &detail, NULL);
}

static uint64_t
add_examination(struct story *story)
{
	struct mun_detail detail =
	    story_about(MUN_EVENT_EXAMINATION, "XPF-0001", 42);

	story_actor(detail.by, "rsa3072");
	mun_detail_give(&detail, MUN_DETAIL_BY);
	detail.started_utc_s = SINCE;
	mun_detail_give(&detail, MUN_DETAIL_STARTED);
	detail.ended_utc_s = SINCE + 3600;
	mun_detail_give(&detail, MUN_DETAIL_ENDED);
	detail.before = MUN_OUTCOME_PASSED;
	mun_detail_give(&detail, MUN_DETAIL_BEFORE);
	detail.after = MUN_OUTCOME_FAILED;
	mun_detail_give(&detail, MUN_DETAIL_AFTER);
	return story_add(story, "p384", &detail, NULL);
}

static uint64_t
add_relation(struct story *story)
{
	struct mun_detail detail =
	    story_about(MUN_EVENT_RELATION, "XPF-0002", 3);

	detail.relation = MUN_RELATION_TRANSLATION_OF;
	mun_detail_give(&detail, MUN_DETAIL_RELATION);
	detail.object = story_about(MUN_EVENT_RELATION, "XPF-0001", 42).subject;
	mun_detail_give(&detail, MUN_DETAIL_OBJECT);
	return story_add(story, "p256", &detail, NULL);
}

static uint64_t
add_rotation(struct story *story)
{
	struct mun_detail detail = { .type = MUN_EVENT_KEY_ROTATED,
		.certificate = mun_pki_certificate("documents") };

	story_actor(detail.actor, "p384");
	mun_detail_give(&detail, MUN_DETAIL_ACTOR);
	mun_detail_give(&detail, MUN_DETAIL_CERTIFICATE);
	return story_add(story, "p384", &detail, NULL);
}

static uint64_t
add_policy(struct story *story)
{
	struct mun_detail detail = { .type = MUN_EVENT_POLICY_CHANGED,
		.time_stamp_authorities = 2 };

	mun_detail_give(&detail, MUN_DETAIL_POLICY);
	return story_add(story, "p256", &detail, NULL);
}

static uint64_t
add_stamps(struct story *story)
{
	const struct mun_stamp two[2] = { { .query = { 1 },
					      .token = { 2 },
					      .certificates = { 3 },
					      .crls = { 4 } },
		{ .query = { 5 } } };
	struct mun_stamp *stamps = malloc(sizeof(two)); /* the story's */
	struct mun_detail detail = { .type = MUN_EVENT_TIME_STAMP,
		.checkpoint_size = 9,
		.checkpoint_sha256 = { 6 },
		.stamps = stamps,
		.stamp_count = 2 };

	assert_non_null(stamps);
	memcpy(stamps, two, sizeof(two));
	mun_detail_give(&detail, MUN_DETAIL_CHECKPOINT);
	mun_detail_give(&detail, MUN_DETAIL_STAMPS);
	return story_add(story, "p256", &detail, NULL);
}

struct expected {
	uint64_t seq;
	const char *row;
};
enum {
	EVENTS = 22
};

/* One of every type, each as rich as it can be; the index is brought up after
 * each, so it is built entry by entry. */
static void
fill(struct story *story, struct expected expected[EVENTS])
{
	size_t count = 0;

#define ADD(call, text)                                                  \
	do {                                                             \
		expected[count++] = (struct expected){ (call), (text) }; \
		story_open(story);                                       \
	} while (0)
	expected[count++] =
	    (struct expected){ 0, "type=vault-created actor=p256" };
	ADD(story_enrol(story, "p256", "p384", MUN_ROLE_EXAMINER),
	    "type=actor-enrolled actor=p256 role=examiner");
	ADD(story_enrol(story, "p256", "rsa3072", MUN_ROLE_CUSTODIAN),
	    "type=actor-enrolled actor=p256 role=custodian");
	ADD(story_deposit(story, "p256", "XPF-0001", "Case 17"),
	    "type=deposit actor=p256 archive=XPF-0001 statement_sha256=blob");
	ADD(story_deposit(story, "p256", "XPF-0002", NULL),
	    "type=deposit actor=p256 archive=XPF-0002");
	ADD(story_hand_over(story, "p256", "XPF-0001", "p256", "rsa3072",
		MUN_TRANSFER_COUNTERSIGNED),
	    "type=transfer actor=p256 archive=XPF-0001 step=handed-over "
	    "form=countersigned from_actor=p256 to_actor=rsa3072");
	ADD(story_accept(story, "rsa3072", "XPF-0001", 5),
	    "type=transfer actor=rsa3072 archive=XPF-0001 step=accepted "
	    "accepted=#5");
	ADD(story_hand_over(story, "rsa3072", "XPF-0001", "rsa3072", NULL,
		MUN_TRANSFER_RECEIPTED),
	    "type=transfer actor=rsa3072 archive=XPF-0001 step=handed-over "
	    "form=receipted from_actor=rsa3072 other_archive=XPF-0002 "
	    "other_document=7");
	ADD(add_examination(story),
	    "type=examination actor=p384 archive=XPF-0001 document=42 "
	    "bytes_before=passed bytes_after=failed by_actor=rsa3072 "
	    "started=2026-11-24T06:00:00Z ended=2026-11-24T07:00:00Z");
	ADD(add_simple(story, MUN_EVENT_COPY, "XPF-0001", MUN_DETAIL_COPY,
		MUN_COPY_WORKING),
	    "type=copy actor=p256 archive=XPF-0001 kind=working");
	ADD(story_check(story, "p256", "XPF-0001", MUN_OUTCOME_FAILED),
	    "type=fixity-check actor=p256 archive=XPF-0001 result=failed");
	ADD(story_check(story, "p256", NULL, MUN_OUTCOME_PASSED),
	    "type=fixity-check actor=p256 result=passed");
	ADD(add_relation(story),
	    "type=relation actor=p256 archive=XPF-0002 document=3 "
	    "relation=translation-of other_archive=XPF-0001 "
	    "other_document=42");
	ADD(story_annotate(story, "p256", "XPF-0001", 42, MUN_STATEMENT_TITLE,
		"Order no. 12"),
	    "type=annotation actor=p256 archive=XPF-0001 document=42 "
	    "statement_sha256=blob keys=title");
	ADD(add_simple(story, MUN_EVENT_MIGRATION, NULL, MUN_DETAIL_MIGRATION,
		MUN_MIGRATION_HOST),
	    "type=migration actor=p256 kind=host");
	ADD(add_rotation(story),
	    "type=key-rotated actor=p384 named_actor=p384");
	ADD(add_policy(story), "type=policy-changed actor=p256");
	ADD(story_revoke(story, "p256", "documents", MUN_REVOKED_LOST, SINCE),
	    "type=actor-revoked actor=p256 reason=lost named_actor=documents "
	    "since=2026-11-24T06:00:00Z");
	ADD(story_annotate(
		story, "p256", "XPF-0001", 0, MUN_STATEMENT_CASE, "Case 18"),
	    "type=annotation actor=p256 archive=XPF-0001 "
	    "statement_sha256=blob keys=case");
	ADD(add_simple(story, MUN_EVENT_DEACCESSION, "XPF-0002",
		MUN_DETAIL_BYTES, MUN_FATE_DESTROYED),
	    "type=deaccession actor=p256 archive=XPF-0002 bytes=destroyed");
	ADD(story_revoke(story, "p256", "rsa3072", MUN_REVOKED_RETIRED, 0),
	    "type=actor-revoked actor=p256 reason=retired "
	    "named_actor=rsa3072");
	ADD(add_stamps(story), "type=time-stamp actor=p256");
#undef ADD
	assert_int_equal(count, EVENTS);
}

/* ---- tests ---- */

static void
test_every_type(void **state)
{
	struct expected expected[EVENTS];
	struct story story;

	story_begin(&story, *state);
	fill(&story, expected);
	for (size_t i = 0; i < EVENTS; i++)
		expect_row(&story, expected[i].seq, expected[i].row);
	story_end(&story);
}

static void
expect_scalar(const struct story *story, const char *sql, const char *expected)
{
	sqlite3 *db = open_database(story);
	char *out = calloc(1, TEXT_MAX);

	assert_non_null(out);
	assert_int_equal(
	    sqlite3_exec(db, sql, add_value, out, NULL), SQLITE_OK);
	assert_string_equal(out, expected);
	free(out);
	sqlite3_close(db);
}

static void
test_actors_and_annotations(void **state)
{
	struct expected expected[EVENTS];
	struct story story;

	story_begin(&story, *state);
	fill(&story, expected);
	expect_scalar(&story,
	    "SELECT id, role, name, replaces IS NOT NULL FROM actor "
	    "ORDER BY id",
	    "0|custodian|p256|0|\n2|examiner|p384|0|\n"
	    "4|custodian|rsa3072|0|\n30|-|documents|1|\n");
	expect_scalar(&story,
	    "SELECT n.name, o.name FROM actor n JOIN actor o "
	    "ON o.sha256 = n.replaces",
	    "documents|p384|\n");
	expect_scalar(&story,
	    "SELECT id - seq * 32, seq, archive, document, key, value FROM "
	    "annotation ORDER BY id",
	    "15|13|XPF-0001|42|title|Order no. 12|\n"
	    "0|18|XPF-0001|-|case|Case 18|\n");
	expect_scalar(&story,
	    "SELECT id - seq * 32, size, substr(hex(checkpoint), 1, 2), "
	    "substr(hex(query), 1, 2), substr(hex(token), 1, 2), "
	    "substr(hex(certificates), 1, 2), substr(hex(crls), 1, 2), "
	    "length(crls) FROM time_stamp ORDER BY id",
	    "1|9|06|01|02|03|04|32|\n2|9|06|05|00|00|00|32|\n");
	expect_scalar(&story, "SELECT id, case_name FROM archive ORDER BY seq",
	    "XPF-0001|Case 17|\nXPF-0002|-|\n");
	story_end(&story);
}

static void
test_build_order(void **state)
{
	struct expected expected[EVENTS];
	struct mun_error err = MUN_ERROR_INIT;
	struct story story;
	char *stepwise, *at_once;

	story_begin(&story, *state);
	fill(&story, expected);
	stepwise = dump(&story);
	MUN_EXPECT_OK(mun_index_rebuild(story.vault, &err), &err);
	at_once = dump(&story);
	assert_string_equal(stepwise, at_once);
	free(stepwise);
	free(at_once);
	story_end(&story);
}

struct problems {
	size_t count;
	bool named; /* by the rule and column that are due */
	const char *rule, *column;
	char last[512];
};

static enum mun_status
see_problem(void *ctx, const char *rule, const char *subject,
    const char *detail, struct mun_error *err)
{
	struct problems *problems = ctx;

	(void)err;
	problems->count++;
	if (problems->rule != NULL && strcmp(rule, problems->rule) == 0 &&
	    (problems->column == NULL ||
		strstr(detail, problems->column) != NULL))
		problems->named = true;
	(void)snprintf(problems->last, sizeof(problems->last), "%s %s %s", rule,
	    subject, detail);
	return MUN_OK;
}

static void
expect_sound(struct story *story)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct problems problems = { .count = 0 };

	MUN_EXPECT_OK(
	    mun_index_check(story->vault, see_problem, &problems, &err), &err);
	if (problems.count != 0)
		fail_msg("the index as made: %s", problems.last);
}

/* After the edit the checker names rule and column; then it is undone. */
static void
expect_named(struct story *story, const char *edit, const char *undo,
    const char *rule, const char *column)
{
	struct problems problems = { .rule = rule, .column = column };
	struct mun_error err = MUN_ERROR_INIT;
	sqlite3 *db = open_database(story);
	char *error = NULL;

	if (sqlite3_exec(db, edit, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", edit, error);
	if (sqlite3_changes(db) != 1)
		fail_msg("%s changed %d rows", edit, sqlite3_changes(db));
	sqlite3_close(db);
	MUN_EXPECT_OK(
	    mun_index_check(story->vault, see_problem, &problems, &err), &err);
	if (!problems.named)
		fail_msg("%s: not named %s; %zu problems, the last: %s", edit,
		    rule, problems.count, problems.last);
	db = open_database(story);
	assert_int_equal(sqlite3_exec(db, undo, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* A column of a row that has a value there, or has none. */
static void
edit_column(struct story *story, const char *table, const char *key,
    const char *column, const char *type, bool is_null, const char *rule)
{
	static const struct {
		const char *type, *other;
	} others[] = { { "INTEGER", "coalesce(%s, 0) + 1" },
		{ "TEXT", "coalesce(%s, '') || 'x'" },
		{ "BLOB", "CAST(coalesce(%s, x'') || x'00' AS BLOB)" } };
	char where[512], edit[2048], undo[2048], value[256];
	sqlite3 *db = open_database(story);
	char *row = calloc(1, TEXT_MAX);

	assert_non_null(row);
	(void)snprintf(where, sizeof(where),
	    "SELECT %s, quote(%s) FROM %s WHERE %s IS %s NULL LIMIT 1", key,
	    column, table, column, is_null ? "" : "NOT");
	assert_int_equal(
	    sqlite3_exec(db, where, add_value, row, NULL), SQLITE_OK);
	sqlite3_close(db);
	for (size_t i = 0; i < 3; i++)
		if (strcmp(type, others[i].type) == 0) {
			/* the format is one of the three above */
			char *at = strstr(others[i].other, "%s");

			(void)snprintf(value, sizeof(value), "%.*s%s%s",
			    (int)(at - others[i].other), others[i].other,
			    column, at + 2);
		}
	if (row[0] != '\0') {
		char *bar = strchr(row, '|');

		*bar = '\0';
		bar[strlen(bar + 1) - 1] = '\0';
		bar[1 + strcspn(bar + 1, "|")] = '\0';
		(void)snprintf(edit, sizeof(edit),
		    "UPDATE %s SET %s = %s WHERE %s = %s", table, column, value,
		    key, row);
		(void)snprintf(undo, sizeof(undo),
		    "UPDATE %s SET %s = %s WHERE %s = %s", table, column,
		    bar + 1, key, row);
		expect_named(story, edit, undo, rule, column);
	}
	free(row);
}

static void
edit_table(struct story *story, const char *table, const char *rule)
{
	sqlite3 *db = open_database(story);
	struct {
		char name[64], type[16];
	} columns[40];
	size_t count = 0;
	sqlite3_stmt *row = NULL;
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "PRAGMA table_info(%s)", table);
	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
	while (sqlite3_step(row) == SQLITE_ROW) {
		assert_true(count < 40);
		(void)snprintf(columns[count].name, 64, "%s",
		    (const char *)sqlite3_column_text(row, 1));
		(void)snprintf(columns[count].type, 16, "%s",
		    (const char *)sqlite3_column_text(row, 2));
		count++;
	}
	sqlite3_finalize(row);
	sqlite3_close(db);
	for (size_t i = 1; i < count; i++)
		for (int null = 0; null < 2; null++)
			edit_column(story, table, columns[0].name,
			    columns[i].name, columns[i].type, null != 0, rule);
}

static void
test_every_column(void **state)
{
	struct expected expected[EVENTS];
	struct story story;

	story_begin(&story, *state);
	fill(&story, expected);
	expect_sound(&story);
	edit_table(&story, "event", "index.event");
	edit_table(&story, "statement", "index.statement");
	edit_table(&story, "annotation", "index.annotation");
	edit_table(&story, "actor", "index.actor");
	edit_table(&story, "archive", "index.archive");
	expect_sound(&story);
	story_end(&story);
}

static void
test_rows_too_many_and_few(void **state)
{
	static const struct {
		const char *table, *rule;
	} tables[] = { { "event", "index.event" },
		{ "statement", "index.statement" },
		{ "annotation", "index.annotation" },
		{ "actor", "index.actor" } };
	struct expected expected[EVENTS];
	struct story story;

	story_begin(&story, *state);
	fill(&story, expected);
	for (size_t i = 0; i < 4; i++) {
		const char *table = tables[i].table;
		char edit[256];

		(void)snprintf(edit, sizeof(edit),
		    "UPDATE %s SET rowid = 7777777 WHERE rowid = "
		    "(SELECT max(rowid) FROM %s)",
		    table, table);
		expect_named(
		    &story, edit, "SELECT 1", tables[i].rule, "missing");
		MUN_EXPECT_OK(mun_index_rebuild(story.vault, NULL), NULL);
		expect_named(&story, edit, "SELECT 1", "index.extra", NULL);
		MUN_EXPECT_OK(mun_index_rebuild(story.vault, NULL), NULL);
	}
	expect_sound(&story);
	story_end(&story);
}

/* Whether the bytes stand anywhere in the file. */
static bool
index_holds(const struct story *story, const char *text)
{
	char path[8192];
	size_t len, wanted = strlen(text);
	char *bytes;
	bool holds = false;

	(void)snprintf(path, sizeof(path), "%s/index.sqlite", story->base.path);
	bytes = mun_harness_read(path, &len);
	for (size_t i = 0; i + wanted <= len && !holds; i++)
		holds = memcmp(bytes + i, text, wanted) == 0;
	free(bytes);
	return holds;
}

static void
forget(struct story *story, uint64_t seq, const char *words)
{
	char name[MUN_TILE_NAME_MAX];
	struct mun_error err = MUN_ERROR_INIT;
	char *left, *rebuilt;

	assert_true(index_holds(story, words));
	MUN_EXPECT_STATUS(mun_index_forget_statement(story->vault, seq, &err),
	    MUN_ERR_EXISTS, &err);
	assert_true(index_holds(story, words));
	mun_statement_name(name, seq);
	MUN_EXPECT_OK(mun_store_remove(story->base.store, name, &err), &err);
	MUN_EXPECT_OK(
	    mun_index_forget_statement(story->vault, seq, &err), &err);
	MUN_EXPECT_OK(
	    mun_index_forget_statement(story->vault, seq, &err), &err);
	assert_false(index_holds(story, words));
	expect_sound(story);
	left = dump(story);
	MUN_EXPECT_OK(mun_index_rebuild(story->vault, &err), &err);
	rebuilt = dump(story);
	assert_string_equal(left, rebuilt);
	free(left);
	free(rebuilt);
}

static void
test_forget_statement(void **state)
{
	struct expected expected[EVENTS];
	struct story story;

	story_begin(&story, *state);
	fill(&story, expected);
	forget(&story, 13, "Order no. 12");
	forget(&story, 3, "Case 17");
	story_end(&story);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define ONE(test)                        \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)
		ONE(test_every_type),
		ONE(test_actors_and_annotations),
		ONE(test_build_order),
		ONE(test_every_column),
		ONE(test_rows_too_many_and_few),
		ONE(test_forget_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
