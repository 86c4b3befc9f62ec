/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_scope.c - whether the entries of a dossier are those that it has to
 * have, as far as its own hand-outs say which these are.
 *
 * Spec: docs/format/dossier.md, Which entries.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "dossier/dossier.h"

struct taken {
	uint64_t seq;
	int64_t time_utc_s;
	bool is_general;
	char archive[MUN_ARCHIVE_ID_MAX + 1];
};

struct mun_dossier_scope {
	struct mun_dossier_listing *listing;
	struct taken *entries;
	size_t count, capacity;
	struct mun_dossier_archive *archives;
	/* of the hand-out of each, what it lists wrongly; "": nothing */
	char (*faults)[MUN_DOSSIER_FAULT_MAX];
	size_t archive_count;
	char older[MUN_DOSSIER_FAULT_MAX + 32]; /* of others, the first */
};

bool
mun_dossier_is_general(enum mun_event_type type, const char *archive)
{
	switch (type) {
	case MUN_EVENT_VAULT_CREATED:
	case MUN_EVENT_ACTOR_ENROLLED:
	case MUN_EVENT_ACTOR_REVOKED:
	case MUN_EVENT_KEY_ROTATED:
	case MUN_EVENT_POLICY_CHANGED:
	case MUN_EVENT_FIXITY_CHECK:
	case MUN_EVENT_MIGRATION:
	case MUN_EVENT_TIME_STAMP:
		return archive[0] == '\0';
	case MUN_EVENT_UNKNOWN:
	case MUN_EVENT_DEPOSIT:
	case MUN_EVENT_TRANSFER:
	case MUN_EVENT_ACCESS:
	case MUN_EVENT_EXAMINATION:
	case MUN_EVENT_COPY:
	case MUN_EVENT_RELATION:
	case MUN_EVENT_ANNOTATION:
	case MUN_EVENT_DEACCESSION:
	case MUN_EVENT_TYPES:
		break;
	}
	return false;
}

bool
mun_dossier_is_about(const struct mun_detail *detail, const char *archive)
{
	return detail->subject.archive[0] != '\0' &&
	    strcmp(detail->subject.archive, archive) == 0;
}

enum mun_status
mun_dossier_scope_new(struct mun_dossier_scope **out, struct mun_error *err)
{
	enum mun_status status;

	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a dossier");
	status = mun_dossier_listing_new(&(*out)->listing, err);
	if (status != MUN_OK) {
		free(*out);
		*out = NULL;
	}
	return status;
}

void
mun_dossier_scope_free(struct mun_dossier_scope *scope)
{
	if (scope == NULL)
		return;
	mun_dossier_listing_free(scope->listing);
	free(scope->archives);
	free(scope->faults);
	free(scope->entries);
	free(scope);
}

static struct mun_dossier_archive *
find_archive(const struct mun_dossier_scope *scope, const char *id)
{
	for (size_t i = 0; i < scope->archive_count; i++)
		if (strcmp(scope->archives[i].id, id) == 0)
			return &scope->archives[i];
	return NULL;
}

/* Add an archive that is not there yet. */
static enum mun_status
add_archive(
    struct mun_dossier_scope *scope, const char *id, struct mun_error *err)
{
	struct mun_dossier_archive *grown;
	char(*faults)[MUN_DOSSIER_FAULT_MAX];

