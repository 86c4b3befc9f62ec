/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_queries.c - events by what, whom, when and kind; which entries custody
 * is replayed from; annotations, relations, typed words, cases.
 */
#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "pki/pki.h"
#include "story.h"

static char seen[4096];

static void note(const char *format, ...) MUN_PRINTF(1, 2);
static void
note(const char *format, ...)
{
	size_t len = strlen(seen);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(seen + len, sizeof(seen) - len, format, args);
	va_end(args);
}

/*
 *  0 vault-created p256
 *  1 enrol p384 examiner     2 enrol rsa3072 custodian
 *  3 deposit XPF-0001, Case 17
 *  4 deposit XPF-0002
 *  5 transfer XPF-0001 p256 -> rsa3072   6 accepted
 *  7 check XPF-0002 by p384  8 check of the vault
 *  9 XPF-0002/3 translation of XPF-0001/42
 * 10 annotation XPF-0001/42 title  11 the same, later
 * 12 annotation XPF-0002 case Case 17
 * 13 p384 rotated to documents
 * 14 check XPF-0001 by documents
 * 15 annotation XPF-0001 case Case 18
 */
static void
fill(struct story *story)
{
	struct mun_detail relation =
	    story_about(MUN_EVENT_RELATION, "XPF-0002", 3);
	struct mun_detail rotation = { .type = MUN_EVENT_KEY_ROTATED,
		.certificate = mun_pki_certificate("documents") };

	story_enrol(story, "p256", "p384", MUN_ROLE_EXAMINER);
	story_enrol(story, "p256", "rsa3072", MUN_ROLE_CUSTODIAN);
	story_deposit(story, "p256", "XPF-0001", "Case 17");
	story_deposit(story, "p256", "XPF-0002", NULL);
	story_hand_over(story, "p256", "XPF-0001", "p256", "rsa3072",
	    MUN_TRANSFER_COUNTERSIGNED);
	story_accept(story, "rsa3072", "XPF-0001", 5);
	story_check(story, "p384", "XPF-0002", MUN_OUTCOME_PASSED);
	story_check(story, "p256", NULL, MUN_OUTCOME_PASSED);
	relation.relation = MUN_RELATION_TRANSLATION_OF;
	mun_detail_give(&relation, MUN_DETAIL_RELATION);
	relation.object =
	    story_about(MUN_EVENT_RELATION, "XPF-0001", 42).subject;
	mun_detail_give(&relation, MUN_DETAIL_OBJECT);
	story_add(story, "p256", &relation, NULL);
	story_annotate(
	    story, "p256", "XPF-0001", 42, MUN_STATEMENT_TITLE, "Order 12");
	story_annotate(story, "p256", "XPF-0001", 42, MUN_STATEMENT_TITLE,
	    "Order no. 12 \"Caf\xc3\xa9\"");
	story_annotate(
	    story, "p256", "XPF-0002", 0, MUN_STATEMENT_CASE, "Case 17");
	story_actor(rotation.actor, "p384");
	mun_detail_give(&rotation, MUN_DETAIL_ACTOR);
	mun_detail_give(&rotation, MUN_DETAIL_CERTIFICATE);
	story_add(story, "p384", &rotation, NULL);
	story_check(story, "documents", "XPF-0001", MUN_OUTCOME_PASSED);
	story_annotate(
	    story, "p256", "XPF-0001", 0, MUN_STATEMENT_CASE, "Case 18");
	story_open(story);
}

static enum mun_status
see_event(void *ctx, const struct mun_index_event *event, struct mun_error *err)
{
	(void)ctx;
	(void)err;
	note("%llu ", (unsigned long long)event->seq);
	return MUN_OK;
}

static void
expect_events(struct story *story, struct mun_index_event_filter filter,
    const char *expected)
{
	struct mun_error err = MUN_ERROR_INIT;

	seen[0] = '\0';
	MUN_EXPECT_OK(
	    mun_index_events(story->index, &filter, see_event, NULL, &err),
	    &err);
	assert_string_equal(seen, expected);
}

static void
expect_refused(struct story *story, struct mun_index_event_filter filter,
    enum mun_status expected)
{
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_STATUS(
	    mun_index_events(story->index, &filter, see_event, NULL, &err),
	    expected, &err);
}

#define FILTER(...) ((struct mun_index_event_filter){ __VA_ARGS__ })

