/* SPDX-License-Identifier: BSD-2-Clause */
/* test_holdings.c - who holds what, and what is said of it. */
#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "story.h"

#define A1 "XPF-0001"
#define A2 "XPF-0002"
#define COUNTERSIGNED MUN_TRANSFER_COUNTERSIGNED
#define ASSERTED MUN_TRANSFER_ASSERTED
#define RECEIPTED MUN_TRANSFER_RECEIPTED

/* p256 custodian and holder of A1, p384 counsel, far examiner; A2 is of the
 * depositor documents. */
static void
begin(struct story *s)
{
	story_begin(s, "p256", "leaf");
	story_enrol(s, "p256", "p384", MUN_ROLE_COUNSEL);
	story_enrol(s, "p256", "far", MUN_ROLE_EXAMINER);
	story_enrol(s, "p256", "documents", MUN_ROLE_DEPOSITOR);
	story_deposit(s, "p256", A1);
	story_deposit(s, "documents", A2);
	story_quiet(s);
}

static void
held_by(
    struct story *s, const char *archive, uint64_t document, const char *who)
{
	const struct mun_holding *holding =
	    mun_custody_holding(s->custody, archive, document);

	assert_non_null(holding);
	if (who == NULL)
		assert_null(holding->holder);
	else
		assert_ptr_equal(holding->holder,
		    mun_custody_find_actor(s->custody, story_sha256(s, who)));
}

static void
who_deposits_holds(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	held_by(&s, A1, 0, "p256");
	held_by(&s, A1, 7, "p256");
	held_by(&s, A2, 0, "documents");
	assert_null(mun_custody_holding(s.custody, "XPF-0003", 0));
	assert_null(mun_custody_holding(s.custody, "ABC-0001", 0));
	assert_null(mun_custody_holding(s.custody, "", 0));
	story_end(&s);
}

static void
an_event_is_about_what_was_deposited(void **state)
{
	static const char *const not_there[] = { "XPF-0003", "ABC-0001" };
	struct story s;
	uint64_t seq;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < 2; i++) {
		seq = story_plain(&s, "p256", MUN_EVENT_ACCESS, not_there[i]);
		story_heard(&s, MUN_REMARK_SUBJECT, seq);
	}
	seq = story_plain(&s, "p384", MUN_EVENT_UNKNOWN, "XPF-0003");
	story_heard(&s, MUN_REMARK_UNKNOWN_TYPE, seq);
	story_end(&s);
}

static void
a_hand_over_waits_for_its_receiver(void **state)
{
	struct story s;
	uint64_t handed, seq;

	(void)state;
	begin(&s);
	handed = story_hand(&s, "p256", "p256", "p384", COUNTERSIGNED, A1, 0);
	held_by(&s, A1, 0, "p256");
	assert_true(mun_custody_holding(s.custody, A1, 0)->is_pending);
	story_finish(&s);
	story_heard(&s, MUN_REMARK_PENDING, handed);
	seq = story_accept(&s, "far", handed, A1, 0);
	story_heard(&s, MUN_REMARK_REFERENCE, seq);
	seq = story_accept(&s, "p384", handed, A2, 0);
	story_heard(&s, MUN_REMARK_REFERENCE, seq);
	seq = story_accept(&s, "p384", handed, A1, 1);
	story_heard(&s, MUN_REMARK_REFERENCE, seq);
	seq = story_accept(&s, "p384", handed + 1, A1, 0);
	story_heard(&s, MUN_REMARK_REFERENCE, seq);
	story_accept(&s, "p384", handed, A1, 0);
	held_by(&s, A1, 0, "p384");
	held_by(&s, A1, 3, "p384");
	seq = story_accept(&s, "p384", handed, A1, 0);
	story_heard(&s, MUN_REMARK_REFERENCE, seq);
	story_finish(&s);
	story_end(&s);
}

