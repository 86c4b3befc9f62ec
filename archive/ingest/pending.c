/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pending.c - documents whose bytes are stored, while workers find out what
 * they are.  Answers come in any order; documents leave in theirs.
 */
#define _DEFAULT_SOURCE /* strdup */
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "ingest/ingest_internal.h"

enum {
	SMALL_SPOOL = 8192
};

/* ---- notes ---- */

enum mun_status
mun_pending_note(struct mun_pending *pending, uint32_t member, const char *rule,
    const char *detail, struct mun_error *err)
{
	struct mun_note *note;

	if (pending->note_count == pending->note_capacity) {
		size_t capacity = pending->note_capacity * 2 + 8;

		note = realloc(pending->notes, capacity * sizeof(*note));
		if (note == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
		pending->notes = note;
		pending->note_capacity = capacity;
	}
	note = &pending->notes[pending->note_count];
	*note = (struct mun_note){ .member = member,
		.rank = mun_finding_rank(rule),
		.rule = rule,
		.detail = strdup(detail) };
	if (note->detail == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	pending->note_count++;
	return MUN_OK;
}

static void
clear_pending(struct mun_pending *pending)
{
	for (size_t i = 0; i < pending->note_count; i++)
		free(pending->notes[i].detail);
	pending->note_count = 0;
	mun_spool_reset(&pending->members);
	mun_spool_reset(&pending->rows);
	pending->member_count = 0;
	pending->is_identified = pending->is_inspecting = false;
	pending->has_changed = false;
}

/* ---- the ring ---- */

enum mun_status
mun_ingest_start_ring(struct mun_ingest *run, struct mun_error *err)
{
	run->ring.slots = calloc(MUN_RING, sizeof(*run->ring.slots));
	if (run->ring.slots == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	for (size_t i = 0; i < MUN_RING; i++) {
		struct mun_pending *slot = &run->ring.slots[i];

		mun_spool_init(&slot->members, run->incoming.fd, SMALL_SPOOL);
		mun_spool_init(&slot->rows, run->incoming.fd, SMALL_SPOOL);
	}
	return MUN_OK;
}

void
mun_ingest_free_ring(struct mun_ingest *run)
{
	if (run->ring.slots == NULL)
		return;
	for (size_t i = 0; i < MUN_RING; i++) {
		struct mun_pending *slot = &run->ring.slots[i];

		clear_pending(slot);
		mun_spool_free(&slot->members);
		mun_spool_free(&slot->rows);
		free(slot->notes);
	}
	free(run->ring.slots);
	run->ring.slots = NULL;
}

static struct mun_pending *
at(struct mun_ring *ring, size_t i)
{
	return &ring->slots[(ring->head + i) % MUN_RING];
}

static bool
is_ready(const struct mun_pending *pending)
{
	return pending->is_identified && !pending->is_inspecting;
}

static enum mun_status
let_go(struct mun_ingest *run, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	while (run->ring.count > 0 && is_ready(at(&run->ring, 0))) {
		struct mun_pending *pending = at(&run->ring, 0);

		MUN_TRY(mun_ingest_write_lines(run, pending, err));
		clear_pending(pending);
		run->ring.head = (run->ring.head + 1) % MUN_RING;
		run->ring.count--;
	}
out:
	return status;
}

/* ---- answers ---- */

/* MUN_ERR_NOT_FOUND: none there. */
static enum mun_status
take_identity(struct mun_ingest *run, bool wait, struct mun_error *err)
{
	struct mun_identity identity;
	enum mun_status status;

	MUN_TRY(mun_identify_collect(run->identify, &identity, wait, err));
	for (size_t i = 0; i < run->ring.count; i++) {
		struct mun_pending *pending = at(&run->ring, i);

		if (pending->is_identified ||
		    pending->identity.ticket != identity.ticket)
			continue;
		pending->identity = identity;
		pending->is_identified = true;
		goto out;
	}
	status =
	    mun_error_set(err, MUN_ERR_INTERNAL, "an identity of no document");
out:
	return status;
}

/* Whose members are being told: found when the first is, as the ticket is set
 * by then. */
static struct mun_pending *
inspected(struct mun_ingest *run)
{
	for (size_t i = 0; run->inspected == NULL && i < run->ring.count; i++) {
		struct mun_pending *pending = at(&run->ring, i);

		if (pending->is_inspecting &&
		    pending->inspect_ticket == run->inspect_ticket)
			run->inspected = pending;
	}
	return run->inspected;
}

static enum mun_status
take_member(
    void *ctx, const struct mun_inspect_member *told, struct mun_error *err)
{
	struct mun_ingest *run = ctx;
	struct mun_pending *pending = inspected(run);
	struct mun_member member;
	enum mun_status status;

	if (pending == NULL)
		return mun_error_set(
		    err, MUN_ERR_INTERNAL, "a member of no document");
	member = (struct mun_member){ .document = pending->number,
		.number = told->number,
		.container = told->container,
		.name = told->name,
		.name_len = told->name_len,
		.size = told->size,
		.digests = told->digests };
	mun_member_write(&member, &run->line);
	MUN_TRY(mun_spool_take(&pending->members, &run->line, err));
	mun_inventory_write_member(&run->line, run->id, run->width, &member);
	MUN_TRY(mun_spool_take(&pending->rows, &run->line, err));
	pending->member_count++;
out:
	return status;
}

static enum mun_status
take_note(void *ctx, const struct mun_inspect_note *note, struct mun_error *err)
{
	struct mun_ingest *run = ctx;
	struct mun_pending *pending = inspected(run);

	if (pending == NULL)
		return mun_error_set(
		    err, MUN_ERR_INTERNAL, "a note about no document");
	return mun_pending_note(
	    pending, note->member, note->rule, note->detail, err);
}

/* MUN_ERR_NOT_FOUND: none there. */
static enum mun_status
take_inspection(struct mun_ingest *run, bool wait, struct mun_error *err)
{
	const struct mun_inspect_visitor visitor = {
		.member = take_member, .note = take_note, .ctx = run
	};
	struct mun_pending *pending;
	enum mun_status status;

	run->inspected = NULL;
	MUN_TRY(mun_inspect_collect(
	    run->inspect, &run->inspect_ticket, &visitor, wait, err));
	pending = inspected(run);
	if (pending == NULL)
		status = mun_error_set(
		    err, MUN_ERR_INTERNAL, "an inspection of no document");
	else
		pending->is_inspecting = false;
out:
	return status;
}

/* Everything that has come meanwhile. */
static enum mun_status
take_answers(struct mun_ingest *run, struct mun_error *err)
{
	enum mun_status status;

	do {
		status = take_identity(run, false, err);
	} while (status == MUN_OK);
	if (status != MUN_ERR_NOT_FOUND)
		return status;
	do {
		status = take_inspection(run, false, err);
	} while (status == MUN_OK);
	return status == MUN_ERR_NOT_FOUND ? MUN_OK : status;
}

/* Wait for what the oldest is waiting for. */
static enum mun_status
wait_for_oldest(struct mun_ingest *run, struct mun_error *err)
{
	struct mun_pending *oldest = at(&run->ring, 0);
	enum mun_status status = MUN_OK;

	if (!oldest->is_identified)
		MUN_TRY(take_identity(run, true, err));
	else if (oldest->is_inspecting)
		MUN_TRY(take_inspection(run, true, err));
	status = let_go(run, err);
out:
	if (status == MUN_ERR_NOT_FOUND)
		status = mun_error_set(
		    err, MUN_ERR_INTERNAL, "a document's answer got lost");
	return status;
}

/* ---- coming and going ---- */

enum mun_status
mun_ingest_slot(
    struct mun_ingest *run, struct mun_pending **out, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	while (run->ring.count == MUN_RING)
		MUN_TRY(wait_for_oldest(run, err));
	*out = at(&run->ring, run->ring.count);
out:
	return status;
}

static enum mun_status
ask_identity(
    struct mun_ingest *run, struct mun_pending *pending, struct mun_error *err)
{
	bool is_whole = pending->state.size == run->first_len;
	enum mun_status status = MUN_OK;

	while (!mun_identify_has_room(run->identify))
		MUN_TRY(take_identity(run, true, err));
	status = mun_identify_ask(run->identify, run->first, run->first_len,
	    is_whole ? pending->digests.sha256 : NULL, &pending->identity,
	    &pending->is_identified, err);
out:
	return status;
}

static enum mun_status
ask_inspection(
    struct mun_ingest *run, struct mun_pending *pending, struct mun_error *err)
{
	enum mun_status status;

	while (!mun_inspect_has_room(run->inspect))
		MUN_TRY(take_inspection(run, true, err));
	/* The worker reads the file: the bytes have to be in it. */
	MUN_TRY(mun_pump_drain(run->tar.pump, err));
	MUN_TRY(mun_inspect_submit(run->inspect, run->read_fd, pending->offset,
	    pending->state.size, &pending->inspect_ticket, err));
	pending->is_inspecting = true;
out:
	return status;
}

enum mun_status
mun_ingest_enqueue(struct mun_ingest *run, struct mun_pending *pending,
    bool wants_inspection, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(ask_identity(run, pending, err));
	if (wants_inspection)
		MUN_TRY(ask_inspection(run, pending, err));
	run->ring.count++;
	MUN_TRY(take_answers(run, err));
	status = let_go(run, err);
out:
	return status;
}

enum mun_status
mun_ingest_drain_ring(struct mun_ingest *run, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	while (run->ring.count > 0) {
		MUN_TRY(mun_ingest_look(run, err));
		MUN_TRY(wait_for_oldest(run, err));
	}
out:
	return status;
}
