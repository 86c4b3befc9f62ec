/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault.h - what pipelines need of an open vault, and vault.json.
 *
 * Spec: docs/format/vault.md.
 */
#ifndef MUN_VAULT_VAULT_H
#define MUN_VAULT_VAULT_H

#include "log/log.h"
#include "muniment/vault.h"
#include "store/store.h"

#define MUN_VAULT_JSON "vault.json"
#define MUN_VAULT_UNFINISHED ".unfinished"

/* The store of an open vault; borrowed. */
struct mun_store *mun_vault_store(const struct mun_vault *vault);
/* What entry 0 says; borrowed. */
const struct mun_vault_created *mun_vault_founding(
    const struct mun_vault *vault);
/*
 * The key that signs the head of that size (0 as 1; above the log's: as far
 * as the log is known), by the entries under it.  Reads the log up to there
 * once for a vault, however often it is asked.
 *
 * MUN_ERR_FORMAT: an entry that names actors or keys is damaged, or not what
 * its signer signed; MUN_ERR_NOMEM; or as mun_log_entry.
 */
MUN_MUST_USE enum mun_status mun_vault_log_key_at(struct mun_vault *vault,
    struct mun_log *log, uint64_t size, uint8_t key[32], struct mun_error *err);
/* "archives/XPF-0003.tar" with its NUL. */
enum {
	MUN_ARCHIVE_NAME_MAX = 64
};
void mun_vault_archive_name(
    char out[MUN_ARCHIVE_NAME_MAX], const char *archive_id);

/* Append the one form of vault.json. */
void mun_vault_json_write(struct mun_buffer *out, const char *origin,
    const char *prefix, const uint8_t fingerprint[MUN_SHA256_LEN],
    const uint8_t log_key[32]);

/* Remove the marks of an init that was killed after its vault was whole.
 * Under the writer's lock; never fails (a mark does no harm). */
void mun_vault_remove_marks(struct mun_vault *vault, const char *keys_folder);

#endif
