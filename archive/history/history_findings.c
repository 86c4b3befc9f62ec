/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history_findings.c - custody's remarks as sentences that stand beside their
 * event, and what a hand-out lists wrongly.  Made while custody still is as it
 * was when it remarked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "history/history_internal.h"

static const struct {
	const char *rule;
	bool is_void, is_noted;
	const char *text; /* NULL: made below */
} forms[MUN_REMARKS] = {
	[MUN_REMARK_NOT_ENROLLED] = { "event.actor-not-enrolled", true, false,
	    NULL },
	[MUN_REMARK_REVOKED] = { "event.actor-revoked", true, false, NULL },
	[MUN_REMARK_ROLE] = { "event.role", true, false, NULL },
	[MUN_REMARK_ENROLMENT] = { "event.enrolment", true, false, NULL },
	[MUN_REMARK_SUBJECT] = { "event.subject", true, false, NULL },
	[MUN_REMARK_REFERENCE] = { "event.reference", true, false, NULL },
	[MUN_REMARK_UNKNOWN_TYPE] = { "event.unknown-type", false, false,
	    "This program does not know events of this type; what it means "
	    "was not judged." },
	[MUN_REMARK_NOT_HOLDER] = { "custody.not-holder", false, false, NULL },
	[MUN_REMARK_REPLACED] = { "custody.replaced", false, true, NULL },
	[MUN_REMARK_ASSERTED] = { "custody.asserted", false, true,
	    "Only one side says so: the receiver signed nothing." },
	[MUN_REMARK_FIXITY_REPAIRED] = { "fixity.repaired", false, true,
	    "The check before it had failed; this one passed." },
	[MUN_REMARK_WITHDRAWN] = { "custody.withdrawn", false, true,
	    "What the log proves of the archive stays." },
	[MUN_REMARK_CONTESTED] = { "event.contested", false, false, NULL },
	[MUN_REMARK_PENDING] = { "custody.pending", false, true,
	    "It has not been accepted, so by the log it was not handed over "
	    "yet." },
	[MUN_REMARK_FIXITY_FAILED] = { "fixity.failed", false, false,
	    "No later check of it passed." },
	[MUN_REMARK_FIXITY_SOMEWHERE] = { "fixity.failed-somewhere", false,
	    false, "No later check of all of them passed." },
	[MUN_REMARK_FIXITY_SETTLED] = { "fixity.settled", false, true,
	    "Each archive that is told of here passed a check of its own "
	    "since." },
};

/* The holding that the event under way is about. */
static const struct mun_holding *
holding_of(const struct mun_history *history)
{
	const struct mun_reference *subject = &history->detail.subject;

	return subject->archive[0] == '\0'
	    ? NULL
	    : mun_custody_holding(
		  history->custody, subject->archive, subject->document);
}

static void
say_holder(const struct mun_history *history, struct mun_buffer *out,
    const struct mun_holding *holding)
{
	struct mun_history_person person;

	if (holding->holder == NULL) {
		mun_buffer_append_text(out, "somebody outside the vault");
		return;
	}
	person = mun_history_person_of(holding->holder, NULL);
	mun_history_say_person(history, out, &person);
}

static void
say_not_holder(const struct mun_history *history, struct mun_buffer *out)
{
	const struct mun_holding *holding = holding_of(history);

	if (holding == NULL)
		return;
	mun_buffer_append_text(out, "By the log ");
	say_holder(history, out, holding);
	mun_buffer_append_format(out,
	    " held it, since entry %llu, and not who handed it over: a "
	    "transfer is missing from the log, or was recorded wrongly.",
	    (unsigned long long)holding->since_seq);
}

static void
say_void(struct mun_buffer *out, const struct mun_remark *remark)
{
	mun_buffer_append_text(
	    out, "This entry does not count and changes nothing");
	if (remark->kind == MUN_REMARK_SUBJECT)
		mun_buffer_append_text(
		    out, ": it is about an archive that was not deposited");
	else if (remark->detail[0] != '\0')
		mun_buffer_append_format(out, ": %s", remark->detail);
	mun_buffer_append_text(out, ".");
}