static void
another_hand_over_ends_a_pending_one(void **state)
{
	struct story s;
	uint64_t first, second, seq;

	(void)state;
	begin(&s);
	first = story_hand(&s, "p256", "p256", "p384", COUNTERSIGNED, A1, 0);
	second = story_hand(&s, "p256", "p256", "far", COUNTERSIGNED, A1, 0);
	story_heard(&s, MUN_REMARK_REPLACED, second);
	seq = story_accept(&s, "p384", first, A1, 0);
	story_heard(&s, MUN_REMARK_REFERENCE, seq);
	story_accept(&s, "far", second, A1, 0);
	story_quiet(&s);
	held_by(&s, A1, 0, "far");
	story_end(&s);
}

static void
one_side_alone_is_asserted_and_a_receipt_is_not(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	begin(&s);
	seq = story_hand(&s, "p256", "p256", NULL, ASSERTED, A1, 0);
	story_heard(&s, MUN_REMARK_ASSERTED, seq);
	held_by(&s, A1, 0, NULL);
	story_hand(&s, "far", NULL, "far", RECEIPTED, A1, 0);
	story_quiet(&s);
	held_by(&s, A1, 0, "far");
	story_hand(&s, "documents", "documents", "p384", RECEIPTED, A2, 0);
	story_quiet(&s);
	held_by(&s, A2, 0, "p384");
	assert_int_equal(
	    mun_custody_holding(s.custody, A2, 0)->since_seq, s.seq - 1);
	story_end(&s);
}

static void
only_who_is_of_it_says_so(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	begin(&s);
	seq = story_hand(&s, "p384", "p256", "p384", RECEIPTED, A1, 0);
	story_heard(&s, MUN_REMARK_ROLE, seq);
	seq = story_hand(&s, "p384", NULL, "far", RECEIPTED, A1, 0);
	story_heard(&s, MUN_REMARK_ROLE, seq);
	seq = story_hand(&s, "p384", NULL, NULL, RECEIPTED, A1, 0);
	story_heard(&s, MUN_REMARK_ROLE, seq);
	held_by(&s, A1, 0, "p256");
	story_hand(&s, "p256", "documents", "far", RECEIPTED, A2, 0);
	held_by(&s, A2, 0, "far"); /* a custodian may */
	story_end(&s);
}

static void
who_did_not_hold_it_is_told_and_the_new_holder_taken(void **state)
{
	struct story s;
	uint64_t seq;

	(void)state;
	begin(&s);
	seq = story_hand(&s, "p384", "p384", "far", RECEIPTED, A1, 0);
	story_heard(&s, MUN_REMARK_NOT_HOLDER, seq);
	held_by(&s, A1, 0, "far");
	seq = story_hand(&s, "p256", NULL, "p256", RECEIPTED, A1, 0);
	story_heard(&s, MUN_REMARK_NOT_HOLDER, seq);
	held_by(&s, A1, 0, "p256");
	story_end(&s);
}

static void
those_named_are_actors(void **state)
{
	static const enum mun_event_type by[] = { MUN_EVENT_ACCESS,
		MUN_EVENT_EXAMINATION };
	static const char *const nobody[] = { "sibling", "leaf" };
	struct story s;
	uint64_t seq;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < 2; i++) { /* a stranger, and recovery */
		struct mun_detail copy = { .type = MUN_EVENT_COPY };

		seq =
		    story_hand(&s, "p256", nobody[i], "far", RECEIPTED, A1, 0);
		story_heard(&s, MUN_REMARK_REFERENCE, seq);
		seq =
		    story_hand(&s, "p256", "p256", nobody[i], RECEIPTED, A1, 0);
		story_heard(&s, MUN_REMARK_REFERENCE, seq);
		for (size_t k = 0; k < 2; k++) {
			struct mun_detail detail = { .type = by[k] };

			memcpy(detail.by, story_sha256(&s, nobody[i]),
			    MUN_SHA256_LEN);
			mun_detail_give(&detail, MUN_DETAIL_BY);
			seq = story_event(&s, "p256", &detail, A1, 0);
			story_heard(&s, MUN_REMARK_REFERENCE, seq);
		}
		memcpy(copy.to, story_sha256(&s, nobody[i]), MUN_SHA256_LEN);
		mun_detail_give(&copy, MUN_DETAIL_TO);
		seq = story_event(&s, "p256", &copy, A1, 0);
		story_heard(&s, MUN_REMARK_REFERENCE, seq);
	}
	story_revoke(&s, "p256", "far", MUN_REVOKED_RETIRED, 0);
	seq = story_hand(&s, "p256", "p256", "far", RECEIPTED, A1, 0);
	story_heard(&s, MUN_REMARK_REFERENCE, seq);
	held_by(&s, A1, 0, "p256");
	story_end(&s);
}

