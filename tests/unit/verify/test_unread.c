/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_unread.c - an archive whose bytes cannot be read is not judged, and not
 * said to be another; what was found elsewhere stands.
 */
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "facts.h"
#include "harness/harness.h"

/* A folder opens, and every read of it fails. */
static void
what_cannot_be_read_is_a_check_and_no_failure(void **state)
{
	const struct mun_verify_options options = { .version = 0 };
	struct mun_watch watch = { .options = &options };
	struct mun_archive_facts archive = { .whole = false };
	static const uint8_t zeros[MUN_SHA256_LEN];
	struct facts facts;
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	facts_make(&facts, "p256");
	MUN_EXPECT_OK(mun_check_archive(facts.v, &archive, fd, 20480,
			  "XPF-0001.tar", &watch, NULL),
	    NULL);
	facts_expect(&facts, "archive.readable", MUN_INDETERMINATE);
	facts_expect(&facts, "archive.unjudged", MUN_INDETERMINATE);
	facts_expect_none(&facts, "archive.structure");
	assert_false(archive.whole);
	assert_false(archive.has_sha256);
	assert_memory_equal(archive.sha256, zeros, sizeof(zeros));
	mun_archive_facts_clear(&archive);
	facts_free(&facts);
	mun_file_close(&fd);
}

static void
without_a_digest_an_archive_is_not_said_to_be_another(void **state)
{
	struct facts facts;

	(void)state;
	facts_make(&facts, "p256");
	facts.archive.has_sha256 = false;
	memset(facts.archive.sha256, 0, MUN_SHA256_LEN);
	mun_bind_archive(facts.v, &facts.archive, &facts.log, "XPF-0001.tar");
	facts_expect_none(&facts, "archive.digest");
	assert_true(facts.deposits[0].seen);
	facts_free(&facts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_read_is_a_check_and_no_failure),
		cmocka_unit_test(
		    without_a_digest_an_archive_is_not_said_to_be_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
