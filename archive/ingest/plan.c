/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan.c - what a deposit would be: walked, counted, not yet read.
 */
#define _DEFAULT_SOURCE /* strdup */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "ingest/ingest_internal.h"
#include "muniment/text.h"

/* ---- what was typed ---- */

static enum mun_status
take_word(struct mun_deposit *deposit, enum mun_statement_field field,
    const char *text, struct mun_error *err)
{
	if (text == NULL)
		return MUN_OK;
	if (!mun_text_is_utf8(text, strlen(text)))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "what was given as '%s' is not UTF-8 text",
		    mun_statement_key(field));
	deposit->statement.text[field] = strdup(text);
	if (deposit->statement.text[field] == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	deposit->has_statement = true;
	return MUN_OK;
}

/* A statement too long is found now, not after hours of packing. */
static enum mun_status
check_statement(const struct mun_deposit *deposit, struct mun_error *err)
{
	struct mun_buffer line = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	enum mun_status status;

	mun_statement_write(&deposit->statement, &line);
	status = mun_buffer_status(&line, "statement", err);
	mun_buffer_free(&line);
	return status;
}

static enum mun_status
take_words(struct mun_deposit *deposit, struct mun_error *err)
{
	const struct mun_deposit_words *words = &deposit->options.words;
	const char *const by_field[MUN_STATEMENT_FIELDS] = {
		[MUN_STATEMENT_CASE] = words->case_name,
		[MUN_STATEMENT_RECEIVED_FROM] = words->received_from,
		[MUN_STATEMENT_RECEIVED_ON] = words->received_on,
		[MUN_STATEMENT_METHOD] = words->method,
		[MUN_STATEMENT_PLACE] = words->place,
		[MUN_STATEMENT_PURPOSE] = words->purpose,
		[MUN_STATEMENT_LEGAL_BASIS] = words->legal_basis,
		[MUN_STATEMENT_NOTE] = words->note,
	};
	enum mun_status status = MUN_OK;

	for (int i = 0; i < MUN_STATEMENT_FIELDS; i++)
		MUN_TRY(take_word(
		    deposit, (enum mun_statement_field)i, by_field[i], err));
	status = check_statement(deposit, err);
out:
	return status;
}

/* ---- walking ---- */

struct walking {
	mun_deposit_watch *watch;
	void *ctx;
};

static bool
report_walk(void *ctx, const struct mun_walk_totals *now)
{
	struct walking *walking = ctx;
	struct mun_deposit_progress progress = { .step = MUN_DEPOSIT_WALKING };

	if (walking->watch == NULL)
		return true;
	progress.done.documents = now->documents;
	progress.done.bytes = now->bytes;
	progress.done.folders = now->folders;
	progress.done.unreadable = now->unreadable;
	progress.done.others = now->others;
	return walking->watch(walking->ctx, &progress);
}

static enum mun_status
scan(
    struct mun_deposit *deposit, struct walking *walking, struct mun_error *err)
{
	int excludes[2];
	size_t count = 0;
	int keys_fd = -1;
	enum mun_status status;

	excludes[count++] = mun_store_fd(mun_vault_store(deposit->vault));
	if (deposit->options.keys_folder != NULL)
		keys_fd = open(deposit->options.keys_folder,
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (keys_fd >= 0)
		excludes[count++] = keys_fd;
	status = mun_walk_scan(&deposit->walk, deposit->options.paths,
	    deposit->options.path_count, excludes, count, report_walk, walking,
	    err);
	mun_file_close(&keys_fd);
	return status;
}

static bool
is_left_out(enum mun_walk_kind kind)
{
	return kind == MUN_WALK_UNREADABLE || kind == MUN_WALK_TOO_DEEP ||
	    kind == MUN_WALK_TOO_LONG;
}

static void
count(struct mun_deposit *deposit)
{
	struct mun_deposit_totals *totals = &deposit->totals;
	struct mun_walk_totals walked;

	mun_walk_count(deposit->walk, &walked);
	totals->folders = walked.folders;
	for (uint64_t i = 0; i < mun_walk_entries(deposit->walk); i++) {
		struct mun_walk_entry entry;

		mun_walk_get(deposit->walk, i, &entry);
		if (entry.kind == MUN_WALK_DOCUMENT) {
			totals->documents++;
			totals->bytes += entry.size;
		} else if (is_left_out(entry.kind)) {
			if (totals->unreadable++ == 0)
				deposit->first_unreadable = i;
		} else {
			totals->others++;
		}
	}
}

static enum mun_status
fill(
    struct mun_deposit *deposit, struct walking *walking, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(take_words(deposit, err));
	MUN_TRY(scan(deposit, walking, err));
	count(deposit);
	if (deposit->totals.documents == 0 && deposit->totals.unreadable == 0) {
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "there is no document in what was named; nothing to "
		    "deposit");
		goto out;
	}
	status = mun_collisions_find(&deposit->collisions, deposit->walk, err);
out:
	return status;
}

