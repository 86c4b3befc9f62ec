/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time_check.c - judges the time-stamps of a log: each stamped checkpoint is
 * the log's, each token holds as of its proof time, and what that proves of
 * entries and archives.
 *
 * Time weighs only where tokens are logged.  What is missing (a root, a
 * renewal) is INDETERMINATE, and only said where another token of the same
 * batch holds; what is wrong is FAILED.
 *
 * Spec: docs/format/time-stamp.md; docs/format/verification.md.
 */
#include "verify/verify_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"

enum {
	/* A renewal takes a working network, a new authority and somebody who
	 * thinks of it: two years are little in an archive. */
	RENEW_BEFORE_S = 2 * 366 * 86400
};

struct time_text {
	char text[MUN_TIME_TEXT_LEN + 1];
};
static struct time_text
as_text(int64_t utc_s)
{
	struct time_text out;

	if (!mun_time_format(out.text, utc_s))
		(void)snprintf(out.text, sizeof(out.text), "%s", "?");
	return out;
}

/* ---- what events say ---- */

void
mun_time_take(struct mun_entry_pass *pass, const struct mun_event *event,
    const struct mun_detail *detail)
{
	if (detail->type != MUN_EVENT_TIME_STAMP)
		pass->facts->unstamped_seq = event->seq;
	if (detail->type == MUN_EVENT_POLICY_CHANGED)
		pass->facts->time_stamp_authorities =
		    detail->time_stamp_authorities;
}

