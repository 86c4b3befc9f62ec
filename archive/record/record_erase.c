/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_erase.c - what was typed about an event, or the bytes of an archive
 * that was withdrawn, taken away for ever.
 *
 * The entry keeps the digest, so nothing else can be put in its place, and the
 * salt that goes with it keeps the digest from telling what it was of.
 */
#include "record/record_internal.h"

#include <inttypes.h>

#include "base/macros.h"
#include "muniment/index.h"

enum {
	LOCK_WAIT_S = 60
};

static enum mun_status
erase(struct mun_vault *vault, uint64_t seq, struct mun_error *err)
{
	struct mun_store *store = mun_vault_store(vault);
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;
	bool has;

	mun_statement_name(name, seq);
	MUN_TRY(mun_log_recover(store, err));
	MUN_TRY(mun_store_has(store, name, &has, err));
	if (!has)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no statement to entry %" PRIu64
		    ": none was made, or it was erased before",
		    seq);
	MUN_TRY(mun_store_remove(store, name, err));
out:
	return status;
}

enum mun_status
mun_record_erase_statement(
    struct mun_vault *vault, uint64_t seq, struct mun_error *err)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	enum mun_status status;

	MUN_TRY(
	    mun_store_lock(mun_vault_store(vault), &lock, LOCK_WAIT_S, err));
	status = erase(vault, seq, err);
	mun_store_unlock(&lock);
	if (status == MUN_OK)
		status = mun_index_forget_statement(vault, seq, err);
	else if (status == MUN_ERR_NOT_FOUND)
		/* one that was stopped here before forgot nothing yet */
		(void)!mun_index_forget_statement(vault, seq, NULL);
out:
	return status;
}

static enum mun_status
destroy(struct mun_record *record, const char *archive, struct mun_error *err)
{
	const struct mun_holding *holding;
	char name[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status;

	MUN_TRY(mun_record_load(record, archive, err));
	holding = mun_custody_holding(record->state.custody, archive, 0);
	if (holding == NULL || !holding->is_withdrawn ||
	    holding->fate != MUN_FATE_DESTROYED)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the log does not say that the bytes of '%s' were "
		    "destroyed",
		    archive);
	mun_vault_archive_name(name, holding->archive);
	status = mun_store_remove(mun_vault_store(record->vault), name, err);
out:
	return status;
}

enum mun_status
mun_record_destroy(
    struct mun_record *record, const char *archive, struct mun_error *err)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	enum mun_status status;

	MUN_TRY(mun_record_lock(record, &lock, err));
	status = destroy(record, archive, err);
	mun_store_unlock(&lock);
	if (status == MUN_OK)
		status = mun_index_forget_archive(record->vault, archive, err);
out:
	return status;
}
