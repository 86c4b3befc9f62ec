/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_native.c - blocks, what is left of them, and the padding; the rounds
 * are the processor's.
 */
#include "digest/digest_native.h"

#include <pthread.h>
#include <string.h>

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "base/macros.h"
#include "digest/digest.h"

#ifdef __x86_64__

/* Only what is marked so may use these instructions. */
#define SHA_EXTENSIONS __attribute__((target("sha,sse4.1,ssse3")))

enum {
	ROUNDS = 64,
	AT_ONCE = 4, /* rounds, and words, in a register */
	STEPS = ROUNDS / AT_ONCE,
	WORDS = 4, /* registers that hold 16 words of the schedule */
	SCHEDULED = STEPS - WORDS /* steps that make words for later ones */
};

/* FIPS 180-4, 4.2.2 */
static const uint32_t constants[ROUNDS] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf,
	0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
	0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
	0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2 };

/* 16 bytes that may lie anywhere. */
SHA_EXTENSIONS static inline __m128i
load_register(const void *bytes)
{
	return _mm_loadu_si128(bytes);
}

/* The eight working variables, in the order that the instructions want. */
struct working {
	__m128i abef, cdgh;
};

SHA_EXTENSIONS static inline struct working
load(const uint32_t h[8])
{
	return (struct working){ .abef = _mm_set_epi32((int)h[0], (int)h[1],
				     (int)h[4], (int)h[5]),
		.cdgh =
		    _mm_set_epi32((int)h[2], (int)h[3], (int)h[6], (int)h[7]) };
}

SHA_EXTENSIONS static inline void
store(uint32_t h[8], struct working working)
{
	uint32_t feba[4], hgdc[4];

	_mm_storeu_si128((__m128i *)feba, working.abef);
	_mm_storeu_si128((__m128i *)hgdc, working.cdgh);
	for (int i = 0; i < 2; i++) {
		h[i] = feba[3 - i];
		h[2 + i] = hgdc[3 - i];
		h[4 + i] = feba[1 - i];
		h[6 + i] = hgdc[1 - i];
	}
}

SHA_EXTENSIONS static inline void
add(struct working *to, struct working other)
{
	to->abef = _mm_add_epi32(to->abef, other.abef);
	to->cdgh = _mm_add_epi32(to->cdgh, other.cdgh);
}

/* Four rounds; words: W + K of each. */
SHA_EXTENSIONS static inline void
rounds(struct working *working, __m128i words)
{
	enum {
		UPPER_HALF = 0x0e
	};

	working->cdgh =
	    _mm_sha256rnds2_epu32(working->cdgh, working->abef, words);
	working->abef = _mm_sha256rnds2_epu32(
	    working->abef, working->cdgh, _mm_shuffle_epi32(words, UPPER_HALF));
}

/* The 16 words of a block, big-endian in memory (FIPS 180-4, 5.2.1). */
SHA_EXTENSIONS static inline void
load_words(__m128i words[WORDS], const uint8_t *block)
{
	const __m128i swapped =
	    _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);

	for (size_t i = 0; i < WORDS; i++)
		words[i] =
		    _mm_shuffle_epi8(load_register(block + i * 16), swapped);
}

/* Four words of the schedule take the place of those 16 before them. */
SHA_EXTENSIONS static inline void
schedule(__m128i words[WORDS], size_t step)
{
	__m128i *next = &words[step % WORDS];
	__m128i last = words[(step + 3) % WORDS];
	__m128i seven_before =
	    _mm_alignr_epi8(last, words[(step + 2) % WORDS], 4);

	*next = _mm_sha256msg1_epu32(*next, words[(step + 1) % WORDS]);
	*next = _mm_sha256msg2_epu32(_mm_add_epi32(*next, seven_before), last);
}

SHA_EXTENSIONS static inline __m128i
words_of(const __m128i words[WORDS], size_t step)
{
	return _mm_add_epi32(
	    words[step % WORDS], load_register(constants + step * AT_ONCE));
}

/* FIPS 180-4, 6.2.2 */
SHA_EXTENSIONS static void
compress(uint32_t h[8], const uint8_t *bytes, size_t blocks)
{
	struct working sum = load(h);

	for (; blocks > 0; blocks--, bytes += MUN_NATIVE_BLOCK) {
		struct working working = sum;
		__m128i words[WORDS];

		load_words(words, bytes);
#pragma GCC unroll 16
		for (size_t step = 0; step < STEPS; step++) {
			rounds(&working, words_of(words, step));
			if (step < SCHEDULED)
				schedule(words, step);
		}
		add(&sum, working);
	}
	store(h, sum);
}

/* The same of two; the words of a block are those of both. */
SHA_EXTENSIONS static void
compress_both(
    uint32_t h[8], uint32_t other_h[8], const uint8_t *bytes, size_t blocks)
{
	struct working sum = load(h);
	struct working other_sum = load(other_h);

	for (; blocks > 0; blocks--, bytes += MUN_NATIVE_BLOCK) {
		struct working working = sum;
		struct working other = other_sum;
		__m128i words[WORDS];

		load_words(words, bytes);
#pragma GCC unroll 16
		for (size_t step = 0; step < STEPS; step++) {
			rounds(&working, words_of(words, step));
			rounds(&other, words_of(words, step));
			if (step < SCHEDULED)
				schedule(words, step);
		}
		add(&sum, working);
		add(&other_sum, other);
	}
	store(h, sum);
	store(other_h, other_sum);
}

