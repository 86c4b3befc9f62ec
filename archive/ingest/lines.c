/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lines.c - a document that everything is known about, as the lines of every
 * metadata member.  Spec: docs/format/archive.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "ingest/ingest_internal.h"

struct lines {
	struct mun_ingest *run;
	struct mun_pending *pending;
	struct mun_record record;
	struct mun_private fields[MUN_PRIVATE_FIELDS];
};

static struct mun_spool *
spool_of(struct lines *lines, enum mun_ingest_spool which)
{
	return &lines->run->spools[which];
}

/* ---- private lines ---- */

static void
fill_private(struct lines *lines)
{
	const struct mun_ingest *run = lines->run;
	const struct mun_pending *pending = lines->pending;
	const uint8_t *path = run->path.data;
	const uint8_t *name = path + run->path.len;
	struct mun_private *fields = lines->fields;
	bool *has = lines->record.has_private;

	while (name > path && name[-1] != '/')
		name--;
	for (int i = 0; i < MUN_PRIVATE_FIELDS; i++) {
		fields[i].number = pending->number;
		fields[i].field = (enum mun_private_field)i;
		memcpy(fields[i].salt, pending->salts[i + 1], MUN_NONCE_LEN);
	}
	fields[MUN_PRIVATE_NAME].bytes = name;
	fields[MUN_PRIVATE_NAME].len = (size_t)(path + run->path.len - name);
	fields[MUN_PRIVATE_PATH].bytes = path;
	fields[MUN_PRIVATE_PATH].len = run->path.len;
	fields[MUN_PRIVATE_TIMES].modified_s = pending->state.mtime_s;
	fields[MUN_PRIVATE_TIMES].modified_ns = pending->state.mtime_ns;
	fields[MUN_PRIVATE_DESCRIPTION].bytes =
	    (const uint8_t *)pending->identity.description;
	fields[MUN_PRIVATE_DESCRIPTION].len =
	    strlen(pending->identity.description);
	has[MUN_PRIVATE_NAME] = has[MUN_PRIVATE_PATH] = true;
	has[MUN_PRIVATE_TIMES] = !run->deposit->options.no_times;
	has[MUN_PRIVATE_DESCRIPTION] = fields[MUN_PRIVATE_DESCRIPTION].len > 0;
}

static enum mun_status
write_private(struct lines *lines, struct mun_error *err)
{
	struct mun_buffer *line = &lines->run->line;
	struct mun_record *record = &lines->record;
	enum mun_status status = MUN_OK;

	for (int i = 0; i < MUN_PRIVATE_FIELDS; i++) {
		if (!record->has_private[i])
			continue;
		mun_private_write(&lines->fields[i], line);
		MUN_TRY(mun_buffer_status(line, "private line", err));
		mun_sha256_of(
		    record->private_sha256[i], line->data, line->len - 1);
		MUN_TRY(mun_spool_take(
		    spool_of(lines, MUN_SPOOL_PRIVATE), line, err));
	}
out:
	return status;
}

/* ---- record and manifests ---- */

static void
fill_record(struct lines *lines)
{
	const struct mun_pending *pending = lines->pending;
	struct mun_record *record = &lines->record;

	record->number = pending->number;
	record->size = pending->state.size;
	record->digests = pending->digests;
	memcpy(record->file, pending->file, sizeof(record->file));
	memcpy(record->media_type, pending->identity.media_type,
	    sizeof(record->media_type));
	memcpy(record->salt, pending->salts[0], MUN_NONCE_LEN);
}

static enum mun_status
write_record(struct lines *lines, struct mun_error *err)
{
	struct mun_ingest *run = lines->run;
	const struct mun_record *record = &lines->record;
	struct mun_hash leaf;
	enum mun_status status;

	mun_record_write(record, &run->line);
	MUN_TRY(mun_buffer_status(&run->line, "record", err));
	mun_merkle_leaf(&leaf, run->line.data, run->line.len - 1);
	mun_merkle_add(&run->leaves, &leaf);
	MUN_TRY(mun_spool_take(
	    spool_of(lines, MUN_SPOOL_DOCUMENTS), &run->line, err));
	mun_manifest_line_write(
	    &run->line, record->digests.sha256, MUN_SHA256_LEN, record->file);
	MUN_TRY(mun_spool_take(
	    spool_of(lines, MUN_SPOOL_MANIFEST_SHA256), &run->line, err));
	mun_manifest_line_write(
	    &run->line, record->digests.sha512, MUN_SHA512_LEN, record->file);
	status = mun_spool_take(
	    spool_of(lines, MUN_SPOOL_MANIFEST_SHA512), &run->line, err);
out:
	return status;
}

/* ---- inventory and members ---- */

