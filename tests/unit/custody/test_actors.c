/* SPDX-License-Identifier: BSD-2-Clause */
/* test_actors.c - who may sign what, and for how long. */
#include <string.h>

#include "harness/harness.h"
#include "story.h"

#define A1 "XPF-0001"

/* SOURCE: docs/format/custody.md, the column "signed by". */
static const struct {
	enum mun_event_type type;
	const char *by;
} table[] = { { MUN_EVENT_ACTOR_ENROLLED, "C" },
	{ MUN_EVENT_ACTOR_REVOKED, "C" }, { MUN_EVENT_KEY_ROTATED, "C" },
	{ MUN_EVENT_POLICY_CHANGED, "C" }, { MUN_EVENT_DEPOSIT, "CD" },
	{ MUN_EVENT_TRANSFER, "CDEA" }, { MUN_EVENT_ACCESS, "CDEA" },
	{ MUN_EVENT_EXAMINATION, "CE" }, { MUN_EVENT_COPY, "CDEAK" },
	{ MUN_EVENT_FIXITY_CHECK, "CEK" }, { MUN_EVENT_RELATION, "CDEA" },
	{ MUN_EVENT_ANNOTATION, "CDEA" }, { MUN_EVENT_MIGRATION, "C" },
	{ MUN_EVENT_DEACCESSION, "C" }, { MUN_EVENT_TIME_STAMP, "CK" },
	{ MUN_EVENT_UNKNOWN, "CDEAK" } };

static void
each_role_signs_what_the_table_says(void **state)
{
	static const char letters[] = " CDEAK";

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (int role = MUN_ROLE_CUSTODIAN; role < MUN_ROLES; role++)
			assert_int_equal(mun_role_may_sign((enum mun_role)role,
					     table[i].type),
			    strchr(table[i].by, letters[role]) != NULL);
}

static void
nobody_signs_before_enrolment_or_after_revocation(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", NULL);
	story_deposit(&s, "p256", A1);
	seq = story_plain(&s, "p384", MUN_EVENT_ACCESS, A1);
	story_heard(&s, MUN_REMARK_NOT_ENROLLED, seq);
	story_enrol(&s, "p256", "p384", MUN_ROLE_COUNSEL);
	story_plain(&s, "p384", MUN_EVENT_ACCESS, A1);
	story_quiet(&s);
	seq = story_plain(&s, "p384", MUN_EVENT_EXAMINATION, A1);
	story_heard(&s, MUN_REMARK_ROLE, seq);
	story_revoke(&s, "p256", "p384", MUN_REVOKED_RETIRED, 0);
	seq = story_plain(&s, "p384", MUN_EVENT_ACCESS, A1);
	story_heard(&s, MUN_REMARK_REVOKED, seq);
	story_finish(&s);
	story_end(&s);
}

static void
what_may_not_be_enrolled_or_revoked_is_not(void **state)
{
	static const char *const unfit[] = { "is-ca", "no-usage", "rsa2048" };
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", "p384");
	seq = story_enrol(&s, "p256", "p256", MUN_ROLE_KEEPER);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	seq = story_enrol(&s, "p256", "p384", MUN_ROLE_KEEPER);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	for (size_t i = 0; i < 3; i++) {
		seq = story_enrol(&s, "p256", unfit[i], MUN_ROLE_KEEPER);
		story_heard(&s, MUN_REMARK_ENROLMENT, seq);
		seq = story_plain(&s, unfit[i], MUN_EVENT_COPY, "");
		story_heard(&s, MUN_REMARK_NOT_ENROLLED, seq);
	}
	seq = story_revoke(&s, "p256", "p256", MUN_REVOKED_RETIRED, 0);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* the last custodian */
	seq = story_revoke(&s, "p256", "far", MUN_REVOKED_RETIRED, 0);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* nobody */
	story_enrol(&s, "p256", "far", MUN_ROLE_CUSTODIAN);
	story_revoke(&s, "far", "p256", MUN_REVOKED_SUPERSEDED, 0);
	story_quiet(&s);
	seq = story_revoke(&s, "far", "p256", MUN_REVOKED_RETIRED, 0);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* again */
	seq = story_enrol(&s, "far", "p256", MUN_ROLE_KEEPER);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* back */
	story_end(&s);
}

