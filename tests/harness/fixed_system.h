/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixed_system.h - a clock that stands still and randomness that repeats.
 *
 * Linked instead of base/system.c.  Also replaces OpenSSL's generator before
 * main, so that keys, serial numbers and ECDSA signatures repeat too.  Every
 * process starts at MUN_FIXED_CLOCK_UTC_S and seed 0, unless the environment
 * of this test program says MUNIMENT_FIXED_CLOCK=<seconds since 1970> or
 * MUNIMENT_FIXED_SEED=<number>.  Shipped programs do not contain this file.
 */
#ifndef MUN_HARNESS_FIXED_SYSTEM_H
#define MUN_HARNESS_FIXED_SYSTEM_H

#include <stdint.h>

/* 2026-11-23T10:11:12Z */
#define MUN_FIXED_CLOCK_UTC_S INT64_C(1795428672)

/* From now on the clock reads now_utc_s. */
void mun_fixed_set_clock(int64_t now_utc_s);

/* Start the random sequence of this seed from its beginning. */
void mun_fixed_set_seed(uint64_t seed);

#endif
