/* SPDX-License-Identifier: BSD-2-Clause */
/* test_system.c - the clock goes, random bytes are all written. */
#include "base/system.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "harness/harness.h"

/* The kernel's call, wrapped by ld: short, or broken off by a signal. */
ssize_t __real_getrandom(void *out, size_t len, unsigned flags);
ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags);
static int fail_once_with;

ssize_t
__wrap_getrandom(void *out, size_t len, unsigned flags)
{
	if (fail_once_with != 0) {
		errno = fail_once_with;
		fail_once_with = 0;
		return -1;
	}
	return __real_getrandom(out, len > 7 ? 7 : len, flags);
}

static void
test_system_random_goes_on_after_a_signal_and_stops_at_a_failure(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t bytes[8];

	(void)state;
	fail_once_with = EINTR;
	MUN_EXPECT_OK(mun_system_random(bytes, sizeof(bytes), &err), &err);
	assert_int_equal(fail_once_with, 0);
	fail_once_with = ENOSYS;
	MUN_EXPECT_STATUS(mun_system_random(bytes, sizeof(bytes), &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "read random bytes");
}

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
		cmocka_unit_test(
		    test_system_random_goes_on_after_a_signal_and_stops_at_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
