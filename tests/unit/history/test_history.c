/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_history.c - the chain as it is told: sentences, and every gap and
 * contradiction beside the event that it belongs to.
 *
 * The log is written with every judgement switched off, so it also says what
 * no honest signer would.
 */
#include "muniment/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "story.h"

enum {
	SINCE = 1795500000 /* 2026-11-24T06:00:00Z */
};

struct heard {
	char sentences[65536]; /* "seq: sentence\n" */
	char findings[16384]; /* "seq rule (noted)\n" */
	char texts[65536]; /* "seq rule text\n" */
	char standings[4096], actors[4096];
};

static void append(char *out, size_t size, const char *format, ...)
    MUN_PRINTF(3, 4);
static void
append(char *out, size_t size, const char *format, ...)
{
	size_t len = strlen(out);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(out + len, size - len, format, args);
	va_end(args);
}

static enum mun_status
hear_event(
    void *ctx, const struct mun_history_event *event, struct mun_error *err)
{
	struct heard *heard = ctx;

	(void)err;
	append(heard->sentences, sizeof(heard->sentences), "%llu: %s%s\n",
	    (unsigned long long)event->seq, event->sentence,
	    event->counts ? "" : " (void)");
	for (size_t i = 0; i < event->finding_count; i++) {
		const struct mun_history_finding *finding = &event->findings[i];

		append(heard->findings, sizeof(heard->findings), "%llu %s%s\n",
		    (unsigned long long)event->seq, finding->rule,
		    finding->is_noted ? " noted" : "");
		append(heard->texts, sizeof(heard->texts), "%llu %s\n",
		    (unsigned long long)event->seq, finding->text);
	}
	return MUN_OK;
}

static enum mun_status
hear_standing(void *ctx, const struct mun_history_standing *standing,
    struct mun_error *err)
{
	struct heard *heard = ctx;

	(void)err;
	append(heard->standings, sizeof(heard->standings),
	    "%s %s since %llu%s%s%s%s\n", standing->reference,
	    standing->holder.is_known ? standing->holder.name : "outside",
	    (unsigned long long)standing->since_seq,
	    standing->goes_with_archive ? " with archive" : "",
	    standing->is_pending ? " pending to " : "",
	    standing->is_pending ? standing->pending_to.name : "",
	    standing->withdrawn == NULL ? "" : " withdrawn");
	return MUN_OK;
}

static enum mun_status
hear_actor(
    void *ctx, const struct mun_history_actor *actor, struct mun_error *err)
{
	struct heard *heard = ctx;

	(void)err;
	append(heard->actors, sizeof(heard->actors), "%s %s %llu%s%s\n",
	    actor->person.name, actor->person.role,
	    (unsigned long long)actor->enrolled_seq,
	    actor->is_revoked ? " " : "",
	    actor->is_revoked ? actor->reason : "");
	return MUN_OK;
}

static struct heard heard;

static enum mun_status
hear(struct story *story, const struct mun_index_event_filter *filter,
    struct mun_history_summary *summary, struct mun_error *err)
{
	const struct mun_history_visitor visitor = { .ctx = &heard,
		.event = hear_event,
		.standing = hear_standing,
		.actor = hear_actor };

	memset(&heard, 0, sizeof(heard));
	return mun_history_tell(
	    story->vault, story->index, filter, &visitor, summary, err);
}

static struct mun_history_summary
tell(struct story *story, const char *reference)
{
	const struct mun_index_event_filter filter = { .reference = reference };
	struct mun_history_summary summary;
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_OK(hear(story, &filter, &summary, &err), &err);
	return summary;
}

static void
expect_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("'%s' is not in:\n%s", part, text);
}

/* ---- an honest chain ---- */

