/* SPDX-License-Identifier: BSD-2-Clause */
/* test_log_facts.c - what a judged log has is found again, whatever the order
 * it came in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "verify/verify_internal.h"

enum {
	MANY = 400
};

static void
stamped_checkpoints_are_found_by_their_size(void **state)
{
	struct mun_log_facts facts = { .usable = false };

	(void)state;
	assert_null(mun_log_facts_stamped(&facts, 1));
	for (uint64_t i = 0; i < MANY; i++) { /* in no order of their sizes */
		const struct mun_stamped_fact fact = { .seq = 1000 + i,
			.size = 2 * ((i * 7) % 401) };

		assert_null(mun_log_facts_stamped(&facts, fact.size));
		MUN_EXPECT_OK(
		    mun_log_facts_add_stamped(&facts, &fact, NULL), NULL);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t size = 2 * ((i * 7) % 401);
		const struct mun_stamped_fact *found =
		    mun_log_facts_stamped(&facts, size);

		assert_non_null(found);
		assert_int_equal(found->size, size);
		assert_int_equal(found->seq, 1000 + i);
		assert_int_equal(facts.stamped[i].seq, 1000 + i);
		assert_null(mun_log_facts_stamped(&facts, size + 1));
	}
	mun_log_facts_clear(&facts);
}

static void
deposits_are_found_by_their_archive_and_the_first_counts(void **state)
{
	struct mun_log_facts facts = { .usable = false };

	(void)state;
	assert_null(mun_log_facts_deposit(&facts, "XPF-0001"));
	facts.deposits = calloc(MANY + 1, sizeof(*facts.deposits));
	assert_non_null(facts.deposits);
	for (size_t i = 0; i < MANY; i++) {
		facts.deposits[i].seq = 10 + i;
		(void)snprintf(facts.deposits[i].subject.archive,
		    sizeof(facts.deposits[i].subject.archive), "XPF-%04u",
		    (unsigned)((i * 7) % 401 + 9800));
	}
	facts.deposits[MANY] = facts.deposits[3];
	facts.deposits[MANY].seq = 10 + MANY;
	facts.deposit_count = MANY + 1;
	MUN_EXPECT_OK(mun_log_facts_sort_deposits(&facts, NULL), NULL);
	for (size_t i = 0; i < MANY; i++)
		assert_ptr_equal(mun_log_facts_deposit(
				     &facts, facts.deposits[i].subject.archive),
		    &facts.deposits[i]);
	assert_null(mun_log_facts_deposit(&facts, "XPF-0001"));
	assert_null(mun_log_facts_deposit(&facts, "XPF-99999"));
	mun_log_facts_clear(&facts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamped_checkpoints_are_found_by_their_size),
		cmocka_unit_test(
		    deposits_are_found_by_their_archive_and_the_first_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
