/* SPDX-License-Identifier: BSD-2-Clause */
/* record_internal.h - shared by the files of this folder. */
#ifndef MUN_RECORD_RECORD_INTERNAL_H
#define MUN_RECORD_RECORD_INTERNAL_H

#include "record/record.h"
#include "store/store.h"

struct mun_record {
	struct mun_vault *vault; /* borrowed */
	struct mun_signer *signer; /* borrowed */
	const char *keys_folder; /* borrowed */
	struct mun_record_state state;
};

enum {
	MUN_RECORD_LOCK_WAIT_S = 60
};

/* Whether the signer signs with the vault's recovery key, as the state has it. */
bool mun_record_is_recovery(const struct mun_record *record);
/* Take the writer's lock and have the log whole. */
MUN_MUST_USE enum mun_status mun_record_lock(struct mun_record *record,
    struct mun_store_lock *lock, struct mun_error *err);
/* Load the state for an archive (NULL: actors only). */
MUN_MUST_USE enum mun_status mun_record_load(
    struct mun_record *record, const char *archive, struct mun_error *err);
/* An event before it is one; all borrowed. */
struct mun_record_parts {
	const struct mun_detail *detail;
	const struct mun_statement *statement; /* NULL: none */
	const struct mun_buffer *results; /* NULL: none */
};
MUN_MUST_USE enum mun_status mun_record_append_locked(struct mun_record *record,
    const struct mun_record_parts *parts, struct mun_recorded *recorded,
    struct mun_error *err);
void mun_record_update_index(
    struct mun_record *record, struct mun_recorded *recorded);

/*
 * record_request.c: a request in words as detail and statement.  The state has
 * the actors; the statement's texts are borrowed from the request.
 */
MUN_MUST_USE enum mun_status mun_record_read_request(struct mun_record *record,
    const struct mun_record_request *request, struct mun_detail *detail,
    struct mun_statement *statement, bool *has_statement,
    struct mun_error *err);

/* record_doubt.c: MUN_OK, or why this should not be signed though it may be;
 * loads the state.  MUN_ERR_CANCELED, MUN_ERR_EXISTS: as mun_record_event. */
MUN_MUST_USE enum mun_status mun_record_doubt(struct mun_record *record,
    const struct mun_record_request *request, const struct mun_detail *detail,
    struct mun_recorded *recorded, struct mun_error *err);

#endif