static void
test_plain_words(void **state)
{
	struct story story;

	story_begin(&story, *state);
	story_enrol(&story, "p256", "rsa3072", MUN_ROLE_CUSTODIAN);
	story_enrol(&story, "p256", "p384", MUN_ROLE_EXAMINER);
	story_deposit(&story, "p256", "XPF-0001", "Case 17");
	story_hand_over(&story, "p256", "XPF-0001", "p256", "rsa3072",
	    MUN_TRANSFER_COUNTERSIGNED);
	story_accept(&story, "rsa3072", "XPF-0001", 4);
	story_check(&story, "p384", "XPF-0001", MUN_OUTCOME_FAILED);
	story_check(&story, "p384", "XPF-0001", MUN_OUTCOME_PASSED);
	story_check(&story, "p384", NULL, MUN_OUTCOME_PASSED);
	story_annotate(&story, "p256", "XPF-0001", 42, MUN_STATEMENT_TITLE,
	    "Order no. 12");
	story_hand_over(&story, "rsa3072", "XPF-0001", "rsa3072", NULL,
	    MUN_TRANSFER_ASSERTED);
	story_open(&story);
	assert_int_equal(tell(&story, "XPF-0001").findings, 0);
	assert_string_equal(heard.sentences,
	    "3: p256 (custodian) deposited XPF-0001, and holds it.\n"
	    "4: p256 (custodian) handed XPF-0001 over to rsa3072 (custodian), "
	    "who is to accept it.\n"
	    "5: rsa3072 (custodian) accepted XPF-0001, handed over in entry "
	    "4, and holds it from now on.\n"
	    "6: p384 (examiner) checked the stored bytes of XPF-0001: they "
	    "were NOT those logged.\n"
	    "7: p384 (examiner) checked the stored bytes of XPF-0001: they "
	    "were those logged.\n"
	    "8: p384 (examiner) checked the stored bytes of every archive: "
	    "all were those logged.\n"
	    "9: p256 (custodian) described XPF-0001/42: title.\n"
	    "10: rsa3072 (custodian) handed XPF-0001 over to somebody outside "
	    "the vault.\n");
	assert_string_equal(heard.findings,
	    "7 fixity.repaired noted\n10 custody.asserted noted\n");
	assert_string_equal(heard.standings, "XPF-0001 outside since 10\n");
	assert_string_equal(heard.actors,
	    "p256 custodian 0\nrsa3072 custodian 1\np384 examiner 2\n");
	/* a document: its own, and what was done to its archive */
	tell(&story, "XPF-0001/7");
	assert_null(strstr(heard.sentences, "described"));
	expect_has(heard.sentences, "accepted XPF-0001");
	assert_string_equal(
	    heard.standings, "XPF-0001/7 outside since 10 with archive\n");
	/* the vault: all of it */
	assert_int_equal(tell(&story, NULL).events, 11);
	expect_has(heard.sentences,
	    "1: p256 (custodian) enrolled rsa3072 as a custodian.\n"
	    "2: p256 (custodian) enrolled p384 as an examiner.\n");
	story_end(&story);
}

/* ---- gaps and contradictions ---- */

static void
test_custody_gaps(void **state)
{
	struct story story;

	story_begin(&story, *state);
	story_enrol(&story, "p256", "rsa3072", MUN_ROLE_CUSTODIAN);
	story_enrol(&story, "p256", "p384", MUN_ROLE_DEPOSITOR);
	story_deposit(&story, "p256", "XPF-0001", NULL);
	/* 4: never accepted, then 5: another, pending to the end */
	story_hand_over(&story, "p256", "XPF-0001", "p256", "rsa3072",
	    MUN_TRANSFER_COUNTERSIGNED);
	story_hand_over(&story, "p256", "XPF-0001", "p256", "p384",
	    MUN_TRANSFER_COUNTERSIGNED);
	story_open(&story);
	assert_int_equal(tell(&story, "XPF-0001").findings, 0);
	assert_string_equal(heard.findings,
	    "5 custody.replaced noted\n5 custody.pending noted\n");
	expect_has(heard.texts,
	    "5 The hand-over before it (entry 4) was "
	    "never accepted");
	assert_string_equal(
	    heard.standings, "XPF-0001 p256 since 3 pending to p384\n");
	/* 6: by somebody who does not hold it; 7: accepted by another */
	story_hand_over(&story, "rsa3072", "XPF-0001", "rsa3072", "p384",
	    MUN_TRANSFER_ASSERTED);
	story_hand_over(&story, "p384", "XPF-0001", "p384", "rsa3072",
	    MUN_TRANSFER_COUNTERSIGNED);
	story_accept(&story, "p384", "XPF-0001", 7);
	story_check(&story, "p256", "XPF-0001", MUN_OUTCOME_FAILED);
	story_open(&story);
	assert_int_equal(tell(&story, "XPF-0001").findings, 3);
	expect_has(heard.findings,
	    "6 custody.not-holder\n6 custody.replaced noted\n"
	    "6 custody.asserted noted\n7 custody.pending noted\n"
	    "8 event.reference\n9 fixity.failed\n");
	expect_has(heard.texts,
	    "6 By the log p256 (custodian) held it, since "
	    "entry 3, and not who handed it over");
	expect_has(heard.sentences,
	    "8: p384 (depositor) accepted XPF-0001, "
	    "handed over in entry 7. (void)\n");
	expect_has(heard.texts,
	    "8 This entry does not count and changes nothing: another than "
	    "the named receiver accepts.");
	story_end(&story);
}

