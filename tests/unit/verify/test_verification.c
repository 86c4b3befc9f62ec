/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_verification.c - how many checks become one verdict: the worst, and
 * nothing known of nothing checked.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "verify/verify_internal.h"

static struct mun_verification *
new_verification(void)
{
	struct mun_verification *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	return v;
}

/* One check with that outcome, of rules that fall to either verdict. */
static void
add(struct mun_verification *v, enum mun_verdict verdict)
{
	mun_judge(v,
	    verdict == MUN_INDETERMINATE ? MUN_RULE_LOG_NOT_GIVEN
					 : MUN_RULE_ARCHIVE_DIGEST,
	    verdict == MUN_PASSED, "s", "%s", "");
}

static void
test_verification_of_nothing_knows_nothing(void **state)
{
	struct mun_verification *v = new_verification();

	(void)state;
	assert_int_equal(mun_verification_verdict(v), MUN_INDETERMINATE);
	mun_answer_questions(v);
	for (unsigned kind = 0; kind < MUN_QUESTIONS; kind++) {
		const struct mun_question *question =
		    mun_verification_question(v, (enum mun_question_kind)kind);

		assert_false(question->claimed);
		assert_int_equal(question->verdict, MUN_INDETERMINATE);
		assert_string_not_equal(question->because, "");
	}
	mun_verification_free(v);
}

/* Every order of every three: any FAILED fails, else any INDETERMINATE. */
static void
test_verification_is_as_bad_as_its_worst_check_in_any_order(void **state)
{
	static const enum mun_verdict all[] = { MUN_PASSED, MUN_INDETERMINATE,
		MUN_FAILED };

	(void)state;
	for (unsigned i = 0; i < 27; i++) {
		struct mun_verification *v = new_verification();
		const unsigned of[] = { i % 3, i / 3 % 3, i / 9 };
		unsigned worst = 0;

		for (unsigned j = 0; j < 3; j++) {
			add(v, all[of[j]]);
			worst = of[j] > worst ? of[j] : worst;
		}
		assert_int_equal(mun_verification_verdict(v), all[worst]);
		mun_verification_free(v);
	}
}

static void
test_verification_answers_a_question_by_its_own_checks(void **state)
{
	struct mun_verification *v = new_verification();
	const struct mun_question *question;

	(void)state;
	add(v, MUN_PASSED); /* intact */
	mun_judge(v, MUN_RULE_SIGNER_PINNED, false, "s", "%s", "who");
	mun_answer_questions(v);
	question = mun_verification_question(v, MUN_QUESTION_INTACT);
	assert_int_equal(question->verdict, MUN_PASSED);
	assert_string_equal(question->missing, "");
	question = mun_verification_question(v, MUN_QUESTION_SEALED_BY);
	assert_int_equal(question->verdict, MUN_FAILED);
	assert_non_null(strstr(question->because, "s: "));
	assert_non_null(strstr(question->because, "(who)"));
	question = mun_verification_question(v, MUN_QUESTION_HELD_BY);
	assert_false(question->claimed);
	assert_int_equal(question->verdict, MUN_INDETERMINATE);
	mun_verification_free(v);
}

