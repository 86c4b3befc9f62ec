/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ingest.h - the pipeline from files to a sealed, logged archive.
 *
 * Two steps, so that a person can look before anything is sealed for ever:
 * mun_deposit_plan walks and counts; mun_deposit_run does it.  A deposit is
 * wholly in or wholly out.
 *
 * Thread rule: one deposit object on one thread; it may use helper threads and
 * child processes of its own.
 */
#ifndef MUNIMENT_INGEST_H
#define MUNIMENT_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"
#include "muniment/keys.h"
#include "muniment/vault.h"

/*
 * mun_deposit_nursery_start - make the process that parsers will descend from.
 *
 * Parsers run in children (docs/ARCHITECTURE.md, "sandbox"), and a child has
 * the memory of the process it is forked from.  A program calls this first
 * thing in main, with main's argv, the environment as it came, no other thread
 * running: then no parser has paths, typed words or the environment in its
 * memory, nor any document but its own.  The command line and the environment
 * are wiped in the nursery, not here.  Where it was not called, a deposit makes
 * nurseries of its own, which know what the program knows by then.
 *
 * The nursery, and so every worker, dies with the thread that called this.
 * Calling it again does nothing.  If it was killed, deposits fail (MUN_ERR_SYSTEM,
 * the vault as it was) until it has been stopped; it is not made anew of itself,
 * because this process knows more by now.
 */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_nursery_start(
    char **argv, struct mun_error *err);
/* End it, with no deposit under way; nothing where there is none.  A program
 * that ends need not. */
MUN_API void mun_deposit_nursery_stop(void);

/* What people typed; NULL where nothing.  UTF-8. */
struct mun_deposit_words {
	const char *case_name, *received_from, *received_on, *method, *place,
	    *purpose, *legal_basis, *note;
};

/*
 * mun_deposit_words_parse - the same from a JSON object (a file of a form).
 *
 * Keys: case, received_from, received_on, method, place, purpose, legal_basis,
 * note, all text and optional; and "format" and "salt", which say nothing here
 * (so a stored statement can be given, too).  Fills only words that are NULL;
 * what it fills points into storage, which is to be empty.  MUN_ERR_USAGE names what is wrong.
 */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_words_parse(
    struct mun_deposit_words *words, struct mun_buffer *storage,
    const void *json, size_t json_len, struct mun_error *err);

struct mun_deposit_options {
	const char *const *paths;
	size_t path_count;
	const char *keys_folder;
	struct mun_deposit_words words;
	bool accept_unreadable;	/* leave out, record, complete: false */
	bool no_times;		/* modification times are not recorded */
	bool unsafe_no_sandbox;	/* recorded in deposit.json */
};

/* Numbers that a preview and a progress line show. */
struct mun_deposit_totals {
	uint64_t documents, bytes, folders, unreadable, others;
};

struct mun_deposit_progress {
	enum {
		MUN_DEPOSIT_WALKING,
		MUN_DEPOSIT_PACKING,
		MUN_DEPOSIT_CHECKING,	/* reading back what was written */
		MUN_DEPOSIT_SEALING
	} step;
	struct mun_deposit_totals done, all;
};
/* Return false to stop: MUN_ERR_CANCELED, the vault as it was. */
typedef bool mun_deposit_watch(void *ctx,
    const struct mun_deposit_progress *progress);

struct mun_deposit;

/* Walk the paths.  MUN_ERR_USAGE: operands that cannot be deposited together,
 * or lie in the vault; MUN_ERR_NOT_FOUND names a missing one; also when there
 * is no document at all (MUN_ERR_USAGE). */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_plan(
    struct mun_deposit **out, struct mun_vault *vault,
    const struct mun_deposit_options *options, mun_deposit_watch *watch,
    void *ctx, struct mun_error *err);
MUN_API void mun_deposit_free(struct mun_deposit *deposit);
MUN_API void mun_deposit_get_totals(const struct mun_deposit *deposit,
    struct mun_deposit_totals *totals);

/* One of the things named, as its name will be sealed: of "." the folder's own.
 * The name is hostile; borrowed for the call. */
struct mun_deposit_operand {
	const char *name;
	bool is_folder;
	uint64_t documents, bytes;
};
typedef enum mun_status mun_deposit_operand_tell(void *ctx,
    const struct mun_deposit_operand *operand, struct mun_error *err);
/* What was named, in path order.  Whatever tell returns but MUN_OK ends it. */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_operands(
    const struct mun_deposit *deposit, mun_deposit_operand_tell *tell,
    void *ctx, struct mun_error *err);
/* What mun_deposit_run refuses of a plan, for the same reason: MUN_ERR_SYSTEM,
 * there is something that cannot be read and it is not to be left out, or
 * nothing that can. */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_check(
    const struct mun_deposit *deposit, struct mun_error *err);

/* Something of the plan or the finished deposit worth saying.  Bytes are
 * hostile; borrowed for the call. */
struct mun_deposit_notice {
	const char *rule;	/* docs/format/archive.md, findings */
	uint64_t document;	/* 0: none, or not numbered yet */
	uint32_t member;	/* 0: none */
	const uint8_t *path;	/* NULL: none */
	size_t path_len;
	const char *detail;	/* fixed words of ours */
};
typedef enum mun_status mun_deposit_tell(void *ctx,
    const struct mun_deposit_notice *notice, struct mun_error *err);
/* What the plan will skip or flag, in path order. */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_plan_notices(
    const struct mun_deposit *deposit, mun_deposit_tell *tell, void *ctx,
    struct mun_error *err);

struct mun_deposit_result {
	char archive[40];
	uint64_t documents, bytes, members, findings;
	bool complete;
	uint8_t sha256[32];	/* of the .tar */
	uint64_t log_index, tree_size;
	uint64_t already_held;	/* documents whose SHA-256 the vault had */
	bool clock_behind, head_kept, index_updated;
	char index_problem[256]; /* why index_updated is false */
	struct mun_buffer receipt; /* the receipt file's bytes; owned */
};
#define MUN_DEPOSIT_RESULT_INIT { .receipt = MUN_BUFFER_INIT(65536) }

/*
 * mun_deposit_run - pack, seal, log.  After MUN_OK the deposit is committed and
 * durable; after anything else the vault is as it was, but for litter that the
 * next writer removes.
 *
 * MUN_ERR_SYSTEM names the first unreadable file and how many there are (ask
 * mun_deposit_plan_notices for all) unless accept_unreadable; MUN_ERR_FORMAT
 * "log.stale…"; MUN_ERR_BUSY when the lock was not to be had for a minute.
 * The signer must have been opened before anything of the deposit was read.
 */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_run(
    struct mun_deposit *deposit, struct mun_signer *signer,
    mun_deposit_watch *watch, void *ctx, struct mun_deposit_result *result,
    struct mun_error *err);
/* Findings recorded by a finished run, in the archive's order. */
MUN_API MUN_MUST_USE enum mun_status mun_deposit_findings(
    const struct mun_deposit *deposit, mun_deposit_tell *tell, void *ctx,
    struct mun_error *err);

#endif
