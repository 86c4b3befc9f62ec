/* SPDX-License-Identifier: BSD-2-Clause */
/* digest.h - the fingerprint of a file that somebody has. */
#ifndef MUNIMENT_DIGEST_H
#define MUNIMENT_DIGEST_H

#include <stdint.h>

#include "muniment/error.h"

/* SHA-256 of a regular file (links are followed).  MUN_ERR_NOT_FOUND;
 * MUN_ERR_FORMAT: no regular file; MUN_ERR_SYSTEM, MUN_ERR_NOMEM. */
MUN_API MUN_MUST_USE enum mun_status mun_digest_file(
    const char *path, uint8_t sha256[32], struct mun_error *err);

#endif