/* Told only where it is as bad as the worst; forgotten with its check. */
static void
test_verification_prefers_the_telling_check_among_the_worst(void **state)
{
	static const struct {
		enum mun_verdict others, telling;
		const char *said;
	} cases[] = {
		{ MUN_FAILED, MUN_FAILED, "which" },
		{ MUN_FAILED, MUN_INDETERMINATE, "first" },
		{ MUN_INDETERMINATE, MUN_FAILED, "which" },
		{ MUN_FAILED, MUN_PASSED, "first" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mun_verification *v = new_verification();

		mun_judge(v,
		    cases[i].others == MUN_FAILED ? MUN_RULE_ARCHIVE_DIGEST
						  : MUN_RULE_ARCHIVE_UNJUDGED,
		    false, "s", "first");
		mun_judge(v,
		    cases[i].telling == MUN_INDETERMINATE
			? MUN_RULE_ARCHIVE_UNJUDGED
			: MUN_RULE_DOCUMENT_DIGEST,
		    cases[i].telling == MUN_PASSED, "s", "number");
		v->telling = 2;
		mun_retell(v, 1, "%s", "which");
		assert_string_equal(
		    mun_verification_worst(v)->detail, cases[i].said);
		assert_int_equal(mun_verification_verdict(v), MUN_FAILED);
		mun_answer_questions(v);
		assert_non_null(strstr(
		    mun_verification_question(v, MUN_QUESTION_INTACT)->because,
		    cases[i].said));
		mun_forget(v, 1);
		assert_int_equal(v->telling, 0);
		assert_string_equal(mun_verification_worst(v)->detail, "first");
		mun_verification_free(v);
	}
}

/* Millions of doubts must not hide one fault that comes after them. */
static void
test_verification_fails_when_problems_no_longer_fit(void **state)
{
	struct mun_verification *v = new_verification();

	(void)state;
	for (unsigned i = 0; i < MUN_PROBLEMS_MAX; i++)
		add(v, MUN_INDETERMINATE);
	assert_int_equal(mun_verification_verdict(v), MUN_INDETERMINATE);
	for (unsigned i = 0; i < 10; i++)
		add(v, MUN_INDETERMINATE);
	assert_int_equal(v->check_count, MUN_PROBLEMS_MAX + 1);
	assert_string_equal(
	    v->checks[MUN_PROBLEMS_MAX].rule, "verification.too-many");
	assert_int_equal(mun_verification_verdict(v), MUN_FAILED);
	/* what holds is still heard */
	add(v, MUN_PASSED);
	assert_int_equal(v->check_count, MUN_PROBLEMS_MAX + 2);
	mun_verification_free(v);
}

static void
test_verification_forgets_back_to_a_place(void **state)
{
	struct mun_verification *v = new_verification();

	(void)state;
	add(v, MUN_PASSED);
	add(v, MUN_FAILED);
	add(v, MUN_INDETERMINATE);
	assert_true(mun_failed_since(v, 0));
	assert_true(mun_failed_since(v, 1));
	assert_false(mun_failed_since(v, 2));
	mun_forget(v, 1);
	assert_int_equal(v->check_count, 1);
	assert_int_equal(v->problem_count, 0);
	assert_int_equal(mun_verification_verdict(v), MUN_PASSED);
	mun_verification_free(v);
}

static void
test_verification_sums_up_only_what_nothing_broke(void **state)
{
	static const enum mun_rule summed[] = { MUN_RULE_EVENT_CHAIN,
		MUN_RULE_EVENT_SYNTAX };
	struct mun_verification *v = new_verification();

	(void)state;
	mun_judge(v, MUN_RULE_EVENT_SYNTAX, false, "s", "%s", "before");
	mun_judge(v, MUN_RULE_EVENT_CHAIN, false, "s", "%s", "");
	mun_summarise(v, 1, summed, 2, "all");
	assert_int_equal(v->check_count, 3);
	assert_string_equal(v->checks[2].rule, "event.syntax");
	assert_int_equal(v->checks[2].verdict, MUN_PASSED);
	mun_verification_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verification_of_nothing_knows_nothing),
		cmocka_unit_test(
		    test_verification_is_as_bad_as_its_worst_check_in_any_order),
		cmocka_unit_test(
		    test_verification_answers_a_question_by_its_own_checks),
		cmocka_unit_test(
		    test_verification_prefers_the_telling_check_among_the_worst),
		cmocka_unit_test(
		    test_verification_fails_when_problems_no_longer_fit),
		cmocka_unit_test(test_verification_forgets_back_to_a_place),
		cmocka_unit_test(
		    test_verification_sums_up_only_what_nothing_broke),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
