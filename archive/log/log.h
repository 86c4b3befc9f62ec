/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log.h - the log in a store: read, list its files, append.
 *
 * Reading never writes and never waits for a writer: a checkpoint, once read,
 * stays good, because bundles only grow.  Appending (log_append.c,
 * log_recover.c) belongs to the keeper.
 *
 * Spec: docs/format/log.md; commit order: docs/ARCHITECTURE.md.
 */
#ifndef MUN_LOG_LOG_H
#define MUN_LOG_LOG_H

#include "log/checkpoint.h"
#include "log/event.h"
#include "store/store.h"

/* ---- tiles ---- */

enum { MUN_TILE_WIDTH = 256, MUN_TILE_LEVELS = 8, MUN_TILE_NAME_MAX = 128 };

/* "log/tile/0/x001/234.p/17"; width 256 is a full tile.  level -1: entries. */
void mun_tile_name(char out[MUN_TILE_NAME_MAX], int level, uint64_t number,
    unsigned width);
/* Whether a log of size entries has exactly this file below log/ (any name of
 * checkpoint, tile and entries; statements and staged are not judged here). */
bool mun_tile_name_is_expected(const char *name, uint64_t size);
/* Whether it is a narrower partial of a tile that a log of that size has. */
bool mun_tile_name_is_litter(const char *name, uint64_t size);

/* Fed with all entries in order, tells every tile of the log as it gets full,
 * and at the end the partial ones.  Memory: 8 KiB a level and one bundle. */
struct mun_tile_builder;
typedef enum mun_status mun_tile_emit(void *ctx, const char *name,
    const void *bytes, size_t len, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tile_builder_new(
    struct mun_tile_builder **out, mun_tile_emit *emit, void *ctx,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tile_builder_add(
    struct mun_tile_builder *builder, const void *entry, size_t len,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tile_builder_finish(
    struct mun_tile_builder *builder, struct mun_error *err);
void mun_tile_builder_root(const struct mun_tile_builder *builder,
    struct mun_hash *root);
void mun_tile_builder_free(struct mun_tile_builder *builder);

/* ---- reading ---- */

struct mun_log;

/* Read log/checkpoint of the store.  Does not judge its signature.
 * MUN_ERR_NOT_FOUND: there is no log; MUN_ERR_FORMAT. */
MUN_MUST_USE enum mun_status mun_log_open(struct mun_log **out,
    struct mun_store *store, struct mun_error *err);
void mun_log_close(struct mun_log *log);
const struct mun_checkpoint *mun_log_checkpoint(const struct mun_log *log);
/* The checkpoint's bytes as stored; borrowed. */
const void *mun_log_checkpoint_bytes(const struct mun_log *log, size_t *len);
/* Replace entry's contents with entry seq, below the checkpoint's size.
 * MUN_ERR_NOT_FOUND: its bundle (and staged) is not there; MUN_ERR_FORMAT: the
 * bundle is damaged.  Bundles are cached, so in-order reading is cheap. */
MUN_MUST_USE enum mun_status mun_log_entry(struct mun_log *log, uint64_t seq,
    struct mun_buffer *entry, struct mun_error *err);
/* Hash source over the stored tiles, up to the checkpoint's size. */
struct mun_merkle_source mun_log_source(struct mun_log *log);
/* Replace statement's contents with statements/<seq>.json; NOT_FOUND. */
MUN_MUST_USE enum mun_status mun_log_statement(struct mun_log *log,
    uint64_t seq, struct mun_buffer *statement, struct mun_error *err);
void mun_statement_name(char out[MUN_TILE_NAME_MAX], uint64_t seq);

/* ---- writing: mun_log_writer ---- */

struct mun_signer;

/* What an appender brings; seq, prev, vault, time, actor, nonce are filled in
 * under the lock. */
struct mun_log_draft {
	const char *type;
	const struct mun_buffer *subject; /* NULL: none */
	const struct mun_buffer *detail;  /* NULL: {} */
	const struct mun_statement *statement; /* NULL: none; salt is made */
};

struct mun_log_appended {
	uint64_t seq;
	uint8_t sha256[MUN_SHA256_LEN]; /* of the entry */
	uint64_t size;			/* of the log with it */
	bool clock_behind;
	bool head_kept;	 /* false: the copy beside the keys failed */
};

/* Entry 0 and the first checkpoint, in a store without a log. */
MUN_MUST_USE enum mun_status mun_log_create(struct mun_store *store,
    struct mun_signer *signer, const char *keys_folder, const char *origin,
    const struct mun_vault_created *created,
    struct mun_log_appended *appended, struct mun_error *err);
/*
 * Append one event; durable and committed when it returns MUN_OK.
 *
 * Call under the writer's lock, after mun_log_recover.  MUN_ERR_BUSY: somebody
 * else's commit came first (sign again); MUN_ERR_FORMAT with "log.stale" as the
 * first word: the log does not extend the head this signer signed last (a
 * restored older copy, or a fork): nothing was signed, and the text says what
 * to do; MUN_ERR_CRYPTO.  check, if not NULL, is called with the finished entry
 * before it is staged, and may refuse.
 */
MUN_MUST_USE enum mun_status mun_log_append(struct mun_store *store,
    struct mun_signer *signer, const char *keys_folder,
    const struct mun_log_draft *draft, struct mun_log_appended *appended,
    struct mun_error *err);
/* Complete the tiles of the checkpoint, recompute its root from what is stored
 * (MUN_ERR_FORMAT if it differs), remove narrower partials, staged entries and
 * statements that the checkpoint does not name, and temporaries.  Needs no
 * key.  Under the writer's lock. */
MUN_MUST_USE enum mun_status mun_log_recover(struct mun_store *store,
    struct mun_error *err);
/* The inclusion proof of entry seq as a receipt. */
MUN_MUST_USE enum mun_status mun_log_receipt(struct mun_log *log, uint64_t seq,
    struct mun_receipt *receipt, struct mun_error *err);

#endif
