/* SPDX-License-Identifier: BSD-2-Clause */
/* test_memory.c - the flag is raised by whatever failed, once and for good. */
#include "base/memory.h"

#include <stdlib.h>

#include "harness/harness.h"
#include "muniment/error.h"

static unsigned told;

static void
count(void)
{
	told++;
}

/* In this order: the flag is the process's. */
static void
test_memory_given_raises_nothing(void **state)
{
	void *memory;

	(void)state;
	mun_memory_set_handler(count);
	memory = mun_memory_take(7);
	assert_non_null(memory);
	memory = mun_memory_resize(memory, 7000);
	assert_non_null(memory);
	assert_null(mun_memory_resize(memory, 0));
	assert_null(mun_memory_take(0));
	mun_memory_tell();
	assert_false(mun_memory_ran_out());
	assert_int_equal(told, 0);
}

static void
test_memory_that_failed_with_nobody_told_is_known(void **state)
{
	(void)state;
	assert_int_equal(
	    mun_error_set(NULL, MUN_ERR_FORMAT, "no"), MUN_ERR_FORMAT);
	assert_false(mun_memory_ran_out());
	assert_int_equal(
	    mun_error_set(NULL, MUN_ERR_NOMEM, "no"), MUN_ERR_NOMEM);
	assert_true(mun_memory_ran_out());
	assert_int_equal(told, 0);
}

static void
test_memory_that_a_library_lacks_is_told(void **state)
{
	(void)state;
	assert_null(mun_memory_noted(NULL));
	assert_int_equal(told, 1);
	mun_memory_tell();
	assert_int_equal(told, 2);
	mun_memory_set_handler(NULL);
	mun_memory_tell();
	assert_int_equal(told, 2);
	assert_true(mun_memory_ran_out());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_given_raises_nothing),
		cmocka_unit_test(
		    test_memory_that_failed_with_nobody_told_is_known),
		cmocka_unit_test(test_memory_that_a_library_lacks_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
