/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * documents_check.c - holds the documents that events name, by number and leaf,
 * against the records of the archive that is said to have them.
 *
 * The log alone cannot tell: its entries hold no counts.  So what is named is
 * collected while the log is judged, and compared while the archive goes by.
 *
 * Spec: docs/format/custody.md, Subject.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "verify/verify_internal.h"

static enum mun_status
add(struct mun_named_documents *named, uint64_t seq,
    const struct mun_reference *reference, struct mun_error *err)
{
	struct mun_named_document *grown;

	if (named->count == named->capacity) {
		size_t capacity = named->capacity * 2 + 64;

		grown = reallocarray(named->items, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "out of memory for the log");
		named->items = grown;
		named->capacity = capacity;
	}
	named->items[named->count++] =
	    (struct mun_named_document){ .seq = seq, .reference = *reference };
	return MUN_OK;
}

enum mun_status
mun_documents_name(struct mun_named_documents *named, uint64_t seq,
    const struct mun_detail *detail, struct mun_error *err)
{
	const struct mun_reference *references[] = { &detail->subject,
		mun_detail_has(detail, MUN_DETAIL_OBJECT) ? &detail->object
							  : NULL,
		mun_detail_has(detail, MUN_DETAIL_RECEIPT) ? &detail->receipt
							   : NULL };
	enum mun_status status = MUN_OK;

	for (size_t i = 0;
	     i < sizeof(references) / sizeof(references[0]) && status == MUN_OK;
	     i++)
		if (references[i] != NULL && references[i]->document != 0)
			status = add(named, seq, references[i], err);
	return status;
}

static int
compare(const void *a, const void *b)
{
	const struct mun_named_document *left = a, *right = b;
	int order = strcmp(left->reference.archive, right->reference.archive);

	if (order != 0)
		return order;
	if (left->reference.document != right->reference.document)
		return left->reference.document < right->reference.document ? -1
									    : 1;
	return left->seq < right->seq ? -1 : left->seq > right->seq;
}

void
mun_documents_sort(struct mun_named_documents *named)
{
	if (named->count > 1)
		qsort(
		    named->items, named->count, sizeof(*named->items), compare);
}

void
mun_documents_of(struct mun_named_documents *out,
    const struct mun_named_documents *named, const char *archive)
{
	size_t first = 0;

	*out = (struct mun_named_documents){ .items = NULL };
	while (first < named->count &&
	    strcmp(named->items[first].reference.archive, archive) < 0)
		first++;
	out->items = named->items + first;
	while (first + out->count < named->count &&
	    strcmp(out->items[out->count].reference.archive, archive) == 0)
		out->count++;
}

static void
judge_next(struct mun_verification *v, struct mun_named_documents *named,
    bool holds, const char *subject)
{
	const struct mun_named_document *at = &named->items[named->met++];

	if (!holds)
		mun_judge(v, MUN_RULE_EVENT_DOCUMENT, false, subject,
		    "entry %llu: document %llu", (unsigned long long)at->seq,
		    (unsigned long long)at->reference.document);
}

void
mun_documents_meet(struct mun_verification *v,
    struct mun_named_documents *named, uint64_t number,
    const struct mun_hash *leaf, const char *subject)
{
	while (named->met < named->count &&
	    named->items[named->met].reference.document <= number)
		judge_next(v, named,
		    mun_bytes_equal(named->items[named->met].reference.leaf,
			leaf->bytes, sizeof(leaf->bytes)),
		    subject);
}

void
mun_documents_end(struct mun_verification *v, struct mun_named_documents *named,
    const char *subject)
{
	while (named->met < named->count)
		judge_next(v, named, false, subject);
}
