/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_native.h - SHA-256 (FIPS 180-4) with the SHA extensions of x86-64, for
 * two digests at once.
 *
 * All other digests are OpenSSL's.  This one is our own for one reason: the
 * archive and the document in it are fed the same blocks, and two digests of the
 * same blocks need the message schedule once and hide each other's latency, so
 * that both cost little more than one.  No library offers that.
 *
 * It is used by the pump alone, and only where it gave OpenSSL's answers before
 * (mun_native_is_usable).  No secret is hashed here: nothing is wiped.
 */
#ifndef MUN_DIGEST_DIGEST_NATIVE_H
#define MUN_DIGEST_DIGEST_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

enum {
	MUN_NATIVE_BLOCK = 64
};

/* One running digest; copied by assignment. */
struct mun_native {
	uint32_t state[8];
	uint64_t len; /* bytes so far, below 2^61 */
	uint8_t rest[MUN_NATIVE_BLOCK]; /* the last len % 64 of them */
};

/* Whether the processor has the extensions, and what is here agrees with OpenSSL
 * on an input that takes every path.  Asked once; for any number of threads. */
bool mun_native_is_usable(void);
/* The rest stops the program on a processor without the extensions. */
void mun_native_start(struct mun_native *native);
void mun_native_update(
    struct mun_native *native, const void *bytes, size_t len);
/* Feed both the same bytes.  Quick where both have been fed whole blocks of 64
 * bytes, as in a .tar; else it is two updates. */
void mun_native_update_both(struct mun_native *first,
    struct mun_native *second, const void *bytes, size_t len);
/* Start it again before the next use. */
void mun_native_finish(struct mun_native *native, uint8_t out[MUN_SHA256_LEN]);

#endif
