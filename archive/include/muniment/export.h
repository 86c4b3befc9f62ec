/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.h - the parcel that a lawyer is sent: archives, and the dossier that
 * proves them to somebody who has no vault.
 *
 * Spec: docs/format/dossier.md.
 */
#ifndef MUNIMENT_EXPORT_H
#define MUNIMENT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"
#include "muniment/record.h"
#include "muniment/vault.h"
#include "muniment/verify.h"

/* Something that a person typed about an event, and that the parcel hands out:
 * who a deposit is from, say. */
struct mun_export_word {
	uint64_t seq; /* of the event */
	const char *archive; /* "" for the vault's own */
	const char *key; /* of the statement: "received_from" */
	const char *text; /* hostile */
};

struct mun_export_options {
	const char
	    *folder; /* the parcel; not there yet, and not in the vault */
	const char *const *archives; /* ids */
	size_t archive_count;
	bool skip_withdrawn; /* leave those out, and say so; else refuse */
	bool without_archives; /* leave all .tar files out */
	const uint64_t *withheld; /* seqs whose statements are left out */
	size_t withheld_count;
	bool zip; /* put FOLDER.zip beside, not there yet */
	struct mun_record *record; /* of the same vault; NULL: unrecorded */
	const char *to; /* an actor, as mun_record_request names one; NULL */
	const struct mun_record_word *words; /* typed: of the copy events */
	size_t word_count;
	/* As of verify: for the report that goes with the parcel. */
	const char *const *time_roots;
	size_t time_root_count;
	const char *const *time_lists;
	size_t time_list_count;
	/* Each may be NULL.  Before anything is recorded or written: what will
	 * be handed out that somebody may want kept back, and then, once,
	 * whether to go on; false stops (CANCELED).  Words that others typed
	 * after they were told are withheld. */
	void (*tell_word)(void *ctx, const struct mun_export_word *word);
	void (*tell_withdrawn)(void *ctx, const char *archive);
	bool (*agree)(void *ctx);
	/* As of verify: bytes done and in all; false stops (CANCELED). */
	bool (*watch)(void *ctx, const char *what, uint64_t done_bytes,
	    uint64_t all_bytes);
	void *ctx;
};

struct mun_exported {
	char id[32];
	bool is_left_out; /* withdrawn */
	bool is_recorded;
	uint64_t seq; /* of its copy event */
};
struct mun_export_result {
	struct mun_exported *archives; /* owned, as all below */
	size_t archive_count;
	uint64_t *seqs; /* of the entries handed out, rising */
	size_t seq_count;
	uint64_t log_size;
	struct mun_recorded recorded; /* the last copy event, its clock_behind
				if that is so of any; seq 0: there is none */
	enum mun_verdict verdict; /* of the parcel, under this vault's anchor */
	char missing[256]; /* what would answer the first check that is
				INDETERMINATE; "" where none is */
	char name[64]; /* "XPF-0003.dossier.tar" */
};
/* An archive's id, borrowed. */
typedef enum mun_status mun_export_case_visit(
    void *ctx, const char *archive, struct mun_error *err);
/*
 * mun_export_find_case - the archives of a case, in the order of the log: those
 * whose deposit, or the latest annotation of whose case, says exactly
 * case_name.  By the log and its statements alone, no index is asked.  What was
 * erased says nothing; withdrawn archives are among them.
 *
 * MUN_ERR_FORMAT: entries are not those that the head counts, or a statement of
 * a case is not what was logged.
 */
MUN_API MUN_MUST_USE enum mun_status mun_export_find_case(
    struct mun_vault *vault, const char *case_name,
    mun_export_case_visit *visit, void *ctx, struct mun_error *err);

MUN_API void mun_export_result_clear(struct mun_export_result *result);

/*
 * mun_export - write the parcel, all or nothing.
 *
 * The archives are copied and compared with the log first; then the copy
 * events are appended, the dossier is written, all of it is verified, and only
 * then does the folder get its name.  If something fails after the events were
 * appended, nothing is left but these, and the text says so.
 *
 * MUN_ERR_USAGE      no such id, or it was withdrawn; a seq without statement;
 *                    a folder in the vault; an actor that there is not; a
 *                    file of time roots without one
 * MUN_ERR_EXISTS     folder or zip is there already
 * MUN_ERR_FORMAT     an archive is not what was logged; what was written does
 *                    not verify
 * MUN_ERR_LIMIT      an archive's entries lie in more than 900 runs
 * MUN_ERR_BUSY       others kept writing about these archives meanwhile
 * else               as mun_record_event
 */
MUN_API MUN_MUST_USE enum mun_status mun_export(struct mun_vault *vault,
    const struct mun_export_options *options, struct mun_export_result *result,
    struct mun_error *err);

#endif
