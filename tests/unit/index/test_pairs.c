/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_pairs.c - names that are not UTF-8 are read in every set of characters
 * that they may be in; where the system lacks one, nothing is told: an index made
 * of the others would be another than elsewhere.
 */
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "harness/harness.h"
#include "index/index_internal.h"

/* The C library's own, but for a set that is lacking. */
iconv_t __real_iconv_open(const char *to, const char *from);
iconv_t __wrap_iconv_open(const char *to, const char *from);

static const char *lacking;

iconv_t
__wrap_iconv_open(const char *to, const char *from)
{
	if (lacking != NULL && strcmp(from, lacking) == 0) {
		errno = EINVAL;
		return (iconv_t)-1;
	}
	return __real_iconv_open(to, from);
}

static enum mun_status
count(void *ctx, uint64_t pair, struct mun_error *err)
{
	(void)pair;
	(void)err;
	++*(unsigned *)ctx;
	return MUN_OK;
}

static const char gbk[] = "\xd6\xd0\xb9\xfa\xce\xc4\xbc\xfe";

static void
test_a_name_is_read_in_every_set(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	unsigned pairs = 0;

	(void)state;
	MUN_EXPECT_OK(
	    mun_index_pairs(gbk, sizeof(gbk) - 1, count, &pairs, &err), &err);
	assert_true(pairs > 3);
}

static void
test_a_set_that_is_lacking_is_a_failure(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	unsigned pairs = 0;

	(void)state;
	lacking = "GB18030";
	MUN_EXPECT_STATUS(
	    mun_index_pairs(gbk, sizeof(gbk) - 1, count, &pairs, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "this system cannot read GB18030");
	/* UTF-8 needs none of them. */
	MUN_EXPECT_OK(mun_index_pairs("abc", 3, count, &pairs, &err), &err);
	lacking = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_name_is_read_in_every_set),
		cmocka_unit_test(test_a_set_that_is_lacking_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
