/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * harness.h - what every unit test includes instead of <cmocka.h>.
 *
 * Expectations that print the mun_error chain, and a private folder per test.
 * MUN_TEST_DIR is the path of tests/ (for tests/vectors), MUN_TEST_SHARED_DIR
 * that of the shared material, which may be absent: then skip().
 */
#ifndef MUN_HARNESS_HARNESS_H
#define MUN_HARNESS_HARNESS_H

#include <stdbool.h>
#include <sys/types.h>

/* cmocka.h needs these four before it, in no sorted order. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "muniment/error.h"

/* MUN_EXPECT_OK(call, &err) - the call returns MUN_OK, else print the chain. */
#define MUN_EXPECT_OK(call, err) MUN_EXPECT_STATUS(call, MUN_OK, err)

/* MUN_EXPECT_STATUS(call, MUN_ERR_FORMAT, &err) - the call returns exactly
 * this.  err may be NULL. */
#define MUN_EXPECT_STATUS(call, expected, err) \
	mun_harness_expect((call), (expected), (err), #call, __FILE__, __LINE__)

/* MUN_EXPECT_TEXT(&err, "words") - the chain contains these words. */
#define MUN_EXPECT_TEXT(err, words) \
	mun_harness_expect_text((err), (words), __FILE__, __LINE__)

/* Every how many of all bits a test flips: each; where a sanitizer, or valgrind
 * (its preset says so), makes a flip ten times as dear, one in seven, which
 * still meets every byte. */
#ifndef MUN_FLIP_STEP
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MUN_FLIP_STEP 7
#else
#define MUN_FLIP_STEP 1
#endif
#endif

void mun_harness_expect(enum mun_status got, enum mun_status expected,
    const struct mun_error *err, const char *call, const char *file, int line);
void mun_harness_expect_text(
    const struct mun_error *err, const char *words, const char *file, int line);

/* A folder of one test's own, below $TMPDIR or /tmp. */
struct mun_scratch {
	int fd; /* open on the folder */
	char *path; /* absolute */
};

/*
 * cmocka fixtures: cmocka_unit_test_setup_teardown(test,
 * mun_scratch_setup, mun_scratch_teardown); in the test, *state is a
 * struct mun_scratch *.  The teardown removes the folder and all in it.
 */
int mun_scratch_setup(void **state);
int mun_scratch_teardown(void **state);

/* Write a file below the scratch folder, mode 0644; fails the test if it
 * cannot. */
void mun_scratch_write(const struct mun_scratch *scratch, const char *path,
    const void *bytes, size_t len);

/* All bytes of the file at an absolute path, and a NUL after them that *len
 * does not count; fails the test if it cannot.  free() it. */
void *mun_harness_read(const char *path, size_t *len);

/* Whether a file occupies no more than so many bytes, or the file system has no
 * holes anyway.  The file's bytes are lost. */
bool mun_harness_has_holes(int fd, off_t least);

#endif
