/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_anchors.c - what was brought along vouches for exactly one key or one
 * log, and never for what merely looks like it.
 */
#include <string.h>

#include "facts.h"
#include "harness/harness.h"

/* ---- an archive alone ---- */

static void
bind_alone(struct facts *facts)
{
	mun_bind_lone_archive(facts->v, &facts->archive, "a");
	facts_expect(facts, "log.not-given", MUN_INDETERMINATE);
}

static void
test_anchors_none_is_never_enough(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "p256");
	bind_alone(&facts);
	facts_expect(&facts, "anchor.none", MUN_INDETERMINATE);
	facts_expect_none(&facts, "signer.unpinned");
	facts_free(&facts);
}

static void
test_anchors_pin_one_certificate_however_given(void **state)
{
	(void)state;
	for (int bare = 0; bare < 2; bare++) {
		struct facts facts;

		facts_make(&facts, "leaf");
		facts_anchor(&facts, "sibling", bare);
		facts_anchor(&facts, "leaf", bare);
		bind_alone(&facts);
		facts_expect(&facts, "signer.unpinned", MUN_PASSED);
		facts_expect_none(&facts, "anchor.none");
		facts_free(&facts);
	}
}

/* Issued by the same authority, or a stranger's, given as file or digest; a
 * bare digest cannot be known for an issuer's, and pins nothing else. */
static void
test_anchors_refuse_every_other_certificate(void **state)
{
	static const struct {
		const char *name;
		bool bare;
	} others[] = { { "sibling", false }, { "sibling", true },
		{ "stranger", false }, { "stranger", true },
		{ "authority", true } };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct facts facts;

		facts_make(&facts, "leaf");
		facts_anchor(&facts, others[i].name, others[i].bare);
		bind_alone(&facts);
		facts_expect(&facts, "signer.unpinned", MUN_FAILED);
		facts_free(&facts);
	}
}

static void
test_anchors_an_issuer_pins_nothing_and_accuses_nobody(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "leaf");
	facts_anchor(&facts, "authority", false);
	bind_alone(&facts);
	facts_expect(&facts, "anchor.issuer", MUN_INDETERMINATE);
	facts_expect_none(&facts, "signer.unpinned");
	facts_free(&facts);
	/* beside another's certificate it is no excuse */
	facts_make(&facts, "leaf");
	facts_anchor(&facts, "authority", false);
	facts_anchor(&facts, "stranger", false);
	bind_alone(&facts);
	facts_expect(&facts, "signer.unpinned", MUN_FAILED);
	facts_free(&facts);
}

static void
test_anchors_a_vault_is_held_against_what_the_seal_claims(void **state)
{
	struct facts facts;

	(void)state;
	for (int same = 0; same < 2; same++) {
		uint8_t sha256[MUN_SHA256_LEN];

		facts_make(&facts, "p256");
		memcpy(sha256, facts.archive.seal.vault, sizeof(sha256));
		sha256[5] ^= same ? 0 : 1;
		facts_anchor_vault(&facts, sha256);
		bind_alone(&facts);
		facts_expect(
		    &facts, "vault.anchored", same ? MUN_PASSED : MUN_FAILED);
		facts_free(&facts);
	}
}

/* 64 digits alone are what they fit; what fits neither fails. */
static void
test_anchors_digits_alone_are_what_they_are_of(void **state)
{
	struct facts facts;
	uint8_t sha256[MUN_SHA256_LEN];

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		facts_make(&facts, "p256");
		memcpy(sha256,
		    kind == 0 ? facts.archive.seal.vault
			      : mun_certificate_sha256(facts.archive.chain[0]),
		    sizeof(sha256));
		sha256[7] ^= kind == 2 ? 1 : 0;
		facts_anchor_either(&facts, sha256);
		bind_alone(&facts);
		if (kind == 1) {
			facts_expect(&facts, "signer.unpinned", MUN_PASSED);
			facts_expect_none(&facts, "vault.anchored");
		} else {
			facts_expect(&facts, "vault.anchored",
			    kind == 0 ? MUN_PASSED : MUN_FAILED);
			facts_expect_none(&facts, "signer.unpinned");
		}
		facts_expect_none(&facts, "anchor.none");
		facts_free(&facts);
	}
}

/* Pinning the key itself says that its holder stands by it. */
static void
test_anchors_an_unpinned_signer_that_names_a_crl_needs_it(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "with-crl");
	bind_alone(&facts);
	facts_expect(&facts, "certificate.revocation", MUN_INDETERMINATE);
	facts_free(&facts);
	facts_make(&facts, "with-crl");
	facts_anchor(&facts, "with-crl", true);
	bind_alone(&facts);
	facts_expect_none(&facts, "certificate.revocation");
	facts_free(&facts);
}