static bool
has_extensions(void)
{
	unsigned eax, ebx, ecx, edx;

	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 ||
	    (ecx & bit_SSSE3) == 0 || (ecx & bit_SSE4_1) == 0)
		return false;
	return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 &&
	    (ebx & bit_SHA) != 0;
}
#else
static void
compress(uint32_t h[8], const uint8_t *bytes, size_t blocks)
{
	(void)h, (void)bytes, (void)blocks;
	MUN_ASSERT(false);
}

static void
compress_both(
    uint32_t h[8], uint32_t other_h[8], const uint8_t *bytes, size_t blocks)
{
	(void)h, (void)other_h, (void)bytes, (void)blocks;
	MUN_ASSERT(false);
}

static bool
has_extensions(void)
{
	return false;
}
#endif

/* ---- bytes into blocks ---- */

void
mun_native_start(struct mun_native *native)
{
	/* FIPS 180-4, 5.3.3 */
	*native = (struct mun_native){
		.state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 }
	};
}

static size_t
rest_len(const struct mun_native *native)
{
	return (size_t)(native->len % MUN_NATIVE_BLOCK);
}

/* Into the block that is begun, as far as it goes; how many it took. */
static size_t
fill_rest(struct mun_native *native, const uint8_t *bytes, size_t len)
{
	size_t at = rest_len(native);
	size_t room = MUN_NATIVE_BLOCK - at;
	size_t piece = len < room ? len : room;

	memcpy(native->rest + at, bytes, piece);
	native->len += piece;
	if (piece == room)
		compress(native->state, native->rest, 1);
	return piece;
}

void
mun_native_update(struct mun_native *native, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	size_t whole;

	if (len == 0)
		return; /* bytes may be NULL */
	if (rest_len(native) > 0) {
		size_t taken = fill_rest(native, at, len);

		at += taken;
		len -= taken;
	}
	whole = len - len % MUN_NATIVE_BLOCK;
	if (whole > 0)
		compress(native->state, at, whole / MUN_NATIVE_BLOCK);
	native->len += whole;
	if (len > whole)
		(void)fill_rest(native, at + whole, len - whole);
}

void
mun_native_update_both(struct mun_native *first, struct mun_native *second,
    const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	if (rest_len(first) == 0 && rest_len(second) == 0 &&
	    len >= MUN_NATIVE_BLOCK) {
		size_t whole = len - len % MUN_NATIVE_BLOCK;

		compress_both(
		    first->state, second->state, at, whole / MUN_NATIVE_BLOCK);
		first->len += whole;
		second->len += whole;
		at += whole;
		len -= whole;
	}
	mun_native_update(first, at, len);
	mun_native_update(second, at, len);
}

/* FIPS 180-4, 5.1.1: a one bit, zeros, the length in bits. */
void
mun_native_finish(struct mun_native *native, uint8_t out[MUN_SHA256_LEN])
{
	enum {
		LENGTH_LEN = 8
	};
	uint8_t padding[2 * MUN_NATIVE_BLOCK] = { 0x80 };
	uint64_t bits = native->len * 8;
	size_t zeros =
	    (2 * MUN_NATIVE_BLOCK - LENGTH_LEN - 1 - rest_len(native)) %
	    MUN_NATIVE_BLOCK;

	for (size_t i = 0; i < LENGTH_LEN; i++)
		padding[1 + zeros + i] = (uint8_t)(bits >> (56 - 8 * i));
	mun_native_update(native, padding, 1 + zeros + LENGTH_LEN);
	for (size_t i = 0; i < MUN_SHA256_LEN; i++)
		out[i] = (uint8_t)(native->state[i / 4] >> (24 - 8 * (i % 4)));
}

/* ---- may it be used? ---- */

enum {
	PROBE_BEFORE = 2 * MUN_NATIVE_BLOCK, /* of the second alone */
	PROBE_BOTH = 4 * MUN_NATIVE_BLOCK + 59,
	PROBE_AFTER = 10, /* of the first alone */
	PROBE_LEN = PROBE_BEFORE + PROBE_BOTH + PROBE_AFTER
};

static bool
agrees(struct mun_native *native, const uint8_t *bytes, size_t len)
{
	uint8_t own[MUN_SHA256_LEN], openssl[MUN_SHA256_LEN];

	mun_native_finish(native, own);
	mun_sha256_of(openssl, bytes, len);
	return memcmp(own, openssl, sizeof(own)) == 0;
}

/* Several blocks of one and of both, a block in two pieces, and padding of one
 * block (the first's) and of two. */
static bool
is_proven(void)
{
	struct mun_native first, second;
	uint8_t probe[PROBE_LEN];
	const uint8_t *both = probe + PROBE_BEFORE;

	for (size_t i = 0; i < sizeof(probe); i++)
		probe[i] = (uint8_t)(i * i * 7 + i);
	mun_native_start(&first);
	mun_native_start(&second);
	mun_native_update(&second, probe, PROBE_BEFORE);
	mun_native_update_both(&first, &second, both, PROBE_BOTH);
	mun_native_update(&first, both + PROBE_BOTH, PROBE_AFTER);
	return agrees(&first, both, PROBE_BOTH + PROBE_AFTER) &&
	    agrees(&second, probe, PROBE_BEFORE + PROBE_BOTH);
}

static bool is_usable;
static pthread_once_t asked_once = PTHREAD_ONCE_INIT;

static void
ask(void)
{
	is_usable = has_extensions() && is_proven();
}

bool
mun_native_is_usable(void)
{
	MUN_ASSERT(pthread_once(&asked_once, ask) == 0);
	return is_usable;
}
