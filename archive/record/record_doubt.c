/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_doubt.c - what the rules let an actor sign, and what is a slip all the
 * same nearly always: asked before the signature, since no event is taken back.
 *
 * Spec: docs/format/custody.md, Custody.
 */
#include <inttypes.h>

#include "base/macros.h"
#include "record/record_internal.h"

/* The actor that a field names; NULL: none is named, or nobody's it is. */
static const struct mun_actor *
actor_of(const struct mun_custody *custody, const struct mun_detail *detail,
    enum mun_detail_field which, const uint8_t sha256[MUN_SHA256_LEN])
{
	return mun_detail_has(detail, which)
	    ? mun_custody_find_actor(custody, sha256)
	    : NULL;
}

/* What the judgement refuses anyway is left to it: it says so better. */
static bool
is_refused_anyway(
    const struct mun_custody *custody, const struct mun_detail *detail)
{
	const struct mun_actor *from =
	    actor_of(custody, detail, MUN_DETAIL_FROM, detail->from);
	const struct mun_actor *to =
	    actor_of(custody, detail, MUN_DETAIL_TO, detail->to);

	return (mun_detail_has(detail, MUN_DETAIL_FROM) && from == NULL) ||
	    (to != NULL && to->is_revoked);
}

static enum mun_status
doubt_holder(const struct mun_custody *custody,
    const struct mun_record_request *request, const struct mun_detail *detail,
    struct mun_recorded *recorded, struct mun_error *err)
{
	static const char nobody[] = "somebody who is no actor";
	const struct mun_actor *from =
	    actor_of(custody, detail, MUN_DETAIL_FROM, detail->from);
	const struct mun_holding *holding = mun_custody_holding(
	    custody, detail->subject.archive, detail->subject.document);

	if (request->is_meant || holding == NULL || holding->holder == from ||
	    is_refused_anyway(custody, detail))
		return MUN_OK;
	recorded->is_doubted = true;
	return mun_error_set(err, MUN_ERR_CANCELED,
	    "'%s' is held by %s%s%s since entry %" PRIu64
	    ", and this says that %s%s%s%s handed it over: every verdict would "
	    "be INDETERMINATE for good (name who holds it with --from; --yes: "
	    "it is meant)",
	    request->reference, holding->holder == NULL ? "" : "'",
	    holding->holder == NULL ? nobody : holding->holder->name,
	    holding->holder == NULL ? "" : "'", holding->since_seq,
	    from == NULL ? "" : "'", from == NULL ? nobody : from->name,
	    from == NULL ? "" : "'",
	    from == NULL ? " (--from was left out)" : "");
}

/* What was kept may be destroyed later, and what an earlier destruction left
 * lying, or a copy that was put back, again; else nothing new is said. */
static enum mun_status
doubt_withdrawal(struct mun_record *record,
    const struct mun_record_request *request, const struct mun_detail *detail,
    struct mun_error *err)
{
	const struct mun_holding *holding = mun_custody_holding(
	    record->state.custody, detail->subject.archive, 0);
	char name[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status;
	bool was_destroyed, has = false;

	if (holding == NULL || !holding->is_withdrawn)
		return MUN_OK;
	was_destroyed = holding->fate == MUN_FATE_DESTROYED;
	mun_vault_archive_name(name, holding->archive);
	MUN_TRY(mun_store_has(mun_vault_store(record->vault), name, &has, err));
	if (detail->bytes == MUN_FATE_KEPT || (was_destroyed && !has))
		status = mun_error_set(err, MUN_ERR_EXISTS,
		    "'%s' was withdrawn before, by entry %" PRIu64
		    "%s; nothing was logged",
		    request->reference, holding->withdrawn_seq,
		    was_destroyed ? ", and its bytes were destroyed"
				  : " (--destroy removes its file as well)");
out:
	return status;
}

enum mun_status
mun_record_doubt(struct mun_record *record,
    const struct mun_record_request *request, const struct mun_detail *detail,
    struct mun_recorded *recorded, struct mun_error *err)
{
	enum mun_status status;

	if (detail->type != MUN_EVENT_DEACCESSION &&
	    (detail->type != MUN_EVENT_TRANSFER ||
		detail->step != MUN_TRANSFER_HANDED_OVER))
		return MUN_OK;
	MUN_TRY(mun_record_load(record, detail->subject.archive, err));
	if (detail->type == MUN_EVENT_DEACCESSION)
		status = doubt_withdrawal(record, request, detail, err);
	else
		status = doubt_holder(
		    record->state.custody, request, detail, recorded, err);
out:
	return status;
}
