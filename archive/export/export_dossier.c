/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_dossier.c - the members of a dossier, listed, put in order, and
 * written one by one.
 *
 * Spec: docs/format/dossier.md.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "export/export_internal.h"

enum member_kind {
	MEMBER_README,
	MEMBER_HEAD,
	MEMBER_CHECKPOINT,
	MEMBER_CERTIFICATE, /* which: index */
	MEMBER_LINE, /* which: seq */
	MEMBER_ENTRY, /* which: seq */
	MEMBER_STATEMENT, /* which: seq */
	MEMBER_PROOF, /* which: seq of the deposit */
	MEMBER_STAMP, /* its name is that in the log */
	MEMBER_TILE /* which: index */
};

struct member {
	char name[MUN_DOSSIER_NAME_MAX];
	enum member_kind kind;
	uint64_t which;
};

struct tile {
	char name[MUN_DOSSIER_NAME_MAX];
	struct mun_buffer bytes;
};

struct batch { /* a stamped checkpoint */
	uint64_t size;
	size_t stamp_count;
};

struct writing {
	struct mun_exporting *exporting;
	struct mun_log *log;
	struct mun_dossier_scope *scope;
	struct mun_dossier_scope_result result;
	struct member *members;
	size_t count, capacity;
	struct tile *tiles;
	size_t tile_count;
	struct batch *batches;
	size_t batch_count, batch_capacity;
	struct mun_buffer bytes; /* of one member */
};

static enum mun_status
no_memory(struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_NOMEM, "out of memory for a dossier");
}

/* ---- which entries ---- */

/* Once recorded, a dossier has nothing that its copy events do not list: what
 * others wrote since is for the next one. */
static bool
is_handed_out(
    const struct mun_exporting *exporting, const struct mun_export_entry *entry)
{
	uint64_t newest = 0;

	if (exporting->options->record == NULL)
		return true;
	for (size_t i = 0; i < exporting->archive_count; i++)
		if (exporting->archives[i].recorded > newest)
			newest = exporting->archives[i].recorded;
	return entry->is_general
	    ? entry->seq < newest
	    : entry->seq <= exporting->archives[entry->archive].recorded;
}

/* The head has to be one that these entries explain: after a change of actors
 * or keys it would not be. */
static enum mun_status
drop_newer(struct mun_exporting *exporting, struct mun_error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < exporting->entry_count; i++) {
		const struct mun_export_entry *entry = &exporting->entries[i];

		if (is_handed_out(exporting, entry))
			exporting->entries[kept++] = *entry;
		else if (entry->is_general)
			return mun_error_set(err, MUN_ERR_BUSY,
			    "the vault's actors or keys changed meanwhile; "
			    "export again");
	}
	exporting->entry_count = kept;
	return MUN_OK;
}

/* ---- the list of members ---- */

static enum mun_status
add(struct writing *writing, const char *name, enum member_kind kind,
    uint64_t which, struct mun_error *err)
{
	struct member *grown;

	if (writing->count == writing->capacity) {
		size_t capacity = writing->capacity * 2 + 256;

		grown =
		    reallocarray(writing->members, capacity, sizeof(*grown));
		if (grown == NULL)
			return no_memory(err);
		writing->members = grown;
		writing->capacity = capacity;
	}
	grown = &writing->members[writing->count++];
	grown->kind = kind;
	grown->which = which;
	(void)snprintf(grown->name, sizeof(grown->name), "%s", name);
	return MUN_OK;
}

static enum mun_status
list_entry(struct writing *writing, const struct mun_export_entry *entry,
    struct mun_error *err)
{
	char name[MUN_DOSSIER_NAME_MAX];
	enum mun_status status;