static void
test_anchors_are_not_asked_about_what_has_no_seal(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "p256");
	facts_anchor(&facts, "p256", true);
	facts.archive.sealed = false;
	bind_alone(&facts);
	facts_expect_none(&facts, "signer.unpinned");
	facts_free(&facts);
}

/* ---- a vault ---- */

static void
test_anchors_a_vault_is_its_entry_0(void **state)
{
	(void)state;
	for (size_t bit = 0; bit <= (size_t)8 * MUN_SHA256_LEN; bit++) {
		uint8_t sha256[MUN_SHA256_LEN];
		struct facts facts;
		bool same = bit == (size_t)8 * MUN_SHA256_LEN;

		facts_make(&facts, "p256");
		memcpy(sha256, facts.log.fingerprint, sizeof(sha256));
		if (!same)
			sha256[bit / 8] ^= (uint8_t)(1u << bit % 8);
		facts_anchor_vault(&facts, sha256);
		mun_bind_vault(facts.v, &facts.log, "v");
		facts_expect(
		    &facts, "vault.anchored", same ? MUN_PASSED : MUN_FAILED);
		facts_expect_none(&facts, "signer.unpinned");
		facts_free(&facts);
	}
}

/* The right digest of the wrong thing. */
static void
test_anchors_of_one_kind_do_not_stand_for_the_other(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "p256");
	facts_anchor_vault(
	    &facts, mun_certificate_sha256(facts.log.created.certificate));
	mun_bind_vault(facts.v, &facts.log, "v");
	facts_expect(&facts, "vault.anchored", MUN_FAILED);
	facts_expect_none(&facts, "signer.unpinned");
	facts_free(&facts);
	facts_make(&facts, "p256");
	facts_anchor(&facts, "stranger", true);
	memcpy(
	    facts.v->anchors[0].sha256, facts.log.fingerprint, MUN_SHA256_LEN);
	mun_bind_vault(facts.v, &facts.log, "v");
	facts_expect(&facts, "signer.unpinned", MUN_FAILED);
	facts_expect_none(&facts, "vault.anchored");
	facts_free(&facts);
}

static void
test_anchors_a_log_key_goes_with_its_origin(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct facts facts;

		facts_make(&facts, "p256");
		facts.v->has_anchor = facts.v->has_log_key = true;
		strcpy(facts.v->log_key_origin,
		    i == 1 ? "example.org/other" : facts.log.origin);
		memcpy(facts.v->log_key, facts.log.created.log_key, 32);
		facts.v->log_key[31] ^= i == 2 ? 1 : 0;
		mun_bind_vault(facts.v, &facts.log, "v");
		facts_expect(&facts, "log.key-anchored",
		    i == 0 ? MUN_PASSED : MUN_FAILED);
		facts_free(&facts);
	}
}

static void
test_anchors_none_for_a_vault_is_said(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "with-crl");
	mun_bind_vault(facts.v, &facts.log, "v");
	facts_expect(&facts, "anchor.none", MUN_INDETERMINATE);
	facts_expect(&facts, "certificate.revocation", MUN_INDETERMINATE);
	facts_free(&facts);
	/* a vault anchor vouches for entry 0, and so for its certificate */
	facts_make(&facts, "with-crl");
	facts_anchor_vault(&facts, facts.log.fingerprint);
	mun_bind_vault(facts.v, &facts.log, "v");
	facts_expect_none(&facts, "certificate.revocation");
	facts_free(&facts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anchors_none_is_never_enough),
		cmocka_unit_test(
		    test_anchors_pin_one_certificate_however_given),
		cmocka_unit_test(test_anchors_refuse_every_other_certificate),
		cmocka_unit_test(
		    test_anchors_an_issuer_pins_nothing_and_accuses_nobody),
		cmocka_unit_test(
		    test_anchors_a_vault_is_held_against_what_the_seal_claims),
		cmocka_unit_test(
		    test_anchors_digits_alone_are_what_they_are_of),
		cmocka_unit_test(
		    test_anchors_an_unpinned_signer_that_names_a_crl_needs_it),
		cmocka_unit_test(
		    test_anchors_are_not_asked_about_what_has_no_seal),
		cmocka_unit_test(test_anchors_a_vault_is_its_entry_0),
		cmocka_unit_test(
		    test_anchors_of_one_kind_do_not_stand_for_the_other),
		cmocka_unit_test(test_anchors_a_log_key_goes_with_its_origin),
		cmocka_unit_test(test_anchors_none_for_a_vault_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
