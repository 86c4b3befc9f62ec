/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness.h - the log held by strangers: heads that somebody keeps, witnesses
 * that cosign them, and the part of the log that the world may see.
 *
 * Nothing here signs, and no key is needed: a head is signed when it is made.
 * What is shown to others is the log's origin and key, its size, and hashes;
 * no entry, no statement, nothing about a document.
 *
 * Spec: docs/format/log.md, Witnesses, The public copy; C2SP tlog-witness.
 */
#ifndef MUNIMENT_WITNESS_H
#define MUNIMENT_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"
#include "muniment/vault.h"

/* The log's head with the cosignatures stored for it, or as it is when there
 * are none; appended. */
MUN_API MUN_MUST_USE enum mun_status mun_vault_head(
    struct mun_vault *vault, struct mun_buffer *note, struct mun_error *err);

/*
 * mun_vault_save_head - write mun_vault_head to a file, whole or not at all:
 * a new one, or one that holds an older head of this log, which it extends.
 *
 * written  out; false when the file held this head already
 *
 * MUN_ERR_EXISTS: the file holds something else; MUN_ERR_FORMAT: it holds a
 * head that this log does not extend (a newer or another history): keep it;
 * MUN_ERR_SYSTEM.  Mode 0644.
 */
MUN_API MUN_MUST_USE enum mun_status mun_vault_save_head(
    struct mun_vault *vault, const char *path, bool *written,
    struct mun_error *err);

struct mun_witness_options {
	const char *url; /* submission prefix; http:// or https:// */
	const char *key; /* vkey of type 0x04: whose cosignature counts */
	const char *proxy; /* NULL: none; as archive/http says */
	const char *ca_file; /* PEM of CAs in place of the system's; or NULL */
	bool (*is_canceled)(void *ctx); /* or NULL */
	void *ctx;
};
struct mun_witness_result {
	uint64_t size; /* of the head that was cosigned */
	int64_t time_utc_s; /* by the witness's clock */
};

/* Whether url and key would be taken: MUN_OK or MUN_ERR_USAGE. */
MUN_API MUN_MUST_USE enum mun_status mun_witness_check(
    const struct mun_witness_options *options, struct mun_error *err);

/*
 * mun_witness_ask - have a witness cosign the log's head, and store what it
 * says below log/witness/ once it has been verified against the key.
 *
 * Two exchanges at most: the second where the witness names the size that it
 * holds.  Nothing is stored unless MUN_OK.
 *
 *   MUN_ERR_BUSY    it could not be reached, or is busy: later
 *   MUN_ERR_FORMAT  its answer is none; or, with "log.stale" as the first
 *                   word, it holds another or a longer history of this log
 *   MUN_ERR_CRYPTO  its cosignature is not by that key, or its clock and this
 *                   one are more than a day apart
 *   MUN_ERR_NOT_FOUND it does not know this log
 *   MUN_ERR_USAGE   as mun_witness_check
 *   MUN_ERR_LIMIT   63 others have cosigned this head
 */
MUN_API MUN_MUST_USE enum mun_status mun_witness_ask(struct mun_vault *vault,
    const struct mun_witness_options *options,
    struct mun_witness_result *result, struct mun_error *err);

/* A witness that a policy names with a URL: told in order. */
typedef enum mun_status mun_witness_named(void *ctx, const char *name,
    const char *url, const char *key, struct mun_error *err);
/* Tell every witness of a C2SP tlog-policy file that has a URL and a key of
 * type 0x04.  MUN_ERR_USAGE: the file is no policy. */
MUN_API MUN_MUST_USE enum mun_status mun_witness_from_policy(const char *path,
    mun_witness_named *named, void *ctx, struct mun_error *err);

struct mun_publish_result {
	uint64_t size; /* of the log shown */
	uint64_t files; /* in the public copy */
	uint64_t written; /* of them, now */
};
/*
 * mun_log_publish - bring a folder up to the public copy of the log: its head,
 * its hash tiles, its cosigned heads; never an entry or a statement.
 *
 * folder  absent, empty, or a public copy of this log that it extends; in
 *         neither the vault nor above it
 *
 * Each file appears whole; the head comes last, so that the tiles that it
 * needs are there.  MUN_ERR_EXISTS: something else lies there; MUN_ERR_FORMAT:
 * the copy is of another or a longer history, or the vault's own tiles do not
 * give its head; MUN_ERR_USAGE: the folder lies in the vault.
 */
MUN_API MUN_MUST_USE enum mun_status mun_log_publish(struct mun_vault *vault,
    const char *folder, struct mun_publish_result *result,
    struct mun_error *err);

#endif