	mun_dossier_entry_name(name, entry->seq, "json");
	MUN_TRY(add(writing, name, MEMBER_LINE, entry->seq, err));
	mun_dossier_entry_name(name, entry->seq, "p7m");
	MUN_TRY(add(writing, name, MEMBER_ENTRY, entry->seq, err));
	if (!entry->has_statement ||
	    mun_export_is_withheld(writing->exporting, entry->seq))
		goto out;
	/* one that was erased is not there */
	status =
	    mun_log_statement(writing->log, entry->seq, &writing->bytes, err);
	if (status == MUN_OK) {
		mun_dossier_statement_name(name, entry->seq);
		MUN_TRY(add(writing, name, MEMBER_STATEMENT, entry->seq, err));
	} else if (status == MUN_ERR_NOT_FOUND) {
		status = MUN_OK;
	}
out:
	return status;
}

static enum mun_status
take_tile(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct writing *writing = ctx;
	struct tile *grown = reallocarray(
	    writing->tiles, writing->tile_count + 1, sizeof(*grown));

	if (grown == NULL)
		return no_memory(err);
	writing->tiles = grown;
	grown = &writing->tiles[writing->tile_count];
	grown->bytes = (struct mun_buffer)MUN_BUFFER_INIT(
	    (size_t)MUN_TILE_WIDTH * MUN_SHA256_LEN);
	mun_buffer_append(&grown->bytes, bytes, len);
	(void)snprintf(
	    grown->name, sizeof(grown->name), "%s", name + strlen("log/"));
	return add(
	    writing, grown->name, MEMBER_TILE, writing->tile_count++, err);
}

static enum mun_status
add_stamp(struct writing *writing, uint64_t size, unsigned number,
    enum mun_stamp_file which, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];

	mun_stamp_name(name, size, number, which);
	return add(writing, name + strlen("log/"), MEMBER_STAMP, 0, err);
}

static enum mun_status
list_batch(
    struct writing *writing, const struct batch *batch, struct mun_error *err)
{
	enum mun_status status;

	writing->exporting->has_stamps = true;
	MUN_TRY(add_stamp(writing, batch->size, 0, MUN_STAMP_CHECKPOINT, err));
	for (unsigned i = 1; i <= batch->stamp_count; i++)
		for (unsigned k = MUN_STAMP_QUERY; k < MUN_STAMP_FILES; k++)
			MUN_TRY(add_stamp(writing, batch->size, i,
			    (enum mun_stamp_file)k, err));
out:
	return status;
}

static int
compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static enum mun_status
list_members(struct writing *writing, struct mun_error *err)
{
	const struct mun_exporting *exporting = writing->exporting;
	char name[MUN_DOSSIER_NAME_MAX];
	enum mun_status status;

	MUN_TRY(add(writing, MUN_DOSSIER_README, MEMBER_README, 0, err));
	MUN_TRY(add(writing, MUN_DOSSIER_JSON, MEMBER_HEAD, 0, err));
	MUN_TRY(
	    add(writing, MUN_DOSSIER_CHECKPOINT, MEMBER_CHECKPOINT, 0, err));
	for (size_t i = 0; i < exporting->certificate_count; i++) {
		mun_dossier_certificate_name(
		    name, exporting->certificates[i].sha256);
		MUN_TRY(add(writing, name, MEMBER_CERTIFICATE, i, err));
	}
	for (size_t i = 0; i < exporting->entry_count; i++)
		MUN_TRY(list_entry(writing, &exporting->entries[i], err));
	for (size_t i = 0; i < exporting->archive_count; i++) {
		mun_dossier_proof_name(name, exporting->archives[i].id);
		MUN_TRY(add(writing, name, MEMBER_PROOF,
		    exporting->archives[i].deposit, err));
	}
	for (size_t i = 0; i < writing->batch_count; i++)
		MUN_TRY(list_batch(writing, &writing->batches[i], err));
	MUN_TRY(mun_log_each_tile(writing->log, take_tile, writing, err));
	qsort(writing->members, writing->count, sizeof(*writing->members),
	    compare_members);
out:
	return status;
}

/* ---- what the entries say together ---- */