static void
an_actor_is_the_same_under_all_its_certificates(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", NULL);
	story_deposit(&s, "p256", A1);
	story_enrol(&s, "p256", "p384", MUN_ROLE_COUNSEL);
	story_replace(&s, "p256", "p384", "far");
	story_plain(&s, "far", MUN_EVENT_ACCESS, A1);
	story_quiet(&s);
	assert_ptr_equal(
	    mun_custody_find_actor(s.custody, story_sha256(&s, "p384")),
	    mun_custody_find_actor(s.custody, story_sha256(&s, "far")));
	assert_int_equal(mun_custody_actor_count(s.custody), 2);
	assert_int_equal(mun_custody_certificate_count(s.custody), 3);
	seq = story_plain(&s, "p384", MUN_EVENT_ACCESS, A1);
	story_heard(&s, MUN_REMARK_REVOKED, seq);
	seq = story_replace(&s, "p256", "p384", "documents");
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* not in use */
	seq = story_replace(&s, "p256", "far", "p384");
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* known */
	seq = story_replace(&s, "p256", "far", "is-ca");
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* unfit */
	/* named by the old certificate, revoked with the new one */
	story_revoke(&s, "p256", "p384", MUN_REVOKED_RETIRED, 0);
	story_quiet(&s);
	seq = story_plain(&s, "far", MUN_EVENT_ACCESS, A1);
	story_heard(&s, MUN_REMARK_REVOKED, seq);
	seq = story_replace(&s, "p256", "far", "documents");
	story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	story_end(&s);
}

static void
recovery_does_four_things_and_no_more(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", "p384");
	story_deposit(&s, "p256", A1);
	for (int type = MUN_EVENT_DEPOSIT; type < MUN_EVENT_TYPES; type++) {
		seq = story_plain(&s, "p384", (enum mun_event_type)type, A1);
		story_heard(&s, MUN_REMARK_ROLE, seq);
	}
	seq = story_plain(&s, "p384", MUN_EVENT_UNKNOWN, "");
	story_heard(&s, MUN_REMARK_ROLE, seq);
	story_plain(&s, "p384", MUN_EVENT_POLICY_CHANGED, "");
	story_enrol(&s, "p384", "far", MUN_ROLE_CUSTODIAN);
	story_revoke(&s, "p384", "p256", MUN_REVOKED_RETIRED, 0);
	story_quiet(&s);
	seq = story_revoke(&s, "far", "p384", MUN_REVOKED_RETIRED, 0);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	seq = story_revoke(&s, "p384", "p384", MUN_REVOKED_RETIRED, 0);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	seq = story_replace(&s, "far", "p384", "documents");
	story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	story_replace(&s, "p384", "p384", "documents");
	story_quiet(&s);
	seq = story_enrol(&s, "p384", "leaf", MUN_ROLE_KEEPER);
	story_heard(&s, MUN_REMARK_REVOKED, seq);
	story_enrol(&s, "documents", "leaf", MUN_ROLE_KEEPER);
	story_end(&s);
}

/* ---- contested ---- */

struct proof {
	uint64_t below; /* entries that are proven */
	int64_t asked; /* the time that was asked for */
};

static bool
is_proven(void *ctx, uint64_t seq, int64_t before_utc_s)
{
	struct proof *proof = ctx;

	proof->asked = before_utc_s;
	return seq < proof->below;
}

static void
what_a_stolen_key_signed_is_contested_unless_proven(void **state)
{
	struct proof all = { 100, 0 }, some = { 3, 0 };
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", NULL);
	story_deposit(&s, "p256", A1);
	story_enrol(&s, "p256", "p384", MUN_ROLE_COUNSEL);
	story_plain(&s, "p384", MUN_EVENT_ACCESS, A1); /* entry 3 */
	story_replace(&s, "p256", "p384", "far");
	seq = story_revoke(&s, "p256", "far", MUN_REVOKED_LOST, 1795000000);
	story_quiet(&s);
	story_finish(&s);
	story_heard(&s, MUN_REMARK_CONTESTED, seq);
	mun_custody_finish(s.custody, is_proven, &all);
	story_quiet(&s);
	assert_int_equal(all.asked, 1795000000);
	mun_custody_finish(s.custody, is_proven, &some);
	story_heard(&s, MUN_REMARK_CONTESTED, seq);
	story_end(&s);
}

static void
entry_0_is_contested_with_its_signer(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", "p384");
	story_enrol(&s, "p384", "far", MUN_ROLE_CUSTODIAN);
	seq = story_revoke(&s, "far", "p256", MUN_REVOKED_COMPROMISED, 5);
	story_finish(&s);
	story_heard(&s, MUN_REMARK_CONTESTED, seq);
	story_end(&s);
}

