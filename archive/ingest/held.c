/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * held.c - the index, as far as a deposit cares: what the vault has already,
 * and catching up afterwards.  The index is a view; it never fails a deposit.
 */
#include <stdio.h>
#include <string.h>

#include "ingest/ingest_internal.h"

#ifdef MUN_HAVE_INDEX

void
mun_ingest_open_index(struct mun_ingest *run)
{
	if (mun_index_open(&run->index, run->deposit->vault, NULL) != MUN_OK)
		run->index = NULL;
}

/* One look at the index for many documents: its cost does not depend on their
 * number, and whoever wants to write to it never waits for long. */
static void
look_up_all(struct mun_ingest *run)
{
	uint64_t held;

	if (run->index != NULL && run->asked_count > 0 &&
	    mun_index_count_held(run->index, run->asked[0], run->asked_count,
		&held, NULL) == MUN_OK)
		run->already_held += held;
	run->asked_count = 0;
}

void
mun_ingest_close_index(struct mun_ingest *run)
{
	look_up_all(run);
	mun_index_close(run->index);
	run->index = NULL;
}

void
mun_ingest_look_up(struct mun_ingest *run, const uint8_t sha256[MUN_SHA256_LEN])
{
	if (run->index == NULL)
		return;
	memcpy(run->asked[run->asked_count++], sha256, MUN_SHA256_LEN);
	if (run->asked_count == MUN_ASKED_MAX)
		look_up_all(run);
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
