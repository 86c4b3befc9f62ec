/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_native.c - our own SHA-256 against the published digests, and against
 * OpenSSL's whatever it is fed with, alone and two at a time.
 */
#include "digest/digest_native.h"

#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "digest/digest.h"
#include "harness/harness.h"
#include "known_answers.h"

enum {
	INPUT_LEN = 1 << 20,
	FIRST = 1,
	SECOND = 2,
	BOTH = FIRST | SECOND
};

static uint8_t *input;
static uint64_t word = 1;

static uint64_t
next_random(uint64_t below)
{
	word = word * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (word >> 33) % below;
}

/* The tests are of nothing where the processor lacks the instructions; where it
 * has them, ours must have proved right. */
static void
need_native(void)
{
#ifdef __x86_64__
	unsigned eax, ebx = 0, ecx, edx;

	(void)__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
	if ((ebx & bit_SHA) != 0) {
		assert_true(mun_native_is_usable());
		return;
	}
#endif
	assert_false(mun_native_is_usable());
	skip();
}

static int
make_input(void **state)
{
	(void)state;
	input = malloc(INPUT_LEN);
	if (input == NULL)
		return -1;
	for (size_t i = 0; i < INPUT_LEN; i++)
		input[i] = (uint8_t)next_random(256);
	return 0;
}

static int
free_input(void **state)
{
	(void)state;
	free(input);
	return 0;
}

/* Two digests, each ours and OpenSSL's. */
struct rig {
	struct mun_native ours[2];
	struct mun_sha256 *openssl[2];
};

static void
set_up(struct rig *rig)
{
	struct mun_error err = MUN_ERROR_INIT;

	need_native();
	for (int i = 0; i < 2; i++) {
		mun_native_start(&rig->ours[i]);
		MUN_EXPECT_OK(mun_sha256_new(&rig->openssl[i], &err), &err);
	}
}

static void
tear_down(struct rig *rig)
{
	for (int i = 0; i < 2; i++)
		mun_sha256_free(rig->openssl[i]);
}

static void
feed(struct rig *rig, unsigned which, const uint8_t *bytes, size_t len)
{
	if (which == BOTH)
		mun_native_update_both(
		    &rig->ours[0], &rig->ours[1], bytes, len);
	else
		mun_native_update(&rig->ours[which - 1], bytes, len);
	for (int i = 0; i < 2; i++)
		if ((which & 1U << i) != 0)
			mun_sha256_update(rig->openssl[i], bytes, len);
}

static void
expect_same(struct rig *rig)
{
	for (int i = 0; i < 2; i++) {
		uint8_t ours[MUN_SHA256_LEN], openssl[MUN_SHA256_LEN];

		mun_native_finish(&rig->ours[i], ours);
		mun_native_start(&rig->ours[i]);
		mun_sha256_finish(rig->openssl[i], openssl);
		mun_sha256_start(rig->openssl[i]);
		assert_memory_equal(ours, openssl, sizeof(ours));
	}
}

static void
published_digests_come_out_again_and_again(void **state)
{
	struct mun_native native;

	(void)state;
	need_native();
	for (size_t i = 0; i < KNOWN_ANSWERS; i++) {
		const struct known_answer *answer = &known_answers[i];
		uint8_t digest[MUN_SHA256_LEN];

		mun_native_start(&native);
		for (size_t j = 0; j < answer->repeats; j++)
			mun_native_update(
			    &native, answer->message, strlen(answer->message));
		mun_native_finish(&native, digest);
		expect_digest(digest, sizeof(digest), answer->sha256);
	}
}

/* Every length of the padding, at every place in memory. */
static void
every_length_agrees_with_openssl(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	for (size_t len = 0; len <= 5 * MUN_NATIVE_BLOCK; len++) {
		for (size_t at = 0; at < 16; at++) {
			feed(&rig, FIRST, input + at, len);
			feed(&rig, SECOND, input + at + 1, len);
			expect_same(&rig);
			feed(&rig, BOTH, input + at, len);
			expect_same(&rig);
		}
	}
	tear_down(&rig);
}

static void
nothing_may_be_fed_from_nowhere(void **state)
{
	const unsigned whiches[] = { FIRST, SECOND, BOTH };
	struct rig rig;

	(void)state;
	set_up(&rig);
	for (size_t begun = 0; begun < 2; begun++) {
		for (size_t i = 0; i < 3; i++)
			feed(&rig, whiches[i], NULL, 0);
		feed(&rig, BOTH, input, 1);
	}
	expect_same(&rig);
	tear_down(&rig);
}

/* Whole blocks or not, both at one place in a block or not. */
static void
any_order_of_pieces_agrees_with_openssl(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	for (size_t round = 0; round < 2000; round++) {
		size_t pieces = 1 + next_random(8);

		for (size_t i = 0; i < pieces; i++) {
			unsigned which = (unsigned)next_random(BOTH) + 1;
			size_t len = next_random(2000);

			if (next_random(2) == 0)
				len -= len % MUN_NATIVE_BLOCK;
			feed(&rig, which, input + next_random(100000), len);
		}
		expect_same(&rig);
	}
	tear_down(&rig);
}

/* As a document lies in a .tar; more bits than 32 bits count. */
static void
a_long_document_agrees_with_openssl(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	feed(&rig, FIRST, input, 1536);
	for (size_t i = 0; i < 513; i++)
		feed(&rig, BOTH, input, INPUT_LEN);
	feed(&rig, BOTH, input, 1000);
	feed(&rig, FIRST, input, 24);
	expect_same(&rig);
	tear_down(&rig);
}

static void
a_running_hash_is_native_or_not_and_gives_the_same(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sha256 *first = NULL, *second = NULL;
	uint8_t digest[MUN_SHA256_LEN], openssl[MUN_SHA256_LEN];

	(void)state;
	MUN_EXPECT_OK(mun_sha256_new_native(&first, &err), &err);
	MUN_EXPECT_OK(mun_sha256_new_native(&second, &err), &err);
	assert_int_equal(mun_sha256_is_native(first), mun_native_is_usable());
	mun_sha256_of(openssl, input, 4711);
	mun_sha256_update_both(first, second, input, 4000);
	mun_sha256_update(first, input + 4000, 711);
	MUN_EXPECT_OK(mun_sha256_peek(first, digest, &err), &err);
	assert_memory_equal(digest, openssl, sizeof(digest));
	MUN_EXPECT_OK(mun_sha256_copy(second, first, &err), &err);
	mun_sha256_finish(first, digest);
	assert_memory_equal(digest, openssl, sizeof(digest));
	mun_sha256_finish(second, digest);
	assert_memory_equal(digest, openssl, sizeof(digest));
	mun_sha256_start(first);
	mun_sha256_update(first, input, 4711);
	mun_sha256_finish(first, digest);
	assert_memory_equal(digest, openssl, sizeof(digest));
	mun_sha256_free(first);
	mun_sha256_free(second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_digests_come_out_again_and_again),
		cmocka_unit_test(every_length_agrees_with_openssl),
		cmocka_unit_test(nothing_may_be_fed_from_nowhere),
		cmocka_unit_test(any_order_of_pieces_agrees_with_openssl),
		cmocka_unit_test(a_long_document_agrees_with_openssl),
		cmocka_unit_test(
		    a_running_hash_is_native_or_not_and_gives_the_same),
	};

	return cmocka_run_group_tests(tests, make_input, free_input);
}
