/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_binding.c - an archive and a log that are good, but not each other's.
 *
 * Each part of what binds them is spoilt alone; in whole files the archive's
 * digest would tell first, and hide that a rule is missing.
 */
#include <string.h>

#include "facts.h"
#include "harness/harness.h"
#include "pki/pki.h"

static void
test_binding_passes_what_belongs_together(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "p256");
	mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
	facts_expect(&facts, "archive.digest", MUN_PASSED);
	facts_expect(&facts, "archive.bound", MUN_PASSED);
	assert_string_equal(facts.last->detail, "entry 2");
	assert_true(facts.deposits[0].seen);
	assert_false(facts.deposits[1].seen);
	assert_int_equal(mun_verification_verdict(facts.v), MUN_PASSED);
	facts_free(&facts);
}

static void
other_archive_in_seal(struct facts *facts)
{
	strcpy(facts->archive.seal.archive, "FCT-0002");
}

static void
other_vault_in_seal(struct facts *facts)
{
	facts->archive.seal.vault[31] ^= 1;
}

static void
other_origin_in_seal(struct facts *facts)
{
	strcpy(facts->archive.seal.origin, "example.org/lo");
}

static void
other_seal(struct facts *facts)
{
	facts->archive.seal_sha256[0] ^= 0x80;
}

static void
other_seal_signature(struct facts *facts)
{
	facts->archive.seal_signature_sha256[31] ^= 1;
}

static void
other_actor(struct facts *facts)
{
	facts->deposits[0].actor[0] ^= 1;
}

static void
other_signer(struct facts *facts)
{
	mun_certificate_free(facts->archive.chain[0]);
	facts->archive.chain[0] = mun_pki_certificate("stranger");
}

static void
after_an_unknown_entry(struct facts *facts)
{
	facts->archive.seal.after[0] ^= 1;
}

static void
after_its_own_entry(struct facts *facts)
{
	memcpy(facts->archive.seal.after, facts->entries[DEPOSIT_SEQ].sha256,
	    MUN_SHA256_LEN);
}

static void
after_a_later_entry(struct facts *facts)
{
	memcpy(facts->archive.seal.after,
	    facts->entries[DEPOSIT_SEQ + 1].sha256, MUN_SHA256_LEN);
}

static void
sealed_too_early(struct facts *facts)
{
	facts->archive.seal.sealed_at_utc_s =
	    facts->entries[DEPOSIT_SEQ - 1].time_utc_s - 1;
}

static void
sealed_too_late(struct facts *facts)
{
	facts->archive.seal.sealed_at_utc_s = facts->deposits[0].time_utc_s + 1;
}

static void
no_seal(struct facts *facts)
{
	facts->archive.sealed = false;
}

static const struct {
	void (*spoil)(struct facts *facts);
	const char *said;
} strange[] = {
	{ other_archive_in_seal, "the seal is of another archive" },
	{ other_vault_in_seal, "the seal is of another vault" },
	{ other_origin_in_seal, "the seal is of another vault" },
	{ other_seal, "the log entry is over another seal" },
	{ other_seal_signature,
	    "the log entry is over another seal signature" },
	{ other_actor, "another actor signed the log entry than the seal" },
	{ other_signer, "another actor signed the log entry than the seal" },
	{ after_an_unknown_entry,
	    "the seal names an entry that is not before its own" },
	{ after_its_own_entry,
	    "the seal names an entry that is not before its own" },
	{ after_a_later_entry,
	    "the seal names an entry that is not before its own" },
	{ sealed_too_early,
	    "the seal's time does not lie between its entries" },
	{ sealed_too_late, "the seal's time does not lie between its entries" },
	{ no_seal, "there is no proper seal" },
};

static void
test_binding_names_each_part_that_belongs_elsewhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++) {
		struct facts facts;

		facts_make(&facts, "p256");
		strange[i].spoil(&facts);
		mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
		facts_expect(&facts, "archive.digest", MUN_PASSED);
		facts_expect(&facts, "archive.bound", MUN_FAILED);
		if (strstr(facts.last->detail, strange[i].said) == NULL)
			fail_msg("%zu: %s", i, facts.last->detail);
		facts_free(&facts);
	}
}

