/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_check.c - judges a dossier: the tree from its hash tiles, each entry
 * that is there as in a vault, whether these are the entries that have to be
 * there; then (dossier_parts.c) every other member.
 *
 * Spec: docs/format/dossier.md, Judging.
 */
#include "verify/dossier_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"

enum mun_status
mun_dossier_part(struct mun_dossier_pass *pass, const char *name,
    struct mun_buffer *out, struct mun_error *err)
{
	size_t i;

	mun_buffer_reset(out);
	if (!mun_dossier_find(pass->dossier, name, &i))
		return mun_error_set(
		    err, MUN_ERR_NOT_FOUND, "'%s' is not there", name);
	pass->is_used[i] = true;
	return mun_dossier_read(pass->dossier, i, out, err);
}

/* ---- the tree ---- */

/* A tile that the leaves give, against the one that is there. */
static enum mun_status
compare_tile(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_dossier_pass *pass = ctx;
	enum mun_status status;

	name += strlen("log/");
	status = mun_dossier_part(pass, name, &pass->part, err);
	if (status != MUN_OK && !mun_is_bad_data(status))
		return status;
	if (status != MUN_OK || pass->part.len != len ||
	    memcmp(pass->part.data, bytes, len) != 0)
		mun_judge(pass->v, MUN_RULE_LOG_TILE, false, pass->subject,
		    "%s: %s", name, status == MUN_OK ? "differs" : err->text);
	return MUN_OK;
}

/* One tile of level 0, as many leaves as the size demands. */
static enum mun_status
take_leaves(struct mun_dossier_pass *pass, uint64_t number, unsigned width,
    struct mun_error *err)
{
	char name[MUN_DOSSIER_NAME_MAX];
	struct mun_hash leaf;
	enum mun_status status;

	mun_dossier_tile_name(name, 0, number, width);
	status = mun_dossier_part(pass, name, &pass->part, err);
	if (status == MUN_OK && pass->part.len != (size_t)width * sizeof(leaf))
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "it has not %u hashes", width);
	if (status != MUN_OK)
		return status;
	for (unsigned i = 0; i < width; i++) {
		memcpy(leaf.bytes, pass->part.data + i * sizeof(leaf),
		    sizeof(leaf));
		MUN_TRY(mun_entry_pass_leaf(&pass->entries, &leaf, err));
	}
	/* The builder tells tiles, for which the part is read again. */
	for (unsigned i = 0; i < width; i++)
		MUN_TRY(mun_tile_builder_add_leaf(pass->builder,
		    &pass->facts->entries[number * MUN_TILE_WIDTH + i].leaf,
		    err));
out:
	return status;
}

static enum mun_status
take_tree(struct mun_dossier_pass *pass, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	uint64_t size = facts->checkpoint.size, left;
	enum mun_status status = MUN_OK;
	struct mun_hash root;

	MUN_TRY(mun_tile_builder_new(&pass->builder, compare_tile, pass, err));
	while ((left = size - facts->entry_count) > 0) {
		uint64_t number = facts->entry_count / MUN_TILE_WIDTH;
		unsigned width =
		    left < MUN_TILE_WIDTH ? (unsigned)left : MUN_TILE_WIDTH;

		status = take_leaves(pass, number, width, err);
		if (mun_is_bad_data(status)) {
			mun_judge(pass->v, MUN_RULE_LOG_TILE, false,
			    pass->subject, "leaves from %llu: %s",
			    (unsigned long long)facts->entry_count, err->text);
			status = MUN_OK;
			break;
		}
		MUN_TRY(status);
	}
	if (facts->entry_count == size)
		MUN_TRY(mun_tile_builder_finish(pass->builder, err));
	mun_tile_builder_root(pass->builder, &root);
	mun_judge(pass->v, MUN_RULE_LOG_ROOT,
	    facts->entry_count == size &&
		mun_bytes_equal(&root, &facts->checkpoint.root, sizeof(root)),
	    pass->subject, "%llu leaves", (unsigned long long)size);
out:
	return status;
}

/* ---- entries ---- */

static enum mun_status
read_statement(
    void *ctx, uint64_t seq, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_dossier_pass *pass = ctx;
	char name[MUN_DOSSIER_NAME_MAX];

	mun_dossier_statement_name(name, seq);
	return mun_dossier_part(pass, name, out, err);
}

/* Named as in a vault, but for the folder log. */
static enum mun_status
read_stamp(
    void *ctx, const char *name, struct mun_buffer *out, struct mun_error *err)
{
	return mun_dossier_part(ctx, name + strlen("log/"), out, err);
}

static enum mun_status
hear(void *ctx, uint64_t seq, const struct mun_detail *detail,
    struct mun_error *err)
{
	struct mun_dossier_pass *pass = ctx;

