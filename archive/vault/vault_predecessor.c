/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_predecessor.c - what a successor says of the vault before it: which
 * one that was, and up to where.
 *
 * Spec: docs/format/log.md, vault-created, `continues`.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "vault/vault.h"

enum mun_status
mun_vault_predecessor_kept(struct mun_vault_predecessor *out,
    const void *checkpoint, size_t len, struct mun_error *err)
{
	struct mun_checkpoint read;
	enum mun_status status;

	MUN_TRY(mun_checkpoint_parse(&read, checkpoint, len, err));
	mun_sha256_of(out->checkpoint, checkpoint, len);
out:
	return status;
}

enum mun_status
mun_vault_predecessor_named(struct mun_vault_predecessor *out,
    const char *fingerprint, struct mun_error *err)
{
	if (mun_hex_decode(
		out->vault, MUN_SHA256_LEN, fingerprint, strlen(fingerprint)))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s' is no vault fingerprint: 64 hex digits", fingerprint);
}

enum mun_status
mun_vault_predecessor_at(
    struct mun_vault_predecessor *out, const char *path, struct mun_error *err)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_vault *vault = NULL;
	struct mun_vault_info info;
	enum mun_status status;

	MUN_TRY(mun_vault_open(&vault, path, err));
	mun_vault_get_info(vault, &info);
	memcpy(out->vault, info.fingerprint, MUN_SHA256_LEN);
	MUN_TRY(mun_vault_checkpoint(vault, &head, err));
	mun_sha256_of(out->checkpoint, head.data, head.len);
out:
	mun_vault_close(vault);
	mun_buffer_free(&head);
	return status;
}
