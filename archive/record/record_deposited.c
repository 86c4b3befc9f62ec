/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_deposited.c - what the log says that the file of an archive is, and
 * whether it is to be there.
 *
 * The index says it, too; but what stands there is decided by whoever can write
 * to the vault, and the answer becomes a signed event.
 */
#include <inttypes.h>
#include <string.h>

#include "base/macros.h"
#include "record/record_internal.h"

enum mun_status
mun_record_archive_sha256(struct mun_vault *vault, const char *archive,
    uint8_t sha256[32], struct mun_error *err)
{
	struct mun_record_survey survey = { .count = 0 };
	struct mun_deposit_subject deposit;
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, mun_vault_store(vault), err));
	MUN_TRY(mun_record_survey_extend(&survey, log, err));
	MUN_TRY(
	    mun_record_survey_deposit(&deposit, &survey, log, archive, err));
	memcpy(sha256, deposit.sha256, MUN_SHA256_LEN);
out:
	mun_record_survey_clear(&survey);
	mun_log_close(log);
	return status;
}

enum mun_status
mun_record_archive_destroyed(struct mun_vault *vault, const char *archive,
    bool *destroyed, uint64_t *seq, struct mun_error *err)
{
	struct mun_record_state state = { .custody = NULL };
	const struct mun_holding *holding;
	struct mun_log *log = NULL;
	enum mun_status status;

	*destroyed = false;
	*seq = 0;
	MUN_TRY(mun_log_open(&log, mun_vault_store(vault), err));
	MUN_TRY(mun_record_state_load(&state, log, archive, err));
	holding = mun_custody_holding(state.custody, archive, 0);
	if (holding != NULL && holding->is_withdrawn &&
	    holding->fate == MUN_FATE_DESTROYED) {
		*destroyed = true;
		*seq = holding->withdrawn_seq;
	}
out:
	mun_record_state_clear(&state);
	mun_log_close(log);
	return status;
}

enum mun_status
mun_record_tell_absence(
    struct mun_vault *vault, const char *archive, struct mun_error *err)
{
	struct mun_error unread = MUN_ERROR_INIT;
	bool destroyed = false;
	uint8_t sha256[MUN_SHA256_LEN];
	uint64_t seq = 0;
	enum mun_status status =
	    mun_record_archive_sha256(vault, archive, sha256, &unread);

	if (status == MUN_ERR_NOT_FOUND)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no archive '%s' in this vault", archive);
	if (status == MUN_OK)
		status = mun_record_archive_destroyed(
		    vault, archive, &destroyed, &seq, &unread);
	if (destroyed)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "the bytes of '%s' were destroyed when it was withdrawn, "
		    "by entry %" PRIu64 "; what the log proves of it stays "
		    "('muniment history %s')",
		    archive, seq, archive);
	return mun_error_set(err, MUN_ERR_NOT_FOUND,
	    "the file of '%s' is missing: put 'archives/%s.tar' back from a "
	    "copy of the vault, then 'muniment verify'%s%s",
	    archive, archive,
	    status == MUN_OK ? "" : "; nor can the log be read: ",
	    status == MUN_OK ? "" : unread.text);
}