static void
say_replaced(const struct mun_history *history, struct mun_buffer *out)
{
	const struct mun_holding *holding = holding_of(history);

	if (holding != NULL)
		mun_buffer_append_format(out,
		    "The hand-over before it (entry %llu) was never accepted; "
		    "this one takes its place.",
		    (unsigned long long)holding->pending_seq);
}

static void
say_remark(const struct mun_history *history, struct mun_buffer *out,
    const struct mun_remark *remark)
{
	if (forms[remark->kind].text != NULL)
		mun_buffer_append_text(out, forms[remark->kind].text);
	else if (forms[remark->kind].is_void)
		say_void(out, remark);
	else if (remark->kind == MUN_REMARK_NOT_HOLDER)
		say_not_holder(history, out);
	else if (remark->kind == MUN_REMARK_REPLACED)
		say_replaced(history, out);
}

/* Takes kept.text over. */
static enum mun_status
keep(struct mun_history *history, struct mun_history_remark kept,
    struct mun_error *err)
{
	enum mun_status status;

	if (kept.text == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a remark");
	MUN_TRY(
	    mun_history_grow((void **)&history->remarks, history->remark_count,
		&history->remark_capacity, sizeof(kept), err));
	kept.place = history->remark_count;
	history->remarks[history->remark_count++] = kept;
	kept.text = NULL;
out:
	free(kept.text);
	return status;
}

void
mun_history_hear(void *ctx, const struct mun_remark *remark)
{
	struct mun_history *history = ctx;
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_HISTORY_TEXT_MAX);
	struct mun_history_remark kept = { .seq = remark->seq };

	MUN_ASSERT((size_t)remark->kind < MUN_REMARKS);
	/* said of each event that it concerns instead (history_event.c) */
	if (remark->kind == MUN_REMARK_CONTESTED || history->trouble != MUN_OK)
		return;
	say_remark(history, &text, remark);
	kept.rule = forms[remark->kind].rule;
	kept.is_void = forms[remark->kind].is_void;
	kept.is_noted = forms[remark->kind].is_noted;
	kept.text =
	    text.status == MUN_OK ? strdup(mun_buffer_text(&text)) : NULL;
	mun_buffer_free(&text);
	history->trouble = keep(history, kept, history->err);
}

/* ---- hand-outs ---- */

static enum mun_status
say_listing(struct mun_history *history, uint64_t seq, const char *fault,
    struct mun_error *err)
{
	struct mun_history_remark kept = { .seq = seq,
		.rule = "event.hand-out" };
	char text[MUN_DOSSIER_FAULT_MAX + 160];

	(void)snprintf(text, sizeof(text),
	    "Its list of the entries handed out is wrong: %s. Whoever got that "
	    "dossier was not told all, or told of more than there is.",
	    fault);
	kept.text = strdup(text);
	return keep(history, kept, err);
}

enum mun_status
mun_history_judge_listing(
    struct mun_history *history, uint64_t seq, struct mun_error *err)
{
	const struct mun_detail *detail = &history->detail;
	char fault[MUN_DOSSIER_FAULT_MAX];
	enum mun_status status = MUN_OK;

	if (mun_dossier_is_hand_out(detail) &&
	    !mun_dossier_listing_is_exact(history->listing, detail, fault))
		MUN_TRY(say_listing(history, seq, fault, err));
	status = mun_dossier_listing_take(
	    history->listing, seq, detail->type, detail->subject.archive, err);
out:
	return status;
}

/* ---- by event ---- */

static int
compare(const void *a, const void *b)
{
	const struct mun_history_remark *left = a, *right = b;

	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return left->place < right->place ? -1 : left->place > right->place;
}

void
mun_history_sort_remarks(struct mun_history *history)
{
	if (history->remark_count > 0)
		qsort(history->remarks, history->remark_count,
		    sizeof(*history->remarks), compare);
}

const struct mun_history_remark *
mun_history_remarks_of(
    const struct mun_history *history, uint64_t seq, size_t *count)
{
	size_t low = 0, high = history->remark_count;

	while (low < high) { /* the first that is not before seq */
		size_t middle = low + (high - low) / 2;

		if (history->remarks[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	while (low + *count < history->remark_count &&
	    history->remarks[low + *count].seq == seq)
		++*count;
	return *count == 0 ? NULL : &history->remarks[low];
}
