/* SPDX-License-Identifier: BSD-2-Clause */
/* test_hash.c - one-shots, the running SHA-256 and the pair. */
#include "digest/digest.h"

#include <string.h>

#include "harness/harness.h"
#include "known_answers.h"

enum {
	MILLION = 1000000
};

/* Write the input of a known answer; its length. */
static size_t
make_input(uint8_t *out, const struct known_answer *answer)
{
	size_t len = strlen(answer->message);

	assert_in_range(len * answer->repeats, 0, MILLION);
	for (size_t i = 0; i < answer->repeats; i++)
		memcpy(out + i * len, answer->message, len);
	return len * answer->repeats;
}

static void
one_shots_give_the_published_digests(void **state)
{
	static uint8_t input[MILLION + 1];
	uint8_t sha256[MUN_SHA256_LEN], sha384[MUN_SHA384_LEN],
	    sha512[MUN_SHA512_LEN];

	(void)state;
	for (size_t i = 0; i < KNOWN_ANSWERS; i++) {
		const struct known_answer *answer = &known_answers[i];
		size_t len = make_input(input, answer);

		mun_sha256_of(sha256, input, len);
		mun_sha384_of(sha384, input, len);
		mun_sha512_of(sha512, input, len);
		expect_digest(sha256, sizeof(sha256), answer->sha256);
		expect_digest(sha384, sizeof(sha384), answer->sha384);
		expect_digest(sha512, sizeof(sha512), answer->sha512);
	}
}

static void
the_pair_gives_both_published_digests_again_and_again(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_digest_pair *pair = NULL;
	struct mun_digests digests;

	(void)state;
	MUN_EXPECT_OK(mun_digest_pair_new(&pair, &err), &err);
	for (size_t i = 0; i < KNOWN_ANSWERS; i++) {
		const struct known_answer *answer = &known_answers[i];

		if (i > 0)
			mun_digest_pair_start(pair);
		for (size_t j = 0; j < answer->repeats; j++)
			mun_digest_pair_update(
			    pair, answer->message, strlen(answer->message));
		mun_digest_pair_finish(pair, &digests);
		expect_digest(
		    digests.sha256, sizeof(digests.sha256), answer->sha256);
		expect_digest(
		    digests.sha512, sizeof(digests.sha512), answer->sha512);
	}
	mun_digest_pair_free(pair);
	mun_digest_pair_free(NULL);
}

static void
a_running_hash_gives_the_published_digests_again_and_again(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sha256 *hash = NULL;
	uint8_t digest[MUN_SHA256_LEN];

	(void)state;
	MUN_EXPECT_OK(mun_sha256_new(&hash, &err), &err);
	for (size_t i = 0; i < KNOWN_ANSWERS; i++) {
		const struct known_answer *answer = &known_answers[i];

		if (i > 0)
			mun_sha256_start(hash);
		for (size_t j = 0; j < answer->repeats; j++)
			mun_sha256_update(
			    hash, answer->message, strlen(answer->message));
		mun_sha256_finish(hash, digest);
		expect_digest(digest, sizeof(digest), answer->sha256);
	}
	mun_sha256_free(hash);
	mun_sha256_free(NULL);
}

static void
peeking_changes_nothing(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sha256 *hash = NULL;
	uint8_t digest[MUN_SHA256_LEN];

	(void)state;
	MUN_EXPECT_OK(mun_sha256_new(&hash, &err), &err);
	MUN_EXPECT_OK(mun_sha256_peek(hash, digest, &err), &err);
	expect_digest(digest, sizeof(digest), known_answers[0].sha256);
	mun_sha256_update(hash, "ab", 2);
	MUN_EXPECT_OK(mun_sha256_peek(hash, digest, &err), &err);
	mun_sha256_update(hash, "c", 1);
	MUN_EXPECT_OK(mun_sha256_peek(hash, digest, &err), &err);
	expect_digest(digest, sizeof(digest), known_answers[1].sha256);
	mun_sha256_finish(hash, digest);
	expect_digest(digest, sizeof(digest), known_answers[1].sha256);
	mun_sha256_free(hash);
}

static void
a_copy_goes_its_own_way(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sha256 *hash = NULL, *copy = NULL;
	uint8_t digest[MUN_SHA256_LEN];

	(void)state;
	MUN_EXPECT_OK(mun_sha256_new(&hash, &err), &err);
	MUN_EXPECT_OK(mun_sha256_new(&copy, &err), &err);
	mun_sha256_update(copy, "something else", 14);
	mun_sha256_update(hash, "a", 1);
	MUN_EXPECT_OK(mun_sha256_copy(copy, hash, &err), &err);
	mun_sha256_update(hash, "not this", 8);
	mun_sha256_update(copy, "bc", 2);
	mun_sha256_finish(copy, digest);
	expect_digest(digest, sizeof(digest), known_answers[1].sha256);
	mun_sha256_free(hash);
	mun_sha256_free(copy);
}

static void
a_tag_comes_before_the_bytes(void **state)
{
	uint8_t digest[MUN_SHA256_LEN];

	(void)state;
	mun_sha256_of_tagged(digest, 'a', "bc", 2);
	expect_digest(digest, sizeof(digest), known_answers[1].sha256);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_shots_give_the_published_digests),
		cmocka_unit_test(
		    the_pair_gives_both_published_digests_again_and_again),
		cmocka_unit_test(
		    a_running_hash_gives_the_published_digests_again_and_again),
		cmocka_unit_test(peeking_changes_nothing),
		cmocka_unit_test(a_copy_goes_its_own_way),
		cmocka_unit_test(a_tag_comes_before_the_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
