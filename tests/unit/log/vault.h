/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault.h - a log in a scratch folder, and a judge of it that shares no code
 * path with the appender.
 */
#ifndef MUN_TEST_VAULT_H
#define MUN_TEST_VAULT_H

#include "harness/harness.h"
#include "log/log.h"
#include "signer.h"

struct vault {
	struct mun_scratch *scratch;
	struct mun_store *store;
	struct mun_signer *signer;
	char path[4096];
	char keys[4096];
};

extern const char vault_origin[];

/* Folders and keys (actor p256, log key 1), no log yet. */
void vault_open(struct vault *vault, struct mun_scratch *scratch);
void vault_close(struct vault *vault);
/* mun_log_create, which has to succeed. */
void vault_create(struct vault *vault);
/* mun_log_recover, then mun_log_append of the deposit XPF-<number>. */
enum mun_status vault_append(struct vault *vault, unsigned number,
    const struct mun_statement *statement, struct mun_log_appended *appended,
    struct mun_error *err);
/* The log of vault_create grown to size entries in one go.  All of them are
 * real if every is true; else only the first and the last. */
void vault_grow(struct vault *vault, uint64_t size, bool every);

/*
 * Judge all there is: every entry, the chain, the signed root, the bytes of
 * every tile, statements, and that nothing else lies under log/.  Returns the
 * size.
 */
uint64_t vault_judge(struct vault *vault);
/* Read everything that a reader can, as vault_judge, but accept what a stopped
 * writer leaves. */
uint64_t vault_read(struct vault *vault);
/* Mark the numbers of the archives deposited by entry first and later; each
 * below count, and none twice. */
void vault_archives(
    struct vault *vault, uint64_t first, bool *met, size_t count);
/* A list of all files and their digests; free() it. */
char *vault_snapshot(struct vault *vault);
/* Copy the log to a new folder called name, and take it from there again. */
void vault_save(struct vault *vault, const char *name);
void vault_restore(struct vault *vault, const char *name);
/* Flip one bit in the middle of a file. */
void vault_flip(struct vault *vault, const char *name);

#endif
