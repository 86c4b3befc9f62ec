/* SPDX-License-Identifier: BSD-2-Clause */
/* print.c - archives, documents and members, for people and for programs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "muniment/keeper.h"

void
print_hex(struct tool *tool, const uint8_t *bytes, size_t len)
{
	mun_buffer_append_hex(&tool->out, bytes, len);
}

/* What is shown as a thing's name: as read in a guessed encoding if its bytes
 * are no UTF-8, and marked so. */
static void
print_name(struct tool *tool, const struct mun_index_document *document)
{
	if (document->path != NULL) {
		tool_print_bytes(tool, document->path, document->path_len);
	} else {
		tool_print_bytes(tool, document->name, document->name_len);
	}
	if (document->guess == NULL)
		return;
	tool_print(tool, "  (as %s: ", document->guess);
	tool_print_text(tool, document->guessed_name);
	tool_print(tool, ")");
}

void
print_document_line(
    struct tool *tool, const struct mun_index_document *document)
{
	tool_print(tool, "%s  ", document->reference);
	print_name(tool, document);
	tool_print(tool, "\n");
}

static void
print_modified(struct tool *tool, int64_t modified_s)
{
	time_t seconds = (time_t)modified_s;
	struct tm parts;
	char text[64];

	if (gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
		(void)snprintf(
		    text, sizeof(text), "%" PRId64 " s after 1970", modified_s);
	tool_print(tool, "  modified     %s\n", text);
}

static void
print_digests(struct tool *tool, const struct mun_index_document *document)
{
	tool_print(tool, "  sha256       ");
	print_hex(tool, document->sha256, sizeof(document->sha256));
	tool_print(tool, "\n  sha512       ");
	print_hex(tool, document->sha512, sizeof(document->sha512));
	tool_print(tool, "\n");
}

void
print_document(struct tool *tool, const struct mun_index_document *document)
{
	tool_print(tool, "%s\n  name         ", document->reference);
	tool_print_bytes(tool, document->name, document->name_len);
	if (document->guess != NULL) {
		tool_print(tool, "\n  as %-10s", document->guess);
		tool_print_text(tool, document->guessed_name);
	}
	if (document->path != NULL) {
		tool_print(tool, "\n  path         ");
		tool_print_bytes(tool, document->path, document->path_len);
	}
	tool_print(tool, "\n  size         ");
	tool_print_size(tool, document->size);
	tool_print(tool, " (%" PRIu64 ")\n", document->size);
	if (document->media_type != NULL) {
		tool_print(tool, "  media type   ");
		tool_print_text(tool, document->media_type);
		tool_print(tool, "\n");
	}
	if (document->description != NULL) {
		tool_print(tool, "  description  ");
		tool_print_text(tool, document->description);
		tool_print(tool, "\n");
	}
	if (document->has_modified)
		print_modified(tool, document->modified_s);
	print_digests(tool, document);
}

void
json_document(
    struct mun_json_writer *json, const struct mun_index_document *document)
{
	mun_json_begin_object(json);
	json_document_fields(json, document);
	mun_json_end_object(json);
}

void
json_document_fields(
    struct mun_json_writer *json, const struct mun_index_document *document)
{
	mun_json_key(json, "reference");
	mun_json_text(json, document->reference);
	mun_json_key(json, "archive");
	mun_json_text(json, document->archive);
	mun_json_key(json, "document");
	mun_json_unsigned(json, document->number);
	mun_json_key(json, "member");
	if (document->member != 0)
		mun_json_unsigned(json, document->member);
	else
		mun_json_null(json);
	tool_json_bytes(json, "name", document->name, document->name_len);
	if (document->path != NULL)
		tool_json_bytes(
		    json, "path", document->path, document->path_len);
	if (document->guess != NULL) {
		mun_json_key(json, "guessed_encoding");
		mun_json_text(json, document->guess);
		mun_json_key(json, "guessed_name");
		tool_json_text(json, document->guessed_name);
	}
	mun_json_key(json, "size");
	mun_json_unsigned(json, document->size);
	if (document->media_type != NULL) {
		mun_json_key(json, "media_type");
		tool_json_text(json, document->media_type);
	}
	if (document->description != NULL) {
		mun_json_key(json, "description");
		tool_json_text(json, document->description);
	}
	if (document->has_modified) {
		mun_json_key(json, "modified_s");
		mun_json_signed(json, document->modified_s);
	}
	mun_json_key(json, "sha256");
	mun_json_hex(json, document->sha256, sizeof(document->sha256));
	mun_json_key(json, "sha512");
	mun_json_hex(json, document->sha512, sizeof(document->sha512));
	if (document->record != NULL) {
		mun_json_key(json, "record");
		mun_json_canonical(
		    json, document->record, strlen(document->record));
	}
}

bool
archive_is_destroyed(const struct mun_index_archive *archive)
{
	return archive->withdrawn != NULL &&
	    strcmp(archive->withdrawn, "destroyed") == 0;
}

static void
print_absence(struct tool *tool, const struct mun_index_archive *archive)
{
	if (archive->withdrawn != NULL)
		tool_print(tool, ", withdrawn");
	if (archive_is_destroyed(archive))
		tool_print(tool, ", bytes destroyed");
	else if (!archive->present)
		tool_print(tool, ", FILE MISSING");
	else if (!archive->indexed)
		tool_print(tool, ", not in the index (index rebuild)");
}

void
print_archive(struct tool *tool, const struct mun_index_archive *archive)
{
	tool_print(tool, "%s  %s  %" PRIu64 " %s, ", archive->id,
	    archive->deposited_at, archive->documents,
	    tool_plural(archive->documents, "document", "documents"));
	tool_print_size(tool, archive->bytes);
	if (archive->members > 0)
		tool_print(tool, ", %" PRIu64 " %s inside", archive->members,
		    tool_plural(archive->members, "member", "members"));
	if (archive->findings > 0)
		tool_print(tool, ", %" PRIu64 " %s", archive->findings,
		    tool_plural(archive->findings, "finding", "findings"));
	if (!archive->complete)
		tool_print(tool, ", not complete");
	print_absence(tool, archive);
	if (archive->case_name != NULL) {
		tool_print(tool, "  ");
		tool_print_text(tool, archive->case_name);
	}
	if (archive->deposit_case != NULL && archive->case_name != NULL &&
	    strcmp(archive->deposit_case, archive->case_name) != 0) {
		tool_print(tool, "  (deposited as ");
		tool_print_text(tool, archive->deposit_case);
		tool_print(tool, ")");
	}
	tool_print(tool, "\n");
}

void
json_archive(
    struct mun_json_writer *json, const struct mun_index_archive *archive)
{
	mun_json_begin_object(json);
	json_archive_fields(json, archive);
	mun_json_end_object(json);
}

void
json_archive_fields(
    struct mun_json_writer *json, const struct mun_index_archive *archive)
{
	mun_json_key(json, "archive");
	mun_json_text(json, archive->id);
	mun_json_key(json, "documents");
	mun_json_unsigned(json, archive->documents);
	mun_json_key(json, "bytes");
	mun_json_unsigned(json, archive->bytes);
	mun_json_key(json, "members");
	mun_json_unsigned(json, archive->members);
	mun_json_key(json, "findings");
	mun_json_unsigned(json, archive->findings);
	mun_json_key(json, "complete");
	mun_json_boolean(json, archive->complete);
	mun_json_key(json, "present");
	mun_json_boolean(json, archive->present);
	mun_json_key(json, "sealed_at");
	mun_json_text(json, archive->sealed_at);
	mun_json_key(json, "deposited_at");
	mun_json_text(json, archive->deposited_at);
	mun_json_key(json, "actor");
	tool_json_text(json, archive->actor_name);
	mun_json_key(json, "case");
	tool_json_text(json, archive->case_name);
	mun_json_key(json, "deposit_case");
	tool_json_text(json, archive->deposit_case);
	mun_json_key(json, "withdrawn");
	mun_json_text(json, archive->withdrawn);
	mun_json_key(json, "sha256");
	mun_json_hex(json, archive->sha256, sizeof(archive->sha256));
	mun_json_key(json, "log_index");
	mun_json_unsigned(json, archive->log_index);
}