/* A thief deposits, retires the key, and hopes that nobody may say more. */
static void
a_retired_key_can_still_be_declared_stolen(void **state)
{
	struct proof some = { 4, 0 };
	const struct mun_actor *actor;
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", "p384");
	story_enrol(&s, "p256", "far", MUN_ROLE_CUSTODIAN);
	story_enrol(&s, "p256", "documents", MUN_ROLE_COUNSEL);
	story_deposit(&s, "far", A1); /* entry 3 */
	story_plain(&s, "far", MUN_EVENT_MIGRATION, "");
	story_revoke(&s, "far", "far", MUN_REVOKED_RETIRED, 0);
	story_quiet(&s);
	story_finish(&s);
	story_quiet(&s);
	/* one custodian is left, who is not the one revoked again */
	seq = story_revoke(&s, "p256", "far", MUN_REVOKED_LOST, 1795000000);
	story_quiet(&s);
	story_finish(&s);
	story_heard(&s, MUN_REMARK_CONTESTED, seq);
	actor = mun_custody_find_actor(s.custody, story_sha256(&s, "far"));
	assert_int_equal(actor->revoked_seq, 5);
	assert_int_equal(actor->reason, MUN_REVOKED_RETIRED);
	assert_int_equal(actor->contested_seq, 6);
	mun_custody_finish(s.custody, is_proven, &some);
	story_heard(&s, MUN_REMARK_CONTESTED, seq);
	/* it was stolen earlier: what is asked for is earlier too */
	seq = story_revoke(
	    &s, "p384", "far", MUN_REVOKED_COMPROMISED, 1794000000);
	story_quiet(&s);
	mun_custody_finish(s.custody, is_proven, &some);
	story_heard(&s, MUN_REMARK_CONTESTED, seq);
	assert_int_equal(some.asked, 1794000000);
	assert_int_equal(actor->revoked_seq, 5);
	/* and whoever was revoked signs no revocation */
	seq = story_revoke(&s, "far", "far", MUN_REVOKED_LOST, 1);
	story_heard(&s, MUN_REMARK_REVOKED, seq);
	story_end(&s);
}

static void
what_was_contested_is_not_made_less_so(void **state)
{
	static const struct {
		enum mun_revocation reason;
		int64_t since_utc_s;
	} less[] = { { MUN_REVOKED_RETIRED, 0 }, { MUN_REVOKED_SUPERSEDED, 0 },
		{ MUN_REVOKED_LOST, 1794000000 },
		{ MUN_REVOKED_COMPROMISED, 1794000000 },
		{ MUN_REVOKED_COMPROMISED, 1794000001 } };
	struct proof proof = { 0, 0 };
	struct story s;
	uint64_t seq, first;

	(void)state;
	story_begin(&s, "p256", NULL);
	story_deposit(&s, "p256", A1);
	story_enrol(&s, "p256", "far", MUN_ROLE_COUNSEL);
	story_plain(&s, "far", MUN_EVENT_ACCESS, A1);
	first = story_revoke(&s, "p256", "far", MUN_REVOKED_LOST, 1794000000);
	story_quiet(&s);
	for (size_t i = 0; i < sizeof(less) / sizeof(less[0]); i++) {
		seq = story_revoke(
		    &s, "p256", "far", less[i].reason, less[i].since_utc_s);
		story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	}
	mun_custody_finish(s.custody, is_proven, &proof);
	story_heard(&s, MUN_REMARK_CONTESTED, first);
	assert_int_equal(proof.asked, 1794000000);
	story_end(&s);
}

static void
no_key_is_contested_since_the_future(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", NULL);
	story_enrol(&s, "p256", "far", MUN_ROLE_COUNSEL);
	seq = story_revoke(&s, "p256", "far", MUN_REVOKED_LOST, STORY_TIME + 3);
	story_heard(&s, MUN_REMARK_ENROLMENT, seq); /* entry 2 */
	story_revoke(&s, "p256", "far", MUN_REVOKED_LOST, STORY_TIME + 3);
	story_finish(&s);
	story_end(&s);
}

static void
who_signed_nothing_leaves_nothing_contested(void **state)
{
	struct story s;

	(void)state;
	story_begin(&s, "p256", NULL);
	story_enrol(&s, "p256", "p384", MUN_ROLE_COUNSEL);
	story_revoke(&s, "p256", "p384", MUN_REVOKED_COMPROMISED, 5);
	story_enrol(&s, "p256", "far", MUN_ROLE_COUNSEL);
	story_plain(&s, "far", MUN_EVENT_POLICY_CHANGED, "");
	s.heard_count = 0; /* refused, so it does not count */
	story_revoke(&s, "p256", "far", MUN_REVOKED_SUPERSEDED, 0);
	story_finish(&s);
	story_end(&s);
}