static void
test_signers(void **state)
{
	struct story story;

	story_begin(&story, *state);
	story_enrol(&story, "p256", "p384", MUN_ROLE_COUNSEL);
	story_deposit(&story, "p256", "XPF-0001", NULL);
	/* 3: a stranger, 4: one whose role may not, 5: properly, 6: revoked
	 * as stolen, 7: after that */
	story_check(&story, "rsa3072", "XPF-0001", MUN_OUTCOME_PASSED);
	story_check(&story, "p384", "XPF-0001", MUN_OUTCOME_PASSED);
	story_annotate(&story, "p384", "XPF-0001", 0, MUN_STATEMENT_NOTE, "x");
	story_revoke(&story, "p256", "p384", MUN_REVOKED_COMPROMISED, SINCE);
	story_annotate(&story, "p384", "XPF-0001", 0, MUN_STATEMENT_NOTE, "y");
	story_open(&story);
	tell(&story, "XPF-0001");
	assert_string_equal(heard.findings,
	    "3 event.actor-not-enrolled\n"
	    "4 event.role\n4 event.contested\n5 event.contested\n"
	    "7 event.actor-revoked\n");
	expect_has(heard.sentences, "3: rsa3072 (not enrolled, certificate ");
	expect_has(heard.sentences,
	    "6: p256 (custodian) revoked p384 (counsel): the key is in other "
	    "hands, since 24 November 2026, 06:00:00 UTC.\n");
	expect_has(heard.texts,
	    "5 Its signer's key is said to be in other hands since 24 November "
	    "2026, 06:00:00 UTC (entry 6)");
	assert_string_equal(
	    heard.actors, "p256 custodian 0\np384 counsel 1 compromised\n");
	story_end(&story);
}

static void
test_statements(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct story story;
	char path[8192];
	FILE *file;

	story_begin(&story, *state);
	story_deposit(&story, "p256", "XPF-0001", "Case 17");
	story_deposit(&story, "p256", "XPF-0002", "Case 17");
	story_open(&story);
	MUN_EXPECT_OK(mun_store_remove(
			  story.base.store, "log/statements/000001.json", &err),
	    &err);
	tell(&story, "XPF-0001");
	assert_string_equal(heard.findings, "1 statement.withheld noted\n");
	(void)snprintf(path, sizeof(path), "%s/log/statements/000002.json",
	    story.base.path);
	file = fopen(path, "ab");
	assert_non_null(file);
	fputc(' ', file);
	fclose(file);
	tell(&story, "XPF-0002");
	assert_string_equal(heard.findings, "2 statement.differs\n");
	story_end(&story);
}

/* ---- another archive's events that name it ---- */

static void
test_mentions(void **state)
{
	struct mun_detail relation =
	    story_about(MUN_EVENT_RELATION, "XPF-0002", 3);
	struct story story;

	story_begin(&story, *state);
	story_deposit(&story, "p256", "XPF-0001", NULL);
	story_deposit(&story, "p256", "XPF-0002", NULL);
	relation.relation = MUN_RELATION_TRANSLATION_OF;
	mun_detail_give(&relation, MUN_DETAIL_RELATION);
	relation.object =
	    story_about(MUN_EVENT_RELATION, "XPF-0001", 42).subject;
	mun_detail_give(&relation, MUN_DETAIL_OBJECT);
	story_add(&story, "p256", &relation, NULL);
	story_open(&story);
	tell(&story, "XPF-0001/42");
	assert_string_equal(heard.findings, "");
	expect_has(heard.sentences,
	    "3: p256 (custodian) recorded that XPF-0002/3 is a translation of "
	    "XPF-0001/42.\n");
	tell(&story, "XPF-0001/41");
	assert_null(strstr(heard.sentences, "translation"));
	story_end(&story);
}