static enum mun_status
write_inventory(struct lines *lines, struct mun_error *err)
{
	struct mun_ingest *run = lines->run;
	const struct mun_private *fields = lines->fields;
	const struct mun_inventory_document row = { .archive_id = run->id,
		.width = run->width,
		.record = &lines->record,
		.name = &fields[MUN_PRIVATE_NAME],
		.path = &fields[MUN_PRIVATE_PATH],
		.times = lines->record.has_private[MUN_PRIVATE_TIMES]
		    ? &fields[MUN_PRIVATE_TIMES]
		    : NULL };
	enum mun_status status;

	mun_inventory_write_document(&run->line, &row);
	MUN_TRY(mun_spool_take(
	    spool_of(lines, MUN_SPOOL_INVENTORY), &run->line, err));
	MUN_TRY(mun_spool_copy(
	    spool_of(lines, MUN_SPOOL_INVENTORY), &lines->pending->rows, err));
	MUN_TRY(mun_spool_copy(
	    spool_of(lines, MUN_SPOOL_MEMBERS), &lines->pending->members, err));
	run->members += lines->pending->member_count;
out:
	return status;
}

/* ---- findings ---- */

static enum mun_status
note_names(struct lines *lines, struct mun_error *err)
{
	struct mun_ingest *run = lines->run;
	struct mun_pending *pending = lines->pending;
	unsigned flags =
	    mun_name_judge_next(&run->judge, run->path.data, run->path.len);
	enum mun_status status = MUN_OK;

	if (flags & MUN_NAME_NOT_UTF8)
		MUN_TRY(mun_pending_note(pending, 0, "name.not-utf8", "", err));
	if (flags & MUN_NAME_CONTROL)
		MUN_TRY(mun_pending_note(pending, 0, "name.control", "", err));
	if (flags & MUN_NAME_NOT_PORTABLE)
		MUN_TRY(
		    mun_pending_note(pending, 0, "name.not-portable", "", err));
out:
	return status;
}

static enum mun_status
note_collision(struct lines *lines, struct mun_error *err)
{
	const struct mun_deposit *deposit = lines->run->deposit;
	const struct mun_collision *collision =
	    mun_collisions_of(&deposit->collisions, lines->pending->entry);
	char detail[64];

	if (collision == NULL ||
	    mun_deposit_skipped(deposit, collision->earlier) != NULL)
		return MUN_OK;
	(void)snprintf(detail, sizeof(detail), "with document %llu",
	    (unsigned long long)(collision->earlier_ordinal -
		mun_deposit_skipped_before(deposit, collision->earlier)));
	return mun_pending_note(
	    lines->pending, 0, "name.collision", detail, err);
}

static enum mun_status
note_source(struct lines *lines, struct mun_error *err)
{
	struct mun_pending *pending = lines->pending;
	struct mun_walk_entry entry;
	enum mun_status status = MUN_OK;

	mun_walk_get(lines->run->deposit->walk, pending->entry, &entry);
	if (pending->was_changed)
		MUN_TRY(mun_pending_note(pending, 0, "source.changed",
		    "not the size or time that was listed when the "
		    "deposit was planned",
		    err));
	if (pending->has_changed)
		MUN_TRY(mun_pending_note(pending, 0, "source.changed",
		    "size or times changed while it was read", err));
	if (entry.links > 1)
		MUN_TRY(
		    mun_pending_note(pending, 0, "source.hard-links", "", err));
	if (pending->identity.failed)
		MUN_TRY(mun_pending_note(pending, 0, "identify.failed",
		    pending->identity.reason, err));
out:
	return status;
}

/* Insertion sort, keeping equals in order: notes come almost sorted. */
static void
sort_notes(struct mun_pending *pending)
{
	struct mun_note *notes = pending->notes;

	for (size_t i = 1; i < pending->note_count; i++) {
		struct mun_note moved = notes[i];
		size_t j = i;

		while (j > 0 &&
		    (notes[j - 1].member > moved.member ||
			(notes[j - 1].member == moved.member &&
			    notes[j - 1].rank > moved.rank))) {
			notes[j] = notes[j - 1];
			j--;
		}
		notes[j] = moved;
	}
}

static enum mun_status
write_findings(struct lines *lines, struct mun_error *err)
{
	struct mun_ingest *run = lines->run;
	struct mun_pending *pending = lines->pending;
	enum mun_status status;

	MUN_TRY(note_source(lines, err));
	MUN_TRY(note_names(lines, err));
	MUN_TRY(note_collision(lines, err));
	sort_notes(pending);
	for (size_t i = 0; i < pending->note_count; i++) {
		const struct mun_note *note = &pending->notes[i];
		const struct mun_finding finding = { .rule = note->rule,
			.document = pending->number,
			.member = note->member,
			.detail = note->detail };

		mun_finding_write(&finding, &run->line);
		MUN_TRY(mun_spool_take(
		    spool_of(lines, MUN_SPOOL_FINDINGS), &run->line, err));
		run->findings++;
	}
out:
	return status;
}

enum mun_status
mun_ingest_write_lines(
    struct mun_ingest *run, struct mun_pending *pending, struct mun_error *err)
{
	struct lines lines = { .run = run, .pending = pending };
	enum mun_status status;

	mun_buffer_reset(&run->path);
	mun_walk_path(run->deposit->walk, pending->entry, &run->path);
	MUN_TRY(mun_buffer_status(&run->path, "path", err));
	fill_record(&lines);
	fill_private(&lines);
	MUN_TRY(write_private(&lines, err));
	MUN_TRY(write_record(&lines, err));
	MUN_TRY(write_inventory(&lines, err));
	MUN_TRY(write_findings(&lines, err));
	mun_ingest_look_up(run, pending->digests.sha256);
out:
	return status;
}
