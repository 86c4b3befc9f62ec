/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stream.c - a stream waits in a file, is cut back, and is put in whole. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/harness.h"
#include "report/html.h"

enum {
	LINES = 20000
};

/* More than any buffer holds, cut back, written on: what comes out is what
 * went in, and nothing is left in the folder. */
static void
test_stream_gives_back_what_it_got(void **state)
{
	struct mun_scratch *scratch = *state;
	struct mun_html part = MUN_HTML_INIT, whole = MUN_HTML_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	char line[32], found[32];
	uint64_t mark = 0;
	ssize_t len;

	MUN_EXPECT_OK(mun_html_open(&part, scratch->fd, &err), &err);
	MUN_EXPECT_OK(mun_html_open(&whole, scratch->fd, &err), &err);
	for (unsigned i = 0; i < LINES; i++) {
		mun_html_format(&part, "line %08u\n", i);
		MUN_EXPECT_OK(
		    mun_html_flush(&part, i == LINES / 2, &err), &err);
		if (i == LINES / 2)
			mark = part.len;
	}
	assert_true(part.len > mark);
	MUN_EXPECT_OK(mun_html_rewind(&part, mark, &err), &err);
	mun_html_raw(&part, "end\n");
	mun_html_raw(&whole, "begin\n");
	MUN_EXPECT_OK(mun_html_append(&whole, &part, &err), &err);
	MUN_EXPECT_OK(mun_html_flush(&whole, true, &err), &err);
	assert_int_equal(whole.len, 6 + 14 * (LINES / 2 + 1) + 4);
	for (unsigned i = 0; i <= LINES / 2; i++) {
		snprintf(line, sizeof(line), "line %08u\n", i);
		len = pread(whole.fd, found, 14, (off_t)(6 + 14 * i));
		assert_int_equal(len, 14);
		assert_memory_equal(found, line, 14);
	}
	mun_html_close(&part);
	mun_html_close(&whole);
	assert_int_equal(rmdir(scratch->path), 0);
	assert_int_equal(mkdir(scratch->path, 0700), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_stream_gives_back_what_it_got, mun_scratch_setup,
		    mun_scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
