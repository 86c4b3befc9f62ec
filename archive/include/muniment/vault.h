/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault.h - the folder that holds archives, log and index.
 *
 * Spec: docs/format/vault.md.
 */
#ifndef MUNIMENT_VAULT_H
#define MUNIMENT_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"
#include "muniment/keys.h"

struct mun_vault;

struct mun_vault_info {
	const char *path;	/* as opened */
	const char *origin;
	const char *prefix;
	uint8_t fingerprint[32]; /* SHA-256 of entry 0 as stored */
	const char *vkey;	/* of the log */
	uint64_t log_size;	/* when opened */
};

/* Open for reading.  vault.json is a copy, never an anchor: the values come
 * from entry 0, and one that differs is MUN_ERR_FORMAT.  MUN_ERR_NOT_FOUND: no
 * vault there. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_open(struct mun_vault **out,
    const char *path, struct mun_error *err);
MUN_API void mun_vault_close(struct mun_vault *vault);
MUN_API void mun_vault_get_info(const struct mun_vault *vault,
    struct mun_vault_info *info);
/* The nearest folder at or above `from` that holds a vault.json; appended to
 * path.  MUN_ERR_NOT_FOUND. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_find(const char *from,
    struct mun_buffer *path, struct mun_error *err);

struct mun_vault_create_options {
	const char *path;	/* absent, or an empty folder */
	const char *origin;	/* NULL: "muniment.invalid/" and 16 random hex */
	const char *prefix;	/* NULL: 3 random letters */
	const char *keys_folder;
	const char *recovery_pem; /* NULL: none */
	bool allow_volatile;
};
/* Make a vault with keys that exist already (keys.h).  Leaves nothing behind
 * on failure, and the folder wholly usable on success. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_create(
    const struct mun_vault_create_options *options, struct mun_signer *signer,
    uint8_t fingerprint[32], struct mun_error *err);

/* The log's head as stored, a C2SP checkpoint; appended. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_checkpoint(
    struct mun_vault *vault, struct mun_buffer *checkpoint,
    struct mun_error *err);

#endif
