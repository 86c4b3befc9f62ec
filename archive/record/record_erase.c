/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_erase.c - what was typed about an event, taken away for ever.
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
		status = mun_index_rebuild(vault, err);
out:
	return status;
}