/* ---- the log's keys ---- */

static void
heads_are_signed_by_the_key_of_their_size(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	story_begin(&s, "p256", "p384");
	s.seq = 5;
	story_log_key(&s, "p256", 2);
	s.seq = 9;
	story_log_key(&s, "p384", 3);
	story_quiet(&s);
	assert_int_equal(mun_custody_log_key_count(s.custody), 3);
	assert_int_equal(mun_custody_log_key_at(s.custody, 1)->key[0], 1);
	assert_int_equal(mun_custody_log_key_at(s.custody, 5)->key[0], 1);
	assert_int_equal(mun_custody_log_key_at(s.custody, 6)->key[0], 2);
	assert_false(mun_custody_log_key_at(s.custody, 6)->by_recovery);
	assert_int_equal(mun_custody_log_key_at(s.custody, 9)->key[0], 2);
	assert_int_equal(mun_custody_log_key_at(s.custody, 10)->key[0], 3);
	assert_true(mun_custody_log_key_at(s.custody, 10)->by_recovery);
	assert_int_equal(mun_custody_log_key_at(s.custody, 99)->key[0], 3);
	for (uint8_t known = 1; known <= 3; known++) {
		seq = story_log_key(&s, "p256", known);
		story_heard(&s, MUN_REMARK_ENROLMENT, seq);
	}
	story_end(&s);
}

/* ---- many ---- */

/* The founder's certificate with another serial number: nobody checks who
 * issued it. */
static struct mun_certificate *
variant(struct story *s, unsigned i)
{
	enum {
		SERIAL_END = 35 /* of 20 bytes, after headers and version */
	};
	struct mun_certificate *made = NULL;
	uint8_t copy[2048];
	size_t len;
	const uint8_t *der =
	    mun_certificate_der(story_certificate(s, "p256"), &len);

	assert_true(len < sizeof(copy));
	memcpy(copy, der, len);
	assert_int_equal(copy[14], 20);
	copy[SERIAL_END - 1] = (uint8_t)i;
	copy[SERIAL_END - 2] = (uint8_t)(i >> 8);
	copy[SERIAL_END - 3] = (uint8_t)(der[SERIAL_END - 3] ^ 0xff);
	MUN_EXPECT_OK(mun_certificate_from_der(&made, copy, len, NULL), NULL);
	return made;
}

static void
certificates_end_at_their_limit(void **state)
{
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_detail detail = { .type = MUN_EVENT_ACTOR_ENROLLED,
		.role = MUN_ROLE_KEEPER };
	uint8_t entry[MUN_SHA256_LEN] = { 0 };
	struct story s;

	(void)state;
	story_begin(&s, "p256", NULL);
	memcpy(event.actor, story_sha256(&s, "p256"), MUN_SHA256_LEN);
	for (unsigned i = 1; i <= MUN_ACTORS_MAX; i++) {
		event.seq = i;
		detail.certificate = variant(&s, i);
		MUN_EXPECT_STATUS(
		    mun_custody_apply(s.custody, &event, entry, &detail, NULL),
		    i < MUN_ACTORS_MAX ? MUN_OK : MUN_ERR_LIMIT, NULL);
		mun_certificate_free(detail.certificate);
	}
	assert_int_equal(mun_custody_actor_count(s.custody), MUN_ACTORS_MAX);
	mun_event_clear(&event);
	story_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_signs_what_the_table_says),
		cmocka_unit_test(
		    nobody_signs_before_enrolment_or_after_revocation),
		cmocka_unit_test(what_may_not_be_enrolled_or_revoked_is_not),
		cmocka_unit_test(
		    an_actor_is_the_same_under_all_its_certificates),
		cmocka_unit_test(recovery_does_four_things_and_no_more),
		cmocka_unit_test(
		    what_a_stolen_key_signed_is_contested_unless_proven),
		cmocka_unit_test(entry_0_is_contested_with_its_signer),
		cmocka_unit_test(a_retired_key_can_still_be_declared_stolen),
		cmocka_unit_test(what_was_contested_is_not_made_less_so),
		cmocka_unit_test(no_key_is_contested_since_the_future),
		cmocka_unit_test(who_signed_nothing_leaves_nothing_contested),
		cmocka_unit_test(heads_are_signed_by_the_key_of_their_size),
		cmocka_unit_test(certificates_end_at_their_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
