/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.h - what other pipelines need of this one: the state of custody as
 * far as one event needs it, and an append that is judged by it.
 */
#ifndef MUN_RECORD_RECORD_H
#define MUN_RECORD_RECORD_H

#include "custody/custody.h"
#include "dossier/dossier.h"
#include "log/log.h"
#include "merkle/merkle.h"
#include "muniment/record.h"
#include "vault/vault.h"

/* The entries, rising, that change what custody knows, and what a hand-out of
 * now has to list (record_survey.c). */
struct mun_record_survey {
	struct mun_merkle_frontier tree; /* over all that was looked through */
	struct mun_record_mark {
		uint64_t seq;
		struct mun_hash leaf;
		char archive[MUN_ARCHIVE_ID_MAX + 1]; /* "": of the vault, or
							 of whatever it says */
	} * marks; /* owned */
	size_t count, capacity;
	struct mun_dossier_listing *listing; /* of all; owned, NULL: nothing
						was looked through */
};
/* Look through what the log has beyond.  MUN_ERR_FORMAT: its entries, all from
 * 0 on, are not those that its head counts. */
MUN_MUST_USE enum mun_status mun_record_survey_extend(
    struct mun_record_survey *survey, struct mun_log *log,
    struct mun_error *err);
/* The entry that a mark is of; out is the caller's to clear.  MUN_ERR_FORMAT:
 * it is another than was looked at. */
MUN_MUST_USE enum mun_status mun_record_survey_entry(struct mun_entry *out,
    const struct mun_record_mark *mark, struct mun_log *log,
    struct mun_error *err);
/* What the deposit of an archive says of it.  MUN_ERR_NOT_FOUND: it was not
 * deposited. */
MUN_MUST_USE enum mun_status mun_record_survey_deposit(
    struct mun_deposit_subject *out, const struct mun_record_survey *survey,
    struct mun_log *log, const char *archive, struct mun_error *err);
void mun_record_survey_clear(struct mun_record_survey *survey);

/*
 * Fill in the leaf of the document that out names, as its archive's file in the
 * store and the log that was surveyed prove it (record_document.c).
 * MUN_ERR_NOT_FOUND: no such archive or document, or its file is gone;
 * MUN_ERR_FORMAT: the file is not what was logged.
 */
MUN_MUST_USE enum mun_status mun_record_prove_document(
    struct mun_reference *out, const struct mun_record_survey *survey,
    struct mun_log *log, struct mun_store *store, struct mun_error *err);

/* Set *err to why the file of an archive is not there, by the log: it never was,
 * its bytes were destroyed, or it is missing; what to do is said with it.
 * MUN_ERR_NOT_FOUND, always. */
MUN_MUST_USE enum mun_status mun_record_tell_absence(
    struct mun_vault *vault, const char *archive, struct mun_error *err);

/*
 * The actors and one archive's custody, as the log has them up to a size.  Read
 * from the log alone: no index, however old or wrong, has a say in what is
 * signed.  What no event can change is not read: the others about an archive
 * may be as many as they like.
 */
struct mun_record_state {
	struct mun_custody *custody; /* NULL: nothing loaded */
	uint64_t size; /* of the log that was read */
	char archive[MUN_ARCHIVE_ID_MAX + 1]; /* "": actors only */
	struct mun_record_survey survey; /* of that log; outlives the custody */
	struct mun_record_heard {
		bool is_listening, is_refused;
		char refusal[160], remark[160];
	} heard; /* of the event under judgement */
};
/* Bring it up to the log; archive NULL: actors only.  Call under the writer's
 * lock where an append follows. */
MUN_MUST_USE enum mun_status mun_record_state_load(
    struct mun_record_state *state, struct mun_log *log, const char *archive,
    struct mun_error *err);
void mun_record_state_clear(struct mun_record_state *state);
/* For struct mun_log_draft; ctx: a loaded struct mun_record_state, which takes
 * the event in.  After an append that failed, clear it.  MUN_ERR_BUSY: a
 * hand-out that does not list the entries that there are by now. */
mun_log_judge mun_record_judge;

/*
 * mun_record_append - one event whose detail is made, as mun_record_event.
 *
 * detail     not owned; its subject says which archive's custody is judged
 * statement  NULL: none
 * MUN_ERR_BUSY, of a hand-out: an entry that it has to list came in between;
 *   nothing was changed, list again.
 */
MUN_MUST_USE enum mun_status mun_record_append(struct mun_record *record,
    const struct mun_detail *detail, const struct mun_statement *statement,
    struct mun_recorded *recorded, struct mun_error *err);
/*
 * mun_record_stamps - the event of a stamped checkpoint, with its files, as
 * mun_record_append.
 *
 * size        of the checkpoint, which the log extends
 * MUN_ERR_EXISTS: that size was stamped before; nothing was changed.
 */
MUN_MUST_USE enum mun_status mun_record_stamps(struct mun_record *record,
    uint64_t size, const struct mun_buffer *checkpoint,
    const struct mun_stamp_bytes *stamps, size_t stamp_count,
    struct mun_recorded *recorded, struct mun_error *err);
/* The vault of an open record; borrowed. */
struct mun_vault *mun_record_vault(const struct mun_record *record);

#endif
