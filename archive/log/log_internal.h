/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_internal.h - what the files of log/ share and nobody else sees.
 */
#ifndef MUN_LOG_LOG_INTERNAL_H
#define MUN_LOG_LOG_INTERNAL_H

#include "base/reader.h"
#include "log/log.h"

enum {
	MUN_KEY_ID_LEN = 4
};

/* ---- small things ---- */

static inline void
mun_log_copy32(uint8_t out[MUN_SHA256_LEN], const uint8_t in[MUN_SHA256_LEN])
{
	for (int i = 0; i < MUN_SHA256_LEN; i++)
		out[i] = in[i];
}

/* Copy text of exactly len bytes into origin; false if it is no origin. */
bool mun_log_take_origin(
    char origin[MUN_ORIGIN_MAX + 1], const char *text, size_t len);

/* MUN_OK when the bytes are exactly what was written again; what names the
 * thing in the error text. */
MUN_MUST_USE enum mun_status mun_log_same_bytes(
    const struct mun_buffer *written, const void *bytes, size_t len,
    const char *what, struct mun_error *err);

/* ---- notes ---- */

/* U+2014 EM DASH and a space begin a signature line. */
#define MUN_NOTE_MARK "\xe2\x80\x94 "

/* The three signed lines of a checkpoint and the empty one after them. */
MUN_MUST_USE enum mun_status mun_checkpoint_take_body(
    struct mun_checkpoint *out, struct mun_reader *reader,
    struct mun_error *err);
/* The next signature line of a note: its key name (borrowed), and in blob,
 * whose contents are replaced, key id and signature.  MUN_ERR_FORMAT. */
MUN_MUST_USE enum mun_status mun_note_line(struct mun_reader *reader,
    const char **name, size_t *name_len, struct mun_buffer *blob,
    struct mun_error *err);

/* ---- tiles ---- */

/* The kinds of tile files: level -1 is the entry bundle. */
enum {
	MUN_TILE_ENTRIES = -1
};

/* One tile file's place; width MUN_TILE_WIDTH is a full one. */
struct mun_tile {
	int level;
	uint64_t number;
	unsigned width;
};

/* Take a name of tiles.c apart; false if it is not exactly one. */
bool mun_tile_name_parse(struct mun_tile *tile, const char *name);
/* The folder that holds the partial tiles: "log/tile/0/000.p". */
void mun_tile_folder(char out[MUN_TILE_NAME_MAX], int level, uint64_t number);
/* Hashes (or entries) that a log of size entries has at a level. */
uint64_t mun_tile_level_count(int level, uint64_t size);
/* Width of tile number at a level of a log of that size; 0: it has none. */
unsigned mun_tile_width(int level, uint64_t number, uint64_t size);

/* Root over count hashes, a power of two of them and not 0. */
void mun_tile_fold(
    struct mun_hash *out, const struct mun_hash *hashes, size_t count);
/* Put the last tile of a level, width hashes (0: the level ends with a full
 * one), where a frontier keeps them; levels in any order. */
void mun_tile_to_frontier(struct mun_merkle_frontier *frontier, int level,
    const struct mun_hash *hashes, unsigned width);

/* An entry bundle, taken apart. */
struct mun_bundle {
	struct mun_buffer bytes;
	size_t start[MUN_TILE_WIDTH]; /* of each entry, after its length */
	size_t len[MUN_TILE_WIDTH];
	unsigned count;
};
/* Room for 256 entries of 65,535 bytes. */
#define MUN_BUNDLE_MAX ((size_t)MUN_TILE_WIDTH * (MUN_CMS_MAX + 2))
#define MUN_BUNDLE_INIT                                  \
	{                                                \
		.bytes = MUN_BUFFER_INIT(MUN_BUNDLE_MAX) \
	}
/* Find the entries in bundle->bytes: 1 to 256 of them, to the last byte.
 * MUN_ERR_FORMAT. */
MUN_MUST_USE enum mun_status mun_bundle_parse(
    struct mun_bundle *bundle, struct mun_error *err);
/* Append one entry with its length; len at most MUN_CMS_MAX. */
void mun_bundle_append(struct mun_buffer *bytes, const void *entry, size_t len);

/* ---- reading ---- */

/* A writer may replace a file between a look and a read; each of its commits
 * can spoil one attempt, and takes several fsyncs. */
enum {
	MUN_READ_ATTEMPTS = 8
};

struct mun_log {
	struct mun_store *store; /* borrowed */
	struct mun_buffer checkpoint_bytes;
	struct mun_checkpoint checkpoint;

	bool has_bundle; /* the bundle last used */
	uint64_t bundle_number;
	struct mun_bundle bundle;

	/* The tile last used of each level. */
	bool has_tile[MUN_TILE_LEVELS];
	uint64_t tile_number[MUN_TILE_LEVELS];
	unsigned tile_width[MUN_TILE_LEVELS];
	struct mun_hash tile[MUN_TILE_LEVELS][MUN_TILE_WIDTH];
};

