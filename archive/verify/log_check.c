/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_check.c - judges a log: every entry by itself and in its place, the
 * tree over them, and every tile as the entries give it.
 *
 * Spec: docs/format/log.md.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/verify_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

struct log_pass {
	struct mun_verification *v;
	struct mun_log_facts *facts;
	struct mun_store *store;
	const char *subject;
	struct mun_log *log;
	struct mun_tile_builder *builder;
	struct mun_buffer entry, file;
	size_t entry_capacity, deposit_capacity;
	bool at_edge; /* tiles told now hold the last entry */
	uint64_t statements;
	uint32_t annotates; /* what the event under way says it sets; 0: none */
	struct mun_custody_ear ear;
};

static bool
is_bad_data(enum mun_status status)
{
	return status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT ||
	    status == MUN_ERR_NOT_FOUND || status == MUN_ERR_UNSUPPORTED ||
	    status == MUN_ERR_CRYPTO;
}

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
	if (is_bad_data(status)) {
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

/* ---- one entry ---- */

static void
fault(
    struct log_pass *pass, enum mun_rule rule, uint64_t seq, const char *detail)
{
	mun_judge(pass->v, rule, false, pass->subject, "entry %llu: %s",
	    (unsigned long long)seq, detail);
}

static enum mun_status
grow_entries(struct log_pass *pass, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	struct mun_entry_fact *grown;

	if (facts->entry_count < pass->entry_capacity)
		return MUN_OK;
	pass->entry_capacity =
	    pass->entry_capacity == 0 ? 64 : pass->entry_capacity * 2;
	grown =
	    reallocarray(facts->entries, pass->entry_capacity, sizeof(*grown));
	if (grown == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the log");
	facts->entries = grown;
	return MUN_OK;
}

static enum mun_status
grow_deposits(struct log_pass *pass, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	struct mun_deposit_fact *grown;

	if (facts->deposit_count < pass->deposit_capacity)
		return MUN_OK;
	pass->deposit_capacity =
	    pass->deposit_capacity == 0 ? 64 : pass->deposit_capacity * 2;
	grown = reallocarray(
	    facts->deposits, pass->deposit_capacity, sizeof(*grown));
	if (grown == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the log");
	facts->deposits = grown;
	return MUN_OK;
}

static const char *
chain_fault(
    const struct log_pass *pass, const struct mun_event *event, uint64_t seq)
{
	static const uint8_t zeros[MUN_SHA256_LEN];
	const struct mun_log_facts *facts = pass->facts;
	const struct mun_entry_fact *last =
	    seq == 0 ? NULL : &facts->entries[seq - 1];
	int64_t clock_utc_s;

	if (event->seq != seq)
		return "it bears another number";
	if (memcmp(event->prev, last == NULL ? zeros : last->sha256,
		MUN_SHA256_LEN) != 0)
		return "it does not name the entry before it";
	if (strcmp(event->origin, pass->facts->checkpoint.origin) != 0)
		return "it is of another log's origin";
	if ((strcmp(event->type, "vault-created") == 0) != (seq == 0))
		return "vault-created stands at entry 0 and only there";
	if (event->has_vault != (seq != 0))
		return "the vault fingerprint stands in all entries but 0";
	if (seq != 0 &&
	    memcmp(event->vault, facts->fingerprint, MUN_SHA256_LEN) != 0)
		return "it is of another vault";
	if (last != NULL && event->time_utc_s < last->time_utc_s)
		return "its time is before that of the entry before it";
	if (event->time_utc_s < MUN_CLOCK_EPOCH_UTC_S)
		return "its time is before there were events";
	if (!mun_event_clock(event, &clock_utc_s))
		return NULL;
	if (last == NULL || event->time_utc_s != last->time_utc_s ||
	    clock_utc_s >= event->time_utc_s ||
	    clock_utc_s < MUN_CLOCK_EPOCH_UTC_S)
		return "what it says of its clock cannot be";
	return NULL;
}

static void
judge_validity(
    struct log_pass *pass, const struct mun_entry *entry, uint64_t seq)
{
	if (entry->event.time_utc_s <
		mun_certificate_not_before(entry->certificate) ||
	    entry->event.time_utc_s >
		mun_certificate_not_after(entry->certificate))
		fault(pass, MUN_RULE_CERTIFICATE_VALID_THEN, seq,
		    entry->event.type);
}

static uint32_t
keys_of(const struct mun_statement *statement)
{
	uint32_t keys = 0;

	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++)
		if (statement->text[i] != NULL)
			keys |= UINT32_C(1) << i;
	return keys;
}

static enum mun_status
judge_statement(
    struct log_pass *pass, const struct mun_event *event, struct mun_error *err)
{
	struct mun_statement statement;
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status;

	if (!event->has_statement)
		return MUN_OK;
	status = mun_log_statement(pass->log, event->seq, &pass->file, err);
	if (status == MUN_ERR_NOT_FOUND) {
		mun_say(pass->v, MUN_RULE_STATEMENT_WITHHELD, pass->subject,
		    "entry %llu", (unsigned long long)event->seq);
		return MUN_OK;
	}
	if (is_bad_data(status)) {
		fault(pass, MUN_RULE_STATEMENT_AGREES, event->seq, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	pass->statements++;
	mun_sha256_of(digest, pass->file.data, pass->file.len);
	if (!mun_bytes_equal(digest, event->statement, sizeof(digest))) {
		fault(pass, MUN_RULE_STATEMENT_AGREES, event->seq,
		    "its digest is another");
		return MUN_OK;
	}
	status = mun_statement_parse(
	    &statement, pass->file.data, pass->file.len, err);
	if (status == MUN_OK) {
		if (pass->annotates != 0 &&
		    pass->annotates != keys_of(&statement))
			fault(pass, MUN_RULE_STATEMENT_AGREES, event->seq,
			    "it sets other keys than its event says");
		mun_statement_clear(&statement);
	} else if (is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_SYNTAX, event->seq, err->text);
	} else {
		return status;
	}
	return MUN_OK;
}

static enum mun_status
take_created(
    struct log_pass *pass, const struct mun_entry *entry, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	enum mun_status status =
	    mun_event_vault_created(&facts->created, &entry->event, err);

	if (is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_SYNTAX, 0, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	memcpy(facts->fingerprint, entry->sha256, MUN_SHA256_LEN);
	snprintf(
	    facts->origin, sizeof(facts->origin), "%s", entry->event.origin);
	facts->names_crl =
	    mun_certificate_names_crl(facts->created.certificate);
	MUN_TRY(mun_custody_new(
	    &facts->custody, mun_custody_hear, &pass->ear, err));
	MUN_TRY(mun_custody_found(facts->custody, &facts->created, err));
	if (memcmp(entry->event.actor,
		mun_certificate_sha256(facts->created.certificate),
		MUN_SHA256_LEN) != 0)
		fault(pass, MUN_RULE_EVENT_ACTOR, 0, entry->event.type);
	facts->usable = true;
out:
	return status;
}

static enum mun_status
take_deposit(struct log_pass *pass, const struct mun_event *event,
    const struct mun_deposit_subject *subject, struct mun_error *err)
{
	struct mun_deposit_fact *fact;
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;
	enum mun_status status;

	status = grow_deposits(pass, err);
	if (status != MUN_OK)
		return status;
	if (!mun_archive_id_parse(
		subject->archive, strlen(subject->archive), prefix, &number) ||
	    strcmp(prefix, pass->facts->created.prefix) != 0) {
		fault(pass, MUN_RULE_EVENT_SYNTAX, event->seq,
		    "its archive number has another prefix than the vault");
		return MUN_OK;
	}
	fact = &pass->facts->deposits[pass->facts->deposit_count];
	*fact = (struct mun_deposit_fact){ .seq = event->seq,
		.time_utc_s = event->time_utc_s,
		.subject = *subject };
	memcpy(fact->actor, event->actor, MUN_SHA256_LEN);
	pass->facts->deposit_count++;
	return MUN_OK;
}

/* What it says; then what that means for custody. */
static enum mun_status
take_detail(struct log_pass *pass, const struct mun_entry *entry, uint64_t seq,
    struct mun_error *err)
{
	const struct mun_event *event = &entry->event;
	struct mun_detail detail;
	enum mun_status status = mun_detail_read(&detail, event, err);

	pass->annotates = 0;
	if (is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_SYNTAX, seq, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	pass->annotates = detail.keys;
	if (detail.type == MUN_EVENT_DEPOSIT)
		MUN_TRY(take_deposit(pass, event, &detail.deposit, err));
	status = mun_custody_apply(
	    pass->facts->custody, event, entry->sha256, &detail, err);
	if (is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_ENROLMENT, seq, err->text);
		status = MUN_OK;
	}
out:
	mun_detail_clear(&detail);
	return status;
}

static enum mun_status
take_event(struct log_pass *pass, const struct mun_entry *entry, uint64_t seq,
    struct mun_error *err)
{
	const struct mun_event *event = &entry->event;
	const char *broken;
	int64_t clock_utc_s;
	enum mun_status status = MUN_OK;

	broken = chain_fault(pass, event, seq);
	if (broken != NULL)
		fault(pass, MUN_RULE_EVENT_CHAIN, seq, broken);
	if (seq == 0)
		status = take_created(pass, entry, err);
	if (status != MUN_OK || !pass->facts->usable)
		return status;
	judge_validity(pass, entry, seq);
	if (seq != 0)
		status = take_detail(pass, entry, seq, err);
	if (status != MUN_OK)
		return status;
	if (mun_event_clock(event, &clock_utc_s))
		mun_say(pass->v, MUN_RULE_EVENT_CLOCK, pass->subject,
		    "entry %llu: %s", (unsigned long long)seq, event->type);
	return judge_statement(pass, event, err);
}

static enum mun_status
take_entry(struct log_pass *pass, uint64_t seq, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_entry_fact *fact;
	const char *rule;
	enum mun_status status;

	MUN_TRY(grow_entries(pass, err));
	fact = &pass->facts->entries[seq];
	memset(fact, 0, sizeof(*fact));
	mun_sha256_of(fact->sha256, pass->entry.data, pass->entry.len);
	mun_merkle_leaf(&fact->leaf, pass->entry.data, pass->entry.len);
	pass->facts->entry_count++;
	status = mun_entry_unverified(
	    &entry, pass->entry.data, pass->entry.len, err);
	if (is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_SYNTAX, seq, err->text);
		status = MUN_OK;
		goto out;
	}
	if (status != MUN_OK)
		goto out;
	fact->time_utc_s = entry.event.time_utc_s;
	fact->has_statement = entry.event.has_statement;
	rule = mun_entry_check(&entry, pass->entry.data, pass->entry.len);
	if (rule != NULL)
		fault(pass, MUN_RULE_EVENT_SIGNATURE, seq, rule);
	status = take_event(pass, &entry, seq, err);
out:
	mun_entry_clear(&entry);
	return status;
}

/* ---- the whole ---- */

static enum mun_status
take_entries(
    struct log_pass *pass, struct mun_watch *watch, struct mun_error *err)
{
	uint64_t size = pass->facts->checkpoint.size;
	enum mun_status status = MUN_OK;

	for (uint64_t seq = 0; seq < size; seq++) {
		status = mun_log_entry(pass->log, seq, &pass->entry, err);
		if (is_bad_data(status)) {
			fault(pass, MUN_RULE_LOG_READABLE, seq, err->text);
			return MUN_OK;
		}
		if (status != MUN_OK)
			return status;
		pass->at_edge = seq + 1 == size;
		MUN_TRY(take_entry(pass, seq, err));
		if (!pass->facts->usable)
			return MUN_OK;
		MUN_TRY(mun_tile_builder_add(
		    pass->builder, pass->entry.data, pass->entry.len, err));
		if (!mun_watch_step(watch, pass->subject, pass->entry.len))
			return mun_error_set(
			    err, MUN_ERR_CANCELED, "verification was stopped");
	}
	MUN_TRY(mun_tile_builder_finish(pass->builder, err));
out:
	return status;
}

static int
compare_ids(const void *a, const void *b)
{
	const struct mun_deposit_fact *const *left = a, *const *right = b;

	return strcmp((*left)->subject.archive, (*right)->subject.archive);
}

static enum mun_status
judge_twice(struct log_pass *pass, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	const struct mun_deposit_fact **sorted;

	if (facts->deposit_count < 2)
		return MUN_OK;
	sorted = calloc(facts->deposit_count, sizeof(*sorted));
	if (sorted == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the log");
	for (size_t i = 0; i < facts->deposit_count; i++)
		sorted[i] = &facts->deposits[i];
	qsort(sorted, facts->deposit_count, sizeof(*sorted), compare_ids);
	for (size_t i = 1; i < facts->deposit_count; i++)
		if (compare_ids(&sorted[i - 1], &sorted[i]) == 0)
			fault(pass, MUN_RULE_EVENT_TWICE, sorted[i]->seq,
			    sorted[i]->subject.archive);
	free(sorted);
	return MUN_OK;
}

/* Summaries: a rule that no entry broke is said to hold, once. */
static void
judge_whole(struct log_pass *pass, size_t before)
{
	static const enum mun_rule summed[] = { MUN_RULE_EVENT_SYNTAX,
		MUN_RULE_EVENT_SIGNATURE, MUN_RULE_EVENT_CHAIN,
		MUN_RULE_EVENT_TWICE, MUN_RULE_LOG_TILE };
	const struct mun_log_facts *facts = pass->facts;
	struct mun_hash root;

	mun_tile_builder_root(pass->builder, &root);
	mun_judge(pass->v, MUN_RULE_LOG_ROOT,
	    facts->entry_count == facts->checkpoint.size &&
		mun_bytes_equal(&root, &facts->checkpoint.root, sizeof(root)),
	    pass->subject, "%llu entries",
	    (unsigned long long)facts->entry_count);
	mun_summarise(pass->v, before, summed,
	    sizeof(summed) / sizeof(summed[0]), pass->subject);
	mun_custody_summarise(pass->v, before, pass->subject);
	if (pass->statements > 0)
		mun_summarise(pass->v, before,
		    (const enum mun_rule[]){ MUN_RULE_STATEMENT_AGREES }, 1,
		    pass->subject);
	if (facts->unfinished)
		mun_say(
		    pass->v, MUN_RULE_LOG_UNFINISHED, pass->subject, "%s", "");
}

static void
judge_checkpoint(struct log_pass *pass)
{
	size_t len;
	const void *bytes = mun_log_checkpoint_bytes(pass->log, &len);
	const struct mun_log_facts *facts = pass->facts;
	bool holds = strcmp(facts->checkpoint.origin, facts->origin) == 0 &&
	    mun_log_facts_signed(facts, &facts->checkpoint, bytes);

	mun_judge(pass->v, MUN_RULE_LOG_CHECKPOINT, holds, pass->subject,
	    "tree size %llu", (unsigned long long)facts->checkpoint.size);
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
	size_t before = pass->v->check_count;
	enum mun_status status;

	status = mun_log_open(&pass->log, pass->store, err);
	if (is_bad_data(status)) {
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
	mun_custody_finish(pass->facts->custody, NULL, NULL);
	MUN_TRY(judge_twice(pass, err));
	judge_checkpoint(pass);
	judge_whole(pass, before);
out:
	return status;
}

static void
end_pass(struct log_pass *pass)
{
	mun_tile_builder_free(pass->builder);
	mun_log_close(pass->log);
	mun_buffer_free(&pass->entry);
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
			.ear = { v, subject },
			.entry = MUN_BUFFER_INIT(MUN_CMS_MAX),
			.file = MUN_BUFFER_INIT(
			    MUN_TILE_WIDTH * ((size_t)MUN_CMS_MAX + 2)) };

		mun_forget(v, before);
		mun_log_facts_clear(facts);
		status = run_pass(&pass, watch, err);
		again = status == MUN_OK && mun_failed_since(v, before) &&
		    has_moved(&pass);
		end_pass(&pass);
	}
	return status;
}