/* A time-stamp: its files come along. */
static enum mun_status
take_batch(struct writing *writing, const struct mun_detail *detail,
    struct mun_error *err)
{
	struct batch *grown;

	if (writing->batch_count == writing->batch_capacity) {
		size_t capacity = writing->batch_capacity * 2 + 16;

		grown =
		    reallocarray(writing->batches, capacity, sizeof(*grown));
		if (grown == NULL)
			return no_memory(err);
		writing->batches = grown;
		writing->batch_capacity = capacity;
	}
	writing->batches[writing->batch_count++] =
	    (struct batch){ detail->checkpoint_size, detail->stamp_count };
	return MUN_OK;
}

static enum mun_status
take_scope(struct writing *writing, const struct mun_event *event,
    struct mun_error *err)
{
	struct mun_detail detail = { .type = MUN_EVENT_VAULT_CREATED };
	enum mun_status status;

	if (event->seq != 0) {
		status = mun_detail_read(&detail, event, err);
		if (status != MUN_OK)
			return status;
	}
	status = mun_dossier_scope_take(
	    writing->scope, event->seq, event->time_utc_s, &detail, err);
	if (status == MUN_OK && detail.type == MUN_EVENT_TIME_STAMP)
		status = take_batch(writing, &detail, err);
	if (event->seq != 0)
		mun_detail_clear(&detail);
	return status;
}

static enum mun_status
read_entry(struct writing *writing, uint64_t seq, struct mun_entry *entry,
    struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_log_entry(writing->log, seq, &writing->bytes, err));
	status = mun_entry_unverified(
	    entry, writing->bytes.data, writing->bytes.len, err);
out:
	return status;
}

static enum mun_status
judge_scope(struct writing *writing, struct mun_error *err)
{
	const struct mun_exporting *exporting = writing->exporting;
	enum mun_status status;

	MUN_TRY(mun_dossier_scope_new(&writing->scope, err));
	for (size_t i = 0; i < exporting->entry_count; i++) {
		struct mun_entry entry = MUN_ENTRY_INIT;

		status =
		    read_entry(writing, exporting->entries[i].seq, &entry, err);
		if (status == MUN_OK)
			status = take_scope(writing, &entry.event, err);
		mun_entry_clear(&entry);
		if (status != MUN_OK)
			goto out;
	}
	mun_dossier_scope_end(writing->scope, &writing->result);
out:
	return status;
}

/* ---- the bytes of one member ---- */

static enum mun_status
make_head(struct writing *writing, struct mun_error *err)
{
	const struct mun_dossier_scope_result *result = &writing->result;
	struct mun_vault_info info;
	struct mun_dossier_head head = {
		.size = mun_log_checkpoint(writing->log)->size,
		.recorded = result->recorded,
		.as_of_entry = result->as_of_entry,
		.as_of_utc_s = result->as_of_utc_s,
		.archives = result->archives,
		.archive_count = result->archive_count
	};

	mun_vault_get_info(writing->exporting->vault, &info);
	head.origin = info.origin;
	memcpy(head.vault, info.fingerprint, MUN_SHA256_LEN);
	mun_dossier_head_write(&head, &writing->bytes);
	return mun_buffer_status(&writing->bytes, MUN_DOSSIER_JSON, err);
}

static enum mun_status
make_line(struct writing *writing, uint64_t seq, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	enum mun_status status;

	MUN_TRY(read_entry(writing, seq, &entry, err));
	mun_buffer_reset(&writing->bytes);
	mun_event_write(&entry.event, &writing->bytes);
	status = mun_buffer_status(&writing->bytes, "event", err);
out:
	mun_entry_clear(&entry);
	return status;
}

static enum mun_status
make_proof(struct writing *writing, uint64_t seq, struct mun_error *err)
{
	struct mun_receipt receipt = MUN_RECEIPT_INIT;
	enum mun_status status;

	MUN_TRY(mun_log_receipt(writing->log, seq, &receipt, err));
	mun_receipt_write(&receipt, &writing->bytes);
	status = mun_buffer_status(&writing->bytes, "receipt", err);
out:
	mun_receipt_clear(&receipt);
	return status;
}