/* ---- documents ---- */

static void
a_document_goes_along_until_it_is_taken_by_itself(void **state)
{
	struct story s;
	uint64_t handed;

	(void)state;
	begin(&s);
	handed = story_hand(&s, "p256", "p256", "p384", COUNTERSIGNED, A1, 2);
	held_by(&s, A1, 2, "p256");
	story_hand(&s, "p256", "p256", "far", RECEIPTED, A1, 0);
	held_by(&s, A1, 0, "far");
	held_by(&s, A1, 1, "far");
	held_by(&s, A1, 2, "far");
	story_accept(&s, "p384", handed, A1, 2);
	held_by(&s, A1, 2, "p384");
	story_hand(&s, "far", "far", "p256", RECEIPTED, A1, 0);
	held_by(&s, A1, 0, "p256");
	held_by(&s, A1, 2, "p384"); /* its own way from now on */
	held_by(&s, A2, 2, "documents");
	story_finish(&s);
	story_end(&s);
}

static void
a_withdrawal_is_of_its_documents_too(void **state)
{
	struct mun_detail detail = { .type = MUN_EVENT_DEACCESSION,
		.bytes = MUN_FATE_DESTROYED };
	struct story s;
	uint64_t seq;

	(void)state;
	begin(&s);
	story_hand(&s, "p256", "p256", "p384", RECEIPTED, A1, 2);
	seq = story_event(&s, "p256", &detail, A1, 0);
	story_heard(&s, MUN_REMARK_WITHDRAWN, seq);
	for (uint64_t n = 0; n < 4; n++) {
		assert_true(
		    mun_custody_holding(s.custody, A1, n)->is_withdrawn);
		assert_int_equal(mun_custody_holding(s.custody, A1, n)->fate,
		    MUN_FATE_DESTROYED);
	}
	detail.bytes = MUN_FATE_KEPT; /* they do not come back */
	seq = story_event(&s, "p256", &detail, A1, 0);
	story_heard(&s, MUN_REMARK_WITHDRAWN, seq);
	assert_int_equal(
	    mun_custody_holding(s.custody, A1, 0)->fate, MUN_FATE_DESTROYED);
	assert_false(mun_custody_holding(s.custody, A2, 0)->is_withdrawn);
	story_end(&s);
}

/* ---- fixity ---- */

static void
a_failed_check_is_repaired_by_one_of_the_same(void **state)
{
	static const char *const of[] = { A1, "" };
	struct story s;
	uint64_t failed, seq;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&s);
		story_check(&s, "far", MUN_OUTCOME_PASSED, of[i]);
		failed = story_check(&s, "far", MUN_OUTCOME_FAILED, of[i]);
		story_check(&s, "far", MUN_OUTCOME_PASSED, of[1 - i]);
		story_quiet(&s);
		story_finish(&s);
		story_heard(&s,
		    i == 0 ? MUN_REMARK_FIXITY_FAILED
			   : MUN_REMARK_FIXITY_SOMEWHERE,
		    failed);
		seq = story_check(&s, "far", MUN_OUTCOME_PASSED, of[i]);
		story_heard(&s, MUN_REMARK_FIXITY_REPAIRED, seq);
		story_finish(&s);
		story_end(&s);
	}
}