static void
test_events(void **state)
{
	struct story story;
	char hex[65] = "";
	uint8_t digest[32];

	story_begin(&story, *state);
	fill(&story);
	expect_events(&story, FILTER(.reference = NULL),
	    "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 ");
	expect_events(
	    &story, FILTER(.reference = "XPF-0001"), "3 5 6 9 10 11 14 15 ");
	expect_events(
	    &story, FILTER(.reference = "XPF-0001/42"), "3 5 6 9 10 11 14 15 ");
	expect_events(
	    &story, FILTER(.reference = "XPF-0001/7"), "3 5 6 14 15 ");
	expect_events(&story, FILTER(.type = "transfer"), "5 6 ");
	expect_events(&story, FILTER(.key = "title"), "10 11 ");
	expect_events(&story, FILTER(.key = "case"), "12 15 ");
	/* the deposit said 17; so did the latest annotation of the other */
	expect_events(&story, FILTER(.case_name = "Case 17"),
	    "3 4 5 6 7 9 10 11 12 14 15 ");
	expect_events(
	    &story, FILTER(.case_name = "Case 18"), "3 5 6 10 11 14 15 ");
	/* named and signing, under the old certificate and the new one */
	expect_events(&story, FILTER(.actor = "p384"), "7 13 14 ");
	expect_events(&story, FILTER(.actor = "DOCU"), "7 13 14 ");
	expect_events(&story, FILTER(.actor = "rsa"), "5 6 ");
	story_actor(digest, "documents");
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	expect_events(&story, FILTER(.actor = hex), "7 13 14 ");
	expect_events(&story, FILTER(.from = "2999-01-01"), "");
	expect_events(&story, FILTER(.to = "2026-01-01"), "");
	expect_events(&story,
	    FILTER(.from = "2026-01-01", .to = "2999-12-31T00:00:00Z",
		.type = "deposit", .actor = "p256", .reference = "XPF-0002"),
	    "4 ");
	expect_refused(&story, FILTER(.actor = "nobody"), MUN_ERR_NOT_FOUND);
	expect_refused(&story, FILTER(.from = "2026-02-30"), MUN_ERR_USAGE);
	expect_refused(&story, FILTER(.to = "today"), MUN_ERR_USAGE);
	expect_refused(&story, FILTER(.type = "transfers"), MUN_ERR_USAGE);
	expect_refused(&story, FILTER(.key = "colour"), MUN_ERR_USAGE);
	expect_refused(&story, FILTER(.reference = "XPF"), MUN_ERR_USAGE);
	story_end(&story);
}

static enum mun_status
see_seq(void *ctx, uint64_t seq, struct mun_error *err)
{
	(void)ctx;
	(void)err;
	note("%llu ", (unsigned long long)seq);
	return MUN_OK;
}

static void
expect_seqs(struct story *story, const char *archive, const char *expected)
{
	struct mun_error err = MUN_ERROR_INIT;

	seen[0] = '\0';
	MUN_EXPECT_OK(
	    mun_index_custody_seqs(story->index, archive, see_seq, NULL, &err),
	    &err);
	assert_string_equal(seen, expected);
}

static void
test_custody_seqs(void **state)
{
	struct story story;

	story_begin(&story, *state);
	fill(&story);
	expect_seqs(&story, NULL, "0 1 2 8 13 ");
	expect_seqs(&story, "XPF-0009", "0 1 2 8 13 ");
	expect_seqs(&story, "XPF-0001", "0 1 2 3 5 6 8 10 11 13 14 15 ");
	expect_seqs(&story, "XPF-0002", "0 1 2 4 7 8 9 12 13 ");
	story_end(&story);
}

static enum mun_status
see_annotation(void *ctx, const struct mun_index_annotation *annotation,
    struct mun_error *err)
{
	(void)ctx;
	(void)err;
	note("%llu %s=%s%s, ", (unsigned long long)annotation->seq,
	    annotation->key,
	    annotation->value == NULL ? "(withheld)" : annotation->value,
	    annotation->is_latest ? "" : " (earlier)");
	return MUN_OK;
}

static void
expect_annotations(struct story *story, uint64_t document, const char *expected)
{
	struct mun_error err = MUN_ERROR_INIT;

	seen[0] = '\0';
	MUN_EXPECT_OK(mun_index_annotations(story->index, "XPF-0001", document,
			  see_annotation, NULL, &err),
	    &err);
	assert_string_equal(seen, expected);
}

static void
test_annotations(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct story story;

	story_begin(&story, *state);
	fill(&story);
	expect_annotations(&story, 0, "15 case=Case 18, ");
	expect_annotations(&story, 42,
	    "11 title=Order no. 12 \"Caf\xc3\xa9\", "
	    "10 title=Order 12 (earlier), ");
	expect_annotations(&story, 7, "");
	/* an erased one stays the latest, and says nothing */
	MUN_EXPECT_OK(mun_store_remove(
			  story.base.store, "log/statements/000011.json", &err),
	    &err);
	MUN_EXPECT_OK(mun_index_forget_statement(story.vault, 11, &err), &err);
	expect_annotations(
	    &story, 42, "11 title=(withheld), 10 title=Order 12 (earlier), ");
	story_end(&story);
}

