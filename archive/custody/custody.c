/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * custody.c - takes events in order: first who signed and whether they may,
 * then what the event does.  What may not be, is remarked and does nothing.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "custody/custody_internal.h"

enum {
	DETAIL_MAX = 200
};

void
mun_custody_remark(struct mun_custody *custody, enum mun_remark_kind kind,
    uint64_t seq, const char *archive, const char *detail)
{
	const struct mun_remark remark = {
		.kind = kind, .seq = seq, .archive = archive, .detail = detail
	};

	if (custody->tell != NULL)
		custody->tell(custody->ctx, &remark);
}

enum mun_status
mun_custody_new(struct mun_custody **out, mun_custody_tell *tell, void *ctx,
    struct mun_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for custody");
	(*out)->tell = tell;
	(*out)->ctx = ctx;
	return MUN_OK;
}

void
mun_custody_free(struct mun_custody *custody)
{
	if (custody == NULL)
		return;
	for (size_t i = 0; i < custody->actor_count; i++)
		free(custody->actors[i]);
	free(custody->actors);
	free(custody->keys);
	free(custody->log_keys);
	free(custody->holdings);
	free(custody->signed_entries);
	free(custody->claims);
	free(custody);
}

static enum mun_status
remember_signed(struct mun_custody *custody, uint64_t seq,
    const struct mun_actor *actor, struct mun_error *err)
{
	struct mun_signed_entry *grown;

	if (custody->signed_count == custody->signed_capacity) {
		size_t capacity = custody->signed_capacity * 2 + 64;

		grown = reallocarray(
		    custody->signed_entries, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for who signed what");
		custody->signed_entries = grown;
		custody->signed_capacity = capacity;
	}
	custody->signed_entries[custody->signed_count++] =
	    (struct mun_signed_entry){ seq, actor };
	return MUN_OK;
}

enum mun_status
mun_custody_found(struct mun_custody *custody,
    const struct mun_vault_created *created, struct mun_error *err)
{
	enum mun_status status;

	memcpy(custody->prefix, created->prefix, sizeof(custody->prefix));
	MUN_TRY(mun_custody_add_actor(
	    custody, created->certificate, 0, MUN_ROLE_CUSTODIAN, false, err));
	MUN_TRY(remember_signed(custody, 0, custody->actors[0], err));
	if (created->recovery != NULL)
		MUN_TRY(mun_custody_add_actor(custody, created->recovery, 0,
		    (enum mun_role)0, true, err));
	MUN_TRY(
	    mun_custody_add_log_key(custody, 1, created->log_key, false, err));
out:
	return status;
}

/* ---- who signs ---- */

static bool
recovery_may_sign(enum mun_event_type type)
{
	return type == MUN_EVENT_ACTOR_ENROLLED ||
	    type == MUN_EVENT_ACTOR_REVOKED || type == MUN_EVENT_KEY_ROTATED ||
	    type == MUN_EVENT_POLICY_CHANGED;
}

static enum mun_remark_kind
judge_key(
    const struct mun_actor_key *key, enum mun_event_type type, const char **why)
{
	if (key == NULL) {
		*why = "its signer is not enrolled";
		return MUN_REMARK_NOT_ENROLLED;
	}
	if (key->actor->is_revoked) {
		*why = "its signer was revoked before";
		return MUN_REMARK_REVOKED;
	}
	if (key->is_replaced) {
		*why = "its signer's key was replaced before";
		return MUN_REMARK_REVOKED;
	}
	if (key->actor->is_recovery && !recovery_may_sign(type)) {
		*why = "the recovery key may only replace keys, actors and "
		       "policy";
		return MUN_REMARK_ROLE;
	}
	if (!key->actor->is_recovery &&
	    !mun_role_may_sign(key->actor->role, type)) {
		*why = "its signer's role may not sign this type of event";
		return MUN_REMARK_ROLE;
	}
	*why = NULL;
	return MUN_REMARKS;
}

const char *
mun_custody_may_not(const struct mun_custody *custody,
    const uint8_t sha256[MUN_SHA256_LEN], enum mun_event_type type)
{
	const char *why;

	(void)judge_key(mun_custody_find_key(custody, sha256), type, &why);
	return why;
}

/* ---- what an event does ---- */

static bool
needs_archive(const struct mun_detail *detail)
{
	return detail->subject.archive[0] != '\0' &&
	    detail->type != MUN_EVENT_DEPOSIT &&
	    detail->type != MUN_EVENT_UNKNOWN;
}

/* The recovery certificate does, gives and gets nothing. */
static bool
is_no_actor(const struct mun_custody_step *step, enum mun_detail_field field,
    const uint8_t sha256[MUN_SHA256_LEN])
{
	const struct mun_actor *actor =
	    mun_custody_find_actor(step->custody, sha256);

	return mun_detail_has(step->detail, field) &&
	    (actor == NULL || actor->is_recovery);
}

static bool
names_no_actor(const struct mun_custody_step *step)
{
	const struct mun_detail *detail = step->detail;

	return is_no_actor(step, MUN_DETAIL_BY, detail->by) ||
	    is_no_actor(step, MUN_DETAIL_FROM, detail->from) ||
	    is_no_actor(step, MUN_DETAIL_TO, detail->to);
}

bool
mun_custody_is_changed_by(enum mun_event_type type)
{
	return type == MUN_EVENT_ACTOR_ENROLLED ||
	    type == MUN_EVENT_ACTOR_REVOKED || type == MUN_EVENT_KEY_ROTATED ||
	    type == MUN_EVENT_DEPOSIT || type == MUN_EVENT_TRANSFER ||
	    type == MUN_EVENT_FIXITY_CHECK || type == MUN_EVENT_DEACCESSION;
}

static enum mun_status
take_effect(struct mun_custody_step *step)
{
	if (!mun_custody_is_changed_by(step->detail->type))
		return MUN_OK;
	switch (step->detail->type) {
	case MUN_EVENT_ACTOR_ENROLLED:
		return mun_custody_enrol(step);
	case MUN_EVENT_ACTOR_REVOKED:
		return mun_custody_revoke(step);
	case MUN_EVENT_KEY_ROTATED:
		return mun_custody_rotate(step);
	case MUN_EVENT_DEPOSIT:
		return mun_custody_deposit(step);
	case MUN_EVENT_TRANSFER:
		return mun_custody_transfer(step);
	case MUN_EVENT_FIXITY_CHECK:
		mun_custody_fixity(step);
		break;
	case MUN_EVENT_DEACCESSION:
		mun_custody_withdraw(step);
		break;
	case MUN_EVENT_UNKNOWN:
	case MUN_EVENT_VAULT_CREATED:
	case MUN_EVENT_POLICY_CHANGED:
	case MUN_EVENT_ACCESS:
	case MUN_EVENT_EXAMINATION:
	case MUN_EVENT_COPY:
	case MUN_EVENT_RELATION:
	case MUN_EVENT_ANNOTATION:
	case MUN_EVENT_MIGRATION:
	case MUN_EVENT_TIME_STAMP:
	case MUN_EVENT_TYPES:
		break;
	}
	return MUN_OK;
}

static enum mun_status
take_permitted(struct mun_custody_step *step)
{
	const char *archive = step->detail->subject.archive;
	uint64_t seq = step->event->seq;
	enum mun_status status;

	if (step->detail->type == MUN_EVENT_UNKNOWN)
		mun_custody_remark(step->custody, MUN_REMARK_UNKNOWN_TYPE, seq,
		    archive, step->event->type);
	step->subject = mun_custody_find_subject(step);
	if (needs_archive(step->detail) && step->subject == NULL) {
		mun_custody_remark(
		    step->custody, MUN_REMARK_SUBJECT, seq, archive, "");
		return MUN_OK;
	}
	if (names_no_actor(step)) {
		mun_custody_remark(step->custody, MUN_REMARK_REFERENCE, seq,
		    archive, "it names somebody who is no actor");
		return MUN_OK;
	}
	status = mun_custody_claim(step);
	return status != MUN_OK ? status : take_effect(step);
}

enum mun_status
mun_custody_apply(struct mun_custody *custody, const struct mun_event *event,
    const uint8_t entry[MUN_SHA256_LEN], const struct mun_detail *detail,
    struct mun_error *err)
{
	const struct mun_actor_key *key =
	    mun_custody_find_key(custody, event->actor);
	struct mun_custody_step step = { .custody = custody,
		.event = event,
		.entry = entry,
		.detail = detail,
		.err = err };
	enum mun_remark_kind kind;
	enum mun_status status;
	const char *why;

	kind = judge_key(key, detail->type, &why);
	if (why != NULL) {
		mun_custody_remark(
		    custody, kind, event->seq, detail->subject.archive, why);
		return MUN_OK;
	}
	step.signer = key->actor;
	MUN_TRY(remember_signed(custody, event->seq, key->actor, err));
	status = take_permitted(&step);
out:
	return status;
}

/* ---- the end ---- */

/* One remark an actor, so that many events of one do not drown the rest. */
static void
judge_contested(struct mun_custody *custody, const struct mun_actor *actor,
    mun_custody_proven *proven, void *ctx)
{
	char detail[DETAIL_MAX];
	uint64_t count = 0, first = 0;

	for (size_t i = 0; i < custody->signed_count; i++) {
		const struct mun_signed_entry *at = &custody->signed_entries[i];

		if (at->actor != actor ||
		    (proven != NULL &&
			proven(ctx, at->seq, actor->since_utc_s)))
			continue;
		if (count++ == 0)
			first = at->seq;
	}
	if (count == 0)
		return;
	(void)snprintf(detail, sizeof(detail),
	    "entry %llu says so; signed by that key and not proven earlier: "
	    "%llu, the first is entry %llu",
	    (unsigned long long)actor->contested_seq, (unsigned long long)count,
	    (unsigned long long)first);
	mun_custody_remark(
	    custody, MUN_REMARK_CONTESTED, actor->contested_seq, "", detail);
}

static void
finish_holding(struct mun_custody *custody, const struct mun_holding *holding,
    const char *archive)
{
	if (holding->is_pending)
		mun_custody_remark(custody, MUN_REMARK_PENDING,
		    holding->pending_seq, archive, "");
	if (holding->fixity_failed)
		mun_custody_remark(custody, MUN_REMARK_FIXITY_FAILED,
		    holding->fixity_seq, archive, "");
}

/* A check of the whole vault that failed does not say here which archive did:
 * that is told once each of those that this log shows passed one of its own
 * since.  Bytes that were destroyed by then were not looked at. */
static bool
is_settled(const struct mun_custody *custody)
{
	bool any = false;

	for (size_t i = 0; i < custody->holding_count; i++) {
		const struct mun_holding *at = &custody->holdings[i];

		if (at->document != 0 ||
		    (at->is_withdrawn && at->fate == MUN_FATE_DESTROYED &&
			at->withdrawn_seq < custody->vault_fixity_seq))
			continue;
		if (at->fixity_failed ||
		    at->fixity_seq < custody->vault_fixity_seq)
			return false;
		any = true;
	}
	return any;
}

static void
finish_vault(struct mun_custody *custody)
{
	enum mun_remark_kind kind = MUN_REMARK_FIXITY_SOMEWHERE;

	if (!custody->vault_fixity_failed)
		return;
	if (is_settled(custody))
		kind = MUN_REMARK_FIXITY_SETTLED;
	mun_custody_remark(custody, kind, custody->vault_fixity_seq, "", "");
}

void
mun_custody_finish(
    struct mun_custody *custody, mun_custody_proven *proven, void *ctx)
{
	mun_custody_sort_claims(custody);
	for (size_t i = 0; i < custody->actor_count; i++) {
		const struct mun_actor *actor = custody->actors[i];

		if (actor->is_contested)
			judge_contested(custody, actor, proven, ctx);
	}
	for (size_t i = 0; i < custody->holding_count; i++)
		finish_holding(custody, &custody->holdings[i],
		    custody->holdings[i].archive);
	finish_vault(custody);
}