static enum mun_status
make_stamp(struct writing *writing, const char *name, struct mun_error *err)
{
	char stored[MUN_DOSSIER_NAME_MAX + sizeof("log/")];

	(void)snprintf(stored, sizeof(stored), "log/%s", name);
	return mun_store_read(mun_vault_store(writing->exporting->vault),
	    stored, &writing->bytes, err);
}

static enum mun_status
make_member(
    struct writing *writing, const struct member *member, struct mun_error *err)
{
	struct mun_buffer *bytes = &writing->bytes;
	const struct mun_buffer *pem, *tile;
	const void *head;
	size_t len;

	mun_buffer_reset(bytes);
	switch (member->kind) {
	case MEMBER_README:
		mun_dossier_readme_write(bytes);
		break;
	case MEMBER_HEAD:
		return make_head(writing, err);
	case MEMBER_CHECKPOINT:
		head = mun_log_checkpoint_bytes(writing->log, &len);
		mun_buffer_append(bytes, head, len);
		break;
	case MEMBER_CERTIFICATE:
		pem = &writing->exporting->certificates[member->which].pem;
		mun_buffer_append(bytes, pem->data, pem->len);
		break;
	case MEMBER_LINE:
		return make_line(writing, member->which, err);
	case MEMBER_ENTRY:
		return mun_log_entry(writing->log, member->which, bytes, err);
	case MEMBER_STATEMENT:
		return mun_log_statement(
		    writing->log, member->which, bytes, err);
	case MEMBER_PROOF:
		return make_proof(writing, member->which, err);
	case MEMBER_STAMP:
		return make_stamp(writing, member->name, err);
	case MEMBER_TILE:
		tile = &writing->tiles[member->which].bytes;
		mun_buffer_append(bytes, tile->data, tile->len);
		if (tile->status != MUN_OK)
			bytes->status = tile->status;
		break;
	}
	return mun_buffer_status(bytes, member->name, err);
}

static enum mun_status
write_members(struct writing *writing, int fd, struct mun_error *err)
{
	struct mun_dossier_out out = MUN_DOSSIER_OUT_INIT(fd);
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < writing->count; i++) {
		const struct member *member = &writing->members[i];

		MUN_TRY(make_member(writing, member, err));
		MUN_TRY(
		    mun_dossier_put(&out, member->name, &writing->bytes, err));
	}
	status = mun_dossier_put_end(&out, err);
out:
	mun_dossier_out_clear(&out);
	return status;
}

enum mun_status
mun_export_dossier(
    struct mun_exporting *exporting, int fd, struct mun_error *err)
{
	struct writing writing = { .exporting = exporting,
		.bytes = MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_CRLS) +
		    exporting->archive_count * 256) };
	enum mun_status status;

	MUN_TRY(mun_export_scan(exporting, err));
	MUN_TRY(drop_newer(exporting, err));
	MUN_TRY(
	    mun_log_open(&writing.log, mun_vault_store(exporting->vault), err));
	if (mun_log_checkpoint(writing.log)->size != exporting->size) {
		status = mun_error_set(err, MUN_ERR_BUSY,
		    "the vault was written to meanwhile; export again");
		goto out;
	}
	MUN_TRY(judge_scope(&writing, err));
	MUN_TRY(list_members(&writing, err));
	status = write_members(&writing, fd, err);
out:
	for (size_t i = 0; i < writing.tile_count; i++)
		mun_buffer_free(&writing.tiles[i].bytes);
	free(writing.tiles);
	free(writing.batches);
	free(writing.members);
	mun_dossier_scope_free(writing.scope);
	mun_log_close(writing.log);
	mun_buffer_free(&writing.bytes);
	return status;
}
