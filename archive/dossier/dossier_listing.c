/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_listing.c - whether a hand-out lists exactly the entries before it
 * that it has to.
 *
 * Due are the general entries and those about its archive; both are kept as
 * rising seqs.  Whether a range lies within them, and nothing of them between
 * two ranges, is a matter of counting: a hand-out costs its ranges and not the
 * entries, so that a log with many of both is judged in no time.
 *
 * Spec: docs/format/custody.md, What an export hands out.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "dossier/dossier.h"
#include "manifest/manifest.h"

struct seqs { /* rising */
	uint64_t *at;
	size_t count, capacity;
};

struct about {
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint64_t number; /* in it */
	struct seqs seqs;
};

struct mun_dossier_listing {
	struct seqs general;
	struct about **abouts; /* each owned; by number, then id */
	size_t about_count, about_capacity;
};

static enum mun_status
no_memory(struct mun_error *err)
{
	return mun_error_set(
	    err, MUN_ERR_NOMEM, "out of memory for the entries of a log");
}

enum mun_status
mun_dossier_listing_new(struct mun_dossier_listing **out, struct mun_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? MUN_OK : no_memory(err);
}

void
mun_dossier_listing_free(struct mun_dossier_listing *listing)
{
	if (listing == NULL)
		return;
	for (size_t i = 0; i < listing->about_count; i++) {
		free(listing->abouts[i]->seqs.at);
		free(listing->abouts[i]);
	}
	free(listing->abouts);
	free(listing->general.at);
	free(listing);
}

/* ---- taking entries in ---- */

static enum mun_status
add_seq(struct seqs *seqs, uint64_t seq, struct mun_error *err)
{
	if (seqs->count == seqs->capacity) {
		size_t capacity = seqs->capacity * 2 + 8;
		uint64_t *grown =
		    reallocarray(seqs->at, capacity, sizeof(*grown));

		if (grown == NULL)
			return no_memory(err);
		seqs->at = grown;
		seqs->capacity = capacity;
	}
	seqs->at[seqs->count++] = seq;
	return MUN_OK;
}

/* The number of an id; what is none sorts first. */
static uint64_t
number_of(const char *archive)
{
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;

	return mun_archive_id_parse(archive, strlen(archive), prefix, &number)
	    ? number
	    : 0;
}

/* Where that archive is or would be. */
static size_t
place_of(const struct mun_dossier_listing *listing, uint64_t number,
    const char *archive)
{
	size_t low = 0, high = listing->about_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct about *at = listing->abouts[middle];

		if (at->number < number ||
		    (at->number == number && strcmp(at->archive, archive) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct about *
find_about(const struct mun_dossier_listing *listing, const char *archive)
{
	size_t place = place_of(listing, number_of(archive), archive);

	return place < listing->about_count &&
		strcmp(listing->abouts[place]->archive, archive) == 0
	    ? listing->abouts[place]
	    : NULL;
}

/* Numbers rise in what honest writers deposit, so hardly anything is moved. */
static enum mun_status
add_about(struct mun_dossier_listing *listing, const char *archive,
    struct about **out, struct mun_error *err)
{
	uint64_t number = number_of(archive);
	size_t place = place_of(listing, number, archive);

	if (listing->about_count == listing->about_capacity) {
		size_t capacity = listing->about_capacity * 2 + 16;
		struct about **grown =
		    reallocarray(listing->abouts, capacity, sizeof(*grown));

		if (grown == NULL)
			return no_memory(err);
		listing->abouts = grown;
		listing->about_capacity = capacity;
	}
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return no_memory(err);
	(*out)->number = number;
	(void)snprintf((*out)->archive, sizeof((*out)->archive), "%s", archive);
	memmove(&listing->abouts[place + 1], &listing->abouts[place],
	    (listing->about_count - place) * sizeof(struct about *));
	listing->abouts[place] = *out;
	listing->about_count++;
	return MUN_OK;
}

enum mun_status
mun_dossier_listing_take(struct mun_dossier_listing *listing, uint64_t seq,
    enum mun_event_type type, const char *archive, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	struct about *about;

	if (mun_dossier_is_general(type, archive))
		return add_seq(&listing->general, seq, err);
	if (archive[0] == '\0')
		return MUN_OK;
	about = find_about(listing, archive);
	if (about == NULL)
		MUN_TRY(add_about(listing, archive, &about, err));
	status = add_seq(&about->seqs, seq, err);
out:
	return status;
}

/* ---- judging a list ---- */

struct due { /* no seq is in both */
	const struct seqs *general, *own;
};

/* How many are below seq. */
static size_t
below(const struct seqs *seqs, uint64_t seq)
{
	size_t low = 0, high = seqs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (seqs->at[middle] < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first that is not below seq; UINT64_MAX: none. */
static uint64_t
first_from(const struct due *due, uint64_t seq)
{
	size_t general = below(due->general, seq), own = below(due->own, seq);
	uint64_t found = UINT64_MAX;

	if (general < due->general->count)
		found = due->general->at[general];
	if (own < due->own->count && due->own->at[own] < found)
		found = due->own->at[own];
	return found;
}

static bool
are_all_due(const struct due *due, uint64_t first, uint64_t last)
{
	size_t count = below(due->general, last + 1) -
	    below(due->general, first) + below(due->own, last + 1) -
	    below(due->own, first);

	return count == last - first + 1;
}

/* Of a range not all of which are. */
static uint64_t
first_not_due(const struct due *due, const struct mun_seq_range *range)
{
	uint64_t low = range->first, high = range->last;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (are_all_due(due, range->first, middle))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
mun_dossier_is_hand_out(const struct mun_detail *detail)
{
	return detail->type == MUN_EVENT_COPY &&
	    detail->subject.archive[0] != '\0' &&
	    detail->subject.document == 0 &&
	    mun_detail_has(detail, MUN_DETAIL_ENTRIES);
}

bool
mun_dossier_listing_is_exact(const struct mun_dossier_listing *listing,
    const struct mun_detail *hand_out, char fault[MUN_DOSSIER_FAULT_MAX])
{
	static const struct seqs none;
	const struct about *about =
	    find_about(listing, hand_out->subject.archive);
	const struct due due = { &listing->general,
		about == NULL ? &none : &about->seqs };
	uint64_t next = 0, left_out = UINT64_MAX, wrong = UINT64_MAX;

	for (size_t i = 0; i < hand_out->entry_count; i++) {
		const struct mun_seq_range *range = &hand_out->entries[i];

		left_out = first_from(&due, next);
		if (left_out < range->first)
			break;
		if (!are_all_due(&due, range->first, range->last)) {
			wrong = first_not_due(&due, range);
			break;
		}
		next = range->last + 1;
		left_out = first_from(&due, next);
	}
	fault[0] = '\0';
	if (wrong != UINT64_MAX)
		(void)snprintf(fault, MUN_DOSSIER_FAULT_MAX,
		    "it lists entry %" PRIu64
		    ", which is not there or about something else",
		    wrong);
	else if (left_out != UINT64_MAX)
		(void)snprintf(fault, MUN_DOSSIER_FAULT_MAX,
		    "it does not list entry %" PRIu64, left_out);
	return fault[0] == '\0';
}
