/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry_check.c - judges entries of a log one by one, in order: each by itself,
 * in its place, and by what it means for custody.
 *
 * Where the entries come from (a vault, a dossier) is the caller's business.
 * Of a dossier some are not there: then an entry is held against the nearest
 * one before it that is, and against the leaf that the tree has at its number.
 *
 * Spec: docs/format/log.md; docs/format/custody.md.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/verify_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "dossier/dossier.h"

bool
mun_is_bad_data(enum mun_status status)
{
	return status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT ||
	    status == MUN_ERR_NOT_FOUND || status == MUN_ERR_UNSUPPORTED ||
	    status == MUN_ERR_CRYPTO;
}

/* ---- one entry ---- */

static void
fault(struct mun_entry_pass *pass, enum mun_rule rule, uint64_t seq,
    const char *detail)
{
	mun_judge(pass->v, rule, false, pass->subject, "entry %llu: %s",
	    (unsigned long long)seq, detail);
}

enum mun_status
mun_entry_pass_leaf(struct mun_entry_pass *pass, const struct mun_hash *leaf,
    struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	struct mun_entry_fact *grown;

	if (facts->entry_count == pass->entry_capacity) {
		pass->entry_capacity =
		    pass->entry_capacity == 0 ? 64 : pass->entry_capacity * 2;
		grown = reallocarray(
		    facts->entries, pass->entry_capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "out of memory for the log");
		facts->entries = grown;
	}
	facts->entries[facts->entry_count++] =
	    (struct mun_entry_fact){ .leaf = *leaf };
	return MUN_OK;
}

static enum mun_status
grow_deposits(struct mun_entry_pass *pass, struct mun_error *err)
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

/* NULL if its time can follow the newest one before it that is there; the
 * entry right before it may be missing from a dossier. */
static const char *
time_fault(const struct mun_entry_pass *pass, const struct mun_event *event,
    bool has_neighbour)
{
	int64_t last_utc_s = pass->last_utc_s, clock_utc_s;

	if (event->time_utc_s < last_utc_s)
		return "its time is before that of the entry before it";
	if (event->time_utc_s < MUN_CLOCK_EPOCH_UTC_S)
		return "its time is before there were events";
	if (!mun_event_clock(event, &clock_utc_s))
		return NULL;
	if (event->seq == 0 ||
	    (has_neighbour && event->time_utc_s != last_utc_s) ||
	    clock_utc_s >= event->time_utc_s ||
	    clock_utc_s < MUN_CLOCK_EPOCH_UTC_S)
		return "what it says of its clock cannot be";
	return NULL;
}

static const char *
chain_fault(const struct mun_entry_pass *pass, const struct mun_event *event,
    uint64_t seq)
{
	static const uint8_t zeros[MUN_SHA256_LEN];
	const struct mun_log_facts *facts = pass->facts;
	const struct mun_entry_fact *before =
	    seq == 0 ? NULL : &facts->entries[seq - 1];

	if (before != NULL && !before->known)
		before = NULL;
	if (event->seq != seq)
		return "it bears another number";
	if ((seq == 0 || before != NULL) &&
	    memcmp(event->prev, before == NULL ? zeros : before->sha256,
		MUN_SHA256_LEN) != 0)
		return "it does not name the entry before it";
	if (strcmp(event->origin, facts->checkpoint.origin) != 0)
		return "it is of another log's origin";
	if ((strcmp(event->type, "vault-created") == 0) != (seq == 0))
		return "vault-created stands at entry 0 and only there";
	if (event->has_vault != (seq != 0))
		return "the vault fingerprint stands in all entries but 0";
	if (seq != 0 &&
	    memcmp(event->vault, facts->fingerprint, MUN_SHA256_LEN) != 0)
		return "it is of another vault";
	return time_fault(pass, event, before != NULL);
}

static void
judge_validity(
    struct mun_entry_pass *pass, const struct mun_entry *entry, uint64_t seq)
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
judge_statement(struct mun_entry_pass *pass, const struct mun_event *event,
    struct mun_error *err)
{
	struct mun_statement statement;
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status;

