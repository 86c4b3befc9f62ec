/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * custody_holdings.c - who holds an archive or a document, as hand-overs and
 * acceptances say, whether its bytes were found whole, and whether it was
 * withdrawn.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "custody/custody_internal.h"
#include "manifest/manifest.h"

/* ---- the list, by number and document ---- */

/* Where (number, document) is or would be. */
static size_t
place_of(const struct mun_custody *custody, uint64_t number, uint64_t document)
{
	size_t low = 0, high = custody->holding_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mun_holding *at = &custody->holdings[middle];

		if (at->number < number ||
		    (at->number == number && at->document < document))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct mun_holding *
find(const struct mun_custody *custody, uint64_t number, uint64_t document)
{
	size_t place = place_of(custody, number, document);
	struct mun_holding *found = &custody->holdings[place];

	return place < custody->holding_count && found->number == number &&
		found->document == document
	    ? found
	    : NULL;
}

/* It is what the event is about from then on. */
static enum mun_status
insert(struct mun_custody_step *step, const struct mun_holding *holding)
{
	struct mun_custody *custody = step->custody;
	size_t place = place_of(custody, holding->number, holding->document);
	struct mun_holding *grown;

	if (custody->holding_count == custody->holding_capacity) {
		size_t capacity = custody->holding_capacity * 2 + 16;

		grown =
		    reallocarray(custody->holdings, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(step->err, MUN_ERR_NOMEM,
			    "out of memory for who holds what");
		custody->holdings = grown;
		custody->holding_capacity = capacity;
	}
	memmove(&custody->holdings[place + 1], &custody->holdings[place],
	    (custody->holding_count - place) * sizeof(*holding));
	custody->holdings[place] = *holding;
	custody->holding_count++;
	step->subject = &custody->holdings[place];
	return MUN_OK;
}

static struct mun_holding *
find_or_archive(
    const struct mun_custody *custody, const char *archive, uint64_t document)
{
	char prefix[MUN_PREFIX_MAX + 1];
	struct mun_holding *found = NULL;
	uint64_t number;

	if (custody->holding_count == 0 ||
	    !mun_archive_id_parse(archive, strlen(archive), prefix, &number))
		return NULL;
	if (document != 0)
		found = find(custody, number, document);
	if (found == NULL)
		found = find(custody, number, 0);
	/* the number alone may be another prefix's */
	return found != NULL && strcmp(found->archive, archive) == 0 ? found
								     : NULL;
}

const struct mun_holding *
mun_custody_holding(
    const struct mun_custody *custody, const char *archive, uint64_t document)
{
	return find_or_archive(custody, archive, document);
}

struct mun_holding *
mun_custody_find_subject(const struct mun_custody_step *step)
{
	return find_or_archive(step->custody, step->detail->subject.archive,
	    step->detail->subject.document);
}

/* ---- events ---- */

static void
say(const struct mun_custody_step *step, enum mun_remark_kind kind,
    const char *why)
{
	mun_custody_remark(step->custody, kind, step->event->seq,
	    step->detail->subject.archive, why);
}

enum mun_status
mun_custody_deposit(struct mun_custody_step *step)
{
	char prefix[MUN_PREFIX_MAX + 1];
	const char *archive = step->detail->deposit.archive;
	struct mun_holding holding = { .deposit_seq = step->event->seq,
		.since_seq = step->event->seq,
		.holder = step->signer };

	if (!mun_archive_id_parse(
		archive, strlen(archive), prefix, &holding.number) ||
	    find_or_archive(step->custody, archive, 0) != NULL)
		return MUN_OK; /* the second of a number is told elsewhere */
	memcpy(holding.archive, archive, sizeof(holding.archive));
	return insert(step, &holding);
}

/* The documents that have a holding of their own stand behind it. */
static struct mun_holding *
next_document(const struct mun_custody *custody, struct mun_holding *holding)
{
	struct mun_holding *next = holding + 1;

	return next < custody->holdings + custody->holding_count &&
		next->number == holding->number
	    ? next
	    : NULL;
}

static void
settle(const struct mun_custody_step *step, struct mun_holding *holding,
    const struct mun_actor *holder)
{
	struct mun_holding *at = holding;

	holding->is_pending = false;
	holding->goes_along = false;
	holding->holder = holder;
	holding->since_seq = step->event->seq;
	if (holding->document != 0)
		return;
	while ((at = next_document(step->custody, at)) != NULL)
		if (at->goes_along) {
			at->holder = holder;
			at->since_seq = step->event->seq;
		}
}

/* A document that is handed over by itself gets a holding of its own; until it
 * is taken, it goes along with its archive. */
static enum mun_status
own_holding(struct mun_custody_step *step)
{
	struct mun_holding own = *step->subject;

	if (own.document == step->detail->subject.document)
		return MUN_OK;
	own.document = step->detail->subject.document;
	own.goes_along = true;
	own.is_pending = own.fixity_failed = false;
	return insert(step, &own);
}

/* NULL, or why the signer cannot say that of others. */
static const char *
speaks_for_others(const struct mun_custody_step *step,
    const struct mun_actor *from, const struct mun_actor *to)
{
	if (step->signer->role == MUN_ROLE_CUSTODIAN || step->signer == from ||
	    (from == NULL && step->signer == to))
		return NULL;
	return "only who hands over, or a custodian, may say so";
}

static void
judge_holder(const struct mun_custody_step *step,
    const struct mun_holding *holding, const struct mun_actor *from)
{
	if (holding->holder == from)
		return;
	say(step, MUN_REMARK_NOT_HOLDER,
	    from == NULL ? "somebody outside handed it over, but an actor "
			   "held it"
		: holding->holder == NULL
		? "an actor handed it over, but somebody outside held it"
		: "another actor held it than the one who handed it over");
}

static void
hand_over(struct mun_custody_step *step, struct mun_holding *holding,
    const struct mun_actor *from, const struct mun_actor *to)
{
	judge_holder(step, holding, from);
	if (holding->is_pending)
		say(step, MUN_REMARK_REPLACED, "");
	if (step->detail->form == MUN_TRANSFER_COUNTERSIGNED) {
		holding->is_pending = true;
		holding->pending_seq = step->event->seq;
		holding->pending_to = to;
		memcpy(holding->pending_entry, step->entry, MUN_SHA256_LEN);
		return;
	}
	if (step->detail->form == MUN_TRANSFER_ASSERTED)
		say(step, MUN_REMARK_ASSERTED, "");
	settle(step, holding, to);
}

static enum mun_status
take_hand_over(struct mun_custody_step *step)
{
	const struct mun_detail *detail = step->detail;
	const struct mun_actor *from = mun_detail_has(detail, MUN_DETAIL_FROM)
	    ? mun_custody_find_actor(step->custody, detail->from)
	    : NULL;
	const struct mun_actor *to = mun_detail_has(detail, MUN_DETAIL_TO)
	    ? mun_custody_find_actor(step->custody, detail->to)
	    : NULL;
	enum mun_status status = MUN_OK;
	const char *why;

	if (to != NULL && to->is_revoked) {
		say(step, MUN_REMARK_REFERENCE,
		    "its receiver was revoked before");
		return MUN_OK;
	}
	why = speaks_for_others(step, from, to);
	if (why != NULL) {
		say(step, MUN_REMARK_ROLE, why);
		return MUN_OK;
	}
	MUN_TRY(own_holding(step));
	hand_over(step, step->subject, from, to);
out:
	return status;
}

static enum mun_status
take_acceptance(struct mun_custody_step *step)
{
	struct mun_holding *holding = step->subject;
	const char *why = NULL;

	if (holding->document != step->detail->subject.document ||
	    !holding->is_pending ||
	    !mun_bytes_equal(
		holding->pending_entry, step->detail->entry, MUN_SHA256_LEN))
		why = "it accepts what was not handed over, or no longer is";
	else if (holding->pending_to != step->signer)
		why = "another than the named receiver accepts";
	if (why != NULL) {
		say(step, MUN_REMARK_REFERENCE, why);
		return MUN_OK;
	}
	settle(step, holding, step->signer);
	return MUN_OK;
}

enum mun_status
mun_custody_transfer(struct mun_custody_step *step)
{
	return step->detail->step == MUN_TRANSFER_ACCEPTED
	    ? take_acceptance(step)
	    : take_hand_over(step);
}

/* One failed flag and what it says. */
static void
take_outcome(const struct mun_custody_step *step, bool *failed, uint64_t *seq)
{
	bool passed = step->detail->result == MUN_OUTCOME_PASSED;

	if (*failed && passed)
		say(step, MUN_REMARK_FIXITY_REPAIRED, "");
	*failed = !passed;
	*seq = step->event->seq;
}

void
mun_custody_fixity(struct mun_custody_step *step)
{
	struct mun_custody *custody = step->custody;
	struct mun_holding *holding = step->subject;

	if (holding == NULL)
		take_outcome(step, &custody->vault_fixity_failed,
		    &custody->vault_fixity_seq);
	else
		take_outcome(
		    step, &holding->fixity_failed, &holding->fixity_seq);
}

void
mun_custody_withdraw(struct mun_custody_step *step)
{
	struct mun_holding *at = step->subject;

	for (; at != NULL; at = next_document(step->custody, at)) {
		at->is_withdrawn = true;
		at->withdrawn_seq = step->event->seq;
		/* destroyed bytes do not come back */
		if (at->fate != MUN_FATE_DESTROYED)
			at->fate = (enum mun_fate)step->detail->bytes;
	}
	say(step, MUN_REMARK_WITHDRAWN, "");
}
