/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ingest_internal.h - one deposit: its plan, and one run of it.
 *
 * The flow is in run.c; each other file does one step of it.
 */
#ifndef MUN_INGEST_INGEST_INTERNAL_H
#define MUN_INGEST_INGEST_INTERNAL_H

#include "digest/digest.h"
#include "identify/identify.h"
#include "ingest/collision.h"
#include "ingest/names.h"
#include "ingest/spool.h"
#include "ingest/tar_out.h"
#include "inspect/inspect.h"
#include "log/log.h"
#include "manifest/manifest.h"
#include "merkle/merkle.h"
#include "muniment/index.h"
#include "muniment/ingest.h"
#include "store/store.h"
#include "vault/vault.h"
#include "walk/walk.h"

/* ---- the plan ---- */

/* A document of the plan that was not there, or not readable, in its turn. */
struct mun_skipped {
	uint64_t entry; /* of the walk; ascending */
	const char *rule;
	const char *detail;
};

struct mun_deposit {
	struct mun_vault *vault; /* borrowed */
	struct mun_deposit_options options; /* texts borrowed */
	struct mun_statement statement; /* owned */
	bool has_statement;
	struct mun_walk *walk;
	struct mun_deposit_totals totals;
	struct mun_collisions collisions;
	uint64_t first_unreadable; /* entry; if totals.unreadable > 0 */
	/* Of a run: */
	struct mun_skipped *skipped;
	size_t skipped_count;
	char archive[MUN_ARCHIVE_ID_MAX + 1]; /* "": none was made */
};

/* changed.c: paths of folders that are not as they were listed. */
struct mun_changed {
	char **paths; /* bytewise */
	size_t count, capacity;
	size_t next; /* the first one of which nothing was said yet */
};
MUN_MUST_USE enum mun_status mun_changed_find(
    struct mun_changed *changed, struct mun_walk *walk, struct mun_error *err);
void mun_changed_free(struct mun_changed *changed);
/* The next one, if it comes before that path (NULL: in any case); else NULL. */
const char *mun_changed_before(
    struct mun_changed *changed, const uint8_t *path, size_t len);

/* Whether documents are missing that were to be in it. */
bool mun_deposit_is_incomplete(const struct mun_deposit *deposit);
/* Note a document as skipped. */
MUN_MUST_USE enum mun_status mun_deposit_skip(struct mun_deposit *deposit,
    uint64_t entry, const char *rule, const char *detail,
    struct mun_error *err);
/* That entry, if it was skipped; else NULL. */
const struct mun_skipped *mun_deposit_skipped(
    const struct mun_deposit *deposit, uint64_t entry);
/* How many documents before that entry were skipped. */
uint64_t mun_deposit_skipped_before(
    const struct mun_deposit *deposit, uint64_t entry);

/* Rule and words for an entry that is no document; NULL for a document. */
const char *mun_entry_rule(
    const struct mun_walk_entry *entry, const char **detail);
/* Fixed words for why something could not be read. */
const char *mun_errno_words(int saved_errno);

/* ---- a run ---- */

/* Something to be said about a document or one of its members. */
struct mun_note {
	uint32_t member; /* 0: the document */
	int rank; /* of its rule */
	const char *rule; /* static */
	char *detail; /* owned */
};

/* A document that is in the file, waiting for what is still being found out
 * about it. */
struct mun_pending {
	uint64_t number, entry;
	struct mun_walk_state state; /* as opened */
	struct mun_digests digests;
	char file[MUN_TAR_PATH_MAX + 1];
	uint64_t offset; /* of its bytes in the file */
	bool has_changed; /* while it was read */
	bool was_changed; /* since it was listed, when it was opened */
	uint8_t salts[MUN_PRIVATE_FIELDS + 1][MUN_NONCE_LEN]; /* record first */
	uint64_t inspect_ticket;
	bool is_identified, is_inspecting;
	struct mun_identity identity;
	struct mun_spool members, rows; /* lines, and inventory rows */
	uint64_t member_count;
	struct mun_note *notes;
	size_t note_count, note_capacity;
};

enum {
	/* Documents wait at most for this many others. */
	MUN_RING = 128,
	/* Digests looked up in the index at a time. */
	MUN_ASKED_MAX = 256
};
struct mun_ring {
	struct mun_pending *slots; /* MUN_RING of them */
	size_t head, count;
};

enum mun_ingest_spool {
	MUN_SPOOL_MANIFEST_SHA256,
	MUN_SPOOL_MANIFEST_SHA512,
	MUN_SPOOL_DOCUMENTS,
	MUN_SPOOL_PRIVATE,
	MUN_SPOOL_MEMBERS,
	MUN_SPOOL_FINDINGS, /* about documents */
	MUN_SPOOL_FINDINGS_OTHER, /* about everything else */
	MUN_SPOOL_INVENTORY,
	MUN_SPOOLS
};