/* What is broken by itself proves no mixing; its own checks fail it. */
static void
test_binding_accuses_nobody_of_a_damaged_archive(void **state)
{
	struct facts facts;

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++) {
		facts_make(&facts, "p256");
		facts.archive.damaged = true;
		facts.archive.sha256[17] ^= 4;
		strange[i].spoil(&facts);
		mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
		facts_expect_none(&facts, "archive.bound");
		facts_expect(&facts, "archive.unbound", MUN_INDETERMINATE);
		if (strstr(facts.last->detail, strange[i].said) == NULL)
			fail_msg("%zu: %s", i, facts.last->detail);
		facts_free(&facts);
		/* the very file that was logged was made like that */
		facts_make(&facts, "p256");
		facts.archive.damaged = true;
		strange[i].spoil(&facts);
		mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
		facts_expect(&facts, "archive.bound", MUN_FAILED);
		facts_expect_none(&facts, "archive.unbound");
		facts_free(&facts);
	}
	/* what fits, fits, whatever else is wrong */
	for (int is_logged = 0; is_logged < 2; is_logged++) {
		facts_make(&facts, "p256");
		facts.archive.damaged = true;
		if (!is_logged)
			facts.archive.sha256[17] ^= 4;
		mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
		facts_expect(&facts, "archive.bound", MUN_PASSED);
		facts_expect_none(&facts, "archive.unbound");
		facts_free(&facts);
	}
}

static void
test_binding_takes_the_seals_time_at_both_ends(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct facts facts;

		facts_make(&facts, "p256");
		facts.archive.seal.sealed_at_utc_s = i == 0
		    ? facts.entries[DEPOSIT_SEQ - 1].time_utc_s
		    : facts.deposits[0].time_utc_s;
		mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
		facts_expect(&facts, "archive.bound", MUN_PASSED);
		facts_free(&facts);
	}
}

static void
test_binding_fails_an_archive_of_another_digest(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "p256");
	facts.archive.sha256[17] ^= 4;
	mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
	facts_expect(&facts, "archive.digest", MUN_FAILED);
	facts_expect(&facts, "archive.bound", MUN_PASSED);
	assert_int_equal(mun_verification_verdict(facts.v), MUN_FAILED);
	facts_free(&facts);
}

/* ---- several logs ---- */

/* A log as two dossiers show it, in either order. */
struct two {
	struct facts older, newer;
	struct mun_log_facts *logs[2];
};

static void
two_make(struct two *two, bool turned)
{
	facts_make(&two->older, "p256");
	facts_make(&two->newer, "p256");
	two->older.log.name = "older";
	two->newer.log.name = "newer";
	two->logs[turned] = &two->older.log;
	two->logs[!turned] = &two->newer.log;
}

static void
two_bind(struct two *two)
{
	mun_bind_archive_to_all(
	    two->older.v, &two->older.archive, two->logs, 2, "a");
}

static void
two_free(struct two *two)
{
	two->older.v->time_root_count = 0; /* there are none to free */
	facts_free(&two->older);
	facts_free(&two->newer);
}

static size_t
count_of(const struct two *two, const char *rule, enum mun_verdict verdict,
    const char *said)
{
	const struct mun_verification *v = two->older.v;
	size_t count = 0;

	for (size_t i = 0; i < v->check_count; i++)
		count += strcmp(v->checks[i].rule, rule) == 0 &&
		    v->checks[i].verdict == verdict &&
		    strstr(v->checks[i].detail, said) != NULL;
	return count;
}

