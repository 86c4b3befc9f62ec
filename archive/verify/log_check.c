/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_check.c - judges the log of a vault: all its entries (entry_check.c),
 * the tree over them, and every tile as the entries give it.
 *
 * Spec: docs/format/log.md; docs/format/custody.md, What an export hands out.
 */

#include "verify/verify_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "dossier/dossier.h"

struct log_pass {
	struct mun_verification *v;
	struct mun_log_facts *facts;
	struct mun_store *store;
	const char *subject;
	struct mun_log *log;
	struct mun_tile_builder *builder;
	struct mun_entry_pass entries;
	struct mun_dossier_listing *listing; /* of the entries so far */
	uint64_t hand_outs; /* that were held against it */
	struct mun_buffer file;
	bool at_edge; /* tiles told now hold the last entry */
};

/* ---- tiles ---- */

static enum mun_status
compare_tile(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct log_pass *pass = ctx;
	enum mun_status status;

	mun_buffer_reset(&pass->file);
	status = mun_store_read(pass->store, name, &pass->file, err);
	if (status == MUN_ERR_NOT_FOUND && pass->at_edge &&
	    pass->facts->unfinished)
		return MUN_OK;
	if (mun_is_bad_data(status)) {
		mun_judge(pass->v, MUN_RULE_LOG_TILE, false, pass->subject,
		    "%s: %s", name, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	if (pass->file.len != len || memcmp(pass->file.data, bytes, len) != 0)
		mun_judge(pass->v, MUN_RULE_LOG_TILE, false, pass->subject,
		    "%s differs", name);
	return MUN_OK;
}

/* ---- the whole ---- */

static enum mun_status
read_statement(
    void *ctx, uint64_t seq, struct mun_buffer *out, struct mun_error *err)
{
	struct log_pass *pass = ctx;

	return mun_log_statement(pass->log, seq, out, err);
}

/* Here all entries are, so that a list which leaves one out shows: the dossier
 * that was handed out with it cannot tell. */
static void
judge_hand_out(
    struct log_pass *pass, uint64_t seq, const struct mun_detail *detail)
{
	char fault[MUN_DOSSIER_FAULT_MAX];

	pass->hand_outs++;
	if (!mun_dossier_listing_is_exact(pass->listing, detail, fault))
		mun_judge(pass->v, MUN_RULE_EVENT_HAND_OUT, false,
		    pass->subject, "entry %llu: %s", (unsigned long long)seq,
		    fault);
}

static enum mun_status
hear(void *ctx, uint64_t seq, const struct mun_detail *detail,
    struct mun_error *err)
{
	struct log_pass *pass = ctx;
	enum mun_status status;

	if (mun_dossier_is_hand_out(detail))
		judge_hand_out(pass, seq, detail);
	MUN_TRY(mun_dossier_listing_take(
	    pass->listing, seq, detail->type, detail->subject.archive, err));
	if (!mun_detail_has(detail, MUN_DETAIL_RESULTS))
		goto out;
	pass->facts->entries[seq].has_results = true;
	status = mun_check_results(
	    pass->v, pass->facts, pass->store, pass->subject, seq, detail, err);
out:
	return status;
}

static enum mun_status
read_stamp(
    void *ctx, const char *name, struct mun_buffer *out, struct mun_error *err)
{
	struct log_pass *pass = ctx;

	mun_buffer_reset(out);
	return mun_store_read(pass->store, name, out, err);
}

static enum mun_status
take_entries(
    struct log_pass *pass, struct mun_watch *watch, struct mun_error *err)
{
	uint64_t size = pass->facts->checkpoint.size;
	struct mun_buffer *entry = &pass->entries.entry;
	enum mun_status status = MUN_OK;

	for (uint64_t seq = 0; seq < size; seq++) {
		status = mun_log_entry(pass->log, seq, entry, err);
		if (mun_is_bad_data(status)) {
			mun_judge(pass->v, MUN_RULE_LOG_READABLE, false,
			    pass->subject, "entry %llu: %s",
			    (unsigned long long)seq, err->text);
			return MUN_OK;
		}
		if (status != MUN_OK)
			return status;
		pass->at_edge = seq + 1 == size;
		MUN_TRY(mun_entry_pass_take(&pass->entries, seq, err));
		if (!pass->facts->usable)
			return MUN_OK;
		MUN_TRY(mun_tile_builder_add(
		    pass->builder, entry->data, entry->len, err));
		if (!mun_watch_step(watch, pass->subject, entry->len))
			return mun_error_set(
			    err, MUN_ERR_CANCELED, "verification was stopped");
	}
	MUN_TRY(mun_tile_builder_finish(pass->builder, err));
out:
	return status;
}

/* Summaries: a rule that no entry broke is said to hold, once. */
static void
judge_whole(struct log_pass *pass, size_t before)
{
	const struct mun_log_facts *facts = pass->facts;
	struct mun_hash root;

	mun_tile_builder_root(pass->builder, &root);
	mun_judge(pass->v, MUN_RULE_LOG_ROOT,
	    facts->entry_count == facts->checkpoint.size &&
		mun_bytes_equal(&root, &facts->checkpoint.root, sizeof(root)),
	    pass->subject, "%llu entries",
	    (unsigned long long)facts->entry_count);
	mun_entry_pass_summarise(&pass->entries, before);
	if (pass->hand_outs > 0)
		mun_summarise(pass->v, before,
		    (const enum mun_rule[]){ MUN_RULE_EVENT_HAND_OUT }, 1,
		    pass->subject);
	if (facts->unfinished)
		mun_say(
		    pass->v, MUN_RULE_LOG_UNFINISHED, pass->subject, "%s", "");
}

/* An entry staged for exactly this checkpoint means that its commit counted
 * and was not tidied up. */
static enum mun_status
find_staged(struct log_pass *pass, struct mun_error *err)
{
	const struct mun_checkpoint *checkpoint = &pass->facts->checkpoint;
	char hex[2 * MUN_SHA256_LEN + 1], name[MUN_TILE_NAME_MAX];

	mun_hex_encode(hex, checkpoint->root.bytes, MUN_SHA256_LEN);
	snprintf(name, sizeof(name), "log/staged/%llu-%s",
	    (unsigned long long)checkpoint->size, hex);
	return mun_store_has(pass->store, name, &pass->facts->unfinished, err);
}

static enum mun_status
run_pass(struct log_pass *pass, struct mun_watch *watch, struct mun_error *err)
{
	size_t before = pass->v->check_count, len;
	enum mun_status status;

	status = mun_tell_log_begins(pass->v, pass->subject, err);
	if (status != MUN_OK)
		return status;
	status = mun_log_open(&pass->log, pass->store, err);
	if (mun_is_bad_data(status)) {
		mun_judge(pass->v, MUN_RULE_LOG_READABLE, false, pass->subject,
		    "%s", err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	pass->facts->checkpoint = *mun_log_checkpoint(pass->log);
	pass->facts->has_checkpoint = true;
	MUN_TRY(find_staged(pass, err));
	MUN_TRY(mun_tile_builder_new(&pass->builder, compare_tile, pass, err));
	MUN_TRY(mun_dossier_listing_new(&pass->listing, err));
	MUN_TRY(mun_dossier_listing_take(
	    pass->listing, 0, MUN_EVENT_VAULT_CREATED, "", err));
	MUN_TRY(take_entries(pass, watch, err));
	if (!pass->facts->usable) {
		mun_judge(pass->v, MUN_RULE_LOG_READABLE, false, pass->subject,
		    "%s", "there is no proper entry 0");
		goto out;
	}
	if (!mun_failed_since(pass->v, before))
		mun_judge(pass->v, MUN_RULE_LOG_READABLE, true, pass->subject,
		    "%llu entries",
		    (unsigned long long)pass->facts->entry_count);
	MUN_TRY(mun_entry_pass_end(&pass->entries, err));
	mun_entry_pass_checkpoint(
	    &pass->entries, mun_log_checkpoint_bytes(pass->log, &len));
	judge_whole(pass, before);
out:
	return status;
}

static void
end_pass(struct log_pass *pass)
{
	mun_tile_builder_free(pass->builder);
	mun_dossier_listing_free(pass->listing);
	mun_log_close(pass->log);
	mun_entry_pass_clear(&pass->entries);
	mun_buffer_free(&pass->file);
}

/* Whether a writer moved the head while the pass was made. */
static bool
has_moved(struct log_pass *pass)
{
	struct mun_log *now = NULL;
	bool moved = false;

	if (pass->log != NULL &&
	    mun_log_open(&now, pass->store, NULL) == MUN_OK)
		moved = mun_log_checkpoint(now)->size >
		    pass->facts->checkpoint.size;
	mun_log_close(now);
	return moved;
}

enum mun_status
mun_check_log(struct mun_verification *v, struct mun_log_facts *facts,
    struct mun_store *store, const char *subject, struct mun_watch *watch,
    struct mun_error *err)
{
	enum {
		TRIES = 3
	};
	size_t before = v->check_count;
	enum mun_status status = MUN_OK;
	bool again = true;

	for (unsigned i = 0; i < TRIES && again; i++) {
		struct log_pass pass = { .v = v,
			.facts = facts,
			.store = store,
			.subject = subject,
			.entries = MUN_ENTRY_PASS_INIT(v, facts, subject),
			.file = MUN_BUFFER_INIT(
			    MUN_TILE_WIDTH * ((size_t)MUN_CMS_MAX + 2)) };

		pass.entries.read_statement = read_statement;
		pass.entries.hear = hear;
		pass.entries.read_stamp = read_stamp;
		pass.entries.ctx = &pass;
		mun_forget(v, before);
		mun_log_facts_clear(facts);
		status = run_pass(&pass, watch, err);
		again = status == MUN_OK && mun_failed_since(v, before) &&
		    has_moved(&pass);
		end_pass(&pass);
	}
	if (status == MUN_OK)
		status = mun_tell_log_ends(v, subject, facts, err);
	return status;
}
