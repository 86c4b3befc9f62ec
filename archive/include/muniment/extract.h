/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * extract.h - originals' bytes under original names, written nowhere else.
 */
#ifndef MUNIMENT_EXTRACT_H
#define MUNIMENT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"
#include "muniment/vault.h"

struct mun_extract_options {
	const char *reference;	/* XPF-0003, XPF-0003-000042, XPF-0003/42 */
	const char *folder;	/* made if absent; nothing in it is replaced */
};
struct mun_extract_result {
	uint64_t documents, bytes;
};
/* Told after each document: its number, its original path (hostile bytes). */
typedef bool mun_extract_watch(void *ctx, const char *document,
    const uint8_t *path, size_t path_len, uint64_t size);
/*
 * mun_extract - write documents below folder at their original paths (a single
 * document: at its base name), checking both digests against the records while
 * copying.  Modification times are restored where recorded.
 *
 * MUN_ERR_NOT_FOUND: no such archive or document; MUN_ERR_EXISTS: a file is
 * there already (named); MUN_ERR_FORMAT: stored bytes or records disagree: the
 * file is not left behind.  Never writes outside folder, follows no link.
 */
MUN_API MUN_MUST_USE enum mun_status mun_extract(struct mun_vault *vault,
    const struct mun_extract_options *options, mun_extract_watch *watch,
    void *ctx, struct mun_extract_result *result, struct mun_error *err);

#endif
