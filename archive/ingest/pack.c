/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pack.c - all documents of the plan, in order, into the file.
 */
#include "base/macros.h"
#include "base/system.h"
#include "ingest/ingest_internal.h"

static enum mun_status
pack_document(struct mun_ingest *run, uint64_t entry, struct mun_error *err)
{
	struct mun_pending *pending;
	enum mun_status status;
	bool stored;

	MUN_TRY(mun_ingest_slot(run, &pending, err));
	pending->number = run->documents + 1;
	pending->entry = entry;
	MUN_TRY(mun_ingest_read(run, entry, pending, &stored, err));
	run->progress.done.documents++;
	if (!stored)
		goto out;
	run->documents++;
	run->bytes += pending->state.size;
	/* Drawn here, in the order of the documents and all at once, so that
	 * the archive's bytes do not depend on who is ready when. */
	MUN_TRY(mun_system_random(pending->salts, sizeof(pending->salts), err));
	status = mun_ingest_enqueue(run, pending,
	    mun_inspect_wants(run->first, run->first_len, ""), err);
out:
	return status;
}

enum mun_status
mun_ingest_pack(struct mun_ingest *run, struct mun_error *err)
{
	const struct mun_walk *walk = run->deposit->walk;
	enum mun_status status = MUN_OK;

	run->progress.step = MUN_DEPOSIT_PACKING;
	for (uint64_t i = 0; i < mun_walk_entries(walk); i++) {
		struct mun_walk_entry entry;

		mun_walk_get(walk, i, &entry);
		if (entry.kind != MUN_WALK_DOCUMENT)
			continue;
		MUN_TRY(mun_ingest_look(run, err));
		MUN_TRY(pack_document(run, i, err));
	}
	MUN_TRY(mun_ingest_drain_ring(run, err));
	if (run->documents == 0)
		status = mun_error_set(err, MUN_ERR_SYSTEM,
		    "no document could be read; nothing was deposited");
	else if (mun_number_width(run->documents) != run->width)
		status = mun_error_set(err, MUN_ERR_SYSTEM,
		    "documents vanished while the deposit was made; try again");
out:
	return status;
}
