/* SPDX-License-Identifier: BSD-2-Clause */
/* store_lock.h - waiting for a lock; for the writing half of the store. */
#ifndef MUN_STORE_STORE_LOCK_H
#define MUN_STORE_STORE_LOCK_H

#include <stdint.h>

#include "muniment/error.h"

/* flock(2) with LOCK_EX or LOCK_SH, tried for wait_ms; MUN_ERR_BUSY after. */
MUN_MUST_USE enum mun_status mun_store_flock(int fd, int operation,
    uint64_t wait_ms, const char *what, struct mun_error *err);

#endif