	if (find_archive(scope, id) != NULL)
		return MUN_OK;
	grown = reallocarray(
	    scope->archives, scope->archive_count + 1, sizeof(*grown));
	if (grown != NULL)
		scope->archives = grown;
	faults = reallocarray(
	    scope->faults, scope->archive_count + 1, sizeof(*faults));
	if (faults != NULL)
		scope->faults = faults;
	if (grown == NULL || faults == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a dossier");
	faults[scope->archive_count][0] = '\0';
	grown = &scope->archives[scope->archive_count++];
	*grown = (struct mun_dossier_archive){ .has_deposit = false };
	(void)snprintf(grown->id, sizeof(grown->id), "%s", id);
	return MUN_OK;
}

/* The second of a number is the verifier's business. */
static void
take_deposit(struct mun_dossier_archive *archive, uint64_t seq,
    const struct mun_deposit_subject *subject)
{
	if (archive->has_deposit)
		return;
	archive->has_deposit = true;
	archive->deposit = seq;
	memcpy(archive->sha256, subject->sha256, sizeof(archive->sha256));
}

static void
put_fault(char out[MUN_DOSSIER_FAULT_MAX + 32], uint64_t seq, const char *fault)
{
	if (out[0] == '\0' && fault[0] != '\0')
		(void)snprintf(out, MUN_DOSSIER_FAULT_MAX + 32,
		    "entry %" PRIu64 ": %s", seq, fault);
}

/* The newest one says which entries there have to be.  Those before it were as
 * exact: what one of them lists cannot be left out without its showing. */
static void
take_hand_out(struct mun_dossier_scope *scope,
    struct mun_dossier_archive *archive, uint64_t seq,
    const struct mun_detail *detail)
{
	char *fault = scope->faults[archive - scope->archives];

	if (archive->has_hand_out)
		put_fault(scope->older, archive->hand_out, fault);
	(void)mun_dossier_listing_is_exact(scope->listing, detail, fault);
	archive->has_hand_out = true;
	archive->hand_out = seq;
}

enum mun_status
mun_dossier_scope_take(struct mun_dossier_scope *scope, uint64_t seq,
    int64_t time_utc_s, const struct mun_detail *detail, struct mun_error *err)
{
	struct mun_dossier_archive *archive;
	struct taken *grown;
	enum mun_status status = MUN_OK;

	if (scope->count == scope->capacity) {
		size_t capacity = scope->capacity * 2 + 64;

		grown = reallocarray(scope->entries, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "out of memory for a dossier");
		scope->entries = grown;
		scope->capacity = capacity;
	}
	scope->entries[scope->count] = (struct taken){ .seq = seq,
		.time_utc_s = time_utc_s,
		.is_general = mun_dossier_is_general(
		    detail->type, detail->subject.archive) };
	memcpy(scope->entries[scope->count++].archive, detail->subject.archive,
	    sizeof(detail->subject.archive));
	if (detail->type == MUN_EVENT_DEPOSIT ||
	    mun_dossier_is_hand_out(detail)) {
		MUN_TRY(add_archive(scope, detail->subject.archive, err));
		archive = find_archive(scope, detail->subject.archive);
		if (detail->type == MUN_EVENT_DEPOSIT)
			take_deposit(archive, seq, &detail->deposit);
		else
			take_hand_out(scope, archive, seq, detail);
	}
	status = mun_dossier_listing_take(
	    scope->listing, seq, detail->type, detail->subject.archive, err);
out:
	return status;
}

/* ---- the end ---- */

/* Whether some hand-out lists it, or it is one. */
static bool
is_covered(const struct taken *entry, const struct mun_dossier_archive *own,
    uint64_t newest)
{
	if (entry->is_general)
		return entry->seq < newest;
	return own != NULL && own->has_hand_out && entry->seq <= own->hand_out;
}

void
mun_dossier_scope_end(
    struct mun_dossier_scope *scope, struct mun_dossier_scope_result *result)
{
	uint64_t newest = 0, oldest = UINT64_MAX;

	*result =
	    (struct mun_dossier_scope_result){ .recorded =
						   scope->archive_count > 0,
		    .archives = scope->archives,
		    .archive_count = scope->archive_count };
	for (size_t i = 0; i < scope->archive_count; i++) {
		const struct mun_dossier_archive *at = &scope->archives[i];

		result->recorded =
		    result->recorded && at->has_hand_out && at->has_deposit;
		if (!at->has_deposit)
			(void)snprintf(result->fault, sizeof(result->fault),
			    "the deposit of %s is missing", at->id);
		if (!at->has_hand_out)
			continue;
		newest = at->hand_out > newest ? at->hand_out : newest;
		oldest = at->hand_out < oldest ? at->hand_out : oldest;
		put_fault(result->fault, at->hand_out, scope->faults[i]);
	}
	memcpy(result->older, scope->older, sizeof(result->older));
	for (size_t i = 0; i < scope->count; i++) {
		const struct taken *at = &scope->entries[i];
		const struct mun_dossier_archive *own =
		    find_archive(scope, at->archive);

		if (!at->is_general && (own == NULL || !own->has_deposit) &&
		    !result->has_stray) {
			result->has_stray = true;
			result->stray = at->seq;
		}
		result->recorded =
		    result->recorded && is_covered(at, own, newest);
	}
	for (size_t i = 0; i < scope->count; i++)
		if (!result->recorded || scope->entries[i].seq == oldest) {
			result->as_of_entry = scope->entries[i].seq;
			result->as_of_utc_s = scope->entries[i].time_utc_s;
		}
}