enum mun_status
mun_deposit_plan(struct mun_deposit **out, struct mun_vault *vault,
    const struct mun_deposit_options *options, mun_deposit_watch *watch,
    void *ctx, struct mun_error *err)
{
	struct walking walking = { watch, ctx };
	struct mun_deposit *deposit = calloc(1, sizeof(*deposit));
	enum mun_status status;

	*out = NULL;
	if (deposit == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	deposit->vault = vault;
	deposit->options = *options;
	status = fill(deposit, &walking, err);
	if (status != MUN_OK) {
		mun_deposit_free(deposit);
		return status;
	}
	*out = deposit;
	return MUN_OK;
}

void
mun_deposit_free(struct mun_deposit *deposit)
{
	if (deposit == NULL)
		return;
	mun_walk_free(deposit->walk);
	mun_collisions_free(&deposit->collisions);
	mun_statement_clear(&deposit->statement);
	free(deposit->skipped);
	free(deposit);
}

void
mun_deposit_get_totals(
    const struct mun_deposit *deposit, struct mun_deposit_totals *totals)
{
	*totals = deposit->totals;
}

enum mun_status
mun_deposit_operands(const struct mun_deposit *deposit,
    mun_deposit_operand_tell *tell, void *ctx, struct mun_error *err)
{
	struct mun_deposit_operand operand = { .name = NULL };
	struct mun_walk_entry entry;
	enum mun_status status = MUN_OK;
	const char *name;
	bool is_folder;

	for (uint64_t i = 0; i < mun_walk_entries(deposit->walk); i++) {
		name = mun_walk_operand(deposit->walk, i, &is_folder);
		if (name != operand.name) {
			if (operand.name != NULL)
				MUN_TRY(tell(ctx, &operand, err));
			operand = (struct mun_deposit_operand){ .name = name,
				.is_folder = is_folder };
		}
		mun_walk_get(deposit->walk, i, &entry);
		if (entry.kind != MUN_WALK_DOCUMENT)
			continue;
		operand.documents++;
		operand.bytes += entry.size;
	}
	if (operand.name != NULL)
		status = tell(ctx, &operand, err);
out:
	return status;
}

enum mun_status
mun_deposit_check(const struct mun_deposit *deposit, struct mun_error *err)
{
	struct mun_buffer path = MUN_BUFFER_INIT(MUN_PATH_MAX);
	unsigned long long count =
	    (unsigned long long)deposit->totals.unreadable;

	if (deposit->totals.documents == 0 &&
	    deposit->options.accept_unreadable)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "no document could be read; nothing was deposited");
	if (count == 0 || deposit->options.accept_unreadable)
		return MUN_OK;
	mun_walk_path(deposit->walk, deposit->first_unreadable, &path);
	(void)mun_error_set(err, MUN_ERR_SYSTEM,
	    "'%s' cannot be read (%llu in all); nothing was deposited: make "
	    "%s readable, or deposit without %s and have that sealed "
	    "(--accept-unreadable)",
	    mun_buffer_text(&path), count, count == 1 ? "it" : "them",
	    count == 1 ? "it" : "them");
	mun_buffer_free(&path);
	return MUN_ERR_SYSTEM;
}

/* ---- what a run had to leave out ---- */

bool
mun_deposit_is_incomplete(const struct mun_deposit *deposit)
{
	return deposit->totals.unreadable > 0 || deposit->skipped_count > 0;
}

enum mun_status
mun_deposit_skip(struct mun_deposit *deposit, uint64_t entry, const char *rule,
    const char *detail, struct mun_error *err)
{
	struct mun_skipped *grown = realloc(
	    deposit->skipped, (deposit->skipped_count + 1) * sizeof(*grown));

	if (grown == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	deposit->skipped = grown;
	grown[deposit->skipped_count++] = (struct mun_skipped){
		.entry = entry, .rule = rule, .detail = detail
	};
	return MUN_OK;
}

uint64_t
mun_deposit_skipped_before(const struct mun_deposit *deposit, uint64_t entry)
{
	size_t low = 0, high = deposit->skipped_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (deposit->skipped[middle].entry < entry)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct mun_skipped *
mun_deposit_skipped(const struct mun_deposit *deposit, uint64_t entry)
{
	uint64_t i = mun_deposit_skipped_before(deposit, entry);

	return i < deposit->skipped_count && deposit->skipped[i].entry == entry
	    ? &deposit->skipped[i]
	    : NULL;
}