	return mun_dossier_scope_take(pass->scope, seq,
	    pass->facts->entries[seq].time_utc_s, detail, err);
}

/* The readable copy is exactly what was signed. */
static enum mun_status
hear_line(void *ctx, const struct mun_event *event, struct mun_error *err)
{
	struct mun_dossier_pass *pass = ctx;
	struct mun_buffer line = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	const struct mun_detail founding = { .type = MUN_EVENT_VAULT_CREATED };
	char name[MUN_DOSSIER_NAME_MAX];
	enum mun_status status = MUN_OK;

	mun_dossier_entry_name(name, pass->seq, "json");
	mun_event_write(event, &line);
	MUN_TRY(mun_buffer_status(&line, "event", err));
	MUN_TRY(
	    mun_dossier_same(pass, name, &line, MUN_RULE_DOSSIER_DIFFERS, err));
	if (pass->seq == 0)
		status = mun_dossier_scope_take(
		    pass->scope, 0, event->time_utc_s, &founding, err);
out:
	mun_buffer_free(&line);
	return status;
}

static int
compare_seqs(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* Numbers of the entries that are there and that the tree has, rising. */
static enum mun_status
list_entries(struct mun_dossier_pass *pass, struct mun_error *err)
{
	size_t count = mun_dossier_count(pass->dossier);
	uint64_t seq;

	pass->seqs = calloc(count + 1, sizeof(*pass->seqs));
	if (pass->seqs == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a dossier");
	for (size_t i = 0; i < count; i++)
		if (mun_dossier_entry_parse(
			mun_dossier_name(pass->dossier, i), &seq) &&
		    seq < pass->facts->entry_count)
			pass->seqs[pass->seq_count++] = seq;
	qsort(pass->seqs, pass->seq_count, sizeof(*pass->seqs), compare_seqs);
	return MUN_OK;
}

static enum mun_status
take_entries(struct mun_dossier_pass *pass, struct mun_error *err)
{
	char name[MUN_DOSSIER_NAME_MAX];
	enum mun_status status;

	MUN_TRY(list_entries(pass, err));
	for (size_t i = 0; i < pass->seq_count; i++) {
		pass->seq = pass->seqs[i];
		mun_dossier_entry_name(name, pass->seq, "p7m");
		status =
		    mun_dossier_part(pass, name, &pass->entries.entry, err);
		if (mun_is_bad_data(status)) {
			mun_judge(pass->v, MUN_RULE_LOG_READABLE, false,
			    pass->subject, "%s: %s", name, err->text);
			return MUN_OK;
		}
		MUN_TRY(status);
		MUN_TRY(mun_entry_pass_take(&pass->entries, pass->seq, err));
		if (!pass->facts->usable)
			break;
		if (!mun_watch_step(pass->watch, pass->subject, 0))
			return mun_error_set(
			    err, MUN_ERR_CANCELED, "verification was stopped");
	}
	if (!pass->facts->usable)
		mun_judge(pass->v, MUN_RULE_LOG_READABLE, false, pass->subject,
		    "%s", "there is no proper entry 0");
out:
	return status;
}

/* ---- the whole ---- */

static enum mun_status
take_checkpoint(struct mun_dossier_pass *pass, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	enum mun_status status = mun_dossier_part(
	    pass, MUN_DOSSIER_CHECKPOINT, &pass->checkpoint, err);

	if (status == MUN_OK)
		status = mun_checkpoint_parse(&facts->checkpoint,
		    pass->checkpoint.data, pass->checkpoint.len, err);
	if (mun_is_bad_data(status)) {
		mun_judge(pass->v, MUN_RULE_LOG_READABLE, false, pass->subject,
		    "%s", err->text);
		return MUN_OK;
	}
	facts->has_checkpoint = status == MUN_OK;
	return status;
}

/* What it is complete as of, or that nobody can tell. */
static void
judge_scope(struct mun_dossier_pass *pass)
{
	const struct mun_dossier_scope_result *result = &pass->result;
	char time[MUN_TIME_TEXT_LEN + 1] = "";

	mun_dossier_scope_end(pass->scope, &pass->result);
	(void)mun_time_format(time, result->as_of_utc_s);
	if (result->fault[0] != '\0')
		mun_judge(pass->v, MUN_RULE_DOSSIER_INCOMPLETE, false,
		    pass->subject, "%s", result->fault);
	if (result->older[0] != '\0')
		mun_judge(pass->v, MUN_RULE_EVENT_HAND_OUT, false,
		    pass->subject, "%s", result->older);
	if (result->has_stray)
		mun_judge(pass->v, MUN_RULE_DOSSIER_UNEXPECTED, false,
		    pass->subject, "entry %llu is about something else",
		    (unsigned long long)result->stray);
	if (result->recorded)
		mun_say(pass->v, MUN_RULE_DOSSIER_AS_OF, pass->subject,
		    "as of entry %llu, %s; the log had %llu entries",
		    (unsigned long long)result->as_of_entry, time,
		    (unsigned long long)pass->facts->checkpoint.size);
	else
		mun_judge(pass->v, MUN_RULE_DOSSIER_UNLISTED, false,
		    pass->subject, "newest entry %llu, %s",
		    (unsigned long long)result->as_of_entry, time);
}

static enum mun_status
run_pass(struct mun_dossier_pass *pass, struct mun_error *err)
{
	size_t before = pass->v->check_count;
	enum mun_status status;

	MUN_TRY(take_checkpoint(pass, err));
	if (!pass->facts->has_checkpoint)
		goto out;
	MUN_TRY(take_tree(pass, err));
	MUN_TRY(take_entries(pass, err));
	if (!pass->facts->usable)
		goto out;
	if (!mun_failed_since(pass->v, before))
		mun_judge(pass->v, MUN_RULE_LOG_READABLE, true, pass->subject,
		    "%zu entries", pass->seq_count);
	MUN_TRY(mun_entry_pass_end(&pass->entries, err));
	mun_entry_pass_checkpoint(&pass->entries, pass->checkpoint.data);
	judge_scope(pass);
	MUN_TRY(mun_dossier_check_parts(pass, err));
	mun_entry_pass_summarise(&pass->entries, before);
	mun_summarise(pass->v, before,
	    (const enum mun_rule[]){ MUN_RULE_EVENT_INCLUDED,
		MUN_RULE_DOSSIER_INCOMPLETE, MUN_RULE_DOSSIER_UNEXPECTED,
		MUN_RULE_DOSSIER_DIFFERS, MUN_RULE_DOSSIER_PROOF,
		MUN_RULE_CERTS_AGREE },
	    6, pass->subject);
out:
	return status;
}

static enum mun_status
open_dossier(struct mun_dossier_pass *pass, int fd, uint64_t size,
    uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err)
{
	enum mun_status status =
	    mun_dossier_open(&pass->dossier, fd, size, sha256, err);

	if (mun_is_bad_data(status)) {
		mun_judge(pass->v, MUN_RULE_DOSSIER_STRUCTURE, false,
		    pass->subject, "%s", err->text);
		return MUN_OK;
	}
	if (status == MUN_ERR_SYSTEM) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_READABLE, false,
		    pass->subject, "%s", err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	mun_judge(pass->v, MUN_RULE_DOSSIER_STRUCTURE, true, pass->subject,
	    "%zu files", mun_dossier_count(pass->dossier));
	pass->is_used = calloc(mun_dossier_count(pass->dossier) + 1, 1);
	if (pass->is_used == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a dossier");
	return mun_dossier_scope_new(&pass->scope, err);
}

enum mun_status
mun_check_dossier(struct mun_verification *v, struct mun_log_facts *facts,
    int fd, uint64_t size, const char *subject, uint8_t sha256[MUN_SHA256_LEN],
    struct mun_watch *watch, struct mun_error *err)
{
	struct mun_dossier_pass pass = { .v = v,
		.facts = facts,
		.subject = subject,
		.watch = watch,
		.entries = MUN_ENTRY_PASS_INIT(v, facts, subject),
		.checkpoint = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX),
		.part = MUN_BUFFER_INIT(MUN_STATEMENT_MAX) };
	size_t before = v->check_count;
	enum mun_status status;

	pass.entries.read_statement = read_statement;
	pass.entries.read_stamp = read_stamp;
	pass.entries.hear = hear;
	pass.entries.hear_line = hear_line;
	pass.entries.ctx = &pass;
	facts->is_part = true;
	MUN_TRY(mun_tell_log_begins(v, subject, err));
	MUN_TRY(open_dossier(&pass, fd, size, sha256, err));
	if (!mun_watch_step(watch, subject, size)) {
		status = mun_error_set(
		    err, MUN_ERR_CANCELED, "verification was stopped");
		goto out;
	}
	if (pass.dossier != NULL)
		MUN_TRY(run_pass(&pass, err));
	if (facts->usable)
		mun_bind_vault(v, facts, subject);
	else if (!v->has_anchor)
		mun_judge(v, MUN_RULE_ANCHOR_NONE, false, subject, "%s", "");
	facts->stands = facts->usable && !mun_failed_since(v, before);
	MUN_TRY(mun_tell_log_ends(v, subject, facts, err));
out:
	mun_dossier_scope_free(pass.scope);
	mun_tile_builder_free(pass.builder);
	mun_entry_pass_clear(&pass.entries);
	mun_buffer_free(&pass.checkpoint);
	mun_buffer_free(&pass.part);
	free(pass.seqs);
	free(pass.is_used);
	mun_dossier_close(pass.dossier);
	return status;
}
