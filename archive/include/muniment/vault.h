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
	const char *path; /* as opened */
	const char *origin;
	const char *prefix;
	uint8_t fingerprint[32]; /* SHA-256 of entry 0 as stored */
	const char *vkey; /* of the log, by entry 0; it may be replaced */
	uint64_t log_size; /* when opened */
};

/* Open for reading.  vault.json is a copy, never an anchor: the values come
 * from entry 0, and one that differs is MUN_ERR_FORMAT.  MUN_ERR_NOT_FOUND: no
 * vault there. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_open(
    struct mun_vault **out, const char *path, struct mun_error *err);
MUN_API void mun_vault_close(struct mun_vault *vault);
MUN_API void mun_vault_get_info(
    const struct mun_vault *vault, struct mun_vault_info *info);
/* The vkey that signs the log's head now: another than that of entry 0 once it
 * was replaced.  Appended.  MUN_ERR_FORMAT: an entry that names actors or keys
 * is damaged, or not what its signer signed; MUN_ERR_NOMEM; MUN_ERR_SYSTEM. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_log_vkey(
    struct mun_vault *vault, struct mun_buffer *vkey, struct mun_error *err);
/* The nearest folder at or above `from` that holds a vault.json; appended to
 * path.  MUN_ERR_NOT_FOUND. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_find(
    const char *from, struct mun_buffer *path, struct mun_error *err);

/*
 * That a file or folder which is about to be made at path, or its nearest
 * folder that is there, lies in no vault, whatever links lead there: whatever
 * is not a vault's own makes its verifier ask who put it there.
 *
 * MUN_ERR_USAGE: it does, or is a vault; MUN_ERR_SYSTEM: nobody can tell.  Does
 * not look at what is mounted elsewhere from the inside of a vault.
 */
MUN_API MUN_MUST_USE enum mun_status mun_vault_expect_outside(
    const char *path, struct mun_error *err);

/* An origin that says nothing: "muniment.invalid/" and 16 random hex digits,
 * with its NUL.  size: at least 64. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_random_origin(
    char *out, size_t size, struct mun_error *err);

/* The vault that a new one is the successor of. */
struct mun_vault_predecessor {
	uint8_t vault[32]; /* its fingerprint */
	uint8_t checkpoint[32]; /* SHA-256 of its last known log/checkpoint */
	/* key-lost, log-lost, forked, migrated or merged; borrowed */
	const char *reason;
};
/*
 * Both digests of the vault at path: of its head, or of one that somebody kept.
 * Reads the whole log; what else is in the vault is not looked at.
 *
 * out   its reason is looked at, and left alone
 * kept  NULL: none
 *
 * As mun_vault_open; MUN_ERR_FORMAT: an entry is not what its signer signed, or
 * kept is no checkpoint; MUN_ERR_CRYPTO: the head is not over these entries, or
 * not signed by the log's key; kept is of another origin or key, or (unless the
 * reason is forked) one that the log does not extend.
 */
MUN_API MUN_MUST_USE enum mun_status mun_vault_predecessor_at(
    struct mun_vault_predecessor *out, const char *path,
    const struct mun_buffer *kept, struct mun_error *err);
/* The fingerprint alone, from 64 hex digits; MUN_ERR_USAGE. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_predecessor_named(
    struct mun_vault_predecessor *out, const char *fingerprint,
    struct mun_error *err);
/* The checkpoint alone, from one that somebody kept.  MUN_ERR_FORMAT: it is
 * not exactly what log/checkpoint can be.  By whom it was signed is not asked:
 * of a vault that is gone, nobody can tell. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_predecessor_kept(
    struct mun_vault_predecessor *out, const void *checkpoint, size_t len,
    struct mun_error *err);

struct mun_vault_create_options {
	const char *path; /* absent, or an empty folder */
	const char *origin; /* NULL: mun_vault_random_origin */
	const char *prefix; /* NULL: 3 random letters */
	const char *keys_folder;
	const char *recovery_pem; /* NULL: none; looked at by finish */
	const char *recovery_path; /* where its key will be put; NULL: none */
	const struct mun_vault_predecessor *continues; /* NULL: none */
	uint64_t time_stamp_authorities; /* that the policy demands */
	bool allow_volatile;
};
/*
 * A vault about to be made.  Opening the draft takes the folder (and removes
 * what an init that was killed left there and beside the keys); then the keys
 * are made (keys.h); then finishing makes the vault whole.  Whatever fails in
 * between: mun_vault_draft_close, and nothing is left, the keys included.
 *
 * options   its texts are borrowed until the draft is closed
 *
 * Open: MUN_ERR_EXISTS (the folder holds something, or there are keys
 * already), MUN_ERR_BUSY (another init is at work there), MUN_ERR_USAGE (a
 * volatile file system; keys inside the vault; the recovery key inside either;
 * bad origin, prefix or reason).
 */
struct mun_vault_draft;
MUN_API MUN_MUST_USE enum mun_status mun_vault_draft_open(
    struct mun_vault_draft **out,
    const struct mun_vault_create_options *options, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_vault_draft_finish(
    struct mun_vault_draft *draft, struct mun_signer *signer,
    uint8_t fingerprint[32], struct mun_error *err);
MUN_API void mun_vault_draft_close(struct mun_vault_draft *draft);

/* The three in one, with keys that exist already and are left alone.  Leaves
 * nothing behind on failure, and the folder wholly usable on success. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_create(
    const struct mun_vault_create_options *options, struct mun_signer *signer,
    uint8_t fingerprint[32], struct mun_error *err);

/* The log's head as stored, a C2SP checkpoint; appended. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_checkpoint(
    struct mun_vault *vault, struct mun_buffer *checkpoint,
    struct mun_error *err);

#endif
