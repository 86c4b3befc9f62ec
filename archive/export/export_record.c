/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_record.c - the copy events of an export: each lists the entries that
 * the dossier holds because of its archive.
 *
 * The list has to be exact at the moment the event counts, and is judged under
 * the writer's lock.  Where another writer came in between, there is one entry
 * more than listed: nothing is logged, and the list is made again.
 *
 * Spec: docs/format/custody.md, What an export hands out.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "export/export_internal.h"
#include "record/record.h"

enum {
	TRIES = 5
};

/* ---- who gets it ---- */

struct search {
	const char *text;
	uint8_t sha256[MUN_SHA256_LEN];
	unsigned found;
};

static enum mun_status
see_actor(
    void *ctx, const struct mun_record_actor *actor, struct mun_error *err)
{
	struct search *search = ctx;
	char hex[2 * MUN_SHA256_LEN + 1];

	(void)err;
	mun_hex_encode(hex, actor->certificate, MUN_SHA256_LEN);
	if (strcmp(search->text, actor->name) != 0 &&
	    strcmp(search->text, hex) != 0)
		return MUN_OK;
	memcpy(search->sha256, actor->certificate, MUN_SHA256_LEN);
	search->found++;
	return MUN_OK;
}

static enum mun_status
find_receiver(const struct mun_exporting *exporting, struct mun_detail *detail,
    struct mun_error *err)
{
	struct search search = { .text = exporting->options->to };
	enum mun_status status;

	if (search.text == NULL)
		return MUN_OK;
	MUN_TRY(mun_record_actors(exporting->vault, see_actor, &search, err));
	if (search.found != 1)
		status = mun_error_set(err, MUN_ERR_USAGE,
		    search.found == 0
			? "there is no actor '%s' in this vault; somebody who "
			  "is none is named with --who"
			: "several actors are called '%s'; name one by the "
			  "64 digits of its certificate's SHA-256",
		    search.text);
	memcpy(detail->to, search.sha256, MUN_SHA256_LEN);
	mun_detail_give(detail, MUN_DETAIL_TO);
out:
	return status;
}

/* ---- what is listed ---- */

static bool
belongs(const struct mun_export_entry *entry, size_t archive)
{
	return entry->is_general || entry->archive == archive;
}

static enum mun_status
list_entries(const struct mun_exporting *exporting, size_t archive,
    struct mun_detail *detail, struct mun_error *err)
{
	detail->entries =
	    calloc(MUN_ENTRIES_RANGES_MAX, sizeof(*detail->entries));
	if (detail->entries == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
	for (size_t i = 0; i < exporting->entry_count; i++) {
		const struct mun_export_entry *entry = &exporting->entries[i];
		struct mun_seq_range *last = detail->entry_count == 0
		    ? NULL
		    : &detail->entries[detail->entry_count - 1];

		if (!belongs(entry, archive))
			continue;
		if (last != NULL && last->last + 1 == entry->seq) {
			last->last++;
			continue;
		}
		if (detail->entry_count == MUN_ENTRIES_RANGES_MAX)
			return mun_error_set(err, MUN_ERR_LIMIT,
			    "the entries of '%s' lie too scattered in the log "
			    "to be listed in one event; export it with "
			    "--no-record",
			    exporting->archives[archive].id);
		detail->entries[detail->entry_count++] =
		    (struct mun_seq_range){ entry->seq, entry->seq };
	}
	mun_detail_give(detail, MUN_DETAIL_ENTRIES);
	return MUN_OK;
}

static enum mun_status
take_words(const struct mun_export_options *options,
    struct mun_statement *statement, struct mun_error *err)
{
	for (size_t i = 0; i < options->word_count; i++) {
		size_t field = 0;

		while (field < MUN_STATEMENT_FIELDS &&
		    strcmp(mun_statement_key((enum mun_statement_field)field),
			options->words[i].key) != 0)
			field++;
		if (field == MUN_STATEMENT_FIELDS)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "a statement has no '%s'", options->words[i].key);
		statement->text[field] =
		    (char *)(uintptr_t)options->words[i].text;
	}
	return MUN_OK;
}

/* MUN_ERR_BUSY: an entry that belongs came between the list and its event. */
static enum mun_status
record_once(struct mun_exporting *exporting, size_t i, struct mun_error *err)
{
	const struct mun_export_options *options = exporting->options;
	struct mun_export_archive *archive = &exporting->archives[i];
	struct mun_detail detail = { .type = MUN_EVENT_COPY,
		.copy = MUN_COPY_EVIDENTIARY };
	struct mun_statement statement = { .text = { NULL } };
	struct mun_recorded recorded;
	enum mun_status status;

	memcpy(detail.subject.archive, archive->id, sizeof(archive->id));
	mun_detail_give(&detail, MUN_DETAIL_COPY);
	MUN_TRY(find_receiver(exporting, &detail, err));
	MUN_TRY(list_entries(exporting, i, &detail, err));
	MUN_TRY(take_words(options, &statement, err));
	MUN_TRY(mun_record_append(options->record, &detail,
	    options->word_count > 0 ? &statement : NULL, &recorded, err));
	archive->is_recorded = true;
	archive->recorded = recorded.seq;
	recorded.clock_behind |= exporting->recorded.clock_behind;
	exporting->recorded = recorded;
out:
	free(detail.entries);
	return status;
}

/* Again only where the log has grown: who holds the lock is waited for once. */
static enum mun_status
record_archive(struct mun_exporting *exporting, size_t i, struct mun_error *err)
{
	bool overtaken = true;
	enum mun_status status;

	MUN_TRY(mun_export_scan(exporting, err));
	for (unsigned tried = 0; tried < TRIES && overtaken; tried++) {
		uint64_t listed = exporting->size;

		enum mun_status recorded = record_once(exporting, i, err);

		if (recorded != MUN_OK && recorded != MUN_ERR_BUSY)
			return recorded;
		/* its own event goes into the dossier, too */
		MUN_TRY(mun_export_scan(exporting, err));
		overtaken =
		    recorded == MUN_ERR_BUSY && exporting->size > listed;
		status = recorded;
	}
	if (overtaken)
		mun_error_wrap(err, "others keep writing about '%s'",
		    exporting->archives[i].id);
out:
	return status;
}

enum mun_status
mun_export_record(struct mun_exporting *exporting, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < exporting->archive_count; i++)
		MUN_TRY(record_archive(exporting, i, err));
out:
	return status;
}