/* ---- choosing, refusing ---- */

static void
test_filter(void **state)
{
	const struct mun_index_event_filter filter = { .reference = "XPF-0001",
		.type = "transfer" };
	struct mun_history_summary summary;
	struct mun_error err = MUN_ERROR_INIT;
	struct story story;

	story_begin(&story, *state);
	story_enrol(&story, "p256", "p384", MUN_ROLE_CUSTODIAN);
	story_deposit(&story, "p256", "XPF-0001", NULL);
	story_hand_over(
	    &story, "p384", "XPF-0001", "p384", NULL, MUN_TRANSFER_ASSERTED);
	story_open(&story);
	/* custody is replayed from all, so the contradiction is seen */
	MUN_EXPECT_OK(hear(&story, &filter, &summary, &err), &err);
	assert_int_equal(summary.events, 1);
	assert_string_equal(
	    heard.findings, "3 custody.not-holder\n3 custody.asserted noted\n");
	story_end(&story);
}

static void
test_refuses(void **state)
{
	const struct mun_index_event_filter none = { .reference = "XPF-0009" };
	const struct mun_index_event_filter one = { .reference = "XPF-0001" };
	const struct mun_index_event_filter all = { .reference = NULL };
	struct mun_history_summary summary;
	struct mun_error err = MUN_ERROR_INIT;
	struct story story;

	story_begin(&story, *state);
	story_deposit(&story, "p256", "XPF-0001", NULL);
	story_open(&story);
	MUN_EXPECT_STATUS(
	    hear(&story, &none, &summary, &err), MUN_ERR_NOT_FOUND, &err);
	/* an entry that is not what was signed */
	vault_flip(&story.base, "log/tile/entries/000.p/2");
	MUN_EXPECT_STATUS(
	    hear(&story, &all, &summary, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    hear(&story, &one, &summary, &err), MUN_ERR_FORMAT, &err);
	story_end(&story);
}

/* A whole entry, well signed, in the place of another. */
static void
test_replaced_entry(void **state)
{
	const struct mun_index_event_filter one = { .reference = "XPF-0001" };
	const struct mun_index_event_filter all = { .reference = NULL };
	struct mun_history_summary summary;
	struct mun_error err = MUN_ERROR_INIT;
	struct story story;
	char command[32768];

	story_begin(&story, *state);
	vault_save(&story.base, "before");
	story_deposit(&story, "p256", "XPF-0001", NULL);
	(void)snprintf(command, sizeof(command),
	    "cp -a '%s/log/tile/entries' '%s/entries'", story.base.path,
	    story.base.scratch->path);
	assert_int_equal(system(command), 0);
	vault_restore(&story.base, "before");
	(void)snprintf(
	    command, sizeof(command), "rm -f '%s/head'", story.base.keys);
	assert_int_equal(system(command), 0);
	story_deposit(&story, "p256", "XPF-0001", NULL);
	story_open(&story);
	(void)snprintf(command, sizeof(command),
	    "rm -rf '%s/log/tile/entries' && cp -a '%s/entries' "
	    "'%s/log/tile/entries'",
	    story.base.path, story.base.scratch->path, story.base.path);
	assert_int_equal(system(command), 0);
	MUN_EXPECT_STATUS(
	    hear(&story, &one, &summary, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "not the one that the log's head counts");
	MUN_EXPECT_STATUS(
	    hear(&story, &all, &summary, &err), MUN_ERR_FORMAT, &err);
	story_end(&story);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define ONE(test)                        \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)
		ONE(test_plain_words),
		ONE(test_custody_gaps),
		ONE(test_signers),
		ONE(test_statements),
		ONE(test_mentions),
		ONE(test_filter),
		ONE(test_refuses),
		ONE(test_replaced_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