/* A batch for each of them. */
static enum mun_status
make_batches(struct mun_log_facts *facts, struct mun_error *err)
{
	for (size_t i = 0; i < facts->stamped_count; i++) {
		const struct mun_stamped_fact *stamped = &facts->stamped[i];
		struct mun_proven_batch *batch = mun_proven_add(&facts->proven,
		    stamped->seq, stamped->size, stamped->stamp_count);

		if (batch == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for time-stamps");
		batch->event_utc_s = facts->entries[stamped->seq].time_utc_s;
	}
	return MUN_OK;
}

/* ---- the stamped checkpoints ---- */

/* The root, the newest time claimed and the batch of each size: one pass over
 * the leaves serves all. */
struct sweep {
	struct mun_entry_pass *pass;
	struct mun_merkle_frontier frontier;
	uint64_t size;
	int64_t newest_utc_s;
};

static void
sweep_to(struct sweep *sweep, uint64_t size)
{
	const struct mun_log_facts *facts = sweep->pass->facts;

	for (; sweep->size < size; sweep->size++) {
		const struct mun_entry_fact *entry =
		    &facts->entries[sweep->size];

		mun_merkle_add(&sweep->frontier, &entry->leaf);
		if (entry->known)
			sweep->newest_utc_s = entry->time_utc_s;
	}
}

static const char *
checkpoint_fault(struct sweep *sweep, const struct mun_proven_batch *batch,
    const struct mun_stamped_fact *stamped, const struct mun_buffer *note)
{
	const struct mun_log_facts *facts = sweep->pass->facts;
	struct mun_checkpoint checkpoint;
	uint8_t digest[MUN_SHA256_LEN];
	struct mun_hash root;

	mun_sha256_of(digest, note->data, note->len);
	if (!mun_bytes_equal(
		digest, stamped->checkpoint_sha256, sizeof(digest)))
		return "it is not the one that was logged";
	if (mun_checkpoint_parse(&checkpoint, note->data, note->len, NULL) !=
	    MUN_OK)
		return "it is malformed";
	mun_merkle_root(&sweep->frontier, &root);
	if (checkpoint.size != batch->size ||
	    !mun_bytes_equal(&checkpoint.root, &root, sizeof(root)))
		return "it is over other entries than the log has";
	if (strcmp(checkpoint.origin, facts->origin) != 0 ||
	    !mun_log_facts_signed(facts, &checkpoint, note->data))
		return "it is not signed by the log's key of that size";
	return NULL;
}

static enum mun_status
judge_checkpoint(struct sweep *sweep, size_t b, struct mun_error *err)
{
	struct mun_entry_pass *pass = sweep->pass;
	struct mun_proven_batch *batch = &pass->facts->proven.batches[b];
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	char name[MUN_TILE_NAME_MAX];
	const char *fault = NULL;
	enum mun_status status;

	sweep_to(sweep, batch->size);
	batch->covered_utc_s = sweep->newest_utc_s;
	mun_stamp_name(name, batch->size, 0, MUN_STAMP_CHECKPOINT);
	status = pass->read_stamp(pass->ctx, name, &note, err);
	if (mun_is_bad_data(status)) {
		fault = err->text;
		status = MUN_OK;
	} else if (status == MUN_OK) {
		fault = checkpoint_fault(
		    sweep, batch, &pass->facts->stamped[b], &note);
	}
	batch->is_of_log = status == MUN_OK && fault == NULL;
	if (fault != NULL)
		mun_judge(pass->v, MUN_RULE_TIME_CHECKPOINT, false,
		    pass->subject, "tree size %llu, entry %llu: %s",
		    (unsigned long long)batch->size,
		    (unsigned long long)batch->seq, fault);
	mun_buffer_free(&note);
	return status;
}

struct sized {
	uint64_t size;
	size_t batch;
};

static int
compare_sizes(const void *a, const void *b)
{
	const struct sized *left = a, *right = b;

	return left->size < right->size ? -1 : left->size > right->size;
}

static enum mun_status
judge_checkpoints(struct mun_entry_pass *pass, struct mun_error *err)
{
	const struct mun_proven *proven = &pass->facts->proven;
	struct sweep sweep = { .pass = pass,
		.frontier = MUN_MERKLE_FRONTIER_INIT,
		.newest_utc_s = INT64_MIN / 2 };
	struct sized *order = calloc(proven->count, sizeof(*order));
	enum mun_status status = MUN_OK;

	if (order == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for time-stamps");
	for (size_t b = 0; b < proven->count; b++)
		order[b] = (struct sized){ proven->batches[b].size, b };
	qsort(order, proven->count, sizeof(*order), compare_sizes);
	for (size_t i = 0; i < proven->count; i++)
		MUN_TRY(judge_checkpoint(&sweep, order[i].batch, err));
out:
	free(order);
	return status;
}

/* ---- the tokens ---- */

/* "log/time-stamps/12/1.tst (Example Authority): states …, judged as of …" */
static void
describe(const struct mun_log_facts *facts, size_t b, size_t i, char *out,
    size_t out_len)
{
	const struct mun_proven_batch *batch = &facts->proven.batches[b];
	const struct mun_proven_stamp *stamp = &batch->stamps[i];
	char renewed[96] = "now";

	if (stamp->is_renewed)
		(void)snprintf(renewed, sizeof(renewed),
		    "%s, by when a token over %llu entries had been made",
		    as_text(stamp->proof_time_utc_s).text,
		    (unsigned long long)stamp->renewed_size);
	if (!stamp->has_time)
		(void)snprintf(out, out_len, "time-stamps/%llu/%zu",
		    (unsigned long long)batch->size, i + 1);
	else
		(void)snprintf(out, out_len,
		    "time-stamps/%llu/%zu by '%s': states %s (within %lld s) "
		    "over the first %llu entries; judged as of %s",
		    (unsigned long long)batch->size, i + 1, stamp->authority,
		    as_text(stamp->time_utc_s).text,
		    (long long)stamp->accuracy_s,
		    (unsigned long long)batch->size, renewed);
}

static void
judge_order(struct mun_entry_pass *pass, const struct mun_proven_batch *batch,
    const struct mun_proven_stamp *stamp, const char *token)
{
	if (stamp->order == MUN_PROVEN_BEFORE_EVENTS)
		mun_judge(pass->v, MUN_RULE_TIME_ORDER, false, pass->subject,
		    "%s; the newest of these entries claims %s", token,
		    as_text(batch->covered_utc_s).text);
	else if (stamp->order == MUN_PROVEN_AFTER_EVENT)
		mun_judge(pass->v, MUN_RULE_TIME_BACKDATED, false,
		    pass->subject, "%s; entry %llu, which logs it, claims %s",
		    token, (unsigned long long)batch->seq,
		    as_text(batch->event_utc_s).text);
}

static void
judge_token(struct mun_entry_pass *pass, size_t b, size_t i)
{
	struct mun_verification *v = pass->v;
	const struct mun_proven_batch *batch = &pass->facts->proven.batches[b];
	const struct mun_proven_stamp *stamp = &batch->stamps[i];
	char token[512];
	bool is_missing = false;
	const char *words;

	describe(pass->facts, b, i, token, sizeof(token));
	if (stamp->rule == NULL) {
		mun_judge(
		    v, MUN_RULE_TIME_TOKEN, true, pass->subject, "%s", token);
		judge_order(pass, batch, stamp, token);
		return;
	}
	if (strcmp(stamp->rule, "ts.files") == 0) {
		/* of a vault stamp_files.c says it, file by file */
		if (pass->facts->is_part)
			mun_judge(v, MUN_RULE_TIME_STAMP_FILES, false,
			    pass->subject, "%s", token);
		return;
	}
	words = mun_time_rule_words(stamp->rule, &is_missing);
	if (!stamp->is_renewed && strcmp(stamp->rule, "ts.late") == 0) {
		is_missing = true;
		words = "that is still to come: the clock here is behind";
	}
	if (!is_missing)
		mun_judge_as(v, MUN_RULE_TIME_TOKEN, stamp->rule, pass->subject,
		    "%s: %s", token, words);
	else if (v->time_root_count == 0)
		return; /* said once: there is no root at all */
	else if (batch->counts)
		mun_say(v, MUN_RULE_TIME_OTHER, pass->subject, "%s: %s", token,
		    words);
	else
		mun_judge_as(v, MUN_RULE_TIME_UNPROVEN, stamp->rule,
		    pass->subject, "%s: %s", token, words);
}

/* ---- what they prove together ---- */

/* The newest entry that is covered has the fewest batches over it; what is
 * covered by none is time.pending, but where nothing is, the policy is not
 * met. */
static void
judge_authorities(struct mun_entry_pass *pass)
{
	const struct mun_log_facts *facts = pass->facts;
	uint64_t demanded = facts->time_stamp_authorities;
	uint64_t covered = mun_proven_covered(&facts->proven);
	size_t agree = 0;

	if (demanded == 0)
		return;
	for (size_t b = 0; covered > 0 && b < facts->proven.count; b++)
		if (facts->proven.batches[b].size == covered &&
		    facts->proven.batches[b].authorities > agree)
			agree = facts->proven.batches[b].authorities;
	if (covered == 0)
		mun_judge(pass->v, MUN_RULE_TIME_AUTHORITIES, false,
		    pass->subject,
		    "0 of the %llu that the policy demands: no entry is "
		    "covered by a time-stamp that holds",
		    (unsigned long long)demanded);
	else
		mun_judge(pass->v, MUN_RULE_TIME_AUTHORITIES, agree >= demanded,
		    pass->subject,
		    "%zu of the %llu that the policy demands, over the first "
		    "%llu entries",
		    agree, (unsigned long long)demanded,
		    (unsigned long long)covered);
}

/* When the last token that holds now will no longer. */
static void
warn_of_expiry(struct mun_entry_pass *pass)
{
	const struct mun_proven *proven = &pass->facts->proven;
	int64_t last_utc_s = INT64_MIN;

	for (size_t b = 0; b < proven->count; b++)
		for (size_t i = 0; i < proven->batches[b].stamp_count; i++) {
			const struct mun_proven_stamp *stamp =
			    &proven->batches[b].stamps[i];

			if (stamp->counts && !stamp->is_renewed &&
			    stamp->not_after_utc_s > last_utc_s)
				last_utc_s = stamp->not_after_utc_s;
		}
	if (last_utc_s != INT64_MIN &&
	    last_utc_s - RENEW_BEFORE_S < pass->v->time_utc_s)
		mun_say(pass->v, MUN_RULE_TIME_RENEW, pass->subject, "%s",
		    as_text(last_utc_s).text);
}

static void
say_what_is_proven(struct mun_entry_pass *pass)
{
	const struct mun_log_facts *facts = pass->facts;
	uint64_t covered = mun_proven_covered(&facts->proven);
	struct mun_proven_bound first, last;

	if (covered > 0 && mun_proven_by(&facts->proven, 0, &first) &&
	    mun_proven_by(&facts->proven, covered - 1, &last))
		mun_say(pass->v, MUN_RULE_TIME_PROVEN, pass->subject,
		    "entry 0 by %s (authorities that agree: %zu), entry %llu "
		    "by %s (%zu)",
		    as_text(first.utc_s).text, first.authorities,
		    (unsigned long long)(covered - 1), as_text(last.utc_s).text,
		    last.authorities);
	if (facts->unstamped_seq >= covered)
		mun_say(pass->v, MUN_RULE_TIME_PENDING, pass->subject,
		    "entries from %llu on", (unsigned long long)covered);
}

enum mun_status
mun_time_judge(struct mun_entry_pass *pass, struct mun_error *err)
{
	struct mun_proven *proven = &pass->facts->proven;
	struct mun_verification *v = pass->v;
	struct mun_chain_revocation *revoked = NULL;
	size_t before = v->check_count;
	enum mun_status status = MUN_OK;

	MUN_TRY(make_batches(pass->facts, err));
	if (proven->count == 0) {
		judge_authorities(pass);
		goto out;
	}
	MUN_TRY(judge_checkpoints(pass, err));
	MUN_TRY(mun_time_find_revoked(
	    pass, &revoked, &pass->revocations.count, err));
	pass->revocations.list = revoked;
	MUN_TRY(mun_proven_run(
	    proven, mun_time_judge_token, pass, v->time_utc_s, err));
	for (size_t b = 0; b < proven->count; b++)
		for (size_t i = 0; i < proven->batches[b].stamp_count; i++)
			judge_token(pass, b, i);
	mun_summarise(v, before,
	    (const enum mun_rule[]){
		MUN_RULE_TIME_CHECKPOINT, MUN_RULE_TIME_STAMP_FILES },
	    pass->facts->is_part ? 2 : 1, pass->subject);
	if (v->time_root_count == 0) {
		mun_judge(v, MUN_RULE_TIME_TRUST, false, pass->subject,
		    "%zu stamped checkpoints", proven->count);
		goto out;
	}
	mun_time_lists_say(v, pass->subject);
	judge_authorities(pass);
	warn_of_expiry(pass);
	say_what_is_proven(pass);
out:
	pass->revocations = (struct mun_chain_revocations){ NULL, 0 };
	free(revoked);
	return status;
}

bool
mun_time_is_proven(void *ctx, uint64_t seq, int64_t before_utc_s)
{
	const struct mun_log_facts *facts = ctx;
	struct mun_proven_bound bound;

	return mun_proven_by(&facts->proven, seq, &bound) &&
	    bound.utc_s < before_utc_s;
}

/* ---- an archive ---- */

/* The key that sealed it, had it been revoked by then? */
static void
judge_revoked(struct mun_verification *v,
    const struct mun_archive_facts *archive, const struct mun_log_facts *log,
    const struct mun_deposit_fact *deposit, const struct mun_actor *actor,
    const char *subject)
{
	struct mun_proven_bound bound;
	int64_t after_utc_s;
	char proven[128] = "nothing proves that it existed before";

	if (actor->revoked_seq > deposit->seq)
		return; /* event.contested, where it is not proven */
	if (mun_proven_after(&log->proven, deposit->seq, &after_utc_s))
		(void)snprintf(proven, sizeof(proven),
		    "time-stamps logged before it prove that it was logged "
		    "after %s",
		    as_text(after_utc_s).text);
	else if (mun_proven_by(&log->proven, deposit->seq, &bound))
		(void)snprintf(proven, sizeof(proven),
		    "time-stamps prove it only from %s on",
		    as_text(bound.utc_s).text);
	mun_judge(v, MUN_RULE_SEAL_REVOKED, false, subject,
	    "the seal claims %s, and is logged as entry %llu; entry %llu had "
	    "revoked its signer's key (%s); %s",
	    as_text(archive->seal.sealed_at_utc_s).text,
	    (unsigned long long)deposit->seq,
	    (unsigned long long)actor->revoked_seq,
	    mun_detail_word(MUN_DETAIL_REASON, (unsigned)actor->reason),
	    proven);
}

static void
judge_expired(struct mun_verification *v,
    const struct mun_archive_facts *archive,
    const struct mun_proven_bound *bound, const char *subject)
{
	int64_t not_after_utc_s = mun_certificate_not_after(archive->chain[0]);

	mun_judge(v, MUN_RULE_CERTIFICATE_PROVEN,
	    bound->utc_s <= not_after_utc_s, subject,
	    "valid to %s; proven to have existed by %s",
	    as_text(not_after_utc_s).text, as_text(bound->utc_s).text);
}

/* What one log proves of an archive's deposit, unless another proved more. */
static void
take_bound(const struct mun_log_facts *log, uint64_t seq, bool *is_proven,
    struct mun_proven_bound *best)
{
	struct mun_proven_bound bound;

	if (!mun_proven_by(&log->proven, seq, &bound))
		return;
	if (!*is_proven || bound.utc_s < best->utc_s ||
	    (bound.utc_s == best->utc_s &&
		bound.authorities > best->authorities))
		*best = bound;
	*is_proven = true;
}

static void
count_archive(struct mun_verification *v, const struct mun_proven_bound *bound)
{
	if (v->time_archives_proven == 0 ||
	    bound->authorities < v->time_authorities)
		v->time_authorities = bound->authorities;
	if (v->time_archives_proven++ == 0 ||
	    bound->utc_s > v->time_archives_by_utc_s)
		v->time_archives_by_utc_s = bound->utc_s;
}

void
mun_time_judge_archive(struct mun_verification *v,
    const struct mun_archive_facts *archive, struct mun_log_facts *const *logs,
    size_t count, const char *subject)
{
	const struct mun_deposit_fact *stamped = NULL;
	struct mun_proven_bound bound = { .utc_s = 0 };
	bool is_proven = false;

	for (size_t i = 0; i < count; i++) {
		const struct mun_log_facts *log = logs[i];
		const struct mun_deposit_fact *deposit =
		    mun_log_facts_deposit(logs[i], archive->id);
		const struct mun_actor *actor = deposit == NULL
		    ? NULL
		    : mun_custody_find_actor(log->custody, deposit->actor);

		if (actor != NULL && actor->is_revoked)
			judge_revoked(v, archive, log, deposit, actor, subject);
		if (deposit == NULL || log->proven.count == 0 ||
		    v->time_root_count == 0)
			continue;
		stamped = deposit;
		take_bound(log, deposit->seq, &is_proven, &bound);
	}
	if (stamped == NULL)
		return;
	v->time_archives++;
	if (!is_proven) {
		mun_say(v, MUN_RULE_TIME_ARCHIVE_PENDING, subject, "entry %llu",
		    (unsigned long long)stamped->seq);
		return;
	}
	count_archive(v, &bound);
	mun_say(v, MUN_RULE_TIME_ARCHIVE, subject,
	    "no later than %s; authorities that agree: %zu",
	    as_text(bound.utc_s).text, bound.authorities);
	judge_expired(v, archive, &bound, subject);
}