static void
test_binding_lets_each_of_two_logs_speak(void **state)
{
	(void)state;
	for (int turned = 0; turned < 2; turned++) {
		struct two two;

		two_make(&two, turned == 1);
		two.newer.deposits[0].subject.sha256[3] ^= 1;
		two.older.log.fingerprint[0] ^= 1;
		two_bind(&two);
		assert_int_equal(count_of(&two, "archive.digest", MUN_PASSED,
				     "entry 2 of 'older'"),
		    1);
		assert_int_equal(count_of(&two, "archive.digest", MUN_FAILED,
				     "entry 2 of 'newer'"),
		    1);
		assert_int_equal(count_of(&two, "archive.bound", MUN_FAILED,
				     "entry 2 of 'older': the seal is of"),
		    1);
		assert_int_equal(count_of(&two, "archive.bound", MUN_PASSED,
				     "entry 2 of 'newer'"),
		    1);
		assert_true(two.older.deposits[0].seen);
		assert_true(two.newer.deposits[0].seen);
		two_free(&two);
	}
}

static enum mun_status
holds(void *ctx, size_t batch, size_t stamp, int64_t proof_time_utc_s,
    struct mun_proven_stamp *out, struct mun_error *err)
{
	(void)batch;
	(void)stamp;
	(void)proof_time_utc_s;
	(void)err;
	out->has_time = true;
	out->time_utc_s = *(const int64_t *)ctx;
	out->not_after_utc_s = INT64_MAX;
	return MUN_OK;
}

/* A token at that time over all entries below size. */
static void
stamp(struct mun_log_facts *log, uint64_t size, int64_t utc_s)
{
	struct mun_proven_batch *batch =
	    mun_proven_add(&log->proven, ENTRIES, size, 1);

	assert_non_null(batch);
	batch->is_of_log = true;
	batch->event_utc_s = utc_s;
	batch->covered_utc_s = utc_s;
	MUN_EXPECT_OK(
	    mun_proven_run(&log->proven, holds, &utc_s, utc_s, NULL), NULL);
}

static void
test_binding_counts_an_archive_of_two_logs_once(void **state)
{
	static const struct {
		uint64_t size; /* that the older one's token covers */
		int64_t older_utc_s, newer_utc_s, by_utc_s;
	} cases[] = {
		{ DEPOSIT_SEQ, 1800001000, 1800002000, 1800002000 },
		{ ENTRIES, 1800001000, 1800002000, 1800001000 },
		{ ENTRIES, 1800002000, 1800001000, 1800001000 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		struct mun_verification *v;
		struct two two;

		two_make(&two, i % 2 == 1);
		v = two.older.v;
		v->time_root_count = 1;
		stamp(&two.older.log, cases[i / 2].size,
		    cases[i / 2].older_utc_s);
		stamp(&two.newer.log, ENTRIES, cases[i / 2].newer_utc_s);
		two_bind(&two);
		assert_int_equal(v->time_archives, 1);
		assert_int_equal(v->time_archives_proven, 1);
		assert_int_equal(
		    v->time_archives_by_utc_s, cases[i / 2].by_utc_s);
		assert_int_equal(
		    count_of(&two, "time.archive", MUN_PASSED, ""), 1);
		assert_int_equal(
		    count_of(&two, "time.archive-pending", MUN_PASSED, ""), 0);
		two_free(&two);
	}
}

/* It may have been logged elsewhere, or not yet: nobody is accused. */
static void
test_binding_cannot_tell_of_an_archive_that_no_entry_names(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "p256");
	strcpy(facts.archive.id, "FCT-0003");
	mun_bind_archive(facts.v, &facts.archive, &facts.log, "a");
	facts_expect(&facts, "archive.unlogged", MUN_INDETERMINATE);
	facts_expect_none(&facts, "archive.bound");
	assert_false(facts.deposits[0].seen);
	facts_free(&facts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_binding_passes_what_belongs_together),
		cmocka_unit_test(
		    test_binding_names_each_part_that_belongs_elsewhere),
		cmocka_unit_test(
		    test_binding_accuses_nobody_of_a_damaged_archive),
		cmocka_unit_test(
		    test_binding_takes_the_seals_time_at_both_ends),
		cmocka_unit_test(
		    test_binding_fails_an_archive_of_another_digest),
		cmocka_unit_test(
		    test_binding_cannot_tell_of_an_archive_that_no_entry_names),
		cmocka_unit_test(test_binding_lets_each_of_two_logs_speak),
		cmocka_unit_test(
		    test_binding_counts_an_archive_of_two_logs_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
