/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixed_system.c - base/system.h for tests: what goes in is the seed, what
 * comes out is the same bytes in every run.  One stream feeds both the library
 * and OpenSSL, so the order of draws is part of what repeats.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_METHOD is; it is also one call */
#include "harness/fixed_system.h"

#include <pthread.h>
#include <stdlib.h>

#include <openssl/rand.h>

#include "base/system.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t clock_utc_s = MUN_FIXED_CLOCK_UTC_S;
static uint64_t generator;

void
mun_fixed_set_clock(int64_t now_utc_s)
{
	clock_utc_s = now_utc_s;
}

void
mun_fixed_set_seed(uint64_t seed)
{
	pthread_mutex_lock(&lock);
	generator = seed;
	pthread_mutex_unlock(&lock);
}

enum mun_status
mun_system_clock(int64_t *now_utc_s, struct mun_error *err)
{
	(void)err;
	*now_utc_s = clock_utc_s;
	return MUN_OK;
}

/* SplitMix64 (Steele, Lea, Flood 2014): small, and no draw repeats. */
static uint64_t
next_word(void)
{
	uint64_t z = (generator += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void
fill(unsigned char *out, size_t len)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < len;) {
		uint64_t word = next_word();

		for (int j = 0; j < 8 && i < len; j++, i++, word >>= 8)
			out[i] = (unsigned char)(word & 0xff);
	}
	pthread_mutex_unlock(&lock);
}

enum mun_status
mun_system_random(void *out, size_t len, struct mun_error *err)
{
	(void)err;
	fill(out, len);
	return MUN_OK;
}

static int
openssl_bytes(unsigned char *out, int len)
{
	if (len < 0)
		return 0;
	fill(out, (size_t)len);
	return 1;
}

static int
openssl_status(void)
{
	return 1;
}

static const RAND_METHOD fixed_method = {
	.bytes = openssl_bytes,
	.pseudorand = openssl_bytes,
	.status = openssl_status,
};

/* Before main, so that no test has to remember it. */
__attribute__((constructor)) static void
install(void)
{
	const char *clock_text = getenv("MUNIMENT_FIXED_CLOCK");
	const char *seed_text = getenv("MUNIMENT_FIXED_SEED");

	if (clock_text != NULL)
		clock_utc_s = strtoll(clock_text, NULL, 10);
	if (seed_text != NULL)
		generator = strtoull(seed_text, NULL, 10);
	if (RAND_set_rand_method(&fixed_method) != 1)
		abort();
}
