/* SPDX-License-Identifier: BSD-2-Clause */
/* test_system.c - the clock goes, random bytes are all written. */
#include "base/system.h"

#include <string.h>
#include <time.h>

#include "harness/harness.h"

static void
test_system_clock_is_the_systems(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	int64_t before = (int64_t)time(NULL);
	int64_t now;

	(void)state;
	MUN_EXPECT_OK(mun_system_clock(&now, &err), &err);
	assert_true(now >= before - 1 && now <= (int64_t)time(NULL) + 1);
}

static void
test_system_random_fills_every_byte(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t seen[1000] = { 0 };
	uint8_t bytes[1002] = { 0 };

	(void)state;
	/* Some byte zero twenty times running: once in 2^160. */
	for (int round = 0; round < 20; round++) {
		MUN_EXPECT_OK(mun_system_random(bytes + 1, 1000, &err), &err);
		for (size_t i = 0; i < sizeof(seen); i++)
			seen[i] |= bytes[i + 1];
	}
	for (size_t i = 0; i < sizeof(seen); i++)
		assert_int_not_equal(seen[i], 0);
	assert_int_equal(bytes[0], 0);
	assert_int_equal(bytes[1001], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_system_clock_is_the_systems),
		cmocka_unit_test(test_system_random_fills_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
