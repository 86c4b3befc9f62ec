/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * custody_claims.c - the documents that events name, for whoever has the
 * archives to hold the leaves against.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "custody/custody_internal.h"
#include "manifest/manifest.h"

static enum mun_status
add(struct mun_custody_step *step, const struct mun_reference *reference)
{
	struct mun_custody *custody = step->custody;
	char prefix[MUN_PREFIX_MAX + 1];
	struct mun_claim *claim;
	uint64_t number;

	if (reference->document == 0 ||
	    !mun_archive_id_parse(reference->archive,
		strlen(reference->archive), prefix, &number) ||
	    strcmp(prefix, custody->prefix) != 0) /* of another vault */
		return MUN_OK;
	if (custody->claim_count == custody->claim_capacity) {
		size_t capacity = custody->claim_capacity * 2 + 16;

		claim = reallocarray(custody->claims, capacity, sizeof(*claim));
		if (claim == NULL)
			return mun_error_set(step->err, MUN_ERR_NOMEM,
			    "out of memory for the documents of events");
		custody->claims = claim;
		custody->claim_capacity = capacity;
	}
	claim = &custody->claims[custody->claim_count++];
	*claim = (struct mun_claim){ .number = number,
		.document = reference->document,
		.seq = step->event->seq };
	memcpy(claim->leaf, reference->leaf, sizeof(claim->leaf));
	return MUN_OK;
}

enum mun_status
mun_custody_claim(struct mun_custody_step *step)
{
	const struct mun_detail *detail = step->detail;
	enum mun_status status;

	MUN_TRY(add(step, &detail->subject));
	if (mun_detail_has(detail, MUN_DETAIL_OBJECT))
		MUN_TRY(add(step, &detail->object));
	if (mun_detail_has(detail, MUN_DETAIL_RECEIPT))
		MUN_TRY(add(step, &detail->receipt));
out:
	return status;
}

static int
compare(const void *a, const void *b)
{
	const struct mun_claim *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	if (left->document != right->document)
		return left->document < right->document ? -1 : 1;
	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return 0;
}

void
mun_custody_sort_claims(struct mun_custody *custody)
{
	if (custody->claim_count > 0)
		qsort(custody->claims, custody->claim_count,
		    sizeof(*custody->claims), compare);
}

const struct mun_claim *
mun_custody_claims(const struct mun_custody *custody, size_t *count)
{
	*count = custody->claim_count;
	return custody->claims;
}

/* The first that is not below (number, document). */
static size_t
lower(const struct mun_custody *custody, uint64_t number, uint64_t document)
{
	size_t low = 0, high = custody->claim_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mun_claim *at = &custody->claims[middle];

		if (at->number < number ||
		    (at->number == number && at->document < document))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct mun_claim *
mun_custody_claims_of(const struct mun_custody *custody, uint64_t number,
    uint64_t document, size_t *count)
{
	size_t first = lower(custody, number, document);
	size_t last = document == 0 ? lower(custody, number + 1, 0)
				    : lower(custody, number, document + 1);

	*count = last - first;
	return *count == 0 ? NULL : &custody->claims[first];
}
