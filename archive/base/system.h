/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * system.h - clock and randomness, the two inputs a test replaces.
 *
 * Implemented in base/system.c, which is a link target of its own
 * (mun_system): a test links tests/harness/fixed_system.c instead.  No
 * environment variable reaches either.
 */
#ifndef MUN_BASE_SYSTEM_H
#define MUN_BASE_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"

/* Seconds since 1970-01-01 UTC now. */
MUN_MUST_USE enum mun_status mun_system_clock(
    int64_t *now_utc_s, struct mun_error *err);
/* len bytes from the kernel's generator (getrandom(2)). */
MUN_MUST_USE enum mun_status mun_system_random(
    void *out, size_t len, struct mun_error *err);

#endif