static enum mun_status
see_relation(
    void *ctx, const struct mun_index_relation *relation, struct mun_error *err)
{
	(void)ctx;
	(void)err;
	note("%llu %s %s %s", (unsigned long long)relation->seq,
	    relation->subject, relation->relation, relation->object);
	return MUN_OK;
}

static void
test_relations(void **state)
{
	static const struct {
		const char *archive;
		uint64_t document;
		bool has;
	} asked[] = { { "XPF-0002", 3, true }, { "XPF-0001", 42, true },
		{ "XPF-0002", 0, true }, { "XPF-0001", 0, true },
		{ "XPF-0001", 3, false }, { "XPF-0002", 42, false } };
	struct mun_error err = MUN_ERROR_INIT;
	struct story story;

	story_begin(&story, *state);
	fill(&story);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		seen[0] = '\0';
		MUN_EXPECT_OK(mun_index_relations(story.index, asked[i].archive,
				  asked[i].document, see_relation, NULL, &err),
		    &err);
		assert_string_equal(seen,
		    asked[i].has ? "9 XPF-0002/3 translation-of XPF-0001/42"
				 : "");
	}
	story_end(&story);
}

static enum mun_status
see_typed(void *ctx, const struct mun_index_typed *typed, struct mun_error *err)
{
	(void)ctx;
	(void)err;
	note("%llu %s %s, ", (unsigned long long)typed->seq, typed->reference,
	    typed->key);
	return MUN_OK;
}

static void
expect_typed(
    struct story *story, const char *text, uint64_t limit, const char *expected)
{
	struct mun_error err = MUN_ERROR_INIT;

	seen[0] = '\0';
	MUN_EXPECT_OK(mun_index_find_typed(
			  story->index, text, limit, see_typed, NULL, &err),
	    &err);
	assert_string_equal(seen, expected);
}

static void
test_typed(void **state)
{
	struct story story;

	story_begin(&story, *state);
	fill(&story);
	expect_typed(
	    &story, "order", 9, "10 XPF-0001/42 title, 11 XPF-0001/42 title, ");
	expect_typed(&story, "order", 1, "10 XPF-0001/42 title, ");
	expect_typed(&story, "CAFE\xcc\x81", 9, "11 XPF-0001/42 title, ");
	expect_typed(&story, "\"caf", 9, "11 XPF-0001/42 title, ");
	expect_typed(&story, "case 18", 9, "15 XPF-0001 case, ");
	/* keys, salts and the form's own words are not typed */
	expect_typed(&story, "muniment-statement", 9, "");
	expect_typed(&story, "salt", 9, "");
	expect_typed(&story, "order 17", 9, "");
	story_end(&story);
}

static enum mun_status
see_archive(
    void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	(void)ctx;
	(void)err;
	note("%s %s/%s%s%s, ", archive->id,
	    archive->case_name == NULL ? "-" : archive->case_name,
	    archive->deposit_case == NULL ? "-" : archive->deposit_case,
	    archive->withdrawn == NULL ? "" : " ",
	    archive->withdrawn == NULL ? "" : archive->withdrawn);
	return MUN_OK;
}

static void
expect_archives(struct story *story, const char *name, const char *expected)
{
	struct mun_error err = MUN_ERROR_INIT;

	seen[0] = '\0';
	MUN_EXPECT_OK(
	    mun_index_archives(story->index, name, see_archive, NULL, &err),
	    &err);
	assert_string_equal(seen, expected);
}

static void
test_archives(void **state)
{
	struct mun_detail detail;
	struct story story;

	story_begin(&story, *state);
	fill(&story);
	expect_archives(&story, "Case 17",
	    "XPF-0001 Case 18/Case 17, XPF-0002 Case 17/-, ");
	expect_archives(&story, "Case 18", "XPF-0001 Case 18/Case 17, ");
	expect_archives(&story, "Case", "");
	/* one that says it another way no longer is of it */
	story_annotate(
	    &story, "p256", "XPF-0002", 0, MUN_STATEMENT_CASE, "Case 19");
	detail = story_about(MUN_EVENT_DEACCESSION, "XPF-0002", 0);
	detail.bytes = MUN_FATE_DESTROYED;
	mun_detail_give(&detail, MUN_DETAIL_BYTES);
	story_add(&story, "p256", &detail, NULL);
	story_open(&story);
	expect_archives(&story, "Case 17", "XPF-0001 Case 18/Case 17, ");
	expect_archives(&story, "Case 19", "XPF-0002 Case 19/- destroyed, ");
	story_end(&story);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define ONE(test)                        \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)
		ONE(test_events),
		ONE(test_custody_seqs),
		ONE(test_annotations),
		ONE(test_relations),
		ONE(test_typed),
		ONE(test_archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
