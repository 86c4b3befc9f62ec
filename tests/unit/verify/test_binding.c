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
		    test_binding_takes_the_seals_time_at_both_ends),
		cmocka_unit_test(
		    test_binding_fails_an_archive_of_another_digest),
		cmocka_unit_test(
		    test_binding_cannot_tell_of_an_archive_that_no_entry_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