static void
a_failed_check_of_all_is_settled_by_one_of_each(void **state)
{
	struct story s;
	uint64_t failed, seq;

	(void)state;
	begin(&s);
	/* a document on a way of its own is checked with its archive */
	story_hand(&s, "p256", "p256", "p384", RECEIPTED, A1, 2);
	story_check(&s, "far", MUN_OUTCOME_PASSED, A1);
	failed = story_check(&s, "far", MUN_OUTCOME_FAILED, "");
	story_check(&s, "far", MUN_OUTCOME_PASSED, A2);
	story_finish(&s);
	story_heard(
	    &s, MUN_REMARK_FIXITY_SOMEWHERE, failed); /* A1's was before */
	story_check(&s, "far", MUN_OUTCOME_PASSED, A1);
	story_finish(&s);
	story_heard(&s, MUN_REMARK_FIXITY_SETTLED, failed);
	seq = story_check(&s, "far", MUN_OUTCOME_FAILED, A1);
	story_finish(&s);
	assert_int_equal(s.heard_count, 2);
	assert_int_equal(s.heard[0].kind, MUN_REMARK_FIXITY_FAILED);
	assert_int_equal(s.heard[0].seq, seq);
	assert_int_equal(s.heard[1].kind, MUN_REMARK_FIXITY_SOMEWHERE);
	assert_int_equal(s.heard[1].seq, failed);
	s.heard_count = 0;
	story_end(&s);
}

/* What was destroyed before was not looked at; what was later may be it, and
 * so may be what was only withdrawn.  Where nothing was looked at, nothing was
 * settled. */
static void
a_failed_check_of_all_asks_nothing_of_destroyed_bytes(void **state)
{
	static const struct {
		enum mun_fate bytes;
		bool before, both;
		enum mun_remark_kind left;
	} cases[] = {
		{ MUN_FATE_DESTROYED, true, false, MUN_REMARK_FIXITY_SETTLED },
		{ MUN_FATE_DESTROYED, false, false,
		    MUN_REMARK_FIXITY_SOMEWHERE },
		{ MUN_FATE_KEPT, true, false, MUN_REMARK_FIXITY_SOMEWHERE },
		{ MUN_FATE_DESTROYED, true, true, MUN_REMARK_FIXITY_SOMEWHERE },
	};
	struct story s;
	uint64_t failed, seq;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mun_detail detail = { .type = MUN_EVENT_DEACCESSION,
			.bytes = cases[i].bytes };

		begin(&s);
		failed = story_check(&s, "far", MUN_OUTCOME_FAILED, "");
		for (int n = 0; n <= cases[i].both; n++) {
			seq = story_event(
			    &s, "p256", &detail, n == 0 ? A1 : A2, 0);
			story_heard(&s, MUN_REMARK_WITHDRAWN, seq);
		}
		if (cases[i].before)
			failed = story_check(&s, "far", MUN_OUTCOME_FAILED, "");
		if (!cases[i].both)
			story_check(&s, "far", MUN_OUTCOME_PASSED, A2);
		story_finish(&s);
		story_heard(&s, cases[i].left, failed);
		story_end(&s);
	}
}

/* ---- a part of a log ---- */

/* What a dossier holds: the deposit, the actors, and gaps. */
static void
a_part_of_a_log_speaks_of_that_part(void **state)
{
	struct story s;
	uint64_t handed;

	(void)state;
	story_begin(&s, "p256", NULL);
	s.seq = 3;
	story_enrol(&s, "p256", "p384", MUN_ROLE_COUNSEL);
	s.seq = 700;
	story_deposit(&s, "p256", "XPF-0400");
	s.seq = 90000;
	handed = story_hand(
	    &s, "p256", "p256", "p384", COUNTERSIGNED, "XPF-0400", 0);
	s.seq = 4000000000;
	story_accept(&s, "p384", handed, "XPF-0400", 0);
	held_by(&s, "XPF-0400", 0, "p384");
	assert_int_equal(
	    mun_custody_holding(s.custody, "XPF-0400", 0)->deposit_seq, 700);
	assert_null(mun_custody_holding(s.custody, A1, 0));
	story_finish(&s);
	story_end(&s);
}