struct mun_ingest {
	struct mun_deposit *deposit;
	struct mun_vault_info vault;
	struct mun_store *store;
	struct mun_signer *signer;
	mun_deposit_watch *watch;
	void *ctx;
	struct mun_deposit_progress progress;

	struct mun_store_incoming incoming;
	char id[MUN_ARCHIVE_ID_MAX + 1];
	unsigned width; /* of document numbers */
	struct mun_tar_out tar;
	int read_fd; /* the same file, for reading only */
	uint8_t *first; /* MUN_IDENTIFY_LEN: a document's first bytes */
	size_t first_len;

	struct mun_identify *identify;
	struct mun_inspect *inspect;
	struct mun_index *index; /* NULL: none yet */
	uint8_t asked[MUN_ASKED_MAX][MUN_SHA256_LEN]; /* next to look up */
	size_t asked_count;
	struct mun_ring ring;
	uint64_t inspect_ticket; /* being told about */
	struct mun_pending *inspected; /* whose that is */
	struct mun_name_judge judge;
	struct mun_buffer line, path; /* scratch */

	struct mun_spool spools[MUN_SPOOLS];
	struct mun_merkle_frontier leaves;
	uint64_t documents, bytes, members, findings, already_held;
	struct mun_digests tags[MUN_TAG_MEMBERS_COUNT];
	uint8_t sha256[MUN_SHA256_LEN]; /* of the .tar */
	uint8_t seal_sha256[MUN_SHA256_LEN];
	uint8_t seal_signature_sha256[MUN_SHA256_LEN];
	uint8_t padding_seed[MUN_NONCE_LEN];
	struct mun_log_appended appended;
};

/* MUN_ERR_CANCELED when the watcher says stop. */
MUN_MUST_USE enum mun_status mun_ingest_look(
    struct mun_ingest *run, struct mun_error *err);

/* number.c: recover, sweep, take the lowest free number. */
MUN_MUST_USE enum mun_status mun_ingest_take_number(
    struct mun_ingest *run, struct mun_error *err);
/* read.c: the entry's bytes into the file; *stored false: it was skipped. */
MUN_MUST_USE enum mun_status mun_ingest_read(struct mun_ingest *run,
    uint64_t entry, struct mun_pending *pending, bool *stored,
    struct mun_error *err);
/* pack.c: all documents. */
MUN_MUST_USE enum mun_status mun_ingest_pack(
    struct mun_ingest *run, struct mun_error *err);
/* pending.c */
MUN_MUST_USE enum mun_status mun_ingest_start_ring(
    struct mun_ingest *run, struct mun_error *err);
void mun_ingest_free_ring(struct mun_ingest *run);
/* The slot for the next document; waits for the oldest to leave. */
MUN_MUST_USE enum mun_status mun_ingest_slot(
    struct mun_ingest *run, struct mun_pending **out, struct mun_error *err);
/* It is in the file: have it looked at, and let go whoever is ready. */
MUN_MUST_USE enum mun_status mun_ingest_enqueue(struct mun_ingest *run,
    struct mun_pending *pending, bool wants_inspection, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_ingest_drain_ring(
    struct mun_ingest *run, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_pending_note(struct mun_pending *pending,
    uint32_t member, const char *rule, const char *detail,
    struct mun_error *err);
/* lines.c: everything known about a document to the spools. */
MUN_MUST_USE enum mun_status mun_ingest_write_lines(
    struct mun_ingest *run, struct mun_pending *pending, struct mun_error *err);
/* held.c: what the vault has already; never fails a deposit.  Looked up a few
 * hundred at a time, the last of them when the index is closed. */
void mun_ingest_open_index(struct mun_ingest *run);
void mun_ingest_close_index(struct mun_ingest *run);
void mun_ingest_look_up(
    struct mun_ingest *run, const uint8_t sha256[MUN_SHA256_LEN]);
/* Bring the index up to the log; false, and why, when that fails. */
bool mun_ingest_catch_up(
    struct mun_ingest *run, char problem[], size_t problem_size);
/* metadata.c: bagit.txt; then all members between data/ and the seal. */
MUN_MUST_USE enum mun_status mun_ingest_write_bagit(
    struct mun_ingest *run, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_ingest_write_metadata(
    struct mun_ingest *run, struct mun_error *err);
/* seal.c: signer.pem, seal.json, seal.p7s, the end; all of it read back. */
MUN_MUST_USE enum mun_status mun_ingest_seal(
    struct mun_ingest *run, struct mun_error *err);
/* commit.c */
MUN_MUST_USE enum mun_status mun_ingest_commit(
    struct mun_ingest *run, struct mun_error *err);
/* result.c: receipt, index, numbers; the deposit is in by now. */
void mun_ingest_report(
    struct mun_ingest *run, struct mun_deposit_result *result);

#endif