/* log->bundle becomes bundle number, with at least the entries that the
 * checkpoint demands of it. */
MUN_MUST_USE enum mun_status mun_log_load_bundle(
    struct mun_log *log, uint64_t number, struct mun_error *err);
/* log->tile[level] becomes tile number, as wide as the checkpoint demands. */
MUN_MUST_USE enum mun_status mun_log_load_tile(
    struct mun_log *log, int level, uint64_t number, struct mun_error *err);
/* Replace the contents of bytes with the tile or bundle file; where a writer
 * has replaced it by a wider one, with that, and tile->width says so.
 * MUN_ERR_NOT_FOUND: neither is there at this moment. */
MUN_MUST_USE enum mun_status mun_log_read_tile(struct mun_log *log,
    struct mun_tile *tile, struct mun_buffer *bytes, struct mun_error *err);
/* "log/staged/17-<root>" */
void mun_staged_name(
    char out[MUN_TILE_NAME_MAX], uint64_t size, const struct mun_hash *root);
/* The frontier of the stored tree at the checkpoint's size.  Reads the right
 * edge only, from the last bundle's entries up, and demands that it gives the
 * checkpoint's root: MUN_ERR_FORMAT if it does not. */
MUN_MUST_USE enum mun_status mun_log_frontier(struct mun_log *log,
    struct mun_merkle_frontier *frontier, struct mun_error *err);

/* ---- writing ---- */

/* The next entry, signed and judged, and all that is stored with it. */
struct mun_log_commit {
	struct mun_store *store; /* borrowed */
	struct mun_signer *signer; /* borrowed */
	const char *keys_folder; /* borrowed */
	const char *origin; /* borrowed */
	struct mun_merkle_frontier frontier; /* of the entries before */
	const struct mun_buffer *old_checkpoint; /* borrowed; NULL: none */
	struct mun_certificate *certificate; /* of the signer */
	bool replaces_log_key;
	const uint8_t *lost_log_key; /* as in the draft */
	const struct mun_buffer *results; /* borrowed; NULL: none */
	struct mun_buffer statement; /* empty: none */
	struct mun_buffer entry;
	struct mun_hash root; /* of the log with the entry */
	struct mun_buffer checkpoint;
};
#define MUN_LOG_COMMIT_INIT                                       \
	{                                                         \
		.statement = MUN_BUFFER_INIT(MUN_STATEMENT_MAX),  \
		.entry = MUN_BUFFER_INIT(MUN_CMS_MAX),            \
		.checkpoint = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX) \
	}
void mun_log_commit_clear(struct mun_log_commit *commit);

/* commit->certificate becomes the signer's. */
MUN_MUST_USE enum mun_status mun_log_draft_certificate(
    struct mun_log_commit *commit, struct mun_error *err);
/* Salt and write the statement into commit->statement, read it back, and put
 * its digest into event; statement NULL: none. */
MUN_MUST_USE enum mun_status mun_log_draft_statement(
    struct mun_log_commit *commit, struct mun_event *event,
    const struct mun_statement *statement, struct mun_error *err);
/* event's time: the clock, or where that is behind not_before, the latter,
 * with the clock in its detail.  MUN_ERR_SYSTEM: a clock before
 * MUN_CLOCK_EPOCH_UTC_S. */
MUN_MUST_USE enum mun_status mun_log_draft_time(struct mun_event *event,
    int64_t not_before_utc_s, bool *clock_behind, struct mun_error *err);
/* Fill in origin, actor and nonce, sign, build commit->entry, and judge it as
 * a verifier would. */
MUN_MUST_USE enum mun_status mun_log_draft_sign(struct mun_log_commit *commit,
    struct mun_event *event, struct mun_error *err);
/* Refuse (log.stale) when the copy of the head beside the keys is not the
 * beginning of this log; log NULL: there is none yet. */
MUN_MUST_USE enum mun_status mun_log_check_head(struct mun_log *log,
    const struct mun_log_commit *commit, struct mun_error *err);
/* Public half of the key that the head so far is signed with.  Borrowed; NULL:
 * the signer has no log key. */
const uint8_t *mun_log_key_in_use(const struct mun_log_commit *commit);
/* Sign the checkpoint and carry out the commit order. */
MUN_MUST_USE enum mun_status mun_log_commit_run(struct mun_log_commit *commit,
    struct mun_log_appended *appended, struct mun_error *err);
/* Put the certificates that the newest entry brought under certs/. */
MUN_MUST_USE enum mun_status mun_log_put_certificates(
    struct mun_log *log, struct mun_error *err);
/* Judge what is stored for the checkpoint that the store has now, write what
 * is missing of the bundle and the tiles that its last entry changed, remove
 * narrower ones, and the staged entry last. */
MUN_MUST_USE enum mun_status mun_log_complete(
    struct mun_store *store, struct mun_error *err);

#endif