static void
many_archives_are_found_again(void **state)
{
	struct story s;
	char id[MUN_ARCHIVE_ID_MAX + 1];

	(void)state;
	story_begin(&s, "p256", NULL);
	for (int i = 500; i > 0; i--) { /* in no order of theirs */
		(void)snprintf(id, sizeof(id), "XPF-%04d", (i * 7) % 501);
		story_deposit(&s, "p256", id);
	}
	for (int i = 1; i <= 500; i++) {
		(void)snprintf(id, sizeof(id), "XPF-%04d", i);
		assert_string_equal(
		    mun_custody_holding(s.custody, id, 9)->archive, id);
	}
	story_end(&s);
}

/* Of all that it says of itself, but for who signed what. */
static void
same_state(const struct mun_custody *left, const struct mun_custody *right,
    const char *archive, uint64_t document)
{
	const struct mun_holding *a =
	    mun_custody_holding(left, archive, document);
	const struct mun_holding *b =
	    mun_custody_holding(right, archive, document);

	assert_int_equal(
	    mun_custody_actor_count(left), mun_custody_actor_count(right));
	assert_int_equal(
	    mun_custody_log_key_count(left), mun_custody_log_key_count(right));
	assert_string_equal(a->archive, b->archive);
	assert_int_equal(a->document, b->document);
	assert_int_equal(a->since_seq, b->since_seq);
	assert_int_equal(a->is_pending, b->is_pending);
	assert_int_equal(a->fixity_failed, b->fixity_failed);
	assert_int_equal(a->fixity_seq, b->fixity_seq);
	assert_int_equal(a->is_withdrawn, b->is_withdrawn);
}

/* One story has every event, the other only those that are said to change
 * something. */
static void
types_that_change_nothing_may_be_left_out(void **state)
{
	struct story all, some;

	(void)state;
	begin(&all);
	begin(&some);
	for (unsigned i = 1; i < MUN_EVENT_TYPES; i++) {
		enum mun_event_type type = (enum mun_event_type)i;

		if (mun_custody_is_changed_by(type))
			continue;
		(void)story_plain(&all, "p256", type, A1);
		some.seq++;
		same_state(all.custody, some.custody, A1, 0);
		same_state(all.custody, some.custody, A1, 7);
	}
	story_check(&all, "p256", MUN_OUTCOME_FAILED, A1);
	assert_true(mun_custody_is_changed_by(MUN_EVENT_FIXITY_CHECK));
	assert_true(mun_custody_holding(all.custody, A1, 0)->fixity_failed);
	all.heard_count = some.heard_count = 0;
	story_end(&all);
	story_end(&some);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_deposits_holds),
		cmocka_unit_test(an_event_is_about_what_was_deposited),
		cmocka_unit_test(a_hand_over_waits_for_its_receiver),
		cmocka_unit_test(another_hand_over_ends_a_pending_one),
		cmocka_unit_test(
		    one_side_alone_is_asserted_and_a_receipt_is_not),
		cmocka_unit_test(only_who_is_of_it_says_so),
		cmocka_unit_test(
		    who_did_not_hold_it_is_told_and_the_new_holder_taken),
		cmocka_unit_test(those_named_are_actors),
		cmocka_unit_test(
		    a_document_goes_along_until_it_is_taken_by_itself),
		cmocka_unit_test(a_withdrawal_is_of_its_documents_too),
		cmocka_unit_test(a_failed_check_is_repaired_by_one_of_the_same),
		cmocka_unit_test(
		    a_failed_check_of_all_is_settled_by_one_of_each),
		cmocka_unit_test(
		    a_failed_check_of_all_asks_nothing_of_destroyed_bytes),
		cmocka_unit_test(a_part_of_a_log_speaks_of_that_part),
		cmocka_unit_test(many_archives_are_found_again),
		cmocka_unit_test(types_that_change_nothing_may_be_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