	if (!event->has_statement)
		return MUN_OK;
	mun_buffer_reset(&pass->typed);
	status = pass->read_statement(pass->ctx, event->seq, &pass->typed, err);
	if (status == MUN_ERR_NOT_FOUND) {
		mun_say(pass->v, MUN_RULE_STATEMENT_WITHHELD, pass->subject,
		    "entry %llu", (unsigned long long)event->seq);
		return MUN_OK;
	}
	if (mun_is_bad_data(status)) {
		fault(pass, MUN_RULE_STATEMENT_AGREES, event->seq, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	pass->statements++;
	mun_sha256_of(digest, pass->typed.data, pass->typed.len);
	if (!mun_bytes_equal(digest, event->statement, sizeof(digest))) {
		fault(pass, MUN_RULE_STATEMENT_AGREES, event->seq,
		    "its digest is another");
		return MUN_OK;
	}
	status = mun_statement_parse(
	    &statement, pass->typed.data, pass->typed.len, err);
	if (mun_is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_SYNTAX, event->seq, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	if (pass->annotates != 0 && pass->annotates != keys_of(&statement))
		fault(pass, MUN_RULE_STATEMENT_AGREES, event->seq,
		    "it sets other keys than its event says");
	mun_statement_clear(&statement);
	return MUN_OK;
}

static enum mun_status
take_created(struct mun_entry_pass *pass, const struct mun_entry *entry,
    struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	enum mun_status status =
	    mun_event_vault_created(&facts->created, &entry->event, err);

	if (mun_is_bad_data(status)) {
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
	facts->time_stamp_authorities = facts->created.time_stamp_authorities;
	facts->usable = true;
out:
	return status;
}

static enum mun_status
take_deposit(struct mun_entry_pass *pass, const struct mun_event *event,
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

/* The stamps move from the detail to the facts. */
static enum mun_status
take_stamped(struct mun_entry_pass *pass, uint64_t seq,
    struct mun_detail *detail, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	const struct mun_stamped_fact *twin =
	    mun_log_facts_stamped(facts, detail->checkpoint_size);
	struct mun_stamped_fact fact = { .seq = seq,
		.size = detail->checkpoint_size,
		.stamps = detail->stamps,
		.stamp_count = detail->stamp_count };
	enum mun_status status;

	if (detail->checkpoint_size > seq)
		return MUN_OK; /* it bears another number, which is told */
	if (twin != NULL) {
		mun_judge(pass->v, MUN_RULE_TIME_STAMP_FILES, false,
		    pass->subject,
		    "entry %llu stamps the same checkpoint as entry %llu",
		    (unsigned long long)seq, (unsigned long long)twin->seq);
		return MUN_OK;
	}
	memcpy(
	    fact.checkpoint_sha256, detail->checkpoint_sha256, MUN_SHA256_LEN);
	MUN_TRY(mun_log_facts_add_stamped(facts, &fact, err));
	detail->stamps = NULL;
	detail->stamp_count = 0;
out:
	return status;
}

/* For holding dossiers against what others show. */
static void
note_subject(
    struct mun_entry_pass *pass, uint64_t seq, const struct mun_detail *detail)
{
	struct mun_entry_fact *fact = &pass->facts->entries[seq];
	const char *archive = detail->subject.archive;
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	fact->is_general = mun_dossier_is_general(detail->type, archive);
	if (!mun_archive_id_parse(archive, strlen(archive), prefix, &number) ||
	    strcmp(prefix, pass->facts->created.prefix) != 0)
		return;
	fact->archive = number;
	fact->is_hand_out = mun_dossier_is_hand_out(detail);
}

/* What it says; then what that means for custody. */
static enum mun_status
take_detail(struct mun_entry_pass *pass, const struct mun_entry *entry,
    uint64_t seq, struct mun_error *err)
{
	const struct mun_event *event = &entry->event;
	struct mun_detail detail;
	enum mun_status status = mun_detail_read(&detail, event, err);

	pass->annotates = 0;
	if (mun_is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_SYNTAX, seq, err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	pass->annotates = detail.keys;
	note_subject(pass, seq, &detail);
	if (detail.type == MUN_EVENT_DEPOSIT)
		MUN_TRY(take_deposit(pass, event, &detail.deposit, err));
	mun_time_take(pass, event, &detail);
	if (pass->hear != NULL)
		MUN_TRY(pass->hear(pass->ctx, seq, &detail, err));
	status = mun_custody_apply(
	    pass->facts->custody, event, entry->sha256, &detail, err);
	if (mun_is_bad_data(status)) {
		fault(pass, MUN_RULE_EVENT_ENROLMENT, seq, err->text);
		status = MUN_OK;
	}
	if (status == MUN_OK && detail.type == MUN_EVENT_TIME_STAMP)
		status = take_stamped(pass, seq, &detail, err);
out:
	mun_detail_clear(&detail);
	return status;
}

static enum mun_status
take_event(struct mun_entry_pass *pass, const struct mun_entry *entry,
    uint64_t seq, struct mun_error *err)
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

/* The fact to fill: one that the tree brought has to have this leaf. */
static enum mun_status
place_entry(struct mun_entry_pass *pass, uint64_t seq,
    struct mun_entry_fact **out, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	struct mun_hash leaf;
	enum mun_status status = MUN_OK;

	mun_merkle_leaf(&leaf, pass->entry.data, pass->entry.len);
	if (seq == facts->entry_count)
		MUN_TRY(mun_entry_pass_leaf(pass, &leaf, err));
	else if (!mun_bytes_equal(
		     &leaf, &facts->entries[seq].leaf, sizeof(leaf)))
		fault(pass, MUN_RULE_EVENT_INCLUDED, seq,
		    "the tree has another leaf there");
	*out = &facts->entries[seq];
out:
	return status;
}

enum mun_status
mun_entry_pass_take(
    struct mun_entry_pass *pass, uint64_t seq, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_entry_fact *fact;
	size_t before = pass->v->check_count;
	const char *rule;
	enum mun_status status;

	MUN_TRY(place_entry(pass, seq, &fact, err));
	mun_sha256_of(fact->sha256, pass->entry.data, pass->entry.len);
	fact->known = true;
	status = mun_entry_unverified_next(
	    &entry, &pass->recent, pass->entry.data, pass->entry.len, err);
	if (mun_is_bad_data(status)) {
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
	MUN_TRY(take_event(pass, &entry, seq, err));
	pass->last_utc_s = entry.event.time_utc_s;
	if (pass->hear_line != NULL)
		MUN_TRY(pass->hear_line(pass->ctx, &entry.event, err));
	status = mun_tell_event(pass->v,
	    &(struct mun_told_entry){ .input = pass->subject,
		.entry = &entry,
		.seq = seq,
		.vault = pass->facts->fingerprint,
		.custody = pass->facts->custody,
		.statement = &pass->typed,
		.first_check = before },
	    err);
out:
	mun_entry_clear(&entry);
	return status;
}

/* ---- all of them ---- */

enum mun_status
mun_entry_pass_end(struct mun_entry_pass *pass, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	enum mun_status status;

	/* first what is proven: it settles what is contested */
	MUN_TRY(mun_time_judge(pass, err));
	mun_custody_finish(facts->custody, mun_time_is_proven, facts);
	MUN_TRY(mun_log_facts_sort_deposits(facts, err));
	for (size_t i = 1; i < facts->deposit_count; i++)
		if (strcmp(facts->by_id[i - 1]->subject.archive,
			facts->by_id[i]->subject.archive) == 0)
			fault(pass, MUN_RULE_EVENT_TWICE, facts->by_id[i]->seq,
			    facts->by_id[i]->subject.archive);
out:
	return status;
}

/* Summaries: a rule that no entry broke is said to hold, once. */
void
mun_entry_pass_summarise(struct mun_entry_pass *pass, size_t before)
{
	static const enum mun_rule summed[] = { MUN_RULE_EVENT_SYNTAX,
		MUN_RULE_EVENT_SIGNATURE, MUN_RULE_EVENT_CHAIN,
		MUN_RULE_EVENT_TWICE, MUN_RULE_LOG_TILE };

	mun_summarise(pass->v, before, summed,
	    sizeof(summed) / sizeof(summed[0]), pass->subject);
	mun_custody_summarise(pass->v, before, pass->subject);
	if (pass->statements > 0)
		mun_summarise(pass->v, before,
		    (const enum mun_rule[]){ MUN_RULE_STATEMENT_AGREES }, 1,
		    pass->subject);
}

void
mun_entry_pass_checkpoint(struct mun_entry_pass *pass, const void *bytes)
{
	struct mun_log_facts *facts = pass->facts;

	facts->head_signed =
	    strcmp(facts->checkpoint.origin, facts->origin) == 0 &&
	    mun_log_facts_signed(facts, &facts->checkpoint, bytes);
	mun_judge(pass->v, MUN_RULE_LOG_CHECKPOINT, facts->head_signed,
	    pass->subject, "tree size %llu",
	    (unsigned long long)facts->checkpoint.size);
}

void
mun_entry_pass_clear(struct mun_entry_pass *pass)
{
	mun_buffer_free(&pass->entry);
	mun_buffer_free(&pass->typed);
	mun_recent_certificates_clear(&pass->recent);
}
