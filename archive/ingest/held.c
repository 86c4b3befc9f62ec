/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * held.c - the index, as far as a deposit cares: what the vault has already,
 * and catching up afterwards.  The index is a view; it never fails a deposit.
 */
#include <stdio.h>

#include "ingest/ingest_internal.h"

#ifdef MUN_HAVE_INDEX

void
mun_ingest_open_index(struct mun_ingest *run)
{
	if (mun_index_open(&run->index, run->deposit->vault, NULL) != MUN_OK)
		run->index = NULL;
}

void
mun_ingest_close_index(struct mun_ingest *run)
{
	mun_index_close(run->index);
	run->index = NULL;
}

static enum mun_status
see_document(
    void *ctx, const struct mun_index_document *document, struct mun_error *err)
{
	bool *is_held = ctx;

	(void)err;
	if (document->member == 0)
		*is_held = true;
	return MUN_OK;
}

void
mun_ingest_look_up(struct mun_ingest *run, const uint8_t sha256[MUN_SHA256_LEN])
{
	bool is_held = false;

	if (run->index != NULL &&
	    mun_index_find_digest(run->index, sha256, MUN_SHA256_LEN,
		see_document, &is_held, NULL) == MUN_OK &&
	    is_held)
		run->already_held++;
}

bool
mun_ingest_catch_up(struct mun_ingest *run, char problem[], size_t problem_size)
{
	struct mun_error err = MUN_ERROR_INIT;

	if (mun_index_catch_up(run->deposit->vault, &err) == MUN_OK)
		return true;
	(void)snprintf(problem, problem_size, "%s", err.text);
	return false;
}

#else

void
mun_ingest_open_index(struct mun_ingest *run)
{
	run->index = NULL;
}

void
mun_ingest_close_index(struct mun_ingest *run)
{
	(void)run;
}

void
mun_ingest_look_up(struct mun_ingest *run, const uint8_t sha256[MUN_SHA256_LEN])
{
	(void)run;
	(void)sha256;
}

bool
mun_ingest_catch_up(struct mun_ingest *run, char problem[], size_t problem_size)
{
	(void)run;
	(void)snprintf(problem, problem_size, "this build has no index");
	return false;
}

#endif
