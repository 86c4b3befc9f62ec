/* SPDX-License-Identifier: BSD-2-Clause */
/* test_error.c - one text chain, cut but never overrun, in no locale. */
#include "muniment/error.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

#include "harness/harness.h"

static void
test_error_set_records_the_root(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	assert_int_equal(
	    mun_error_set(&err, MUN_ERR_FORMAT, "line %d is empty", 7),
	    MUN_ERR_FORMAT);
	assert_int_equal(err.status, MUN_ERR_FORMAT);
	assert_int_equal(err.domain, MUN_DOMAIN_MUNIMENT);
	assert_int_equal(err.code, 0);
	assert_string_equal(err.text, "line 7 is empty");
	assert_non_null(strstr(err.file, "test_error.c"));
	assert_true(err.line > 0);
}

static void
test_error_system_says_what_the_system_said(void **state)
{
	static const struct {
		int code;
		enum mun_status status;
	} cases[] = { { ENOMEM, MUN_ERR_NOMEM }, { ENOENT, MUN_ERR_NOT_FOUND },
		{ EEXIST, MUN_ERR_EXISTS }, { EIO, MUN_ERR_SYSTEM },
		{ 99999, MUN_ERR_SYSTEM } };
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    mun_error_system(&err, cases[i].code, "read '%s'", "a"),
		    cases[i].status);
		assert_int_equal(err.status, cases[i].status);
		assert_int_equal(err.domain, MUN_DOMAIN_SYSTEM);
		assert_int_equal(err.code, cases[i].code);
	}
	assert_string_equal(err.text, "read 'a': unknown error");
	/* the same whatever the locale */
	(void)setlocale(LC_ALL, "");
	(void)mun_error_system(&err, ENOSPC, "write");
	assert_string_equal(err.text, "write: No space left on device");
}

static void
test_error_foreign_keeps_the_librarys_code(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	assert_int_equal(mun_error_foreign(&err, MUN_ERR_CRYPTO,
			     MUN_DOMAIN_OPENSSL, -5, "sign"),
	    MUN_ERR_CRYPTO);
	assert_int_equal(err.domain, MUN_DOMAIN_OPENSSL);
	assert_int_equal(err.code, -5);
	assert_string_equal(err.text, "sign");
}

static void
test_error_wrap_puts_the_new_before_the_old(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	(void)mun_error_system(&err, EIO, "write 'a'");
	mun_error_wrap(&err, "deposit '%s'", "case-17");
	assert_string_equal(
	    err.text, "deposit 'case-17': write 'a': Input/output error");
	assert_int_equal(err.status, MUN_ERR_SYSTEM);
	assert_int_equal(err.code, EIO);
}

static void
test_error_texts_are_cut_and_never_overrun(void **state)
{
	struct {
		struct mun_error err;
		uint8_t guard[16];
	} guarded = { MUN_ERROR_INIT, { 0 } };
	char name[5000];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	memset(guarded.guard, 0xa5, sizeof(guarded.guard));
	(void)mun_error_system(&guarded.err, EIO, "%s", name);
	assert_int_equal(strlen(guarded.err.text), MUN_ERROR_TEXT_MAX - 1);
	mun_error_wrap(&guarded.err, "outer");
	assert_int_equal(strlen(guarded.err.text), MUN_ERROR_TEXT_MAX - 1);
	assert_memory_equal(guarded.err.text, "outer: nnn", 10);
	mun_error_wrap(&guarded.err, "%s", name);
	assert_int_equal(strlen(guarded.err.text), MUN_ERROR_TEXT_MAX - 1);
	for (size_t i = 0; i < sizeof(guarded.guard); i++)
		assert_int_equal(guarded.guard[i], 0xa5);
}

static void
test_error_functions_accept_null(void **state)
{
	(void)state;
	assert_int_equal(
	    mun_error_set(NULL, MUN_ERR_LIMIT, "x"), MUN_ERR_LIMIT);
	assert_int_equal(
	    mun_error_system(NULL, ENOENT, "x"), MUN_ERR_NOT_FOUND);
	assert_int_equal(
	    mun_error_foreign(NULL, MUN_ERR_CRYPTO, MUN_DOMAIN_OPENSSL, 1, "x"),
	    MUN_ERR_CRYPTO);
	mun_error_wrap(NULL, "x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error_set_records_the_root),
		cmocka_unit_test(test_error_system_says_what_the_system_said),
		cmocka_unit_test(test_error_foreign_keeps_the_librarys_code),
		cmocka_unit_test(test_error_wrap_puts_the_new_before_the_old),
		cmocka_unit_test(test_error_texts_are_cut_and_never_overrun),
		cmocka_unit_test(test_error_functions_accept_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
