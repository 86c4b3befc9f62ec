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

enum {
	MUN_TILE_WIDTH = 256,
	MUN_TILE_LEVELS = 8,
	MUN_TILE_NAME_MAX = 128
};

/* "log/tile/0/x001/234.p/17"; width 256 is a full tile.  level -1: entries. */
void mun_tile_name(
    char out[MUN_TILE_NAME_MAX], int level, uint64_t number, unsigned width);
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
MUN_MUST_USE enum mun_status mun_tile_builder_new(struct mun_tile_builder **out,
    mun_tile_emit *emit, void *ctx, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tile_builder_add(
    struct mun_tile_builder *builder, const void *entry, size_t len,
    struct mun_error *err);
/* The same of an entry of which only the leaf is known; a builder is fed the
 * one or the other.  Of leaves it tells no entry bundles. */
MUN_MUST_USE enum mun_status mun_tile_builder_add_leaf(
    struct mun_tile_builder *builder, const struct mun_hash *leaf,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tile_builder_finish(
    struct mun_tile_builder *builder, struct mun_error *err);
void mun_tile_builder_root(
    const struct mun_tile_builder *builder, struct mun_hash *root);
void mun_tile_builder_free(struct mun_tile_builder *builder);

/* ---- reading ---- */

struct mun_log;

/* Read log/checkpoint of the store.  Does not judge its signature.
 * MUN_ERR_NOT_FOUND: there is no log; MUN_ERR_FORMAT. */
MUN_MUST_USE enum mun_status mun_log_open(
    struct mun_log **out, struct mun_store *store, struct mun_error *err);
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
/* Tell every hash tile of the log (no entries), after all of them were found to
 * give the checkpoint's root.  MUN_ERR_FORMAT: they do not. */
MUN_MUST_USE enum mun_status mun_log_each_tile(
    struct mun_log *log, mun_tile_emit *emit, void *ctx, struct mun_error *err);
/* Whether the log extends a head of that size and root, by its tiles and its
 * own head; false for size 0 or above the head's. */
MUN_MUST_USE enum mun_status mun_log_extends(struct mun_log *log, uint64_t size,
    const struct mun_hash *root, bool *extends, struct mun_error *err);
/* Replace statement's contents with statements/<seq>.json; NOT_FOUND. */
MUN_MUST_USE enum mun_status mun_log_statement(struct mun_log *log,
    uint64_t seq, struct mun_buffer *statement, struct mun_error *err);
void mun_statement_name(char out[MUN_TILE_NAME_MAX], uint64_t seq);

/* One line of log/results/<seq>.jsonl: what a check of everything found of an
 * archive. */
struct mun_result {
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	bool passed;
	uint8_t salt[MUN_NONCE_LEN];
};
void mun_results_name(char out[MUN_TILE_NAME_MAX], uint64_t seq);
void mun_result_write(const struct mun_result *result, struct mun_buffer *out);
/* The line at *at of a whole file, *at below its length and then after the
 * line, whose leaf is added to tree.  MUN_ERR_FORMAT: it is not in the one
 * form; whether the archive is one, is not asked. */
MUN_MUST_USE enum mun_status mun_results_next(const struct mun_buffer *file,
    size_t *at, struct mun_result *out, struct mun_merkle_frontier *tree,
    struct mun_error *err);
/* The inclusion proof of entry seq, a deposit, as a receipt; the proof has
 * been verified against the checkpoint.  MUN_ERR_FORMAT: no deposit, or the
 * stored tiles do not prove it. */
MUN_MUST_USE enum mun_status mun_log_receipt(struct mun_log *log, uint64_t seq,
    struct mun_receipt *receipt, struct mun_error *err);

/* ---- time-stamps (docs/format/time-stamp.md, Files) ---- */

struct mun_stamp;
/* The files of the folder of a stamped checkpoint.  Number 0 is for the
 * checkpoint alone; the others are there for each number from 1. */
enum mun_stamp_file {
	MUN_STAMP_CHECKPOINT,
	MUN_STAMP_QUERY,
	MUN_STAMP_TOKEN,
	MUN_STAMP_CERTIFICATES,
	MUN_STAMP_CRLS,
	MUN_STAMP_FILES
};
/* "log/time-stamps/17/checkpoint" (number is not looked at),
 * "log/time-stamps/17/2.tst". */
void mun_stamp_name(char out[MUN_TILE_NAME_MAX], uint64_t size, unsigned number,
    enum mun_stamp_file which);
/* Take such a name apart; false if it is not exactly one. */
bool mun_stamp_name_parse(uint64_t *size, unsigned *number,
    enum mun_stamp_file *which, const char *name);
/* The largest that a file may be, in bytes. */
size_t mun_stamp_file_max(enum mun_stamp_file which);
/* Its SHA-256 as the event has it; not of the checkpoint.  Borrowed. */
const uint8_t *mun_stamp_digest(
    const struct mun_stamp *stamp, enum mun_stamp_file which);
#define MUN_STAMPS_MARK "log/staged/time-stamps-"
/* "log/staged/time-stamps-17": what is in the folder of that size may be of an
 * event that is not in the log. */
void mun_stamps_mark_name(char out[MUN_TILE_NAME_MAX], uint64_t size);

/* ---- writing: mun_log_writer ---- */

struct mun_signer;

/* 2026-01-01T00:00:00Z: a clock before it is wrong, for there was no such
 * program then; nothing is signed by it. */
#define MUN_CLOCK_EPOCH_UTC_S INT64_C(1767225600)

/* Whether an event that is signed, and not yet stored, may become an entry; what
 * it returns but MUN_OK ends the append with nothing changed.  The log itself
 * knows no actors: this is where custody/custody.h speaks. */
typedef enum mun_status mun_log_judge(
    void *ctx, const struct mun_entry *entry, struct mun_error *err);

/* What an appender brings; seq, prev, vault, time, actor, nonce are filled in
 * under the lock. */
struct mun_log_draft {
	const char *type; /* one that this version writes */
	const struct mun_buffer *subject; /* NULL: none */
	const struct mun_buffer *detail; /* NULL: {} */
	const struct mun_statement *statement; /* NULL: none; salt is made */
	const struct mun_buffer *results; /* lines that detail has the root of;
					     NULL: none */
	mun_log_judge *judge; /* NULL: only the actor of entry 0 may sign */
	void *judge_ctx;
	/* Of an event that replaces the log's key: sign its head with the
	 * signer's next log key, and with the one in use after that. */
	bool replaces_log_key;
	/* With that, where the recovery certificate signs and the key in use
	 * is lost: its public half (32 bytes), by which the head is judged.
	 * The new head then has the next key's signature alone.  NULL: the key
	 * in use is the signer's. */
	const uint8_t *lost_log_key;
};

struct mun_log_appended {
	uint64_t seq;
	uint8_t sha256[MUN_SHA256_LEN]; /* of the entry */
	uint64_t size; /* of the log with it */
	/* The entry is in the log.  Also set when the call failed but the entry
	 * is, or may be, in the log all the same: then nothing that it names
	 * may be removed; the next recovery shows what is true. */
	bool committed;
	bool clock_behind;
	bool unfinished; /* committed, but tiles were left to a recovery */
	bool head_kept; /* false: the copy beside the keys failed */
};

/* Whether what this certificate signs with that time can ever be PASSED
 * (certificate.valid-then).  MUN_ERR_CRYPTO: it is over, or not valid yet; every
 * append refuses that. */
MUN_MUST_USE enum mun_status mun_log_check_validity(
    const struct mun_certificate *certificate, int64_t time_utc_s,
    struct mun_error *err);
/*
 * Entry 0 and the first checkpoint, in a store without a log; created is to
 * name the signer's own certificate and log key.  The vault's fingerprint is
 * appended->sha256.  MUN_ERR_EXISTS: there is a log; else as mun_log_append.
 */
MUN_MUST_USE enum mun_status mun_log_create(struct mun_store *store,
    struct mun_signer *signer, const char *keys_folder, const char *origin,
    const struct mun_vault_created *created, struct mun_log_appended *appended,
    struct mun_error *err);
/*
 * Append one event; durable and committed when it returns MUN_OK.  On any
 * other status nothing was changed that the next recovery does not undo,
 * unless appended->committed says otherwise.
 *
 * Call under the writer's lock, after mun_log_recover.
 *   MUN_ERR_BUSY    somebody else's commit came first (sign again)
 *   MUN_ERR_FORMAT  the log is not what its checkpoint says; or, with
 *                   "log.stale" as the first word, it does not extend the head
 *                   this signer signed last (a restored older copy, or a
 *                   fork): nothing was signed, and the text says what to do
 *   MUN_ERR_CRYPTO  the keys are not this vault's; what was signed does not
 *                   verify; mun_log_check_validity
 *   MUN_ERR_SYSTEM  also: a clock before MUN_CLOCK_EPOCH_UTC_S
 *   MUN_ERR_USAGE   a type, subject or statement that this version does not
 *                   write
 */
MUN_MUST_USE enum mun_status mun_log_append(struct mun_store *store,
    struct mun_signer *signer, const char *keys_folder,
    const struct mun_log_draft *draft, struct mun_log_appended *appended,
    struct mun_error *err);
/* The bytes of one stamp, in the order of enum mun_stamp_file from
 * MUN_STAMP_QUERY on; borrowed. */
struct mun_stamp_bytes {
	const struct mun_buffer *files[MUN_STAMP_FILES - 1];
};
/*
 * Put the files of a stamped checkpoint, durable when it returns, and before
 * them a mark that says that no event names them yet.  Append the event next,
 * then call mun_log_settle_stamps.  Under the writer's lock.
 *
 * MUN_ERR_EXISTS: a checkpoint of that size was stamped before; nothing was
 * changed.  After any other failure what was put is removed again, by a
 * recovery at the latest.
 */
MUN_MUST_USE enum mun_status mun_log_put_stamps(struct mun_store *store,
    uint64_t size, const struct mun_buffer *checkpoint,
    const struct mun_stamp_bytes *stamps, size_t stamp_count,
    struct mun_error *err);
/* Look for every mark whether the log has the event: if so, the mark goes,
 * else the folder's files, and then the mark.  Under the writer's lock. */
MUN_MUST_USE enum mun_status mun_log_settle_stamps(
    struct mun_store *store, struct mun_error *err);
/*
 * Make the store what its checkpoint says: recompute the root from what is
 * stored at the right edge (the last bundle's entries and the last tile of
 * each level), write the bundle and tiles that a stopped writer did not, then
 * remove narrower partials, staged entries, the statement and the temporaries
 * of an append that was not committed.  Tiles that are missing elsewhere are
 * made again from the entries.  Needs no key.  Under the writer's lock.
 *
 * MUN_ERR_FORMAT: what is stored is not what the checkpoint says, or goes
 * beyond it; nothing was removed.  A store without a log is tidied up too.
 */
MUN_MUST_USE enum mun_status mun_log_recover(
    struct mun_store *store, struct mun_error *err);

#endif
